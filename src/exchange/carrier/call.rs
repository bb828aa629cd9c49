//! One call as the carrier keeps it.

use jiff::{SignedDuration, Timestamp};

use crate::exchange::{
    leg::Leg,
    line::{Kind, LineEvent},
};

/// One call, from dialling on. It is kept until the exchange stops.
pub(in crate::exchange) struct Call {
    pub(in crate::exchange) sid: String,
    /// What the carrier says about who calls; `None`: not even an empty field.
    pub(in crate::exchange) from: Option<String>,
    pub(in crate::exchange) to: String,
    /// The carrier's attestation of the caller id, where it gives one.
    pub(in crate::exchange) attestation: Option<String>,
    pub(in crate::exchange) leg: Leg,
    pub(in crate::exchange) line: Vec<LineEvent>,
    pub(in crate::exchange) started: Timestamp,
    pub(in crate::exchange) ended: Option<Timestamp>,
    /// Whether the gateway has given a document.
    pub(in crate::exchange) answered: bool,
}

impl Call {
    /// The carrier's word for where the call stands.
    pub(in crate::exchange) fn status(&self) -> &'static str {
        match (self.ended, self.answered) {
            (Some(_), _) => "completed",
            (None, true) => "in-progress",
            (None, false) => "ringing",
        }
    }

    /// Whole seconds, once the call is over.
    pub(in crate::exchange) fn duration(&self) -> Option<i64> {
        self.ended.map(|ended| whole_seconds_up(ended.duration_since(self.started)))
    }

    /// Puts something on the record of the line.
    pub(in crate::exchange) fn note(&mut self, at: Timestamp, kind: Kind, text: impl Into<String>) {
        let n = self.line.len() + 1;
        self.line.push(LineEvent { n, at, kind, text: text.into() });
    }
}

/// The carrier bills begun seconds.
fn whole_seconds_up(span: SignedDuration) -> i64 {
    span.as_secs() + i64::from(span.subsec_nanos() > 0)
}
