//! Every state answers every input, and whoever does nothing is let go.

use super::*;
use crate::domain::alerting::actor::Who;
use crate::domain::alerting::alert::{Acknowledged, Alert, AlertStory, Message, Progress};
use crate::domain::alerting::content::Content;
use crate::domain::alerting::origin::{FromEvent, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::IntegrationName;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::ids::{AlertId, CallId, NotificationId, RecordingId, RingId};
use crate::domain::links::{Link, LinkCode};
use crate::domain::severity::Severity;
use crate::domain::voice::phrases::MatterKind;
use crate::domain::voice::recording::{Audio, DraftStatus, Recording, Source, Transcript};
use crate::domain::voice::step::tests::{Count, menu};
use uuid::Uuid;

const NOW: &str = "2026-01-05T09:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn ben() -> PersonId {
    PersonId("ben".to_owned())
}

/// An alert for Ben.
fn alert() -> Alert {
    Alert {
        id: AlertId(Uuid::from_u128(1)),
        version: 1,
        origin: Origin::Event(FromEvent {
            integration: IntegrationName("prtg".to_owned()),
            source: Some("PRTG".to_owned()),
            external_id: None,
            event: None,
        }),
        team: None,
        matter: None,
        content: Content {
            title: Some("Pump 3".to_owned()),
            text: Some("The pressure\nis low".to_owned()),
            ..Content::default()
        },
        recipients: vec![Recipient::Person(ben())],
        severity: Severity::High,
        message: None,
        opened_at: now(),
        is_held: false,
        scenario: Scenario::SingleAck,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    }
}

fn story(alert: Alert) -> AlertStory {
    AlertStory { alert, number: 7, recording: None, log: vec![] }
}

/// The same with a message whose sound is here.
fn heard(mut alert: Alert) -> AlertStory {
    let id = RecordingId(Uuid::from_u128(2));
    let link = Link { code: LinkCode::of([7; 32]), expires_at: Timestamp::MAX, short_url: None };
    alert.message = Some(Message { recording: id, link });
    let audio = Audio { key: "a".to_owned(), media_type: "audio/wav".to_owned(), bytes: 1, sha256: [0; 32] };
    let recording = Recording {
        id,
        call: CallId(Uuid::nil()),
        source: Source { url: "https://carrier.example/RE1".to_owned(), sid: None },
        seconds: 5,
        status: DraftStatus::Released(alert.id),
        transcript: Transcript::Text("Pumps are down".to_owned()),
        audio: Some(audio),
        erased_at: None,
        made_at: now(),
    };
    AlertStory { alert, number: 7, recording: Some(recording), log: vec![] }
}

fn ring(state: RingState) -> Ring {
    Ring {
        id: RingId(Uuid::nil()),
        notification: NotificationId(Uuid::nil()),
        alert: AlertId(Uuid::from_u128(1)),
        person: ben(),
        name: "Ben".to_owned(),
        language: "en".to_owned(),
        number: PhoneNumber::parse("+15550102").unwrap(),
        attempt: 1,
        carrier_call: None,
        state,
        version: 1,
        document: 0,
        asked_at: now(),
        due_at: None,
    }
}

/// A call that is walked through the machine by hand.
struct Walk {
    ring: Ring,
    reading: Reading,
}

impl Walk {
    fn begin(story: AlertStory) -> Self {
        Self {
            ring: ring(RingState::Ringing),
            reading: Reading::of(story, &Directory::default(), Some(&ben()), now()),
        }
    }

    /// One step, and what must hold of every step.
    fn step(&mut self, input: &LegInput) -> RingTurn {
        let menu = menu(1, false);
        let setting = Setting { menu: &menu, now: now(), reading: &self.reading, ids: &Count::default() };
        let turn = step(setting, &self.ring, input);
        let is_reply = matches!(
            input,
            LegInput::PickedUp | LegInput::Pressed(_) | LegInput::Silence | LegInput::Dismissed
        );
        assert_eq!(turn.plan.is_some(), is_reply, "in reply to a document there is a plan, else none");
        if let Some(plan) = &turn.plan {
            assert!(!plan.say.is_empty(), "something is said");
            assert_eq!(plan.then == Then::End, turn.next.is_over(), "{:?}", turn.next);
        }
        assert_eq!(turn.due_at.is_none(), turn.next.is_over() || self.ring.due_at.is_none() && !is_reply);
        if self.ring.state.is_over() {
            assert!(turn.change.is_none() && turn.log.is_empty() && turn.effects.is_empty());
        } else if turn.next.is_over() {
            assert_eq!(turn.log.len(), 1, "how it ended is told once");
        }
        self.ring.state = turn.next.clone();
        self.ring.due_at = turn.due_at;
        turn
    }

    fn press(&mut self, key: &str) -> Vec<Phrase> {
        self.step(&LegInput::Pressed(key.to_owned())).plan.unwrap().say
    }
}

fn inputs() -> Vec<LegInput> {
    let keys = ["0", "1", "2", "4", "5", "6", "*", "#", "44", "x", ""];
    let mut inputs: Vec<_> = keys.map(|key| LegInput::Pressed(key.to_owned())).to_vec();
    inputs.extend([
        LegInput::PickedUp,
        LegInput::Silence,
        LegInput::Dismissed,
        LegInput::Ringing,
        LegInput::Machine,
    ]);
    inputs.extend(LegEnd::ALL.map(LegInput::Ended));
    inputs
}

fn states() -> Vec<RingState> {
    let ends = LegEnd::ALL.map(RingEnd::Unreached).into_iter().chain([RingEnd::Answered]);
    let asked = Asked { silent: 2, wrong: MOST_WRONG_KEYS - 1 };
    let open =
        [RingState::Ringing, RingState::Asking { asked: Asked::default() }, RingState::Asking { asked }];
    open.into_iter().chain(ends.map(|end| RingState::Ended { end })).collect()
}

#[test]
fn every_state_answers_every_input() {
    for state in states() {
        for input in inputs() {
            for story in [story(alert()), heard(alert())] {
                let mut walk = Walk::begin(story);
                walk.ring.due_at = (!state.is_over()).then(now);
                walk.ring.state = state.clone();
                walk.step(&input);
            }
        }
    }
}

#[test]
fn g22_what_is_written_is_read_out_in_one_line_each() {
    let mut walk = Walk::begin(heard(alert()));
    let say = walk.step(&LegInput::PickedUp).plan.unwrap().say;
    let [hello, line, title, text, message, recording, answers] = say.as_slice() else { panic!("{say:?}") };
    assert_eq!(*hello, Phrase::Greeting("Ben".to_owned()));
    let from = Some("PRTG".to_owned());
    let for_whom = Some("ben".to_owned());
    assert_eq!(
        *line,
        Phrase::AlertLine(7, Severity::High, MatterKind::Alert, for_whom, from, "09:00 UTC".to_owned())
    );
    assert_eq!(*title, Phrase::Verbatim("Pump 3".to_owned()));
    assert_eq!(*text, Phrase::Verbatim("The pressure is low".to_owned()));
    assert_eq!(*message, Phrase::MessageText("Pumps are down".to_owned()));
    assert_eq!((recording, answers), (&Phrase::OfferRecording, &Phrase::OfferAnswers));
}

#[test]
fn g22_four_acknowledges_five_escalates_six_resolves() {
    for (key, said) in
        [("4", Phrase::AcknowledgedByYou), ("5", Phrase::EscalatedByYou), ("6", Phrase::ResolvedByYou)]
    {
        let mut walk = Walk::begin(story(alert()));
        walk.step(&LegInput::PickedUp);
        let turn = walk.step(&LegInput::Pressed(key.to_owned()));
        let change = turn.change.unwrap();
        assert_eq!(turn.plan.unwrap().say, [said, Phrase::Goodbye]);
        assert!(turn.is_delivered);
        assert_eq!(change.alert.acknowledged.is_some(), key == "4");
        assert_eq!(change.alert.closed.is_some(), key == "6");
        assert_eq!(change.alert.progress.escalation.asked_by.as_deref(), (key == "5").then_some("ben"));
    }
}

#[test]
fn g22_one_plays_the_recording_where_there_is_one() {
    let mut walk = Walk::begin(heard(alert()));
    walk.step(&LegInput::PickedUp);
    assert_eq!(walk.press("1")[0], Phrase::Recording(LinkCode::of([7; 32])));
    let mut walk = Walk::begin(story(alert()));
    walk.step(&LegInput::PickedUp);
    assert_eq!(walk.press("1"), [Phrase::WrongKey, Phrase::OfferAnswers]);
}

#[test]
fn g22_silence_and_wrong_keys_are_no_answer() {
    let mut walk = Walk::begin(story(alert()));
    walk.step(&LegInput::PickedUp);
    let mut asked = 0;
    while !walk.ring.state.is_over() {
        let turn = walk.step(&LegInput::Silence);
        assert!(!turn.is_delivered && turn.change.is_none());
        asked += 1;
        assert!(asked < 10);
    }
    let mut walk = Walk::begin(story(alert()));
    walk.step(&LegInput::PickedUp);
    for _ in 0..MOST_WRONG_KEYS {
        assert!(!walk.ring.state.is_over());
        walk.press("9");
    }
    assert_eq!(walk.ring.state, RingState::Ended { end: RingEnd::Unreached(LegEnd::NoKey) });
}

#[test]
fn a_phone_that_is_busy_is_rung_once_more_a_minute_later() {
    for (attempt, again) in [(1, 1), (2, 0)] {
        let mut walk = Walk::begin(story(alert()));
        walk.ring.attempt = attempt;
        let turn = walk.step(&LegInput::Ended(LegEnd::Busy));
        assert_eq!(turn.effects.len(), again);
        for due in turn.effects {
            assert_eq!(due.effect, Effect::RingPerson(walk.ring.notification));
            assert_eq!(due.due.duration_since(now()).as_secs(), 60);
        }
    }
}

#[test]
fn a_machine_is_let_go() {
    let mut walk = Walk::begin(story(alert()));
    walk.step(&LegInput::PickedUp);
    let turn = walk.step(&LegInput::Machine);
    assert_eq!(turn.effects, [Effect::ReleaseRing(walk.ring.id).at(now())]);
    assert!(!turn.is_delivered);
}

#[test]
fn g22_who_picks_up_too_late_hears_who_was_first() {
    let mut late = alert();
    let by = Who::Person(PersonId("cleo".to_owned()));
    late.acknowledged = Some(Acknowledged { at: now(), by, from: Channel::Phone });
    let mut walk = Walk::begin(story(late.clone()));
    let turn = walk.step(&LegInput::PickedUp);
    let say = turn.plan.unwrap().say;
    assert_eq!(say[2..], [Phrase::AlreadyAcknowledged("cleo".to_owned()), Phrase::Goodbye]);
    assert!(turn.is_delivered && turn.change.is_none());
    // Or, where that happened while the alert was read out, after their key.
    let mut walk = Walk::begin(story(alert()));
    walk.step(&LegInput::PickedUp);
    walk.reading = Reading::of(story(late), &Directory::default(), Some(&ben()), now());
    assert_eq!(walk.press("4")[0], Phrase::AlreadyAcknowledged("cleo".to_owned()));
}

#[test]
fn of_several_who_must_acknowledge_each_hears_how_many_are_missing() {
    let mut several = alert();
    several.scenario = Scenario::MultiAck;
    several.progress.on_duty = ["ben", "cleo", "dmitri"].map(|id| PersonId(id.to_owned())).to_vec();
    let mut walk = Walk::begin(story(several));
    walk.step(&LegInput::PickedUp);
    assert_eq!(walk.press("4")[0], Phrase::AcknowledgedInPart(2));
}
