//! An alert.

use super::log::LogEntry;
use crate::domain::directory::Recipient;
use crate::domain::ids::{AlertId, CallId, RecordingId};
use crate::domain::links::Link;
use crate::domain::severity::Severity;
use crate::domain::voice::call::Caller;
use crate::domain::voice::menu::Action;
use crate::domain::voice::recording::{Recording, Transcript};
use jiff::Timestamp;

/// An open matter that someone must take.
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
    /// What was said.
    pub recording: RecordingId,
    /// Where the recording can be heard.
    pub link: Link,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// An alert as it is read: with its recording, and its log from the oldest entry on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertStory {
    /// The alert.
    pub alert: Alert,
    /// Its message.
    pub recording: Recording,
    /// What happened to it.
    pub log: Vec<LogEntry>,
}

impl AlertStory {
    /// The message as text, when there is one.
    pub fn text(&self) -> Option<&str> {
        match &self.recording.transcript {
            Transcript::Text(text) => Some(text),
            Transcript::Unwanted | Transcript::Pending | Transcript::Failed => None,
        }
    }
}
