//! The carrier's webhooks: a signed form in, a `TwiML` document out. Whatever goes wrong, the caller hears a
//! sentence, and never the carrier's error.

use super::extract::signature::Signed;
use crate::app::App;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::input::{CallInput, LegInput, Take, TakeEnd};
use crate::domain::voice::leg::LegEnd;
use crate::domain::voice::recording::Source;
use crate::service::voice::{self, Replied, VoiceError};
use crate::twiml::progress::CallProgress;
use crate::twiml::request::CarrierRequest;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How long a document may be in the making. We ask the carrier to give up on an answer after 4.5 seconds (in the
/// capabilities of its adapter), so that a later one would not be heard; no carrier waits longer than 15.
const LONGEST: Duration = Duration::from_secs(4);

/// A call comes in.
pub(super) async fn arrived(State(app): State<App>, Signed(said): Signed) -> Response {
    if said.call_sid.is_empty() {
        tracing::warn!("webhook without a call id");
        return apology(&app);
    }
    match voice::answer(&app, &said.call_sid, said.from.as_deref()).await {
        Ok(document) => twiml(document),
        Err(error) => trouble(&app, error),
    }
}

/// A document has been performed, as far as the caller let it.
pub(super) async fn replied(
    State(app): State<App>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    Signed(said): Signed,
) -> Response {
    let place = path.ok().and_then(|Path((call, leg, document))| {
        Some((call.parse::<CallId>().ok()?, leg.parse::<LegId>().ok()?, document.parse().ok()?))
    });
    let Some((call, leg, document)) = place else {
        tracing::warn!("webhook for a call, leg or document that can't be");
        return apology(&app);
    };
    let replied = Replied {
        by_caller: input(&said),
        by_called: leg_input(&said, document),
        carrier_call: &said.call_sid,
    };
    match voice::take_turn(&app, call, leg, document, replied).await {
        Ok(document) => twiml(document),
        Err(error) => trouble(&app, error),
    }
}

/// A phone that we called is wanted no longer: whoever has picked up hears why.
pub(super) async fn dismissed(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    Signed(said): Signed,
) -> Response {
    let Some((call, leg)) = phone(path) else { return apology(&app) };
    match voice::legs::dismiss(&app, call, leg, &said.call_sid).await {
        Ok(document) => twiml(document),
        Err(error) => trouble(&app, error),
    }
}

/// The carrier says how a phone that we called is getting on.
pub(super) async fn leg_status(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    Signed(said): Signed,
) -> Response {
    let Some((call, leg)) = phone(path) else { return noted(Err(VoiceError::Unknown)) };
    match from_phone(&said) {
        Some(input) => noted(voice::legs::news(&app, call, leg, input, &said.call_sid).await),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// What the carrier's word on a phone that we called means. That it is on its way means nothing yet, and its first
/// document tells that it was picked up: `None`.
pub(super) fn from_phone(said: &CarrierRequest) -> Option<LegInput> {
    match said.call_status.as_deref().and_then(CallProgress::from_word)? {
        CallProgress::Ringing => Some(LegInput::Ringing),
        CallProgress::Over(why) => Some(LegInput::Ended(why.into())),
        CallProgress::Queued | CallProgress::InProgress => None,
    }
}

/// The carrier has found out who picked up.
pub(super) async fn machine(
    State(app): State<App>,
    path: Result<Path<(String, String)>, PathRejection>,
    Signed(said): Signed,
) -> Response {
    let Some((call, leg)) = phone(path) else { return noted(Err(VoiceError::Unknown)) };
    if !said.is_machine() {
        return StatusCode::NO_CONTENT.into_response();
    }
    noted(voice::legs::news(&app, call, leg, LegInput::Machine, &said.call_sid).await)
}

fn phone(path: Result<Path<(String, String)>, PathRejection>) -> Option<(CallId, LegId)> {
    let Path((call, leg)) = path.ok()?;
    Some((call.parse().ok()?, leg.parse().ok()?))
}

/// The carrier says how a call is getting on; only its end matters.
pub(super) async fn status(State(app): State<App>, Signed(said): Signed) -> Response {
    let progress = said.call_status.as_deref().and_then(CallProgress::from_word);
    if !matches!(progress, Some(CallProgress::Over(_))) {
        return StatusCode::NO_CONTENT.into_response();
    }
    noted(voice::call_ended(&app, &said.call_sid).await)
}

/// Whether a signature survives the way here: the layer around the route has found it good. Nothing happens.
pub(super) async fn checked(_: Signed) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The file of a recording is finished.
pub(super) async fn recording(
    State(app): State<App>,
    Path((call, _leg)): Path<(String, String)>,
    Signed(said): Signed,
) -> Response {
    let Ok(call) = call.parse::<CallId>() else { return noted(Err(VoiceError::Unknown)) };
    match (said.recording_status.as_deref(), take(&said)) {
        (Some("completed"), Some(take)) => noted(voice::recording_ready(&app, call, take).await),
        (Some("absent"), _) => noted(voice::recording_absent(&app, call).await),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The text of a recording is there, or can't be had.
pub(super) async fn transcription(
    State(app): State<App>,
    Path((call, _leg)): Path<(String, String)>,
    Signed(said): Signed,
) -> Response {
    let text = said.transcription_text.as_deref();
    let text = text.filter(|_| said.transcription_status.as_deref() == Some("completed"));
    let (Ok(call), Some(take)) = (call.parse::<CallId>(), take(&said)) else {
        tracing::warn!("a text came without a recording that it belongs to");
        return StatusCode::NO_CONTENT.into_response();
    };
    noted(voice::transcription_ready(&app, call, take.source.id(), text).await)
}

/// Surrounds the routes whose answer the caller hears: what takes too long, or panics, ends in an apology. What
/// became of a message is unknown then, and the apology says nothing of it. What the panic said is left out of the
/// log, because it may quote what was being worked on.
pub(super) async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    match AssertUnwindSafe(tokio::time::timeout(LONGEST, next.run(request))).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_elapsed)) => {
            tracing::error!(seconds = LONGEST.as_secs(), "a turn took too long");
            apology(&app)
        }
        Err(_payload) => {
            tracing::error!("the program panicked in a turn");
            apology(&app)
        }
    }
}

pub(super) fn apology(app: &App) -> Response {
    metrics::counter!("dutyline_turns_failed_total").increment(1);
    twiml(voice::last_words(app, false))
}

/// What a request that replies to a document of a phone that we called means.
pub(super) fn leg_input(said: &CarrierRequest, document: u32) -> LegInput {
    if is_over(said) {
        return LegInput::Ended(LegEnd::HungUp);
    }
    match said.digits.as_deref() {
        Some(digits) if !digits.is_empty() && digits != "hangup" => LegInput::Pressed(digits.to_owned()),
        _ if document == 0 => LegInput::PickedUp,
        _ => LegInput::Silence,
    }
}

/// Whether the line that a request comes from is there no more.
fn is_over(said: &CarrierRequest) -> bool {
    matches!(said.call_status.as_deref().and_then(CallProgress::from_word), Some(CallProgress::Over(_)))
}

/// What a request that replies to a document means.
fn input(said: &CarrierRequest) -> CallInput {
    // What follows a dialled line is asked for also when the caller has hung up meanwhile.
    if said.dial_call_status.is_some() && is_over(said) {
        return CallInput::HungUp;
    }
    if let Some(progress) = said.dial_call_status.as_deref().map(CallProgress::from_word) {
        return CallInput::Dialled(match progress {
            Some(CallProgress::Over(why)) => why.into(),
            Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) | None => {
                LegEnd::HungUp
            }
        });
    }
    match (take(said), said.digits.as_deref()) {
        (Some(take), _) => CallInput::Recorded(take),
        (None, Some(digits)) if !digits.is_empty() && digits != "hangup" => {
            CallInput::Digits(digits.to_owned())
        }
        (None, _) => CallInput::Silence,
    }
}

/// The recording that a request speaks of.
fn take(said: &CarrierRequest) -> Option<Take> {
    let url = said.recording_url.clone().filter(|url| !url.is_empty())?;
    let mut keys = said.digits.as_deref().unwrap_or_default().chars();
    let end = match (said.digits.as_deref(), keys.next(), keys.next()) {
        (Some("hangup"), ..) => TakeEnd::HungUp,
        (_, Some(key), None) => TakeEnd::Key(key),
        _ => TakeEnd::Open,
    };
    let seconds = said.recording_duration.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0);
    let id = said.recording_sid.clone().filter(|id| !id.is_empty());
    Some(Take { source: Source { url, sid: id }, seconds, end })
}

/// A turn could not be taken: the caller hears why as far as it concerns them, the operator reads the cause.
pub(super) fn trouble(app: &App, error: VoiceError) -> Response {
    let (last_words, cause) = match error {
        VoiceError::NotWritten { last_words, source } => (last_words, source),
        VoiceError::Store(cause) => (voice::last_words(app, false), cause),
        VoiceError::Unknown => {
            tracing::warn!("webhook for a call, leg or document that there is not");
            return apology(app);
        }
    };
    metrics::counter!("dutyline_turns_failed_total").increment(1);
    tracing::error!(error = &cause as &dyn std::error::Error, "a turn could not be stored");
    twiml(last_words)
}

/// The answer to a callback beside the line: the carrier asks again where that helps.
pub(super) fn noted(result: Result<(), VoiceError>) -> Response {
    match result {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(VoiceError::Unknown) => {
            tracing::warn!("callback about something that there is not");
            StatusCode::NO_CONTENT.into_response()
        }
        Err(VoiceError::Store(source) | VoiceError::NotWritten { source, .. }) => {
            tracing::error!(error = &source as &dyn std::error::Error, "a callback could not be stored");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

pub(super) fn twiml(document: String) -> Response {
    ([(CONTENT_TYPE, "text/xml")], document).into_response()
}
