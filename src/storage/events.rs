//! Events of other systems, and what must be remembered of them.

use super::SqlStore;
use super::columns::json;
use super::write::Write;
use crate::domain::alerting::alert::Matter;
use crate::domain::alerting::event::EarlyEnd;
use crate::ports::error::StoreError;
use crate::ports::store::{Answer, EventStore, TakenIn};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl EventStore for SqlStore {
    async fn answer(&self, key_hash: &str) -> Result<Option<Answer>, StoreError> {
        let sql = "select key_hash, request_hash, status, body from answers where key_hash = $1";
        let read = |row: &super::write::Row| {
            Ok(Answer {
                key_hash: row.text(0)?.to_owned(),
                request_hash: row.text(1)?.to_owned(),
                status: row.count(2)?,
                body: row.text(3)?.to_owned(),
            })
        };
        self.first(sql, args![key_hash], read).await
    }

    async fn early_end(&self, matter: &Matter, since: Timestamp) -> Result<Option<EarlyEnd>, StoreError> {
        let sql = "select at from early_ends where matter = $1 and at >= $2";
        self.first(sql, args![matter.as_str(), since], |row| Ok(EarlyEnd { at: row.time(0)? })).await
    }

    async fn take_in(&self, taken: TakenIn<'_>) -> Result<(), StoreError> {
        let TakenIn { event, ingested, at, answer } = taken;
        let mut write = Write::new().one(
            "insert into events (id, at, team, integration, outcome, alert_id, notes) \
             values ($1, $2, $3, $4, $5, $6, $7)",
            args![
                event.id.0,
                at,
                event.team.0.as_str(),
                event.integration.0.as_str(),
                ingested.outcome.word(),
                ingested.alert.map(|alert| alert.0),
                json(&event.notes)?,
            ],
        );
        if let Some(change) = &ingested.change {
            write = write.then(self.changed(change).await?);
        }
        let matter = event.external_id.as_deref().map(|id| Matter::of(&event.team, id));
        write = match (&matter, ingested.early_end) {
            (Some(matter), Some(true)) => write.one(
                "insert into early_ends (matter, at) values ($1, $2) \
                 on conflict (matter) do update set at = excluded.at",
                args![matter.as_str(), at],
            ),
            (Some(matter), Some(false)) => {
                write.any("delete from early_ends where matter = $1", args![matter.as_str()])
            }
            (None, _) | (_, None) => write,
        };
        if let Some(Answer { key_hash, request_hash, status, body }) = answer {
            write = write.one(
                "insert into answers (key_hash, request_hash, status, body, at) values ($1, $2, $3, $4, $5)",
                args![key_hash.as_str(), request_hash.as_str(), u32::from(*status), body.as_str(), at],
            );
        }
        self.driver.apply(write).await
    }
}
