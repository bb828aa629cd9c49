//! The running program, managed.

use super::error::ApiError;
use super::extract::auth::{Admin, Authorised};
use crate::app::App;
use crate::service::reloading::{self, NotReloaded};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// What a reload has left to do.
#[derive(Serialize, ToSchema)]
pub(super) struct Reloaded {
    /// Settings that only a restart brings into force.
    needs_restart: Vec<&'static str>,
}

/// `POST /api/reload`: puts the settings file in force, all of it or nothing. 422 says what is to be mended.
#[utoipa::path(
    post,
    path = "/api/reload",
    tag = "operation",
    responses((status = 200, description = "The settings are in force.", body = Reloaded)),
    security(("bearer" = ["admin"])),
)]
pub(super) async fn reload(_: Authorised<Admin>, State(app): State<App>) -> Result<Json<Reloaded>, ApiError> {
    match reloading::reload(&app).await {
        Ok(needs_restart) => Ok(Json(Reloaded { needs_restart })),
        Err(NotReloaded::Unusable(problems)) => {
            Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "settings_invalid", problems))
        }
        Err(error @ NotReloaded::Panicked) => Err(ApiError::internal(error)),
    }
}
