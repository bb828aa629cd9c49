//! How the list of messages is narrowed, and where it goes on.

use crate::domain::delivery::ledger::DeliveryState;
use crate::domain::ids::NotificationId;
use crate::http::extract::page::Listed;

/// The list of messages.
#[derive(Debug)]
pub(in crate::http) struct Notifications;

impl Listed for Notifications {
    type State = DeliveryState;
    type Cursor = NotificationId;

    fn state(word: &str) -> Result<DeliveryState, String> {
        let words = || format!("is not one of {}", DeliveryState::ALL.map(DeliveryState::word).join(", "));
        DeliveryState::from_word(word).ok_or_else(words)
    }

    fn cursor(text: &str) -> Option<NotificationId> {
        text.parse().ok()
    }
}
