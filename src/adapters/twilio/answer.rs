//! What Twilio's answers, and its silence, mean for another try.

use super::wire::Refusal;
use crate::adapters::cause::{innermost, without_numbers};
use crate::ports::error::VendorError;
use jiff::SignedDuration;
use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;

/// Bytes of an answer that are read at most; the longest that makes sense is a list of 50 recordings.
const LONGEST: usize = 1024 * 1024;

/// The longest wait that a carrier may ask of us, in seconds.
const LONGEST_WAIT: i64 = 3_600;

/// The answer, when it is a 2xx. `login`: the settings that say who we are.
pub(super) async fn accepted(answer: Response, login: &str) -> Result<Response, VendorError> {
    let status = answer.status();
    if status.is_success() { Ok(answer) } else { Err(refused(status, answer, login).await) }
}

/// The value in an answer. Anything else than that value is the doing of something on the way, and passes.
pub(super) async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, VendorError> {
    let body = body(answer).await?;
    serde_json::from_slice(&body)
        .map_err(|_error| VendorError::temporary("the carrier's answer can't be understood"))
}

/// No answer, or one that broke off.
pub(super) fn trouble(error: reqwest::Error) -> VendorError {
    let what = if error.is_timeout() {
        "the carrier did not answer in time"
    } else if error.is_connect() {
        "the carrier can't be reached"
    } else {
        "the carrier's answer broke off"
    };
    VendorError::temporary(format!("{what}: {}", innermost(&error.without_url())))
}

async fn refused(status: StatusCode, answer: Response, login: &str) -> VendorError {
    let retry_after = retry_after(&answer);
    let why = match body(answer).await {
        Ok(body) => in_words(status, serde_json::from_slice(&body).unwrap_or_default()),
        Err(_) => status.as_u16().to_string(),
    };
    match status {
        // A token that has just been replaced is mended by an operator: no alert may be lost to it.
        StatusCode::UNAUTHORIZED => {
            VendorError::temporary(format!("the carrier does not know us ({why}); check {login}"))
        }
        StatusCode::FORBIDDEN => VendorError::permanent(format!("the carrier does not let us ({why})")),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
            VendorError::Temporary { retry_after, cause: format!("the carrier is busy ({why})") }
        }
        _ if status.is_client_error() => VendorError::permanent(format!("the carrier refused it ({why})")),
        // A proxy on the way that has lost its own way, or a setting: an operator mends either.
        _ if status.is_redirection() => VendorError::Temporary {
            retry_after,
            cause: format!("the carrier sent us elsewhere ({why}); check carrier.api_url"),
        },
        _ => VendorError::Temporary { retry_after, cause: format!("the carrier failed ({why})") },
    }
}

/// The wait that the carrier asks for; one given as a date is left to our own pace.
fn retry_after(answer: &Response) -> Option<SignedDuration> {
    let seconds: u32 = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds).min(LONGEST_WAIT)))
}

fn in_words(status: StatusCode, refusal: Refusal) -> String {
    const LONGEST: usize = 200;
    let mut words = match refusal.code {
        Some(code) => format!("{}, code {code}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    if let Some(message) = refusal.message {
        let message = without_numbers(&message).replace(char::is_control, " ");
        words.push_str(": ");
        words.extend(message.chars().take(LONGEST));
    }
    words
}

async fn body(mut answer: Response) -> Result<Vec<u8>, VendorError> {
    let mut body = vec![];
    while let Some(piece) = answer.chunk().await.map_err(trouble)? {
        if body.len() + piece.len() > LONGEST {
            return Err(VendorError::temporary("the carrier's answer does not end"));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}
