//! The carrier's webhooks of calls about alerts.

use super::extract::signature::Signed;
use super::voice::{apology, from_phone, leg_input, noted, trouble, twiml};
use crate::app::App;
use crate::domain::ids::RingId;
use crate::domain::voice::input::LegInput;
use crate::service::ringing::{self, Answered};
use crate::service::voice::VoiceError;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// What an address of ours keeps of an answer that could not be stored at once.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// The keys that were pressed.
    keys: Option<String>,
    /// How often it has been tried again.
    moments: u32,
}

/// A document has been performed, or somebody has picked up.
pub(super) async fn document(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    kept: Result<Query<Kept>, QueryRejection>,
    Signed(said): Signed,
) -> Response {
    let place = path
        .ok()
        .and_then(|Path((ring, document))| Some((ring.parse::<RingId>().ok()?, document.parse().ok()?)));
    let Some((ring, document)) = place else {
        tracing::warn!("webhook for a call about an alert, or a document, that can't be");
        return apology(&app);
    };
    let Query(Kept { keys, moments }) = kept.unwrap_or_default();
    let input = match (leg_input(&said, document), keys) {
        (LegInput::Silence | LegInput::PickedUp, Some(keys)) => LegInput::Pressed(keys),
        (input, _) => input,
    };
    let answered = Answered { input, carrier_call: &said.call_sid, moments };
    match ringing::document(&app, ring, document, &answered).await {
        Ok(document) => twiml(document),
        Err(error) => trouble(&app, error),
    }
}

/// The carrier says how such a call is getting on.
pub(super) async fn status(
    State(app): State<App>,
    Path(ring): Path<String>,
    Signed(said): Signed,
) -> Response {
    let Ok(ring) = ring.parse::<RingId>() else { return noted(Err(VoiceError::Unknown)) };
    match from_phone(&said) {
        Some(input) => noted(ringing::news(&app, ring, input, &said.call_sid).await),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The carrier has found out who picked up.
pub(super) async fn machine(
    State(app): State<App>,
    Path(ring): Path<String>,
    Signed(said): Signed,
) -> Response {
    let Ok(ring) = ring.parse::<RingId>() else { return noted(Err(VoiceError::Unknown)) };
    if !said.is_machine() {
        return StatusCode::NO_CONTENT.into_response();
    }
    noted(ringing::news(&app, ring, LegInput::Machine, &said.call_sid).await)
}
