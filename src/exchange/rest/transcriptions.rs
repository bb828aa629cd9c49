//! Transcriptions: where they stand, and their text.

use axum::response::Response;
use serde_json::{Value, json};

use crate::exchange::{
    carrier::{Exchange, form::rfc2822, records::Transcription},
    rest::{error::ApiError, ok, page},
};

pub(super) fn of_recording(exchange: &Exchange, recording: &str) -> Result<Response, ApiError> {
    let account = &exchange.config().account_sid;
    let switchboard = exchange.switchboard();
    switchboard.recordings.get(recording).ok_or(ApiError::NOT_FOUND)?;
    let of_it = switchboard.transcriptions.values().filter(|it| it.recording_sid == recording);
    let items = of_it.map(|transcription| shape(transcription, account)).collect::<Vec<_>>();
    let uri = format!("/2010-04-01/Accounts/{account}/Recordings/{recording}/Transcriptions.json");
    Ok(page("transcriptions", &items, &uri))
}

pub(super) fn show(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let transcription = exchange.switchboard().transcriptions.get(sid).cloned().ok_or(ApiError::NOT_FOUND)?;
    Ok(ok(&shape(&transcription, &exchange.config().account_sid)))
}

fn shape(transcription: &Transcription, account: &str) -> Value {
    json!({
        "sid": transcription.sid,
        "account_sid": account,
        "recording_sid": transcription.recording_sid,
        "status": transcription.status.word(),
        "transcription_text": transcription.text,
        "duration": transcription.seconds.to_string(),
        "type": "fast",
        "date_created": rfc2822(transcription.created),
        "date_updated": rfc2822(transcription.updated),
        "price": null,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "uri": format!("/2010-04-01/Accounts/{account}/Transcriptions/{}.json", transcription.sid),
    })
}
