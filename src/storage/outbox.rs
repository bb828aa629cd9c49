//! What is to be done outside.

use super::SqlStore;
use super::driver::Claim;
use super::log;
use super::queue;
use super::recordings::audio_stored;
use super::write::{Row, Write};
use super::{deliveries, hooks, legs, links};
use crate::domain::effect::Lane;
use crate::domain::ids::EffectId;
use crate::ports::error::StoreError;
use crate::ports::store::{ClaimedEffect, Consequence, LaneCount, ListedEffect, Outbox, OutboxCount};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Why an effect of another version of the program waits.
const UNKNOWN: &str = "this version of the program does not know it";
/// For how long it is left to a process that does, in seconds, before this one looks again.
const LEFT_ALONE: i64 = 60;

#[async_trait]
impl Outbox for SqlStore {
    async fn due_lanes(&self, now: Timestamp) -> Result<Vec<Lane>, StoreError> {
        // From lane to lane along the index: neither database does so by itself.
        let sql = "with recursive lanes(lane) as (\
                   select min(lane) from outbox where state = 'waiting' union all \
                   select (select min(o.lane) from outbox o where o.state = 'waiting' and o.lane > l.lane) \
                   from lanes l where l.lane is not null) \
                   select lane from lanes where lane is not null and exists (\
                   select 1 from outbox o where o.state = 'waiting' and o.lane = lanes.lane and o.due_at <= $1)";
        let mut lanes = vec![];
        for row in self.driver.query(sql, args![now]).await? {
            // A lane of a newer version waits for a process that knows it.
            lanes.extend(Lane::from_word(row.text(0)?));
        }
        Ok(lanes)
    }

    async fn claim(
        &self,
        lane: &Lane,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        let sql = "with due as materialized (select id from outbox \
                   where state = 'waiting' and due_at <= $1 and lane = $4 \
                   order by due_at, id limit $3 {skip locked}) \
                   update outbox set due_at = $2 where id in (select id from due) \
                   returning id, effect, failed, due_at";
        let args = args![now, until, limit, &*lane.word()];
        let rows = self.driver.claim(Claim { sql, args }).await?;
        let mut effects = Vec::with_capacity(rows.len());
        for row in &rows {
            match claimed(row) {
                Ok(effect) => effects.push(effect),
                // Of a newer version of the program, say, that runs beside this one. It must not keep the others
                // from being done.
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an effect can't be understood; it is left to a process that knows it"
                    );
                    let later = now.checked_add(SignedDuration::from_secs(LEFT_ALONE)).unwrap_or(until);
                    let sql = "update outbox set due_at = $2, cause = $3 where id = $1";
                    self.driver.apply(Write::new().any(sql, args![row.text(0)?, later, UNKNOWN])).await?;
                }
            }
        }
        // Ids sort by age, so that what was asked for first is done first.
        effects.sort_by_key(|one| one.id);
        Ok(effects)
    }

    async fn next_due(&self, lane: Option<&Lane>) -> Result<Option<Timestamp>, StoreError> {
        let Some(lane) = lane else {
            let sql = "with recursive lanes(lane) as (\
                       select min(lane) from outbox where state = 'waiting' union all \
                       select (select min(o.lane) from outbox o where o.state = 'waiting' and o.lane > l.lane) \
                       from lanes l where l.lane is not null) \
                       select (select min(o.due_at) from outbox o where o.state = 'waiting' and o.lane = lanes.lane) as due \
                       from lanes where lane is not null order by due limit 1";
            return self.first(sql, args![], |row| row.time(0)).await;
        };
        let sql = "select due_at from outbox where state = 'waiting' and lane = $1 order by due_at limit 1";
        self.first(sql, args![&*lane.word()], |row| row.time(0)).await
    }

    async fn keep(&self, claimed: &ClaimedEffect, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update outbox set due_at = $3 where id = $1 and due_at = $2";
        self.driver.apply(Write::new().one(sql, args![claimed.id.0, claimed.until, until])).await
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

    async fn put_off(&self, claimed: &ClaimedEffect, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update outbox set due_at = $3, held_until = $3 where id = $1 and due_at = $2";
        self.driver.apply(Write::new().one(sql, args![claimed.id.0, claimed.until, until])).await
    }

    async fn count(&self) -> Result<OutboxCount, StoreError> {
        let sql = "select state, lane, count(*) from outbox group by state, lane";
        let mut count = OutboxCount::default();
        for row in self.driver.query(sql, args![]).await? {
            let number: u64 = row.count(2)?;
            let mut unknown = LaneCount::default();
            let lane = match Lane::from_word(row.text(1)?) {
                Some(lane) => count.lanes.entry(lane).or_default(),
                None => &mut unknown,
            };
            match row.text(0)? {
                "waiting" => {
                    lane.waiting += number;
                    count.waiting += number;
                }
                "failed" => {
                    lane.failed += number;
                    count.failed += number;
                }
                _ => return Err(row.fault(0, "is no state of an effect")),
            }
        }
        Ok(count)
    }

    async fn listed(
        &self,
        only_given_up: bool,
        after: Option<EffectId>,
        limit: u32,
    ) -> Result<Vec<ListedEffect>, StoreError> {
        // Every id sorts after the nil one.
        let after = after.unwrap_or(EffectId(Uuid::nil()));
        let sql = if only_given_up {
            "select id, effect, state, due_at, failed, cause from outbox \
             where state = 'failed' and id > $1 order by id limit $2"
        } else {
            "select id, effect, state, due_at, failed, cause from outbox \
             where id > $1 order by id limit $2"
        };
        self.driver.query(sql, args![after.0, limit]).await?.iter().map(listed).collect()
    }

    async fn listed_one(&self, id: EffectId) -> Result<Option<ListedEffect>, StoreError> {
        let sql = "select id, effect, state, due_at, failed, cause from outbox where id = $1";
        self.first(sql, args![id.0], listed).await
    }

    async fn hasten(&self, listed: &ListedEffect, due: Timestamp) -> Result<(), StoreError> {
        let write = match listed.due {
            Some(seen) => Write::new().one(
                "update outbox set due_at = $3 where id = $1 and due_at = $2 and state = 'waiting'",
                args![listed.id.0, seen, due],
            ),
            None => Write::new().one(
                "update outbox set state = 'waiting', due_at = $2, failed = 0 \
                 where id = $1 and state = 'failed'",
                args![listed.id.0, due],
            ),
        };
        self.driver.apply(write).await
    }

    async fn forget(&self, id: EffectId) -> Result<(), StoreError> {
        let sql = "delete from outbox where id = $1 and state = 'failed'";
        self.driver.apply(Write::new().one(sql, args![id.0])).await
    }
}

impl SqlStore {
    /// A write and what it leads to.
    fn with(&self, write: Write, consequences: &[Consequence]) -> Result<Write, StoreError> {
        consequences.iter().try_fold(write, |write, one| {
            Ok(write.then(match one {
                Consequence::Logged(alert, entry) => log::entry(*alert, entry, &*self.ids)?,
                Consequence::Shortened(code, short_url) => links::shortened(code, short_url),
                Consequence::AudioStored(recording, audio) => audio_stored(*recording, audio),
                Consequence::Queued(notification) => deliveries::queued(notification),
                Consequence::Delivery(id, entry) => deliveries::noted(*id, entry),
                Consequence::Heard(leg, note, at) => legs::heard(*leg, note, *at),
                Consequence::HookTaken(id, now) => hooks::taken(*id, *now),
                Consequence::HookGivenUp(id, now) => hooks::passed(*id, *now),
                Consequence::Next(effect) => queue::queue(effect, &*self.ids)?,
            }))
        })
    }
}

fn claimed(row: &Row) -> Result<ClaimedEffect, StoreError> {
    Ok(ClaimedEffect { id: row.parsed(0)?, effect: row.json(1)?, failed: row.count(2)?, until: row.time(3)? })
}

fn listed(row: &Row) -> Result<ListedEffect, StoreError> {
    let due = match row.text(2)? {
        "waiting" => Some(row.time(3)?),
        "failed" => None,
        _ => return Err(row.fault(2, "is no state of an effect")),
    };
    Ok(ListedEffect {
        id: row.parsed(0)?,
        // Of another version of the program, say.
        effect: row.json(1).ok(),
        due,
        failed: row.count(4)?,
        cause: row.opt_text(5)?.map(str::to_owned),
    })
}
