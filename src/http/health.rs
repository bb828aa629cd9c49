//! Whether the program lives, whether it can take calls, and its figures.

use super::error::ApiError;
use crate::app::App;
use crate::app::engine::GoodPass;
use crate::service::auditing;
use crate::service::health::{self, NotReady};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `GET /health`: it answers, so it lives.
#[utoipa::path(
    get,
    path = "/health",
    tag = "operation",
    responses((status = 200, description = "It lives.", body = String, content_type = "text/plain; charset=utf-8")),
)]
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /ready`: whether calls can be taken; 503 says what is at fault, and 200 what is amiss besides.
#[utoipa::path(
    get,
    path = "/ready",
    tag = "operation",
    responses((status = 200, description = "Calls can be taken.", body = String, content_type = "text/plain; charset=utf-8")),
)]
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    Ok(match health::ready(&app).await? {
        None => "ready\n",
        Some(fault) => {
            tracing::warn!(%fault, "recordings can't be stored");
            "ready; recordings can't be stored\n"
        }
    })
}

/// `GET /health/engine`: the last check of all open alerts; 503 where it is too long ago, or has found what it could not
/// put right.
#[utoipa::path(
    get,
    path = "/health/engine",
    tag = "operation",
    responses((status = 200, description = "The last good check of all open alerts.", body = EngineView)),
)]
pub(super) async fn engine(State(app): State<App>) -> Result<Json<EngineView>, ApiError> {
    let missing = || {
        let message = "the open alerts have not been found in order within the last minutes";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "engine_stale", message)
    };
    let GoodPass { at, open, repaired } = auditing::proof(&app).ok_or_else(missing)?;
    Ok(Json(EngineView { at, open, repaired }))
}

/// The last good check of all open alerts.
#[derive(Serialize, ToSchema)]
#[schema(as = Engine)]
pub(super) struct EngineView {
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How many open alerts there were.
    open: u32,
    /// How many had to be put right, and were.
    repaired: u32,
}

/// `GET /metrics`, in the Prometheus text format.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, description = "Figures in the format of Prometheus.", body = String, content_type = "text/plain; version=0.0.4; charset=utf-8")),
)]
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    health::gauge(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (app.metrics)())
}

impl From<NotReady> for ApiError {
    fn from(error: NotReady) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "the store does not answer").because(error)
    }
}
