//! What xMatters is told: the contract with its integrations, all of it here.
//!
//! Three readers are served at once. The script of "xMatters by Phone" reads the fields at the top, as its phone menu
//! posted them: the carrier's names, and its own. Its successor reads `Type` and `Severity` besides. An integration
//! without a script takes `recipients` and `properties` as they are.

use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::origin::FromCall;
use crate::domain::directory::Recipient;
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::recording::Transcript;
use crate::ports::alert_target::ForwardedAlert;
use serde::Serialize;

/// The longest `Audio URL`, in characters.
const LONGEST_URL: usize = 500;
/// The longest `Description`.
const LONGEST_DESCRIPTION: usize = 20_000;
/// The longest text that is a `Short Description` as it is. The property holds 350.
const LONGEST_SHORT: usize = 275;
/// Both descriptions of a call that nobody took, and in which nothing was recorded.
const NO_MESSAGE: &str = "Missed call: nobody took it, and no message was left.";
/// Both descriptions of a message without a text.
const NO_TEXT: &str = "Listen to the recording, there was a transcription error.";

/// What is posted.
#[derive(Serialize)]
pub(super) struct Payload<'a> {
    /// `Alert` or `Conference`.
    what: &'static str,
    /// The first recipient: that script knows one. Empty: the target has its own.
    recipient: &'a str,
    shorturl: &'a str,
    #[serde(rename = "transcriptionText")]
    transcription_text: String,
    /// In the carrier's words: `completed`, `in-progress` or `failed`.
    transtatus: &'static str,
    /// The caller's number; empty: withheld.
    #[serde(rename = "From")]
    from: &'a str,
    #[serde(rename = "CallSid", skip_serializing_if = "Option::is_none")]
    call_sid: Option<&'a str>,
    #[serde(rename = "RecordingSid")]
    recording_sid: &'a str,
    /// Our page and not the carrier's file: it lasts as long as the link does, and no account opens it.
    #[serde(rename = "RecordingUrl")]
    recording_url: &'a str,
    #[serde(rename = "RecordingDuration")]
    recording_duration: u32,
    #[serde(rename = "Type")]
    kind: &'static str,
    #[serde(rename = "Severity")]
    severity: &'static str,
    /// The same whenever we tell of this alert: who hears of it twice can tell.
    #[serde(rename = "alertId")]
    alert_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recipients: Vec<Addressee<'a>>,
    properties: Properties<'a>,
}

/// A person or a group, by the name that xMatters knows it by.
#[derive(Serialize)]
struct Addressee<'a> {
    id: &'a str,
}

#[derive(Serialize)]
struct Properties<'a> {
    #[serde(rename = "Audio URL")]
    audio_url: &'a str,
    #[serde(rename = "Description")]
    description: String,
    #[serde(rename = "Short Description")]
    short_description: String,
}

impl<'a> Payload<'a> {
    /// What is told of that alert.
    pub(super) fn of(forwarded: ForwardedAlert<'a>, from: &'a FromCall) -> Self {
        let ForwardedAlert { story, link, page, carrier_call } = forwarded;
        let Alert { severity, ref recipients, .. } = story.alert;
        let FromCall { action, ref caller, call: _ } = *from;
        let what = match action {
            // Its script knows no third word: who reads this is alerted.
            Action::Alert | Action::Live => "Alert",
            Action::Conference => "Conference",
        };
        let recipients: Vec<_> = recipients.iter().map(|one| Addressee { id: id(one) }).collect();
        let text = story.text();
        let recording = story.recording.as_ref();
        let described = text.unwrap_or(if recording.is_some() { NO_TEXT } else { NO_MESSAGE });
        Self {
            what,
            recipient: recipients.first().map_or("", |first| first.id),
            shorturl: link,
            transcription_text: start(text.unwrap_or_default(), LONGEST_DESCRIPTION),
            transtatus: match recording.map(|recording| &recording.transcript) {
                Some(Transcript::Text(_)) => "completed",
                Some(Transcript::Pending) => "in-progress",
                Some(Transcript::Unwanted | Transcript::Failed) | None => "failed",
            },
            from: caller.number.as_ref().map_or("", |number| number.as_str()),
            call_sid: carrier_call,
            recording_sid: recording.map_or("", |recording| recording.source.id()),
            recording_url: page,
            recording_duration: recording.map_or(0, |recording| recording.seconds),
            kind: what,
            severity: match severity {
                Severity::Critical => "Critical",
                Severity::High => "High",
                Severity::Medium => "Medium",
                Severity::Low => "Low",
                Severity::Info => "Minimal",
            },
            alert_id: story.alert.id.to_string(),
            recipients,
            properties: Properties {
                audio_url: if link.chars().count() <= LONGEST_URL { link } else { "" },
                description: start(described, LONGEST_DESCRIPTION),
                short_description: short(described),
            },
        }
    }
}

fn id(recipient: &Recipient) -> &str {
    match recipient {
        Recipient::Group(name) => &name.0,
        Recipient::Person(id) => &id.0,
        Recipient::Schedule(name) => &name.0,
    }
}

/// As many characters as there may be.
fn start(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// A longer text is cut to one character less, and three dots.
fn short(text: &str) -> String {
    if text.chars().nth(LONGEST_SHORT).is_none() {
        return text.to_owned();
    }
    text.chars().take(LONGEST_SHORT - 1).chain("...".chars()).collect()
}
