//! Absences and overrides while the program runs: added, listed, taken away; and who did it.

use super::on_call;
use crate::app::App;
use crate::domain::audit::Audited;
use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::{self, Changed, NotAdded, NotRemoved};
use crate::domain::directory::overrides::Override;
use crate::domain::ids::{AbsenceId, AuditId, OverrideId};
use crate::ports::error::StoreError;
use crate::ports::store::{AuditCursor, AuditEntry, AuditFilter};
use jiff::Timestamp;

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It can't be added.
    #[error("it can't be added")]
    NotAdded(NotAdded),
    /// It can't be taken away.
    #[error("it can't be taken away")]
    NotRemoved(NotRemoved),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotAdded> for ChangeError {
    fn from(why: NotAdded) -> Self {
        Self::NotAdded(why)
    }
}

impl From<NotRemoved> for ChangeError {
    fn from(why: NotRemoved) -> Self {
        Self::NotRemoved(why)
    }
}

/// Those who are away now, or will be, the one that begins first coming first: of the settings and of the store.
pub async fn absences(app: &App) -> Result<Vec<Absence>, StoreError> {
    let now = app.clock.now();
    let mut absences = on_call::directory(app, now).await?.absences.clone();
    absences.retain(|one| one.until.is_none_or(|until| until > now));
    absences.sort_by_key(|one| (one.from, change::absence_id(one)));
    Ok(absences)
}

/// The overrides that are in force now, or will be, the one that begins first coming first: of the settings and of
/// the store.
pub async fn overrides(app: &App) -> Result<Vec<Override>, StoreError> {
    let now = app.clock.now();
    let mut overrides = on_call::directory(app, now).await?.overrides.clone();
    overrides.retain(|one| one.until > now);
    overrides.sort_by_key(|one| (one.from, change::override_id(one)));
    Ok(overrides)
}

/// Says that somebody is away; `by` is the name of the key that says so. The answer has its id.
pub async fn add_absence(app: &App, absence: Absence, by: &str) -> Result<Absence, ChangeError> {
    let now = app.clock.now();
    let absence = Absence { id: Some(AbsenceId::next(&*app.ids)), ..absence };
    let changed = change::add_absence(&app.live().settings.directory, absence.clone(), now)?;
    record(app, changed, now, by).await?;
    Ok(absence)
}

/// Forgets that somebody is away.
pub async fn remove_absence(app: &App, id: AbsenceId, by: &str) -> Result<(), ChangeError> {
    let stored = app.changes.absence(id).await?;
    let changed = change::remove_absence(&app.live().settings.directory, stored, id)?;
    removed(record(app, changed, app.clock.now(), by).await)
}

/// Puts others on call than a schedule says; `by` is the name of the key that says so. The answer has its id.
pub async fn add_override(app: &App, added: Override, by: &str) -> Result<Override, ChangeError> {
    let now = app.clock.now();
    let added = Override { id: Some(OverrideId::next(&*app.ids)), ..added };
    let check = async || {
        let directory = on_call::directory(app, added.from).await?;
        Ok::<_, ChangeError>(change::add_override(&directory, added.clone(), now)?)
    };
    match record(app, check().await?, now, by).await {
        // Somebody else was first: what they have added says why this one can't be.
        Err(StoreError::Conflict) => match check().await {
            Ok(_) => Err(StoreError::Conflict.into()),
            Err(why) => Err(why),
        },
        written => Ok(written.map(|()| added)?),
    }
}

/// Puts those on call again whom the schedule says.
pub async fn remove_override(app: &App, id: OverrideId, by: &str) -> Result<(), ChangeError> {
    let stored = app.changes.one_override(id).await?;
    let changed = change::remove_override(&app.live().settings.directory, stored, id)?;
    removed(record(app, changed, app.clock.now(), by).await)
}

/// The entries of the audit that are wanted, newest first, and where the list goes on; `None`: it ends.
pub async fn audit(
    app: &App,
    filter: &AuditFilter,
    after: Option<AuditCursor>,
    limit: u32,
) -> Result<(Vec<AuditEntry>, Option<AuditCursor>), StoreError> {
    let mut entries = app.changes.audit(filter, after, limit.saturating_add(1)).await?;
    let is_more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        entries.pop();
    }
    let next = entries.last().filter(|_| is_more).map(|last| AuditCursor { at: last.at, id: last.id });
    Ok((entries, next))
}

async fn record(app: &App, changed: Changed, now: Timestamp, by: &str) -> Result<(), StoreError> {
    let audited = Audited { id: AuditId::next(&*app.ids), at: now, by: by.to_owned(), changed };
    app.changes.record_change(&audited).await?;
    tracing::info!(audit = %audited.id, by, what = audited.word(), "the directory has changed");
    Ok(())
}

/// Two who take the same away at once: the second finds nothing.
fn removed(written: Result<(), StoreError>) -> Result<(), ChangeError> {
    match written {
        Err(StoreError::Conflict) => Err(NotRemoved::Unknown.into()),
        written => Ok(written?),
    }
}
