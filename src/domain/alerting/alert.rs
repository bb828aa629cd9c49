//! An alert.

use super::actor::{Channel, Who};
use super::content::Content;
use super::log::LogEntry;
use super::origin::Origin;
use super::place::Escalation;
use super::scenario::Scenario;
use super::state::AlertState;
use super::team::TeamName;
use crate::domain::directory::Recipient;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, RecordingId};
use crate::domain::links::Link;
use crate::domain::severity::Severity;
use crate::domain::voice::recording::{Recording, Transcript};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A matter that someone must take: open until it is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Unique.
    pub id: AlertId,
    /// Raised by every change; a change made from an older version is refused. 0: it is not stored yet.
    pub version: i64,
    /// Where it comes from.
    pub origin: Origin,
    /// Whose it is; `None`: nobody's but those whom it is for.
    pub team: Option<TeamName>,
    /// What later events must have to belong to it while it is open; `None`: none can.
    pub matter: Option<Matter>,
    /// What the event said; empty for a call.
    pub content: Content,
    /// Whom it is for: who is on duty.
    pub recipients: Vec<Recipient>,
    /// How bad it is.
    pub severity: Severity,
    /// What was said; `None`: nothing was recorded, or not yet.
    pub message: Option<Message>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether nobody is told of it for the moment, since its call is still going on.
    pub is_held: bool,
    /// How many must acknowledge.
    pub scenario: Scenario,
    /// Who takes care of it: of several, who made their number full. `None`: nobody yet, or too few.
    pub acknowledged: Option<Acknowledged>,
    /// How it ended; `None`: it is open.
    pub closed: Option<Closed>,
    /// How far the search for somebody who answers is.
    pub progress: Progress,
    /// When it is to be looked at next; `None`: nothing will happen to it by itself.
    pub due_at: Option<Timestamp>,
}

/// How far the search for somebody who answers an alert is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// Who was on duty when it was made; where that could not be found out, when its people were told first. It is not
    /// changed later: who comes on duty afterwards is not waited for.
    pub on_duty: Vec<PersonId>,
    /// Who has acknowledged so far, in order.
    pub acks: Vec<Acknowledged>,
    /// Where it is in its policy.
    pub escalation: Escalation,
    /// Since when its times count anew: its acknowledgement or its end was taken back or has expired, or somebody has asked
    /// for more people. `None`: they count from its opening, or from its acknowledgement.
    pub anew_since: Option<Timestamp>,
    /// Until when nobody is told of it, since somebody asked for that.
    pub snoozed_until: Option<Timestamp>,
    /// Events that have said the same again since it was opened.
    pub repeats: u32,
    /// When the last of them came.
    pub repeated_at: Option<Timestamp>,
}

/// What makes events belong together: the team and the sender's id of the matter, hashed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Matter(String);

impl Matter {
    /// The matter of that id in that team.
    pub fn of(team: &TeamName, external_id: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(team.0.as_bytes());
        hash.update([0]);
        hash.update(external_id.as_bytes());
        Self(hex::encode(hash.finalize()))
    }

    /// As it was stored.
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// For the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The message of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its recording.
    pub recording: RecordingId,
    /// Where that can be heard.
    pub link: Link,
}

/// Somebody takes care of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Since when.
    pub at: Timestamp,
    /// Who.
    pub by: Who,
    /// From where they said so.
    pub from: Channel,
}

/// The end of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// Who said so.
    pub by: Who,
    /// From where.
    pub from: Channel,
}

impl Alert {
    /// Since when its times count that began at that moment: from there, or from where they have begun anew.
    pub fn counts_from(&self, moment: Timestamp) -> Timestamp {
        self.progress.anew_since.map_or(moment, |anew| anew.max(moment))
    }

    /// Whether somebody still has to take it.
    pub const fn state(&self) -> AlertState {
        match (&self.closed, &self.acknowledged) {
            (Some(_), _) => AlertState::Resolved,
            (None, Some(_)) => AlertState::Acknowledged,
            (None, None) => AlertState::Open,
        }
    }
}

/// An alert as it is read: with its recording, and its log from the oldest entry on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertStory {
    /// The alert.
    pub alert: Alert,
    /// What people call it by, e.g. in a text message: counted from 1, with gaps.
    pub number: u32,
    /// Its message, where there is one.
    pub recording: Option<Recording>,
    /// What happened to it.
    pub log: Vec<LogEntry>,
}

impl AlertStory {
    /// The message as text, when there is one.
    pub fn text(&self) -> Option<&str> {
        match &self.recording.as_ref()?.transcript {
            Transcript::Text(text) => Some(text),
            Transcript::Unwanted | Transcript::Pending | Transcript::Failed => None,
        }
    }
}
