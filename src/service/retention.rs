//! What is forgotten after its time.

use crate::app::App;
use crate::domain::retention::Forgettable;
use crate::ports::error::StoreError;
use jiff::Timestamp;
use tokio::sync::watch;

/// Forgets everything whose time is over by the settings of the moment; ends early when `stop` turns true. What
/// went is counted, and logged by its kind.
pub async fn pass(app: &App, stop: &watch::Receiver<bool>) -> Result<(), StoreError> {
    let now = app.clock.now();
    for (kind, before) in app.live().settings.retention.due(now) {
        let (forgotten, result) = forget(app, kind, before, now, stop).await;
        if forgotten > 0 {
            metrics::counter!("dutyline_forgotten_total", "kind" => kind.word()).increment(forgotten);
            tracing::info!(kind = kind.word(), count = forgotten, %before, "forgotten, since its time was over");
        }
        if forgotten > 0 && matches!(kind, Forgettable::Sound | Forgettable::Call | Forgettable::ClosedAlert)
        {
            app.outbox_wake.notify_one();
        }
        result?;
    }
    Ok(())
}

/// Forgets one kind; how many there were, whatever ended it.
async fn forget(
    app: &App,
    kind: Forgettable,
    before: Timestamp,
    now: Timestamp,
    stop: &watch::Receiver<bool>,
) -> (u64, Result<(), StoreError>) {
    let mut forgotten = 0_u64;
    while !*stop.borrow() {
        let ids = match app.retention.forget(kind, before, now).await {
            Ok(ids) => ids,
            Err(error) => return (forgotten, Err(error)),
        };
        for id in &ids {
            tracing::debug!(kind = kind.word(), %id, "forgotten");
        }
        if ids.is_empty() {
            break;
        }
        forgotten = forgotten.saturating_add(u64::try_from(ids.len()).unwrap_or(u64::MAX));
    }
    (forgotten, Ok(()))
}
