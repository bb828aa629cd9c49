//! What Twilio answers, as far as we read it.

use crate::ports::telephony::CallProgress;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `Calls/{sid}/Recordings.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Recordings {
    pub(super) recordings: Vec<ListedRecording>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct ListedRecording {
    pub(super) sid: String,
    /// in-progress, paused, stopped, processing, completed, absent, deleted.
    pub(super) status: String,
    /// Whole seconds as text; null as long as it goes on.
    pub(super) duration: Option<String>,
    /// RFC 2822.
    pub(super) date_created: Option<String>,
}

/// `Recordings/{sid}/Transcriptions.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Transcriptions {
    pub(super) transcriptions: Vec<ListedTranscription>,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(super) struct ListedTranscription {
    /// in-progress, completed, failed.
    pub(super) status: String,
    /// Null as long as there is none.
    pub(super) transcription_text: Option<String>,
    /// RFC 2822.
    pub(super) date_created: Option<String>,
}

/// `Messages.json`.
#[derive(Deserialize)]
pub(super) struct Messages {
    pub(super) messages: Vec<ListedMessage>,
    /// Path and query; `None`: this is the last page.
    pub(super) next_page_uri: Option<String>,
}

/// One of them. Has no `Debug`: it holds a number and somebody's words.
#[derive(Deserialize)]
pub(super) struct ListedMessage {
    pub(super) sid: String,
    /// E.164.
    pub(super) to: Option<String>,
    pub(super) body: Option<String>,
    /// inbound, outbound-api, outbound-call, outbound-reply.
    pub(super) direction: Option<String>,
    /// RFC 2822.
    pub(super) date_created: Option<String>,
}

/// A message or a call that was taken.
#[derive(Debug, Deserialize)]
pub(super) struct Taken {
    pub(super) sid: String,
}

/// `Calls/{sid}.json`.
#[derive(Debug, Deserialize)]
pub(super) struct CallNow {
    pub(super) status: Progress,
}

/// `Calls.json`.
#[derive(Deserialize)]
pub(super) struct Calls {
    pub(super) calls: Vec<ListedCall>,
}

/// One of them. Has no `Debug`: it holds a number.
#[derive(Deserialize)]
pub(super) struct ListedCall {
    pub(super) sid: String,
    /// E.164, or the address of something that is no phone.
    pub(super) to: Option<String>,
    /// inbound, outbound-api, outbound-dial.
    pub(super) direction: Option<String>,
    pub(super) status: Progress,
    /// RFC 2822.
    pub(super) date_created: Option<String>,
}

/// How far a call is, as a word.
#[derive(Debug)]
pub(super) struct Progress(pub(super) CallProgress);

impl<'de> Deserialize<'de> for Progress {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let word = String::deserialize(source)?;
        CallProgress::from_word(&word).map(Self).ok_or_else(|| D::Error::custom("is no status of a call"))
    }
}

/// `Accounts/{sid}.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    /// active, suspended, closed.
    pub(super) status: String,
}

/// `IncomingPhoneNumbers.json`.
#[derive(Deserialize)]
pub(super) struct Numbers {
    pub(super) incoming_phone_numbers: Vec<ListedNumber>,
}

/// One of them. Has no `Debug`: its addresses may be other systems' secrets.
#[derive(Deserialize)]
pub(super) struct ListedNumber {
    /// E.164.
    pub(super) phone_number: String,
    pub(super) voice_url: Option<String>,
    pub(super) voice_method: Option<String>,
    pub(super) status_callback: Option<String>,
    pub(super) status_callback_method: Option<String>,
    pub(super) sms_url: Option<String>,
    pub(super) sms_method: Option<String>,
    /// Where there is one, the number's own messaging URL is ignored.
    pub(super) sms_application_sid: Option<String>,
    /// Where there is one, all of the number's own voice URLs are ignored.
    pub(super) voice_application_sid: Option<String>,
    /// Where there is one, the URLs and the application are ignored.
    pub(super) trunk_sid: Option<String>,
    /// voice, fax.
    pub(super) voice_receive_mode: Option<String>,
    #[serde(default)]
    pub(super) capabilities: ListedCapabilities,
}

/// What a number can do.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListedCapabilities {
    pub(super) voice: bool,
    pub(super) sms: bool,
}

/// A moment as the API writes it.
pub(super) fn date(text: Option<&str>) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text?).ok().map(|at| at.timestamp())
}
