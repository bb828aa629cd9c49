//! An alert passed on to the systems of others.

use super::alert::AlertStory;
use super::forward::{Forward, ForwardName};
use super::log::Happened;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::AlertId;
use crate::domain::voice::action::Action;
use jiff::{SignedDuration, Timestamp};

/// What passes an alert on whose people are told from now on: to each target that takes it, once. While a text is being
/// made it is held for that, as long as the target wants.
pub fn passed_on(
    forwards: &[Forward],
    (alert, action): (AlertId, Action),
    is_text_pending: bool,
    now: Timestamp,
) -> Vec<DueEffect> {
    let to = |forward: &Forward| {
        let effect = Effect::ForwardAlert { alert, target: forward.name.clone() };
        if !is_text_pending || forward.text_wait == 0 {
            return effect.at(now);
        }
        let wait = SignedDuration::from_secs(forward.text_wait.into());
        effect.held_until(now.checked_add(wait).unwrap_or(Timestamp::MAX))
    };
    forwards.iter().filter(|forward| forward.takes(action)).map(to).collect()
}

/// How an alert stands with a target whose time to be told has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardState {
    /// It is to be told.
    Due,
    /// It has been told.
    Told,
    /// The alert has ended before: nobody needs to hear of it any more.
    Resolved,
}

/// How an alert stands with that target.
pub fn standing(story: &AlertStory, target: &ForwardName) -> ForwardState {
    let is_it = |what: &Happened| matches!(what, Happened::Forwarded { to, .. } if *to == target.0);
    if story.log.iter().any(|entry| is_it(&entry.what)) {
        ForwardState::Told
    } else if story.alert.closed.is_some() {
        ForwardState::Resolved
    } else {
        ForwardState::Due
    }
}
