//! Calls of ours to people about alerts.

use super::SqlStore;
use super::columns::json;
use super::deliveries;
use super::log;
use super::queue;
use super::write::{Row, Write};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::contact::PhoneNumber;
use crate::domain::delivery::ledger::Entry;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{NotificationId, RingId};
use crate::domain::voice::leg::LegEnd;
use crate::domain::voice::ring::{Ring, RingEnd, RingState};
use crate::ports::deliveries::BegunMessage;
use crate::ports::error::StoreError;
use crate::ports::store::{RecordedRing, RingStore};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

macro_rules! select_ring {
    ($rest:literal) => {
        concat!(
            "select id, notification_id, alert_id, person, name, language, number, attempt, carrier_call, state, ",
            "version, document, asked_at, due_at from rings where ",
            $rest
        )
    };
}

#[async_trait]
impl RingStore for SqlStore {
    async fn ring(&self, id: RingId) -> Result<Option<Ring>, StoreError> {
        self.first(select_ring!("id = $1"), args![id.0], ring).await
    }

    async fn rings(&self, notification: NotificationId) -> Result<Vec<Ring>, StoreError> {
        let sql = select_ring!("notification_id = $1 order by attempt");
        self.driver.query(sql, args![notification.0]).await?.iter().map(ring).collect()
    }

    async fn rings_under_way(&self) -> Result<Vec<Ring>, StoreError> {
        self.driver.query(select_ring!("ended_at is null"), args![]).await?.iter().map(ring).collect()
    }

    async fn rings_since(&self, since: Timestamp) -> Result<Vec<String>, StoreError> {
        let sql = "select carrier_call from rings where asked_at >= $1 and carrier_call is not null";
        let rows = self.driver.query(sql, args![since]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    async fn rung(
        &self,
        number: &PhoneNumber,
        (since, until): (Timestamp, Timestamp),
    ) -> Result<Vec<BegunMessage>, StoreError> {
        // One that the carrier has refused has rung nowhere.
        let sql = "select r.asked_at, r.alert_id, a.team, 'alert' from rings r left join alerts a on a.id = r.alert_id \
                   where r.number = $1 and r.asked_at > $2 and r.asked_at <= $3 \
                   and (r.carrier_call is not null or r.ended_at is null) order by r.asked_at";
        let rows = self.driver.few(sql, args![number.as_str(), since, until]).await?;
        rows.iter().map(deliveries::begun).collect()
    }

    async fn begin_ring(&self, ring: &Ring) -> Result<(), StoreError> {
        let write = Write::new().one(
            // It changes nothing: it holds the alert as it is until the ring is there.
            "update alerts set version = version \
             where id = $1 and closed_at is null and acknowledged_at is null",
            args![ring.alert.0],
        );
        let write = write.one(
            "insert into rings (id, notification_id, alert_id, person, name, language, number, attempt, state, version, \
             document, asked_at, due_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                ring.id.0,
                ring.notification.0,
                ring.alert.0,
                ring.person.0.as_str(),
                ring.name.as_str(),
                ring.language.as_str(),
                ring.number.as_str(),
                ring.attempt,
                json(&ring.state)?,
                ring.version,
                ring.document,
                ring.asked_at,
                ring.due_at,
            ],
        );
        let write = write.any(
            "update notifications set started_at = $2 where id = $1",
            args![ring.notification.0, ring.asked_at],
        );
        let called = LogEntry { at: ring.asked_at, what: Happened::Called { person: ring.person.0.clone() } };
        self.driver.apply(write.then(log::entry(ring.alert, &called, &*self.ids)?)).await
    }

    async fn ask_for_ring(&self, ring: &Ring, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update rings set asked_at = $3, due_at = $4, version = version + 1 \
                   where id = $1 and version = $2 and carrier_call is null and ended_at is null";
        self.driver.apply(Write::new().one(sql, args![ring.id.0, ring.version, now, until])).await
    }

    async fn ring_placed(&self, id: RingId, carrier_call: &str) -> Result<(), StoreError> {
        self.driver.apply(placed(id, carrier_call)).await
    }

    async fn forget_ring(&self, id: RingId) -> Result<(), StoreError> {
        let write = Write::new().any(
            "update notifications set started_at = null where id in (select notification_id from rings \
             where id = $1 and carrier_call is null and ended_at is null)",
            args![id.0],
        );
        let sql = "delete from rings where id = $1 and carrier_call is null and ended_at is null";
        self.driver.apply(write.any(sql, args![id.0])).await
    }

    async fn ring_reply(&self, id: RingId, document: u32) -> Result<Option<String>, StoreError> {
        let sql = "select reply from documents where leg_id = $1 and document = $2";
        self.first(sql, args![id.0, document], |row| Ok(row.text(0)?.to_owned())).await
    }

    async fn record_ring(&self, recorded: RecordedRing<'_>) -> Result<(), StoreError> {
        let RecordedRing { ring, turn, carrier_call, reply } = recorded;
        let document = if reply.is_some() { ring.document.saturating_add(1) } else { ring.document };
        let ended_at = turn.next.is_over().then_some(turn.at);
        let mut write = Write::new().one(
            "update rings set state = $3, version = $4, document = $5, due_at = $6, ended_at = coalesce(ended_at, $7) \
             where id = $1 and version = $2",
            args![
                ring.id.0,
                ring.version,
                json(&turn.next)?,
                ring.version.saturating_add(1),
                document,
                turn.due_at,
                ended_at,
            ],
        );
        if let Some(carrier_call) = carrier_call {
            write = write.then(placed(ring.id, carrier_call));
        }
        if let Some(text) = reply {
            write = write.one(
                "insert into documents (leg_id, document, reply) values ($1, $2, $3)",
                args![ring.id.0, ring.document, text],
            );
        }
        for what in &turn.log {
            let entry = LogEntry { at: turn.at, what: what.clone() };
            write = write.then(log::entry(ring.alert, &entry, &*self.ids)?);
        }
        if let Some(change) = &turn.change {
            write = write.then(self.changed(change).await?);
        }
        if turn.is_delivered {
            let vendor_id = carrier_call.or(ring.carrier_call.as_deref());
            let sent = Entry::Sent { at: turn.at, vendor_ref: vendor_id.map(str::to_owned) };
            write = write
                .then(deliveries::noted(ring.notification, &sent))
                .then(deliveries::noted(ring.notification, &Entry::Delivered { at: turn.at }));
        }
        if let RingState::Ended { end: RingEnd::Unreached(why) } = &turn.next
            && !ring.state.is_over()
        {
            let cause = why.in_words().to_owned();
            write = write.then(deliveries::noted(ring.notification, &Entry::Failed { at: turn.at, cause }));
            if *why == LegEnd::Failed {
                // It has rung nowhere.
                let sql = "update notifications set started_at = null where id = $1";
                write = write.any(sql, args![ring.notification.0]);
            }
        }
        if let Some(why) = turn.dropped {
            write = write.then(deliveries::noted(ring.notification, &Entry::Dropped { at: turn.at, why }));
        }
        for effect in &turn.effects {
            write = write.then(queue::queue(effect, &*self.ids)?);
        }
        self.driver.apply(write).await
    }
}

/// The carrier has it under that id: the first that it said counts.
fn placed(id: RingId, carrier_call: &str) -> Write {
    let sql = "update rings set carrier_call = coalesce(carrier_call, $2) where id = $1";
    Write::new().any(sql, args![id.0, carrier_call])
}

fn ring(row: &Row) -> Result<Ring, StoreError> {
    let Ok(number) = PhoneNumber::parse(row.text(6)?) else {
        return Err(row.fault(6, "is no phone number"));
    };
    Ok(Ring {
        id: row.parsed(0)?,
        notification: row.parsed(1)?,
        alert: row.parsed(2)?,
        person: PersonId(row.text(3)?.to_owned()),
        name: row.text(4)?.to_owned(),
        language: row.text(5)?.to_owned(),
        number,
        attempt: row.count(7)?,
        carrier_call: row.opt_text(8)?.map(str::to_owned),
        state: row.json(9)?,
        version: row.int(10)?,
        document: row.count(11)?,
        asked_at: row.time(12)?,
        due_at: row.opt_time(13)?,
    })
}
