//! What people do to alerts, and what the program does to those that are due.

use dutyline::app::App;
use dutyline::domain::alerting::act::Act;
use dutyline::domain::alerting::actor::Actor;
use dutyline::domain::alerting::alert::AlertStory;
use dutyline::domain::ids::AlertId;
use dutyline::ports::error::StoreError;
use dutyline::service::alerting::{self, NotChanged};
use dutyline::service::escalating;

/// Looks at the alerts that are due; answers how many there were.
pub(crate) async fn due(app: &App) -> Result<usize, StoreError> {
    let taken = escalating::claim(app, u32::try_from(escalating::AT_ONCE).unwrap()).await?;
    let count = taken.len();
    futures_util::future::join_all(taken.into_iter().map(|id| escalating::run(app, id))).await;
    Ok(count)
}

pub(crate) async fn acknowledge(app: &App, id: AlertId, by: &Actor) -> Result<AlertStory, NotChanged> {
    alerting::act(app, id, &Act::Acknowledge, by, None).await
}

pub(crate) async fn resolve(app: &App, id: AlertId, by: &Actor) -> Result<AlertStory, NotChanged> {
    alerting::act(app, id, &Act::Resolve, by, None).await
}

pub(crate) async fn escalate(app: &App, id: AlertId, by: &Actor) -> Result<AlertStory, NotChanged> {
    alerting::act(app, id, &Act::Escalate, by, None).await
}
