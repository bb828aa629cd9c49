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
    loops.spawn(phones(app.clone(), stop.clone()));
    loops.spawn(auditor(app.clone(), stop.clone()));
    loops.spawn(cleanup(app, stop));
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
        let pass = tokio::spawn({
            let app = app.clone();
            async move { voice::deadlines(&app).await }
        });
        let done = match pass.await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "the calls' deadlines can't be read");
                0
            }
            Err(panicked) => {
                note(Err(panicked));
                0
            }
        };
        if done == 0 {
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
        let pass = tokio::spawn({
            let app = app.clone();
            async move { feed::poll(&app).await }
        });
        match pass.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "what happens to alerts can't be read");
            }
            Err(panicked) => note(Err(panicked)),
        }
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

/// Phones that are being called: at the start, since news of them may have found nobody here, and then now and again.
async fn phones(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pass = tokio::spawn({
            let app = app.clone();
            async move { Ok::<_, StoreError>(calling::reconcile(&app).await? + ringing::reconcile(&app).await?) }
        });
        match pass.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "the phones under way can't be read");
            }
            Err(panicked) => note(Err(panicked)),
        }
        tokio::select! {
            () = patience(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Every open alert is checked: at the start, and then every minute.
async fn auditor(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pass = tokio::spawn({
            let app = app.clone();
            async move { auditing::pass(&app).await }
        });
        match pass.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "the open alerts can't be checked");
            }
            Err(panicked) => note(Err(panicked)),
        }
        tokio::select! {
            () = patience(AUDIT) => {}
            _ = stop.changed() => {}
        }
    }
}

/// What is too old goes: at the start, and then every hour.
async fn cleanup(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let pass = tokio::spawn({
            let (app, stop) = (app.clone(), stop.clone());
            async move { retention::pass(&app, &stop).await }
        });
        match pass.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn Error, "what is too old could not all be forgotten");
            }
            Err(panicked) => note(Err(panicked)),
        }
        tokio::select! {
            () = patience(CLEANUP) => {}
            _ = stop.changed() => {}
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
