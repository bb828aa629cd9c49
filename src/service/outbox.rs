//! What is to be done outside, as operators see it, hasten it and drop it.

use super::effects::LEASE;
use super::health::lanes;
use crate::app::App;
use crate::domain::effect::{Effect, Lane};
use crate::domain::ids::EffectId;
use crate::ports::error::StoreError;
use crate::ports::store::{ListedEffect, OutboxCount};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// There is no such effect: it was done, or dropped.
    #[error("there is no effect of this id any more")]
    Unknown,
    /// It is under way, or will be soon. To hasten it could do it twice.
    #[error("it is under way, or will be tried at {0}")]
    Soon(Timestamp),
    /// It is still to be done.
    #[error("only what was given up can be dropped")]
    Waiting,
    /// The store failed, or something has happened to it at the same time.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much there is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxFigures {
    /// All of it, and that of each lane.
    pub count: OutboxCount,
    /// How much of each lane this process is doing now. It is among what waits.
    pub under_way: BTreeMap<Lane, u32>,
}

/// How much waits, how much was given up, and how much is under way.
pub async fn figures(app: &App) -> Result<OutboxFigures, StoreError> {
    let count = app.outbox.count().await?;
    let of = |lane: Lane| (lane.clone(), app.under_way.of(&lane));
    let under_way = lanes(app, &count).into_iter().map(of).collect();
    Ok(OutboxFigures { count, under_way })
}

/// What there is, or only what was given up, oldest first, and after which one the list goes on; `None`: it ends.
pub async fn list(
    app: &App,
    only_given_up: bool,
    after: Option<EffectId>,
    limit: u32,
) -> Result<(Vec<ListedEffect>, Option<EffectId>), StoreError> {
    let mut effects = app.outbox.listed(only_given_up, after, limit.saturating_add(1)).await?;
    let is_more = effects.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        effects.pop();
    }
    let next = effects.last().filter(|_| is_more).map(|last| last.id);
    Ok((effects, next))
}

/// Makes one due now; one that was given up begins anew. Answers how it is then.
pub async fn retry(app: &App, id: EffectId) -> Result<ListedEffect, OutboxError> {
    let listed = app.outbox.listed_one(id).await?.ok_or(OutboxError::Unknown)?;
    let now = app.clock.now();
    // Somebody who has taken it has it until then at the latest; who takes it after our look makes it a conflict.
    let leased = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
    if let Some(due) = listed.due.filter(|due| *due <= leased) {
        return Err(OutboxError::Soon(due));
    }
    app.outbox.hasten(&listed, now).await?;
    app.outbox_wake.notify_one();
    let kind = listed.effect.as_ref().map(Effect::word);
    tracing::info!(effect = %id, kind, "an operator wants the effect tried now");
    let failed = if listed.due.is_some() { listed.failed } else { 0 };
    Ok(ListedEffect { due: Some(now), failed, ..listed })
}

/// Forgets one that was given up.
pub async fn drop(app: &App, id: EffectId) -> Result<(), OutboxError> {
    let listed = app.outbox.listed_one(id).await?.ok_or(OutboxError::Unknown)?;
    if listed.due.is_some() {
        return Err(OutboxError::Waiting);
    }
    app.outbox.forget(id).await?;
    let kind = listed.effect.as_ref().map(Effect::word);
    tracing::info!(effect = %id, kind, "an operator dropped the effect");
    Ok(())
}
