//! Answers of people: what they write back to a text message, and what they press on the page behind a link.

pub mod links;
pub(super) mod offer;
pub mod texts;
mod words;

use super::alerting::{self, NotChanged};
use crate::app::App;
use crate::domain::alerting::act::Act;
use crate::domain::alerting::actor::{Actor, Who};
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::reply::{self, Deed};
use crate::domain::directory::Directory;
use crate::domain::ids::AlertId;
use crate::ports::error::StoreError;

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

/// Does something to an alert for somebody who knows of that many steps of its policy.
async fn act(app: &App, id: AlertId, deed: Deed, known: u32, by: &Actor) -> Result<Outcome, StoreError> {
    let what = Act::from(deed);
    // Looked at and written as one, so that a step that is asked for twice is not made twice.
    let is_done = |story: &AlertStory| {
        deed == Deed::Escalate && story.alert.closed.is_none() && reply::has_escalated(story, known)
    };
    let found = async || Ok::<_, StoreError>(alerting::find(app, id).await?.map(Box::new));
    match alerting::act_unless(app, id, &what, by, None, is_done).await {
        Ok(Some(story)) => Ok(Outcome::Done(Box::new(story))),
        Ok(None) => Ok(found().await?.map_or(Outcome::Gone, Outcome::EscalatedSince)),
        Err(NotChanged::Refused(why)) => {
            Ok(found().await?.map_or(Outcome::Gone, |story| Outcome::Refused(story, why)))
        }
        Err(NotChanged::Unknown) => Ok(Outcome::Gone),
        Err(NotChanged::Store(error)) => Err(error),
    }
}

/// Somebody's name: a person's as it is spoken, else that of the key or the way in.
fn name<'a>(who: &'a Who, directory: &'a Directory) -> &'a str {
    let person = who.person().and_then(|id| directory.person(id));
    person.map_or_else(|| who.name(), |person| &person.name)
}
