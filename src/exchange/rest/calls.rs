//! Calls: look at them, end them.

use axum::response::Response;
use serde_json::{Value, json};

use crate::exchange::{
    carrier::{Exchange, call::Call, form::rfc2822},
    rest::{Form, error::ApiError, ok, page},
};

pub(super) fn list(exchange: &Exchange) -> Response {
    let account = &exchange.config().account_sid;
    let calls = exchange.switchboard().calls().rev().map(|call| shape(call, account)).collect::<Vec<_>>();
    page("calls", &calls, &format!("/2010-04-01/Accounts/{account}/Calls.json"))
}

pub(super) fn show(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let switchboard = exchange.switchboard();
    let call = switchboard.call(sid).ok_or(ApiError::NOT_FOUND)?;
    Ok(ok(&shape(call, &exchange.config().account_sid)))
}

/// `Status=completed` ends the call; nothing else can be asked of a call here.
pub(super) fn update(exchange: &Exchange, sid: &str, form: &Form) -> Result<Response, ApiError> {
    if form.get("Status") != Some("completed") {
        return Err(ApiError::INVALID_STATUS);
    }
    let going_on = exchange.complete(sid).map_err(|_unknown| ApiError::NOT_FOUND)?;
    if going_on { show(exchange, sid) } else { Err(ApiError::CALL_OVER) }
}

fn shape(call: &Call, account: &str) -> Value {
    let started = rfc2822(call.started);
    let uri = format!("/2010-04-01/Accounts/{account}/Calls/{}", call.sid);
    json!({
        "sid": call.sid,
        "account_sid": account,
        "parent_call_sid": null,
        "phone_number_sid": null,
        "from": call.from.as_deref().unwrap_or_default(),
        "from_formatted": call.from.as_deref().unwrap_or_default(),
        "to": call.to,
        "to_formatted": call.to,
        "status": call.status(),
        "direction": "inbound",
        "date_created": started,
        "date_updated": rfc2822(call.ended.unwrap_or(call.started)),
        "start_time": started,
        "end_time": call.ended.map(rfc2822),
        "duration": call.duration().map(|seconds| seconds.to_string()),
        "price": null,
        "price_unit": "USD",
        "answered_by": null,
        "api_version": "2010-04-01",
        "forwarded_from": null,
        "group_sid": null,
        "caller_name": null,
        "queue_time": "0",
        "trunk_sid": null,
        "uri": format!("{uri}.json"),
        "subresource_uris": { "recordings": format!("{uri}/Recordings.json") },
    })
}
