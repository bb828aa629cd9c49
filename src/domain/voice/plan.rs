//! What should happen on the line, in the phone's terms and no carrier's.

use super::hunt::WaitSound;
use super::menu::ExternalBridge;
use super::phrases::Phrase;
use crate::domain::contact::PhoneNumber;
use crate::domain::ids::{CallId, LegId};

/// The next stretch of the call: something is said, then one thing is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Language of what is said: key of a prompts file.
    pub language: String,
    /// What is said, in order. While an [`Then::Ask`] follows, a key may interrupt it.
    pub say: Vec<Phrase>,
    /// What is done then.
    pub then: Then,
}

/// What is done after the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    /// Wait for one key.
    Ask {
        /// Seconds after the last word.
        timeout: u32,
    },
    /// Say nothing for a while, and go on by itself.
    Rest {
        /// Seconds.
        length: u32,
    },
    /// Record the caller; any key ends it.
    Record {
        /// Seconds, at most.
        longest: u32,
        /// Whether the carrier is asked for the text.
        transcribe: bool,
    },
    /// Wait while others are called. A key may interrupt it where the carrier calls them apart from this line.
    Ring(Ring),
    /// Talk to those who are in that room.
    Join(Room),
    /// Talk to a bridge of somebody else's.
    Bridge(Bridge),
    /// End the call.
    End,
}

/// Phones that are rung while a caller waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// What is heard meanwhile.
    pub sound: WaitSound,
    /// Our call to each, and its number; those that this line has not been told of before.
    pub phones: Vec<(LegId, PhoneNumber)>,
    /// Seconds for which each rings.
    pub seconds: u32,
    /// The number that they see.
    pub shown: PhoneNumber,
}

/// Where people talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Whose call it is: there is one room a call.
    pub call: CallId,
    /// Whether it closes when this one leaves.
    pub ends_with_me: bool,
    /// Whether whoever is alone in it hears music.
    pub has_music: bool,
    /// Seconds until this one has to leave.
    pub longest: u32,
}

/// A bridge of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bridge {
    /// Which one.
    pub at: ExternalBridge,
    /// The number that it sees.
    pub shown: PhoneNumber,
    /// Seconds until this one has to leave.
    pub longest: u32,
}
