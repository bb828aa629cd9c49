//! The open alerts that a caller may hear.

use crate::app::{App, Live};
use crate::domain::alerting::concern::Concern;
use crate::domain::directory::Recipient;
use crate::domain::ids::AlertId;
use crate::domain::voice::call::Caller;
use crate::domain::voice::reading::Reading;
use crate::ports::error::StoreError;
use crate::ports::store::AlertCursor;
use crate::service::on_call;
use jiff::Timestamp;

/// How many alerts are read at a time.
const PAGE: u32 = 100;
/// How many pages are read at most: a caller waits for them.
const MOST_PAGES: u32 = 10;
/// How many alerts are read out to one caller at most.
const MOST_HEARD: usize = 50;

/// The alerts of that caller's groups that have not ended, newest first. A stranger has none.
pub(super) async fn open_alerts(
    app: &App,
    live: &Live,
    caller: Option<&Caller>,
    now: Timestamp,
) -> Result<Vec<AlertId>, StoreError> {
    let Some(person) = caller.and_then(|caller| caller.person.as_ref()) else { return Ok(vec![]) };
    let mut heard = vec![];
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = app.alerts.latest_open(after, PAGE).await?;
        let mut recipients: Vec<Recipient> = vec![];
        for recipient in page.iter().flat_map(|story| &story.alert.recipients) {
            if !recipients.contains(recipient) {
                recipients.push(recipient.clone());
            }
        }
        let directory = on_call::directory_for(app, &recipients, now).await?;
        let mut concern = Concern::of(person, &directory, &live.settings.teams, now);
        heard.extend(page.iter().filter(|story| concern.is(&story.alert)).map(|story| story.alert.id));
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        let Some(last) = page.last().filter(|_| !is_last && heard.len() < MOST_HEARD) else { break };
        after = Some(AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id });
    }
    heard.truncate(MOST_HEARD);
    Ok(heard)
}

/// One alert as it is read out to a caller; `None`: it is forgotten.
pub(super) async fn reading(
    app: &App,
    live: &Live,
    id: AlertId,
    caller: Option<&Caller>,
    now: Timestamp,
) -> Result<Option<Reading>, StoreError> {
    let story = app.alerts.alert(id).await?;
    let listener = caller.and_then(|caller| caller.person.as_ref());
    Ok(story.map(|story| Reading::of(story, &live.settings.directory, listener, now)))
}
