//! Calls as they are told afterwards.

use super::SqlStore;
use super::alerting::{select_stories, select_story, story};
use super::recordings::recording_columns;
use super::voice::{CALL_COLUMNS, call, call_columns};
use super::write::Row;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::log::LogEntry;
use crate::domain::ids::{AlertId, CallId};
use crate::domain::voice::story::{CallPhase, CallRecord, CallStory};
use crate::ports::error::StoreError;
use crate::ports::store::{CallCursor, CallHistory, CallStore, LegStore};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::BTreeMap;
use uuid::Uuid;

macro_rules! select_record {
    ($where:literal) => {
        concat!("select ", call_columns!(), ", ended_at from calls where ", $where)
    };
}

#[async_trait]
impl CallHistory for SqlStore {
    async fn calls(
        &self,
        phase: Option<CallPhase>,
        after: Option<CallCursor>,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        // Only a call that is over has no deadline.
        let sql = match phase {
            None => select_record!(
                "(started_at < $1 or (started_at = $1 and id < $2)) order by started_at desc, id desc limit $3"
            ),
            Some(CallPhase::UnderWay) => select_record!(
                "due_at is not null and (started_at < $1 or (started_at = $1 and id < $2)) \
                 order by started_at desc, id desc limit $3"
            ),
            Some(CallPhase::Ended) => select_record!(
                "due_at is null and (started_at < $1 or (started_at = $1 and id < $2)) \
                 order by started_at desc, id desc limit $3"
            ),
        };
        // Without a place the list begins before everything that there can be.
        let (started_at, id) =
            after.map_or((Timestamp::MAX, Uuid::max()), |after| (after.started_at, after.id.0));
        self.driver.query(sql, args![started_at, id, limit]).await?.iter().map(record).collect()
    }

    async fn story(&self, id: CallId) -> Result<Option<CallStory>, StoreError> {
        let Some(record) = self.first(select_record!("id = $1"), args![id.0], record).await? else {
            return Ok(None);
        };
        let legs = self.legs(id).await?;
        let recordings = self.recordings(id).await?;
        let alerts = self.alerts_of(id).await?;
        Ok(Some(CallStory { record, legs, recordings, alerts }))
    }
}

impl SqlStore {
    /// The alerts that a call has raised, oldest first, with their logs.
    async fn alerts_of(&self, call: CallId) -> Result<Vec<AlertStory>, StoreError> {
        let sql = select_story!("where a.call_id = $1 order by a.opened_at, a.id");
        let stories = self.driver.query(sql, args![call.0]).await?;
        let sql = "select l.alert_id, l.at, l.entry from alert_log l join alerts a on a.id = l.alert_id \
                   where a.call_id = $1 order by l.at, l.id";
        let mut logs: BTreeMap<AlertId, Vec<LogEntry>> = BTreeMap::new();
        for row in self.driver.query(sql, args![call.0]).await? {
            let entry = LogEntry { at: row.time(1)?, what: row.json(2)? };
            logs.entry(row.parsed(0)?).or_default().push(entry);
        }
        let with_log = |row| {
            let told = story(row)?;
            let log = logs.remove(&told.alert.id).unwrap_or_default();
            Ok(AlertStory { log, ..told })
        };
        stories.iter().map(with_log).collect()
    }
}

fn record(row: &Row) -> Result<CallRecord, StoreError> {
    Ok(CallRecord { call: call(row)?, ended_at: row.opt_time(CALL_COLUMNS)? })
}
