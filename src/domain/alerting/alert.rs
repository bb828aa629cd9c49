//! An alert.

use super::log::LogEntry;
use crate::domain::directory::Recipient;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, CallId, RecordingId};
use crate::domain::links::Link;
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::recording::{Recording, Transcript};
use jiff::Timestamp;

/// A matter that someone must take: open until it is resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Unique.
    pub id: AlertId,
    /// The call that raised it.
    pub call: CallId,
    /// What the caller started.
    pub action: Action,
    /// Whom it is for.
    pub recipients: Vec<Recipient>,
    /// How bad it is.
    pub severity: Severity,
    /// Who called.
    pub caller: Caller,
    /// What was said; `None`: nothing was recorded, or not yet.
    pub message: Option<Message>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether nobody is told of it for the moment, since its call is still going on.
    pub is_held: bool,
    /// Who takes care of it; `None`: nobody yet.
    pub acknowledged: Option<Acknowledged>,
    /// How it ended; `None`: it is open.
    pub closed: Option<Closed>,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// Since when.
    pub at: Timestamp,
    /// Who: their id in the directory.
    pub by: PersonId,
}

/// The end of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Timestamp,
    /// Who said so: the name of an API key, or the id of a person.
    pub by: String,
}

/// Whether somebody still has to take an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertState {
    /// Yes.
    Open,
    /// No: somebody takes care of it.
    Acknowledged,
    /// No: it has been dealt with.
    Resolved,
}

impl AlertState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Resolved];

    /// The word used in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

impl Alert {
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
