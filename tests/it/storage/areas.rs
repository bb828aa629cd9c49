//! The second conformance suite: what every store trait promises, on every database.

mod alerts;
mod answers;
mod calls;
mod changes;
mod directory;
mod found;
mod history;
mod keys;
mod legs;
mod live;
mod outbox;
mod rings;

use super::subject::Subject;
use crate::world::TestIds;
use dutyline::domain::alerting::alert::Progress;
use dutyline::domain::alerting::alert::{Alert, Message};
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::log::Release;
use dutyline::domain::alerting::origin::{FromCall, Origin};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::alerting::team::TeamName;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::DueEffect;
use dutyline::domain::ids::{AlertId, CallId, Ids, LegId, RecordingId};
use dutyline::domain::links::{Link, LinkCode};
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::call::{Asked, Call, CallState, Caller, Ending};
use dutyline::domain::voice::recording::{DraftStatus, Recording, Source, Transcript};
use dutyline::domain::voice::step::{Turn, VoiceChange};
use dutyline::ports::error::StoreError;
use dutyline::ports::store::{CallStore, RecordedTurn, Reply};
use dutyline::storage::SqlStore;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// A store and where its ids come from.
struct Store {
    store: SqlStore,
    ids: Arc<TestIds>,
}

async fn store(subject: &Subject) -> Store {
    let ids = Arc::new(TestIds::from(1));
    Store { store: SqlStore::new(Arc::clone(&subject.driver), ids.clone()), ids }
}

/// So many seconds after the tests' beginning of time.
fn at(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-01-05T09:00:00.000001Z".parse().unwrap();
    start + SignedDuration::from_secs(seconds)
}

fn turn(next: CallState) -> Turn {
    Turn { at: at(0), next, caller: None, plan: None, due_at: None, changes: vec![], effects: vec![] }
}

fn choosing() -> CallState {
    CallState::ChoosingAction { asked: Asked::default() }
}

fn ended() -> CallState {
    CallState::Ended { ending: Ending::Alerted, unsent: None }
}

fn ada() -> Caller {
    Caller {
        person: Some(PersonId("ada".to_owned())),
        name: Some("Ada Łukasiewicz".to_owned()),
        number: Some(PhoneNumber::parse("+15550101").unwrap()),
        language: "en".to_owned(),
    }
}

fn recording_of(alert: &Alert) -> RecordingId {
    alert.message.as_ref().unwrap().recording
}

impl Store {
    /// A call that has just come in, stored.
    async fn call(&self, carrier_call: &str, due_at: Option<Timestamp>) -> Call {
        let (id, leg) = (CallId::next(&*self.ids), LegId::next(&*self.ids));
        let call = Call::announced(id, leg, carrier_call.to_owned(), at(0));
        let first = Turn { caller: Some(ada()), due_at, ..turn(choosing()) };
        self.take(&call, &first, Some("<Response/>")).await.unwrap();
        self.store.call(id).await.unwrap().unwrap()
    }

    async fn take(&self, call: &Call, turn: &Turn, reply: Option<&str>) -> Result<(), StoreError> {
        let reply = reply.map(|text| Reply { leg: call.leg, document: call.document, text });
        self.store.record(RecordedTurn { call, turn, reply, hooks: &[] }).await
    }

    fn recording(&self, call: &Call, made_at: Timestamp) -> Recording {
        Recording {
            id: RecordingId::next(&*self.ids),
            call: call.id,
            source: Source { url: "https://carrier.example/RE1".to_owned(), sid: None },
            seconds: 4,
            status: DraftStatus::Draft,
            transcript: Transcript::Pending,
            audio: None,
            erased_at: None,
            made_at,
        }
    }

    fn message(&self, recording: &Recording, expires_at: Timestamp) -> Message {
        let link = Link { code: LinkCode::of(self.ids.secret()), expires_at, short_url: None };
        Message { recording: recording.id, link }
    }

    fn alert(&self, recording: &Recording, opened_at: Timestamp) -> Alert {
        Alert {
            id: AlertId::next(&*self.ids),
            version: 1,
            origin: Origin::Call(FromCall { call: recording.call, action: Action::Alert, caller: ada() }),
            team: None,
            matter: None,
            content: Content::default(),
            recipients: vec![Recipient::Group(GroupName("Öffentlich".to_owned()))],
            severity: Severity::High,
            message: Some(self.message(recording, opened_at)),
            opened_at,
            is_held: false,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress::default(),
            due_at: None,
        }
    }

    /// A call that became an alert, with those effects.
    async fn alerted(&self, carrier_call: &str, opened_at: Timestamp, effects: Vec<DueEffect>) -> Alert {
        self.alerted_of(None, carrier_call, opened_at, effects).await
    }

    /// The same, of a team's.
    async fn alerted_of(
        &self,
        team: Option<TeamName>,
        carrier_call: &str,
        opened_at: Timestamp,
        effects: Vec<DueEffect>,
    ) -> Alert {
        let call = self.call(carrier_call, None).await;
        let recording = self.recording(&call, opened_at);
        let alert = Alert { team, ..self.alert(&recording, opened_at) };
        let changes = vec![
            VoiceChange::Drafted(Box::new(recording)),
            VoiceChange::Opened(Box::new(alert.clone()), Release::Confirmed),
        ];
        let turn = Turn { changes, effects, ..turn(ended()) };
        self.take(&call, &turn, Some("<Response/>")).await.unwrap();
        alert
    }
}

#[track_caller]
fn conflict<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    match answer {
        Err(StoreError::Conflict) => {}
        other => panic!("{other:?}"),
    }
}
