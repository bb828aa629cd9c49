//! Errors in the carrier's shape: a number that its documentation explains.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// One of the carrier's errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApiError {
    status: StatusCode,
    code: u32,
    message: &'static str,
}

impl ApiError {
    pub(super) const UNAUTHORIZED: Self = Self::new(StatusCode::UNAUTHORIZED, 20003, "Authenticate");
    pub(super) const INTERNAL: Self =
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, 20500, "An internal server error has occurred");
    pub(super) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, 20404, "The requested resource was not found");
    pub(super) const INVALID_STATUS: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: Status");
    pub(super) const CALL_OVER: Self =
        Self::new(StatusCode::BAD_REQUEST, 21220, "Call is not in-progress. Cannot redirect.");
    pub(super) const INVALID_TO: Self =
        Self::new(StatusCode::BAD_REQUEST, 21211, "Invalid 'To' Phone Number");
    pub(super) const INVALID_FROM: Self =
        Self::new(StatusCode::BAD_REQUEST, 21212, "Invalid 'From' Phone Number");
    pub(super) const NO_CALLEE: Self =
        Self::new(StatusCode::BAD_REQUEST, 21201, "No 'To' number is specified");
    pub(super) const NO_CALLER: Self =
        Self::new(StatusCode::BAD_REQUEST, 21213, "Caller phone number is required");
    pub(super) const NO_URL: Self = Self::new(StatusCode::BAD_REQUEST, 21205, "Url parameter is required.");
    pub(super) const INVALID_URL: Self = Self::new(StatusCode::BAD_REQUEST, 21205, "Url is not a valid URL");
    pub(super) const INVALID_METHOD: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: only POST is offered here");
    pub(super) const INVALID_EVENT: Self =
        Self::new(StatusCode::BAD_REQUEST, 21626, "Invalid 'StatusCallbackEvent'");
    pub(super) const INVALID_TIMEOUT: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: Timeout");
    pub(super) const INVALID_DIGITS: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: SendDigits");
    pub(super) const INVALID_DETECTION: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: MachineDetection");
    pub(super) const INVALID_TIME: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: StartTime");
    pub(super) const INVALID_TWIML: Self =
        Self::new(StatusCode::BAD_REQUEST, 12100, "Document parse failure");
    pub(super) const LONG_TWIML: Self =
        Self::new(StatusCode::BAD_REQUEST, 32018, "Twiml parameter is longer than 4000 characters");
    pub(super) const URL_AND_TWIML: Self =
        Self::new(StatusCode::BAD_REQUEST, 20001, "Invalid parameter: Url and Twiml exclude one another");
    pub(super) const NO_BODY: Self = Self::new(StatusCode::BAD_REQUEST, 21602, "Message body is required.");
    pub(super) const NO_FROM: Self =
        Self::new(StatusCode::BAD_REQUEST, 21603, "A 'From' phone number is required.");
    pub(super) const NO_TO: Self =
        Self::new(StatusCode::BAD_REQUEST, 21604, "A 'To' phone number is required.");
    pub(super) const LONG_BODY: Self = Self::new(
        StatusCode::BAD_REQUEST,
        21617,
        "The concatenated message body exceeds the 1600 character limit.",
    );

    const fn new(status: StatusCode, code: u32, message: &'static str) -> Self {
        Self { status, code, message }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status.as_u16(),
        });
        (self.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}
