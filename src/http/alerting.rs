//! Alerts, read and ended by programs.

mod page;
mod view;

use super::error::ApiError;
use super::extract::auth::{Authorised, Read, Respond};
use super::extract::item::Item;
use super::extract::page::{Page, write_cursor};
use super::sound;
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::ids::AlertId;
use crate::service::alerting::{self, NotResolved};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use page::Alerts;
use view::{AlertView, ListView};

pub(super) use view::{CallerView, FullAlert, transcript};

/// Nothing is known of it.
const NO_ALERT: &str = "there is no alert of this id";

/// `GET /api/alerts`: newest first, a page at a time, without their logs.
pub(super) async fn list(
    _: Authorised<Read>,
    State(app): State<App>,
    page: Page<Alerts>,
) -> Result<Json<ListView>, ApiError> {
    let (stories, next) = alerting::list(&app, page.state, page.after, page.limit).await?;
    let alerts = stories.into_iter().map(|story| AlertView::of(&app, story)).collect();
    Ok(Json(ListView { alerts, next: next.map(|next| write_cursor(next.opened_at, next.id.0)) }))
}

/// `GET /api/alerts/{id}`: one with its log.
pub(super) async fn one(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
) -> Result<Json<FullAlert>, ApiError> {
    Ok(Json(FullAlert::of(&app, find(&app, id).await?)))
}

/// `GET /api/alerts/{id}/recording`: its sound; single ranges are answered.
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

/// `POST /api/alerts/{id}/resolve`: it has been dealt with, says whoever holds the key.
pub(super) async fn resolve(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
) -> Result<Json<FullAlert>, ApiError> {
    Ok(Json(FullAlert::of(&app, alerting::resolve(&app, id, key.name()).await?)))
}

impl From<NotResolved> for ApiError {
    fn from(error: NotResolved) -> Self {
        match error {
            NotResolved::Unknown => Self::not_found(NO_ALERT),
            already @ NotResolved::Already(_) => {
                Self::new(StatusCode::CONFLICT, "already_resolved", format!("the alert was {already}"))
            }
            NotResolved::Store(error) => error.into(),
        }
    }
}

async fn find(app: &App, id: AlertId) -> Result<AlertStory, ApiError> {
    alerting::find(app, id).await?.ok_or_else(|| ApiError::not_found(NO_ALERT))
}
