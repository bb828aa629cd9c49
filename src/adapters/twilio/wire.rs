//! What Twilio answers, as far as we read it.

use serde::Deserialize;

/// Why a request was refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Refusal {
    /// A number of Twilio's error dictionary.
    pub(super) code: Option<u32>,
    /// May repeat phone numbers of the request.
    pub(super) message: Option<String>,
}

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
