//! What becomes of messages to people, as it is remembered.

use super::error::StoreError;
use crate::domain::alerting::log::LogEntry;
use crate::domain::alerting::standing::Standing;
use crate::domain::alerting::team::TeamName;
use crate::domain::delivery::ledger::{Delivery, DeliveryState, Entry, Intent, Sibling, VendorName};
use crate::domain::delivery::{Notification, Purpose};
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, NotificationId};
use crate::domain::severity::Severity;
use async_trait::async_trait;
use jiff::Timestamp;

/// A message to a device that is not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Which.
    pub id: NotificationId,
    /// About which alert.
    pub alert: AlertId,
    /// To whom.
    pub person: PersonId,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether its device had been sent as much as it may.
    pub is_throttled: bool,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// Whose the alert is.
    pub team: Option<TeamName>,
    /// How bad it is, and how it stands; `None`: it has been forgotten.
    pub about: Option<(Severity, Standing)>,
}

/// A message that a device was sent not long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunMessage {
    /// When the last attempt at it began.
    pub at: Timestamp,
    /// About which alert.
    pub alert: AlertId,
    /// Whose that is.
    pub team: Option<TeamName>,
    /// What it was for.
    pub purpose: Purpose,
}

/// One attempt at a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// At which message.
    pub id: NotificationId,
    /// Which of its attempts, from 1.
    pub n: u32,
    /// Who was asked.
    pub vendor: VendorName,
    /// When.
    pub started_at: Timestamp,
    /// When it was known what came of it; `None`: not yet.
    pub ended_at: Option<Timestamp>,
    /// `sent`, `failed` or `unknown`; `None`: it is not known yet.
    pub outcome: Option<String>,
    /// What the vendor calls it.
    pub vendor_ref: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Messages to people, and what becomes of them.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// One message.
    async fn delivery(&self, id: NotificationId) -> Result<Option<Delivery>, StoreError>;
    /// The messages about an alert, oldest first.
    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError>;
    /// The attempts at the messages about an alert, in order.
    async fn attempts_of(&self, alert: AlertId) -> Result<Vec<Attempt>, StoreError>;
    /// Messages, all or those of a state, newest first, after that one.
    async fn deliveries(
        &self,
        state: Option<DeliveryState>,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// The attempts at those same messages, in order.
    async fn attempts(
        &self,
        state: Option<DeliveryState>,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Attempt>, StoreError>;
    /// The messages of the same alert to the same device, itself among them.
    async fn siblings(&self, one: &Notification) -> Result<Vec<Sibling>, StoreError>;
    /// The messages to a device that were begun after the first moment, up to the second, oldest first.
    async fn begun(
        &self,
        device: &Device,
        window: (Timestamp, Timestamp),
    ) -> Result<Vec<BegunMessage>, StoreError>;
    /// The messages to a device that are not sent yet, oldest first.
    async fn waiting(&self, device: &Device, limit: u32) -> Result<Vec<WaitingMessage>, StoreError>;
    /// The messages that another one says too, oldest first.
    async fn bundled(&self, in_which: NotificationId) -> Result<Vec<Delivery>, StoreError>;
    /// Writes that a vendor is about to be asked. [`StoreError::Conflict`] when another has begun, one of those that it
    /// says too is not waiting any more, or its device has been sent as much as it may.
    async fn begin(&self, intent: &Intent) -> Result<(), StoreError>;
    /// Writes what has become known of a message by another way than its effect, with entries for its alert's log.
    /// [`StoreError::Conflict`] when it is not in that state any more.
    async fn heard(
        &self,
        delivery: &Delivery,
        entry: &Entry,
        vendor_ref: Option<&str>,
        log: &[(AlertId, LogEntry)],
    ) -> Result<(), StoreError>;
}
