//! What is remembered. Every area has a few reads, each shaped by a question, and one write, shaped by a
//! decision and atomic: all of it or nothing.

use super::deliveries::BegunMessage;
use super::error::StoreError;
use crate::domain::access::{ApiKey, TokenHash};
use crate::domain::alerting::alert::{AlertStory, Matter};
use crate::domain::alerting::change::Change;
use crate::domain::alerting::event::{EarlyEnd, Event};
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::alerting::hook::HookMessage;
use crate::domain::alerting::ingest::Ingested;
use crate::domain::alerting::log::LogEntry;
use crate::domain::alerting::state::AlertState;
use crate::domain::alerting::team::TeamName;
use crate::domain::audit::Audited;
use crate::domain::contact::PhoneNumber;
use crate::domain::delivery::Notification;
use crate::domain::delivery::ledger::Entry;
use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::RunTime;
use crate::domain::directory::elsewhere::Kept;
use crate::domain::directory::elsewhere::on_call::KeptOnCall;
use crate::domain::directory::overrides::Override;
use crate::domain::directory::person::PersonId;
use crate::domain::effect::{DueEffect, Effect, Lane};
use crate::domain::ids::{
    AbsenceId, AlertId, AuditId, CallId, EffectId, HookMessageId, KeyId, LegId, LogId, NotificationId,
    OverrideId, RecordingId, RingId,
};
use crate::domain::links::{Link, LinkCode};
use crate::domain::retention::Forgettable;
use crate::domain::severity::Severity;
use crate::domain::voice::call::Call;
use crate::domain::voice::leg::{Leg, LegNote};
use crate::domain::voice::recording::{Audio, Recording, Transcribed};
use crate::domain::voice::ring::Ring;
use crate::domain::voice::ring::step::RingTurn;
use crate::domain::voice::step::Turn;
use crate::domain::voice::story::{CallPhase, CallRecord, CallStory};
use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A turn of a call, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct RecordedTurn<'a> {
    /// The call as it was read; a call of version 0 is new.
    pub call: &'a Call,
    /// What was decided.
    pub turn: &'a Turn,
    /// What is answered; `None` for inputs beside the line.
    pub reply: Option<Reply<'a>>,
    /// What other programs are told of it.
    pub hooks: &'a [HookMessage],
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
    /// Whose phones are in use in other calls than that, or are rung about an alert.
    async fn busy(&self, except: CallId) -> Result<BTreeSet<PersonId>, StoreError>;
    /// When each person was called last, of those who were since that moment.
    async fn called_since(&self, since: Timestamp) -> Result<BTreeMap<PersonId, Timestamp>, StoreError>;
    /// Writes that the carrier is about to be asked for one. [`StoreError::Conflict`] when it was before, or the leg is
    /// over.
    async fn ask_for_leg(&self, id: LegId, now: Timestamp) -> Result<(), StoreError>;
}

/// A turn of a call of ours about an alert, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct RecordedRing<'a> {
    /// The call as it was read.
    pub ring: &'a Ring,
    /// What was decided.
    pub turn: &'a RingTurn,
    /// What the carrier calls it, where it has just said so.
    pub carrier_call: Option<&'a str>,
    /// What is answered; `None` for inputs beside the line.
    pub reply: Option<&'a str>,
}

/// Calls of ours to people about alerts.
#[async_trait]
pub trait RingStore: Send + Sync {
    /// One of them.
    async fn ring(&self, id: RingId) -> Result<Option<Ring>, StoreError>;
    /// Those that have brought, or tried to bring, that message, in their order.
    async fn rings(&self, notification: NotificationId) -> Result<Vec<Ring>, StoreError>;
    /// Those that are not over.
    async fn rings_under_way(&self) -> Result<Vec<Ring>, StoreError>;
    /// What the carrier calls those that it was asked for since that moment, over or not.
    async fn rings_since(&self, since: Timestamp) -> Result<Vec<String>, StoreError>;
    /// How often the carrier was asked to ring a number about alerts after the first moment, up to the second, oldest first.
    async fn rung(
        &self,
        number: &PhoneNumber,
        window: (Timestamp, Timestamp),
    ) -> Result<Vec<BegunMessage>, StoreError>;
    /// Writes one that the carrier is about to be asked for. [`StoreError::Conflict`] when that person is being rung, or
    /// its alert needs nobody any more.
    async fn begin_ring(&self, ring: &Ring) -> Result<(), StoreError>;
    /// Writes that the carrier is about to be asked for one again, which it does not have. [`StoreError::Conflict`] when
    /// something has happened to it since it was read.
    async fn ask_for_ring(&self, ring: &Ring, now: Timestamp, until: Timestamp) -> Result<(), StoreError>;
    /// Writes what the carrier calls one.
    async fn ring_placed(&self, id: RingId, carrier_call: &str) -> Result<(), StoreError>;
    /// Forgets one that the carrier has not placed.
    async fn forget_ring(&self, id: RingId) -> Result<(), StoreError>;
    /// What was answered to a document of one.
    async fn ring_reply(&self, id: RingId, document: u32) -> Result<Option<String>, StoreError>;
    /// Writes a turn: the call, its reply, what it changed and what is to be done. [`StoreError::Conflict`] when the call
    /// or its alert has moved on, or the document is answered already.
    async fn record_ring(&self, turn: RecordedRing<'_>) -> Result<(), StoreError>;
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

/// A page of a list of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertPage {
    /// Without their logs.
    pub stories: Vec<AlertStory>,
    /// Where the list goes on; `None`: it ends here.
    pub next: Option<AlertCursor>,
}

/// Alerts.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// One alert with its recording and its log.
    async fn alert(&self, id: AlertId) -> Result<Option<AlertStory>, StoreError>;
    /// The alerts that are wanted, newest first, after that place; their logs are left out. Where alerts are looked for
    /// that are rare, there may be fewer than `limit`, and more of them further on.
    async fn found(
        &self,
        filter: &AlertFilter,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<AlertPage, StoreError>;
    /// The open alerts that people are told of, acknowledged or not, newest first, after that place; their logs are left
    /// out.
    async fn latest_open(
        &self,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError>;
    /// The alert of that number, with its recording and its log.
    async fn by_number(&self, number: u32) -> Result<Option<AlertStory>, StoreError>;
    /// The open alerts, oldest first, after that place; their logs are left out.
    async fn open(&self, after: Option<AlertCursor>, limit: u32) -> Result<Vec<AlertStory>, StoreError>;
    /// The open alert of that matter, without its log.
    async fn of_matter(&self, matter: &Matter) -> Result<Option<AlertStory>, StoreError>;
    /// Writes a decision: the alert, its log, its messages and what is to be done. [`StoreError::Conflict`] when the alert
    /// has moved on since it was read, or another one of its matter is open.
    async fn change(&self, change: &Change) -> Result<(), StoreError>;
    /// Takes alerts that are to be looked at; nobody else gets them before `until`.
    async fn claim_due_alerts(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlertId>, StoreError>;
    /// Makes every open alert of a team one that is to be looked at, at that moment. What was decided on any of them before
    /// is refused when it is written afterwards.
    async fn look_at_open(&self, now: Timestamp) -> Result<(), StoreError>;
    /// Who was told that an alert is open: the notifications that are no updates, oldest first.
    async fn told(&self, alert: AlertId) -> Result<Vec<Notification>, StoreError>;
    /// One notification.
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError>;
}

/// An entry of the log of an alert, and how that alert stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FedEntry {
    /// Its own id: those that are written later have greater ones, but for what is written at the same time.
    pub id: LogId,
    /// Whose it is.
    pub alert: AlertId,
    /// What people call that by.
    pub number: u32,
    /// Whose the alert is.
    pub team: Option<TeamName>,
    /// How bad it is.
    pub severity: Severity,
    /// How it stands.
    pub state: AlertState,
    /// Its title.
    pub title: Option<String>,
    /// What happened.
    pub entry: LogEntry,
}

/// What happens to all alerts.
#[async_trait]
pub trait AlertFeed: Send + Sync {
    /// The entry of the greatest id; `None`: there is none.
    async fn newest_entry(&self) -> Result<Option<LogId>, StoreError>;
    /// One of them; `None`: it is forgotten.
    async fn entry(&self, id: LogId) -> Result<Option<FedEntry>, StoreError>;
    /// Greater ids, the smallest first.
    async fn entry_ids_after(&self, after: LogId, limit: u32) -> Result<Vec<LogId>, StoreError>;
    /// Entries of greater ids, the smallest first.
    async fn entries_after(&self, after: LogId, limit: u32) -> Result<Vec<FedEntry>, StoreError>;
}

/// An event that is taken in, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct TakenIn<'a> {
    /// What came.
    pub event: &'a Event,
    /// What it does.
    pub ingested: &'a Ingested,
    /// When it came.
    pub at: Timestamp,
    /// What is kept against its being done twice; `None`: its sender gave no key.
    pub answer: Option<&'a Answer>,
}

/// What was answered to a request that carried a key against being done twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The hash of that key and of whose it is.
    pub key_hash: String,
    /// The hash of the request: another one under the same key is a mistake.
    pub request_hash: String,
    /// The status of the answer.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// Events of other systems.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// What was answered to a request with that key.
    async fn answer(&self, key_hash: &str) -> Result<Option<Answer>, StoreError>;
    /// The end of that matter that has come before its beginning, at that moment or after it.
    async fn early_end(&self, matter: &Matter, since: Timestamp) -> Result<Option<EarlyEnd>, StoreError>;
    /// Writes an event and everything that it does. [`StoreError::Conflict`] when what it rests on has changed since it
    /// was read, or a request with its key has been answered.
    async fn take_in(&self, taken: TakenIn<'_>) -> Result<(), StoreError>;
}

/// A message to another program, as far as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHook {
    /// What is told, to whom.
    pub message: HookMessage,
    /// Its body, word by word; `None`: nobody has tried to send it yet.
    pub body: Option<String>,
}

/// What other programs are told of alerts. Messages are written with the changes that they tell of.
#[async_trait]
pub trait HookStore: Send + Sync {
    /// One message; `None`: the program has taken it, or its alert has been forgotten.
    async fn hook_message(&self, id: HookMessageId) -> Result<Option<StoredHook>, StoreError>;
    /// When an earlier message about the same alert to the same program is tried next, or counts as lost; `None`: there
    /// is none left to send.
    async fn earlier_hook_message(&self, id: HookMessageId) -> Result<Option<Timestamp>, StoreError>;
    /// Keeps the body of a message, where it has none: every attempt sends the same.
    async fn keep_hook_body(&self, id: HookMessageId, body: &str) -> Result<(), StoreError>;
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

/// Which entries of the audit are wanted. What is left out does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Of that kind, in a word.
    pub what: Option<String>,
    /// Of what that one did.
    pub by: Option<String>,
    /// Of that moment or later.
    pub from: Option<Timestamp>,
    /// From before that moment.
    pub until: Option<Timestamp>,
}

/// Where a list of entries of the audit goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCursor {
    /// When that was done which was shown last.
    pub at: Timestamp,
    /// Its id.
    pub id: AuditId,
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
    /// The entries of the audit that are wanted, newest first, after that place.
    async fn audit(
        &self,
        filter: &AuditFilter,
        after: Option<AuditCursor>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;
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
    /// Something is known of a message.
    Delivery(NotificationId, Entry),
    /// Something was heard of a phone that we call.
    Heard(LegId, LegNote, Timestamp),
    /// Another program has taken a message: the next one about the same alert may follow.
    HookTaken(HookMessageId, Timestamp),
    /// Another program will never be told that; the next message about the same alert may follow. An operator can have it
    /// tried again.
    HookGivenUp(HookMessageId, Timestamp),
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
    /// When the next effect of that lane, or of all, is due, or the next lease ends; `None`: nothing is waiting.
    async fn next_due(&self, lane: Option<&Lane>) -> Result<Option<Timestamp>, StoreError>;
    /// An effect that was taken stays so until then. [`StoreError::Conflict`] when its lease has ended and another has taken
    /// it.
    async fn keep(&self, claimed: &ClaimedEffect, until: Timestamp) -> Result<(), StoreError>;
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
    /// Puts an effect off until then: it could not be tried yet, which counts as no attempt. [`StoreError::Conflict`]
    /// when its lease has ended and another has taken it.
    async fn put_off(&self, claimed: &ClaimedEffect, until: Timestamp) -> Result<(), StoreError>;
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
    /// Forgets some of what is of that kind, from before that moment, and of no open alert; answers the keys of the
    /// rows that it forgot, and none when there is nothing more.
    async fn forget(
        &self,
        kind: Forgettable,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError>;
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
