//! The account and its one number, as somebody who has set it up in the console would see them.

use axum::response::Response;
use serde_json::{Value, json};

use crate::exchange::{
    carrier::{Exchange, form::rfc2822},
    rest::{ok, page},
};

pub(super) fn account(exchange: &Exchange) -> Response {
    let sid = &exchange.config().account_sid;
    let now = rfc2822(exchange.now());
    let uri = format!("/2010-04-01/Accounts/{sid}");
    ok(&json!({
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Dutyline exchange",
        "status": "active",
        "type": "Full",
        "date_created": now,
        "date_updated": now,
        "uri": format!("{uri}.json"),
        "subresource_uris": { "incoming_phone_numbers": format!("{uri}/IncomingPhoneNumbers.json") },
    }))
}

/// The numbers that hold what is asked for: a part of a number finds it as well, and `*` stands for any digit.
pub(super) fn list(exchange: &Exchange, asked: Option<&str>) -> Response {
    let config = exchange.config();
    let uri = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", config.account_sid);
    let is_asked_for = asked.is_none_or(|asked| holds(&config.number, asked.trim_start_matches('+')));
    let items: Vec<_> = is_asked_for.then(|| shape(exchange)).into_iter().collect();
    page("incoming_phone_numbers", &items, &uri)
}

fn holds(number: &str, asked: &str) -> bool {
    let (number, asked) = (number.as_bytes(), asked.as_bytes());
    asked.is_empty()
        || number
            .windows(asked.len())
            .any(|part| part.iter().zip(asked).all(|(own, wanted)| *wanted == b'*' || own == wanted))
}

fn shape(exchange: &Exchange) -> Value {
    let config = exchange.config();
    let sid = format!("PN{:032x}", 1);
    let now = rfc2822(exchange.now());
    json!({
        "sid": sid,
        "account_sid": config.account_sid,
        "phone_number": config.number,
        "friendly_name": "Dutyline exchange",
        "capabilities": { "voice": true, "sms": true, "mms": false, "fax": false },
        "voice_url": config.voice_url,
        "voice_method": "POST",
        "voice_fallback_url": null,
        "voice_fallback_method": "POST",
        "voice_application_sid": "",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": false,
        "status_callback": config.status_url.as_deref().unwrap_or_default(),
        "status_callback_method": "POST",
        "sms_url": config.sms_url.as_deref().unwrap_or_default(),
        "sms_method": "POST",
        "sms_application_sid": "",
        "trunk_sid": null,
        "beta": false,
        "origin": "twilio",
        "status": "in-use",
        "date_created": now,
        "date_updated": now,
        "api_version": "2010-04-01",
        "uri": format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers/{sid}.json", config.account_sid),
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn a_part_of_a_number_finds_it() {
        for asked in ["15550100", "5550", "", "1555***0"] {
            assert!(holds("+15550100", asked), "{asked}");
        }
        for asked in ["15550101", "155501000", "6"] {
            assert!(!holds("+15550100", asked), "{asked}");
        }
    }
}
