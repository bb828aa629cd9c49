//! An event of another system, as it is understood: control parameters taken out, category and severity found.

use super::content::{Attached, Content};
use super::scenario::Scenario;
use super::team::{IntegrationName, TeamName};
use crate::domain::ids::EventId;
use crate::domain::severity::Severity;
use jiff::Timestamp;

/// An event of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Unique; the sender is told it.
    pub id: EventId,
    /// Whom it was sent to.
    pub team: TeamName,
    /// By which way in.
    pub integration: IntegrationName,
    /// The program that it comes from, where it says so.
    pub source: Option<String>,
    /// The sender's id of the matter; `None`: no other event can belong to it.
    pub external_id: Option<String>,
    /// What it asks for.
    pub transition: Transition,
    /// What it says.
    pub content: Content,
    /// How bad it is; `None`: it does not say, and neither does its category.
    pub severity: Option<Severity>,
    /// How many must acknowledge.
    pub scenario: Scenario,
    /// What its sender should know of how it was understood, in words.
    pub notes: Vec<String>,
    /// What was sent along, in the order of `content.attachments`.
    pub attachments: Vec<Attachment>,
}

/// What an event asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// An alert, or one more word on the open one.
    Open,
    /// That somebody takes care of the open one.
    Acknowledge,
    /// The end of the open one.
    Resolve,
    /// Nothing.
    Discard(Discarded),
}

/// Why an event does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discarded {
    /// Its status means nothing here: an intermediate one, or one that nobody knows.
    Status(String),
    /// It fits no category, and such events are not wanted (`X-S4-Filtering`).
    NoCategory,
    /// It changes a status, and does not say of what.
    NoExternalId,
}

impl Discarded {
    /// The word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::NoCategory => "no_category",
            Self::NoExternalId => "no_external_id",
        }
    }
}

/// A file that was sent along.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What is known of it.
    pub attached: Attached,
    /// It.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({} bytes)", self.bytes.len())
    }
}

/// What became of an event, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// An alert was opened.
    Opened,
    /// The open alert was told the same once more.
    Repeated,
    /// The open alert is acknowledged.
    Acknowledged,
    /// The open alert is resolved.
    Resolved,
    /// An alert was opened and is resolved: its end had come before it.
    OpenedResolved,
    /// The alert was in that state before.
    Unchanged,
    /// No open alert is of that matter. A resolution is remembered for a while.
    Unmatched,
    /// It does nothing.
    Discarded,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Opened,
        Self::Repeated,
        Self::Acknowledged,
        Self::Resolved,
        Self::OpenedResolved,
        Self::Unchanged,
        Self::Unmatched,
        Self::Discarded,
    ];

    /// The word for the API and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Repeated => "repeated",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::OpenedResolved => "opened_resolved",
            Self::Unchanged => "unchanged",
            Self::Unmatched => "unmatched",
            Self::Discarded => "discarded",
        }
    }

    /// The outcome of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// The end of a matter that nothing is known of yet: its beginning may be on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyEnd {
    /// When it came.
    pub at: Timestamp,
}
