//! What a client is told when something is wrong: one shape for every route.
//!
//! A handler answers with an [`ApiError`]. On its way out through the outermost layer it becomes JSON, gets the
//! id of its request, and is logged: once, and there only.

use super::request_id::RequestId;
use crate::service::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// After which time a client may ask again when the store was unavailable.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The status of the answer.
    pub status: StatusCode,
    /// A word for programs; it stays the same when the message changes.
    pub code: &'static str,
    /// A sentence for people: what is wrong, and what helps.
    pub message: Cow<'static, str>,
    /// Which parameters are wrong, where it is that.
    pub fields: Vec<FieldError>,
    /// In which line of the body it goes wrong and at which byte of it, both from 1, where that can be said.
    pub position: Option<(u32, u32)>,
    /// How a key is to be sent, where one is missing.
    pub challenge: Challenge,
    /// When asking again may help.
    pub retry_after: Option<Duration>,
    /// What went wrong inside: logged, never sent.
    pub cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// How a key is to be sent, where one is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// As a bearer's token.
    Bearer,
    /// As the password beside any name (RFC 7617 §2): calendar programs ask people for it.
    Basic,
    /// In the path. There is no scheme by which a browser or a library could try again.
    Secret,
}

impl Challenge {
    const fn header(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Basic => "Basic realm=\"Dutyline\", charset=\"UTF-8\"",
            Self::Secret => "Secret",
        }
    }
}

/// One parameter that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it is, from the outside to the inside, e.g. `["query", "limit"]`.
    pub loc: Vec<String>,
    /// What is wrong with it.
    pub msg: String,
    /// The same as a word for programs, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
}

impl FieldError {
    /// Of a parameter in the query, or of the query as a whole.
    pub fn in_query(name: Option<&str>, msg: impl Into<String>) -> Self {
        let loc = [Some("query"), name].into_iter().flatten().map(str::to_owned).collect();
        Self { loc, msg: msg.into(), code: None }
    }

    /// Of a field of the body.
    pub fn in_body(name: &str, code: &'static str, msg: impl Into<String>) -> Self {
        Self { loc: vec!["body".to_owned(), name.to_owned()], msg: msg.into(), code: Some(code) }
    }
}

impl ApiError {
    /// An error without fields and cause.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self {
            status,
            code,
            message,
            fields: vec![],
            position: None,
            challenge: Challenge::Bearer,
            retry_after: None,
            cause: None,
        }
    }

    /// What was asked for is not there.
    pub fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Parameters of the query are wrong.
    pub fn wrong_query(fields: Vec<FieldError>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..Self::invalid(fields) }
    }

    /// What the body says is wrong.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let message = "a parameter of the request is wrong; `fields` says which";
        Self { fields, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", message) }
    }

    /// A fault of ours.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
            .because(cause)
    }

    /// With that cause.
    #[must_use]
    pub fn because(self, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..self }
    }

    /// With that time to wait before asking again.
    #[must_use]
    pub fn retry_after(self, pause: Duration) -> Self {
        Self { retry_after: Some(pause), ..self }
    }

    /// What of it is sent.
    pub(super) fn shown(&self) -> Shown<'_> {
        let (line, column) = self.position.unzip();
        Shown { code: self.code, message: &self.message, fields: &self.fields, line, column }
    }

    /// Shows a page in place of the JSON, to people. Status, headers and the log line stay the error's.
    pub(super) fn shown_as(self, page: impl IntoResponse) -> Response {
        let (mut parts, _empty) = self.into_response().into_parts();
        if let Some(failure) = parts.extensions.get_mut::<Failure>() {
            failure.is_shown = true;
        }
        let mut response = page.into_response();
        *response.status_mut() = parts.status;
        response.headers_mut().extend(parts.headers);
        response.extensions_mut().extend(parts.extensions);
        response
    }
}

/// An error on its way through the layers.
#[derive(Clone)]
struct Failure {
    error: Arc<ApiError>,
    is_shown: bool,
}

/// The answer without its body, which `finish` adds.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(self.challenge.header()));
        }
        if let Some(pause) = self.retry_after {
            headers.insert(header::RETRY_AFTER, whole_seconds(pause).into());
        }
        response.extensions_mut().insert(Failure { error: Arc::new(self), is_shown: false });
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable { .. } => {
                let message = "the store is unavailable at the moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", message)
                    .retry_after(STORE_PAUSE)
                    .because(error)
            }
            StoreError::Conflict => {
                let message = "this has changed in the meantime; read it again";
                Self::new(StatusCode::CONFLICT, "conflict", message).because(error)
            }
            StoreError::Inconsistent(_) => Self::internal(error),
        }
    }
}

/// Asked for a path that there is not.
pub(super) async fn no_such_route() -> ApiError {
    ApiError::not_found("there is nothing at this path")
}

/// Asked with a method that the path does not take; the `Allow` header says which it does.
pub(super) async fn no_such_method() -> ApiError {
    let message = "this path does not take that method";
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
}

/// The body of an error.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(super) struct Body<'a> {
    error: Shown<'a>,
    request_id: &'a str,
}

/// What of an error is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErrorDetails)]
pub(super) struct Shown<'a> {
    code: &'static str,
    message: &'a str,
    fields: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
}

/// Gives an answer that is an error its body, and logs what went wrong on our side. Leaves every other answer
/// as it is.
pub(super) fn finish(mut response: Response, id: &RequestId) -> Response {
    let Some(Failure { error, is_shown }) = response.extensions_mut().remove() else { return response };
    if error.status.is_server_error() {
        let cause = error.cause.as_ref().map(|cause| &**cause as &dyn Error);
        tracing::error!(code = error.code, error = cause, "request failed");
    }
    if is_shown {
        return response;
    }
    let body = Body { error: error.shown(), request_id: id.as_str() };
    let (described, body) = Json(body).into_response().into_parts();
    // An inner layer may have measured the empty body.
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(described.headers);
    *response.body_mut() = body;
    response
}

/// In whole seconds, rounded up, so that nobody comes too early.
pub(super) fn whole_seconds(pause: Duration) -> u64 {
    (pause.as_secs() + u64::from(pause.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Ids;
    use axum::http::HeaderMap;
    use axum::response::Html;
    use uuid::Uuid;

    struct Seven;

    impl Ids for Seven {
        fn next(&self) -> Uuid {
            Uuid::from_u128(7)
        }
        fn secret(&self) -> [u8; 32] {
            [7; 32]
        }
    }

    async fn sent(response: Response) -> (StatusCode, HeaderMap, String) {
        let id = RequestId::of(&HeaderMap::new(), &Seven);
        let (parts, body) = finish(response, &id).into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_error_has_one_shape_and_keeps_its_cause() {
        let field = FieldError::in_query(Some("limit"), "is odd");
        let error = ApiError::invalid(vec![field]).because(std::fmt::Error);
        let (status, headers, body) = sent(error.into_response()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
        let expected = serde_json::json!({
            "error": {
                "code": "invalid_request",
                "message": "a parameter of the request is wrong; `fields` says which",
                "fields": [{ "loc": ["query", "limit"], "msg": "is odd" }],
            },
            "request_id": Uuid::from_u128(7),
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap(), expected);
    }

    #[tokio::test]
    async fn a_page_in_place_of_the_shape_leaves_status_and_headers() {
        let (status, headers, body) =
            sent(ApiError::from(StoreError::closed()).shown_as(Html("<h1>Later</h1>"))).await;
        assert_eq!((status, body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "<h1>Later</h1>"));
        assert_eq!(headers[header::RETRY_AFTER], "5");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[tokio::test]
    async fn what_is_no_error_goes_out_as_it_is() {
        let (status, _, body) = sent((StatusCode::NOT_FOUND, "gone").into_response()).await;
        assert_eq!((status, body.as_str()), (StatusCode::NOT_FOUND, "gone"));
    }

    #[test]
    fn a_pause_is_never_cut_short() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (59_999, 60)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds, "{millis}");
        }
    }
}
