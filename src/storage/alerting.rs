//! Alerts, their logs, and who is told of them.

use super::SqlStore;
use super::columns::{caller, json, number, person};
use super::recordings::{COLUMNS, opt_recording, recording_columns};
use super::write::{Row, Write};
use crate::domain::alerting::alert::{
    Acknowledged, Alert, AlertState, AlertStory, Closed, Message as AlertMessage,
};
use crate::domain::alerting::close::Closing;
use crate::domain::alerting::log::{Happened, LogEntry, Release};
use crate::domain::contact::{EmailAddress, PhoneNumber, WebhookUrl};
use crate::domain::delivery::Notification;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, Ids, NotificationId};
use crate::domain::links::{Link, LinkCode};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::ports::error::StoreError;
use crate::ports::store::{AlertCursor, AlertStore};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

macro_rules! select_story {
    ($rest:literal) => {
        concat!(
            "select ",
            recording_columns!(),
            ", a.id, a.call_id, a.action, a.recipients, a.severity, a.caller_person, a.caller_name, ",
            "a.caller_number, a.caller_language, a.link_code, l.expires_at, l.short_url, a.opened_at, ",
            "a.closed_at, a.closed_by, a.held, a.acknowledged_at, a.acknowledged_by from alerts a ",
            "left join recordings r on r.id = a.recording_id left join links l on l.code = a.link_code ",
            $rest
        )
    };
}
pub(super) use select_story;

#[async_trait]
impl AlertStore for SqlStore {
    async fn alert(&self, id: AlertId) -> Result<Option<AlertStory>, StoreError> {
        let found = self.first(select_story!("where a.id = $1"), args![id.0], story).await?;
        let Some(story) = found else { return Ok(None) };
        let sql = "select at, entry from alert_log where alert_id = $1 order by at, id";
        let rows = self.driver.query(sql, args![id.0]).await?;
        let entry = |row: &Row| Ok(LogEntry { at: row.time(0)?, what: row.json(1)? });
        let log = rows.iter().map(entry).collect::<Result<_, StoreError>>()?;
        Ok(Some(AlertStory { log, ..story }))
    }

    async fn alerts(
        &self,
        state: Option<AlertState>,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError> {
        let sql = match state {
            None => select_story!(
                "where (a.opened_at < $1 or (a.opened_at = $1 and a.id < $2)) \
                 order by a.opened_at desc, a.id desc limit $3"
            ),
            Some(AlertState::Open) => select_story!(
                "where a.closed_at is null and a.acknowledged_at is null \
                 and (a.opened_at < $1 or (a.opened_at = $1 and a.id < $2)) \
                 order by a.opened_at desc, a.id desc limit $3"
            ),
            Some(AlertState::Acknowledged) => select_story!(
                "where a.closed_at is null and a.acknowledged_at is not null \
                 and (a.opened_at < $1 or (a.opened_at = $1 and a.id < $2)) \
                 order by a.opened_at desc, a.id desc limit $3"
            ),
            Some(AlertState::Resolved) => select_story!(
                "where a.closed_at is not null and (a.opened_at < $1 or (a.opened_at = $1 and a.id < $2)) \
                 order by a.opened_at desc, a.id desc limit $3"
            ),
        };
        // Without a place the list begins before everything that there can be.
        let (opened_at, id) =
            after.map_or((Timestamp::MAX, Uuid::max()), |after| (after.opened_at, after.id.0));
        self.driver.query(sql, args![opened_at, id, limit]).await?.iter().map(story).collect()
    }

    async fn close(&self, closing: &Closing) -> Result<(), StoreError> {
        let Closing { alert, closed, log: entry } = closing;
        let write = Write::new().one(
            "update alerts set closed_at = $2, closed_by = $3 where id = $1 and closed_at is null",
            args![alert.0, closed.at, closed.by.as_str()],
        );
        self.driver.apply(write.then(log(*alert, entry, &*self.ids)?)).await
    }

    async fn told(&self, alert: AlertId) -> Result<Vec<Notification>, StoreError> {
        let sql = "select id, alert_id, person, device_kind, address, is_update from notifications \
                   where alert_id = $1 and is_update = 0 order by id";
        self.driver.query(sql, args![alert.0]).await?.iter().map(notification).collect()
    }

    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        let sql = "select id, alert_id, person, device_kind, address, is_update from notifications \
                   where id = $1";
        self.first(sql, args![id.0], notification).await
    }
}

/// An alert that opens, with its link and the first entry of its log.
pub(super) fn open(alert: &Alert, release: Release, ids: &dyn Ids) -> Result<Write, StoreError> {
    let opened = LogEntry { at: alert.opened_at, what: Happened::Opened { release } };
    let message = alert.message.as_ref();
    let write = Write::new().one(
        "insert into alerts (id, call_id, action, recipients, severity, caller_person, caller_name, \
         caller_number, caller_language, recording_id, link_code, opened_at, held) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            alert.id.0,
            alert.call.0,
            alert.action.word(),
            json(&alert.recipients)?,
            alert.severity.word(),
            person(&alert.caller),
            alert.caller.name.clone(),
            number(&alert.caller),
            alert.caller.language.as_str(),
            message.map(|message| message.recording.0),
            message.map(|message| message.link.code.as_str()),
            alert.opened_at,
            alert.is_held,
        ],
    );
    let write = match message {
        Some(message) => write.then(link(message)),
        None => write,
    };
    Ok(write.then(log(alert.id, &opened, ids)?))
}

/// The link to a message.
fn link(message: &AlertMessage) -> Write {
    Write::new().one(
        "insert into links (code, recording_id, expires_at) values ($1, $2, $3)",
        args![message.link.code.as_str(), message.recording.0, message.link.expires_at],
    )
}

/// A message belongs to an alert that had none; its people are told of it from now on.
pub(super) fn message_left(alert: AlertId, message: &AlertMessage) -> Write {
    let write = Write::new().one(
        "update alerts set recording_id = $2, link_code = $3, held = 0 where id = $1 and recording_id is null",
        args![alert.0, message.recording.0, message.link.code.as_str()],
    );
    write.then(link(message))
}

/// Its people are told of an alert from now on.
pub(super) fn missed(alert: AlertId) -> Write {
    Write::new().any("update alerts set held = 0 where id = $1", args![alert.0])
}

/// Somebody takes care of an alert.
pub(super) fn acknowledged(alert: AlertId, by: &PersonId, at: Timestamp) -> Write {
    Write::new().any(
        "update alerts set held = 0, acknowledged_at = $2, acknowledged_by = $3 \
         where id = $1 and acknowledged_at is null",
        args![alert.0, at, by.0.as_str()],
    )
}

/// They do so no longer, and somebody else is being sought.
pub(super) fn unacknowledged(alert: AlertId) -> Write {
    Write::new().any(
        "update alerts set held = 1, acknowledged_at = null, acknowledged_by = null \
         where id = $1 and closed_at is null",
        args![alert.0],
    )
}

/// Somebody has dealt with an alert.
pub(super) fn resolved(alert: AlertId, by: &PersonId, at: Timestamp) -> Write {
    Write::new().any(
        "update alerts set closed_at = $2, closed_by = $3 where id = $1 and closed_at is null",
        args![alert.0, at, by.0.as_str()],
    )
}

/// Something that happened to an alert.
pub(super) fn log(alert: AlertId, entry: &LogEntry, ids: &dyn Ids) -> Result<Write, StoreError> {
    Ok(Write::new().one(
        "insert into alert_log (id, alert_id, at, entry) values ($1, $2, $3, $4)",
        args![ids.next(), alert.0, entry.at, json(&entry.what)?],
    ))
}

/// A message that is to be sent.
pub(super) fn queue_notification(one: &Notification) -> Write {
    let (kind, address) = match &one.device {
        Device::Voice(number) => ("voice", number.as_str()),
        Device::Sms(number) => ("sms", number.as_str()),
        Device::Email(address) => ("email", address.as_str()),
        Device::Webhook(url) => ("webhook", url.as_str()),
    };
    Write::new().one(
        "insert into notifications (id, alert_id, person, device_kind, address, is_update, sent) \
         values ($1, $2, $3, $4, $5, $6, 0)",
        args![one.id.0, one.alert.0, one.person.0.as_str(), kind, address, one.is_update],
    )
}

/// A message that its vendor has taken.
pub(super) fn sent(id: NotificationId, vendor_id: Option<&str>) -> Write {
    Write::new()
        .one("update notifications set sent = 1, vendor_id = $2 where id = $1", args![id.0, vendor_id])
}

/// An alert with its recording and no log, from the columns of [`select_story`].
pub(super) fn story(row: &Row) -> Result<AlertStory, StoreError> {
    let at = COLUMNS;
    let recording = opt_recording(row, 0)?;
    let Some(action) = Action::from_word(row.text(at + 2)?) else {
        return Err(row.fault(at + 2, "is no action"));
    };
    let Some(severity) = Severity::from_word(row.text(at + 4)?) else {
        return Err(row.fault(at + 4, "is no severity"));
    };
    let message = match &recording {
        None => None,
        Some(recording) => {
            let Some(code) = LinkCode::parse(row.text(at + 9)?) else {
                return Err(row.fault(at + 9, "is no link code"));
            };
            let short_url = row.opt_text(at + 11)?.map(str::to_owned);
            let link = Link { code, expires_at: row.time(at + 10)?, short_url };
            Some(AlertMessage { recording: recording.id, link })
        }
    };
    let alert = Alert {
        id: row.parsed(at)?,
        call: row.parsed(at + 1)?,
        action,
        recipients: row.json(at + 3)?,
        severity,
        caller: caller(row, at + 5, row.text(at + 8)?)?,
        message,
        opened_at: row.time(at + 12)?,
        is_held: row.flag(at + 15)?,
        acknowledged: match row.opt_time(at + 16)? {
            Some(since) => Some(Acknowledged { at: since, by: PersonId(row.text(at + 17)?.to_owned()) }),
            None => None,
        },
        closed: match row.opt_time(at + 13)? {
            Some(closed_at) => Some(Closed { at: closed_at, by: row.text(at + 14)?.to_owned() }),
            None => None,
        },
    };
    Ok(AlertStory { alert, recording, log: vec![] })
}

fn notification(row: &Row) -> Result<Notification, StoreError> {
    let Some(kind) = DeviceKind::from_word(row.text(3)?) else {
        return Err(row.fault(3, "is no kind of device"));
    };
    let address = row.text(4)?;
    let device = match kind {
        DeviceKind::Voice => PhoneNumber::parse(address).ok().map(Device::Voice),
        DeviceKind::Sms => PhoneNumber::parse(address).ok().map(Device::Sms),
        DeviceKind::Email => EmailAddress::parse(address).ok().map(Device::Email),
        DeviceKind::Webhook => WebhookUrl::parse(address).ok().map(Device::Webhook),
    };
    Ok(Notification {
        id: row.parsed(0)?,
        alert: row.parsed(1)?,
        person: PersonId(row.text(2)?.to_owned()),
        device: device.ok_or_else(|| row.fault(4, "does not fit its kind of device"))?,
        is_update: row.flag(5)?,
    })
}
