//! Which alerts are asked for, and what is to be done to them.

use crate::app::App;
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::alerting::state::AlertState;
use crate::domain::alerting::team::TeamName;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;
use crate::http::error::{ApiError, FieldError};
use crate::http::extract::auth::{Asked, Authorised};
use crate::http::extract::body::{Fields, moment};
use crate::http::extract::page::read_cursor;
use crate::http::extract::query::Parameters;
use crate::service::{AlertCursor, on_call};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// A page of a list of alerts: `?state=&severity=&team=&category=&source=&person=&from=&until=&q=&limit=&after=`.
/// `state` can be given several times.
#[derive(Debug)]
pub(in crate::http) struct Listing {
    /// Which alerts.
    pub(super) filter: AlertFilter,
    /// How many, at most.
    pub(super) limit: u32,
    /// Where the page before it has ended; `None`: the first page.
    pub(super) after: Option<AlertCursor>,
}

impl<S: Send + Sync> FromRequestParts<S> for Listing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Self::of(Parameters::from_request_parts(parts, state).await?)
    }
}

impl Listing {
    /// Reads all parameters, and finds all that is wrong with them.
    fn of(mut asked: Parameters) -> Result<Self, ApiError> {
        let mut states = vec![];
        for word in asked.texts("state") {
            match state(&word) {
                Ok(state) => states.push(state),
                Err(msg) => asked.wrong(Some("state"), msg),
            }
        }
        let filter = AlertFilter {
            states,
            severity: asked.take("severity", severity),
            team: asked.text("team").map(TeamName),
            category: asked.text("category").map(CategoryName),
            source: asked.text("source"),
            person: asked.text("person").map(PersonId),
            from: asked.take("from", moment),
            until: asked.take("until", moment),
            words: asked.text("q"),
        };
        let limit = asked.limit();
        let after = asked.after(cursor);
        asked.finish(Some(Self { filter, limit, after }))
    }
}

fn state(word: &str) -> Result<AlertState, String> {
    let words = || format!("is not one of {}", AlertState::ALL.map(AlertState::word).join(", "));
    AlertState::from_word(word).ok_or_else(words)
}

fn severity(word: &str) -> Result<Severity, String> {
    let words = || format!("is not one of {}", Severity::ALL.map(Severity::word).join(", "));
    Severity::from_word(word).ok_or_else(words)
}

fn cursor(text: &str) -> Option<AlertCursor> {
    let (opened_at, id) = read_cursor(text)?;
    Some(AlertCursor { opened_at, id: AlertId(id) })
}

/// The same as an object of a body: `{ "state": ["open"], "team": … }`.
pub(super) fn filter(said: &mut Fields) -> AlertFilter {
    let mut states = vec![];
    for word in said.opt_texts("state").unwrap_or_default() {
        match state(&word) {
            Ok(state) => states.push(state),
            Err(msg) => said.wrong("state", "unknown_state", msg),
        }
    }
    let worst = said.opt_text("severity").and_then(|word| match severity(&word) {
        Ok(severity) => Some(severity),
        Err(msg) => {
            said.wrong("severity", "unknown_severity", msg);
            None
        }
    });
    AlertFilter {
        states,
        severity: worst,
        team: said.opt_text("team").map(TeamName),
        category: said.opt_text("category").map(CategoryName),
        source: said.opt_text("source"),
        person: said.opt_text("person").map(PersonId),
        from: said.opt_time("from"),
        until: said.opt_time("until"),
        words: said.opt_text("q"),
    }
}

/// For whom something is done: `as`, a person's id; left out: for whoever holds the key.
pub(super) fn acting_as(said: &mut Fields) -> Option<PersonId> {
    said.opt_text("as").map(PersonId)
}

/// Who does something, and the name of their key where they do it for somebody else.
#[derive(Debug)]
pub(super) struct Doer {
    pub(super) actor: Actor,
    pub(super) key: Option<String>,
}

impl Doer {
    /// Whoever holds that key, or the person for whom they act, whom we have to know.
    pub(super) async fn of<S: Asked>(
        app: &App,
        key: &Authorised<S>,
        acting_as: Option<PersonId>,
    ) -> Result<Self, ApiError> {
        let name = key.name().to_owned();
        let Some(person) = acting_as else {
            return Ok(Self { actor: Actor { who: Who::Key(name), from: Channel::Api }, key: None });
        };
        let directory = on_call::directory(app, app.clock.now()).await?;
        if directory.person(&person).is_none() {
            let wrong = FieldError::in_body("as", "unknown_person", "is nobody whom we know");
            return Err(ApiError::invalid(vec![wrong]));
        }
        Ok(Self { actor: Actor { who: Who::Person(person), from: Channel::Api }, key: Some(name) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(pairs: &[(&str, &str)]) -> Result<Listing, ApiError> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Listing::of(Parameters::of(pairs.collect()))
    }

    #[test]
    fn states_can_be_several() {
        let listing = listing(&[("state", "open"), ("state", "acknowledged")]).unwrap();
        assert_eq!(listing.filter.states, [AlertState::Open, AlertState::Acknowledged]);
        assert_eq!((listing.limit, listing.after), (50, None));
    }

    #[test]
    fn everything_that_is_wrong_is_found_at_once() {
        let asked = [("state", "closed"), ("severity", "bad"), ("from", "today"), ("limit", "0"), ("x", "1")];
        let error = listing(&asked).unwrap_err();
        let names: Vec<_> = error.fields.iter().map(|one| one.loc.join(".")).collect();
        assert_eq!(names, ["query.state", "query.severity", "query.from", "query.limit", "query.x"]);
        assert_eq!(error.status, axum::http::StatusCode::BAD_REQUEST);
    }
}
