//! What a request's JSON says, field by field: everything that is wrong with it is found at once.

use crate::http::error::{ApiError, FieldError};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;

/// A time before this one is a slip of the pen: no schedule is that old.
const FIRST: Timestamp = Timestamp::UNIX_EPOCH;

/// The fields of a JSON object. They are taken one by one; what is left at the end is not known.
#[derive(Debug)]
pub(in crate::http) struct Fields {
    left: Map<String, Value>,
    known: Vec<&'static str>,
    wrong: Vec<FieldError>,
    /// Where in the body they are.
    within: Vec<&'static str>,
}

/// The same of a body that may be left out: it has no fields then.
#[derive(Debug)]
pub(in crate::http) struct OptFields(pub(in crate::http) Fields);

impl<S: Send + Sync> FromRequest<S> for OptFields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = whole(request, state).await?;
        let fields = if body.is_empty() { Ok(Fields::of(Map::new())) } else { Fields::read(&body) };
        Ok(Self(fields?))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Self::read(&whole(request, state).await?)
    }
}

async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        ApiError::new(rejection.status(), "body_unreadable", "the body can't be read to its end")
    })
}

fn malformed(message: String) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "malformed_json", message)
}

impl Fields {
    const fn of(left: Map<String, Value>) -> Self {
        Self { left, known: vec![], wrong: vec![], within: vec![] }
    }

    fn read(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(left)) => Ok(Self::of(left)),
            Ok(_) => Err(malformed("the body is JSON, but no object".to_owned())),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                Err(malformed(format!("the body is no JSON: it goes wrong at line {line} column {column}")))
            }
        }
    }

    /// Notes that something is wrong with a field.
    pub(in crate::http) fn wrong(&mut self, name: &str, code: &'static str, msg: impl Into<String>) {
        let error = self.error(name, code, msg);
        self.wrong.push(error);
    }

    fn error(&self, name: &str, code: &'static str, msg: impl Into<String>) -> FieldError {
        let mut error = FieldError::in_body(name, code, msg);
        error.loc.splice(1..1, self.within.iter().map(|&name| name.to_owned()));
        error
    }

    /// The fields of an object within, by what `read` makes of them; `None` where there is none, or null, or something is
    /// wrong with it.
    pub(in crate::http) fn opt_object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        self.known.push(name);
        match self.left.remove(name)? {
            Value::Null => None,
            Value::Object(left) => {
                let within = self.within.iter().copied().chain([name]).collect();
                let mut inner = Self { within, ..Self::of(left) };
                let made = read(&mut inner);
                self.wrong.extend(inner.all_wrong());
                Some(made)
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                self.wrong(name, "no_object", "is no object");
                None
            }
        }
    }

    /// An array of texts; `None` where there is none, or null.
    pub(in crate::http) fn opt_texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        self.known.push(name);
        let value = self.left.remove(name).filter(|value| !value.is_null())?;
        let Some(values) = value.as_array() else {
            self.wrong(name, "no_array", "is no array");
            return None;
        };
        let texts = values.iter().map(|value| value.as_str().filter(|text| !text.contains('\0')));
        let texts: Option<Vec<_>> = texts.map(|text| text.map(str::to_owned)).collect();
        if texts.is_none() {
            self.wrong(name, "no_text", "has something in it that is no text");
        }
        texts
    }

    /// A whole number in that range; `None` where there is none, or null.
    pub(in crate::http) fn opt_number(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        self.known.push(name);
        let value = self.left.remove(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let msg = format!("is no whole number from {} to {}", range.start(), range.end());
            self.wrong(name, "no_number", msg);
        }
        number
    }

    /// Whether something is said there, right or wrong. It is asked before that is read.
    pub(in crate::http) fn has(&self, name: &str) -> bool {
        self.left.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text that is not empty; `None` where there is none, or null.
    pub(in crate::http) fn opt_text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        match self.left.remove(name)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => {
                self.wrong(name, "empty", "is empty");
                None
            }
            // No database can hold it.
            Value::String(text) if text.contains('\0') => {
                self.wrong(name, "nul", "has a NUL in it");
                None
            }
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.wrong(name, "no_text", "is no text");
                None
            }
        }
    }

    /// A text that has to be there; `None` where it is not, which is noted.
    pub(in crate::http) fn text(&mut self, name: &'static str) -> Option<String> {
        self.or_missing(name, Self::opt_text)
    }

    /// A moment; `None` where there is none, or null.
    pub(in crate::http) fn opt_time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.opt_text(name)?;
        match moment(&text) {
            Ok(at) => Some(at),
            Err(msg) => {
                self.wrong(name, "no_time", msg);
                None
            }
        }
    }

    /// A moment that has to be there; `None` where it is not, which is noted.
    pub(in crate::http) fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        self.or_missing(name, Self::opt_time)
    }

    fn or_missing<T>(
        &mut self,
        name: &'static str,
        take: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<T> {
        let before = self.wrong.len();
        let taken = take(self, name);
        if taken.is_none() && self.wrong.len() == before {
            self.wrong(name, "missing", "is missing");
        }
        taken
    }

    /// What was made of the fields, or everything that was wrong, fields that nobody asked for included. `made` is
    /// `None` only where something was noted.
    pub(in crate::http) fn finish<T>(self, made: Option<T>) -> Result<T, ApiError> {
        let wrong = self.all_wrong();
        made.filter(|_| wrong.is_empty()).ok_or_else(|| ApiError::invalid(wrong))
    }

    /// Everything that is wrong with them, fields that nobody asked for included.
    fn all_wrong(mut self) -> Vec<FieldError> {
        let known: Vec<_> = self.known.iter().map(|name| format!("`{name}`")).collect();
        let msg = format!("there is no such field; there are {}", known.join(", "));
        let unknown = self.left.keys().map(|name| self.error(name, "unknown_field", &*msg));
        let unknown: Vec<_> = unknown.collect();
        self.wrong.extend(unknown);
        self.wrong
    }
}

/// A moment as clients write it; the error says how that is.
pub(in crate::http) fn moment(text: &str) -> Result<Timestamp, &'static str> {
    match text.parse::<Timestamp>() {
        Ok(at) if at < FIRST => Err("is before 1970"),
        Ok(at) => Ok(at),
        Err(_) => {
            Err("is no time with its distance from UTC, as 2026-01-05T09:00Z or 2026-01-05T10:00+01:00")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        let left = serde_json::from_str(text).unwrap();
        Fields::of(left)
    }

    fn wrong(fields: Fields) -> Vec<String> {
        let Err(error) = fields.finish(Some(())) else { return vec![] };
        error.fields.iter().map(|one| format!("{} {}", one.loc.join("."), one.code.unwrap())).collect()
    }

    #[test]
    fn every_wrong_field_is_found_at_once() {
        let mut said = fields(r#"{"person": 7, "from": "tomorrow", "replacement": " ", "note": "x"}"#);
        assert_eq!(said.text("person"), None);
        assert_eq!(said.time("from"), None);
        assert_eq!(said.time("until"), None);
        assert_eq!(said.opt_text("replacement"), None);
        assert_eq!(
            wrong(said),
            [
                "body.person no_text",
                "body.from no_time",
                "body.until missing",
                "body.replacement empty",
                "body.note unknown_field",
            ]
        );
    }

    #[test]
    fn what_may_be_left_out_may_be_null() {
        let mut said = fields(r#"{"person": "ada", "until": null}"#);
        assert_eq!(said.text("person").as_deref(), Some("ada"));
        assert_eq!((said.opt_time("until"), said.opt_text("replacement")), (None, None));
        assert!(wrong(said).is_empty());
    }

    #[test]
    fn a_moment_says_where_its_clock_is() {
        for text in ["2026-01-05T09:00Z", "2026-01-05 10:00:00+01:00", "2026-01-05T09:00:00.000Z"] {
            assert_eq!(moment(text), Ok("2026-01-05T09:00:00Z".parse().unwrap()), "{text}");
        }
        for text in ["", "2026-01-05", "2026-01-05T09:00", "09:00Z", "1969-12-31T23:59:59Z", "1767603600"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
