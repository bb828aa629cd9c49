//! Alerts, as they are read.

use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::ids::AlertId;
use crate::domain::links::Link;
use crate::ports::error::StoreError;
use crate::ports::store::AlertCursor;

/// One alert with its log. `None`: there is none of that id.
pub async fn find(app: &App, id: AlertId) -> Result<Option<AlertStory>, StoreError> {
    app.alerts.alert(id).await
}

/// Alerts without their logs, newest first, and where the list goes on; `None`: it ends here.
pub async fn list(
    app: &App,
    after: Option<AlertCursor>,
    limit: u32,
) -> Result<(Vec<AlertStory>, Option<AlertCursor>), StoreError> {
    let mut stories = app.alerts.alerts(after, limit.saturating_add(1)).await?;
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
