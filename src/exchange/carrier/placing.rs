//! What is asked for when a call is placed: whom to call, what comes first, and what is told of it.

use std::collections::BTreeSet;

use crate::twiml::Response;

/// A call that the gateway asks for.
#[derive(Clone)]
pub(in crate::exchange) struct NewCall {
    pub(in crate::exchange) to: String,
    pub(in crate::exchange) from: String,
    pub(in crate::exchange) first: First,
    pub(in crate::exchange) status_callback: Option<String>,
    pub(in crate::exchange) events: BTreeSet<Event>,
    /// Seconds after which nobody answers any more.
    pub(in crate::exchange) timeout: u32,
    pub(in crate::exchange) send_digits: Option<String>,
    pub(in crate::exchange) detection: Option<Detection>,
}

/// What happens first on the line of a phone that was picked up.
#[derive(Clone)]
pub(in crate::exchange) enum First {
    /// The document at this URL.
    Url(String),
    /// This document.
    Document(Response),
    /// It is put through to the call that dialled it.
    PutThrough,
}

/// How the carrier finds out whether a machine has picked up.
#[derive(Clone)]
pub(in crate::exchange) struct Detection {
    /// Whether a greeting is waited for to its end.
    pub(in crate::exchange) message_end: bool,
    /// Whether the first document is asked for meanwhile.
    pub(in crate::exchange) at_once: bool,
    /// Told what came out meanwhile.
    pub(in crate::exchange) callback: Option<String>,
}

/// What a status callback can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::exchange) enum Event {
    Initiated,
    Ringing,
    Answered,
    /// The call is over, however it ended.
    Completed,
}

impl Event {
    pub(in crate::exchange) const ALL: [Self; 4] =
        [Self::Initiated, Self::Ringing, Self::Answered, Self::Completed];

    /// The event of this name.
    pub(in crate::exchange) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == word)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Completed => "completed",
        }
    }
}
