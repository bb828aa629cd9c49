//! The carrier's webhook form, read by `http` and written by `exchange`.
//!
//! Source: Twilio, "TwiML for Programmable Voice", request parameters; the pages of Gather, Record and
//! Transcription for the fields that those add. Carriers add parameters at any time, so unknown ones are
//! ignored here and signed all the same.

use serde::{Deserialize, Serialize};

/// One request of the carrier about a call. Which fields are present depends on what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CarrierRequest {
    /// The carrier's id of the call: an opaque string.
    pub call_sid: String,
    /// The account that the call belongs to.
    pub account_sid: String,
    /// The caller as the carrier gives it: E.164, a SIP address, a word, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The number that was dialled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_status: Option<String>,
    /// `2010-04-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// inbound, outbound-api, outbound-dial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    /// The carrier's attestation of the caller id (STIR/SHAKEN), where it gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stir_verstat: Option<String>,
    /// Keys pressed; after a recording the key that ended it, or the word `hangup`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// Where the carrier keeps the sound (without a file ending).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_url: Option<String>,
    /// The carrier's id of the recording; some carriers give only the URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_sid: Option<String>,
    /// Whole seconds, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_duration: Option<String>,
    /// in-progress, completed, absent, failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_status: Option<String>,
    /// The carrier's id of the transcription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcription_sid: Option<String>,
    /// completed or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcription_status: Option<String>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcription_text: Option<String>,
    /// Whole seconds, on the callback that ends a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_duration: Option<String>,
    /// When a status callback was made, RFC 2822, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Order of status callbacks, from 0: delivery order is not guaranteed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
    /// `call-progress-events` on status callbacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_source: Option<String>,
}
