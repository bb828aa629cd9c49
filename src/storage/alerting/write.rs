//! Alerts as statements.

use crate::domain::alerting::actor::{Channel, Who};
use crate::domain::alerting::alert::{Alert, Matter, Message};
use crate::domain::alerting::content::Content;
use crate::domain::alerting::origin::Origin;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::AlertId;
use crate::ports::error::StoreError;
use crate::storage::columns::{json, number, person};
use crate::storage::write::{Value, Write, args};
use jiff::Timestamp;

/// An alert that is new, with the link to its message.
pub(in crate::storage) fn insert(alert: &Alert, its_number: u32) -> Result<Write, StoreError> {
    let message = alert.message.as_ref();
    let call = alert.origin.call();
    let origin = match &alert.origin {
        Origin::Call(_) => Value::Null,
        Origin::Event(event) => json(event)?,
    };
    let write = Write::new().one(
        "insert into alerts (id, number, version, call_id, action, caller_person, caller_name, caller_number, \
         caller_language, origin, team, matter, content, category, recipients, severity, scenario, recording_id, \
         link_code, opened_at, held, closed_at, closed_by, closed_from, progress, due_at, source, words) \
         values ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24, $25, $26, $27)",
        args![
            alert.id.0,
            its_number,
            call.map(|call| call.call.0),
            call.map(|call| call.action.word()),
            call.and_then(|call| person(&call.caller)),
            call.and_then(|call| call.caller.name.clone()),
            call.and_then(|call| number(&call.caller)),
            call.map(|call| call.caller.language.as_str()),
            origin,
            alert.team.as_ref().map(|team| team.0.as_str()),
            alert.matter.as_ref().map(Matter::as_str),
            json(&alert.content)?,
            alert.content.category.as_ref().map(|category| category.0.as_str()),
            json(&alert.recipients)?,
            alert.severity.word(),
            alert.scenario.word(),
            message.map(|message| message.recording.0),
            message.map(|message| message.link.code.as_str()),
            alert.opened_at,
            alert.is_held,
            alert.closed.as_ref().map(|closed| closed.at),
            alert.closed.as_ref().map(|closed| closed.by.tagged()),
            alert.closed.as_ref().map(|closed| closed.from.word()),
            json(&alert.progress)?,
            alert.due_at,
            alert.origin.event().map(|event| event.source.as_ref().unwrap_or(&event.integration.0).as_str()),
            words(&alert.content),
        ],
    );
    Ok(match message {
        Some(message) => write.then(link(message)),
        None => write,
    })
}

/// How much of title and text an alert can be found by, in letters.
const FOUND_BY: usize = 2_000;

/// What an alert can be found by: the beginning of its title and text, in small letters.
fn words(content: &Content) -> String {
    let lines = [&content.title, &content.text].into_iter().flatten();
    let all: Vec<_> = lines.map(|line| line.to_lowercase()).collect();
    all.join("\n").chars().take(FOUND_BY).collect()
}

/// What of an alert changes. It is refused when the alert has moved on since it was read.
pub(super) fn update(alert: &Alert) -> Result<Write, StoreError> {
    let (ack, closed) = (alert.acknowledged.as_ref(), alert.closed.as_ref());
    Ok(Write::new().one(
        "update alerts set version = $3, severity = $4, held = $5, acknowledged_at = $6, acknowledged_by = $7, \
         acknowledged_from = $8, closed_at = $9, closed_by = $10, closed_from = $11, progress = $12, due_at = $13 \
         where id = $1 and version = $2",
        args![
            alert.id.0,
            alert.version,
            alert.version.saturating_add(1),
            alert.severity.word(),
            alert.is_held,
            ack.map(|ack| ack.at),
            ack.map(|ack| ack.by.tagged()),
            ack.map(|ack| ack.from.word()),
            closed.map(|closed| closed.at),
            closed.map(|closed| closed.by.tagged()),
            closed.map(|closed| closed.from.word()),
            json(&alert.progress)?,
            alert.due_at,
        ],
    ))
}

/// The link to a message.
fn link(message: &Message) -> Write {
    Write::new().one(
        "insert into links (code, recording_id, expires_at) values ($1, $2, $3)",
        args![message.link.code.as_str(), message.recording.0, message.link.expires_at],
    )
}

// What a call changes of its alert. It is not read before: the call's own version holds what is decided together. What
// has ended meanwhile stays as it is, and so does its log: [`crate::storage::log`].

/// A message belongs to an alert that had none; its people are told of it from now on.
pub(in crate::storage) fn message_left(alert: AlertId, message: &Message) -> Write {
    let write = Write::new().one(
        "update alerts set recording_id = $2, link_code = $3, held = 0, version = version + 1 \
         where id = $1 and recording_id is null",
        args![alert.0, message.recording.0, message.link.code.as_str()],
    );
    write.then(link(message))
}

/// Its people are told of an alert from now on.
pub(in crate::storage) fn missed(alert: AlertId) -> Write {
    Write::new().any(
        "update alerts set held = 0, version = version + 1 where id = $1 and closed_at is null",
        args![alert.0],
    )
}

/// Somebody takes care of an alert. It is looked at at once: how long that counts is the team's matter.
pub(in crate::storage) fn acknowledged(alert: AlertId, by: &PersonId, at: Timestamp) -> Write {
    Write::new().any(
        "update alerts set held = 0, acknowledged_at = $2, acknowledged_by = $3, acknowledged_from = $4, due_at = $2, \
         version = version + 1 where id = $1 and acknowledged_at is null and closed_at is null",
        args![alert.0, at, Who::Person(by.clone()).tagged(), Channel::Phone.word()],
    )
}

/// They do so no longer, and somebody else is being sought.
pub(in crate::storage) fn unacknowledged(alert: AlertId) -> Write {
    Write::new().any(
        "update alerts set held = 1, acknowledged_at = null, acknowledged_by = null, acknowledged_from = null, \
         due_at = null, version = version + 1 where id = $1 and closed_at is null",
        args![alert.0],
    )
}

/// Somebody has dealt with an alert. It is looked at at once: others may want to hear of it.
pub(in crate::storage) fn resolved(alert: AlertId, by: &PersonId, at: Timestamp) -> Write {
    Write::new().any(
        "update alerts set closed_at = $2, closed_by = $3, closed_from = $4, due_at = $2, version = version + 1 \
         where id = $1 and closed_at is null",
        args![alert.0, at, Who::Person(by.clone()).tagged(), Channel::Phone.word()],
    )
}
