//! The carrier's webhook form, read by `http` and written by `exchange`.
//!
//! Source: Twilio, "TwiML for Programmable Voice", request parameters; the pages of Gather, Record and
//! Transcription for the fields that those add. Carriers add parameters at any time, so unknown ones are
//! ignored here and signed all the same.

use super::signature::Field;
use serde::de::value::{Error, MapDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

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

impl CarrierRequest {
    /// The request that a form's fields make. A field that is sent twice counts once, the first time, as it does
    /// for the carrier's own libraries. `None`: a value is not of its field's kind.
    pub fn from_fields(fields: &[Field<'_>]) -> Option<Self> {
        let mut first: Vec<(&str, Value<'_>)> =
            fields.iter().map(|(name, value)| (&**name, Value(value))).collect();
        first.sort_by_key(|(name, _)| *name);
        first.dedup_by_key(|(name, _)| *name);
        Self::deserialize(MapDeserializer::<_, Error>::new(first.into_iter())).ok()
    }
}

/// The value of a field: a text, also where there may be none.
struct Value<'a>(&'a str);

impl<'de> IntoDeserializer<'de> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_sent_twice_counts_the_first_time_and_unknown_ones_do_not_count() {
        let sent =
            [("To", "+1"), ("Digits", "1"), ("To", "+2"), ("Digits", ""), ("Later", "x"), ("CallSid", "CA1")];
        let fields: Vec<Field<'_>> =
            sent.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let expected = CarrierRequest {
            call_sid: "CA1".to_owned(),
            to: Some("+1".to_owned()),
            digits: Some("1".to_owned()),
            ..CarrierRequest::default()
        };
        assert_eq!(CarrierRequest::from_fields(&fields), Some(expected));
    }
}
