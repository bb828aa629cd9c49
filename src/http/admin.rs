//! The running program, managed.

use super::error::ApiError;
use super::extract::auth::{Admin, Authorised};
use super::layers::Panicked;
use crate::app::App;
use crate::domain::effect::Lane;
use crate::service::health::{self, OutboxFigures};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// What a reload has left to do.
#[derive(Serialize)]
pub(super) struct Reloaded {
    /// Settings that only a restart brings into force.
    needs_restart: Vec<&'static str>,
}

/// `POST /api/reload`: puts the settings file in force, all of it or nothing. 422 says what is to be mended.
pub(super) async fn reload(_: Authorised<Admin>, State(app): State<App>) -> Result<Json<Reloaded>, ApiError> {
    let reload = Arc::clone(&app.reload);
    // Reading files blocks.
    let ended = tokio::task::spawn_blocking(move || reload()).await;
    match ended.map_err(|_panic| ApiError::internal(Panicked))? {
        Ok(needs_restart) => Ok(Json(Reloaded { needs_restart })),
        Err(problems) => Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "settings_invalid", problems)),
    }
}

/// What is to be done outside.
#[derive(Serialize)]
pub(super) struct Outbox {
    /// Waiting for its time, or for another attempt.
    waiting: u64,
    /// Given up.
    failed: u64,
    /// The same of each lane.
    lanes: Vec<LaneView>,
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

/// `GET /api/outbox`: how much waits, is under way, and was given up, in all and in each lane.
pub(super) async fn outbox(_: Authorised<Admin>, State(app): State<App>) -> Result<Json<Outbox>, ApiError> {
    let OutboxFigures { count, under_way } = health::outbox(&app).await?;
    let view = |(lane, under_way): (Lane, u32)| {
        let of = count.lanes.get(&lane).copied().unwrap_or_default();
        LaneView { lane: lane.word(), waiting: of.waiting, failed: of.failed, under_way }
    };
    let lanes = under_way.into_iter().map(view).collect();
    Ok(Json(Outbox { waiting: count.waiting, failed: count.failed, lanes }))
}
