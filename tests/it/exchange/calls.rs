//! Calls, in a time that is moved by hand.

use dutyline::exchange::carrier::Dial;
use dutyline::exchange::leg::APPLICATION_ERROR;
use jiff::SignedDuration;

use super::world::{ACCOUNT, CALLER, NUMBER, Reply, World, xml};

const MENU: &str = "<Gather input=\"dtmf\" action=\"HOST/menu\" method=\"POST\" numDigits=\"1\" finishOnKey=\"\">\
                    <Say>Press 1 to alert.</Say></Gather><Redirect method=\"POST\">HOST/voice</Redirect>";

const RECORD: &str = "<Say>Record after the beep.</Say><Record action=\"HOST/recorded\" method=\"POST\" timeout=\"0\" \
                      maxLength=\"120\" finishOnKey=\"1234567890*#\"/><Say>Nothing?</Say>";

/// A gateway with a menu, a recording and a goodbye.
async fn world() -> World {
    World::start(|seen| match seen.path.as_str() {
        "/voice" => xml(MENU),
        "/menu" => xml(RECORD),
        "/recorded" => xml("<Say>Thank you.</Say><Hangup/>"),
        _ => Reply::Status(204),
    })
    .await
}

#[tokio::test]
async fn a_call_from_the_first_ring_to_the_goodbye() {
    let world = world().await;
    let sid = world.dial().await;
    world.pass(1).await;
    world.press(&sid, "1").await;
    world.pass(2).await;
    world.exchange.say(&sid, "Pumps are down", SignedDuration::from_secs(14)).unwrap();
    world.pass(15).await;
    world.press(&sid, "1").await;
    world.pass_all().await;
    insta::assert_snapshot!(world.transcript(&sid), @r#"
    0.0  caller dials
    0.0  line   "Press 1 to alert."
    1.0  caller presses 1
    1.0  line   (stops speaking)
    1.0  line   "Record after the beep."
    2.5  line   (beep, recording)
    3.0  caller says "Pumps are down"
   18.0  caller presses 1
   18.0  line   (recorded "Pumps are down")
   18.0  line   "Thank you."
   18.7  line   (hangs up)
    "#);
    assert_eq!(world.paths(), ["/voice", "/menu", "/recorded", "/status"]);
    let recorded = world.at("/recorded");
    assert_eq!(recorded.field("RecordingDuration"), Some("14"));
    assert_eq!(recorded.field("Digits"), Some("1"));
    let recording = recorded.field("RecordingSid").unwrap();
    assert!(recording.starts_with("RE") && recording.len() == 34);
    assert_eq!(
        recorded.field("RecordingUrl").unwrap(),
        format!("http://127.0.0.1:8090/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}")
    );
}

#[tokio::test]
async fn every_webhook_says_who_calls_whom() {
    let world = world().await;
    let sid = world.dial().await;
    world.press(&sid, "1").await;
    for seen in world.seen() {
        assert_eq!(seen.field("CallSid"), Some(sid.as_str()));
        assert_eq!(seen.field("AccountSid"), Some(ACCOUNT));
        assert_eq!((seen.field("From"), seen.field("To")), (Some(CALLER), Some(NUMBER)));
        assert_eq!((seen.field("Caller"), seen.field("Called")), (Some(CALLER), Some(NUMBER)));
        assert_eq!(seen.field("Direction"), Some("inbound"));
        assert_eq!((seen.field("FromCountry"), seen.field("FromCity")), (Some("US"), Some("")));
        assert!(seen.fields.len() >= 20, "{} fields", seen.fields.len());
    }
    let statuses: Vec<_> =
        world.seen().iter().map(|seen| seen.field("CallStatus").unwrap().to_owned()).collect();
    assert_eq!(statuses, ["ringing", "in-progress"]);
    assert_eq!(world.at("/menu").field("Digits"), Some("1"));
}

#[tokio::test]
async fn p03_withheld_numbers_come_as_words_or_not_at_all() {
    let world = world().await;
    world.exchange.dial(Dial { from: Some("anonymous".to_owned()), attestation: None });
    world.exchange.settle().await;
    assert_eq!(world.at("/voice").field("From"), Some("anonymous"));
    world.exchange.dial(Dial { from: None, attestation: Some("TN-Validation-Passed-A".to_owned()) });
    world.exchange.settle().await;
    let seen = world.at("/voice");
    assert_eq!((seen.field("From"), seen.field("Caller")), (None, None));
    assert_eq!(seen.field("StirVerstat"), Some("TN-Validation-Passed-A"));
}

#[tokio::test]
async fn p11_silence_runs_the_verb_after_the_gather() {
    let world = world().await;
    let sid = world.dial().await;
    world.pass(7).await;
    assert_eq!(world.heard(&sid), ["Press 1 to alert."; 2]);
    assert_eq!(world.at("/voice").field("Digits"), None);
}

#[tokio::test]
async fn p18_a_hang_up_while_recording_is_told_before_the_end_of_the_call() {
    let world = world().await;
    let sid = world.dial().await;
    world.press(&sid, "1").await;
    world.pass(2).await;
    world.exchange.say(&sid, "Pumps are down", SignedDuration::from_secs(14)).unwrap();
    world.pass(14).await;
    world.exchange.hang_up(&sid).unwrap();
    world.pass_all().await;
    assert_eq!(world.paths(), ["/voice", "/menu", "/recorded", "/status"]);
    let recorded = world.at("/recorded");
    assert_eq!(recorded.field("Digits"), Some("hangup"));
    assert_eq!(recorded.field("CallStatus"), Some("completed"));
    let status = world.at("/status");
    assert_eq!(status.field("CallStatus"), Some("completed"));
    assert_eq!((status.field("CallDuration"), status.field("Duration")), (Some("16"), Some("1")));
    assert_eq!(status.field("SequenceNumber"), Some("0"));
    assert_eq!(status.field("CallbackSource"), Some("call-progress-events"));
    assert_eq!(status.field("Timestamp"), Some("Mon, 05 Jan 2026 09:00:16 +0000"));
    assert_eq!(world.heard(&sid).last().unwrap(), "Record after the beep.", "the answer is not played");
}

#[tokio::test]
async fn p54_an_empty_recording_goes_on_with_the_next_verb() {
    let world = world().await;
    let sid = world.dial().await;
    world.press(&sid, "1").await;
    world.pass(5).await;
    world.press(&sid, "5").await;
    world.pass_all().await;
    assert_eq!(world.heard(&sid).last().unwrap(), "Nothing?");
    assert_eq!(world.paths(), ["/voice", "/menu", "/status"]);
}

/// What the caller hears when the gateway answers like this.
async fn hears(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Vec<String> {
    let world = World::start(move |seen| match seen.path.as_str() {
        "/voice" => reply(),
        _ => Reply::Status(204),
    })
    .await;
    let sid = world.dial().await;
    world.pass_all().await;
    assert_eq!(world.paths(), ["/voice", "/status"]);
    world.heard(&sid)
}

#[tokio::test]
async fn an_answer_that_is_no_document_is_an_application_error() {
    let typed = |kind, body: &str| {
        let body = body.to_owned();
        move || Reply::Typed(kind, body.clone())
    };
    let error = [APPLICATION_ERROR];
    assert_eq!(hears(|| Reply::Status(500)).await, error);
    assert_eq!(hears(|| Reply::Status(404)).await, error);
    assert_eq!(hears(|| Reply::Status(302)).await, error);
    assert_eq!(hears(typed("text/html", "<html>oops</html>")).await, error);
    assert_eq!(hears(typed("text/xml", "<Response><Dance/></Response>")).await, error);
    assert_eq!(hears(typed("text/xml", "")).await, error);
    assert_eq!(hears(typed("application/json", "{}")).await, error);
    let long = format!("<Response><Say>{}</Say></Response>", "x".repeat(64 * 1024));
    assert_eq!(hears(typed("text/xml", &long)).await, error);
}

#[tokio::test]
async fn plain_text_is_read_aloud_unless_it_is_a_document() {
    let typed = |body: &'static str| move || Reply::Typed("text/plain", body.to_owned());
    assert_eq!(hears(typed("Internal error")).await, ["Internal error"]);
    assert_eq!(hears(typed("<Response><Say>Hello</Say></Response>")).await, ["Hello"]);
}

#[tokio::test]
async fn fifty_calls_at_once_do_not_mix() {
    let world = world().await;
    let numbers: Vec<String> = (0..50).map(|n| format!("+155501{n:02}")).collect();
    let dial = |number: &String| world.exchange.dial(Dial { from: Some(number.clone()), attestation: None });
    let sids: Vec<String> = numbers.iter().map(dial).collect();
    world.exchange.settle().await;
    for sid in &sids {
        world.exchange.press(sid, "1").unwrap();
    }
    world.exchange.settle().await;
    for (sid, number) in sids.iter().zip(&numbers) {
        let seen = world.seen();
        let of_call: Vec<_> = seen.iter().filter(|seen| seen.field("CallSid") == Some(sid)).collect();
        assert_eq!(of_call.len(), 2);
        assert!(of_call.iter().all(|seen| seen.field("From") == Some(number)));
    }
}
