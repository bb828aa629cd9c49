//! Alerts: read, and what people and programs do to them.

use super::{hooks, sparing, throttling};
use crate::app::App;
use crate::domain::alerting::act::{self, Act};
use crate::domain::alerting::actor::Actor;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::state::AlertState;
use crate::domain::ids::{AlertId, AuditId};
use crate::ports::error::StoreError;
use crate::ports::store::{AlertCursor, AlertPage};
use futures_util::StreamExt as _;

/// One alert with its log. `None`: there is none of that id.
pub async fn find(app: &App, id: AlertId) -> Result<Option<AlertStory>, StoreError> {
    app.alerts.alert(id).await
}

/// The alert that people call by that number, with its log. `None`: there is none.
pub async fn by_number(app: &App, number: u32) -> Result<Option<AlertStory>, StoreError> {
    app.alerts.by_number(number).await
}

/// The alerts that are wanted, without their logs, newest first, and where the list goes on.
pub async fn list(
    app: &App,
    filter: &AlertFilter,
    after: Option<AlertCursor>,
    limit: u32,
) -> Result<AlertPage, StoreError> {
    app.alerts.found(filter, after, limit).await
}

/// Why nothing was done to an alert.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// There is none of that id.
    #[error("no such alert")]
    Unknown,
    /// It can't be done to an alert that stands as this one does.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often a decision is made anew when somebody else has changed the alert meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// Does something to an alert, and answers it with its log. What is done is written together with its entry in the
/// audit. Who asks for what somebody else has just done is told so. `key`: the name of the key of whoever acts for
/// somebody else.
pub async fn act(
    app: &App,
    id: AlertId,
    act: &Act,
    by: &Actor,
    key: Option<&str>,
) -> Result<AlertStory, NotChanged> {
    act_unless(app, id, act, by, key, |_story| false).await?.ok_or(NotChanged::Unknown)
}

/// The same, unless it has been done already (`None`): that is looked at and written as one.
pub(super) async fn act_unless(
    app: &App,
    id: AlertId,
    act: &Act,
    by: &Actor,
    key: Option<&str>,
    is_done: impl Fn(&AlertStory) -> bool + Send,
) -> Result<Option<AlertStory>, NotChanged> {
    let mut conflicts = 0;
    loop {
        let story = find(app, id).await?.ok_or(NotChanged::Unknown)?;
        if is_done(&story) {
            return Ok(None);
        }
        let now = app.clock.now();
        let is_followed = *act == Act::UndoResolve && is_followed(app, &story).await?;
        let mut change = act.done_to(&story, is_followed, by, now)?;
        change.audited = Some(act::audited(AuditId::next(&*app.ids), act, &story, &change, by, key, now));
        prepare(app, &mut change).await?;
        match app.alerts.change(&change).await {
            Ok(()) => {
                wake(app);
                tracing::info!(alert = %id, by = %by.who, from = by.from.word(), key, what = act.word(), "an alert has changed");
                return Ok(Some(find(app, id).await?.ok_or(NotChanged::Unknown)?));
            }
            Err(StoreError::Conflict) if conflicts < MOST_CONFLICTS => conflicts += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// How many alerts something can be done to at a time.
pub const AT_ONCE: usize = 500;
/// How many of them are changed at the same time.
pub(super) const SIDE_BY_SIDE: usize = 16;

/// What became of many alerts.
#[derive(Debug)]
pub struct Many {
    /// Each for itself.
    pub done: Vec<(AlertId, Result<AlertStory, NotChanged>)>,
    /// Whether there are more than can be changed at a time.
    pub is_more: bool,
}

/// Does the same to each of these alerts; `key` as with one.
pub async fn act_on(app: &App, ids: &[AlertId], what: &Act, by: &Actor, key: Option<&str>) -> Many {
    let each = ids.iter().copied().map(|id| async move { (id, act(app, id, what, by, key).await) });
    let done = futures_util::stream::iter(each).buffered(SIDE_BY_SIDE).collect().await;
    Many { done, is_more: false }
}

/// Does the same to all alerts that are wanted, the newest first, [`AT_ONCE`] at most. Those that have ended are left
/// alone.
pub async fn act_on_all(
    app: &App,
    filter: &AlertFilter,
    what: &Act,
    by: &Actor,
    key: Option<&str>,
) -> Result<Many, StoreError> {
    let mut states: Vec<_> = AlertState::ALL.into_iter().filter(|state| filter.wants(*state)).collect();
    states.retain(|state| what.is_for(*state));
    if states.is_empty() {
        return Ok(Many { done: vec![], is_more: false });
    }
    let filter = AlertFilter { states, ..filter.clone() };
    let (mut ids, mut after) = (vec![], None);
    let most = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
    loop {
        let missing = most.saturating_sub(u32::try_from(ids.len()).unwrap_or(u32::MAX));
        let AlertPage { stories, next } = list(app, &filter, after, missing).await?;
        ids.extend(stories.iter().map(|story| story.alert.id));
        after = next;
        if after.is_none() || ids.len() >= AT_ONCE {
            break;
        }
    }
    Ok(Many { is_more: after.is_some(), ..act_on(app, &ids, what, by, key).await })
}

/// Whether a newer alert of the same matter is open.
async fn is_followed(app: &App, story: &AlertStory) -> Result<bool, StoreError> {
    let Some(matter) = &story.alert.matter else { return Ok(false) };
    let open = app.alerts.of_matter(matter).await?;
    Ok(open.is_some_and(|newer| newer.alert.id != story.alert.id))
}

/// What a change means for phones that ring, for messages that wait, and for other programs, is added to it, and what of
/// it has to wait is put off: every change goes through here before it is written.
pub(super) async fn prepare(app: &App, change: &mut Change) -> Result<(), StoreError> {
    sparing::spare(app, change).await?;
    hooks::add(app, change);
    throttling::put_off(app, change);
    Ok(())
}

/// There are messages to send, or an alert to look at, and something to tell of it.
pub(super) fn wake(app: &App) {
    app.outbox_wake.notify_one();
    app.alert_wake.notify_one();
    app.feed.wake();
}
