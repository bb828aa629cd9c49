//! How a list of alerts is narrowed, and where it goes on.

use crate::domain::alerting::alert::AlertState;
use crate::domain::ids::AlertId;
use crate::http::extract::page::{Listed, read_cursor};
use crate::service::AlertCursor;

/// The list of alerts.
#[derive(Debug)]
pub(in crate::http) struct Alerts;

impl Listed for Alerts {
    type State = AlertState;
    type Cursor = AlertCursor;

    fn state(word: &str) -> Result<AlertState, String> {
        let words = || format!("is not one of {}", AlertState::ALL.map(AlertState::word).join(", "));
        AlertState::from_word(word).ok_or_else(words)
    }

    fn cursor(text: &str) -> Option<AlertCursor> {
        let (opened_at, id) = read_cursor(text)?;
        Some(AlertCursor { opened_at, id: AlertId(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_one_of_its_words() {
        for state in AlertState::ALL {
            assert_eq!(Alerts::state(state.word()), Ok(state));
        }
        assert!(Alerts::state("closed").is_err());
    }
}
