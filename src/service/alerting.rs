//! Alerts: read, and ended.

use crate::app::App;
use crate::domain::alerting::alert::{AlertState, AlertStory, Closed};
use crate::domain::alerting::close::{self, Decision};
use crate::domain::ids::AlertId;
use crate::domain::links::Link;
use crate::ports::error::StoreError;
use crate::ports::store::AlertCursor;

/// One alert with its log. `None`: there is none of that id.
pub async fn find(app: &App, id: AlertId) -> Result<Option<AlertStory>, StoreError> {
    app.alerts.alert(id).await
}

/// Alerts, all or those of a state, without their logs, newest first, and where the list goes on; `None`: it ends
/// here.
pub async fn list(
    app: &App,
    state: Option<AlertState>,
    after: Option<AlertCursor>,
    limit: u32,
) -> Result<(Vec<AlertStory>, Option<AlertCursor>), StoreError> {
    let mut stories = app.alerts.alerts(state, after, limit.saturating_add(1)).await?;
    let is_more = stories.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        stories.pop();
    }
    let last = stories.last().filter(|_| is_more);
    let next = last.map(|last| AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id });
    Ok((stories, next))
}

/// The link that people get to a recording: the short one where there is one.
pub fn link_url(app: &App, link: &Link) -> String {
    match &link.short_url {
        Some(short) => short.clone(),
        None => page_url(app, link),
    }
}

/// Where a link leads people: its page.
pub(super) fn page_url(app: &App, link: &Link) -> String {
    format!("{}l/{}", app.public_url, link.code.as_str())
}

/// Why an alert is not resolved now.
#[derive(Debug, thiserror::Error)]
pub enum NotResolved {
    /// There is none of that id.
    #[error("no such alert")]
    Unknown,
    /// It has been resolved before.
    #[error("resolved at {} by {}", .0.at, .0.by)]
    Already(Closed),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends an alert in somebody's name; answers it with its log.
pub async fn resolve(app: &App, id: AlertId, by: &str) -> Result<AlertStory, NotResolved> {
    let story = find(app, id).await?.ok_or(NotResolved::Unknown)?;
    let closing = match close::close(&story.alert, by, app.clock.now()) {
        Decision::Close(closing) => closing,
        Decision::Already(closed) => return Err(NotResolved::Already(closed)),
    };
    let written = app.alerts.close(&closing).await;
    let story = find(app, id).await?.ok_or(NotResolved::Unknown)?;
    match (written, story.alert.closed.clone()) {
        (Ok(()), _) => {
            tracing::info!(alert = %id, by, "alert resolved");
            Ok(story)
        }
        // Somebody else was first.
        (Err(StoreError::Conflict), Some(closed)) => Err(NotResolved::Already(closed)),
        (Err(error), _) => Err(error.into()),
    }
}
