//! The body of an event's request: read to its end, and never more of it than it may have.

use crate::domain::alerting::file::{MAX_BYTES, MAX_FILES};
use crate::http::error::ApiError;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::BytesMut;
use futures_util::StreamExt;

/// Bytes of a body without files.
const LONGEST: usize = 1024 * 1024;
/// Bytes of one with files: as many as there may be of these, and what is between them.
const LONGEST_WITH_FILES: usize = MAX_FILES * MAX_BYTES + LONGEST;
/// How much of a body that is too long is read and thrown away, so that its sender comes to read the answer.
const THROWN_AWAY: usize = 64 * 1024 * 1024;

/// How many bytes the body of a request can come to have.
pub(super) fn most_bytes(headers: &HeaderMap) -> u64 {
    let most = u64::try_from(longest(headers)).unwrap_or(u64::MAX);
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    length.map_or(most, |length: u64| length.min(most))
}

/// The whole body.
pub(super) async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, ApiError> {
    let longest = longest(headers);
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut thrown_away = 0_usize;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            let message = "the body can't be read to its end";
            ApiError::new(StatusCode::BAD_REQUEST, "body_unreadable", message).because(error)
        })?;
        if thrown_away == 0 && whole.len() + piece.len() <= longest {
            whole.extend_from_slice(&piece);
            continue;
        }
        thrown_away += whole.len() + piece.len();
        whole = BytesMut::new();
        if thrown_away > THROWN_AWAY {
            break;
        }
    }
    if thrown_away == 0 { Ok(whole.freeze()) } else { Err(too_large(longest)) }
}

fn too_large(longest: usize) -> ApiError {
    let message = if longest == LONGEST {
        format!(
            "an event may have 1 MiB ({LONGEST} bytes) without files; files are sent as multipart/form-data"
        )
    } else {
        format!(
            "an event may have {MAX_FILES} files of {MAX_BYTES} bytes each, and 1 MiB ({LONGEST} bytes) besides"
        )
    };
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

/// Only a form in parts has files.
fn longest(headers: &HeaderMap) -> usize {
    if has_files(headers) { LONGEST_WITH_FILES } else { LONGEST }
}

/// Whether a body may bring files along. Whatever else comes in parts is read as text.
pub(super) fn has_files(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("multipart/form-data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn most(headers: &[(HeaderName, &str)]) -> u64 {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        most_bytes(&headers.collect())
    }

    #[test]
    fn what_a_body_can_come_to_have_is_known_before_it_is_read() {
        let kind = |value| (header::CONTENT_TYPE, value);
        let length = |value| (header::CONTENT_LENGTH, value);
        assert_eq!(most(&[]), 1_048_576);
        assert_eq!(most(&[length("7")]), 7);
        assert_eq!(most(&[length("99999999"), kind("application/json")]), 1_048_576);
        assert_eq!(most(&[kind("Multipart/Form-Data; boundary=x")]), 10 * 4_194_304 + 1_048_576);
        assert_eq!(most(&[kind("multipart/form-data"), length("3000000")]), 3_000_000);
        assert_eq!(most(&[kind("multipart/mixed; boundary=x")]), 1_048_576);
        assert_eq!(most(&[kind("multipart/form-data-of-ours")]), 1_048_576);
    }
}
