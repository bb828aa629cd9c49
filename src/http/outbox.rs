//! What is to be done outside, for operators: seen, hastened, dropped.

use super::error::{ApiError, FieldError};
use super::extract::auth::{Admin, Authorised};
use super::extract::item::Item;
use crate::app::App;
use crate::domain::effect::{Effect, Lane};
use crate::domain::ids::EffectId;
use crate::service::ListedEffect;
use crate::service::outbox::{self, OutboxError, OutboxFigures};
use axum::Json;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// How many a page may have.
const LIMITS: RangeInclusive<u32> = 1..=200;
/// How many it has when nothing is said.
const DEFAULT_LIMIT: u32 = 50;

/// `GET /api/outbox`: how much waits, how much was given up, and a page of it, oldest first.
pub(super) async fn list(
    _: Authorised<Admin>,
    State(app): State<App>,
    page: Page,
) -> Result<Json<ListView>, ApiError> {
    let OutboxFigures { count, under_way } = outbox::figures(&app).await?;
    let (effects, next) = outbox::list(&app, page.only_given_up, page.after, page.limit).await?;
    let effects = effects.into_iter().map(EffectView::of).collect();
    let view = |(lane, under_way): (Lane, u32)| {
        let of = count.lanes.get(&lane).copied().unwrap_or_default();
        LaneView { lane: lane.word(), waiting: of.waiting, failed: of.failed, under_way }
    };
    let lanes = under_way.into_iter().map(view).collect();
    Ok(Json(ListView { waiting: count.waiting, failed: count.failed, lanes, effects, next }))
}

/// `POST /api/outbox/{id}/retry`: due now. 409 when it is under way, or will be soon.
pub(super) async fn retry(
    _: Authorised<Admin>,
    State(app): State<App>,
    Item(id): Item<EffectId>,
) -> Result<Json<EffectView>, ApiError> {
    Ok(Json(EffectView::of(outbox::retry(&app, id).await?)))
}

/// `DELETE /api/outbox/{id}`: forgets what was given up. 409 when it was not.
pub(super) async fn drop(
    _: Authorised<Admin>,
    State(app): State<App>,
    Item(id): Item<EffectId>,
) -> Result<StatusCode, ApiError> {
    outbox::drop(&app, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<OutboxError> for ApiError {
    fn from(error: OutboxError) -> Self {
        let message = error.to_string();
        match error {
            OutboxError::Unknown => Self::not_found("there is no effect of this id any more"),
            OutboxError::Soon(_) => Self::new(StatusCode::CONFLICT, "due_soon", message),
            OutboxError::Waiting => Self::new(StatusCode::CONFLICT, "not_given_up", message),
            OutboxError::Store(error) => error.into(),
        }
    }
}

/// A page of what is to be done.
#[derive(Serialize)]
pub(super) struct ListView {
    /// Waiting for their time, or for another attempt.
    waiting: u64,
    /// Given up.
    failed: u64,
    /// The same of each lane.
    lanes: Vec<LaneView>,
    effects: Vec<EffectView>,
    /// What to send as `after` for the next page; null: there is none.
    next: Option<EffectId>,
}

/// What is to be done by one of those whom we ask.
#[derive(Serialize)]
struct LaneView {
    /// Its word.
    lane: Cow<'static, str>,
    /// Waiting for its time, or for another attempt, or being done now.
    waiting: u64,
    /// Given up.
    failed: u64,
    /// Being done by this process now.
    under_way: u32,
}

/// One thing to do.
#[derive(Serialize)]
pub(super) struct EffectView {
    id: EffectId,
    /// The kind, or `unknown` when another version of the program knows it.
    kind: &'static str,
    /// Ids of what it is about.
    of: Value,
    /// `waiting` or `failed`.
    state: &'static str,
    /// When it was asked for.
    asked_at: Option<Timestamp>,
    /// When it is tried next; null: never.
    due_at: Option<Timestamp>,
    /// How often it has failed.
    attempts: u32,
    /// Why the last attempt failed.
    cause: Option<String>,
}

impl EffectView {
    fn of(listed: ListedEffect) -> Self {
        let of = listed.effect.as_ref().and_then(|effect| {
            let mut written = serde_json::to_value(effect).ok()?;
            written.get_mut("of").map(Value::take)
        });
        Self {
            id: listed.id,
            kind: listed.effect.as_ref().map_or("unknown", Effect::word),
            of: of.unwrap_or_default(),
            state: if listed.due.is_some() { "waiting" } else { "failed" },
            asked_at: listed.id.made_at(),
            due_at: listed.due,
            attempts: listed.failed,
            cause: listed.cause,
        }
    }
}

/// Which page is asked for: `?state=failed&limit=&after=`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    only_given_up: bool,
    limit: u32,
    after: Option<EffectId>,
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
    let mut page = Page { only_given_up: false, limit: DEFAULT_LIMIT, after: None };
    let mut problems = vec![];
    for (name, value) in parameters {
        let problem = match (name.as_str(), value.as_str()) {
            ("state" | "limit" | "after", "") => None,
            ("state", "failed") => {
                page.only_given_up = true;
                None
            }
            ("state", _) => Some("can be `failed`; left out, everything is listed".to_owned()),
            ("limit", _) => match value.parse().ok().filter(|limit| LIMITS.contains(limit)) {
                Some(limit) => {
                    page.limit = limit;
                    None
                }
                None => Some(format!("is no whole number from {} to {}", LIMITS.start(), LIMITS.end())),
            },
            ("after", _) => match value.parse() {
                Ok(id) => {
                    page.after = Some(id);
                    None
                }
                Err(_no_id) => Some("is no `next` of a page before".to_owned()),
            },
            _ => Some("there is no such parameter; there are `state`, `limit` and `after`".to_owned()),
        };
        let loc = || vec!["query".to_owned(), name.clone()];
        problems.extend(problem.map(|msg| FieldError { loc: loc(), msg }));
    }
    if problems.is_empty() { Ok(page) } else { Err(problems) }
}
