//! What Twilio answers, as far as we read it.

use serde::Deserialize;

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

/// A message that was taken.
#[derive(Debug, Deserialize)]
pub(super) struct Taken {
    pub(super) sid: String,
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
