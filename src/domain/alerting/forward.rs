//! Systems of others that every alert is passed on to, besides being told to our own people.

use super::alert::Alert;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::voice::menu::Action;
use jiff::SignedDuration;
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

/// What passes an alert on that opens now: to each target that takes it, once. While a text is being made it is held
/// for that, as long as the target wants.
pub fn passed_on(forwards: &[Forward], alert: &Alert, is_text_pending: bool) -> Vec<DueEffect> {
    let to = |forward: &Forward| {
        let effect = Effect::ForwardAlert { alert: alert.id, target: forward.name.clone() };
        if !is_text_pending || forward.text_wait == 0 {
            return effect.at(alert.opened_at);
        }
        let wait = SignedDuration::from_secs(forward.text_wait.into());
        effect.held_until(alert.opened_at.checked_add(wait).unwrap_or(jiff::Timestamp::MAX))
    };
    forwards.iter().filter(|forward| forward.takes(alert.action)).map(to).collect()
}
