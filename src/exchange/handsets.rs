//! What happens when the gateway rings a phone of the exchange.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// Seconds that a phone rings before somebody who says nothing more about it picks it up.
pub const USUAL_RINGING: u32 = 2;

/// What a mailbox says when nobody has recorded another greeting.
pub const USUAL_GREETING: &str = "I can't take your call now. Please leave a message after the tone.";

/// What happens when one phone is rung.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Handset {
    /// It rings until somebody picks it up by hand or the caller gives up.
    #[default]
    Rings,
    /// A person picks it up.
    Answers {
        /// Seconds of ringing before.
        after: u32,
    },
    /// The line is in use: it does not ring at all.
    Busy,
    /// A person declines the call, which a carrier reports as busy.
    Declines {
        /// Seconds of ringing before.
        after: u32,
    },
    /// The carrier can't get through.
    Fails,
    /// There is no such number.
    Dead,
    /// A mailbox picks it up, greets, and listens; it presses no key.
    Voicemail {
        /// Seconds of ringing before.
        after: u32,
        /// What it says.
        greeting: String,
    },
}

/// What happens when phones are rung, by their numbers; one that is not named here [`Handset::Rings`].
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handsets(BTreeMap<String, Handset>);

impl Handsets {
    /// Decides what happens when the phone of this number is rung from now on.
    pub fn set(&mut self, number: impl Into<String>, handset: Handset) {
        self.0.insert(number.into(), handset);
    }

    /// What happens when this number is rung.
    pub(super) fn at(&self, number: &str) -> Handset {
        self.0.get(number).cloned().unwrap_or_default()
    }
}

impl fmt::Debug for Handsets {
    /// Without numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.values()).finish()
    }
}
