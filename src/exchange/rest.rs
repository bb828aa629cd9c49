//! The carrier's API, as far as a gateway uses it (Twilio, "REST API 2010-04-01"): calls, recordings,
//! transcriptions, text messages, the account and its number. HTTP Basic with account and token, or with a key.

mod calls;
mod error;
mod messages;
mod numbers;
mod recordings;
mod transcriptions;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
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
    Router::new()
        .route("/2010-04-01/Accounts/{account}", any(of_account))
        .route("/2010-04-01/Accounts/{account}/{*resource}", any(answer))
        .with_state(exchange)
}

/// The account itself. A key does not open it, unless it is a main key ("API keys", types of keys); ours is none.
async fn of_account(
    State(exchange): State<Exchange>,
    Path(name): Path<String>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    if let_in(&exchange, &headers) != Some(Visitor::Owner) {
        return ApiError::UNAUTHORIZED.into_response();
    }
    if method != Method::GET || name.strip_suffix(".json") != Some(exchange.config().account_sid.as_str()) {
        return ApiError::NOT_FOUND.into_response();
    }
    numbers::account(&exchange)
}

async fn answer(
    State(exchange): State<Exchange>,
    Path((account, resource)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let_in(&exchange, &headers).is_none() {
        return ApiError::UNAUTHORIZED.into_response();
    }
    if account != exchange.config().account_sid {
        return ApiError::NOT_FOUND.into_response();
    }
    let form = Form::read(&body);
    let parts: Vec<&str> = resource.split('/').collect();
    let answer = match (method.as_str(), parts.as_slice()) {
        ("POST", ["Messages.json"]) => messages::send(&exchange, &form),
        ("GET", ["Messages.json"]) => {
            let query = Form::read(uri.query().unwrap_or_default().as_bytes());
            Ok(messages::list(&exchange, &query))
        }
        ("GET", ["Messages", name]) => messages::show(&exchange, json_name(name)),
        ("GET", ["Calls.json"]) => {
            calls::list(&exchange, &Form::read(uri.query().unwrap_or_default().as_bytes()))
        }
        ("POST", ["Calls.json"]) => calls::place(&exchange, &form),
        ("GET", ["Calls", name]) => calls::show(&exchange, json_name(name)),
        ("POST", ["Calls", name]) => calls::update(&exchange, json_name(name), &form),
        ("GET", ["Calls", sid, "Recordings.json"]) => recordings::of_call(&exchange, sid),
        ("DELETE", ["Recordings", name]) => recordings::delete(&exchange, json_name(name)),
        ("GET", ["Recordings", name]) => match name.strip_suffix(".json") {
            Some(sid) => recordings::show(&exchange, sid),
            None => recordings::sound(&exchange, name).await,
        },
        ("GET", ["Recordings", sid, "Transcriptions.json"]) => transcriptions::of_recording(&exchange, sid),
        ("GET", ["IncomingPhoneNumbers.json"]) => {
            let query = Form::read(uri.query().unwrap_or_default().as_bytes());
            Ok(numbers::list(&exchange, query.get("PhoneNumber")))
        }
        ("GET", ["Recordings.json"]) => Ok(recordings::list(&exchange)),
        ("GET", ["Transcriptions", name]) => transcriptions::show(&exchange, json_name(name)),
        _ => Err(ApiError::NOT_FOUND),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visitor {
    /// Somebody with the account's token.
    Owner,
    /// Somebody with a key.
    Key,
}

/// Whoever proves to be let in.
fn let_in(exchange: &Exchange, headers: &HeaderMap) -> Option<Visitor> {
    let config = exchange.config();
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Basic ")).unwrap_or_default();
    let is = |user: &str, password: &str| {
        bool::from(given.as_bytes().ct_eq(STANDARD.encode(format!("{user}:{password}")).as_bytes()))
    };
    if is(&config.account_sid, &config.auth_token) {
        return Some(Visitor::Owner);
    }
    config.api_key.as_ref().filter(|(sid, secret)| is(sid, secret)).map(|_| Visitor::Key)
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

/// `+`, then 2 to 15 digits of which the first is not 0.
fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
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

    /// The same for a field in which nothing is as good as no field.
    fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Every value of a field that may be sent several times.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
