//! The running program, managed.

use super::error::ApiError;
use super::extract::auth::{Admin, Authorised};
use super::layers::Panicked;
use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
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
