//! A document as the XML that a carrier reads.
//!
//! The only place that knows about escaping. Source of names: Twilio's `TwiML` reference, the page of
//! each verb. Every attribute is written out, so that the document means the same to carriers whose defaults
//! differ.

use super::{Gather, Pause, Prompt, Record, Redirect, Response, Say, Verb};
use quick_xml::escape::partial_escape;
use quick_xml::events::BytesStart;
use std::borrow::Cow;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

impl Response {
    /// The document as UTF-8 XML. Characters that XML 1.0 cannot carry are left out of texts and URLs.
    pub fn to_xml(&self) -> String {
        let mut xml = Xml(DECLARATION.to_owned());
        xml.element(&BytesStart::new("Response"), |xml| {
            for verb in &self.verbs {
                match verb {
                    Verb::Say(say) => xml.say(say),
                    Verb::Pause(pause) => xml.pause(pause),
                    Verb::Gather(gather) => xml.gather(gather),
                    Verb::Record(record) => xml.record(record),
                    Verb::Redirect(redirect) => xml.redirect(redirect),
                    Verb::Hangup => xml.empty(&BytesStart::new("Hangup")),
                }
            }
        });
        xml.0
    }
}

/// Whether XML 1.0 can carry the character at all, even as a reference (XML 1.0, production 2).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

struct Xml(String);

impl Xml {
    fn say(&mut self, say: &Say) {
        let tag = with(BytesStart::new("Say"), "voice", &say.voice);
        let tag = with(tag, "language", &say.language);
        self.element(&tag, |xml| xml.text(&say.text));
    }

    fn pause(&mut self, pause: &Pause) {
        self.empty(&with_number(BytesStart::new("Pause"), "length", pause.length));
    }

    fn gather(&mut self, gather: &Gather) {
        let mut tag = with(BytesStart::new("Gather"), "input", "dtmf");
        tag = with(tag, "action", &gather.action);
        tag = with(tag, "method", "POST");
        if let Some(count) = gather.num_digits {
            tag = with_number(tag, "numDigits", count);
        }
        tag = with(tag, "finishOnKey", &gather.finish_on_key);
        tag = with_number(tag, "timeout", gather.timeout);
        self.element(&tag, |xml| {
            for prompt in &gather.prompts {
                match prompt {
                    Prompt::Say(say) => xml.say(say),
                    Prompt::Pause(pause) => xml.pause(pause),
                }
            }
        });
    }

    fn record(&mut self, record: &Record) {
        let mut tag = with(BytesStart::new("Record"), "action", &record.action);
        tag = with(tag, "method", "POST");
        tag = with_number(tag, "timeout", record.timeout);
        tag = with(tag, "finishOnKey", &record.finish_on_key);
        tag = with_number(tag, "maxLength", record.max_length);
        tag = with(tag, "playBeep", if record.play_beep { "true" } else { "false" });
        if let Some(url) = &record.recording_status_callback {
            tag = with(tag, "recordingStatusCallback", url);
            tag = with(tag, "recordingStatusCallbackEvent", "completed absent");
        }
        if let Some(url) = &record.transcribe_callback {
            tag = with(tag, "transcribe", "true");
            tag = with(tag, "transcribeCallback", url);
        }
        self.empty(&tag);
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let tag = with(BytesStart::new("Redirect"), "method", "POST");
        self.element(&tag, |xml| xml.text(&redirect.url));
    }

    fn element(&mut self, tag: &BytesStart<'_>, content: impl FnOnce(&mut Self)) {
        self.between("<", tag, ">");
        content(self);
        self.between("</", tag.name().as_ref(), ">");
    }

    fn empty(&mut self, tag: &BytesStart<'_>) {
        self.between("<", tag, "/>");
    }

    fn text(&mut self, text: &str) {
        self.0.push_str(&partial_escape(only_xml_chars(text)));
    }

    fn between(&mut self, before: &str, inner: &str, after: &str) {
        self.0.extend([before, inner, after]);
    }
}

/// The tag with one more attribute. Line ends and tabs become character references, because a reader
/// turns bare ones into blanks.
fn with<'a>(mut tag: BytesStart<'a>, name: &str, value: &str) -> BytesStart<'a> {
    tag.push_attribute((name, only_xml_chars(value)));
    tag
}

fn with_number<'a>(tag: BytesStart<'a>, name: &str, value: u32) -> BytesStart<'a> {
    with(tag, name, &value.to_string())
}

fn only_xml_chars(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml_char) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|&c| is_xml_char(c)).collect())
    }
}
