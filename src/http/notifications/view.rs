//! A message as JSON. Its number or address is not in it: whom it is to says enough.

use crate::domain::alerting::state::AlertState;
use crate::domain::delivery::ledger::{Delivery, DeliveryState, VendorName};
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, NotificationId};
use crate::http::schema;
use crate::service::Attempt;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of messages.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationList)]
pub(in crate::http) struct ListView {
    /// Newest first.
    pub(super) notifications: Vec<NotificationView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// A message.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(in crate::http) struct NotificationView {
    #[schema(value_type = uuid::Uuid)]
    id: NotificationId,
    #[schema(value_type = uuid::Uuid)]
    alert: AlertId,
    #[schema(value_type = String)]
    person: PersonId,
    /// `sms`, `email`, `voice` or `webhook`.
    by: &'static str,
    /// Whether it only brings a text that came later.
    update: bool,
    /// The state of the alert that it tells a subscriber of; `null`: it is for somebody who is to answer it.
    #[schema(value_type = Option<schema::StateWord>)]
    news: Option<AlertState>,
    /// `waiting`, `sending`, `sent`, `delivered`, `failed`, `dropped`, `unknown` or `bundled`.
    #[schema(value_type = schema::DeliveryWord)]
    state: DeliveryState,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    /// Of one that waits: when it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// Of one that waits since its number has been sent as much as it may: until when, at least.
    #[schema(value_type = Option<String>, format = DateTime)]
    throttled_until: Option<Timestamp>,
    /// When a vendor took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When it reached its device.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    /// When it was known that it is not sent, or not again.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Who was asked last to transmit it.
    #[schema(value_type = Option<String>)]
    vendor: Option<VendorName>,
    /// What that vendor calls it.
    vendor_id: Option<String>,
    /// Why it waits, failed or was dropped, in words.
    cause: Option<String>,
    /// The message that says it too.
    #[schema(value_type = Option<uuid::Uuid>)]
    bundled_in: Option<NotificationId>,
    /// In order.
    attempts: Vec<AttemptView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Attempt)]
struct AttemptView {
    n: u32,
    #[schema(value_type = String)]
    vendor: VendorName,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// `sent`, `failed` or `unknown`; `null`: it is not known yet.
    outcome: Option<String>,
    error: Option<String>,
}

impl NotificationView {
    /// That message with its attempts.
    pub(in crate::http) fn of((delivery, attempts): (Delivery, Vec<Attempt>)) -> Self {
        let is_delivered = delivery.state == DeliveryState::Delivered;
        let (delivered_at, ended_at) =
            if is_delivered { (delivery.ended_at, None) } else { (None, delivery.ended_at) };
        let one = delivery.notification;
        let attempt = |one: Attempt| AttemptView {
            n: one.n,
            vendor: one.vendor,
            started_at: one.started_at,
            ended_at: one.ended_at,
            outcome: one.outcome,
            error: one.error,
        };
        Self {
            id: one.id,
            alert: one.alert,
            person: one.person,
            by: one.device.kind().word(),
            update: one.purpose.is_text(),
            news: one.purpose.news(),
            state: delivery.state,
            due_at: one.due,
            next_at: delivery.next_at,
            throttled_until: delivery.next_at.filter(|_| delivery.is_throttled),
            sent_at: delivery.sent_at,
            delivered_at,
            ended_at,
            vendor: delivery.vendor,
            vendor_id: delivery.vendor_ref,
            cause: delivery.cause,
            bundled_in: delivery.bundle,
            attempts: attempts.into_iter().map(attempt).collect(),
        }
    }
}
