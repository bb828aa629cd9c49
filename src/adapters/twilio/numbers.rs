//! The account at Twilio, and how our numbers are set up there.

use super::wire::{Account, ListedNumber, Numbers};
use super::{Twilio, TwilioLogin};
use crate::domain::contact::PhoneNumber;
use crate::ports::error::VendorError;
use crate::ports::telephony::{NumberAtCarrier, Webhook};

/// Whether Twilio knows us. The account itself can be read with its token only ("API keys": standard and
/// restricted keys don't open it), so that a key is tried on what the gateway needs it for most.
pub(super) async fn probe(twilio: &Twilio) -> Result<(), VendorError> {
    match &twilio.account.login {
        TwilioLogin::Token(_) => {
            let url = twilio.address(&[&format!("{}.json", twilio.account.account_sid)])?;
            let answer = twilio.accepted(twilio.ask(twilio.client.get(url)).await?).await?;
            let Account { status } = twilio.vendor().json(answer).await?;
            match status.as_str() {
                "active" => Ok(()),
                "suspended" => Err(VendorError::permanent("the carrier has suspended the account")),
                _ => Err(VendorError::permanent("the account is closed")),
            }
        }
        TwilioLogin::Key { .. } => {
            let request = twilio.client.get(twilio.url(&["Recordings.json"])?).query(&[("PageSize", "1")]);
            twilio.accepted(twilio.ask(request).await?).await.map(drop)
        }
    }
}

/// A number of the account. Twilio finds numbers by a part of them as well, so only the same one counts.
pub(super) async fn number(
    twilio: &Twilio,
    number: &PhoneNumber,
) -> Result<Option<NumberAtCarrier>, VendorError> {
    let url = twilio.url(&["IncomingPhoneNumbers.json"])?;
    let request = twilio.client.get(url).query(&[("PhoneNumber", number.as_str())]);
    let answer = twilio.accepted(twilio.ask(request).await?).await?;
    let Numbers { incoming_phone_numbers } = twilio.vendor().json(answer).await?;
    Ok(incoming_phone_numbers.into_iter().find(|one| one.phone_number == number.as_str()).map(set_up))
}

fn set_up(listed: ListedNumber) -> NumberAtCarrier {
    let is_there = |sid: &Option<String>| sid.as_deref().is_some_and(|sid| !sid.is_empty());
    let instead = if is_there(&listed.trunk_sid) {
        Some("a SIP trunk")
    } else if is_there(&listed.voice_application_sid) {
        Some("a TwiML app")
    } else {
        None
    };
    let webhook = |url: Option<String>, method: Option<String>| Webhook {
        url: url.unwrap_or_default(),
        method: method.unwrap_or_else(|| "POST".to_owned()),
    };
    NumberAtCarrier {
        voice: webhook(listed.voice_url, listed.voice_method),
        status: webhook(listed.status_callback, listed.status_callback_method),
        sms: webhook(listed.sms_url, listed.sms_method),
        instead,
        texts_instead: is_there(&listed.sms_application_sid).then_some("a TwiML app"),
        calls: listed.capabilities.voice && listed.voice_receive_mode.as_deref() != Some("fax"),
        texts: listed.capabilities.sms,
    }
}
