//! Answers of people: what they write back to a text message, and what they press on the page behind a link.

pub mod links;
pub(super) mod offer;
pub mod texts;
mod words;

use super::alerting::{self, NotChanged};
use crate::app::App;
use crate::domain::alerting::actor::{Actor, Who};
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::life::{self, Refused};
use crate::domain::alerting::reply::{self, Deed};
use crate::domain::directory::Directory;
use crate::domain::ids::AlertId;
use crate::ports::error::StoreError;
use jiff::Timestamp;

/// What became of something that somebody wanted to do to an alert.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is done; the alert as it is since.
    Done(Box<AlertStory>),
    /// It can't be done to an alert that stands as this one does.
    Refused(Box<AlertStory>, Refused),
    /// The next step has been made since they were told of it: nothing more is done.
    EscalatedSince(Box<AlertStory>),
    /// The alert is not there any more.
    Gone,
}

/// How often a decision is made anew when somebody else has changed the alert meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// Does something to an alert for somebody who was told of it at that moment.
async fn act(
    app: &App,
    id: AlertId,
    deed: Deed,
    told_at: Timestamp,
    by: &Actor,
) -> Result<Outcome, StoreError> {
    let done = match deed {
        Deed::Acknowledge => alerting::acknowledge(app, id, by).await,
        Deed::Resolve => alerting::resolve(app, id, by).await,
        Deed::Escalate => return escalate(app, id, told_at, by).await,
    };
    match done {
        Ok(story) => Ok(Outcome::Done(Box::new(story))),
        Err(NotChanged::Unknown) => Ok(Outcome::Gone),
        Err(NotChanged::Store(error)) => Err(error),
        Err(NotChanged::Refused(why)) => Ok(match alerting::find(app, id).await? {
            Some(story) => Outcome::Refused(Box::new(story), why),
            None => Outcome::Gone,
        }),
    }
}

/// The next step is made now, unless one has been made since they were told: looked at and written as one, so that nothing
/// that is asked for twice is done twice.
async fn escalate(app: &App, id: AlertId, told_at: Timestamp, by: &Actor) -> Result<Outcome, StoreError> {
    let mut conflicts = 0;
    loop {
        let Some(story) = alerting::find(app, id).await? else { return Ok(Outcome::Gone) };
        if story.alert.closed.is_none() && reply::has_escalated(&story, told_at) {
            return Ok(Outcome::EscalatedSince(Box::new(story)));
        }
        let mut change = match life::escalate(story.alert.clone(), by, app.clock.now()) {
            Ok(change) => change,
            Err(why) => return Ok(Outcome::Refused(Box::new(story), why)),
        };
        alerting::prepare(app, &mut change);
        match app.alerts.change(&change).await {
            Ok(()) => {
                alerting::wake(app);
                tracing::info!(alert = %id, by = %by.who, from = by.from.word(), "alert escalated");
                return Ok(Outcome::Done(Box::new(story)));
            }
            Err(StoreError::Conflict) if conflicts < MOST_CONFLICTS => conflicts += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Somebody's name: a person's as it is spoken, else that of the key or the way in.
fn name<'a>(who: &'a Who, directory: &'a Directory) -> &'a str {
    let person = who.person().and_then(|id| directory.person(id));
    person.map_or_else(|| who.name(), |person| &person.name)
}
