//! The carrier's API, as far as a gateway uses it (Twilio, "REST API 2010-04-01"): calls, recordings,
//! transcriptions, text messages. HTTP Basic with account and token.

mod calls;
mod error;
mod messages;
mod recordings;
mod transcriptions;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::carrier::Exchange;
use error::ApiError;

/// The API's routes. Names end in `.json` or a file ending, so the path is taken apart by hand.
pub(super) fn router(exchange: Exchange) -> Router {
    Router::new().route("/2010-04-01/Accounts/{account}/{*resource}", any(answer)).with_state(exchange)
}

async fn answer(
    State(exchange): State<Exchange>,
    Path((account, resource)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_let_in(&exchange, &headers) {
        return ApiError::UNAUTHORIZED.into_response();
    }
    if account != exchange.config().account_sid {
        return ApiError::NOT_FOUND.into_response();
    }
    let form = Form::read(&body);
    let parts: Vec<&str> = resource.split('/').collect();
    let answer = match (method.as_str(), parts.as_slice()) {
        ("POST", ["Messages.json"]) => messages::send(&exchange, &form),
        ("GET", ["Messages.json"]) => Ok(messages::list(&exchange)),
        ("GET", ["Messages", name]) => messages::show(&exchange, json_name(name)),
        ("GET", ["Calls.json"]) => Ok(calls::list(&exchange)),
        ("GET", ["Calls", name]) => calls::show(&exchange, json_name(name)),
        ("POST", ["Calls", name]) => calls::update(&exchange, json_name(name), &form),
        ("GET", ["Calls", sid, "Recordings.json"]) => recordings::of_call(&exchange, sid),
        ("DELETE", ["Recordings", name]) => recordings::delete(&exchange, json_name(name)),
        ("GET", ["Recordings", name]) => match name.strip_suffix(".json") {
            Some(sid) => recordings::show(&exchange, sid),
            None => recordings::sound(&exchange, name).await,
        },
        ("GET", ["Recordings", sid, "Transcriptions.json"]) => transcriptions::of_recording(&exchange, sid),
        ("GET", ["Transcriptions", name]) => transcriptions::show(&exchange, json_name(name)),
        _ => Err(ApiError::NOT_FOUND),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

fn is_let_in(exchange: &Exchange, headers: &HeaderMap) -> bool {
    let config = exchange.config();
    let expected = STANDARD.encode(format!("{}:{}", config.account_sid, config.auth_token));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Basic ")).unwrap_or_default();
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

/// The sid that a resource's name stands for.
fn json_name(name: &str) -> &str {
    name.strip_suffix(".json").unwrap_or(name)
}

/// A JSON answer.
fn ok(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// A JSON answer about something new.
fn created(value: &Value) -> Response {
    (StatusCode::CREATED, ok(value)).into_response()
}

/// A list as one page: what the exchange keeps is never long enough for two.
fn page(name: &str, items: &[Value], uri: &str) -> Response {
    let end = items.len().saturating_sub(1);
    let size = items.len();
    ok(&json!({
        name: items, "page": 0, "page_size": size.max(50), "start": 0, "end": end,
        "uri": uri, "first_page_uri": uri, "next_page_uri": null, "previous_page_uri": null,
    }))
}

/// A form as the gateway sends it; the first of equal names counts.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
