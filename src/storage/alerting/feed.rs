//! What happens to all alerts, in the order in which it is written.

use crate::domain::alerting::content::Content;
use crate::domain::alerting::log::LogEntry;
use crate::domain::alerting::state::AlertState;
use crate::domain::alerting::team::TeamName;
use crate::domain::ids::LogId;
use crate::domain::severity::Severity;
use crate::ports::error::StoreError;
use crate::ports::store::{AlertFeed, FedEntry};
use crate::storage::SqlStore;
use crate::storage::write::{Row, args};
use async_trait::async_trait;

macro_rules! select_entry {
    ($rest:literal) => {
        concat!(
            "select l.id, l.alert_id, a.number, a.team, a.severity, a.acknowledged_at, a.closed_at, a.content, ",
            "l.at, l.entry from alert_log l join alerts a on a.id = l.alert_id ",
            $rest
        )
    };
}

#[async_trait]
impl AlertFeed for SqlStore {
    async fn newest_entry(&self) -> Result<Option<LogId>, StoreError> {
        let sql = "select id from alert_log order by id desc limit 1";
        self.first(sql, args![], |row| row.parsed(0)).await
    }

    async fn entry(&self, id: LogId) -> Result<Option<FedEntry>, StoreError> {
        self.first(select_entry!("where l.id = $1"), args![id.0], entry).await
    }

    async fn entry_ids_after(&self, after: LogId, limit: u32) -> Result<Vec<LogId>, StoreError> {
        let sql = "select id from alert_log where id > $1 order by id limit $2";
        self.driver.query(sql, args![after.0, limit]).await?.iter().map(|row| row.parsed(0)).collect()
    }

    async fn entries_after(&self, after: LogId, limit: u32) -> Result<Vec<FedEntry>, StoreError> {
        let sql = select_entry!("where l.id > $1 order by l.id limit $2");
        self.driver.query(sql, args![after.0, limit]).await?.iter().map(entry).collect()
    }
}

fn entry(row: &Row) -> Result<FedEntry, StoreError> {
    let Some(severity) = Severity::from_word(row.text(4)?) else {
        return Err(row.fault(4, "is no severity"));
    };
    let content: Content = row.json(7)?;
    Ok(FedEntry {
        id: row.parsed(0)?,
        alert: row.parsed(1)?,
        number: row.count(2)?,
        team: row.opt_text(3)?.map(|name| TeamName(name.to_owned())),
        severity,
        state: match (row.opt_time(5)?, row.opt_time(6)?) {
            (_, Some(_)) => AlertState::Resolved,
            (Some(_), None) => AlertState::Acknowledged,
            (None, None) => AlertState::Open,
        },
        title: content.title,
        entry: LogEntry { at: row.time(8)?, what: row.json(9)? },
    })
}
