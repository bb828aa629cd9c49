//! Whether the program lives, whether it can take calls, and its figures.

use super::error::ApiError;
use crate::app::App;
use crate::service::health::{self, NotReady};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

/// `GET /health`: it answers, so it lives.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /ready`: whether calls can be taken; 503 says what is at fault, and 200 what is amiss besides.
pub(super) async fn ready(State(app): State<App>) -> Result<&'static str, ApiError> {
    Ok(match health::ready(&app).await? {
        None => "ready\n",
        Some(fault) => {
            tracing::warn!(%fault, "recordings can't be stored");
            "ready; recordings can't be stored\n"
        }
    })
}

/// `GET /metrics`, in the Prometheus text format.
pub(super) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    health::gauge(&app).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (app.metrics)())
}

impl From<NotReady> for ApiError {
    fn from(error: NotReady) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "the store does not answer").because(error)
    }
}
