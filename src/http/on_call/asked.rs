//! What is asked of who is on call.

use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::http::error::ApiError;
use crate::http::extract::body::moment;
use crate::http::extract::query::Parameters;
use axum::extract::FromRequestParts;
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
        let mut asked = Parameters::from_request_parts(parts, state).await?;
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
        let mut asked = Parameters::from_request_parts(parts, state).await?;
        let at = asked.take("at", moment);
        asked.finish(Some(Self(at)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Days {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let mut asked = Parameters::from_request_parts(parts, state).await?;
        let days = asked.take("days", |text| {
            let days = text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
            days.ok_or("is no whole number from 1 to 366")
        });
        asked.finish(Some(Self(days.unwrap_or(DAYS))))
    }
}
