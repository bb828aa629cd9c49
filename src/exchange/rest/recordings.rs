//! Recordings: their data, their sound, their end.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use crate::exchange::{
    carrier::{
        Exchange,
        form::rfc2822,
        records::{Recording, RecordingStatus},
    },
    rest::{error::ApiError, ok, page},
};

pub(super) fn of_call(exchange: &Exchange, call: &str) -> Result<Response, ApiError> {
    let account = &exchange.config().account_sid;
    let switchboard = exchange.switchboard();
    switchboard.call(call).ok_or(ApiError::NOT_FOUND)?;
    let of_call = switchboard.recordings.values().filter(|recording| recording.call_sid == call);
    let items =
        of_call.map(|recording| shape(exchange, recording, &switchboard.recording_url(&recording.sid)));
    let uri = format!("/2010-04-01/Accounts/{account}/Calls/{call}/Recordings.json");
    Ok(page("recordings", &items.collect::<Vec<_>>(), &uri))
}

pub(super) fn list(exchange: &Exchange) -> Response {
    let switchboard = exchange.switchboard();
    let items = switchboard.recordings.values();
    let items = items.map(|recording| shape(exchange, recording, &switchboard.recording_url(&recording.sid)));
    let uri = format!("/2010-04-01/Accounts/{}/Recordings.json", exchange.config().account_sid);
    page("recordings", &items.collect::<Vec<_>>(), &uri)
}

pub(super) fn show(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let switchboard = exchange.switchboard();
    let recording = switchboard.recordings.get(sid).ok_or(ApiError::NOT_FOUND)?;
    Ok(ok(&shape(exchange, recording, &switchboard.recording_url(sid))))
}

/// The file goes, and its transcriptions with it.
pub(super) fn delete(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let mut switchboard = exchange.switchboard();
    switchboard.recordings.remove(sid).ok_or(ApiError::NOT_FOUND)?;
    switchboard.transcriptions.retain(|_, transcription| transcription.recording_sid != sid);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The sound, once it is there. It is a WAV file whatever ending was asked for, and says so.
pub(super) async fn sound(exchange: &Exchange, name: &str) -> Result<Response, ApiError> {
    let sid = name.strip_suffix(".wav").or_else(|| name.strip_suffix(".mp3")).unwrap_or(name);
    let recording = exchange.switchboard().recordings.get(sid).cloned();
    let recording =
        recording.filter(|it| it.status == RecordingStatus::Completed).ok_or(ApiError::NOT_FOUND)?;
    let audio = match recording.audio {
        Some(audio) => audio,
        None => exchange.config().audio.wav(&recording.text, recording.seconds).await,
    };
    if let Some(kept) = exchange.switchboard().recordings.get_mut(sid) {
        kept.audio = Some(audio.clone());
    }
    Ok(([(header::CONTENT_TYPE, "audio/x-wav")], audio).into_response())
}

fn shape(exchange: &Exchange, recording: &Recording, media_url: &str) -> Value {
    let account = &exchange.config().account_sid;
    let uri = format!("/2010-04-01/Accounts/{account}/Recordings/{}", recording.sid);
    json!({
        "sid": recording.sid,
        "account_sid": account,
        "call_sid": recording.call_sid,
        "conference_sid": null,
        "status": recording.status.word(),
        "source": "RecordVerb",
        "channels": 1,
        "duration": recording.seconds.to_string(),
        "start_time": rfc2822(recording.started),
        "date_created": rfc2822(recording.created),
        "date_updated": rfc2822(recording.created),
        "price": null,
        "price_unit": "USD",
        "error_code": null,
        "encryption_details": null,
        "api_version": "2010-04-01",
        "media_url": media_url,
        "uri": format!("{uri}.json"),
        "subresource_uris": { "transcriptions": format!("{uri}/Transcriptions.json") },
    })
}
