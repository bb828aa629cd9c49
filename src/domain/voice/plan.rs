//! What should happen on the line, in the phone's terms and no carrier's.

use super::phrases::Phrase;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Wait for one key.
    Ask {
        /// Seconds after the last word.
        timeout: u32,
    },
    /// Record the caller; any key ends it.
    Record {
        /// Seconds, at most.
        longest: u32,
        /// Whether the carrier is asked for the text.
        transcribe: bool,
    },
    /// End the call.
    End,
}
