//! How a list of alerts is narrowed, and where it goes on.

use crate::domain::alerting::alert::AlertState;
use crate::domain::ids::AlertId;
use crate::http::extract::page::Listed;
use crate::service::AlertCursor;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;

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
        read(text)
    }
}

/// A cursor for the client to send back: the moment in microseconds (which is what the store keeps) and the id.
pub(super) fn write(cursor: AlertCursor) -> String {
    let mut bytes = cursor.opened_at.as_microsecond().to_be_bytes().to_vec();
    bytes.extend(cursor.id.0.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The cursor that `write` wrote; `None` for anything else.
fn read(text: &str) -> Option<AlertCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (moment, id) = bytes.split_first_chunk()?;
    Some(AlertCursor {
        opened_at: Timestamp::from_microsecond(i64::from_be_bytes(*moment)).ok()?,
        id: AlertId(Uuid::from_slice(id).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_what_it_writes_and_nothing_else() {
        let opened_at = "2026-01-05T09:00:00.000001Z".parse().unwrap();
        let cursor = AlertCursor { opened_at, id: AlertId(Uuid::from_u128(7)) };
        let text = write(cursor);
        assert_eq!(read(&text), Some(cursor));
        for bad in ["a", "AAAA", &text[1..], &format!("{text}AA"), &format!("f{}", "_".repeat(31))] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_state_is_one_of_its_words() {
        for state in AlertState::ALL {
            assert_eq!(Alerts::state(state.word()), Ok(state));
        }
        assert!(Alerts::state("closed").is_err());
    }
}
