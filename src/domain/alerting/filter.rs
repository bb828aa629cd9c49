//! Which alerts of all are wanted.

use super::content::CategoryName;
use super::state::AlertState;
use super::team::TeamName;
use crate::domain::directory::person::PersonId;
use crate::domain::severity::Severity;
use jiff::Timestamp;

/// Which alerts are wanted: those that are all of it. What is left out does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertFilter {
    /// In one of these states; empty: in any.
    pub states: Vec<AlertState>,
    /// That bad.
    pub severity: Option<Severity>,
    /// Of that team.
    pub team: Option<TeamName>,
    /// Of that category.
    pub category: Option<CategoryName>,
    /// Raised by an event of that program; of one that does not say its program's name: by that way in.
    pub source: Option<String>,
    /// That this person was told of, has acknowledged, or has resolved.
    pub person: Option<PersonId>,
    /// Opened at that moment or later.
    pub from: Option<Timestamp>,
    /// Opened before that moment.
    pub until: Option<Timestamp>,
    /// Whose title, text or spoken message has these words as they stand, in any case of letters.
    pub words: Option<String>,
}

impl AlertFilter {
    /// Whether alerts in that state are wanted.
    pub fn wants(&self, state: AlertState) -> bool {
        self.states.is_empty() || self.states.contains(&state)
    }

    /// Whether only alerts are wanted that have not ended.
    pub fn wants_unresolved_only(&self) -> bool {
        !self.wants(AlertState::Resolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_states_every_state_is_wanted() {
        let only = |state| AlertFilter { states: vec![state], ..AlertFilter::default() };
        for state in AlertState::ALL {
            assert!(AlertFilter::default().wants(state));
            for other in AlertState::ALL {
                assert_eq!(only(state).wants(other), state == other);
            }
        }
        assert!(!AlertFilter::default().wants_unresolved_only());
        assert!(only(AlertState::Acknowledged).wants_unresolved_only());
    }
}
