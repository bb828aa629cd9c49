//! XML as a document, read the way a carrier does, only stricter.
//!
//! Whatever a [`Response`] cannot hold is an error with its place, never skipped: the built-in exchange
//! reads with this, so a document that a carrier would misunderstand fails in a test. The defaults of
//! Twilio's page of each verb apply to attributes that are left out.

mod attributes;
mod dial;
mod error;
mod items;
mod message;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

pub use error::ReadError;
pub use message::message;

use super::{Gather, Pause, Play, Prompt, Record, Redirect, Response, Say, Verb};
use attributes::Attributes;
use items::{Item, Items};
use quick_xml::events::BytesStart;

/// The longest document that a carrier takes, in bytes (Twilio, error 11750: 64 kB).
pub const MAX_BYTES: usize = 64 * 1024;

/// How many phones can ring at once (Twilio, "Dial": up to ten).
pub const MAX_NUMBERS: usize = 10;

/// The keys of a phone that a document can name.
const KEYS: &str = "1234567890*#";

/// Reads a document.
pub fn read(xml: &str) -> Result<Response, ReadError> {
    if xml.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { size: xml.len() });
    }
    let mut items = Items::new(xml);
    root(&mut items)?;
    let mut verbs = Vec::new();
    while let Some(tag) = child(&mut items, "Response")? {
        verbs.push(verb(&mut items, &tag)?);
    }
    match items.next_solid()? {
        Item::End => Ok(Response { verbs }),
        Item::Open(_) | Item::Close | Item::Text(_) => Err(ReadError::NotAResponse { at: items.at() }),
    }
}

fn root(items: &mut Items<'_>) -> Result<(), ReadError> {
    match items.next_solid()? {
        Item::Open(tag) if tag.name().as_ref() == "Response" => {
            Attributes::of("Response", &tag, items.at())?.finish()
        }
        Item::Open(_) | Item::Close | Item::Text(_) | Item::End => {
            Err(ReadError::NotAResponse { at: items.at() })
        }
    }
}

/// The next element inside `parent`, `None` at its end.
fn child<'a>(items: &mut Items<'a>, parent: &'static str) -> Result<Option<BytesStart<'a>>, ReadError> {
    match items.next_solid()? {
        Item::Open(tag) => Ok(Some(tag)),
        Item::Close => Ok(None),
        Item::Text(_) => Err(ReadError::UnexpectedText { at: items.at(), inside: parent }),
        Item::End => Err(ReadError::Unclosed { at: items.at(), element: parent }),
    }
}

fn verb(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Verb, ReadError> {
    Ok(match tag.name().as_ref() {
        "Say" => Verb::Say(say(items, tag)?),
        "Play" => Verb::Play(play(items, tag)?),
        "Pause" => Verb::Pause(pause(items, tag)?),
        "Gather" => Verb::Gather(gather(items, tag)?),
        "Record" => Verb::Record(record(items, tag)?),
        "Dial" => Verb::Dial(dial::dial(items, tag)?),
        "Redirect" => Verb::Redirect(redirect(items, tag)?),
        "Hangup" => hangup(items, tag)?,
        _ => return Err(not_here(items.at(), tag, "Response")),
    })
}

fn say(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Say, ReadError> {
    let mut attributes = Attributes::of("Say", tag, items.at())?;
    let voice = attributes.take("voice").unwrap_or_else(|| "man".to_owned());
    let language = attributes.take("language").unwrap_or_else(|| "en-US".to_owned());
    attributes.finish()?;
    Ok(Say { voice, language, text: text(items, "Say")? })
}

fn play(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Play, ReadError> {
    Attributes::of("Play", tag, items.at())?.finish()?;
    Ok(Play { url: something(items, "Play", "URL")? })
}

fn pause(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Pause, ReadError> {
    let mut attributes = Attributes::of("Pause", tag, items.at())?;
    let length = attributes.number("length", 1)?.unwrap_or(1);
    attributes.finish()?;
    nothing(items, "Pause")?;
    Ok(Pause { length })
}

fn gather(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Gather, ReadError> {
    let mut attributes = Attributes::of("Gather", tag, items.at())?;
    attributes.only("input", "dtmf")?;
    attributes.only("method", "POST")?;
    let action = attributes.required("action")?;
    let num_digits = attributes.number("numDigits", 1)?;
    let finish_on_key =
        attributes.text("finishOnKey", "#", "one key of 0-9, * and #, or nothing", |keys| {
            keys.is_empty() || (keys.len() == 1 && are_keys(keys))
        })?;
    let timeout = attributes.number("timeout", 0)?.unwrap_or(5);
    attributes.finish()?;
    let mut prompts = Vec::new();
    while let Some(tag) = child(items, "Gather")? {
        prompts.push(match tag.name().as_ref() {
            "Say" => Prompt::Say(say(items, &tag)?),
            "Play" => Prompt::Play(play(items, &tag)?),
            "Pause" => Prompt::Pause(pause(items, &tag)?),
            _ => return Err(not_here(items.at(), &tag, "Gather")),
        });
    }
    Ok(Gather { action, num_digits, finish_on_key, timeout, prompts })
}

fn record(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Record, ReadError> {
    let mut attributes = Attributes::of("Record", tag, items.at())?;
    attributes.only("method", "POST")?;
    let record = Record {
        action: attributes.required("action")?,
        timeout: attributes.number("timeout", 0)?.unwrap_or(5),
        finish_on_key: attributes.text("finishOnKey", KEYS, "keys of 0-9, * and #, or nothing", are_keys)?,
        max_length: attributes.number("maxLength", 1)?.unwrap_or(3600),
        play_beep: attributes.flag("playBeep")?.unwrap_or(true),
        recording_status_callback: recording_status_callback(&mut attributes)?,
        transcribe_callback: transcribe_callback(&mut attributes)?,
    };
    attributes.finish()?;
    nothing(items, "Record")?;
    Ok(record)
}

/// A [`Record`] that asks for callbacks asks for both events. The carrier's own default is `completed`
/// alone, which it cannot express.
fn recording_status_callback(attributes: &mut Attributes) -> Result<Option<String>, ReadError> {
    let Some(url) = attributes.take("recordingStatusCallback") else {
        return Ok(None);
    };
    attributes.events("recordingStatusCallbackEvent", "completed absent")?;
    Ok(Some(url))
}

fn transcribe_callback(attributes: &mut Attributes) -> Result<Option<String>, ReadError> {
    if attributes.flag("transcribe")?.unwrap_or(false) {
        attributes.required("transcribeCallback").map(Some)
    } else {
        Ok(None)
    }
}

fn redirect(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Redirect, ReadError> {
    let mut attributes = Attributes::of("Redirect", tag, items.at())?;
    attributes.only("method", "POST")?;
    attributes.finish()?;
    Ok(Redirect { url: something(items, "Redirect", "URL")? })
}

fn hangup(items: &mut Items<'_>, tag: &BytesStart<'_>) -> Result<Verb, ReadError> {
    Attributes::of("Hangup", tag, items.at())?.finish()?;
    nothing(items, "Hangup")?;
    Ok(Verb::Hangup)
}

/// The text of an element that holds nothing else, blanks included.
fn text(items: &mut Items<'_>, element: &'static str) -> Result<String, ReadError> {
    let mut text = String::new();
    loop {
        match items.next()? {
            Item::Text(more) => text.push_str(&more),
            Item::Close => return Ok(text),
            Item::Open(tag) => return Err(not_here(items.at(), &tag, element)),
            Item::End => return Err(ReadError::Unclosed { at: items.at(), element }),
        }
    }
}

/// The text of an element that is about nothing else; `what` it is, where there is none.
fn something(items: &mut Items<'_>, element: &'static str, what: &'static str) -> Result<String, ReadError> {
    let at = items.at();
    let text = text(items, element)?;
    if text.is_empty() { Err(ReadError::Nothing { at, element, what }) } else { Ok(text) }
}

/// The end of an element that must be empty.
fn nothing(items: &mut Items<'_>, element: &'static str) -> Result<(), ReadError> {
    match child(items, element)? {
        None => Ok(()),
        Some(tag) => Err(not_here(items.at(), &tag, element)),
    }
}

fn not_here(at: u64, tag: &BytesStart<'_>, inside: &'static str) -> ReadError {
    let verb = tag.name().as_ref().to_owned();
    match verb.as_str() {
        "Response" | "Say" | "Play" | "Pause" | "Gather" | "Record" | "Dial" | "Number" | "Conference"
        | "Redirect" | "Hangup" => ReadError::Misplaced { at, verb, inside },
        _ => ReadError::UnknownVerb { at, verb },
    }
}

fn are_keys(keys: &str) -> bool {
    keys.chars().all(|key| KEYS.contains(key))
}
