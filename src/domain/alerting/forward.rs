//! Systems of others that every alert of a call is passed on to, besides being told to our own people.

use crate::domain::voice::action::Action;
use serde::{Deserialize, Serialize};

/// The name that the settings give to a forward target: free text, e.g. `Operations West`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ForwardName(pub String);

impl std::fmt::Display for ForwardName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A forward target, as far as a decision needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward {
    /// Unique.
    pub name: ForwardName,
    /// What it takes: the actions for which there is an address there.
    pub actions: Vec<Action>,
    /// Seconds for which it lets a text be made before it is told without one.
    pub text_wait: u32,
}

impl Forward {
    /// Whether it takes alerts that were started like that.
    pub fn takes(&self, action: Action) -> bool {
        self.actions.contains(&action)
    }
}
