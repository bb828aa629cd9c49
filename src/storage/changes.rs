//! What changes in our own directory while the program runs, and the audit.

use super::SqlStore;
use super::columns::json;
use super::write::{Row, Value, Write};
use crate::domain::audit::{Audited, Subject};
use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::{Changed, RunTime};
use crate::domain::directory::overrides::{Override, OverrideChange};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::domain::ids::{AbsenceId, OverrideId};
use crate::ports::error::StoreError;
use crate::ports::store::{AuditCursor, AuditEntry, AuditFilter, ChangeStore};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

macro_rules! select_audit {
    ($lead:literal) => {
        concat!(
            "select id, at, by_whom, what, before, after from audit where ",
            $lead,
            "(at, id) < ($1, $2) and at >= $3 order by at desc, id desc limit $4"
        )
    };
}

#[async_trait]
impl ChangeStore for SqlStore {
    async fn run_time(&self, ends_after: Timestamp) -> Result<RunTime, StoreError> {
        let absences = "select id, person, replacement, from_at, until_at from absences \
                        where until_at is null or until_at > $1 order by id";
        let overrides = "select id, schedule, change, place, replacement, from_at, until_at from overrides \
                         where until_at > $1 order by id";
        let (absences, overrides) = futures_util::future::try_join(
            self.driver.few(absences, args![ends_after]),
            self.driver.few(overrides, args![ends_after]),
        )
        .await?;
        Ok(RunTime {
            absences: absences.iter().map(absence).collect::<Result<_, _>>()?,
            overrides: overrides.iter().map(one_override).collect::<Result<_, _>>()?,
        })
    }

    async fn absence(&self, id: AbsenceId) -> Result<Option<Absence>, StoreError> {
        let sql = "select id, person, replacement, from_at, until_at from absences where id = $1";
        self.first(sql, args![id.0], absence).await
    }

    async fn one_override(&self, id: OverrideId) -> Result<Option<Override>, StoreError> {
        let sql = "select id, schedule, change, place, replacement, from_at, until_at from overrides \
                   where id = $1";
        self.first(sql, args![id.0], one_override).await
    }

    async fn record_change(&self, audited: &Audited) -> Result<(), StoreError> {
        let (before, after) = (audited.before(), audited.after());
        let (before, after) = (opt_json(before.as_ref())?, opt_json(after.as_ref())?);
        let entry = audit_entry(audited.id.0, audited.at, &audited.by, audited.word(), before, after);
        self.driver.apply(changed(&audited.changed)?.then(entry)).await
    }

    async fn audit(
        &self,
        filter: &AuditFilter,
        after: Option<AuditCursor>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        // Without a place the list begins before everything that there can be.
        let begin = after.map_or((Timestamp::MAX, Uuid::max()), |after| (after.at, after.id.0));
        let (at, id) = filter.until.map_or(begin, |until| begin.min((until, Uuid::nil())));
        let from = filter.from.unwrap_or(Timestamp::MIN);
        let (sql, values) = match (&filter.what, &filter.by) {
            (None, None) => (select_audit!(""), args![]),
            (Some(what), None) => (select_audit!("what = $5 and "), args![what.as_str()]),
            (None, Some(by)) => (select_audit!("by_whom = $5 and "), args![by.as_str()]),
            (Some(what), Some(by)) => {
                (select_audit!("by_whom = $5 and what = $6 and "), args![by.as_str(), what.as_str()])
            }
        };
        let mut args = args![at, id, from, limit];
        args.extend(values);
        self.driver.query(sql, args).await?.iter().map(entry).collect()
    }
}

/// An entry of the audit.
pub(super) fn audit_entry(
    id: Uuid,
    at: Timestamp,
    by: &str,
    what: &str,
    before: Value,
    after: Value,
) -> Write {
    Write::new().one(
        "insert into audit (id, at, by_whom, what, before, after) values ($1, $2, $3, $4, $5, $6)",
        args![id, at, by, what, before, after],
    )
}

/// The change itself, without its entry.
fn changed(changed: &Changed) -> Result<Write, StoreError> {
    Ok(match changed {
        Changed::AbsenceAdded(one) => Write::new().one(
            "insert into absences (id, person, replacement, from_at, until_at) values ($1, $2, $3, $4, $5)",
            args![
                stored(one.id.map(|id| id.0))?,
                one.person.0.as_str(),
                one.replacement.as_ref().map(|person| person.0.as_str()),
                one.from,
                one.until,
            ],
        ),
        Changed::AbsenceRemoved(one) => {
            let id = stored(one.id.map(|id| id.0))?;
            Write::new().one("delete from absences where id = $1", args![id])
        }
        Changed::OverrideAdded(one) => add_override(one)?,
        Changed::OverrideRemoved(one) => {
            let id = stored(one.id.map(|id| id.0))?;
            Write::new().one("delete from overrides where id = $1", args![id])
        }
    })
}

/// Who adds to the same schedule at the same moment waits for the schedule's row, and then sees this one.
fn add_override(one: &Override) -> Result<Write, StoreError> {
    let (word, replacement) = match &one.change {
        OverrideChange::Add(_) => ("add", None),
        OverrideChange::Remove(_) => ("remove", None),
        OverrideChange::Replace { out: _, by } => ("replace", Some(by.0.as_str())),
    };
    let schedule = one.schedule.0.as_str();
    let turn = Write::new().one(
        "insert into override_turns (schedule, turns) values ($1, 1) \
         on conflict (schedule) do update set turns = override_turns.turns + 1",
        args![schedule],
    );
    Ok(turn.one(
        "insert into overrides (id, schedule, change, place, replacement, from_at, until_at) \
         select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text), cast($5 as text), \
         cast($6 as bigint), cast($7 as bigint) where not exists (select 1 from overrides o \
         where o.schedule = $2 and o.place = $4 and o.from_at < $7 and o.until_at > $6)",
        args![
            stored(one.id.map(|id| id.0))?,
            schedule,
            word,
            one.change.place().0.as_str(),
            replacement,
            one.from,
            one.until,
        ],
    ))
}

/// What stands in the settings file has no row.
fn stored(id: Option<Uuid>) -> Result<Uuid, StoreError> {
    id.ok_or(StoreError::Conflict)
}

fn opt_json(subject: Option<&Subject<'_>>) -> Result<Value, StoreError> {
    subject.map_or(Ok(Value::Null), json)
}

fn absence(row: &Row) -> Result<Absence, StoreError> {
    Ok(Absence {
        id: Some(row.parsed(0)?),
        person: PersonId(row.text(1)?.to_owned()),
        replacement: row.opt_text(2)?.map(|person| PersonId(person.to_owned())),
        from: row.time(3)?,
        until: row.opt_time(4)?,
    })
}

fn one_override(row: &Row) -> Result<Override, StoreError> {
    let place = PersonId(row.text(3)?.to_owned());
    let change = match (row.text(2)?, row.opt_text(4)?) {
        ("add", None) => OverrideChange::Add(place),
        ("remove", None) => OverrideChange::Remove(place),
        ("replace", Some(by)) => OverrideChange::Replace { out: place, by: PersonId(by.to_owned()) },
        _ => return Err(row.fault(2, "does not fit who comes")),
    };
    Ok(Override {
        id: Some(row.parsed(0)?),
        schedule: ScheduleName(row.text(1)?.to_owned()),
        change,
        from: row.time(5)?,
        until: row.time(6)?,
    })
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    let opt_json = |column| row.opt_text(column)?.map(|_text| row.json(column)).transpose();
    Ok(AuditEntry {
        id: row.parsed(0)?,
        at: row.time(1)?,
        by: row.text(2)?.to_owned(),
        what: row.text(3)?.to_owned(),
        before: opt_json(4)?,
        after: opt_json(5)?,
    })
}
