//! How many people must answer an alert, and who is told of it.

use serde::{Deserialize, Serialize};

/// The alerting scenario of an alert (source: the SIGNL4 webhook's `X-S4-AlertingScenario`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// One person's acknowledgement settles it.
    #[default]
    SingleAck,
    /// Everybody must acknowledge who was on duty when it was made.
    MultiAck,
    /// Everyone of the team is told, on duty or not; one acknowledgement settles it.
    Emergency,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SingleAck, Self::MultiAck, Self::Emergency];

    /// The word used in settings, webhook, API and store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SingleAck => "single_ack",
            Self::MultiAck => "multi_ack",
            Self::Emergency => "emergency",
        }
    }

    /// The scenario of that word, in any case of letters.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word().eq_ignore_ascii_case(word.trim()))
    }
}
