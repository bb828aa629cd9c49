//! What is remembered. Every area has a few reads, each shaped by a question, and one write, shaped by a
//! decision and atomic: all of it or nothing.

use super::error::StoreError;
use crate::domain::access::{ApiKey, TokenHash};
use crate::domain::alerting::alert::{AlertState, AlertStory};
use crate::domain::alerting::close::Closing;
use crate::domain::alerting::log::LogEntry;
use crate::domain::audit::Audited;
use crate::domain::delivery::Notification;
use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::RunTime;
use crate::domain::directory::elsewhere::Kept;
use crate::domain::directory::elsewhere::on_call::KeptOnCall;
use crate::domain::directory::overrides::Override;
use crate::domain::directory::person::PersonId;
use crate::domain::effect::{DueEffect, Effect, Lane};
use crate::domain::ids::{
    AbsenceId, AlertId, AuditId, CallId, EffectId, KeyId, LegId, NotificationId, OverrideId, RecordingId,
};
use crate::domain::links::{Link, LinkCode};
use crate::domain::retention::Forgettable;
use crate::domain::voice::call::Call;
use crate::domain::voice::leg::{Leg, LegNote};
use crate::domain::voice::recording::{Audio, Recording, Transcribed};
use crate::domain::voice::step::Turn;
use crate::domain::voice::story::{CallPhase, CallRecord, CallStory};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A turn of a call, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct RecordedTurn<'a> {
    /// The call as it was read; a call of version 0 is new.
    pub call: &'a Call,
    /// What was decided.
    pub turn: &'a Turn,
    /// What is answered; `None` for inputs beside the line.
    pub reply: Option<Reply<'a>>,
}

/// The document that answers one which a phone has performed.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// Whose phone: the caller's, or one that we called.
    pub leg: LegId,
    /// Which document it has performed.
    pub document: u32,
    /// The next one.
    pub text: &'a str,
}

/// Calls, their documents and their recordings.
#[async_trait]
pub trait CallStore: Send + Sync {
    /// One call.
    async fn call(&self, id: CallId) -> Result<Option<Call>, StoreError>;
    /// The call that a carrier knows by that id.
    async fn by_carrier(&self, carrier_call: &str) -> Result<Option<Call>, StoreError>;
    /// Those that are not over.
    async fn calls_under_way(&self) -> Result<Vec<Call>, StoreError>;
    /// What was answered to a document of a leg.
    async fn reply(&self, leg: LegId, document: u32) -> Result<Option<String>, StoreError>;
    /// Writes a turn: the call, its reply, what it changed and what is to be done.
    /// [`StoreError::Conflict`] when the call has moved on, or the document is answered already.
    async fn record(&self, turn: RecordedTurn<'_>) -> Result<(), StoreError>;
    /// Takes calls whose deadline has come; nobody else gets them before `until`.
    async fn claim_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<CallId>, StoreError>;
    /// One recording.
    async fn recording(&self, id: RecordingId) -> Result<Option<Recording>, StoreError>;
    /// The recordings of a call, oldest first.
    async fn recordings(&self, call: CallId) -> Result<Vec<Recording>, StoreError>;
    /// Writes the text of a recording, and what it means for the call where that is still going on.
    async fn record_text(&self, text: &Transcribed, turn: Option<RecordedTurn<'_>>)
    -> Result<(), StoreError>;
}

/// The phones that we call. What is heard of them is written with the turns of their calls.
#[async_trait]
pub trait LegStore: Send + Sync {
    /// One of them.
    async fn leg(&self, id: LegId) -> Result<Option<Leg>, StoreError>;
    /// Those of a call, in the order in which they were called.
    async fn legs(&self, call: CallId) -> Result<Vec<Leg>, StoreError>;
    /// Those that are not over.
    async fn legs_under_way(&self) -> Result<Vec<Leg>, StoreError>;
    /// Those that were decided on since that moment, over or not.
    async fn legs_since(&self, since: Timestamp) -> Result<Vec<Leg>, StoreError>;
    /// Whose phones are in use in other calls than that.
    async fn busy(&self, except: CallId) -> Result<BTreeSet<PersonId>, StoreError>;
    /// When each person was called last, of those who were since that moment.
    async fn called_since(&self, since: Timestamp) -> Result<BTreeMap<PersonId, Timestamp>, StoreError>;
    /// Writes that the carrier is about to be asked for one. [`StoreError::Conflict`] when it was before, or the leg is
    /// over.
    async fn ask_for_leg(&self, id: LegId, now: Timestamp) -> Result<(), StoreError>;
}

/// Where a list of calls goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallCursor {
    /// When the last one shown began.
    pub started_at: Timestamp,
    /// Its id.
    pub id: CallId,
}

/// Calls as they are told afterwards. Nothing is written here: the turns of calls have written it.
#[async_trait]
pub trait CallHistory: Send + Sync {
    /// Calls, all or those of a phase, newest first, after that place.
    async fn calls(
        &self,
        phase: Option<CallPhase>,
        after: Option<CallCursor>,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError>;
    /// One call with everything that came of it.
    async fn story(&self, id: CallId) -> Result<Option<CallStory>, StoreError>;
}

/// Where a list of alerts goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertCursor {
    /// When the last one shown was opened.
    pub opened_at: Timestamp,
    /// Its id.
    pub id: AlertId,
}

/// Alerts.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// One alert with its recording and its log.
    async fn alert(&self, id: AlertId) -> Result<Option<AlertStory>, StoreError>;
    /// Alerts, all or those of a state, newest first, after that place; their logs are left out.
    async fn alerts(
        &self,
        state: Option<AlertState>,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError>;
    /// Writes that an alert has ended. [`StoreError::Conflict`] when it had ended before.
    async fn close(&self, closing: &Closing) -> Result<(), StoreError>;
    /// Who was told that an alert is open: the notifications that are no updates, oldest first.
    async fn told(&self, alert: AlertId) -> Result<Vec<Notification>, StoreError>;
    /// One notification.
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;
}

/// Links to recordings.
#[async_trait]
pub trait LinkStore: Send + Sync {
    /// The link of that code, expired or not, and its recording.
    async fn link(&self, code: &LinkCode) -> Result<Option<(Link, Recording)>, StoreError>;
}

/// What another system's directory has said of people, and of who is on call in its groups. A place is where such a
/// directory is.
#[async_trait]
pub trait DirectoryStore: Send + Sync {
    /// Everything that one has said, however old.
    async fn answers(&self, place: &str) -> Result<Vec<Kept>, StoreError>;
    /// Keeps an answer in place of the one before; an older one than is there changes nothing.
    async fn keep_answer(&self, place: &str, kept: &Kept) -> Result<(), StoreError>;
    /// Everything that one has said of who is on call, however old.
    async fn on_call_answers(&self, place: &str) -> Result<Vec<KeptOnCall>, StoreError>;
    /// Keeps such an answer in place of the one before; an older one than is there changes nothing.
    async fn keep_on_call_answer(&self, place: &str, kept: &KeptOnCall) -> Result<(), StoreError>;
    /// Forgets what was said at that moment or before, wherever.
    async fn forget_answers(&self, before: Timestamp) -> Result<(), StoreError>;
}

/// An entry of the audit, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When it was done.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// What was done, in a word.
    pub what: String,
    /// What there was.
    pub before: Option<Value>,
    /// What there is since.
    pub after: Option<Value>,
}

/// What changes in our own directory while the program runs, and who changed it.
#[async_trait]
pub trait ChangeStore: Send + Sync {
    /// What is in force at that moment, or will be later: whatever ends after it.
    async fn run_time(&self, ends_after: Timestamp) -> Result<RunTime, StoreError>;
    /// One absence.
    async fn absence(&self, id: AbsenceId) -> Result<Option<Absence>, StoreError>;
    /// One override.
    async fn one_override(&self, id: OverrideId) -> Result<Option<Override>, StoreError>;
    /// Writes a change and who made it. [`StoreError::Conflict`] when what is removed is not there any more, or an
    /// override contradicts one that is there, even one that another process adds at the same moment.
    async fn record_change(&self, audited: &Audited) -> Result<(), StoreError>;
    /// The audit, newest first, after that one.
    async fn audit(&self, after: Option<AuditId>, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
}

/// An effect that this process has taken to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedEffect {
    /// Its row.
    pub id: EffectId,
    /// What to do.
    pub effect: Effect,
    /// Attempts that have failed before.
    pub failed: u32,
    /// Until when it is ours. Who comes later than this may find that it has been done by another.
    pub until: Timestamp,
}

/// What carrying out an effect has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// Something for the log of an alert.
    Logged(AlertId, LogEntry),
    /// The link of that code has a short form.
    Shortened(LinkCode, String),
    /// A recording's sound is in our own store.
    AudioStored(RecordingId, Audio),
    /// A message is to be sent.
    Queued(Notification),
    /// A message has been handed to its vendor, who calls it by that id.
    Sent(NotificationId, Option<String>),
    /// Something was heard of a phone that we call.
    Heard(LegId, LegNote, Timestamp),
    /// Something else is to be done.
    Next(DueEffect),
}

/// How many effects are in which state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxCount {
    /// Waiting for their time, or for another attempt.
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
    /// The same of each lane in which there are any.
    pub lanes: BTreeMap<Lane, LaneCount>,
}

/// How many effects of a lane are in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneCount {
    /// Waiting for their time, or for another attempt.
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
}

/// A row of the outbox, as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEffect {
    /// Its row.
    pub id: EffectId,
    /// What to do; `None`: another version of the program knows it.
    pub effect: Option<Effect>,
    /// When the next attempt is due, or the one that is under way counts as lost; `None`: it was given up.
    pub due: Option<Timestamp>,
    /// Attempts that have failed.
    pub failed: u32,
    /// Why the last of them did.
    pub cause: Option<String>,
}

/// What is to be done outside.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The lanes in which effects are due, in no certain order. One that only a newer version knows is left to that.
    async fn due_lanes(&self, now: Timestamp) -> Result<Vec<Lane>, StoreError>;
    /// Takes effects of a lane that are due; nobody else gets them before `until`.
    async fn claim(
        &self,
        lane: &Lane,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError>;
    /// When the next effect is due, or the next lease ends; `None`: nothing is waiting.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Writes that an effect is done, with its consequences. [`StoreError::Conflict`] when its lease has
    /// ended and another has taken it.
    async fn complete(&self, claimed: &ClaimedEffect, consequences: &[Consequence])
    -> Result<(), StoreError>;
    /// Writes that an attempt failed: the next is at `next`, or never, which has consequences too.
    async fn fail(
        &self,
        claimed: &ClaimedEffect,
        next: Option<Timestamp>,
        cause: &str,
        consequences: &[Consequence],
    ) -> Result<(), StoreError>;
    /// How much there is.
    async fn count(&self) -> Result<OutboxCount, StoreError>;
    /// What there is, or only what was given up, oldest first, after that one.
    async fn listed(
        &self,
        only_given_up: bool,
        after: Option<EffectId>,
        limit: u32,
    ) -> Result<Vec<ListedEffect>, StoreError>;
    /// One of them.
    async fn listed_one(&self, id: EffectId) -> Result<Option<ListedEffect>, StoreError>;
    /// Makes one due at that moment, as it was listed: one that was given up begins anew, with no failed attempts.
    /// [`StoreError::Conflict`] when something has happened to it since.
    async fn hasten(&self, listed: &ListedEffect, due: Timestamp) -> Result<(), StoreError>;
    /// Forgets one that was given up. [`StoreError::Conflict`] when there is none of that id.
    async fn forget(&self, id: EffectId) -> Result<(), StoreError>;
}

/// What is forgotten after its time.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Forgets some of what is of that kind, from before that moment, and of no open alert; answers the ids of
    /// what it forgot, and none when there is nothing more.
    async fn forget(
        &self,
        kind: Forgettable,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Uuid>, StoreError>;
}

/// An API key that was made at run time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its id, by which it is revoked.
    pub id: KeyId,
    /// The key.
    pub key: ApiKey,
    /// When it was made.
    pub created_at: Timestamp,
}

/// API keys that were made at run time.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// The key of that hash.
    async fn key(&self, hash: &TokenHash) -> Result<Option<StoredKey>, StoreError>;
    /// All of them, oldest first.
    async fn keys(&self) -> Result<Vec<StoredKey>, StoreError>;
    /// Adds one. [`StoreError::Conflict`] when there is one of that name.
    async fn add_key(&self, key: &StoredKey) -> Result<(), StoreError>;
    /// Forgets one; whether there was one of that name.
    async fn revoke_key(&self, name: &str) -> Result<bool, StoreError>;
    /// Whether the store answers, and has room for more.
    async fn ready(&self) -> Result<(), StoreError>;
}
