//! The loops that carry out what is due. A loop is a few lines around one use case of `service`, which is also
//! what the tests call.

use crate::app::App;
use crate::service::{
    StoreError, auditing, calling, directory, effects, escalating, feed, retention, ringing, voice,
};
use std::error::Error;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

/// How long a loop rests when nothing wakes it. Another process may have left work that is due.
const REST: Duration = Duration::from_secs(1);

/// How often effects are looked for, at most. Where many are written, or end, at the same time, one look serves them all.
const LOOKS: Duration = Duration::from_millis(1);

/// How often alerts that are due are looked for, at most: whoever takes in an event has looked at its alert already.
const DUE: Duration = Duration::from_millis(20);

/// How often what happens to alerts is told, at most.
const NEWS: Duration = Duration::from_millis(50);

/// How long it takes until what is too old is looked for again.
const CLEANUP: Duration = Duration::from_hours(1);

/// How long it takes until answers of another directory that have aged are looked for again.
const REFRESH: Duration = Duration::from_secs(30);

/// How long it takes until the phones that are being called are looked at again, in case news of one were lost.
const LOOK: Duration = Duration::from_secs(30);

/// How long it takes until the open alerts are checked again.
const AUDIT: Duration = Duration::from_mins(1);

/// Runs every loop until `stop` turns true; a pass that is under way is finished.
pub async fn run(app: App, stop: watch::Receiver<bool>) {
    let mut loops = JoinSet::new();
    loops.spawn(outbox(app.clone(), stop.clone()));
    loops.spawn(deadlines(app.clone(), stop.clone()));
    loops.spawn(escalations(app.clone(), stop.clone()));
    loops.spawn(followers(app.clone(), stop.clone()));
    loops.spawn(callers(app.clone(), stop.clone()));
    let phones = {
        let app = app.clone();
        move || look_after(app.clone())
    };
    loops.spawn(every(LOOK, stop.clone(), "the phones under way can't be read", phones));
    let audit = {
        let app = app.clone();
        move || {
            let app = app.clone();
            async move { auditing::pass(&app).await }
        }
    };
    loops.spawn(every(AUDIT, stop.clone(), "the open alerts can't be checked", audit));
    let cleanup = {
        let stop = stop.clone();
        move || {
            let (app, stop) = (app.clone(), stop.clone());
            async move { retention::pass(&app, &stop).await }
        }
    };
    loops.spawn(every(CLEANUP, stop, "what is too old could not all be forgotten", cleanup));
    while let Some(ended) = loops.join_next().await {
        note(ended);
    }
}

/// Effects that are due, each in a task of its own: a slow one holds up no other, and one that panics ends only
/// itself. Its lease brings it back.
async fn outbox(app: App, mut stop: watch::Receiver<bool>) {
    let wake = app.outbox_wake.clone();
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        let taken = effects::claim(&app).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn Error, "the outbox can't be read");
            vec![]
        });
        let is_quiet = taken.is_empty();
        for one in taken {
            let app = app.clone();
            under_way.spawn(async move { effects::run(&app, one, || patience(effects::RENEWAL)).await });
        }
        if is_quiet {
            tokio::select! {
                Some(ended) = under_way.join_next() => note(ended),
                () = wake.notified() => {}
                () = rest() => {}
                _ = stop.changed() => {}
            }
            patience(LOOKS).await;
        }
        while let Some(ended) = under_way.try_join_next() {
            note(ended);
        }
    }
    while let Some(ended) = under_way.join_next().await {
        note(ended);
    }
}

/// A task that panicked is told of; what it said is left out, because it may quote what it was working on.
fn note(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panicked = error.is_panic(), "a task of a worker ended badly");
    }
}

/// Calls whose deadline has come.
async fn deadlines(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let app = app.clone();
        let done = pass("the calls' deadlines can't be read", async move { voice::deadlines(&app).await });
        if done.await.unwrap_or_default() == 0 {
            tokio::select! {
                () = rest() => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Alerts that are to be looked at, each in a task of its own: one whose people another directory is asked for holds up no
/// other.
async fn escalations(app: App, mut stop: watch::Receiver<bool>) {
    let wake = app.alert_wake.clone();
    // The settings may have been edited since the program ran last.
    if let Err(error) = escalating::look_at_open(&app).await {
        tracing::error!(
            error = &error as &dyn Error,
            "open alerts follow the settings with their next step only"
        );
    }
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        let free = escalating::AT_ONCE.saturating_sub(under_way.len());
        let taken = escalating::claim(&app, u32::try_from(free).unwrap_or(0)).await.unwrap_or_else(|error| {
            tracing::error!(error = &error as &dyn Error, "the alerts that are due can't be read");
            vec![]
        });
        let is_quiet = taken.is_empty();
        for id in taken {
            let app = app.clone();
            under_way.spawn(async move { escalating::run(&app, id).await });
        }
        if is_quiet {
            tokio::select! {
                Some(ended) = under_way.join_next() => note(ended),
                () = wake.notified() => {}
                () = rest() => {}
                _ = stop.changed() => {}
            }
            patience(DUE).await;
        }
        while let Some(ended) = under_way.try_join_next() {
            note(ended);
        }
    }
    while let Some(ended) = under_way.join_next().await {
        note(ended);
    }
}

/// What happens to alerts is told to whoever follows it; at the end they are let go.
async fn followers(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let polling = app.clone();
        pass("what happens to alerts can't be read", async move { feed::poll(&polling).await }).await;
        tokio::select! {
            () = app.feed.woken() => {}
            () = rest() => {}
            _ = stop.changed() => {}
        }
        patience(NEWS).await;
    }
    app.feed.end();
}

/// What another directory says of callers is asked for before it is needed.
async fn callers(app: App, mut stop: watch::Receiver<bool>) {
    while app.elsewhere.is_some() && !*stop.borrow() {
        let pass = directory::refresh(&app);
        tokio::select! {
            done = pass => if let Err(error) = done {
                tracing::error!(error = &error as &dyn Error, "what is known of callers can't be read");
            },
            _ = stop.changed() => {}
        }
        tokio::select! {
            () = patience(REFRESH) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Phones that are being called: news of one may have found nobody here, or be lost.
async fn look_after(app: App) -> Result<usize, StoreError> {
    Ok(calling::reconcile(&app).await? + ringing::reconcile(&app).await?)
}

/// Does something at the start, and then every so often. `trouble`: what the log says where it fails.
async fn every<T: Send + 'static, D: Future<Output = Result<T, StoreError>> + Send + 'static>(
    time: Duration,
    mut stop: watch::Receiver<bool>,
    trouble: &'static str,
    doing: impl Fn() -> D,
) {
    while !*stop.borrow() {
        pass(trouble, doing()).await;
        tokio::select! {
            () = patience(time) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Does something in a task of its own, so that one that panics ends only itself. `None`: it has failed, and the log says so.
async fn pass<T: Send + 'static, E: Error + Send + 'static>(
    trouble: &'static str,
    doing: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Option<T> {
    match tokio::spawn(doing).await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::error!(error = &error as &dyn Error, "{trouble}");
            None
        }
        Err(panicked) => {
            note(Err(panicked));
            None
        }
    }
}

async fn rest() {
    patience(REST).await;
}

/// Lets that much time pass.
pub async fn patience(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "the loops of worker/ are where the program waits")]
    tokio::time::sleep(time).await;
}
