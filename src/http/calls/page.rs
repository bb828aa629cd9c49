//! How a list of calls is narrowed, and where it goes on.

use crate::domain::ids::CallId;
use crate::domain::voice::story::CallPhase;
use crate::http::extract::page::{Listed, read_cursor};
use crate::service::CallCursor;

/// The list of calls.
#[derive(Debug)]
pub(in crate::http) struct Calls;

impl Listed for Calls {
    type State = CallPhase;
    type Cursor = CallCursor;

    fn state(word: &str) -> Result<CallPhase, String> {
        let words = || format!("is not one of {}", CallPhase::ALL.map(CallPhase::word).join(", "));
        CallPhase::from_word(word).ok_or_else(words)
    }

    fn cursor(text: &str) -> Option<CallCursor> {
        let (started_at, id) = read_cursor(text)?;
        Some(CallCursor { started_at, id: CallId(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_one_of_its_words() {
        for phase in CallPhase::ALL {
            assert_eq!(Calls::state(phase.word()), Ok(phase));
        }
        assert!(Calls::state("hunting").is_err());
    }
}
