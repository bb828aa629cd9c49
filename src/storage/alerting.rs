//! Alerts, their logs, and who is told of them.

mod feed;
mod find;
pub(super) mod numbers;
mod read;
pub(super) mod write;

use super::SqlStore;
use super::changes;
use super::columns::json;
use super::deliveries;
use super::driver::Claim;
use super::hooks;
use super::links;
use super::log;
use super::queue;
use super::recordings::recording_columns;
use super::write::{Row, Write};
use crate::domain::alerting::alert::{AlertStory, Matter};
use crate::domain::alerting::audited::AuditedAct;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::alerting::log::LogEntry;
use crate::domain::delivery::Notification;
use crate::domain::ids::{AlertId, NotificationId};
use crate::ports::error::StoreError;
use crate::ports::store::{AlertCursor, AlertPage, AlertStore};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
pub(super) use read::story;
use uuid::Uuid;

macro_rules! select_stories {
    () => {
        concat!(
            "select ",
            recording_columns!(),
            ", a.id, a.number, a.version, a.call_id, a.action, a.caller_person, a.caller_name, a.caller_number, ",
            "a.caller_language, a.origin, a.team, a.matter, a.content, a.recipients, a.severity, a.scenario, ",
            "a.link_code, l.expires_at, l.short_url, a.opened_at, a.held, a.acknowledged_at, a.acknowledged_by, ",
            "a.acknowledged_from, a.closed_at, a.closed_by, a.closed_from, a.progress, a.due_at from alerts a ",
            "left join recordings r on r.id = a.recording_id left join links l on l.code = a.link_code ",
        )
    };
}
pub(super) use select_stories;

macro_rules! select_story {
    ($rest:literal) => {
        concat!(select_stories!(), $rest)
    };
}
pub(super) use select_story;

#[async_trait]
impl AlertStore for SqlStore {
    async fn alert(&self, id: AlertId) -> Result<Option<AlertStory>, StoreError> {
        let found = self.first(select_story!("where a.id = $1"), args![id.0], story).await?;
        self.with_log(found).await
    }

    async fn by_number(&self, number: u32) -> Result<Option<AlertStory>, StoreError> {
        let found = self.first(select_story!("where a.number = $1"), args![number], story).await?;
        self.with_log(found).await
    }

    async fn open(&self, after: Option<AlertCursor>, limit: u32) -> Result<Vec<AlertStory>, StoreError> {
        let sql = select_story!(
            "where a.closed_at is null and (a.opened_at > $1 or (a.opened_at = $1 and a.id > $2)) \
             order by a.opened_at, a.id limit $3"
        );
        let (opened_at, id) =
            after.map_or((Timestamp::MIN, Uuid::nil()), |after| (after.opened_at, after.id.0));
        self.driver.query(sql, args![opened_at, id, limit]).await?.iter().map(story).collect()
    }

    async fn of_matter(&self, matter: &Matter) -> Result<Option<AlertStory>, StoreError> {
        let sql = select_story!("where a.matter = $1 and a.closed_at is null");
        self.first(sql, args![matter.as_str()], story).await
    }

    async fn found(
        &self,
        filter: &AlertFilter,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<AlertPage, StoreError> {
        self.look_for(filter, after, limit).await
    }

    async fn latest_open(
        &self,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError> {
        let sql = select_story!(
            "where a.closed_at is null and a.held = 0 and (a.opened_at < $1 or (a.opened_at = $1 and a.id < $2)) \
             order by a.opened_at desc, a.id desc limit $3"
        );
        let (opened_at, id) =
            after.map_or((Timestamp::MAX, Uuid::max()), |after| (after.opened_at, after.id.0));
        self.driver.query(sql, args![opened_at, id, limit]).await?.iter().map(story).collect()
    }

    async fn change(&self, change: &Change) -> Result<(), StoreError> {
        let write = self.changed(change).await?;
        self.driver.apply(write).await
    }

    async fn claim_due_alerts(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<AlertId>, StoreError> {
        let sql = "with due as materialized (select id from alerts where due_at <= $1 \
                   order by due_at limit $3 {skip locked}) \
                   update alerts set due_at = $2 where id in (select id from due) returning id";
        let rows = self.driver.claim(Claim { sql, args: args![now, until, limit] }).await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    async fn look_at_open(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update alerts set due_at = $1, version = version + 1 \
                   where closed_at is null and held = 0 and team is not null";
        self.driver.apply(Write::new().any(sql, args![now])).await
    }

    async fn told(&self, alert: AlertId) -> Result<Vec<Notification>, StoreError> {
        let sql = "select id, alert_id, person, device_kind, address, purpose, due_at from notifications \
                   where alert_id = $1 and purpose = 'alert' order by id";
        self.driver.query(sql, args![alert.0]).await?.iter().map(deliveries::notification).collect()
    }

    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        let sql = "select id, alert_id, person, device_kind, address, purpose, due_at from notifications \
                   where id = $1";
        self.first(sql, args![id.0], deliveries::notification).await
    }
}

impl SqlStore {
    async fn with_log(&self, story: Option<AlertStory>) -> Result<Option<AlertStory>, StoreError> {
        let Some(story) = story else { return Ok(None) };
        let sql = "select at, entry from alert_log where alert_id = $1 order by at, id";
        let rows = self.driver.query(sql, args![story.alert.id.0]).await?;
        let entry = |row: &Row| Ok(LogEntry { at: row.time(0)?, what: row.json(1)? });
        let log = rows.iter().map(entry).collect::<Result<_, StoreError>>()?;
        Ok(Some(AlertStory { log, ..story }))
    }

    /// A change of an alert as statements.
    pub(super) async fn changed(&self, change: &Change) -> Result<Write, StoreError> {
        let alert = &change.alert;
        let mut write = if alert.version == 0 {
            write::insert(alert, self.numbers.next(&*self.driver).await?)?
        } else {
            write::update(alert)?
        };
        for entry in &change.log {
            write = write.then(log::entry(alert.id, entry, &*self.ids)?);
        }
        for one in &change.notifications {
            write = write.then(deliveries::queued(one));
        }
        for (id, entry) in &change.deliveries {
            write = write.then(deliveries::noted(*id, entry));
        }
        for one in &change.hooks {
            write = write.then(hooks::queue(one, &*self.ids)?);
        }
        for effect in &change.effects {
            write = write.then(queue::queue(effect, &*self.ids)?);
        }
        if let Some((code, short_url)) = &change.short_link {
            write = write.then(links::shortened(code, short_url));
        }
        if let Some(act) = &change.audited {
            write = write.then(audited(act)?);
        }
        Ok(write)
    }
}

/// What somebody did, for the audit.
fn audited(act: &AuditedAct) -> Result<Write, StoreError> {
    let AuditedAct { id, at, by, what, before, after } = act;
    Ok(changes::audit_entry(id.0, *at, by, what, json(before)?, json(after)?))
}
