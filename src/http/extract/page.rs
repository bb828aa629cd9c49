//! Which page of a list: `?state=&limit=&after=`.

use super::query::Parameters;
use crate::http::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;

/// A list that is given in pages.
pub(in crate::http) trait Listed {
    /// What it can be narrowed to.
    type State;
    /// Where it can go on.
    type Cursor;

    /// The state of that word; the error says which words there are.
    fn state(word: &str) -> Result<Self::State, String>;

    /// The place that a page before has named as its end; `None`: that is none.
    fn cursor(text: &str) -> Option<Self::Cursor>;
}

/// The page of a list that is asked for.
#[derive(Debug)]
pub(in crate::http) struct Page<L: Listed> {
    /// Which entries; `None`: all.
    pub(in crate::http) state: Option<L::State>,
    /// How many, at most.
    pub(in crate::http) limit: u32,
    /// Where the page before it has ended; `None`: the first page.
    pub(in crate::http) after: Option<L::Cursor>,
}

impl<L: Listed, S: Send + Sync> FromRequestParts<S> for Page<L> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Self::of(Parameters::from_request_parts(parts, state).await?)
    }
}

impl<L: Listed> Page<L> {
    /// Reads all parameters, and finds all that is wrong with them.
    fn of(mut asked: Parameters) -> Result<Self, ApiError> {
        let state = asked.take("state", L::state);
        let limit = asked.limit();
        let after = asked.after(L::cursor);
        asked.finish(Some(Self { state, limit, after }))
    }
}

/// A cursor for the client to send back: a moment in microseconds (which is what the store keeps) and an id.
pub(in crate::http) fn write_cursor(at: Timestamp, id: Uuid) -> String {
    let mut bytes = at.as_microsecond().to_be_bytes().to_vec();
    bytes.extend(id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The cursor that [`write_cursor`] wrote; `None` for anything else.
pub(in crate::http) fn read_cursor(text: &str) -> Option<(Timestamp, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (moment, id) = bytes.split_first_chunk()?;
    let at = Timestamp::from_microsecond(i64::from_be_bytes(*moment)).ok()?;
    Some((at, Uuid::from_slice(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of numbers, even or odd.
    struct Numbers;

    impl Listed for Numbers {
        type State = bool;
        type Cursor = u8;

        fn state(word: &str) -> Result<bool, String> {
            match word {
                "even" => Ok(true),
                "odd" => Ok(false),
                _ => Err("is not one of even, odd".to_owned()),
            }
        }

        fn cursor(text: &str) -> Option<u8> {
            text.parse().ok()
        }
    }

    fn parsed(parameters: &[(&str, &str)]) -> Result<(Option<bool>, u32, Option<u8>), ApiError> {
        let owned =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Page::<Numbers>::of(Parameters::of(owned)).map(|page| (page.state, page.limit, page.after))
    }

    #[test]
    fn a_page_has_its_defaults() {
        assert_eq!(parsed(&[]).unwrap(), (None, 50, None));
        assert_eq!(parsed(&[("state", ""), ("limit", ""), ("after", "")]).unwrap(), (None, 50, None));
        let asked = [("state", "odd"), ("limit", "7"), ("after", "9")];
        assert_eq!(parsed(&asked).unwrap(), (Some(false), 7, Some(9)));
    }

    #[test]
    fn a_cursor_reads_what_it_writes_and_nothing_else() {
        let at = "2026-01-05T09:00:00.000001Z".parse().unwrap();
        let text = write_cursor(at, Uuid::from_u128(7));
        assert_eq!(read_cursor(&text), Some((at, Uuid::from_u128(7))));
        for bad in ["a", "AAAA", &text[1..], &format!("{text}AA"), &format!("f{}", "_".repeat(31))] {
            assert_eq!(read_cursor(bad), None, "{bad}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems =
            parsed(&[("state", "big"), ("limit", "0"), ("after", "x"), ("before", "1")]).unwrap_err();
        let shown: Vec<_> =
            problems.fields.iter().map(|one| format!("{}: {}", one.loc.join("."), one.msg)).collect();
        assert_eq!(
            shown,
            [
                "query.state: is not one of even, odd",
                "query.limit: is no whole number from 1 to 100",
                "query.after: is no `next` of a page before",
                "query.before: there is no such parameter; there are `state`, `limit` and `after`",
            ]
        );
    }
}
