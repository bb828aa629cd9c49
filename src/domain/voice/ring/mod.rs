//! A call of ours to somebody about an alert: it is read out, and they answer with a key.
//!
//! Such a call has no caller: whoever picks up is the only one on the line.

pub mod step;

use super::leg::LegEnd;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, NotificationId, RingId};
use crate::domain::voice::call::Asked;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A call of ours to somebody about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// Unique.
    pub id: RingId,
    /// The message that it brings.
    pub notification: NotificationId,
    /// About which alert.
    pub alert: AlertId,
    /// Who is called.
    pub person: PersonId,
    /// Their name as it is spoken.
    pub name: String,
    /// What they are spoken to in: key of a prompts file.
    pub language: String,
    /// What is rung.
    pub number: PhoneNumber,
    /// Which one of its message, from 1.
    pub attempt: u32,
    /// What the carrier calls it; `None`: it has not said so yet.
    pub carrier_call: Option<String>,
    /// Where it stands.
    pub state: RingState,
    /// Raised by every turn; a turn made from an older version is refused.
    pub version: i64,
    /// The number of the document that the carrier performs now.
    pub document: u32,
    /// When the carrier was asked for it last: from then on it may exist there, whatever we have heard.
    pub asked_at: Timestamp,
    /// When the carrier is asked what has become of it; `None`: it is over.
    pub due_at: Option<Timestamp>,
}

/// Where such a call stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum RingState {
    /// Nobody has picked up yet.
    Ringing,
    /// "What do you want to do about it?"
    Asking {
        /// Unanswered so far.
        asked: Asked,
    },
    /// Over for us; the last words may still be spoken.
    Ended {
        /// How.
        end: RingEnd,
    },
}

/// How such a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingEnd {
    /// They have acknowledged, escalated or resolved the alert, or heard that somebody else was first.
    Answered,
    /// They have not: for that reason.
    Unreached(LegEnd),
    /// It rang, and nobody had picked up when nothing was expected of them any more.
    Needless,
}

impl RingState {
    /// The word for logs and metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Asking { .. } => "asking",
            Self::Ended { .. } => "ended",
        }
    }

    /// Whether it is over for us.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// Whether it came to nothing because the phone was in use, or the call was declined.
    pub const fn was_busy(&self) -> bool {
        matches!(self, Self::Ended { end: RingEnd::Unreached(LegEnd::Busy) })
    }
}
