use super::*;
use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::alert::Progress;
use crate::domain::alerting::content::Content;
use crate::domain::alerting::log::{LogEntry, Release};
use crate::domain::alerting::origin::{FromCall, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::contact::PhoneNumber;
use crate::domain::ids::CallId;
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::recording::{DraftStatus, Source, Transcript};
use jiff::SignedDuration;
use uuid::Uuid;

const CALL: CallId = CallId(Uuid::from_u128(1));
const ALERT: AlertId = AlertId(Uuid::from_u128(2));

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

/// A call that began at 0 and is over at that moment.
fn record(ended: Option<i64>) -> CallRecord {
    let mut call = Call::announced(CALL, LegId(Uuid::from_u128(3)), "CA1".to_owned(), at(0));
    if ended.is_some() {
        call.state = CallState::Ended { ending: Ending::Talked, unsent: None };
    }
    CallRecord { call, ended_at: ended.map(at) }
}

fn leg(number: u128, person: &str, planned: i64) -> Leg {
    Leg {
        id: LegId(Uuid::from_u128(number)),
        call: CALL,
        person: PersonId(person.to_owned()),
        name: person.to_owned(),
        language: "en".to_owned(),
        number: PhoneNumber::parse("+15550101").unwrap(),
        carrier_call: None,
        planned_at: at(planned),
        asked_at: None,
        ringing_at: None,
        answered_at: None,
        keys: None,
        accepted_at: None,
        ended_at: None,
        end: None,
    }
}

fn alert(log: Vec<(i64, Happened)>) -> AlertStory {
    let caller = Caller { person: None, name: None, number: None, language: "en".to_owned() };
    let alert = Alert {
        id: ALERT,
        version: 1,
        origin: Origin::Call(FromCall { call: CALL, action: Action::Live, caller }),
        team: None,
        matter: None,
        content: Content::default(),
        recipients: vec![],
        severity: Severity::High,
        message: None,
        opened_at: at(1),
        is_held: true,
        scenario: Scenario::SingleAck,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    };
    let log = log.into_iter().map(|(seconds, what)| LogEntry { at: at(seconds), what }).collect();
    AlertStory { alert, number: 1, recording: None, log }
}

/// The events in short: second, word and person.
fn told(story: &CallStory) -> Vec<String> {
    let word = |event: &Event| {
        let json = match &event.what {
            What::InCall(what) => serde_json::to_value(what),
            What::ToAlert(id, what) => {
                assert_eq!(*id, ALERT);
                serde_json::to_value(what)
            }
        };
        let json = json.unwrap();
        let who = json["person"].as_str().or(json["by"].as_str()).unwrap_or_default();
        let seconds = event.at.as_second();
        format!("{seconds} {} {who}", json["what"].as_str().unwrap()).trim_end().to_owned()
    };
    story.events().iter().map(word).collect()
}

#[test]
fn p27_a_live_call_is_told_in_order() {
    let ben = Leg {
        asked_at: Some(at(1)),
        ringing_at: Some(at(2)),
        ended_at: Some(at(14)),
        end: Some(LegEnd::NoAnswer),
        ..leg(10, "ben", 1)
    };
    let cleo = Leg {
        asked_at: Some(at(15)),
        ringing_at: Some(at(16)),
        answered_at: Some(at(20)),
        keys: Some("1".to_owned()),
        accepted_at: Some(at(24)),
        ended_at: Some(at(80)),
        end: Some(LegEnd::Talked),
        ..leg(11, "cleo", 14)
    };
    let person = |id: &str| id.to_owned();
    let log = vec![
        (1, Happened::Opened { release: Release::LiveCall }),
        (1, Happened::Called { person: person("ben") }),
        (14, Happened::NotReached { person: person("ben"), why: "did not pick up".to_owned() }),
        (14, Happened::Called { person: person("cleo") }),
        (24, Happened::Acknowledged { by: person("cleo"), from: "phone".to_owned() }),
    ];
    let story = CallStory {
        record: record(Some(80)),
        legs: vec![ben, cleo],
        recordings: vec![],
        alerts: vec![alert(log)],
    };
    assert_eq!(
        told(&story),
        [
            "0 call_began",
            "1 opened",
            "1 called ben",
            "1 phone_chosen ben",
            "1 phone_asked ben",
            "2 phone_rang ben",
            "14 phone_ended ben",
            "14 not_reached ben",
            "14 called cleo",
            "14 phone_chosen cleo",
            "15 phone_asked cleo",
            "16 phone_rang cleo",
            "20 phone_answered cleo",
            "24 phone_accepted cleo",
            "24 acknowledged cleo",
            "80 phone_ended cleo",
            "80 call_ended",
        ]
    );
    assert_eq!(story.record.ending(), Some(Ending::Talked));
    let over = InCall::CallEnded { ending: Some(Ending::Talked) };
    assert_eq!(story.events().last(), Some(&Event::in_call(at(80), over)));
}

#[test]
fn what_happens_to_a_phone_within_one_moment_keeps_its_order() {
    let at_once = Leg {
        asked_at: Some(at(0)),
        ringing_at: Some(at(0)),
        answered_at: Some(at(0)),
        accepted_at: Some(at(0)),
        ended_at: Some(at(0)),
        ..leg(10, "ben", 0)
    };
    let story =
        CallStory { record: record(Some(0)), legs: vec![at_once], recordings: vec![], alerts: vec![] };
    let words = ["began", "chosen", "asked", "rang", "answered", "accepted", "ended", "ended"];
    let told = told(&story);
    assert!(told.iter().zip(words).all(|(told, word)| told.contains(word)), "{told:?}");
    assert_eq!(told.len(), words.len());
}

#[test]
fn a_call_that_goes_on_has_no_end_yet_and_its_messages_have_their_place() {
    let recording = |number: u128, seconds: i64| Recording {
        id: RecordingId(Uuid::from_u128(number)),
        call: CALL,
        source: Source { url: "https://carrier.example/RE1".to_owned(), sid: None },
        seconds: 4,
        status: DraftStatus::Draft,
        transcript: Transcript::Pending,
        audio: None,
        erased_at: None,
        made_at: at(seconds),
    };
    let released = Happened::MessageLeft { release: Release::Confirmed };
    let story = CallStory {
        record: record(None),
        legs: vec![leg(10, "ben", 2)],
        recordings: vec![recording(20, 9), recording(21, 5)],
        alerts: vec![alert(vec![(9, released)])],
    };
    let told = told(&story);
    let expected =
        ["0 call_began", "2 phone_chosen ben", "5 message_recorded", "9 message_recorded", "9 message_left"];
    assert_eq!(told, expected);
    assert_eq!(story.record.ending(), None);
}
