//! Calls that the gateway places: what the phones do, and what the gateway is told.

use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::handsets::Handset;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use super::rest_client::Api;
use super::world::{NUMBER, Reply, Seen, World, xml};

/// Whose phone is rung.
const BEN: &str = "+15550101";

const QUESTION: &str =
    "<Gather input=\"dtmf\" action=\"HOST/keys\" numDigits=\"1\"><Say>Press 1 to accept.</Say></Gather>";

async fn world() -> World {
    World::start(|seen| match seen.path.as_str() {
        "/answered" => xml(QUESTION),
        "/keys" => xml("<Say>Thank you.</Say>"),
        "/elsewhere" => xml("<Say>It is taken.</Say>"),
        _ => Reply::Status(204),
    })
    .await
}

async fn world_where(handset: Handset) -> World {
    let world = world().await;
    world.ben(handset);
    world
}

impl World {
    fn ben(&self, handset: Handset) {
        self.ben_and(handset, &[]);
    }

    fn ben_and(&self, handset: Handset, faults: &[Fault]) {
        let mut behaviour = Behaviour { faults: faults.iter().copied().collect(), ..Behaviour::default() };
        behaviour.handsets.set(BEN, handset);
        self.exchange.behave(behaviour);
    }

    /// Places a call to Ben, with more fields. Returns its sid.
    async fn call_ben(&self, more: &[(&str, &str)]) -> String {
        let api = Api::of(self).await;
        let (url, status) = (format!("{}/answered", self.gateway), format!("{}/progress", self.gateway));
        let mut form = vec![("To", BEN), ("From", NUMBER), ("Url", &url), ("StatusCallback", &status)];
        form.extend(
            ["initiated", "ringing", "answered", "completed"].map(|word| ("StatusCallbackEvent", word)),
        );
        form.extend(more);
        let call = api.created("Calls.json", &form).await;
        assert_eq!((&call["status"], &call["direction"]), (&json!("queued"), &json!("outbound-api")));
        self.exchange.settle().await;
        call["sid"].as_str().unwrap().to_owned()
    }

    /// The callbacks' words and numbers, in the order in which they came.
    fn progress(&self) -> Vec<String> {
        let seen = self.seen();
        let told = seen.iter().filter(|seen| seen.path == "/progress");
        let words = |seen: &Seen| {
            [seen.field("SequenceNumber"), seen.field("CallStatus")].map(Option::unwrap).join(" ")
        };
        told.map(words).collect()
    }
}

#[tokio::test]
async fn somebody_answers_presses_a_key_and_the_gateway_is_told_all_of_it() {
    let world = world_where(Handset::Answers { after: 3 }).await;
    let sid = world.call_ben(&[]).await;
    assert_eq!(world.progress(), ["0 initiated", "1 ringing"]);
    world.pass(3).await;
    assert_eq!(world.progress()[2..], ["2 in-progress"]);
    let asked = world.at("/answered");
    let field = |name| asked.field(name).unwrap();
    assert_eq!((field("CallSid"), field("To"), field("From")), (sid.as_str(), BEN, NUMBER));
    assert_eq!((field("Direction"), field("CallStatus")), ("outbound-api", "in-progress"));
    world.press(&sid, "1").await;
    assert_eq!(world.at("/keys").field("Digits"), Some("1"));
    world.pass_all().await;
    assert_eq!(world.progress()[3..], ["3 completed"]);
    let end = world.at("/progress");
    assert_eq!(end.field("CallDuration"), Some("1"));
    assert_eq!(end.field("Timestamp"), Some("Mon, 05 Jan 2026 09:00:03 +0000"));
    assert_eq!(world.paths().last().map(String::as_str), Some("/progress"));
    insta::assert_snapshot!(world.transcript(&sid), @r#"
    0.0  caller's phone rings
    3.0  caller picks up
    3.0  line   "Press 1 to accept."
    3.0  caller presses 1
    3.0  line   (stops speaking)
    3.0  line   "Thank you."
    3.7  line   (hangs up)
    "#);
}

#[tokio::test]
async fn nobody_picks_up_unless_somebody_does() {
    let world = world().await;
    let sid = world.call_ben(&[("Timeout", "12")]).await;
    world.pass(11).await;
    assert_eq!(world.progress().len(), 2);
    world.pass(1).await;
    assert_eq!(world.progress()[2..], ["2 no-answer"]);
    assert_eq!(world.at("/progress").field("CallDuration"), Some("0"));
    assert!(!world.exchange.pick_up(&sid).unwrap());

    let sid = world.call_ben(&[]).await;
    world.pass(59).await;
    assert_eq!(world.exchange.calls_to(BEN, 1)[0].sid, sid);
    assert!(world.exchange.calls_to(BEN, 1)[0].ringing);
    assert!(world.exchange.pick_up(&sid).unwrap());
    world.pass(2).await;
    assert_eq!(world.heard(&sid), ["Press 1 to accept."]);
    assert!(!world.exchange.decline(&sid).unwrap());
    assert!(world.exchange.hang_up(&sid).unwrap());
    world.pass_all().await;
    assert_eq!(world.progress()[3..], ["0 initiated", "1 ringing", "2 in-progress", "3 completed"]);
}

#[tokio::test]
async fn every_phone_that_is_not_answered_says_why() {
    for (handset, words, code) in [
        (Handset::Busy, ["0 initiated", "1 busy"].as_slice(), "486"),
        (Handset::Declines { after: 4 }, &["0 initiated", "1 ringing", "2 busy"], "603"),
        (Handset::Fails, &["0 initiated", "1 failed"], "503"),
        (Handset::Dead, &["0 initiated", "1 failed"], "404"),
    ] {
        let world = world_where(handset.clone()).await;
        world.call_ben(&[]).await;
        world.pass_all().await;
        assert_eq!(world.progress(), words, "{handset:?}");
        assert_eq!(world.at("/progress").field("SipResponseCode"), Some(code), "{handset:?}");
        assert!(!world.paths().contains(&"/answered".to_owned()), "{handset:?}");
    }
}

#[tokio::test]
async fn a_person_declines_by_hand() {
    let world = world().await;
    let sid = world.call_ben(&[]).await;
    world.pass(5).await;
    assert!(world.exchange.hang_up(&sid).unwrap());
    world.pass_all().await;
    assert_eq!(world.progress()[2..], ["2 busy"]);
}

#[tokio::test]
async fn a_mailbox_greets_presses_nothing_and_is_found_out() {
    let mailbox = Handset::Voicemail { after: 4, greeting: "Please leave a message.".to_owned() };
    let world = world_where(mailbox).await;
    let heard = format!("{}/machine", world.gateway);
    let asynchronous =
        [("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", heard.as_str())];
    let sid = world.call_ben(&asynchronous).await;
    world.pass(4).await;
    assert_eq!(world.heard(&sid), ["Press 1 to accept."]);
    world.pass(3).await;
    let machine = world.at("/machine");
    assert_eq!(machine.field("AnsweredBy"), Some("machine_start"));
    assert_eq!(
        (machine.field("CallSid"), machine.field("MachineDetectionDuration")),
        (Some(&*sid), Some("3000"))
    );
    world.pass_all().await;
    assert!(!world.paths().contains(&"/keys".to_owned()));
    assert_eq!(world.at("/progress").field("AnsweredBy"), Some("machine_start"));
    assert!(
        world.transcript(&sid).contains("says \"Please leave a message.\""),
        "{}",
        world.transcript(&sid)
    );
}

#[tokio::test]
async fn a_document_can_wait_for_the_detection() {
    for (handset, detection, by, after) in [
        (Handset::Answers { after: 0 }, "Enable", "human", 3),
        (
            Handset::Voicemail { after: 0, greeting: "x".repeat(150) },
            "DetectMessageEnd",
            "machine_end_beep",
            10,
        ),
    ] {
        let world = world_where(handset).await;
        world.call_ben(&[("MachineDetection", detection)]).await;
        world.pass(after - 1).await;
        assert!(!world.paths().contains(&"/answered".to_owned()), "{by}");
        world.pass(1).await;
        assert_eq!(world.at("/answered").field("AnsweredBy"), Some(by));
    }
}

#[tokio::test]
async fn only_the_end_is_told_when_nothing_is_asked_for() {
    let world = world_where(Handset::Answers { after: 2 }).await;
    let api = Api::of(&world).await;
    let status = format!("{}/progress", world.gateway);
    let form = [
        ("To", BEN),
        ("From", NUMBER),
        ("Twiml", "<Response><Say>Hello</Say></Response>"),
        ("StatusCallback", status.as_str()),
        ("SendDigits", "wW12#"),
    ];
    let call = api.created("Calls.json", &form).await;
    world.pass_all().await;
    assert_eq!(world.progress(), ["0 completed"]);
    assert_eq!(world.paths(), ["/progress"]);
    insta::assert_snapshot!(world.transcript(call["sid"].as_str().unwrap()), @r#"
    0.0  caller's phone rings
    2.0  caller picks up
    2.0  line   "Hello"
    2.3  line   (hangs up)
    "#);
}

#[tokio::test]
async fn callbacks_overtake_one_another_come_twice_or_never() {
    let call = async |fault| {
        let world = world().await;
        world.ben_and(Handset::Answers { after: 2 }, &[fault]);
        world.call_ben(&[]).await;
        world.pass_all().await;
        world.progress()
    };
    let swapped = ["1 ringing", "0 initiated", "3 completed", "2 in-progress"];
    assert_eq!(call(Fault::WebhooksSwapped).await, swapped);
    let twice = ["0 initiated", "1 ringing", "2 in-progress", "3 completed"].map(|word| [word, word]);
    assert_eq!(call(Fault::WebhooksRepeated).await, twice.concat());
    assert_eq!(call(Fault::StatusCallbackLost).await, [""; 0]);
}

#[tokio::test]
async fn a_call_can_be_placed_without_the_gateway_being_told_so() {
    let world = world().await;
    world.ben_and(Handset::Rings, &[Fault::PlacingAnswersLost]);
    let api = Api::of(&world).await;
    let form = [("To", BEN), ("From", NUMBER), ("Url", "http://127.0.0.1:1/")];
    assert_eq!(api.refused(Method::POST, "Calls.json", &form).await, (500, json!(20500)));
    world.exchange.settle().await;
    assert_eq!(api.get("Calls.json?To=%2B15550101").await["calls"][0]["status"], "ringing");
}

#[tokio::test]
async fn the_gateway_gives_up_a_call_that_rings_and_ends_one_that_does_not() {
    let world = world_where(Handset::Answers { after: 20 }).await;
    let api = Api::of(&world).await;
    let update = async |sid: &str, form: &[(&str, &str)]| {
        let answer = api.ask(Method::POST, &format!("Calls/{sid}.json"), form).await;
        world.exchange.settle().await;
        answer
    };
    for word in ["canceled", "completed"] {
        let sid = world.call_ben(&[]).await;
        world.pass(5).await;
        let (status, call) = update(&sid, &[("Status", word)]).await;
        assert_eq!((status.as_u16(), &call["status"]), (200, &json!("canceled")));
        world.pass_all().await;
        assert_eq!(world.at("/progress").field("CallStatus"), Some("canceled"));
        let again = update(&sid, &[("Status", word)]).await;
        assert_eq!((again.0.as_u16(), &again.1["code"]), (400, &json!(21220)));
    }
    let sid = world.call_ben(&[]).await;
    world.pass(20).await;
    let (_, call) = update(&sid, &[("Status", "canceled")]).await;
    assert_eq!(call["status"], "in-progress");
    let (_, call) = update(&sid, &[("Status", "completed")]).await;
    assert_eq!(call["status"], "completed");
    assert_eq!(world.at("/progress").field("CallStatus"), Some("completed"));
}

#[tokio::test]
async fn a_live_call_is_told_to_do_something_else() {
    let world = world_where(Handset::Answers { after: 2 }).await;
    let api = Api::of(&world).await;
    let elsewhere = format!("{}/elsewhere", world.gateway);
    let sid = world.call_ben(&[]).await;
    let path = format!("Calls/{sid}.json");
    let too_early = api.refused(Method::POST, &path, &[("Url", &elsewhere)]).await;
    assert_eq!(too_early, (400, json!(21220)));
    world.pass(2).await;
    let (status, _) = api.ask(Method::POST, &path, &[("Url", &elsewhere)]).await;
    assert_eq!(status.as_u16(), 200);
    world.exchange.settle().await;
    assert_eq!(world.heard(&sid), ["Press 1 to accept.", "It is taken."]);
    let twiml = [("Twiml", "<Response><Say>Goodbye.</Say></Response>")];
    api.ask(Method::POST, &path, &twiml).await;
    assert_eq!(world.heard(&sid).last().map(String::as_str), Some("Goodbye."));
    world.pass_all().await;
    assert_eq!(api.refused(Method::POST, &path, &[("Url", &elsewhere)]).await, (400, json!(21220)));
}

/// The document that was asked for first comes when nobody waits for it any more.
#[tokio::test]
async fn a_document_that_comes_too_late_is_not_performed() {
    let world = world_where(Handset::Answers { after: 2 }).await;
    let api = Api::of(&world).await;
    let sid = world.call_ben(&[]).await;
    world.clock.set(world.now() + SignedDuration::from_secs(2));
    // Picked up, and its document is asked for: the answer is not there yet.
    assert!(world.exchange.pick_up(&sid).unwrap());
    let elsewhere = format!("{}/elsewhere", world.gateway);
    api.ask(Method::POST, &format!("Calls/{sid}.json"), &[("Url", &elsewhere)]).await;
    world.exchange.settle().await;
    assert_eq!(world.heard(&sid), ["It is taken."]);

    let sid = world.call_ben(&[]).await;
    assert!(world.exchange.pick_up(&sid).unwrap());
    assert!(world.exchange.hang_up(&sid).unwrap());
    world.exchange.settle().await;
    assert_eq!(world.heard(&sid), [""; 0]);
}

#[tokio::test]
async fn calls_are_found_by_what_is_known_of_them() {
    let world = world_where(Handset::Answers { after: 2 }).await;
    let api = Api::of(&world).await;
    let sid = world.call_ben(&[]).await;
    let inbound = world.dial().await;
    let found = async |query: &str| {
        let list = api.get(&format!("Calls.json?{query}")).await;
        let calls = list["calls"].as_array().unwrap().clone();
        calls.iter().map(|call| call["sid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("").await, [&*inbound, &*sid]);
    assert_eq!(found("To=%2B15550101").await, [&*sid]);
    assert_eq!(found("From=%2B15550199&Status=ringing").await, [&*sid]);
    assert_eq!(found("Status=canceled").await, [""; 0]);
    assert_eq!(found("StartTime%3E=2026-01-05&To=%2B15550101").await, [&*sid]);
    assert_eq!(found("StartTime%3E=2026-01-05T09:00:01Z").await, [""; 0]);
    assert_eq!(found("StartTime%3C=2026-01-04").await, [""; 0]);
    assert_eq!(found("StartTime=2026-01-05").await, [inbound, sid]);
    assert_eq!(api.refused(Method::GET, "Calls.json?StartTime=soon", &[]).await, (400, json!(20001)));
}

#[tokio::test]
async fn a_call_that_can_not_be_placed_is_refused_with_the_carriers_number() {
    let world = world().await;
    let api = Api::of(&world).await;
    let right = [("To", BEN), ("From", NUMBER), ("Url", "http://127.0.0.1:1/")];
    for (name, value, code) in [
        ("To", "", 21201),
        ("To", "5550101", 21211),
        ("From", "", 21213),
        ("From", "anonymous", 21212),
        ("Url", "", 21205),
        ("Url", "/answered", 21205),
        ("Method", "GET", 20001),
        ("Twiml", "<Response/>", 20001),
        ("Timeout", "601", 20001),
        ("SendDigits", "12a", 20001),
        ("StatusCallbackEvent", "done", 21626),
        ("MachineDetection", "Maybe", 20001),
    ] {
        let kept = right.iter().copied().filter(|(field, _)| *field != name);
        let form: Vec<(&str, &str)> = kept.chain([(name, value)]).collect();
        assert_eq!(
            api.refused(Method::POST, "Calls.json", &form).await,
            (400, json!(code)),
            "{name}={value}"
        );
    }
    let twiml = [("To", BEN), ("From", NUMBER), ("Twiml", "<Response><Dance/></Response>")];
    assert_eq!(api.refused(Method::POST, "Calls.json", &twiml).await, (400, json!(12100)));
    assert_eq!(api.get("Calls.json").await["calls"], json!([]));
}
