//! Alerts, read by programs, and what they do to them.

pub(super) mod acting;
mod asked;
pub(super) mod attachment;
pub(super) mod bulk;
mod view;

use super::error::ApiError;
use super::extract::auth::{Authorised, Read};
use super::extract::item::Item;
use super::extract::page::write_cursor;
use super::sound;
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::life::Refused;
use crate::domain::ids::AlertId;
use crate::http::schema;
use crate::service::AlertPage;
use crate::service::alerting::{self, NotChanged};
use asked::Listing;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use view::{AlertView, ListView, LogsView, NotesView};

pub(super) use view::{CallerView, FullAlert, LogView, transcript};

/// Nothing is known of it.
const NO_ALERT: &str = "there is no alert of this id";

/// `GET /api/alerts`: those that are asked for, newest first, a page at a time, without their logs. A page can be shorter
/// than asked for, and say that the list goes on.
#[utoipa::path(
    get,
    path = "/api/alerts",
    tag = "alerts",
    params(("state" = Option<Vec<schema::StateWord>>, Query, description = "Those in one of these states."), ("severity" = Option<schema::SeverityWord>, Query), ("team" = Option<String>, Query), ("category" = Option<String>, Query), ("source" = Option<String>, Query, description = "The program that raised it; of one that does not say its name: the way in."), ("person" = Option<String>, Query, description = "The id of somebody who was told of it, has acknowledged, or has resolved it."), ("from" = Option<String>, Query, format = DateTime, description = "Opened then or later."), ("until" = Option<String>, Query, format = DateTime, description = "Opened before."), ("q" = Option<String>, Query, description = "Words of a spoken message, or of the first 2,000 letters of title and text, as they stand."), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page. It can be shorter than asked for, and say that the list goes on.", body = ListView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn list(
    _: Authorised<Read>,
    State(app): State<App>,
    asked: Listing,
) -> Result<Json<ListView>, ApiError> {
    let AlertPage { stories, next } = alerting::list(&app, &asked.filter, asked.after, asked.limit).await?;
    let alerts = stories.into_iter().map(|story| AlertView::of(&app, story)).collect();
    Ok(Json(ListView { alerts, next: next.map(|next| write_cursor(next.opened_at, next.id.0)) }))
}

/// `GET /api/alerts/by-number/{number}`: the one that people call by that number, with its log.
#[utoipa::path(
    get,
    path = "/api/alerts/by-number/{number}",
    tag = "alerts",
    params(("number" = u32, Path)),
    responses((status = 200, description = "The alert.", body = FullAlert)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn by_number(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(number): Item<u32>,
) -> Result<Json<FullAlert>, ApiError> {
    let story = alerting::by_number(&app, number).await?;
    let story = story.ok_or_else(|| ApiError::not_found("there is no alert of this number"))?;
    Ok(Json(FullAlert::of(&app, story).await?))
}

/// `GET /api/alerts/{id}/log`: what happened to it, oldest first.
#[utoipa::path(
    get,
    path = "/api/alerts/{id}/log",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "Its log.", body = LogsView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn log(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
) -> Result<Json<LogsView>, ApiError> {
    Ok(Json(LogsView::of(find(&app, id).await?.log)))
}

/// `GET /api/alerts/{id}/notes`: what people have written about it, oldest first.
#[utoipa::path(
    get,
    path = "/api/alerts/{id}/notes",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "Its notes.", body = NotesView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn notes(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
) -> Result<Json<NotesView>, ApiError> {
    Ok(Json(NotesView::of(find(&app, id).await?.log)))
}

/// `GET /api/alerts/{id}`: one with its log.
#[utoipa::path(
    get,
    path = "/api/alerts/{id}",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The alert.", body = FullAlert)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn one(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
) -> Result<Json<FullAlert>, ApiError> {
    Ok(Json(FullAlert::of(&app, find(&app, id).await?).await?))
}

/// `GET /api/alerts/{id}/recording`: its sound; single ranges are answered.
#[utoipa::path(
    get,
    path = "/api/alerts/{id}/recording",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The sound.", body = Vec<u8>, content_type = "audio/*")),
    security(("bearer" = ["read"])),
)]
pub(super) async fn recording(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let recording = find(&app, id).await?.recording;
    let recording = recording.ok_or_else(|| ApiError::not_found("the alert has no message"))?;
    sound::answer(&app, &recording, &method, &headers).await
}

impl From<NotChanged> for ApiError {
    fn from(error: NotChanged) -> Self {
        let refused = match error {
            NotChanged::Unknown => return Self::not_found(NO_ALERT),
            NotChanged::Store(error) => return error.into(),
            NotChanged::Refused(refused) => refused,
        };
        let (status, code) = match &refused {
            Refused::AlreadyResolved(_) => (StatusCode::CONFLICT, "already_resolved"),
            Refused::AlreadyAcknowledged(_) => (StatusCode::CONFLICT, "already_acknowledged"),
            Refused::NotAcknowledged => (StatusCode::CONFLICT, "not_acknowledged"),
            Refused::NotResolved => (StatusCode::CONFLICT, "not_resolved"),
            Refused::Followed => (StatusCode::CONFLICT, "followed"),
            Refused::Past => (StatusCode::UNPROCESSABLE_ENTITY, "past"),
            Refused::TooLong => (StatusCode::UNPROCESSABLE_ENTITY, "too_long"),
        };
        let is = match &refused {
            Refused::AlreadyResolved(_) | Refused::AlreadyAcknowledged(_) => "was",
            Refused::NotAcknowledged
            | Refused::NotResolved
            | Refused::Followed
            | Refused::Past
            | Refused::TooLong => "is",
        };
        Self::new(status, code, format!("the alert {is} {refused}"))
    }
}

async fn find(app: &App, id: AlertId) -> Result<AlertStory, ApiError> {
    alerting::find(app, id).await?.ok_or_else(|| ApiError::not_found(NO_ALERT))
}
