//! The auditor: whether every open alert is where it should be. It decides each of them anew, as it was a while ago: what
//! should have been done by then, and was not, has been missed.

use super::alert::AlertStory;
use super::escalation::{self, Facts, Look};
use crate::domain::ids::Ids;
use jiff::{SignedDuration, Timestamp};

/// How late something may be before it counts as missed.
pub const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// What is wrong with an open alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Something was to be done about it, and nobody has done it.
    Overdue,
    /// Something will have to be done about it, and nobody knows when.
    Unwatched,
    /// Nobody is told of it since its call goes on, and that is over.
    Forgotten,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Overdue, Self::Unwatched, Self::Forgotten];

    /// The word for logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Unwatched => "unwatched",
            Self::Forgotten => "forgotten",
        }
    }
}

/// What is wrong with an alert; `None`: nothing. `is_call_over`: of a call that raised it, whether it is, and has been for
/// a while.
pub fn check(
    story: &AlertStory,
    is_call_over: bool,
    facts: &Facts<'_>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Option<Fault> {
    let alert = &story.alert;
    let then = now.checked_sub(GRACE).unwrap_or(Timestamp::MIN);
    if alert.closed.is_some() || alert.opened_at > then {
        return None;
    }
    if alert.is_held {
        return is_call_over.then_some(Fault::Forgotten);
    }
    match escalation::look(story, facts, then, ids) {
        // Another directory can't be asked: that is tried again, and said where it is tried.
        Look::NotYet => None,
        Look::Do(change) if !change.log.is_empty() || !change.notifications.is_empty() => {
            Some(Fault::Overdue)
        }
        Look::Do(change) => match (alert.due_at, change.alert.due_at) {
            (None, Some(_)) => Some(Fault::Unwatched),
            (Some(_), _) | (None, None) => None,
        },
    }
}
