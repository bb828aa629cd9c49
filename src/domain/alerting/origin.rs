//! Where an alert comes from.

use super::team::IntegrationName;
use crate::domain::ids::{CallId, EventId};
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use serde::{Deserialize, Serialize};

/// Where an alert comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Somebody called.
    Call(FromCall),
    /// A program sent an event.
    Event(FromEvent),
}

/// A call that raised an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromCall {
    /// Which one.
    pub call: CallId,
    /// What the caller started.
    pub action: Action,
    /// Who called.
    pub caller: Caller,
}

/// An event that raised an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromEvent {
    /// By which way in it came.
    pub integration: IntegrationName,
    /// The program that it came from, as the sender calls it, e.g. `PRTG`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The sender's id of the matter: later events with the same one belong to this alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The event itself; `None` in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
}

impl Origin {
    /// The call, where it was one.
    pub const fn call(&self) -> Option<&FromCall> {
        match self {
            Self::Call(call) => Some(call),
            Self::Event(_) => None,
        }
    }

    /// The event, where it was one.
    pub const fn event(&self) -> Option<&FromEvent> {
        match self {
            Self::Event(event) => Some(event),
            Self::Call(_) => None,
        }
    }
}
