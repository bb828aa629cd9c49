//! How far a call is, in the carrier's words: on its webhooks, and in its answers.
//!
//! Source: Twilio, "Call resource", call status values.

use crate::domain::voice::leg::LegEnd;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallProgress {
    /// The carrier has taken it; no phone rings yet.
    Queued,
    /// The phone rings.
    Ringing,
    /// It was picked up, by whatever.
    InProgress,
    /// It is over.
    Over(CallOver),
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOver {
    /// Busy, or declined: carriers don't tell them apart.
    Busy,
    /// It rang, and nobody picked up.
    NoAnswer,
    /// It could not be connected: most likely there is no such number.
    Failed,
    /// We ended it before it was picked up.
    Canceled,
    /// It was picked up, and has ended since.
    Completed,
}

impl From<CallOver> for LegEnd {
    fn from(why: CallOver) -> Self {
        match why {
            CallOver::Busy => Self::Busy,
            CallOver::NoAnswer | CallOver::Canceled => Self::NoAnswer,
            CallOver::Failed => Self::Failed,
            CallOver::Completed => Self::HungUp,
        }
    }
}

impl CallProgress {
    /// The progress of that word; `None`: the carrier has no such word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "queued" | "initiated" => Self::Queued,
            "ringing" => Self::Ringing,
            "in-progress" => Self::InProgress,
            "busy" => Self::Over(CallOver::Busy),
            "no-answer" => Self::Over(CallOver::NoAnswer),
            "failed" => Self::Over(CallOver::Failed),
            "canceled" => Self::Over(CallOver::Canceled),
            "completed" => Self::Over(CallOver::Completed),
            _ => return None,
        })
    }
}
