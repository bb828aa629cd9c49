//! What we do to the outside world: the closed, versioned list.
//!
//! An effect is a row of the outbox before it is an action. It is written together with the state that
//! asked for it and carries ids, never data: what it needs is read when it is carried out.

use super::ids::{AlertId, CallId, NotificationId, RecordingId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing to do outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of")]
pub enum Effect {
    /// Bring a recording's sound from the carrier into our own store.
    #[serde(rename = "fetch_recording.v1")]
    FetchRecording(RecordingId),
    /// Delete a recording at the carrier.
    #[serde(rename = "delete_at_carrier.v1")]
    DeleteAtCarrier(RecordingId),
    /// Ask the carrier what it recorded of a call whose caller is gone.
    #[serde(rename = "find_recording.v1")]
    FindRecording(CallId),
    /// Ask the carrier for a recording's text, in case its own word of it was lost.
    #[serde(rename = "ask_for_text.v1")]
    AskForText(RecordingId),
    /// Tell the people whom an alert is for that it is open.
    #[serde(rename = "announce_alert.v1")]
    AnnounceAlert(AlertId),
    /// Tell them the text of its message, which came later.
    #[serde(rename = "announce_text.v1")]
    AnnounceText(AlertId),
    /// Send one short message or mail.
    #[serde(rename = "send_notification.v1")]
    SendNotification(NotificationId),
}

impl Effect {
    /// The word for logs and metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::FetchRecording(_) => "fetch_recording",
            Self::DeleteAtCarrier(_) => "delete_at_carrier",
            Self::FindRecording(_) => "find_recording",
            Self::AskForText(_) => "ask_for_text",
            Self::AnnounceAlert(_) => "announce_alert",
            Self::AnnounceText(_) => "announce_text",
            Self::SendNotification(_) => "send_notification",
        }
    }
}

/// An effect and the moment from which on it may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueEffect {
    /// What to do.
    pub effect: Effect,
    /// Not before.
    pub due: Timestamp,
}

impl Effect {
    /// Due at that moment.
    pub const fn at(self, due: Timestamp) -> DueEffect {
        DueEffect { effect: self, due }
    }
}
