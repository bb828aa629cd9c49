//! What becomes of messages to people.

use super::SqlStore;
use super::columns::device;
use super::log;
use super::write::{Row, Write};
use crate::domain::alerting::alert::Progress;
use crate::domain::alerting::log::LogEntry;
use crate::domain::alerting::standing::Standing;
use crate::domain::alerting::team::TeamName;
use crate::domain::delivery::ledger::{Delivery, DeliveryState, Entry, Intent, Sibling, VendorName};
use crate::domain::delivery::{Notification, Purpose};
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, NotificationId};
use crate::domain::severity::Severity;
use crate::ports::deliveries::{Attempt, BegunMessage, DeliveryStore, WaitingMessage};
use crate::ports::error::StoreError;
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

macro_rules! select_delivery {
    ($rest:literal) => {
        concat!(
            "select n.id, n.alert_id, n.person, n.device_kind, n.address, n.purpose, n.due_at, n.state, n.attempts, ",
            "n.next_at, n.throttled, n.started_at, n.sent_at, n.ended_at, n.vendor, n.vendor_id, n.trace, n.cause, n.bundle ",
            "from notifications n ",
            $rest
        )
    };
}

macro_rules! select_attempts {
    ($ids:literal) => {
        concat!(
            "select t.notification_id, t.n, t.vendor, t.started_at, t.ended_at, t.outcome, t.vendor_ref, t.error ",
            "from attempts t where t.notification_id in ",
            $ids,
            " order by t.notification_id, t.n"
        )
    };
}

#[async_trait]
impl DeliveryStore for SqlStore {
    async fn delivery(&self, id: NotificationId) -> Result<Option<Delivery>, StoreError> {
        self.first(select_delivery!("where n.id = $1"), args![id.0], delivery).await
    }

    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<Delivery>, StoreError> {
        let sql = select_delivery!("where n.alert_id = $1 order by n.id");
        self.driver.query(sql, args![alert.0]).await?.iter().map(delivery).collect()
    }

    async fn attempts_of(&self, alert: AlertId) -> Result<Vec<Attempt>, StoreError> {
        let sql = select_attempts!("(select n.id from notifications n where n.alert_id = $1)");
        self.driver.query(sql, args![alert.0]).await?.iter().map(attempt).collect()
    }

    async fn deliveries(
        &self,
        state: Option<DeliveryState>,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        // Without a place the list begins after everything that there can be.
        let after = after.map_or(Uuid::max(), |after| after.0);
        let rows = match state {
            None => {
                let sql = select_delivery!("where n.id < $1 order by n.id desc limit $2");
                self.driver.query(sql, args![after, limit]).await?
            }
            Some(state) => {
                let sql = select_delivery!("where n.state = $3 and n.id < $1 order by n.id desc limit $2");
                self.driver.query(sql, args![after, limit, state.word()]).await?
            }
        };
        rows.iter().map(delivery).collect()
    }

    async fn attempts(
        &self,
        state: Option<DeliveryState>,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<Attempt>, StoreError> {
        let after = after.map_or(Uuid::max(), |after| after.0);
        let rows = match state {
            None => {
                let sql = select_attempts!(
                    "(select n.id from notifications n where n.id < $1 order by n.id desc limit $2)"
                );
                self.driver.query(sql, args![after, limit]).await?
            }
            Some(state) => {
                let sql = select_attempts!(
                    "(select n.id from notifications n where n.state = $3 and n.id < $1 order by n.id desc limit $2)"
                );
                self.driver.query(sql, args![after, limit, state.word()]).await?
            }
        };
        rows.iter().map(attempt).collect()
    }

    async fn siblings(&self, one: &Notification) -> Result<Vec<Sibling>, StoreError> {
        let sql = "select id, purpose, state, next_at, started_at from notifications \
                   where alert_id = $1 and device_kind = $2 and address = $3 order by id";
        let (kind, address) = columns(&one.device);
        let rows = self.driver.few(sql, args![one.alert.0, kind, address]).await?;
        let sibling = |row: &Row| {
            Ok(Sibling {
                id: row.parsed(0)?,
                purpose: purpose(row, 1)?,
                state: state(row, 2)?,
                next_at: row.opt_time(3)?,
                started_at: row.opt_time(4)?,
            })
        };
        rows.iter().map(sibling).collect()
    }

    async fn begun(
        &self,
        device: &Device,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<BegunMessage>, StoreError> {
        let sql = "select n.started_at, n.alert_id, a.team, n.purpose from notifications n \
                   left join alerts a on a.id = n.alert_id \
                   where n.device_kind = $1 and n.address = $2 and n.started_at > $3 and n.started_at <= $4 \
                   and n.state in ('sending', 'sent', 'delivered', 'unknown') order by n.started_at";
        let (kind, address) = columns(device);
        self.driver.few(sql, args![kind, address, since, until]).await?.iter().map(begun).collect()
    }

    async fn waiting(&self, device: &Device, limit: u32) -> Result<Vec<WaitingMessage>, StoreError> {
        let sql = "select n.id, n.alert_id, n.person, n.purpose, n.throttled, coalesce(n.next_at, n.due_at), \
                   a.team, a.severity, a.closed_at, a.acknowledged_at, a.progress from notifications n \
                   left join alerts a on a.id = n.alert_id \
                   where n.device_kind = $1 and n.address = $2 and n.state = 'waiting' order by n.id limit $3";
        let (kind, address) = columns(device);
        self.driver.query(sql, args![kind, address, limit]).await?.iter().map(waiting).collect()
    }

    async fn bundled(&self, in_which: NotificationId) -> Result<Vec<Delivery>, StoreError> {
        let sql = select_delivery!("where n.bundle = $1 order by n.id");
        self.driver.query(sql, args![in_which.0]).await?.iter().map(delivery).collect()
    }

    async fn begin(&self, intent: &Intent) -> Result<(), StoreError> {
        let (id, before) = (intent.id.0, intent.attempt.saturating_sub(1));
        let trace = intent.trace.as_deref();
        let begin = Write::new();
        let begin = match intent.limit {
            None => begin.one(
                "update notifications set state = 'sending', attempts = $2, vendor = $3, vendor_id = null, \
                 trace = $6, started_at = $4, next_at = null, throttled = 0, ended_at = null \
                 where id = $1 and attempts = $5 and state in ('waiting', 'sending', 'failed', 'unknown')",
                args![id, intent.attempt, intent.vendor.0.as_str(), intent.as_of, before, trace],
            ),
            Some(limit) => begin.one(
                "update notifications set state = 'sending', attempts = $2, vendor = $3, vendor_id = null, \
                 trace = $6, started_at = $4, next_at = null, throttled = 0, ended_at = null \
                 where id = $1 and attempts = $5 and state in ('waiting', 'sending', 'failed', 'unknown') \
                 and (select count(*) from notifications o where o.device_kind = notifications.device_kind \
                 and o.address = notifications.address and o.started_at > $7 and o.started_at <= $9 \
                 and o.id <> notifications.id \
                 and o.state in ('sending', 'sent', 'delivered', 'unknown') and (o.purpose in ('alert', 'text') \
                 or notifications.purpose not in ('alert', 'text'))) < $8",
                args![
                    id,
                    intent.attempt,
                    intent.vendor.0.as_str(),
                    intent.as_of,
                    before,
                    trace,
                    limit.since,
                    limit.most,
                    limit.until,
                ],
            ),
        };
        let begin = begin
            .any(
                "update attempts set ended_at = $2, error = $3, \
                 outcome = case when cast($3 as text) is null then 'unknown' else 'failed' end \
                 where notification_id = $1 and ended_at is null",
                args![id, intent.at, intent.before.as_deref()],
            )
            .one(
                "insert into attempts (notification_id, n, vendor, started_at) values ($1, $2, $3, $4)",
                args![id, intent.attempt, intent.vendor.0.as_str(), intent.at],
            );
        let write = intent.bundled.iter().fold(begin, |write, other| {
            write.one(
                "update notifications set state = 'bundled', bundle = $2, ended_at = $3, next_at = null \
                 where id = $1 and state = 'waiting'",
                args![other.0, id, intent.at],
            )
        });
        self.driver.apply(write).await
    }

    async fn heard(
        &self,
        delivery: &Delivery,
        entry: &Entry,
        vendor_ref: Option<&str>,
        log: &[(AlertId, LogEntry)],
    ) -> Result<(), StoreError> {
        let id = delivery.notification.id;
        let mut write = Write::new().one(
            "update notifications set vendor_id = coalesce(vendor_id, $3) where id = $1 and state = $2",
            args![id.0, delivery.state.word(), vendor_ref],
        );
        write = write.then(noted(id, entry));
        for (alert, entry) in log {
            write = write.then(log::entry(*alert, entry, &*self.ids)?);
        }
        self.driver.apply(write).await
    }
}

/// Something that is known of a message, as statements.
pub(super) fn noted(id: NotificationId, entry: &Entry) -> Write {
    let write = Write::new();
    match entry {
        // The vendor's own news of it may have overtaken this: that it has reached its device, or that it never will.
        Entry::Sent { at, vendor_ref } => write
            .any(
                "update notifications set state = 'sent', sent_at = $2, vendor_id = $3, next_at = null, cause = null \
                 where id = $1 and (state in ('waiting', 'sending', 'unknown') \
                 or (state = 'failed' and (vendor_id is null or vendor_id <> $3)))",
                args![id.0, *at, vendor_ref.as_deref()],
            )
            .then(ended(id, *at, "sent", vendor_ref.as_deref(), None)),
        Entry::Later { at, cause, next } => write
            .any(
                "update notifications set state = 'waiting', next_at = $2, cause = $3 \
                 where id = $1 and state in ('waiting', 'sending', 'failed', 'unknown')",
                args![id.0, *next, cause.as_str()],
            )
            .then(ended(id, *at, "failed", None, Some(cause))),
        Entry::Failed { at, cause } => write
            .any(
                "update notifications set state = 'failed', ended_at = $2, cause = $3, next_at = null \
                 where id = $1 and state in ('waiting', 'sending', 'sent', 'unknown')",
                args![id.0, *at, cause.as_str()],
            )
            .then(ended(id, *at, "failed", None, Some(cause))),
        Entry::Unknown { at, cause } => write
            .any(
                "update notifications set state = 'unknown', ended_at = $2, cause = $3, next_at = null \
                 where id = $1 and state in ('sending', 'unknown')",
                args![id.0, *at, cause.as_str()],
            )
            .then(ended(id, *at, "unknown", None, Some(cause))),
        // A phone that rings, and is hung up, was sent for nothing.
        Entry::Dropped { at, why } => write.any(
            "update notifications set state = 'dropped', ended_at = $2, cause = $3, next_at = null \
             where id = $1 and (state in ('waiting', 'sending', 'failed', 'unknown') \
             or (state = 'sent' and device_kind = 'voice'))",
            args![id.0, *at, why.words()],
        ),
        Entry::Throttled { until } => write.any(
            "update notifications set state = 'waiting', throttled = 1, next_at = $2, ended_at = null \
             where id = $1 and state in ('waiting', 'failed', 'unknown')",
            args![id.0, *until],
        ),
        Entry::Delivered { at } => write
            .any(
                "update notifications set state = 'delivered', ended_at = $2, sent_at = coalesce(sent_at, $2), \
                 next_at = null, cause = null \
                 where id = $1 and state in ('waiting', 'sending', 'sent', 'unknown')",
                args![id.0, *at],
            )
            .then(ended(id, *at, "sent", None, None)),
    }
}

/// What came of the attempt that is under way.
fn ended(
    id: NotificationId,
    at: Timestamp,
    outcome: &'static str,
    vendor_ref: Option<&str>,
    error: Option<&String>,
) -> Write {
    Write::new().any(
        "update attempts set ended_at = $2, outcome = $3, vendor_ref = coalesce($4, vendor_ref), error = $5 \
         where notification_id = $1 and ended_at is null",
        args![id.0, at, outcome, vendor_ref, error.map(String::as_str)],
    )
}

/// A message that is to be sent.
pub(super) fn queued(one: &Notification) -> Write {
    let (kind, address) = columns(&one.device);
    Write::new().one(
        "insert into notifications (id, alert_id, person, device_kind, address, purpose, state, due_at, next_at) \
         values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $7)",
        args![one.id.0, one.alert.0, one.person.0.as_str(), kind, address, one.purpose.word(), one.due],
    )
}

/// A message, from seven columns: id, alert, person, kind of device, address, what it is for, when it is due.
pub(super) fn notification(row: &Row) -> Result<Notification, StoreError> {
    Ok(Notification {
        id: row.parsed(0)?,
        alert: row.parsed(1)?,
        person: PersonId(row.text(2)?.to_owned()),
        device: device(row, 3)?,
        purpose: purpose(row, 5)?,
        due: row.time(6)?,
    })
}

fn delivery(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        notification: notification(row)?,
        state: state(row, 7)?,
        attempts: row.count(8)?,
        next_at: row.opt_time(9)?,
        is_throttled: row.flag(10)?,
        started_at: row.opt_time(11)?,
        sent_at: row.opt_time(12)?,
        ended_at: row.opt_time(13)?,
        vendor: row.opt_text(14)?.map(|name| VendorName(name.to_owned())),
        vendor_ref: row.opt_text(15)?.map(str::to_owned),
        trace: row.opt_text(16)?.map(str::to_owned),
        cause: row.opt_text(17)?.map(str::to_owned),
        bundle: row.opt_parsed(18)?,
    })
}

fn attempt(row: &Row) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        id: row.parsed(0)?,
        n: row.count(1)?,
        vendor: VendorName(row.text(2)?.to_owned()),
        started_at: row.time(3)?,
        ended_at: row.opt_time(4)?,
        outcome: row.opt_text(5)?.map(str::to_owned),
        vendor_ref: row.opt_text(6)?.map(str::to_owned),
        error: row.opt_text(7)?.map(str::to_owned),
    })
}

fn waiting(row: &Row) -> Result<WaitingMessage, StoreError> {
    let about = match row.opt_text(7)? {
        None => None,
        Some(word) => {
            let Some(severity) = Severity::from_word(word) else {
                return Err(row.fault(7, "is no severity"));
            };
            let progress: Progress = row.json(10)?;
            let standing = Standing {
                is_resolved: row.opt_time(8)?.is_some(),
                is_acknowledged: row.opt_time(9)?.is_some(),
                answered: progress.acks.into_iter().map(|ack| ack.by).collect(),
                snoozed_until: progress.snoozed_until,
            };
            Some((severity, standing))
        }
    };
    Ok(WaitingMessage {
        id: row.parsed(0)?,
        alert: row.parsed(1)?,
        person: PersonId(row.text(2)?.to_owned()),
        purpose: purpose(row, 3)?,
        is_throttled: row.flag(4)?,
        next_at: row.time(5)?,
        team: team(row, 6)?,
        about,
    })
}

/// Something that a device was sent, from three columns: when, about which alert, whose that is.
pub(super) fn begun(row: &Row) -> Result<BegunMessage, StoreError> {
    let (at, alert) = (row.time(0)?, row.parsed(1)?);
    Ok(BegunMessage { at, alert, team: team(row, 2)?, purpose: purpose(row, 3)? })
}

fn state(row: &Row, column: usize) -> Result<DeliveryState, StoreError> {
    DeliveryState::from_word(row.text(column)?).ok_or_else(|| row.fault(column, "is no state of a message"))
}

fn purpose(row: &Row, column: usize) -> Result<Purpose, StoreError> {
    Purpose::from_word(row.text(column)?).ok_or_else(|| row.fault(column, "is no purpose of a message"))
}

fn team(row: &Row, column: usize) -> Result<Option<TeamName>, StoreError> {
    Ok(row.opt_text(column)?.map(|name| TeamName(name.to_owned())))
}

/// A device as two columns.
fn columns(device: &Device) -> (&'static str, &str) {
    match device {
        Device::Voice(number) => ("voice", number.as_str()),
        Device::Sms(number) => ("sms", number.as_str()),
        Device::Email(address) => ("email", address.as_str()),
        Device::Webhook(url) => ("webhook", url.as_str()),
    }
}
