//! Which page of a list: `?state=&limit=&after=`.

use crate::domain::alerting::alert::AlertState;
use crate::domain::ids::AlertId;
use crate::http::error::{ApiError, FieldError};
use crate::service::AlertCursor;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// How many a page may have.
const LIMITS: RangeInclusive<u32> = 1..=200;
/// How many it has when nothing is said.
const DEFAULT_LIMIT: u32 = 50;

/// The page that is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::http) struct Page {
    /// Which alerts; `None`: all.
    pub(super) state: Option<AlertState>,
    /// How many, at most.
    pub(super) limit: u32,
    /// Where the page before it has ended; `None`: the first page.
    pub(super) after: Option<AlertCursor>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(parameters) = query.map_err(|rejection| {
            ApiError::invalid(vec![FieldError { loc: vec!["query".to_owned()], msg: rejection.body_text() }])
        })?;
        parse(&parameters).map_err(ApiError::invalid)
    }
}

/// Reads all parameters, and finds all that is wrong with them. An empty one counts as left out.
fn parse(parameters: &[(String, String)]) -> Result<Page, Vec<FieldError>> {
    let mut page = Page { state: None, limit: DEFAULT_LIMIT, after: None };
    let mut problems = vec![];
    for (name, value) in parameters {
        let problem = match name.as_str() {
            "state" | "limit" | "after" if value.is_empty() => continue,
            "state" => match AlertState::from_word(value) {
                Some(state) => {
                    page.state = Some(state);
                    continue;
                }
                None => format!("is not one of {}", AlertState::ALL.map(AlertState::word).join(", ")),
            },
            "limit" => match value.parse().ok().filter(|limit| LIMITS.contains(limit)) {
                Some(limit) => {
                    page.limit = limit;
                    continue;
                }
                None => format!("is no whole number from {} to {}", LIMITS.start(), LIMITS.end()),
            },
            "after" => match read(value) {
                Some(cursor) => {
                    page.after = Some(cursor);
                    continue;
                }
                None => "is no `next` of a page before".to_owned(),
            },
            _ => "there is no such parameter; there are `state`, `limit` and `after`".to_owned(),
        };
        problems.push(FieldError { loc: vec!["query".to_owned(), name.clone()], msg: problem });
    }
    if problems.is_empty() { Ok(page) } else { Err(problems) }
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

    fn parsed(parameters: &[(&str, &str)]) -> Result<Page, Vec<FieldError>> {
        let owned: Vec<_> =
            parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        parse(&owned)
    }

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
    fn a_page_has_its_defaults_and_its_bounds() {
        assert_eq!(parsed(&[]), Ok(Page { state: None, limit: 50, after: None }));
        assert_eq!(parsed(&[("limit", ""), ("after", "")]), Ok(Page { state: None, limit: 50, after: None }));
        for limit in [1, 200] {
            assert_eq!(
                parsed(&[("limit", &limit.to_string())]),
                Ok(Page { state: None, limit, after: None })
            );
        }
        for limit in ["0", "201", "-1", "ten", "1e2", "99999999999"] {
            assert!(parsed(&[("limit", limit)]).is_err(), "{limit}");
        }
    }

    #[test]
    fn a_state_is_one_of_its_words() {
        for state in AlertState::ALL {
            assert_eq!(parsed(&[("state", state.word())]).map(|page| page.state), Ok(Some(state)));
        }
        assert!(parsed(&[("state", "closed")]).is_err());
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = parsed(&[("limit", "0"), ("after", "x"), ("before", "1")]).unwrap_err();
        let shown: Vec<_> =
            problems.iter().map(|one| format!("{}: {}", one.loc.join("."), one.msg)).collect();
        assert_eq!(
            shown,
            [
                "query.limit: is no whole number from 1 to 200",
                "query.after: is no `next` of a page before",
                "query.before: there is no such parameter; there are `state`, `limit` and `after`",
            ]
        );
    }
}
