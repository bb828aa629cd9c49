//! The form of a webhook: the fields about the call that the carrier always sends, and those of the occasion.

use jiff::Timestamp;

use crate::{exchange::leg::Dialled, twiml::request::CarrierRequest};

use super::{
    Config,
    call::Call,
    fields::Fields,
    placing::Event,
    records::{Message, Recording},
};

/// Version of the API, on every request.
pub(super) const API_VERSION: &str = "2010-04-01";

/// A request about a call, to be filled up with what it is about.
pub(super) fn about(call: &Call, account_sid: &str) -> CarrierRequest {
    CarrierRequest {
        call_sid: call.sid.clone(),
        account_sid: account_sid.to_owned(),
        from: call.from.clone(),
        to: Some(call.to.clone()),
        call_status: Some(call.status().to_owned()),
        api_version: Some(API_VERSION.to_owned()),
        direction: Some(call.direction.word().to_owned()),
        parent_call_sid: call.parent.clone(),
        answered_by: call.answered_by.map(str::to_owned),
        stir_verstat: call.attestation.clone(),
        ..CarrierRequest::default()
    }
}

/// The request as fields, with the doubles and the places that the carrier adds (Twilio, "TwiML for
/// Programmable Voice", request parameters): empty where it knows nothing.
pub(super) fn fields(request: &CarrierRequest) -> Fields {
    let mut fields = pairs(request);
    let to = request.to.as_deref().unwrap_or_default();
    fields.push(("Called".to_owned(), to.to_owned()));
    if let Some(from) = &request.from {
        fields.push(("Caller".to_owned(), from.clone()));
        for side in ["From", "Caller"] {
            places(side, from, &mut fields);
        }
    }
    for side in ["To", "Called"] {
        places(side, to, &mut fields);
    }
    fields
}

/// A struct as decoded fields. What `CarrierRequest` holds can always be written as a form.
fn pairs(request: &CarrierRequest) -> Fields {
    let form = serde_urlencoded::to_string(request).unwrap_or_default();
    url::form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

fn places(side: &str, number: &str, fields: &mut Fields) {
    fields.push((format!("{side}Country"), country(number).to_owned()));
    for place in ["State", "City", "Zip"] {
        fields.push((format!("{side}{place}"), String::new()));
    }
}

/// The country of a number, for the calling codes that the demo's people have.
fn country(number: &str) -> &'static str {
    const CODES: [(&str, &str); 6] =
        [("+1", "US"), ("+49", "DE"), ("+43", "AT"), ("+41", "CH"), ("+44", "GB"), ("+33", "FR")];
    CODES.iter().find(|(code, _)| number.starts_with(code)).map_or("", |(_, country)| country)
}

/// A moment as the carrier writes it: RFC 2822, UTC.
pub(in crate::exchange) fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// The callback that a call has got on; `number`: how many came before.
pub(super) fn progress(call: &Call, event: Event, number: u32, account_sid: &str, at: Timestamp) -> Fields {
    let mut request = about(call, account_sid);
    request.call_status = Some(match event {
        Event::Initiated => "initiated".to_owned(),
        Event::Ringing => "ringing".to_owned(),
        Event::Answered => "in-progress".to_owned(),
        Event::Completed => call.status().to_owned(),
    });
    request.sequence_number = Some(number.to_string());
    request.timestamp = Some(rfc2822(at));
    request.callback_source = Some("call-progress-events".to_owned());
    if event != Event::Completed {
        return fields(&request);
    }
    let seconds = call.duration().unwrap_or_default();
    request.call_duration = Some(seconds.to_string());
    request.sip_response_code = call.sip_code.map(|code| code.to_string());
    let mut fields = fields(&request);
    fields.push(("Duration".to_owned(), (seconds.saturating_add(59) / 60).to_string()));
    fields
}

/// Adds how a dialling ended.
pub(super) fn dialled(request: &mut CarrierRequest, dialled: Dialled) {
    request.dial_call_status = Some(dialled.status.to_owned());
    request.dial_call_sid = dialled.sid;
    request.dial_call_duration = dialled.duration.map(|seconds| seconds.to_string());
    request.dial_bridged = dialled.bridged.map(|bridged| bridged.to_string());
}

/// The callback about a recording's file. It is about the recording alone, and names no caller.
pub(super) fn recording_status(recording: &Recording, url: String, account_sid: &str) -> Fields {
    let mut fields = pairs(&CarrierRequest {
        call_sid: recording.call_sid.clone(),
        account_sid: account_sid.to_owned(),
        recording_sid: Some(recording.sid.clone()),
        recording_url: Some(url),
        recording_status: Some(recording.status.word().to_owned()),
        recording_duration: Some(recording.seconds.to_string()),
        ..CarrierRequest::default()
    });
    for (name, value) in [
        ("RecordingChannels", "1"),
        ("RecordingSource", "RecordVerb"),
        ("RecordingTrack", "inbound"),
        ("ErrorCode", "0"),
        ("RecordingStartTime", rfc2822(recording.started).as_str()),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

/// The callback that a text message has arrived.
/// A text that a phone has sent to our number.
pub(super) fn text_in(sid: &str, from: &str, text: &str, config: &Config) -> Fields {
    let segments = text.chars().count().div_ceil(153).max(1).to_string();
    let mut fields: Fields = [
        ("ApiVersion", API_VERSION),
        ("AccountSid", &config.account_sid),
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("SmsMessageSid", sid),
        ("SmsStatus", "received"),
        ("From", from),
        ("To", &config.number),
        ("Body", text),
        ("NumMedia", "0"),
        ("NumSegments", &segments),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    places("From", from, &mut fields);
    places("To", &config.number, &mut fields);
    fields
}

pub(super) fn delivered(message: &Message, account_sid: &str) -> Fields {
    [
        ("ApiVersion", API_VERSION),
        ("AccountSid", account_sid),
        ("MessageSid", &message.sid),
        ("SmsSid", &message.sid),
        ("MessageStatus", "delivered"),
        ("SmsStatus", "delivered"),
        ("To", &message.to),
        ("From", &message.from),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
