//! What callers may start.

use serde::{Deserialize, Serialize};

/// What a caller may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Raise an alert with a recorded message.
    Alert,
    /// The same, as the call into a conference.
    Conference,
    /// Talk to somebody on call.
    Live,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Alert, Self::Conference, Self::Live];

    /// The word used in settings, API and store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Conference => "conference",
            Self::Live => "live",
        }
    }

    /// The action of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}
