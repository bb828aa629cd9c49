//! What happens to alerts, told to whoever follows it, whichever process has written it.
//!
//! Entries of the log are read by their ids, which sort by the time at which they were made. One can be written after
//! another with a greater id: each reading looks back for a while, and leaves out what has been told.

use crate::app::App;
use crate::app::feed::{Follower, Reading};
use crate::domain::ids::LogId;
use crate::ports::error::StoreError;
use crate::ports::store::FedEntry;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::time::timeout;

/// How far each reading looks back. Processes whose clocks differ by more than this can miss entries of one another.
const LOOK_BACK: Duration = Duration::from_secs(5);
/// How many entries are read at a time.
const BATCH: u32 = 500;
/// How many entries that somebody has missed they are told at a time. They come again for the others.
pub const MOST_MISSED: usize = 5_000;
/// How long somebody may follow without asking anew: keys can be revoked meanwhile.
const LONGEST: Duration = Duration::from_mins(10);
/// How long a follower may take to take an entry.
const PATIENCE: Duration = Duration::from_secs(10);

/// Begins to follow: everything that is written from now on will be told. `None`: too many do.
pub async fn follow(app: &App) -> Result<Option<Follower>, StoreError> {
    let Some(place) = app.feed.place() else { return Ok(None) };
    let mut reading = app.feed.reading().await;
    if reading.greatest.is_none() {
        let newest = app.logs.newest_entry().await?.unwrap_or_default();
        reading.greatest = Some(newest);
        reading.seen = ids_since(app, newest).await?.into_iter().collect();
    }
    Ok(Some(app.feed.follow(place)))
}

/// Tells what has been written since the last time; answers how much that was.
pub async fn poll(app: &App) -> Result<usize, StoreError> {
    let mut reading = app.feed.reading().await;
    if !app.feed.is_followed() {
        *reading = Reading::default();
        return Ok(0);
    }
    let fresh = fresh(app, &mut reading).await?;
    let count = fresh.len();
    for entry in fresh {
        app.feed.tell(entry);
    }
    Ok(count)
}

async fn fresh(app: &App, reading: &mut Reading) -> Result<Vec<FedEntry>, StoreError> {
    let before = reading.greatest.unwrap_or_default();
    let mut fresh = vec![];
    // Those that were written late.
    for id in ids_since(app, before).await? {
        if id <= before && !reading.seen.contains(&id) {
            fresh.extend(app.logs.entry(id).await?);
        }
    }
    let mut after = before;
    while let Some(entries) = next(app, &mut after).await? {
        fresh.extend(entries);
    }
    // Only what has been read counts as seen: a reading that failed begins anew.
    reading.seen.extend(fresh.iter().map(|entry| entry.id));
    reading.greatest = Some(after);
    reading.seen = reading.seen.split_off(&after.earlier(LOOK_BACK));
    Ok(fresh)
}

/// The ids of the last while before that one, and all that come after it.
async fn ids_since(app: &App, id: LogId) -> Result<Vec<LogId>, StoreError> {
    let (mut all, mut after) = (vec![], id.earlier(LOOK_BACK));
    loop {
        let ids = app.logs.entry_ids_after(after, BATCH).await?;
        let Some(last) = ids.last() else { return Ok(all) };
        after = *last;
        all.extend(ids);
    }
}

/// Some entries after that place, which is moved on; `None`: there are no more.
async fn next(app: &App, after: &mut LogId) -> Result<Option<Vec<FedEntry>>, StoreError> {
    let entries = app.logs.entries_after(*after, BATCH).await?;
    let Some(last) = entries.last() else { return Ok(None) };
    *after = last.id;
    Ok(Some(entries))
}

/// Passes on what happens to one who follows, until they go, are too slow, or have to ask anew, or the program stops.
/// `since`: what they were told last; what they have missed comes first, and the last while before it once more.
pub async fn pass_on(app: App, follower: Follower, since: Option<LogId>, to: mpsc::Sender<Arc<FedEntry>>) {
    let mut is_over = follower.is_over.clone();
    let passed = tokio::select! {
        passed = timeout(LONGEST, passing_on(&app, follower, since, &to)) => passed,
        () = to.closed() => return,
        _ = is_over.wait_for(|is_over| *is_over) => return,
    };
    if let Ok(Err(error)) = passed {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "what a follower has missed can't be read");
    }
}

async fn passing_on(
    app: &App,
    mut follower: Follower,
    since: Option<LogId>,
    to: &mpsc::Sender<Arc<FedEntry>>,
) -> Result<(), StoreError> {
    let mut told = BTreeSet::new();
    if let Some(since) = since {
        match missed(app, since, to).await? {
            Some(ids) => told = ids,
            None => return Ok(()),
        }
    }
    // Who is too far behind is let go, and comes back for what they have missed.
    while let Ok(entry) = follower.news.recv().await {
        if !told.remove(&entry.id) && to.try_send(entry).is_err() {
            break;
        }
    }
    Ok(())
}

/// Tells what somebody has missed; answers what may be told once more. `None`: they are told no more, since they are too
/// slow, or that was as much as there is at a time.
async fn missed(
    app: &App,
    since: LogId,
    to: &mpsc::Sender<Arc<FedEntry>>,
) -> Result<Option<BTreeSet<LogId>>, StoreError> {
    let (mut told, mut count, mut after) = (BTreeSet::new(), 0, since.earlier(LOOK_BACK));
    loop {
        let turn = app.feed.catching_up().await;
        let entries = next(app, &mut after).await?;
        drop(turn);
        let Some(entries) = entries else { return Ok(Some(told)) };
        for entry in entries {
            // What comes once more does not count: whoever comes again gets on.
            count += usize::from(entry.id > since);
            if count > MOST_MISSED {
                return Ok(None);
            }
            told.insert(entry.id);
            match to.send_timeout(Arc::new(entry), PATIENCE).await {
                Ok(()) => {}
                Err(SendTimeoutError::Timeout(_) | SendTimeoutError::Closed(_)) => return Ok(None),
            }
        }
        told = told.split_off(&after.earlier(LOOK_BACK));
    }
}
