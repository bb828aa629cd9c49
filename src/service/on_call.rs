//! Who is on call: one answer for the phone, the API, the messages and the calendars.

use crate::app::App;
use crate::domain::directory::resolve::{self, OnCall};
use crate::domain::directory::schedule::gaps::{self, Gap};
use crate::domain::directory::{Directory, Recipient};
use crate::ports::error::StoreError;
use crate::service::current::Current;
use crate::service::directory::on_call as elsewhere;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinError;

/// The directory of the settings, with the absences and overrides of the store that end after that moment. What of
/// them refers to somebody, or to a schedule, that the settings have no more is left out, and said once.
pub async fn directory(app: &App, ends_after: Timestamp) -> Result<Current, StoreError> {
    let stored = app.changes.run_time(ends_after).await?;
    let live = app.live();
    if stored.is_empty() {
        return Ok(Current::of(live));
    }
    let (directory, left_out) = live.settings.directory.clone().with(stored);
    for one in left_out {
        if app.said.is_news(one.id) {
            let what = one.what;
            tracing::warn!(id = %one.id, what, "it names somebody, or a schedule, that the settings have no more");
        }
    }
    Ok(Current::changed(live, directory))
}

/// The same for one moment, with what another system's directory says of who is on call then, as far as these recipients
/// reach into it.
pub async fn directory_for(
    app: &App,
    recipients: &[Recipient],
    at: Timestamp,
) -> Result<Current, StoreError> {
    let mut directory = directory(app, at).await?;
    elsewhere::add(app, &mut directory, recipients, at).await;
    Ok(directory)
}

/// Whom an addressee reaches at a moment, with the directory that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// As it is at that moment.
    pub directory: Directory,
    /// Who is reached, and who is left out.
    pub on_call: OnCall,
}

/// Whom that addressee reaches at that moment.
pub async fn on_call(app: &App, recipient: &Recipient, at: Timestamp) -> Result<Answer, StoreError> {
    let directory = directory_for(app, std::slice::from_ref(recipient), at).await?;
    let on_call = resolve::on_call(&directory, recipient, at);
    Ok(Answer { directory: directory.into_own(), on_call })
}

/// When nobody is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaps {
    /// From when it was looked for.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What was found, schedule by schedule.
    pub gaps: Vec<Gap>,
}

/// When a schedule has nobody, from now on for so many days of 24 hours.
pub async fn gaps(app: &App, days: u32) -> Result<Gaps, StoreError> {
    let from = app.clock.now();
    let length = SignedDuration::from_hours(24 * i64::from(days));
    let until = from.checked_add(length).unwrap_or(Timestamp::MAX);
    let directory = directory(app, from).await?;
    let found = tokio::task::spawn_blocking(move || gaps::gaps(&directory, from, until));
    Ok(Gaps { from, until, gaps: finished(found.await)? })
}

/// What a calculation beside the calls has come to. It goes wrong as it would have here; it is given up only when the
/// program ends.
pub(super) fn finished<T>(ended: Result<T, JoinError>) -> Result<T, StoreError> {
    ended.map_err(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_given_up) => StoreError::closed(),
    })
}
