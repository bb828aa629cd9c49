//! What a request's query says, parameter by parameter: everything that is wrong with it is found at once.

use crate::http::error::{ApiError, FieldError};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use std::ops::RangeInclusive;

/// How many a page of a list may have.
const LIMITS: RangeInclusive<u32> = 1..=100;
/// How many it has when nothing is said.
const DEFAULT_LIMIT: u32 = 50;

/// The parameters of a query. They are taken one by one; what is left at the end is not known.
pub(in crate::http) struct Parameters {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    wrong: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(left) = query.map_err(|rejection| {
            ApiError::wrong_query(vec![FieldError::in_query(None, rejection.body_text())])
        })?;
        Ok(Self::of(left))
    }
}

impl Parameters {
    /// Those, by name.
    pub(in crate::http) const fn of(left: Vec<(String, String)>) -> Self {
        Self { left, known: vec![], wrong: vec![] }
    }

    /// All values of one, in order; empty ones count as left out.
    pub(in crate::http) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let (own, left) = std::mem::take(&mut self.left).into_iter().partition(|(own, _)| own == name);
        self.left = left;
        let own: Vec<(String, String)> = own;
        let mut texts: Vec<String> = own.into_iter().map(|(_, text)| text).collect();
        texts.retain(|text| !text.is_empty());
        // No database can look for it.
        if texts.iter().any(|text| text.contains('\0')) {
            texts.clear();
            self.wrong(Some(name), "has a NUL in it");
        }
        texts
    }

    /// Its last value; an empty one counts as left out.
    pub(in crate::http) fn text(&mut self, name: &'static str) -> Option<String> {
        self.texts(name).pop()
    }

    /// Its last value, as something.
    pub(in crate::http) fn take<T, E: Into<String>>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(msg) => {
                self.wrong(Some(name), msg);
                None
            }
        }
    }

    /// How many a page may have: `limit`.
    pub(in crate::http) fn limit(&mut self) -> u32 {
        let limit = self.take("limit", |text| {
            let limit = text.parse().ok().filter(|limit| LIMITS.contains(limit));
            limit.ok_or_else(|| format!("is no whole number from {} to {}", LIMITS.start(), LIMITS.end()))
        });
        limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// Where the page before has ended: `after`.
    pub(in crate::http) fn after<C>(&mut self, read: impl FnOnce(&str) -> Option<C>) -> Option<C> {
        self.take("after", |text| read(text).ok_or("is no `next` of a page before"))
    }

    /// Notes that something is wrong with a parameter, or with all of them.
    pub(in crate::http) fn wrong(&mut self, name: Option<&str>, msg: impl Into<String>) {
        self.wrong.push(FieldError::in_query(name, msg));
    }

    /// What was made of the parameters, or everything that was wrong, those that nobody asked for included. `made` is
    /// `None` only where something was noted.
    pub(in crate::http) fn finish<T>(mut self, made: Option<T>) -> Result<T, ApiError> {
        let known: Vec<_> = self.known.iter().map(|name| format!("`{name}`")).collect();
        let msg = match known.split_last() {
            Some((last, [])) => format!("there is no such parameter; there is {last}"),
            Some((last, others)) => {
                format!("there is no such parameter; there are {} and {last}", others.join(", "))
            }
            None => "there is no such parameter; there are none".to_owned(),
        };
        self.wrong.extend(self.left.iter().map(|(name, _)| FieldError::in_query(Some(name), &*msg)));
        made.filter(|_| self.wrong.is_empty()).ok_or_else(|| ApiError::wrong_query(self.wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        Parameters::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_last_value_counts_and_an_empty_one_does_not() {
        let mut asked = parameters(&[("team", "a"), ("team", "b"), ("team", ""), ("q", "")]);
        assert_eq!((asked.text("team").as_deref(), asked.text("q")), (Some("b"), None));
        assert_eq!(asked.finish(Some(())).ok(), Some(()));
    }

    #[test]
    fn a_nul_is_no_text() {
        let mut asked = parameters(&[("q", "a\0b")]);
        assert_eq!(asked.text("q"), None);
        assert_eq!(asked.finish(Some(())).unwrap_err().fields[0].msg, "has a NUL in it");
    }

    #[test]
    fn a_page_has_its_default_and_its_bounds() {
        let limit = |text: &str| {
            let mut asked = parameters(&[("limit", text)]);
            let limit = asked.limit();
            asked.finish(Some(limit)).ok()
        };
        for (text, expected) in [("", 50), ("1", 1), ("100", 100)] {
            assert_eq!(limit(text), Some(expected), "{text}");
        }
        for text in ["0", "101", "-1", "ten", "1e2", "99999999999"] {
            assert_eq!(limit(text), None, "{text}");
        }
    }
}
