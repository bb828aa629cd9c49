//! The phones that we call.

use super::SqlStore;
use super::write::{Row, Write};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use crate::ports::error::StoreError;
use crate::ports::store::LegStore;
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

macro_rules! select_leg {
    ($rest:literal) => {
        concat!(
            "select id, call_id, person, name, language, number, carrier_call, planned_at, asked_at, ringing_at, ",
            "answered_at, keys, accepted_at, ended_at, end_word from legs where ",
            $rest
        )
    };
}

#[async_trait]
impl LegStore for SqlStore {
    async fn leg(&self, id: LegId) -> Result<Option<Leg>, StoreError> {
        self.first(select_leg!("id = $1"), args![id.0], leg).await
    }

    async fn legs(&self, call: CallId) -> Result<Vec<Leg>, StoreError> {
        let sql = select_leg!("call_id = $1 order by planned_at, id");
        self.driver.query(sql, args![call.0]).await?.iter().map(leg).collect()
    }

    async fn legs_under_way(&self) -> Result<Vec<Leg>, StoreError> {
        // Few among many: asked for in order, a database may rather go through all phones that were ever called.
        let rows = self.driver.query(select_leg!("ended_at is null"), args![]).await?;
        let mut legs: Vec<_> = rows.iter().map(leg).collect::<Result<_, _>>()?;
        legs.sort_by_key(|leg| (leg.planned_at, leg.id));
        Ok(legs)
    }

    async fn legs_since(&self, since: Timestamp) -> Result<Vec<Leg>, StoreError> {
        let sql = select_leg!("planned_at >= $1 order by planned_at");
        self.driver.query(sql, args![since]).await?.iter().map(leg).collect()
    }

    async fn busy(&self, except: CallId) -> Result<BTreeSet<PersonId>, StoreError> {
        let sql = "select person from legs where ended_at is null and call_id <> $1 \
                   union select person from rings where ended_at is null";
        let rows = self.driver.few(sql, args![except.0]).await?;
        rows.iter().map(|row| Ok(PersonId(row.text(0)?.to_owned()))).collect()
    }

    async fn called_since(&self, since: Timestamp) -> Result<BTreeMap<PersonId, Timestamp>, StoreError> {
        let sql = "select person, max(planned_at) from legs where planned_at >= $1 group by person";
        let rows = self.driver.query(sql, args![since]).await?;
        rows.iter().map(|row| Ok((PersonId(row.text(0)?.to_owned()), row.time(1)?))).collect()
    }

    async fn ask_for_leg(&self, id: LegId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update legs set asked_at = $2 where id = $1 and asked_at is null and ended_at is null";
        self.driver.apply(Write::new().one(sql, args![id.0, now])).await
    }
}

/// A phone that is to be called.
pub(super) fn called(leg: &Leg) -> Write {
    Write::new().one(
        "insert into legs (id, call_id, person, name, language, number, planned_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![
            leg.id.0,
            leg.call.0,
            leg.person.0.as_str(),
            leg.name.as_str(),
            leg.language.as_str(),
            leg.number.as_str(),
            leg.planned_at,
        ],
    )
}

/// News of a phone: the first of each kind counts, but for keys, of which all do.
pub(super) fn heard(id: LegId, note: &LegNote, at: Timestamp) -> Write {
    let (sql, args) = match note {
        LegNote::Placed(carrier_call) => (
            "update legs set carrier_call = coalesce(carrier_call, $2) where id = $1",
            args![id.0, carrier_call.as_str()],
        ),
        LegNote::Ringing => {
            ("update legs set ringing_at = coalesce(ringing_at, $2) where id = $1", args![id.0, at])
        }
        LegNote::Answered => {
            ("update legs set answered_at = coalesce(answered_at, $2) where id = $1", args![id.0, at])
        }
        LegNote::Pressed(keys) => {
            ("update legs set keys = coalesce(keys, '') || $2 where id = $1", args![id.0, keys.as_str()])
        }
        LegNote::Accepted => {
            ("update legs set accepted_at = coalesce(accepted_at, $2) where id = $1", args![id.0, at])
        }
        LegNote::Ended(end) => (
            "update legs set ended_at = coalesce(ended_at, $2), end_word = coalesce(end_word, $3) where id = $1",
            args![id.0, at, end.word()],
        ),
    };
    Write::new().any(sql, args)
}

fn leg(row: &Row) -> Result<Leg, StoreError> {
    let Ok(number) = PhoneNumber::parse(row.text(5)?) else {
        return Err(row.fault(5, "is no phone number"));
    };
    let end = match row.opt_text(14)? {
        Some(word) => match LegEnd::from_word(word) {
            Some(end) => Some(end),
            None => return Err(row.fault(14, "is no end of a leg")),
        },
        None => None,
    };
    Ok(Leg {
        id: row.parsed(0)?,
        call: row.parsed(1)?,
        person: PersonId(row.text(2)?.to_owned()),
        name: row.text(3)?.to_owned(),
        language: row.text(4)?.to_owned(),
        number,
        carrier_call: row.opt_text(6)?.map(str::to_owned),
        planned_at: row.time(7)?,
        asked_at: row.opt_time(8)?,
        ringing_at: row.opt_time(9)?,
        answered_at: row.opt_time(10)?,
        keys: row.opt_text(11)?.map(str::to_owned),
        accepted_at: row.opt_time(12)?,
        ended_at: row.opt_time(13)?,
        end,
    })
}
