//! Events of other systems, taken in: each is on disk, with everything that it does, before its sender is answered.

mod files;
mod once;
mod way_in;

pub use files::{FileError, open as open_file};
pub use once::{NotOnce, Once};
pub use way_in::{WayIn, new_secret};

use super::{alerting, escalating, on_call};
use crate::app::App;
use crate::domain::alerting::alert::Matter;
use crate::domain::alerting::escalation::Facts;
use crate::domain::alerting::event::{Event, Outcome, Transition};
use crate::domain::alerting::ingest::{self, EARLY, Ingested};
use crate::domain::alerting::team::Team;
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::{Answer, TakenIn};
use jiff::Timestamp;

/// How often a decision is made anew when somebody else has changed what it rests on meanwhile: of a thousand events of one
/// matter at once, one opens the alert, and each of the others finds it sooner or later.
const MOST_CONFLICTS: u32 = 50;

/// What an event would do, and nothing of it is done.
pub async fn simulate(app: &App, team: &Team, event: &Event) -> Result<Ingested, StoreError> {
    decide(app, team, event, app.clock.now()).await
}

/// Why an event is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// Its sender has used its key for another request.
    #[error("the key has been used for another request")]
    Reused,
    /// So much happens to its matter at the moment that its turn has not come. Trying again helps.
    #[error("its matter changes too fast at the moment")]
    Busy,
    /// What was sent along can't be kept.
    #[error("its files can't be kept: {0}")]
    Files(#[from] VendorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NotOnce> for NotTaken {
    fn from(error: NotOnce) -> Self {
        match error {
            NotOnce::Reused => Self::Reused,
            NotOnce::Store(error) => Self::Store(error),
        }
    }
}

/// What an event's sender is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It has been done now.
    Now(Box<Ingested>),
    /// It was done before, and answered so.
    Before(Answer),
}

/// Does what an event asks for, unless a request with the same key has done it before. `status` and `body` are what its
/// sender is answered then.
pub async fn take_in_once(
    app: &App,
    team: &Team,
    event: &Event,
    once: Option<&Once>,
    status: u16,
    body: impl Fn(&Ingested) -> String + Send + Sync,
) -> Result<Taken, NotTaken> {
    if let Some(answer) = before(app, once).await? {
        return Ok(Taken::Before(answer));
    }
    let answer = |ingested: &Ingested| once.map(|once| once.answer(status, body(ingested)));
    match take_in(app, team, event, answer).await {
        Ok(ingested) => Ok(Taken::Now(Box::new(ingested))),
        // Either the same request was done in this very moment, or nobody knows when its turn comes.
        Err(NotTaken::Busy) => Ok(Taken::Before(before(app, once).await?.ok_or(NotTaken::Busy)?)),
        Err(error) => Err(error),
    }
}

/// What was answered to a request before; `None`: it is new, or nobody can know.
async fn before(app: &App, once: Option<&Once>) -> Result<Option<Answer>, NotOnce> {
    match once {
        Some(once) => once.answered(app).await,
        None => Ok(None),
    }
}

/// Does what an event asks for. `answer`: what its sender is answered, to be kept against its being done twice.
///
/// [`NotTaken::Busy`] as well when a request with the same key has been answered meanwhile.
async fn take_in(
    app: &App,
    team: &Team,
    event: &Event,
    answer: impl Fn(&Ingested) -> Option<Answer> + Send,
) -> Result<Ingested, NotTaken> {
    let mut conflicts = 0;
    let mut has_kept = false;
    let mut turn = None;
    loop {
        let now = app.clock.now();
        let mut ingested = decide(app, team, event, now).await?;
        if let Some(change) = &mut ingested.change {
            alerting::prepare(app, change).await?;
        }
        // Whoever reads of a file finds it.
        if ingested.keeps_files() && !has_kept {
            files::keep(app, event).await?;
            has_kept = true;
        }
        let answer = answer(&ingested);
        let taken = TakenIn { event, ingested: &ingested, at: now, answer: answer.as_ref() };
        match app.events.take_in(taken).await {
            Ok(()) => {
                if has_kept && !ingested.keeps_files() {
                    files::forget(app, event).await;
                }
                told(app, event, &ingested);
                return Ok(ingested);
            }
            Err(StoreError::Conflict) => {
                let is_answered = match &answer {
                    Some(answer) => app.events.answer(&answer.key_hash).await?.is_some(),
                    None => false,
                };
                conflicts += 1;
                if is_answered || conflicts > MOST_CONFLICTS {
                    if has_kept {
                        files::forget(app, event).await;
                    }
                    return Err(NotTaken::Busy);
                }
                if turn.is_none()
                    && let Some(id) = &event.external_id
                {
                    turn = Some(app.turns.wait(Matter::of(&event.team, id).as_str()).await);
                }
            }
            // Nobody knows whether it was written after all: the files stay.
            Err(error) => return Err(error.into()),
        }
    }
}

/// What an event does, as everything stands now.
async fn decide(app: &App, team: &Team, event: &Event, now: Timestamp) -> Result<Ingested, StoreError> {
    let matter = event.external_id.as_deref().map(|id| Matter::of(&team.name, id));
    let open = match &matter {
        Some(matter) => app.alerts.of_matter(matter).await?,
        None => None,
    };
    let is_new = open.is_none() && event.transition == Transition::Open;
    let early = match &matter {
        Some(matter) if is_new => {
            app.events.early_end(matter, now.checked_sub(EARLY).unwrap_or(Timestamp::MIN)).await?
        }
        Some(_) | None => None,
    };
    let live = app.live();
    let can = escalating::can(app);
    // Only a new alert tells anybody at once.
    let policy = escalating::policy_of(&live.settings, team, &event.content);
    let directory = if is_new {
        let asked = escalating::asked(&team.on_call, Some(team), policy);
        Some(on_call::directory_for(app, &asked, now).await?)
    } else {
        None
    };
    let directory = directory.as_deref().unwrap_or(&live.settings.directory);
    let facts = Facts { directory, team: Some(team), policy, can: &can };
    Ok(ingest::ingest(event, open.as_ref(), early, team, &facts, now, &*app.ids))
}

/// What an event means to the operator.
fn told(app: &App, event: &Event, ingested: &Ingested) {
    let outcome = ingested.outcome.word();
    metrics::counter!("dutyline_events_total", "outcome" => outcome).increment(1);
    if matches!(ingested.outcome, Outcome::Opened | Outcome::OpenedResolved) {
        metrics::counter!("dutyline_alerts_opened_total", "action" => "event").increment(1);
    }
    let alert = ingested.alert.map(|alert| alert.to_string());
    let team = event.team.0.as_str();
    tracing::info!(event = %event.id, team, integration = %event.integration, outcome, alert, "event taken in");
    if ingested.change.is_some() {
        alerting::wake(app);
    }
}
