//! What the carrier says of text messages.

use super::extract::signature::Signed;
use crate::app::App;
use crate::domain::ids::NotificationId;
use crate::service::ledger::{self, Fate};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

/// `POST /sms/status/{id}`: what has become of the message of that id of ours.
///
/// Source: Twilio, "Messages resource", message status values.
pub(super) async fn status(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    Signed(said): Signed,
) -> StatusCode {
    let id = path.ok().and_then(|Path(text)| text.parse::<NotificationId>().ok());
    let (Some(id), Some(text)) = (id, &said.message_sid) else { return StatusCode::NOT_FOUND };
    let fate = match said.message_status.as_deref() {
        Some("delivered" | "read") => Fate::Reached,
        Some("undelivered" | "failed") => Fate::Lost(match &said.error_code {
            Some(code) => format!("the carrier could not deliver it (code {})", digits(code)),
            None => "the carrier could not deliver it".to_owned(),
        }),
        Some("accepted" | "scheduled" | "queued" | "sending" | "sent") => Fate::UnderWay,
        // Carriers add words at any time; none of them is an end.
        Some(_) | None => return StatusCode::NO_CONTENT,
    };
    match ledger::heard(&app, id, text, &fate).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(notification = %id, error, "what became of a message could not be noted");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// A code as it may stand in a log: whatever is none is left out.
fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).take(6).collect()
}
