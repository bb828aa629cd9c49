//! Calls: place them, look at them, tell them what to do, end them.

use axum::response::Response;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    exchange::{
        behaviour::Fault,
        carrier::{
            Exchange,
            call::{Call, State},
            form::rfc2822,
            placing::{Detection, Event, First, NewCall},
        },
        leg::Input,
        rest::{Form, created, error::ApiError, is_e164, ok, page},
    },
    twiml::read,
};

/// Seconds that a phone rings when nothing else is asked for, and at most.
const USUAL_TIMEOUT: u32 = 60;
const LONGEST_TIMEOUT: u32 = 600;

/// Characters of the longest document that may stand in a request.
const LONGEST_TWIML: usize = 4_000;

/// Tones that can be sent when a call is answered, at most.
const MOST_DIGITS: usize = 32;

/// Places a call.
pub(super) fn place(exchange: &Exchange, form: &Form) -> Result<Response, ApiError> {
    let asked = asked(form)?;
    let now = exchange.now();
    let mut switchboard = exchange.switchboard();
    let sid = switchboard.place(asked, now);
    let shape = switchboard.call(&sid).map(|call| shape(call, &exchange.config().account_sid));
    let lost = switchboard.behaviour.has(Fault::PlacingAnswersLost);
    drop(switchboard);
    exchange.announce();
    if lost {
        return Err(ApiError::INTERNAL);
    }
    shape.map(|shape| created(&shape)).ok_or(ApiError::NOT_FOUND)
}

fn asked(form: &Form) -> Result<NewCall, ApiError> {
    let to = form.given("To").ok_or(ApiError::NO_CALLEE)?;
    let from = form.given("From").ok_or(ApiError::NO_CALLER)?;
    if !is_e164(to) {
        return Err(ApiError::INVALID_TO);
    }
    if !is_e164(from) {
        return Err(ApiError::INVALID_FROM);
    }
    let first = next(form)?.ok_or(ApiError::NO_URL)?;
    let events: Vec<&str> = form.all("StatusCallbackEvent").flat_map(str::split_whitespace).collect();
    let events = if events.is_empty() {
        [Event::Completed].into()
    } else {
        let event = |word: &&str| Event::named(word).ok_or(ApiError::INVALID_EVENT);
        events.iter().map(event).collect::<Result<_, _>>()?
    };
    posted(form, "StatusCallbackMethod")?;
    let timeout = match form.given("Timeout").map(str::parse) {
        None => USUAL_TIMEOUT,
        Some(Ok(timeout)) if timeout <= LONGEST_TIMEOUT => timeout,
        Some(_) => return Err(ApiError::INVALID_TIMEOUT),
    };
    let send_digits = form.given("SendDigits");
    if send_digits.is_some_and(|digits| !are_tones(digits)) {
        return Err(ApiError::INVALID_DIGITS);
    }
    Ok(NewCall {
        to: to.to_owned(),
        from: from.to_owned(),
        first,
        status_callback: form.given("StatusCallback").map(str::to_owned),
        events,
        timeout,
        send_digits: send_digits.map(str::to_owned),
        detection: detection(form)?,
    })
}

fn are_tones(digits: &str) -> bool {
    digits.len() <= MOST_DIGITS
        && digits.chars().all(|digit| matches!(digit, '0'..='9' | '*' | '#' | 'w' | 'W'))
}

fn detection(form: &Form) -> Result<Option<Detection>, ApiError> {
    let message_end = match form.given("MachineDetection") {
        None => return Ok(None),
        Some("Enable") => false,
        Some("DetectMessageEnd") => true,
        Some(_) => return Err(ApiError::INVALID_DETECTION),
    };
    posted(form, "AsyncAmdStatusCallbackMethod")?;
    let at_once = form.given("AsyncAmd") == Some("true");
    let callback = form.given("AsyncAmdStatusCallback").filter(|_| at_once).map(str::to_owned);
    Ok(Some(Detection { message_end, at_once, callback }))
}

/// What the call is to do next, if the form says so.
fn next(form: &Form) -> Result<Option<First>, ApiError> {
    match (form.given("Url"), form.given("Twiml")) {
        (_, Some(text)) if text.chars().count() > LONGEST_TWIML => Err(ApiError::LONG_TWIML),
        (None, Some(text)) => match read::read(text) {
            Ok(response) => Ok(Some(First::Document(response))),
            Err(_) => Err(ApiError::INVALID_TWIML),
        },
        (Some(_), Some(_)) => Err(ApiError::URL_AND_TWIML),
        (Some(url), None) => {
            posted(form, "Method")?;
            let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if is_web { Ok(Some(First::Url(url.to_owned()))) } else { Err(ApiError::INVALID_URL) }
        }
        (None, None) => Ok(None),
    }
}

/// The exchange asks by POST only.
fn posted(form: &Form, name: &str) -> Result<(), ApiError> {
    match form.given(name) {
        None | Some("POST") => Ok(()),
        Some(_) => Err(ApiError::INVALID_METHOD),
    }
}

pub(super) fn list(exchange: &Exchange, query: &Form) -> Result<Response, ApiError> {
    let account = &exchange.config().account_sid;
    let day = moment(query, "StartTime")?;
    let from_when = moment(query, "StartTime>")?.or(day);
    let until = moment(query, "StartTime<")?.or(day);
    let is = |name: &str, value: Option<&str>| query.given(name).is_none_or(|wanted| value == Some(wanted));
    let wanted = |call: &&Call| {
        is("To", Some(&call.to))
            && is("From", call.from.as_deref())
            && is("Status", Some(call.status()))
            && is("ParentCallSid", call.parent.as_deref())
            && from_when.as_ref().is_none_or(|(first, _)| call.started >= *first)
            && until.as_ref().is_none_or(|(_, last)| call.started < *last)
    };
    let switchboard = exchange.switchboard();
    let calls = switchboard.calls().rev().filter(wanted).map(|call| shape(call, account)).collect::<Vec<_>>();
    Ok(page("calls", &calls, &format!("/2010-04-01/Accounts/{account}/Calls.json")))
}

/// The first and the last moment of what is meant: a day (UTC), or one moment.
fn moment(query: &Form, name: &str) -> Result<Option<(Timestamp, Timestamp)>, ApiError> {
    let Some(text) = query.given(name) else { return Ok(None) };
    let day = || {
        let day = text.parse::<Date>().ok()?;
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        Some((midnight(day)?, midnight(day.tomorrow().ok()?)?))
    };
    let at = || text.parse::<Timestamp>().ok().map(|at| (at, at));
    at().or_else(day).map(Some).ok_or(ApiError::INVALID_TIME)
}

pub(super) fn show(exchange: &Exchange, sid: &str) -> Result<Response, ApiError> {
    let switchboard = exchange.switchboard();
    let call = switchboard.call(sid).ok_or(ApiError::NOT_FOUND)?;
    Ok(ok(&shape(call, &exchange.config().account_sid)))
}

/// `Url` or `Twiml` tells a call that is going on what to do next; `Status=canceled` ends one that nobody has
/// picked up, and `Status=completed` any.
pub(super) fn update(exchange: &Exchange, sid: &str, form: &Form) -> Result<Response, ApiError> {
    let next = next(form)?;
    let status = form.given("Status");
    if next.is_some() == matches!(status, Some("completed" | "canceled")) {
        return Err(ApiError::INVALID_STATUS);
    }
    let progress = exchange.switchboard().call(sid).ok_or(ApiError::NOT_FOUND)?.progress;
    let input = match (next, status, progress) {
        (_, _, State::Over(_)) => return Err(ApiError::CALL_OVER),
        (Some(_), None, State::Queued | State::Ringing) if is_awaited(exchange, sid) => {
            return Err(ApiError::CALL_OVER);
        }
        (Some(First::Url(url)), None, _) => Input::Redirect(url),
        (Some(First::Document(response)), None, _) => Input::Replace(response),
        (None, Some("completed"), _) => Input::Completed,
        (None, Some("canceled"), _) if is_awaited(exchange, sid) => Input::Completed,
        (None, Some("canceled"), _) => return show(exchange, sid),
        _ => return Err(ApiError::INVALID_STATUS),
    };
    let going_on = exchange.tell(sid, input).map_err(|_unknown| ApiError::NOT_FOUND)?;
    if going_on { show(exchange, sid) } else { Err(ApiError::CALL_OVER) }
}

fn is_awaited(exchange: &Exchange, sid: &str) -> bool {
    exchange.switchboard().call(sid).is_some_and(Call::is_awaited)
}

fn shape(call: &Call, account: &str) -> Value {
    let started = rfc2822(call.started);
    let uri = format!("/2010-04-01/Accounts/{account}/Calls/{}", call.sid);
    json!({
        "sid": call.sid,
        "account_sid": account,
        "parent_call_sid": call.parent,
        "phone_number_sid": null,
        "from": call.from.as_deref().unwrap_or_default(),
        "from_formatted": call.from.as_deref().unwrap_or_default(),
        "to": call.to,
        "to_formatted": call.to,
        "status": call.status(),
        "direction": call.direction.word(),
        "date_created": started,
        "date_updated": rfc2822(call.ended.unwrap_or(call.started)),
        "start_time": if call.progress == State::Queued { Value::Null } else { json!(started) },
        "end_time": call.ended.map(rfc2822),
        "duration": call.duration().map(|seconds| seconds.to_string()),
        "price": null,
        "price_unit": "USD",
        "answered_by": call.answered_by,
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
