//! What is asked of who is on call.

use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::http::error::{ApiError, FieldError};
use crate::http::extract::body::moment;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use jiff::Timestamp;

/// How many days of gaps can be asked for.
const MOST_DAYS: u32 = 366;
/// How many there are when nothing is said.
const DAYS: u32 = 30;

/// Of whom, and when: `?group=&at=`.
#[derive(Debug)]
pub(in crate::http) struct Asked {
    /// Of whom.
    pub(super) of: Recipient,
    /// When; `None`: now.
    pub(super) at: Option<Timestamp>,
}

/// When: `?at=`; `None`: now.
#[derive(Debug)]
pub(in crate::http) struct At(pub(super) Option<Timestamp>);

/// For how many days: `?days=`.
#[derive(Debug)]
pub(in crate::http) struct Days(pub(super) u32);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut asked = parameters(parts, state).await?;
        let at = asked.take("at", moment);
        let mut of = Vec::new();
        of.extend(asked.text("group").map(|name| Recipient::Group(GroupName(name))));
        of.extend(asked.text("person").map(|id| Recipient::Person(PersonId(id))));
        of.extend(asked.text("schedule").map(|name| Recipient::Schedule(ScheduleName(name))));
        if of.len() != 1 {
            asked.wrong(None, "say one of `group`, `person` and `schedule`");
        }
        let of = asked.finish(of.pop())?;
        Ok(Self { of, at })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for At {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut asked = parameters(parts, state).await?;
        let at = asked.take("at", moment);
        asked.finish(Some(Self(at)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Days {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut asked = parameters(parts, state).await?;
        let days = asked.take("days", |text| {
            let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
            days.ok_or("is no whole number from 1 to 366")
        });
        asked.finish(Some(Self(days.unwrap_or(DAYS))))
    }
}

/// The parameters of a query. They are taken one by one; what is left at the end is not known.
struct Parameters {
    left: Vec<(String, String)>,
    known: Vec<&'static str>,
    wrong: Vec<FieldError>,
}

async fn parameters<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Parameters, ApiError> {
    let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    let Query(left) = query
        .map_err(|rejection| ApiError::invalid(vec![FieldError::in_query(None, rejection.body_text())]))?;
    Ok(Parameters { left, known: vec![], wrong: vec![] })
}

impl Parameters {
    /// Its last value; an empty one counts as left out.
    fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let mut value = None;
        self.left.retain(|(own, text)| {
            let is_it = own == name;
            if is_it {
                value = Some(text.clone()).filter(|text| !text.is_empty());
            }
            !is_it
        });
        value
    }

    fn take<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
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

    fn wrong(&mut self, name: Option<&str>, msg: &str) {
        self.wrong.push(FieldError::in_query(name, msg));
    }

    /// What was made of the parameters, or everything that was wrong, those that nobody asked for included. `made` is
    /// `None` only where something was noted.
    fn finish<T>(mut self, made: Option<T>) -> Result<T, ApiError> {
        let known: Vec<_> = self.known.iter().map(|name| format!("`{name}`")).collect();
        let msg = format!("there is no such parameter; there are {}", known.join(", "));
        self.wrong.extend(self.left.iter().map(|(name, _)| FieldError::in_query(Some(name), &*msg)));
        made.filter(|_| self.wrong.is_empty()).ok_or_else(|| ApiError::invalid(self.wrong))
    }
}
