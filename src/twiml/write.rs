//! A document as the XML that a carrier reads.
//!
//! The only place that knows about escaping. Source of names: Twilio's `TwiML` reference, the page of
//! each verb. Every attribute is written out, so that the document means the same to carriers whose defaults
//! differ.

use super::{
    Conference, Dial, DialTo, Gather, Number, Pause, Play, Prompt, Record, Redirect, Response, Say, Verb,
};
use std::fmt::Write as _;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// Room for most documents, so that they are written without moving.
const ROOM: usize = 2048;

impl Response {
    /// The document as UTF-8 XML. Characters that XML 1.0 cannot carry are left out of texts and URLs.
    pub fn to_xml(&self) -> String {
        let mut xml = Xml(String::with_capacity(ROOM));
        xml.0.push_str(DECLARATION);
        xml.0.push_str("<Response>");
        for verb in &self.verbs {
            match verb {
                Verb::Say(say) => xml.say(say),
                Verb::Play(play) => xml.play(play),
                Verb::Pause(pause) => xml.pause(pause),
                Verb::Gather(gather) => xml.gather(gather),
                Verb::Record(record) => xml.record(record),
                Verb::Dial(dial) => xml.dial(dial),
                Verb::Redirect(redirect) => xml.redirect(redirect),
                Verb::Hangup => xml.0.push_str("<Hangup/>"),
            }
        }
        xml.0.push_str("</Response>");
        xml.0
    }
}

/// The document that answers a text message: what is written back, `None`: nothing. (Source: Twilio, "TwiML for
/// Programmable Messaging".)
pub fn message(answer: Option<&str>) -> String {
    let mut xml = Xml(DECLARATION.to_owned());
    xml.0.push_str("<Response>");
    if let Some(text) = answer {
        xml.0.push_str("<Message>");
        xml.text(text, Place::Content);
        xml.0.push_str("</Message>");
    }
    xml.0.push_str("</Response>");
    xml.0
}

/// Whether XML 1.0 can carry the character at all, even as a reference (XML 1.0, production 2).
pub(super) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between tags.
    Content,
    /// Between the quotes of an attribute.
    Attribute,
}

struct Xml(String);

impl Xml {
    fn say(&mut self, say: &Say) {
        self.0.push_str("<Say");
        self.attribute("voice", &say.voice);
        self.attribute("language", &say.language);
        self.0.push('>');
        self.text(&say.text, Place::Content);
        self.0.push_str("</Say>");
    }

    fn play(&mut self, play: &Play) {
        self.0.push_str("<Play>");
        self.text(&play.url, Place::Content);
        self.0.push_str("</Play>");
    }

    fn pause(&mut self, pause: &Pause) {
        self.0.push_str("<Pause");
        self.number("length", pause.length);
        self.0.push_str("/>");
    }

    fn gather(&mut self, gather: &Gather) {
        self.0.push_str("<Gather");
        self.attribute("input", "dtmf");
        self.attribute("action", &gather.action);
        self.attribute("method", "POST");
        if let Some(count) = gather.num_digits {
            self.number("numDigits", count);
        }
        self.attribute("finishOnKey", &gather.finish_on_key);
        self.number("timeout", gather.timeout);
        self.0.push('>');
        for prompt in &gather.prompts {
            match prompt {
                Prompt::Say(say) => self.say(say),
                Prompt::Play(play) => self.play(play),
                Prompt::Pause(pause) => self.pause(pause),
            }
        }
        self.0.push_str("</Gather>");
    }

    fn record(&mut self, record: &Record) {
        self.0.push_str("<Record");
        self.attribute("action", &record.action);
        self.attribute("method", "POST");
        self.number("timeout", record.timeout);
        self.attribute("finishOnKey", &record.finish_on_key);
        self.number("maxLength", record.max_length);
        self.flag("playBeep", record.play_beep);
        if let Some(url) = &record.recording_status_callback {
            self.attribute("recordingStatusCallback", url);
            self.attribute("recordingStatusCallbackEvent", "completed absent");
        }
        if let Some(url) = &record.transcribe_callback {
            self.attribute("transcribe", "true");
            self.attribute("transcribeCallback", url);
        }
        self.0.push_str("/>");
    }

    fn dial(&mut self, dial: &Dial) {
        self.0.push_str("<Dial");
        if let Some(url) = &dial.action {
            self.attribute("action", url);
            self.attribute("method", "POST");
        }
        self.number("timeout", dial.timeout);
        if let Some(seconds) = dial.time_limit {
            self.number("timeLimit", seconds);
        }
        if let Some(number) = &dial.caller_id {
            self.attribute("callerId", number);
        }
        self.0.push('>');
        match &dial.to {
            DialTo::Numbers(numbers) => numbers.iter().for_each(|number| self.dialled(number)),
            DialTo::Conference(conference) => self.conference(conference),
        }
        self.0.push_str("</Dial>");
    }

    fn dialled(&mut self, number: &Number) {
        self.0.push_str("<Number");
        if let Some(url) = &number.url {
            self.attribute("url", url);
            self.attribute("method", "POST");
        }
        if let Some(keys) = &number.send_digits {
            self.attribute("sendDigits", keys);
        }
        if let Some(url) = &number.status_callback {
            self.attribute("statusCallback", url);
            self.attribute("statusCallbackMethod", "POST");
            self.attribute("statusCallbackEvent", "initiated ringing answered completed");
        }
        self.0.push('>');
        self.text(&number.number, Place::Content);
        self.0.push_str("</Number>");
    }

    fn conference(&mut self, conference: &Conference) {
        self.0.push_str("<Conference");
        self.flag("startConferenceOnEnter", conference.start_on_enter);
        self.flag("endConferenceOnExit", conference.end_on_exit);
        self.flag("beep", conference.beep);
        if let Some(url) = &conference.wait_url {
            self.attribute("waitUrl", url);
            self.attribute("waitMethod", "POST");
        }
        self.0.push('>');
        self.text(&conference.name, Place::Content);
        self.0.push_str("</Conference>");
    }

    fn redirect(&mut self, redirect: &Redirect) {
        self.0.push_str("<Redirect");
        self.attribute("method", "POST");
        self.0.push('>');
        self.text(&redirect.url, Place::Content);
        self.0.push_str("</Redirect>");
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.0.extend([" ", name, "=\""]);
        self.text(value, Place::Attribute);
        self.0.push('"');
    }

    fn flag(&mut self, name: &str, is_so: bool) {
        self.attribute(name, if is_so { "true" } else { "false" });
    }

    fn number(&mut self, name: &str, value: u32) {
        // Writing to a `String` can't fail.
        let _ = write!(self.0, " {name}=\"{value}\"");
    }

    /// A text, escaped in one pass. In an attribute, line ends and tabs become references, because a reader turns
    /// bare ones into blanks.
    fn text(&mut self, text: &str, place: Place) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(may_not_stay) {
            let (plain, from) = rest.split_at(at);
            let mut letters = from.chars();
            let Some(letter) = letters.next() else { break };
            self.0.push_str(plain);
            match (letter, place) {
                ('&', _) => self.0.push_str("&amp;"),
                ('<', _) => self.0.push_str("&lt;"),
                ('>', _) => self.0.push_str("&gt;"),
                ('\r', _) => self.0.push_str("&#13;"),
                ('"', Place::Attribute) => self.0.push_str("&quot;"),
                ('\'', Place::Attribute) => self.0.push_str("&apos;"),
                ('\n', Place::Attribute) => self.0.push_str("&#10;"),
                ('\t', Place::Attribute) => self.0.push_str("&#9;"),
                (letter, _) if is_xml_char(letter) => self.0.push(letter),
                _ => {}
            }
            rest = letters.as_str();
        }
        self.0.push_str(rest);
    }
}

/// Whether a character that begins with this byte may have to be written otherwise or left out: what has a meaning
/// in XML, control characters, and those that begin as U+FFFE and U+FFFF do.
const fn may_not_stay(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'&' | b'\'' | b'<' | b'>' | 0xEF)
}
