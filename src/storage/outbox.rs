//! What is to be done outside.

use super::SqlStore;
use super::alerting;
use super::columns::json;
use super::driver::Claim;
use super::recordings::audio_stored;
use super::write::{Row, Write};
use crate::domain::effect::DueEffect;
use crate::domain::ids::{EffectId, Ids};
use crate::ports::error::StoreError;
use crate::ports::store::{ClaimedEffect, Consequence, Outbox, OutboxCount};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl Outbox for SqlStore {
    async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        let sql = "update outbox set due_at = $2 where id in (select id from outbox \
                   where state = 'waiting' and due_at <= $1 order by due_at, id limit $3 {skip locked}) \
                   returning id, effect, failed, due_at";
        let rows = self.driver.claim(Claim { sql, args: args![now, until, limit] }).await?;
        let mut effects = Vec::with_capacity(rows.len());
        for row in &rows {
            match claimed(row) {
                Ok(effect) => effects.push(effect),
                // Of another version of the program, say. It must not keep the others from being done.
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an effect can't be understood"
                    );
                    let sql = "update outbox set state = 'failed', cause = $2 where id = $1";
                    let cause = "this version of the program does not know it";
                    self.driver.apply(Write::new().one(sql, args![row.text(0)?, cause])).await?;
                }
            }
        }
        // Ids sort by age, so that what was asked for first is done first.
        effects.sort_by_key(|one| one.id);
        Ok(effects)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select due_at from outbox where state = 'waiting' order by due_at limit 1";
        self.first(sql, args![], |row| row.time(0)).await
    }

    async fn complete(
        &self,
        claimed: &ClaimedEffect,
        consequences: &[Consequence],
    ) -> Result<(), StoreError> {
        let write = Write::new()
            .one("delete from outbox where id = $1 and due_at = $2", args![claimed.id.0, claimed.until]);
        self.driver.apply(self.with(write, consequences)?).await
    }

    async fn fail(
        &self,
        claimed: &ClaimedEffect,
        next: Option<Timestamp>,
        cause: &str,
        consequences: &[Consequence],
    ) -> Result<(), StoreError> {
        let state = if next.is_some() { "waiting" } else { "failed" };
        let write = Write::new().one(
            "update outbox set state = $3, due_at = $4, failed = $5, cause = $6 \
             where id = $1 and due_at = $2",
            args![
                claimed.id.0,
                claimed.until,
                state,
                next.unwrap_or(claimed.until),
                claimed.failed.saturating_add(1),
                cause,
            ],
        );
        self.driver.apply(self.with(write, consequences)?).await
    }

    async fn count(&self) -> Result<OutboxCount, StoreError> {
        let sql = "select state, count(*) from outbox group by state";
        let mut count = OutboxCount::default();
        for row in self.driver.query(sql, args![]).await? {
            match row.text(0)? {
                "waiting" => count.waiting = row.count(1)?,
                "failed" => count.failed = row.count(1)?,
                _ => return Err(row.fault(0, "is no state of an effect")),
            }
        }
        Ok(count)
    }
}

impl SqlStore {
    /// A write and what it leads to.
    fn with(&self, write: Write, consequences: &[Consequence]) -> Result<Write, StoreError> {
        consequences.iter().try_fold(write, |write, one| {
            Ok(write.then(match one {
                Consequence::Logged(alert, entry) => alerting::log(*alert, entry, &*self.ids)?,
                Consequence::AudioStored(recording, audio) => audio_stored(*recording, audio),
                Consequence::Queued(notification) => alerting::queue_notification(notification),
                Consequence::Sent(id, vendor_id) => alerting::sent(*id, vendor_id.as_deref()),
                Consequence::Next(effect) => queue(effect, &*self.ids)?,
            }))
        })
    }
}

fn claimed(row: &Row) -> Result<ClaimedEffect, StoreError> {
    Ok(ClaimedEffect { id: row.parsed(0)?, effect: row.json(1)?, failed: row.count(2)?, until: row.time(3)? })
}

/// An effect that is to be carried out.
pub(super) fn queue(due: &DueEffect, ids: &dyn Ids) -> Result<Write, StoreError> {
    Ok(Write::new().one(
        "insert into outbox (id, effect, due_at, failed, state) values ($1, $2, $3, 0, 'waiting')",
        args![EffectId::next(ids).0, json(&due.effect)?, due.due],
    ))
}
