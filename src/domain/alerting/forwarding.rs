//! An alert passed on to the systems of others.

use super::alert::Alert;
use super::forward::Forward;
use crate::domain::effect::{DueEffect, Effect};
use jiff::SignedDuration;

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
