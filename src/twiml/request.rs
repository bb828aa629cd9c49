//! The carrier's webhook form, read by `http` and written by `exchange`.
//!
//! Source: Twilio, "TwiML for Programmable Voice", request parameters; the pages of Gather, Record,
//! Transcription, Dial and Number for the fields that those add. Carriers add parameters at any time, so unknown ones are
//! ignored here and signed all the same.

use super::signature::Field;
use serde::{Deserialize, Serialize};

/// One request of the carrier about a call, or a text message. Which fields are present depends on what it is about.
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
    /// How a dialling ended: completed, answered (a conference), busy, no-answer, failed, canceled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial_call_status: Option<String>,
    /// The carrier's id of the call that was dialled; not after a conference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial_call_sid: Option<String>,
    /// Whole seconds of it, as text; not after a conference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial_call_duration: Option<String>,
    /// `true`: both sides were connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial_bridged: Option<String>,
    /// The call whose document placed this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_call_sid: Option<String>,
    /// What a machine detection found: human, fax, unknown, `machine_start`, `machine_end_beep` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// How the other network ended a call, as a SIP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip_response_code: Option<String>,
    /// The carrier's number of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The carrier's id of a text message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_sid: Option<String>,
    /// accepted, queued, sending, sent, delivered, read, undelivered, failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_status: Option<String>,
    /// What a text message says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// STOP, START or HELP, where the carrier has understood a text message as that and answered it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opt_out_type: Option<String>,
}

impl CarrierRequest {
    /// Whether a machine has picked up, as far as the carrier has found out (Twilio, answering machine detection,
    /// `AnsweredBy`).
    pub fn is_machine(&self) -> bool {
        let by = self.answered_by.as_deref().unwrap_or_default();
        by.starts_with("machine") || by == "fax"
    }

    /// The request that a form's fields make. A field that is sent twice counts once, the first time, as it does
    /// for the carrier's own libraries.
    pub fn from_fields(fields: &[Field<'_>]) -> Self {
        let (mut call_sid, mut account_sid) = (None, None);
        let mut said = Self::default();
        for (name, value) in fields {
            let slot = match &**name {
                "CallSid" => &mut call_sid,
                "AccountSid" => &mut account_sid,
                "From" => &mut said.from,
                "To" => &mut said.to,
                "CallStatus" => &mut said.call_status,
                "ApiVersion" => &mut said.api_version,
                "Direction" => &mut said.direction,
                "StirVerstat" => &mut said.stir_verstat,
                "Digits" => &mut said.digits,
                "RecordingUrl" => &mut said.recording_url,
                "RecordingSid" => &mut said.recording_sid,
                "RecordingDuration" => &mut said.recording_duration,
                "RecordingStatus" => &mut said.recording_status,
                "TranscriptionSid" => &mut said.transcription_sid,
                "TranscriptionStatus" => &mut said.transcription_status,
                "TranscriptionText" => &mut said.transcription_text,
                "CallDuration" => &mut said.call_duration,
                "Timestamp" => &mut said.timestamp,
                "SequenceNumber" => &mut said.sequence_number,
                "CallbackSource" => &mut said.callback_source,
                "DialCallStatus" => &mut said.dial_call_status,
                "DialCallSid" => &mut said.dial_call_sid,
                "DialCallDuration" => &mut said.dial_call_duration,
                "DialBridged" => &mut said.dial_bridged,
                "ParentCallSid" => &mut said.parent_call_sid,
                "AnsweredBy" => &mut said.answered_by,
                "SipResponseCode" => &mut said.sip_response_code,
                "ErrorCode" => &mut said.error_code,
                "MessageSid" => &mut said.message_sid,
                "MessageStatus" => &mut said.message_status,
                "Body" => &mut said.body,
                "OptOutType" => &mut said.opt_out_type,
                _ => continue,
            };
            slot.get_or_insert_with(|| value.clone().into_owned());
        }
        said.call_sid = call_sid.unwrap_or_default();
        said.account_sid = account_sid.unwrap_or_default();
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn fields<'a>(sent: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Field<'a>> {
        sent.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    /// A field that is added to the request has to be added here, and is then missed where it is not read.
    #[test]
    fn every_field_that_can_be_sent_is_read() {
        let text = |text: &str| Some(text.to_owned());
        let request = CarrierRequest {
            call_sid: "a".to_owned(),
            account_sid: "b".to_owned(),
            from: text("c"),
            to: text("d"),
            call_status: text("e"),
            api_version: text("f"),
            direction: text("g"),
            stir_verstat: text("h"),
            digits: text("i"),
            recording_url: text("j"),
            recording_sid: text("k"),
            recording_duration: text("l"),
            recording_status: text("m"),
            transcription_sid: text("n"),
            transcription_status: text("o"),
            transcription_text: text("p"),
            call_duration: text("q"),
            timestamp: text("r"),
            sequence_number: text("s"),
            callback_source: text("t"),
            dial_call_status: text("u"),
            dial_call_sid: text("v"),
            dial_call_duration: text("w"),
            dial_bridged: text("x"),
            parent_call_sid: text("y"),
            answered_by: text("z"),
            sip_response_code: text("aa"),
            error_code: text("ab"),
            message_sid: text("ac"),
            message_status: text("af"),
            body: text("ad"),
            opt_out_type: text("ae"),
        };
        let json = serde_json::to_string(&request).unwrap();
        let sent: BTreeMap<String, String> = serde_json::from_str(&json).unwrap();
        let sent = fields(sent.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        assert_eq!(CarrierRequest::from_fields(&sent), request);
    }

    #[test]
    fn a_field_that_is_sent_twice_counts_the_first_time_and_unknown_ones_do_not_count() {
        let sent = [("To", ""), ("CallSid", ""), ("To", "+2"), ("Later", "x"), ("CallSid", "CA1")];
        let expected = CarrierRequest { to: Some(String::new()), ..CarrierRequest::default() };
        assert_eq!(CarrierRequest::from_fields(&fields(sent)), expected);
    }
}
