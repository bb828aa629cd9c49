//! A recording's sound as an answer: whole or in part (RFC 9110 §13 and §14).

use super::error::ApiError;
use crate::app::App;
use crate::domain::voice::recording::{Audio, Recording};
use crate::service::links::{self, LinkError};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use std::error::Error;
use std::ops::Range;

/// Answers with the sound of a recording, or with the part of it that the request asks for.
pub(super) async fn answer(
    app: &App,
    recording: &Recording,
    method: &Method,
    asked: &HeaderMap,
) -> Result<Response, ApiError> {
    let audio = links::sound(recording)?;
    let tag = format!("\"{}\"", hex::encode(audio.sha256));
    let described = [
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private".to_owned()),
        (header::ETAG, tag.clone()),
        // The carrier has named the type: nothing of it is ever run.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if is_known(asked, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, described).into_response());
    }
    let wanted = if *method == Method::GET { part(asked, &tag, audio.bytes) } else { Part::Whole };
    let (status, range) = match wanted {
        Part::Whole => (StatusCode::OK, 0..audio.bytes),
        Part::Of(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Nowhere => {
            let message = "the recording is not that long";
            let error = ApiError::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", message);
            let length = [(header::CONTENT_RANGE, format!("bytes */{}", audio.bytes))];
            return Ok((length, error).into_response());
        }
    };
    let mut response = (status, described).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type(audio));
    headers.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    if status == StatusCode::PARTIAL_CONTENT {
        let place = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), audio.bytes);
        headers.insert(header::CONTENT_RANGE, place.parse().map_err(ApiError::internal)?);
    }
    if *method != Method::HEAD {
        *response.body_mut() = body(app, recording, range).await?;
    }
    Ok(response)
}

async fn body(app: &App, recording: &Recording, range: Range<u64>) -> Result<Body, ApiError> {
    let (_, _, sound) = links::listen(app, recording, |_| range).await?;
    let id = recording.id;
    let span = tracing::Span::current();
    Ok(Body::from_stream(sound.inspect_err(move |error| {
        span.in_scope(|| {
            tracing::error!(recording = %id, error = error as &dyn Error, "sound broke off on its way out");
        });
    })))
}

impl From<LinkError> for ApiError {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unknown => Self::not_found("this link leads nowhere, or its time is over"),
            LinkError::NotYet => {
                Self::new(StatusCode::NOT_FOUND, "recording_not_here", "the recording has not arrived here")
            }
            LinkError::Erased => {
                let message = "the recording was deleted, since its time was over";
                Self::new(StatusCode::GONE, "recording_deleted", message)
            }
            LinkError::Store(error) => error.into(),
            LinkError::Sound(error) => {
                let message = "the recording can't be read at the moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "recording_unavailable", message).because(error)
            }
        }
    }
}

/// The media type, where it is one of sound.
fn media_type(audio: &Audio) -> HeaderValue {
    let named = Some(&audio.media_type).filter(|named| named.starts_with("audio/"));
    named
        .and_then(|named| HeaderValue::from_str(named).ok())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Whether the client has it already (RFC 9110 §13.1.2).
pub(super) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// What a request wants of a sound.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// These bytes, the end exclusive; never none.
    Of(Range<u64>),
    /// Bytes that there are not.
    Nowhere,
}

/// Reads `Range`. One range of bytes is understood; several, another unit or a text that is none are passed
/// over, as RFC 9110 §14.2 allows, and so is a range of what has another tag by now (`If-Range`).
fn part(asked: &HeaderMap, tag: &str, length: u64) -> Part {
    if asked.get(header::IF_RANGE).is_some_and(|condition| condition != tag) {
        return Part::Whole;
    }
    let range = asked.get(header::RANGE).and_then(|range| range.to_str().ok());
    match range.and_then(|range| single(range, length)) {
        Some(range) if range.is_empty() => Part::Nowhere,
        Some(range) => Part::Of(range),
        None => Part::Whole,
    }
}

/// `bytes=first-last`, `bytes=first-` or `bytes=-count`, cut to that length; `None`: something else.
fn single(range: &str, length: u64) -> Option<Range<u64>> {
    let (unit, range) = range.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match range.trim().split_once('-')? {
        ("", count) => Some(length.saturating_sub(number(count)?)..length),
        (first, "") => Some(number(first)?..length),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| first..last.saturating_add(1).min(length))
        }
    }
}

/// A number of digits only. One that does not fit lies beyond every end.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    const TAG: &str = "\"aa\"";

    fn asked(headers: &[(HeaderName, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn ranged(range: &str, length: u64) -> Part {
        part(&asked(&[(header::RANGE, range)]), TAG, length)
    }

    #[test]
    fn a_single_range_is_cut_to_what_there_is() {
        for (range, bytes) in [
            ("bytes=0-", 0..10),
            ("bytes=0-0", 0..1),
            ("bytes=3-5", 3..6),
            ("bytes=3-500", 3..10),
            ("bytes=9-", 9..10),
            ("bytes=-4", 6..10),
            ("bytes=-40", 0..10),
            ("Bytes=2-99999999999999999999999", 2..10),
        ] {
            assert_eq!(ranged(range, 10), Part::Of(bytes), "{range}");
        }
    }

    #[test]
    fn a_range_beyond_the_end_is_nowhere() {
        for range in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(ranged(range, 10), Part::Nowhere, "{range}");
        }
        for range in ["bytes=0-", "bytes=-1"] {
            assert_eq!(ranged(range, 0), Part::Nowhere, "{range}");
        }
    }

    #[test]
    fn whatever_else_is_asked_gets_the_whole() {
        for range in
            ["bytes=5-3", "bytes=-", "bytes=1-2,4-5", "bytes=a-b", "bytes=+1-2", "lines=1-2", "bytes"]
        {
            assert_eq!(ranged(range, 10), Part::Whole, "{range}");
        }
        assert_eq!(part(&HeaderMap::new(), TAG, 10), Part::Whole);
    }

    #[test]
    fn a_range_counts_only_for_the_sound_that_it_was_meant_for() {
        let with =
            |condition| part(&asked(&[(header::RANGE, "bytes=1-2"), (header::IF_RANGE, condition)]), TAG, 10);
        assert_eq!(with(TAG), Part::Of(1..3));
        for other in ["\"bb\"", "W/\"aa\"", "Mon, 05 Jan 2026 09:00:00 GMT"] {
            assert_eq!(with(other), Part::Whole, "{other}");
        }
    }

    #[test]
    fn only_sound_is_called_by_the_name_that_the_carrier_gave_it() {
        for (named, sent) in [
            ("audio/wav", "audio/wav"),
            ("text/html", "application/octet-stream"),
            ("audio/wav\r\nx: y", "application/octet-stream"),
        ] {
            let audio = Audio { key: String::new(), media_type: named.to_owned(), bytes: 1, sha256: [0; 32] };
            assert_eq!(media_type(&audio), sent, "{named}");
        }
    }

    #[test]
    fn a_client_that_has_it_is_told_so() {
        for known in [TAG, "W/\"aa\"", "\"bb\", \"aa\"", "*"] {
            assert!(is_known(&asked(&[(header::IF_NONE_MATCH, known)]), TAG), "{known}");
        }
        assert!(!is_known(&asked(&[(header::IF_NONE_MATCH, "\"bb\"")]), TAG));
        assert!(!is_known(&HeaderMap::new(), TAG));
    }
}
