//! Alerts from rows.

use crate::domain::alerting::actor::{Channel, Who};
use crate::domain::alerting::alert::{Acknowledged, Alert, AlertStory, Closed, Matter, Message};
use crate::domain::alerting::origin::{FromCall, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::TeamName;
use crate::domain::ids::CallId;
use crate::domain::links::{Link, LinkCode};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::recording::Recording;
use crate::ports::error::StoreError;
use crate::storage::columns::caller;
use crate::storage::recordings::{COLUMNS, opt_recording};
use crate::storage::write::Row;
use jiff::Timestamp;

/// An alert with its recording and no log, from the columns of [`super::select_story`].
pub(in crate::storage) fn story(row: &Row) -> Result<AlertStory, StoreError> {
    let at = COLUMNS;
    let recording = opt_recording(row, 0)?;
    let Some(severity) = Severity::from_word(row.text(at + 14)?) else {
        return Err(row.fault(at + 14, "is no severity"));
    };
    let Some(scenario) = Scenario::from_word(row.text(at + 15)?) else {
        return Err(row.fault(at + 15, "is no alerting scenario"));
    };
    let ack = done(row, at + 21)?;
    let alert = Alert {
        id: row.parsed(at)?,
        version: row.int(at + 2)?,
        origin: origin(row, at + 3)?,
        team: row.opt_text(at + 10)?.map(|name| TeamName(name.to_owned())),
        matter: row.opt_text(at + 11)?.map(|matter| Matter::stored(matter.to_owned())),
        content: row.json(at + 12)?,
        recipients: row.json(at + 13)?,
        severity,
        message: message(row, at + 16, recording.as_ref())?,
        opened_at: row.time(at + 19)?,
        is_held: row.flag(at + 20)?,
        scenario,
        acknowledged: ack.map(|(at, by, from)| Acknowledged { at, by, from }),
        closed: done(row, at + 24)?.map(|(at, by, from)| Closed { at, by, from }),
        progress: row.json(at + 27)?,
        due_at: row.opt_time(at + 28)?,
    };
    Ok(AlertStory { alert, number: row.count(at + 1)?, recording, log: vec![] })
}

/// From seven columns: call, action, the caller's four, and the event.
fn origin(row: &Row, at: usize) -> Result<Origin, StoreError> {
    let Some(_call) = row.opt_text(at)? else { return Ok(Origin::Event(row.json(at + 6)?)) };
    let call: CallId = row.parsed(at)?;
    let Some(action) = Action::from_word(row.text(at + 1)?) else {
        return Err(row.fault(at + 1, "is no action"));
    };
    Ok(Origin::Call(FromCall { call, action, caller: caller(row, at + 2, row.text(at + 5)?)? }))
}

/// From three columns: when, who, from where.
fn done(row: &Row, at: usize) -> Result<Option<(Timestamp, Who, Channel)>, StoreError> {
    let Some(moment) = row.opt_time(at)? else { return Ok(None) };
    let Some(who) = Who::from_tagged(row.text(at + 1)?) else {
        return Err(row.fault(at + 1, "does not say who"));
    };
    let Some(from) = Channel::from_word(row.text(at + 2)?) else {
        return Err(row.fault(at + 2, "does not say from where"));
    };
    Ok(Some((moment, who, from)))
}

/// From three columns: the link's code, end and short form.
fn message(row: &Row, at: usize, recording: Option<&Recording>) -> Result<Option<Message>, StoreError> {
    let Some(recording) = recording else { return Ok(None) };
    let Some(code) = LinkCode::parse(row.text(at)?) else {
        return Err(row.fault(at, "is no link code"));
    };
    let short_url = row.opt_text(at + 2)?.map(str::to_owned);
    let link = Link { code, expires_at: row.time(at + 1)?, short_url };
    Ok(Some(Message { recording: recording.id, link }))
}
