//! How the program is doing, for those who run it.

use crate::app::App;
use crate::domain::effect::Lane;
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::OutboxCount;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// How long a part may take to say that it is well.
const PATIENCE: Duration = Duration::from_secs(3);

/// No call can be taken: what is wrong with the store. The text names causes: for the log.
#[derive(Debug, thiserror::Error)]
#[error("store: {0}")]
pub struct NotReady(pub Fault<StoreError>);

/// What is wrong with a part.
#[derive(Debug, thiserror::Error)]
pub enum Fault<E> {
    /// It says so itself.
    #[error("{0}")]
    Error(E),
    /// It says nothing.
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Silent,
}

/// Whether calls can be taken at present: they need the store and nothing else. A second answer says what is wrong with
/// the recordings' place: their sound stays at the carrier meanwhile.
pub async fn ready(app: &App) -> Result<Option<Fault<VendorError>>, NotReady> {
    let (store, recordings) = tokio::join!(fault(app.keys.ready()), fault(app.recordings.ready()));
    match store {
        None => Ok(recordings),
        Some(fault) => Err(NotReady(fault)),
    }
}

async fn fault<E>(asked: impl Future<Output = Result<(), E>>) -> Option<Fault<E>> {
    match timeout(PATIENCE, asked).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(Fault::Error(error)),
        Err(_elapsed) => Some(Fault::Silent),
    }
}

/// The lanes that there are: those that there always are, those of the forward targets and the webhooks, and those of
/// such that are gone from the settings and have something left.
pub(super) fn lanes(app: &App, count: &OutboxCount) -> BTreeSet<Lane> {
    let forwards = app.forwards.keys().cloned().map(Lane::Forward);
    let webhooks = app.webhooks.keys().cloned().map(Lane::Webhook);
    Lane::ALWAYS.into_iter().chain(forwards).chain(webhooks).chain(count.lanes.keys().cloned()).collect()
}

/// Brings the figures up to date that are read rather than counted. Where that fails they keep their last value.
pub async fn gauge(app: &App) {
    let read = async { Ok::<_, StoreError>((app.outbox.count().await?, app.outbox.next_due(None).await?)) };
    match timeout(PATIENCE, read).await {
        Ok(Ok((count, next))) => {
            // Something that is due and that nobody does, no process that knows it for one: the first sign of trouble.
            let overdue = next.map_or(0, |next| app.clock.now().duration_since(next).as_secs().max(0));
            let overdue = u32::try_from(overdue).unwrap_or(u32::MAX);
            metrics::gauge!("dutyline_outbox_overdue_seconds").set(overdue);
            for lane in lanes(app, &count) {
                let of = count.lanes.get(&lane).copied().unwrap_or_default();
                for (state, number) in [("waiting", of.waiting), ("failed", of.failed)] {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    metrics::gauge!("dutyline_outbox_effects", "lane" => lane.word(), "state" => state)
                        .set(number);
                }
                metrics::gauge!("dutyline_effects_under_way", "lane" => lane.word())
                    .set(app.under_way.of(&lane));
            }
        }
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the outbox can't be counted");
        }
        Err(_elapsed) => tracing::error!("the outbox can't be counted in time"),
    }
}
