//! Calls, their documents and their recordings.

use super::SqlStore;
use super::columns::{caller, json, number, person};
use super::driver::Claim;
use super::log;
use super::queue;
use super::recordings::{recording, recording_columns};
use super::write::{Row, Write};
use super::{alerting, hooks as webhooks, legs, recordings};
use crate::domain::alerting::actor::Who;
use crate::domain::ids::{CallId, LegId, RecordingId};
use crate::domain::voice::call::{Call, CallState};
use crate::domain::voice::recording::{Recording, Transcribed};
use crate::domain::voice::step::VoiceChange;
use crate::ports::error::StoreError;
use crate::ports::store::{CallStore, RecordedTurn, Reply};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

/// Columns of a call, as [`call`] reads them.
macro_rules! call_columns {
    () => {
        "id, carrier_call, leg_id, state, version, document, caller_person, caller_name, caller_number, \
         caller_language, started_at, due_at"
    };
}
pub(super) use call_columns;

/// How many columns those are.
pub(super) const CALL_COLUMNS: usize = 12;

macro_rules! select_call {
    ($where:literal) => {
        concat!("select ", call_columns!(), " from calls where ", $where)
    };
}

#[async_trait]
impl CallStore for SqlStore {
    async fn call(&self, id: CallId) -> Result<Option<Call>, StoreError> {
        self.first(select_call!("id = $1"), args![id.0], call).await
    }

    async fn by_carrier(&self, carrier_call: &str) -> Result<Option<Call>, StoreError> {
        self.first(select_call!("carrier_call = $1"), args![carrier_call], call).await
    }

    async fn calls_under_way(&self) -> Result<Vec<Call>, StoreError> {
        let sql = select_call!("due_at is not null order by due_at");
        self.driver.query(sql, args![]).await?.iter().map(call).collect()
    }

    async fn reply(&self, leg: LegId, document: u32) -> Result<Option<String>, StoreError> {
        let sql = "select reply from documents where leg_id = $1 and document = $2";
        self.first(sql, args![leg.0, document], |row| Ok(row.text(0)?.to_owned())).await
    }

    async fn record(&self, turn: RecordedTurn<'_>) -> Result<(), StoreError> {
        let write = self.turn(turn).await?;
        self.driver.apply(write).await
    }

    async fn claim_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<CallId>, StoreError> {
        let sql = "with due as materialized (select id from calls where due_at <= $1 \
                   order by due_at limit $3 {skip locked}) \
                   update calls set due_at = $2 where id in (select id from due) returning id";
        let rows = self.driver.claim(Claim { sql, args: args![now, until, limit] }).await?;
        rows.iter().map(|row| row.parsed(0)).collect()
    }

    async fn recording(&self, id: RecordingId) -> Result<Option<Recording>, StoreError> {
        let sql = concat!("select ", recording_columns!(), " from recordings r where r.id = $1");
        self.first(sql, args![id.0], |row| recording(row, 0)).await
    }

    async fn recordings(&self, call: CallId) -> Result<Vec<Recording>, StoreError> {
        let sql = concat!(
            "select ",
            recording_columns!(),
            " from recordings r where r.call_id = $1 order by r.made_at, r.id"
        );
        let rows = self.driver.query(sql, args![call.0]).await?;
        rows.iter().map(|row| recording(row, 0)).collect()
    }

    async fn record_text(
        &self,
        text: &Transcribed,
        turn: Option<RecordedTurn<'_>>,
    ) -> Result<(), StoreError> {
        let mut write = recordings::transcribed(text);
        if let Some((alert, entry)) = &text.log {
            write = write.then(log::entry(*alert, entry, &*self.ids)?);
        }
        for effect in &text.effects {
            write = write.then(queue::queue(effect, &*self.ids)?);
        }
        if let Some((alert, now)) = text.let_go {
            write = write.then(queue::let_go(alert, now));
        }
        if let Some(turn) = turn {
            write = write.then(self.turn(turn).await?);
        }
        self.driver.apply(write).await
    }
}

impl SqlStore {
    /// A turn as statements.
    async fn turn(&self, recorded: RecordedTurn<'_>) -> Result<Write, StoreError> {
        let RecordedTurn { call, turn, reply, hooks } = recorded;
        let state = json(&turn.next)?;
        let is_callers = reply.is_some_and(|reply| reply.leg == call.leg);
        let document = if is_callers { call.document.saturating_add(1) } else { call.document };
        let ended_at = matches!(turn.next, CallState::Ended { .. }).then_some(turn.at);
        let caller = turn.caller.as_ref().or(call.caller.as_ref());
        let mut write = if call.version == 0 {
            Write::new().one(
                "insert into calls (id, carrier_call, leg_id, state, version, document, caller_person, \
                 caller_name, caller_number, caller_language, started_at, due_at, ended_at) \
                 values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12)",
                args![
                    call.id.0,
                    call.carrier_call.as_str(),
                    call.leg.0,
                    state,
                    document,
                    caller.and_then(person),
                    caller.and_then(|caller| caller.name.clone()),
                    caller.and_then(number),
                    caller.map(|caller| caller.language.clone()),
                    call.started_at,
                    turn.due_at,
                    ended_at,
                ],
            )
        } else {
            Write::new().one(
                "update calls set state = $3, version = $4, document = $5, due_at = $6, \
                 ended_at = coalesce(ended_at, $7) where id = $1 and version = $2",
                args![call.id.0, call.version, state, call.version + 1, document, turn.due_at, ended_at],
            )
        };
        if let Some(caller) = turn.caller.as_ref().filter(|_| call.version > 0) {
            write = write.one(
                "update calls set caller_person = $2, caller_name = $3, caller_number = $4, \
                 caller_language = $5 where id = $1",
                args![
                    call.id.0,
                    person(caller),
                    caller.name.clone(),
                    number(caller),
                    caller.language.as_str(),
                ],
            );
        }
        if let Some(Reply { leg, document, text }) = reply {
            write = write.one(
                "insert into documents (leg_id, document, reply) values ($1, $2, $3)",
                args![leg.0, document, text],
            );
        }
        for change in &turn.changes {
            write = match change {
                VoiceChange::Drafted(recording) => write.then(recordings::draft(recording)),
                VoiceChange::Discarded(id) => write.then(recordings::discard(*id)),
                VoiceChange::Opened(alert, _) => {
                    let message = alert.message.as_ref();
                    let write = match message {
                        Some(message) => write.then(recordings::release(message.recording, alert.id)),
                        None => write,
                    };
                    let number = self.numbers.next(&*self.driver).await?;
                    write.then(alerting::write::insert(alert, number)?)
                }
                VoiceChange::MessageLeft(alert, message, _) => write
                    .then(recordings::release(message.recording, *alert))
                    .then(alerting::write::message_left(*alert, message)),
                VoiceChange::Missed(alert) => write.then(alerting::write::missed(*alert)),
                VoiceChange::Acknowledged(alert, by) => {
                    write.then(alerting::write::acknowledged(*alert, by, turn.at))
                }
                VoiceChange::Unacknowledged(alert, _) => write.then(alerting::write::unacknowledged(*alert)),
                VoiceChange::Resolved(alert, by) => {
                    write.then(alerting::write::resolved(*alert, by, turn.at))
                }
                VoiceChange::Answered(change) => write.then(self.changed(change).await?),
                VoiceChange::Called(leg) => write.then(legs::called(leg)),
                VoiceChange::Heard(leg, note) => write.then(legs::heard(*leg, note, turn.at)),
                VoiceChange::Logged(..) | VoiceChange::Refused(_) => write,
            };
            if let Some((alert, entry)) = change.logged(turn.at) {
                let ids = &*self.ids;
                write = write.then(if let VoiceChange::Resolved(_, by) = change {
                    log::entry_of_end(alert, &entry, &Who::Person(by.clone()), ids)?
                } else if change.is_of_open() {
                    log::entry_of_open(alert, &entry, ids)?
                } else {
                    log::entry(alert, &entry, ids)?
                });
            }
        }
        for one in hooks {
            write = write.then(webhooks::queue(one, &*self.ids)?);
        }
        for effect in &turn.effects {
            write = write.then(queue::queue(effect, &*self.ids)?);
        }
        Ok(write)
    }
}

/// A call from [`CALL_COLUMNS`] columns.
pub(super) fn call(row: &Row) -> Result<Call, StoreError> {
    let caller = match row.opt_text(9)? {
        Some(language) => Some(caller(row, 6, language)?),
        None => None,
    };
    Ok(Call {
        id: row.parsed(0)?,
        carrier_call: row.text(1)?.to_owned(),
        leg: row.parsed(2)?,
        state: row.json(3)?,
        version: row.int(4)?,
        document: row.count(5)?,
        caller,
        started_at: row.time(10)?,
        due_at: row.opt_time(11)?,
    })
}
