//! What happened to an alert.

use super::state::AlertState;
use crate::domain::severity::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happened,
}

/// What can happen to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    /// It was opened, by what released its message.
    Opened {
        /// Why the message counted as sent.
        release: Release,
    },
    /// The text of the message came.
    TextArrived,
    /// No text could be made of the message.
    TextFailed,
    /// The link could not be made short; people get the long one.
    LinkNotShortened,
    /// The sound is in our own store.
    AudioStored,
    /// The sound could not be had from the carrier.
    AudioLost,
    /// People were chosen to be told.
    Announced {
        /// How many messages were queued.
        messages: usize,
        /// Whether they carry the text of the message.
        with_text: bool,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// Subscribers were chosen to be told how it stands.
    SubscribersTold {
        /// How it stands.
        state: AlertState,
        /// Who brought it there; `null`: nobody, it was time.
        by: Option<String>,
        /// How many messages were queued.
        messages: usize,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// A person was told.
    Notified {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
    },
    /// A person could not be told.
    NotNotified {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
        /// Why, in words; empty in old entries.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// A person could not be told for now: it is tried again.
    NotNotifiedYet {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
        /// Why, in words.
        why: String,
    },
    /// Nobody knows whether a person was told: it is left to an operator.
    MaybeNotified {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
    },
    /// What a person was sent has reached them late.
    DeliveredLate {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
        /// How long it took, in seconds, from when it was due.
        after_seconds: i64,
    },
    /// A message to a person was not sent, and will not be.
    Dropped {
        /// Their id.
        person: String,
        /// `sms`, `email`, `voice` or `webhook`.
        by: String,
        /// Why, in words.
        why: String,
    },
    /// It was passed on to another system.
    Forwarded {
        /// Its name in the settings.
        to: String,
        /// What that system calls the matter, where it says so.
        reference: Option<String>,
    },
    /// It could not be passed on to another system.
    NotForwarded {
        /// Its name in the settings.
        to: String,
        /// Why not, in words.
        why: String,
    },
    /// Another program could not be told of it.
    WebhookNotTold {
        /// Its name in the settings.
        to: String,
        /// What it was to be told: `opened`, `acknowledged`, `reopened`, `resolved`, `escalated` or `annotated`.
        news: String,
        /// Why not, in words.
        why: String,
    },
    /// A person's phone is being rung.
    Called {
        /// Their id.
        person: String,
    },
    /// A person who was called does not talk to the caller.
    NotReached {
        /// Their id.
        person: String,
        /// Why, in words.
        why: String,
    },
    /// A person has come into the conference.
    Joined {
        /// Their id; `caller` of a caller who is nobody of the directory.
        person: String,
    },
    /// A person has left the conference.
    Left {
        /// Their id; `caller` of a caller who is nobody of the directory.
        person: String,
    },
    /// Whom a live call, or a conference, can reach.
    Hunt {
        /// How many people.
        people: usize,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// Nobody has talked to the caller: the alert is told to its people.
    Missed,
    /// The caller has left a message.
    MessageLeft {
        /// Why it counts as sent.
        release: Release,
    },
    /// Somebody takes care of it.
    Acknowledged {
        /// Their id.
        by: String,
        /// From where: `phone`, `sms`, `link`, `api` or `webhook`.
        from: String,
    },
    /// Somebody has acknowledged it, and others have still to.
    AcknowledgedInPart {
        /// Their id.
        by: String,
        /// From where, likewise.
        from: String,
        /// How many more are waited for.
        waiting_for: usize,
    },
    /// Who took care of it was gone before they could talk to the caller.
    Unacknowledged {
        /// Their id.
        by: String,
    },
    /// Somebody has dealt with it.
    Resolved {
        /// Who said so: the name of an API key or an integration, or the id of a person; the key of the settings where it was
        /// closed by itself.
        by: String,
        /// From where; `settings` where it was closed by itself; empty in old entries.
        #[serde(default)]
        from: String,
    },
    /// It was opened by an event.
    OpenedByEvent {
        /// The way in that it came by.
        integration: String,
        /// The program that it comes from, where the event says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Something about an event that its sender should know.
    Noticed {
        /// What, in words.
        note: String,
    },
    /// Somebody wants the next step of its policy to be made now. Nobody takes care of it any more.
    EscalationAsked {
        /// Who.
        by: String,
        /// From where.
        from: String,
    },
    /// Its people were to be told, by a step of a policy.
    Escalated {
        /// Which policy.
        policy: String,
        /// Which step, from 1; `null`: the last resort.
        step: Option<u32>,
        /// How often the steps have been made before.
        round: u32,
        /// Who asked for it; `null`: it was time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked_by: Option<String>,
    },
    /// A step of a policy reaches nobody: the next was made at once.
    StepSkipped {
        /// Which policy.
        policy: String,
        /// Which step, from 1; `null`: the last resort.
        step: Option<u32>,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// It follows another policy from now on, from that one's first step.
    PolicyChanged {
        /// The one before; `null`: none.
        from: Option<String>,
        /// The one from now on; `null`: none, since the settings have none for it any more. Its people are told once.
        to: Option<String>,
    },
    /// Who acknowledged it has not resolved it in time: it counts as not answered.
    AcknowledgementExpired {
        /// Who.
        by: String,
    },
    /// It is worse than it was when it was acknowledged: it counts as not answered.
    Reopened {
        /// What it was before.
        from: Severity,
        /// What it is now.
        to: Severity,
    },
    /// How bad it is has changed.
    SeverityChanged {
        /// What it was before.
        from: Severity,
        /// What it is now.
        to: Severity,
    },
    /// Somebody has written something about it.
    Noted {
        /// Who.
        by: String,
        /// From where.
        from: String,
        /// What.
        text: String,
    },
    /// Nobody is told of it for a while.
    Snoozed {
        /// Who asked for that.
        by: String,
        /// From where.
        from: String,
        /// Until when.
        until: Timestamp,
    },
    /// An acknowledgement is taken back.
    AcknowledgementUndone {
        /// By whom.
        by: String,
        /// From where.
        from: String,
    },
    /// Its end is taken back.
    ResolutionUndone {
        /// By whom.
        by: String,
        /// From where.
        from: String,
    },
    /// Nobody is told of it before that moment: there is maintenance.
    InMaintenance {
        /// When that ends.
        until: Timestamp,
    },
}

/// What made a draft count as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// The caller pressed 1.
    Confirmed,
    /// The caller hung up.
    HungUp,
    /// The caller was asked and said nothing.
    Silence,
    /// The call went silent on us.
    Deadline,
    /// There is no message: the caller wants to talk to somebody.
    LiveCall,
}
