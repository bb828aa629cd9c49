//! Documents that dial other phones, and conferences.

use dutyline::exchange::behaviour::Behaviour;
use dutyline::exchange::handsets::Handset;
use jiff::SignedDuration;
use reqwest::Method;

use super::rest_client::Api;
use super::world::{CALLER, Reply, World, xml};

const BEN: &str = "+15550101";
const CLEO: &str = "+15550102";
const PEOPLE: [(&str, &str); 2] = [("ben", BEN), ("cleo", CLEO)];

const WHISPER: &str =
    "<Gather input=\"dtmf\" action=\"HOST/accept\" numDigits=\"1\"><Say>Press 1.</Say></Gather><Hangup/>";

/// A gateway that dials as it is told, and behaves like this for those who are dialled.
async fn world(dial: &str, handsets: &[(&str, Handset)]) -> World {
    let dial = dial.to_owned();
    let world = World::start(move |seen| match (seen.path.as_str(), seen.field("Digits")) {
        ("/voice", _) => xml(&dial),
        ("/whisper", _) => xml(WHISPER),
        ("/accept", Some("1")) => xml(""),
        ("/accept", _) => xml("<Hangup/>"),
        ("/dialled", _) => xml("<Say>What now?</Say>"),
        ("/wait", _) => xml("<Play>HOST/ring.wav</Play>"),
        ("/ring.wav", _) => Reply::Typed("audio/wav", "RIFF".to_owned()),
        _ => Reply::Status(204),
    })
    .await;
    let mut behaviour = Behaviour::default();
    for (number, handset) in handsets {
        behaviour.handsets.set(*number, handset.clone());
    }
    world.exchange.behave(behaviour);
    world
}

fn numbers(attributes: &str) -> String {
    format!(
        "<Dial action=\"HOST/dialled\" timeout=\"12\"><Number {attributes}>{BEN}</Number>\
         <Number {attributes}>{CLEO}</Number></Dial>"
    )
}

fn conference(attributes: &str) -> String {
    format!("<Dial action=\"HOST/dialled\"><Conference {attributes}>room</Conference></Dial>")
}

impl World {
    /// The present call of a phone.
    fn at_phone(&self, number: &str) -> String {
        self.exchange.calls_to(number, 0).pop().unwrap().sid
    }

    fn says(&self, sid: &str, text: &str) -> bool {
        self.exchange.say(sid, text, SignedDuration::from_secs(1)).unwrap()
    }

    /// What the gateway was told about the end of a dialling.
    fn dialled(&self) -> [Option<String>; 3] {
        let seen = self.at("/dialled");
        ["DialCallStatus", "DialBridged", "DialCallDuration"].map(|name| seen.field(name).map(str::to_owned))
    }
}

fn told(status: &str, bridged: Option<&str>, duration: Option<&str>) -> [Option<String>; 3] {
    [Some(status), bridged, duration].map(|value| value.map(str::to_owned))
}

#[tokio::test]
async fn the_first_to_pick_up_is_asked_connected_and_heard() {
    let numbers = numbers(
        "url=\"HOST/whisper\" statusCallback=\"HOST/leg\" statusCallbackEvent=\"initiated ringing answered completed\"",
    );
    let world = world(&numbers, &[(BEN, Handset::Answers { after: 3 })]).await;
    let sid = world.dial().await;
    world.pass(4).await;
    let ben = world.at_phone(BEN);
    assert!(!world.says(&ben, "nobody hears this yet"));
    world.press(&ben, "1").await;
    let whispered = world.at("/whisper");
    assert_eq!(whispered.field("ParentCallSid"), Some(sid.as_str()));
    assert_eq!(
        (whispered.field("CallSid"), whispered.field("Direction")),
        (Some(&*ben), Some("outbound-dial"))
    );
    assert_eq!((whispered.field("From"), whispered.field("To")), (Some(CALLER), Some(BEN)));
    assert!(world.says(&ben, "Ben here."));
    assert!(world.says(&sid, "The pumps are down."));
    world.press(&sid, "5").await;
    world.pass(10).await;
    world.exchange.hang_up(&ben).unwrap();
    world.pass_all().await;
    assert_eq!(world.dialled(), told("completed", Some("true"), Some("11")));
    assert_eq!(world.at("/dialled").field("DialCallSid"), Some(ben.as_str()));
    assert_eq!(world.at("/dialled").field("CallSid"), Some(sid.as_str()));
    let words = |sid: &str| {
        let seen = world.seen();
        let of = seen.iter().filter(|seen| seen.path == "/leg" && seen.field("CallSid") == Some(sid));
        of.map(|seen| seen.field("CallStatus").unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(words(&ben), ["initiated", "ringing", "in-progress", "completed"]);
    assert_eq!(words(&world.at_phone(CLEO)), ["initiated", "ringing", "canceled"]);
    insta::assert_snapshot!(world.conversation(&sid, &PEOPLE), @r#"
     0.0  caller dials
     0.0  line   (ringing)
     0.0  ben's phone rings
     0.0  cleo's phone rings
     3.0  ben picks up
     3.0  ben hears "Press 1."
     3.0  cleo's phone stops ringing
     4.0  line   (connected)
     4.0  voice  "Ben here."
     4.0  caller says "The pumps are down."
     4.0  caller presses 5
     4.0  ben says "nobody hears this yet"
     4.0  ben presses 1
     4.0  ben is connected
     4.0  ben says "Ben here."
     4.0  ben hears somebody say "The pumps are down."
     4.0  ben hears tone 5
    14.0  line   (no longer connected)
    14.0  line   "What now?"
    14.0  ben hangs up
    14.6  line   (hangs up)
    "#);
}

#[tokio::test]
async fn without_a_whisper_whoever_picks_up_is_connected() {
    let world = world(&numbers(""), &[(CLEO, Handset::Answers { after: 2 })]).await;
    let sid = world.dial().await;
    world.pass(2).await;
    assert!(world.says(&world.at_phone(CLEO), "Hello?"));
    world.exchange.hang_up(&sid).unwrap();
    world.pass_all().await;
    assert_eq!(world.dialled(), told("completed", Some("true"), Some("0")));
    assert_eq!(world.paths(), ["/voice", "/dialled", "/status"]);
    insta::assert_snapshot!(world.conversation(&sid, &PEOPLE), @r#"
    0.0  caller dials
    0.0  line   (ringing)
    0.0  ben's phone rings
    0.0  cleo's phone rings
    2.0  line   (connected)
    2.0  voice  "Hello?"
    2.0  caller hangs up
    2.0  ben's phone stops ringing
    2.0  cleo picks up
    2.0  cleo is connected
    2.0  cleo says "Hello?"
    2.0  cleo's line ends
    "#);
}

#[tokio::test]
async fn a_dialling_that_reaches_nobody_says_why() {
    for (ben, cleo, status, seconds) in [
        (Handset::Rings, Handset::Busy, "no-answer", 12),
        (Handset::Declines { after: 3 }, Handset::Dead, "busy", 3),
        (Handset::Fails, Handset::Dead, "failed", 0),
    ] {
        let world = world(&numbers(""), &[(BEN, ben), (CLEO, cleo)]).await;
        let sid = world.dial().await;
        world.pass(seconds).await;
        assert_eq!(world.dialled(), told(status, Some("false"), None));
        assert_eq!(world.heard(&sid), ["What now?"]);
    }
}

#[tokio::test]
async fn a_whisper_that_hangs_up_is_no_connection() {
    let handsets = [(BEN, Handset::Answers { after: 2 }), (CLEO, Handset::Dead)];
    for (key, after) in [(Some("9"), 0), (None, 6)] {
        let world = world(&numbers("url=\"HOST/whisper\""), &handsets).await;
        let sid = world.dial().await;
        world.pass(2).await;
        if let Some(key) = key {
            world.press(&world.at_phone(BEN), key).await;
        }
        world.pass(after).await;
        assert_eq!(world.dialled()[..2], told("completed", Some("false"), None)[..2]);
        assert_eq!(world.heard(&sid), ["What now?"]);
    }
}

#[tokio::test]
async fn p50_a_caller_who_gives_up_stops_the_ringing() {
    let world = world(&numbers("url=\"HOST/whisper\""), &[]).await;
    let sid = world.dial().await;
    world.pass(5).await;
    assert_eq!(world.exchange.ringing(), 2);
    world.exchange.hang_up(&sid).unwrap();
    assert_eq!(world.exchange.ringing(), 0);
    world.pass_all().await;
    assert_eq!(world.dialled(), told("canceled", Some("false"), None));
    assert_eq!(world.at("/dialled").field("CallStatus"), Some("completed"));
    assert_eq!(world.paths(), ["/voice", "/dialled", "/status"]);
    insta::assert_snapshot!(world.conversation(&sid, &PEOPLE), @r#"
    0.0  caller dials
    0.0  line   (ringing)
    0.0  ben's phone rings
    0.0  cleo's phone rings
    5.0  caller hangs up
    5.0  ben's phone stops ringing
    5.0  cleo's phone stops ringing
    "#);
}

#[tokio::test]
async fn a_connection_lasts_no_longer_than_it_may() {
    let dial = format!(
        "<Dial timeLimit=\"30\" timeout=\"12\" callerId=\"+15550177\"><Number sendDigits=\"ww42\">{BEN}</Number>\
         </Dial><Say>Time is up.</Say>"
    );
    let world = world(&dial, &[(BEN, Handset::Answers { after: 2 })]).await;
    let sid = world.dial().await;
    world.pass(32).await;
    assert_eq!(world.heard(&sid), ["Time is up."]);
    let api = Api::of(&world).await;
    let ben = world.at_phone(BEN);
    let call = api.get(&format!("Calls/{ben}.json")).await;
    assert_eq!(
        (&call["status"], &call["duration"], &call["from"]),
        (&"completed".into(), &"30".into(), &"+15550177".into())
    );
    assert_eq!(call["parent_call_sid"], sid);
    insta::assert_snapshot!(world.conversation(&sid, &PEOPLE), @r#"
     0.0  caller dials
     0.0  line   (ringing)
     0.0  ben's phone rings
     2.0  line   (connected)
     2.0  ben picks up
     2.0  ben is connected
     3.0  ben hears tone 42
    32.0  line   (no longer connected)
    32.0  line   "Time is up."
    32.0  ben's line ends
    "#);
}

#[tokio::test]
async fn either_side_of_a_connection_can_be_told_to_do_something_else() {
    let handsets = [(BEN, Handset::Answers { after: 2 })];
    let twiml = [("Twiml", "<Response><Pause length=\"9\"/></Response>")];
    let world_1 = world(&numbers(""), &handsets).await;
    let sid = world_1.dial().await;
    world_1.pass(5).await;
    let ben = world_1.at_phone(BEN);
    let api = Api::of(&world_1).await;
    api.ask(Method::POST, &format!("Calls/{sid}.json"), &twiml).await;
    world_1.exchange.settle().await;
    assert_eq!(api.get(&format!("Calls/{ben}.json")).await["status"], "completed");
    assert_eq!(api.get(&format!("Calls/{sid}.json")).await["status"], "in-progress");
    assert_eq!(world_1.paths(), ["/voice"]);

    let world_2 = world(&numbers(""), &handsets).await;
    let sid = world_2.dial().await;
    world_2.pass(5).await;
    let ben = world_2.at_phone(BEN);
    let api = Api::of(&world_2).await;
    api.ask(Method::POST, &format!("Calls/{ben}.json"), &twiml).await;
    world_2.exchange.settle().await;
    assert_eq!(api.get(&format!("Calls/{ben}.json")).await["status"], "in-progress");
    assert_eq!(world_2.dialled(), told("completed", Some("true"), Some("3")));
    assert_eq!(world_2.heard(&sid), ["What now?"]);
}

/// Two who dial the same room.
async fn two_in_a_room(first: &str, second: &str) -> (World, String, String) {
    let (first, second) = (conference(first), conference(second));
    let world = World::start(move |seen| match (seen.path.as_str(), seen.field("From")) {
        ("/voice", Some(CALLER)) => xml(&first),
        ("/voice", _) => xml(&second),
        ("/dialled", _) => xml("<Say>What now?</Say>"),
        ("/wait", _) => xml("<Play>HOST/ring.wav</Play>"),
        ("/ring.wav", _) => Reply::Typed("audio/wav", "RIFF".to_owned()),
        _ => Reply::Status(204),
    })
    .await;
    let ada = world.dial().await;
    world.pass(10).await;
    let dial = dutyline::exchange::carrier::Dial { from: Some(BEN.to_owned()), attestation: None };
    let ben = world.exchange.dial(dial);
    world.exchange.settle().await;
    (world, ada, ben)
}

#[tokio::test]
async fn a_conference_begins_when_two_are_in_it_and_ends_with_its_host() {
    let (world, ada, ben) = two_in_a_room(
        "waitUrl=\"HOST/wait\" startConferenceOnEnter=\"false\" beep=\"false\"",
        "endConferenceOnExit=\"true\" beep=\"true\"",
    )
    .await;
    assert!(world.says(&ben, "Ben here."));
    assert!(world.says(&ada, "Ada here."));
    world.pass(20).await;
    world.exchange.hang_up(&ben).unwrap();
    world.pass_all().await;
    assert_eq!(world.dialled(), told("answered", None, None));
    assert_eq!(world.at("/dialled").field("DialCallSid"), None);
    assert_eq!(world.heard(&ada), ["♪ ring.wav", "♪ ring.wav", "♪ ring.wav", "What now?"]);
    insta::assert_snapshot!(world.transcript(&ada), @r#"
     0.0  caller dials
     0.0  line   "♪ ring.wav"
     4.0  line   "♪ ring.wav"
     8.0  line   "♪ ring.wav"
    10.0  line   (tone)
    10.0  line   (stops speaking)
    10.0  line   (connected)
    10.0  voice  "Ben here."
    10.0  caller says "Ada here."
    30.0  line   (no longer connected)
    30.0  line   "What now?"
    30.6  line   (hangs up)
    "#);
    insta::assert_snapshot!(world.transcript(&ben), @r#"
     0.0  caller dials
     0.0  line   (connected)
     0.0  caller says "Ben here."
     0.0  voice  "Ada here."
    20.0  caller hangs up
    "#);
}

#[tokio::test]
async fn nobody_is_heard_before_a_conference_begins() {
    let quiet = "startConferenceOnEnter=\"false\" beep=\"false\"";
    let (world, ada, ben) = two_in_a_room(quiet, quiet).await;
    assert!(!world.says(&ada, "Hello?"));
    assert_eq!(world.heard(&ben), ["♪ music"]);
    world.exchange.hang_up(&ben).unwrap();
    world.pass(10).await;
    // Whoever is left goes on waiting, and is let out by the carrier's own limit.
    assert!(!world.transcript(&ada).contains("hangs up"));
    world.pass_all().await;
    assert_eq!(world.now().to_string(), "2026-01-05T13:00:00.6Z");
}

#[tokio::test]
async fn a_conference_goes_on_when_a_guest_leaves() {
    let (world, ada, ben) =
        two_in_a_room("endConferenceOnExit=\"true\" beep=\"true\"", "beep=\"true\"").await;
    world.exchange.hang_up(&ben).unwrap();
    world.exchange.settle().await;
    assert!(!world.transcript(&ada).contains("hangs up"));
    assert!(!world.says(&ada, "Still there?"));
    let carl = world.exchange.dial(dutyline::exchange::carrier::Dial::default());
    world.exchange.settle().await;
    assert!(world.says(&ada, "Is this Carl?"));
    assert!(world.transcript(&carl).contains("voice  \"Is this Carl?\""));
    insta::assert_snapshot!(world.transcript(&ada), @r#"
     0.0  caller dials
     0.0  line   "♪ music"
    10.0  line   (tone)
    10.0  line   (stops speaking)
    10.0  line   (connected)
    10.0  line   (tone)
    10.0  caller says "Still there?"
    10.0  line   (tone)
    10.0  caller says "Is this Carl?"
    "#);
}
