//! What is to be done outside, for operators: seen, hastened, dropped.

use super::error::ApiError;
use super::extract::auth::{Admin, Authorised};
use super::extract::item::Item;
use super::extract::page::{Listed, Page};
use super::schema;
use crate::app::App;
use crate::domain::effect::{Effect, Lane};
use crate::domain::ids::EffectId;
use crate::service::ListedEffect;
use crate::service::outbox::{self, OutboxError, OutboxFigures};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use utoipa::ToSchema;

/// `GET /api/outbox`: how much waits, how much was given up, and a page of it, oldest first.
#[utoipa::path(
    get,
    path = "/api/outbox",
    tag = "operation",
    params(("state" = Option<String>, Query, description = "`failed`; left out: everything.", pattern = "^failed$"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page.", body = ListView)),
    security(("bearer" = ["admin"])),
)]
pub(super) async fn list(
    _: Authorised<Admin>,
    State(app): State<App>,
    page: Page<Effects>,
) -> Result<Json<ListView>, ApiError> {
    let OutboxFigures { count, under_way } = outbox::figures(&app).await?;
    let (effects, next) = outbox::list(&app, page.state.is_some(), page.after, page.limit).await?;
    let effects = effects.into_iter().map(EffectView::of).collect();
    let view = |(lane, under_way): (Lane, u32)| {
        let of = count.lanes.get(&lane).copied().unwrap_or_default();
        LaneView { lane: lane.word(), waiting: of.waiting, failed: of.failed, under_way }
    };
    let lanes = under_way.into_iter().map(view).collect();
    Ok(Json(ListView { waiting: count.waiting, failed: count.failed, lanes, effects, next }))
}

/// `POST /api/outbox/{id}/retry`: due now. 409 when it is under way, or will be soon.
#[utoipa::path(
    post,
    path = "/api/outbox/{id}/retry",
    tag = "operation",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "It is due now.", body = EffectView)),
    security(("bearer" = ["admin"])),
)]
pub(super) async fn retry(
    _: Authorised<Admin>,
    State(app): State<App>,
    Item(id): Item<EffectId>,
) -> Result<Json<EffectView>, ApiError> {
    Ok(Json(EffectView::of(outbox::retry(&app, id).await?)))
}

/// `DELETE /api/outbox/{id}`: forgets what was given up. 409 when it was not.
#[utoipa::path(
    delete,
    path = "/api/outbox/{id}",
    tag = "operation",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is forgotten.")),
    security(("bearer" = ["admin"])),
)]
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
#[derive(Serialize, ToSchema)]
#[schema(as = EffectList)]
pub(super) struct ListView {
    /// Waiting for their time, or for another attempt.
    waiting: u64,
    /// Given up.
    failed: u64,
    /// The same of each lane.
    lanes: Vec<LaneView>,
    effects: Vec<EffectView>,
    /// What to send as `after` for the next page; null: there is none.
    #[schema(value_type = Option<Uuid>)]
    next: Option<EffectId>,
}

/// What is to be done by one of those whom we ask.
#[derive(Serialize, ToSchema)]
#[schema(as = Lane)]
struct LaneView {
    /// Its word.
    #[schema(value_type = String)]
    lane: Cow<'static, str>,
    /// Waiting for its time, or for another attempt, or being done now.
    waiting: u64,
    /// Given up.
    failed: u64,
    /// Being done by this process now.
    under_way: u32,
}

/// One thing to do.
#[derive(Serialize, ToSchema)]
#[schema(as = Effect)]
pub(super) struct EffectView {
    #[schema(value_type = Uuid)]
    id: EffectId,
    /// The kind, or `unknown` when another version of the program knows it.
    kind: &'static str,
    /// Ids of what it is about.
    #[schema(value_type = schema::AnyForm)]
    of: Value,
    /// `waiting` or `failed`.
    state: &'static str,
    /// When it was asked for.
    #[schema(value_type = Option<String>, format = DateTime)]
    asked_at: Option<Timestamp>,
    /// When it is tried next; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
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

/// The list of what is to be done.
#[derive(Debug)]
pub(super) struct Effects;

/// Given up.
#[derive(Debug)]
pub(super) struct GivenUp;

impl Listed for Effects {
    type State = GivenUp;
    type Cursor = EffectId;

    fn state(word: &str) -> Result<GivenUp, String> {
        let words = || "can be `failed`; left out, everything is listed".to_owned();
        (word == "failed").then_some(GivenUp).ok_or_else(words)
    }

    fn cursor(text: &str) -> Option<EffectId> {
        text.parse().ok()
    }
}
