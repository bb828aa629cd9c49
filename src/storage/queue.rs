//! Effects, put into the outbox by whoever decides that something is to be done.

use super::columns::json;
use super::write::Write;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, EffectId, Ids};
use crate::ports::error::StoreError;
use crate::storage::write::args;
use jiff::Timestamp;

/// An effect that is to be carried out.
pub(super) fn queue(due: &DueEffect, ids: &dyn Ids) -> Result<Write, StoreError> {
    let id = if let Effect::TellWebhook { message, .. } = &due.effect {
        // Its message is found by it.
        EffectId(message.0)
    } else {
        EffectId::next(ids)
    };
    Ok(Write::new().one(
        "insert into outbox (id, effect, lane, due_at, failed, state, subject, held_until) \
         values ($1, $2, $3, $4, 0, 'waiting', $5, $6)",
        args![
            id.0,
            json(&due.effect)?,
            &*due.effect.lane().word(),
            due.due,
            due.effect.alert().map(|alert| alert.0),
            due.is_held.then_some(due.due),
        ],
    ))
}

/// The effects that were held for the text of an alert's message are due. One whose time has moved is not held any
/// more: somebody is carrying it out, or has tried to.
pub(super) fn let_go(alert: AlertId, now: Timestamp) -> Write {
    Write::new().any(
        "update outbox set due_at = $2, held_until = null \
         where subject = $1 and held_until is not null and due_at = held_until and state = 'waiting'",
        args![alert.0, now],
    )
}
