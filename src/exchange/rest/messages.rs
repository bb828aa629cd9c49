//! Text messages: sent by the gateway, kept and shown here.

use axum::response::Response;
use serde_json::{Value, json};

use crate::exchange::{
    behaviour::Fault,
    carrier::{Exchange, OutgoingText, form::rfc2822, records::Message},
    rest::{Form, created, error::ApiError, is_e164, ok},
};

/// Characters of the longest body.
const LONGEST_BODY: usize = 1_600;

/// Messages of a page where nothing is said, and of the largest.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 1_000;

pub(super) fn send(exchange: &Exchange, form: &Form) -> Result<Response, ApiError> {
    let to = form.get("To").ok_or(ApiError::NO_TO)?;
    if !is_e164(to) {
        return Err(ApiError::INVALID_TO);
    }
    let from = form.get("From").or_else(|| form.get("MessagingServiceSid")).ok_or(ApiError::NO_FROM)?;
    let body = form.get("Body").filter(|body| !body.is_empty()).ok_or(ApiError::NO_BODY)?;
    if body.chars().count() > LONGEST_BODY {
        return Err(ApiError::LONG_BODY);
    }
    let text = OutgoingText {
        to: to.to_owned(),
        from: from.to_owned(),
        body: body.to_owned(),
        status_callback: form.get("StatusCallback").map(str::to_owned),
    };
    let now = exchange.now();
    let mut switchboard = exchange.switchboard();
    let message = switchboard.text(text, now);
    let lost = switchboard.behaviour.has(Fault::TextAnswersLost);
    drop(switchboard);
    exchange.announce();
    if lost {
        return Err(ApiError::INTERNAL);
    }
    Ok(created(&shape(&message, &exchange.config().account_sid, "queued")))
}

/// Those to that number, or all; the newest first, and as many to a page as is asked for.
pub(super) fn list(exchange: &Exchange, query: &Form) -> Response {
    let to = query.given("To");
    let account = &exchange.config().account_sid;
    let mut texts: Vec<Message> = exchange.switchboard().texts.values().cloned().collect();
    texts.retain(|message| to.is_none_or(|to| message.to == to));
    texts.sort_by_key(|message| std::cmp::Reverse(message.created));
    let number = |name: &str| query.given(name).and_then(|given| given.parse::<usize>().ok());
    let size = number("PageSize").unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let this = number("Page").unwrap_or(0);
    let items = texts.iter().skip(this.saturating_mul(size)).take(size);
    let items = items.map(|message| shape(message, account, "delivered")).collect::<Vec<_>>();
    let uri = |page: usize| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(to.map(|to| ("To", to)))
            .append_pair("PageSize", &size.to_string())
            .append_pair("Page", &page.to_string())
            .finish();
        format!("/2010-04-01/Accounts/{account}/Messages.json?{query}")
    };
    let next = this.saturating_add(1);
    let is_more = next.saturating_mul(size) < texts.len();
    ok(&json!({
        "messages": items, "page": this, "page_size": size, "uri": uri(this), "first_page_uri": uri(0),
        "next_page_uri": is_more.then(|| uri(next)), "previous_page_uri": this.checked_sub(1).map(uri),
    }))
}

pub(super) fn show(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let message = exchange.switchboard().texts.get(sid).cloned().ok_or(ApiError::NOT_FOUND)?;
    Ok(ok(&shape(&message, &exchange.config().account_sid, "delivered")))
}

fn shape(message: &Message, account: &str, status: &str) -> Value {
    let at = rfc2822(message.created);
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", message.sid);
    json!({
        "sid": message.sid,
        "account_sid": account,
        "messaging_service_sid": null,
        "to": message.to,
        "from": message.from,
        "body": message.body,
        "status": status,
        "direction": "outbound-api",
        "num_segments": message.body.chars().count().div_ceil(153).max(1).to_string(),
        "num_media": "0",
        "date_created": at,
        "date_updated": at,
        "date_sent": if status == "queued" { Value::Null } else { json!(at) },
        "price": null,
        "price_unit": "USD",
        "error_code": null,
        "error_message": null,
        "api_version": "2010-04-01",
        "uri": format!("{uri}.json"),
        "subresource_uris": { "media": format!("{uri}/Media.json") },
    })
}
