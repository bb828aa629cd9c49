//! Calendars of who is on call, for programs that show calendars.

use super::on_call;
use crate::app::App;
use crate::domain::directory::calendar::{self, Event, Window};
use crate::domain::directory::{Directory, Recipient};
use crate::ports::error::StoreError;
use jiff::Timestamp;

/// A calendar at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// When it was made.
    pub made_at: Timestamp,
    /// Who the people in it are.
    pub directory: Directory,
    /// What is in it, in the order of time.
    pub events: Vec<Event>,
}

/// The calendar of that addressee. `None`: there is nobody, or nothing, of that name.
pub async fn of(app: &App, of: Recipient) -> Result<Option<Calendar>, StoreError> {
    let now = app.clock.now();
    let window = Window::around(now);
    let directory = on_call::directory(app, window.from).await?;
    if !directory.knows(&of) {
        return Ok(None);
    }
    // Months of many schedules take a while, and calls go on meanwhile.
    let made = tokio::task::spawn_blocking(move || {
        let events = calendar::calendar(&directory, &of, window);
        Calendar { made_at: now, directory: directory.into_own(), events }
    });
    on_call::finished(made.await).map(Some)
}
