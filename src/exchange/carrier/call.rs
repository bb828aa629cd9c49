//! One call as the carrier keeps it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::exchange::{
    leg::Leg,
    line::{Kind, LineEvent},
};

use super::{
    connection::Connection,
    fields::Fields,
    placing::{Event, NewCall},
};

/// One call, from dialling on. It is kept until the exchange stops.
pub(in crate::exchange) struct Call {
    pub(in crate::exchange) sid: String,
    /// What the carrier says about who calls; `None`: not even an empty field.
    pub(in crate::exchange) from: Option<String>,
    pub(in crate::exchange) to: String,
    /// The carrier's attestation of the caller id, where it gives one.
    pub(in crate::exchange) attestation: Option<String>,
    pub(in crate::exchange) direction: Direction,
    /// The call that dialled this one.
    pub(in crate::exchange) parent: Option<String>,
    pub(in crate::exchange) leg: Leg,
    pub(in crate::exchange) line: Vec<LineEvent>,
    pub(in crate::exchange) started: Timestamp,
    pub(in crate::exchange) progress: State,
    /// When somebody picked up; a call to the gateway counts from its beginning.
    pub(in crate::exchange) answered: Option<Timestamp>,
    pub(in crate::exchange) ended: Option<Timestamp>,
    /// Who picked up, once the carrier has found out.
    pub(in crate::exchange) answered_by: Option<&'static str>,
    /// Why a call that nobody picked up came to nothing, as the network says it.
    pub(in crate::exchange) sip_code: Option<u16>,
    pub(in crate::exchange) callbacks: Callbacks,
    /// What the gateway asked for, if it was the gateway that placed the call.
    pub(in crate::exchange) asked: Option<NewCall>,
    /// How many documents it has asked for: the answer to any but the last one comes too late.
    pub(in crate::exchange) documents: u64,
    /// Whom it is put through to.
    pub(in crate::exchange) connection: Connection,
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum Direction {
    /// A phone called the gateway.
    Inbound,
    /// The gateway placed the call through the API.
    OutboundApi,
    /// A document dialled.
    OutboundDial,
}

impl Direction {
    pub(in crate::exchange) fn word(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::OutboundApi => "outbound-api",
            Self::OutboundDial => "outbound-dial",
        }
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum State {
    Queued,
    Ringing,
    InProgress,
    Over(End),
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum End {
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

impl End {
    pub(in crate::exchange) fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// Who is told how a call gets on.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Callbacks {
    pub(in crate::exchange) url: Option<String>,
    pub(in crate::exchange) events: BTreeSet<Event>,
    /// How many were made.
    pub(in crate::exchange) made: u32,
    /// One that the next is to overtake.
    pub(in crate::exchange) held: Option<Fields>,
}

impl Callbacks {
    pub(in crate::exchange) fn new(url: Option<String>, events: impl IntoIterator<Item = Event>) -> Self {
        Self { url, events: events.into_iter().collect(), made: 0, held: None }
    }
}

impl Call {
    /// The carrier's word for where the call stands.
    pub(in crate::exchange) fn status(&self) -> &'static str {
        match self.progress {
            State::Queued => "queued",
            State::Ringing => "ringing",
            State::InProgress => "in-progress",
            State::Over(end) => end.word(),
        }
    }

    pub(in crate::exchange) fn is_over(&self) -> bool {
        matches!(self.progress, State::Over(_))
    }

    /// Whether nobody has picked up yet.
    pub(in crate::exchange) fn is_awaited(&self) -> bool {
        self.direction != Direction::Inbound && matches!(self.progress, State::Queued | State::Ringing)
    }

    /// Whether its phone ever rang.
    pub(in crate::exchange) fn has_rung(&self) -> bool {
        self.line.iter().any(|event| event.kind == Kind::Rings)
    }

    /// The call is over.
    pub(in crate::exchange) fn close(&mut self, at: Timestamp, end: End) {
        self.progress = State::Over(end);
        self.ended = Some(at);
    }

    /// Whole seconds of talk, once the call is over.
    pub(in crate::exchange) fn duration(&self) -> Option<i64> {
        let ended = self.ended?;
        Some(self.answered.map_or(0, |answered| whole_seconds_up(ended.duration_since(answered))))
    }

    /// Puts something on the record of the line.
    pub(in crate::exchange) fn note(&mut self, at: Timestamp, kind: Kind, text: impl Into<String>) {
        let n = self.line.len() + 1;
        self.line.push(LineEvent { n, at, kind, text: text.into() });
    }
}

/// The carrier bills begun seconds.
pub(in crate::exchange) fn whole_seconds_up(span: SignedDuration) -> i64 {
    span.as_secs() + i64::from(span.subsec_nanos() > 0)
}
