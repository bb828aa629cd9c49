//! What surrounds every route: its id, its span, its log line, and the bounds of what a request may cost.

use super::error::{ApiError, finish};
use super::request_id::{self, RequestId};
use super::webhook;
use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use tracing::Instrument;
use tracing::field::Empty;

/// Bytes that the body of a request may have.
pub(super) const LARGEST_BODY: usize = 64 * 1024;
/// How long an answer may be in the making, from the head of its request on. What a caller waits for has a shorter time of
/// its own.
const LONGEST: Duration = Duration::from_secs(14);
/// The same where files are sent along: a line of three megabits a second brings all that there may be.
const LONGEST_WITH_FILES: Duration = Duration::from_mins(2);

/// Gives the request its id and its span, the answer its id, and writes the one line and the metrics of it. What
/// takes too long is ended, and a panic is an answer as well.
/// Neither path nor query is ever logged: the codes of links stand there.
pub(super) async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers(), &*app.ids);
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!(
        "request", request_id = %id, method = %request.method(), route, api_key = Empty
    );
    request.extensions_mut().insert(id.clone());
    let started = Instant::now();
    async {
        let longest = longest(&route, request.headers());
        let mut response = finish(in_time(request, next, longest).await, &id);
        if let Some(value) = id.header() {
            response.headers_mut().insert(request_id::HEADER, value);
        }
        let took = started.elapsed();
        let status = response.status();
        tracing::info!(
            status = status.as_u16(),
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "request answered"
        );
        metrics::counter!(
            "dutyline_http_requests_total", "route" => route.clone(), "status" => status.as_str().to_owned()
        )
        .increment(1);
        metrics::histogram!("dutyline_http_request_duration_seconds", "route" => route.clone())
            .record(took.as_secs_f64());
        response
    }
    .instrument(span)
    .await
}

/// Part of the program panicked. What it said is left out, because it may quote what it was working on; the
/// panic hook knows the place.
#[derive(Debug, thiserror::Error)]
#[error("the program panicked while it answered")]
struct Panicked;

fn longest(route: &str, headers: &HeaderMap) -> Duration {
    if webhook::takes_files(route, headers) { LONGEST_WITH_FILES } else { LONGEST }
}

/// Ends what takes too long, and turns a panic into an answer. Not layers of their own: each layer of the router
/// is copied for every request.
async fn in_time(request: Request, next: Next, longest: Duration) -> Response {
    match AssertUnwindSafe(tokio::time::timeout(longest, next.run(request))).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(elapsed)) => {
            let message = "the answer took too long";
            let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", message);
            error.because(elapsed).into_response()
        }
        Err(_payload) => ApiError::internal(Panicked).into_response(),
    }
}

/// Refuses a body that says that it is too large. One that does not say so is cut off where it is read.
pub(super) async fn refuse_large_body(request: Request, next: Next) -> Result<Response, ApiError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LARGEST_BODY) {
        let message = "the body of a request may have 64 KiB";
        return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn files_of_events_may_take_longer_to_arrive() {
        let time_of = |route: &str, kind: &'static str| {
            longest(route, &HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]))
        };
        let form = "multipart/form-data; boundary=x";
        for route in ["/webhook/{secret}", "/api/v2/events/{secret}", "/api/v2/events/{secret}/batch"] {
            assert_eq!(time_of(route, form), LONGEST_WITH_FILES, "{route}");
            assert_eq!(time_of(route, "application/json"), LONGEST, "{route}");
        }
        assert_eq!(time_of("/api/alerts/{id}/notes", form), LONGEST);
        assert_eq!(longest("/webhook/{secret}", &HeaderMap::new()), LONGEST);
    }
}
