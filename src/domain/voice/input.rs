//! What can happen to a call.

use super::leg::LegEnd;
use super::recording::Source;
use crate::domain::ids::RecordingId;

/// One thing that happened. Those that come in reply to a document are answered with a plan; those that
/// come beside the line are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallInput {
    /// The carrier asks for the first document.
    Arrived,
    /// Keys were pressed (in reply to a document).
    Digits(String),
    /// The document ran out: no key, nothing recorded (in reply to a document).
    Silence,
    /// A recording was made (in reply to a document).
    Recorded(Take),
    /// The line was connected to others, and is back (in reply to a document): those who were rung from that document
    /// are over, for that reason.
    Dialled(LegEnd),
    /// The caller is gone (beside the line).
    HungUp,
    /// The text of a recording is there, or can't be had: `None` (beside the line).
    Transcribed {
        /// Of which recording.
        recording: RecordingId,
        /// Whether there is text.
        has_text: bool,
    },
    /// What the carrier has of a recording that we lost sight of (beside the line).
    Found(Found),
    /// The call's deadline has come (beside the line).
    Due,
}

/// One thing that happened on a phone that we called. Those that come in reply to a document are answered with a plan
/// for that phone; the others are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegInput {
    /// It was picked up, and its first document is wanted (in reply to a document).
    PickedUp,
    /// Keys were pressed (in reply to a document).
    Pressed(String),
    /// The document ran out: no key (in reply to a document).
    Silence,
    /// It is wanted no longer, and whoever picked up is to hear why (in reply to a document).
    Dismissed,
    /// It rings (beside the line).
    Ringing,
    /// A machine has picked up (beside the line).
    Machine,
    /// It is over, by the carrier's word (beside the line).
    Ended(LegEnd),
}

/// What the carrier has of a recording that we lost sight of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// This one.
    Take(Take),
    /// Nothing so far: the file may still be made.
    NotYet,
    /// Nothing, it says, and there will be nothing.
    Nothing,
}

/// A recording as the carrier reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Where it is.
    pub source: Source,
    /// How long it is, in whole seconds.
    pub seconds: u32,
    /// What ended it.
    pub end: TakeEnd,
}

/// What ended a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeEnd {
    /// A key.
    Key(char),
    /// The length limit, or a carrier that doesn't say: the caller has still to decide.
    Open,
    /// The caller hung up.
    HungUp,
}
