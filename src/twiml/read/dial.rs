//! The verb that connects the line to somebody else, and what stands in it.

use super::attributes::Attributes;
use super::items::Items;
use super::{KEYS, MAX_NUMBERS, ReadError, child, not_here, something};
use crate::twiml::{Conference, Dial, DialTo, Number};
use quick_xml::events::BytesStart;

/// Digits of the longest number there can be (ITU-T E.164).
const MAX_DIGITS: usize = 15;

pub(super) fn dial(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Dial, ReadError> {
    let at = items.at();
    let mut attributes = Attributes::of("Dial", tag, at)?;
    let action = attributes.take("action");
    if action.is_some() {
        attributes.only("method", "POST")?;
    }
    let timeout = attributes.within("timeout", 5..=600)?.unwrap_or(30);
    let time_limit = attributes.number("timeLimit", 1)?;
    let caller_id = attributes.take("callerId");
    if caller_id.as_deref().is_some_and(|number| !is_number(number)) {
        return Err(attributes.bad_value("callerId", "a number as +15550100"));
    }
    attributes.finish()?;
    let to = whom(items, at)?;
    Ok(Dial { action, timeout, time_limit, caller_id, to })
}

fn whom(items: &mut Items<'_>, at: u64) -> Result<DialTo, ReadError> {
    let mut numbers = Vec::new();
    let mut conferences = Vec::new();
    while let Some(tag) = child(items, "Dial")? {
        match tag.name().as_ref() {
            "Number" => numbers.push(number(items, &tag)?),
            "Conference" => conferences.push(conference(items, &tag)?),
            _ => return Err(not_here(items.at(), &tag, "Dial")),
        }
    }
    match (numbers.len(), conferences.pop()) {
        (1..=MAX_NUMBERS, None) => Ok(DialTo::Numbers(numbers)),
        (0, Some(conference)) if conferences.is_empty() => Ok(DialTo::Conference(conference)),
        _ => Err(ReadError::NotDialable { at }),
    }
}

fn number(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Number, ReadError> {
    let at = items.at();
    let mut attributes = Attributes::of("Number", tag, at)?;
    let url = attributes.take("url");
    if url.is_some() {
        attributes.only("method", "POST")?;
    }
    let send_digits = attributes.take("sendDigits");
    if send_digits.as_deref().is_some_and(|keys| !are_sent(keys)) {
        return Err(attributes.bad_value("sendDigits", "keys of 0-9, * and #, and pauses w and W"));
    }
    let status_callback = attributes.take("statusCallback");
    if status_callback.is_some() {
        attributes.only("statusCallbackMethod", "POST")?;
        attributes.events("statusCallbackEvent", "initiated ringing answered completed")?;
    }
    attributes.finish()?;
    let number = something(items, "Number", "number")?;
    if is_number(&number) {
        Ok(Number { number, url, send_digits, status_callback })
    } else {
        Err(ReadError::NotANumber { at })
    }
}

fn conference(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Conference, ReadError> {
    let mut attributes = Attributes::of("Conference", tag, items.at())?;
    let start_on_enter = attributes.flag("startConferenceOnEnter")?.unwrap_or(true);
    let end_on_exit = attributes.flag("endConferenceOnExit")?.unwrap_or(false);
    let beep = attributes.flag("beep")?.unwrap_or(true);
    let wait_url = attributes.take("waitUrl");
    if wait_url.is_some() {
        attributes.only("waitMethod", "POST")?;
    }
    attributes.finish()?;
    let name = something(items, "Conference", "name")?;
    Ok(Conference { name, start_on_enter, end_on_exit, beep, wait_url })
}

/// E.164, which is what we dial. The carrier takes more, and guesses the country.
fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

fn are_sent(keys: &str) -> bool {
    !keys.is_empty() && keys.chars().all(|key| KEYS.contains(key) || matches!(key, 'w' | 'W'))
}
