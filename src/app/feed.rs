//! Who follows, by way of this process, what happens to alerts, and how far the log has been read for them.

use crate::domain::ids::LogId;
use crate::ports::store::FedEntry;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{
    Mutex, MutexGuard, Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit, broadcast, watch,
};

/// How many can follow at the same time.
const PLACES: usize = 100;

/// How many at the same time can have read for them what they have missed: the store is there for alerts first.
const CATCHING_UP: usize = 4;

/// How many entries a follower may be behind before it is let go.
const BEHIND: usize = 4_096;

/// What happens to alerts, told to whoever follows it. The log is read once for all of them.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    wake: Notify,
    places: Arc<Semaphore>,
    catching_up: Semaphore,
    reading: Mutex<Reading>,
    news: broadcast::Sender<Arc<FedEntry>>,
    is_over: watch::Sender<bool>,
}

/// How far the log has been read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The greatest id that has been read; `None`: nobody follows, and nothing is read.
    pub greatest: Option<LogId>,
    /// The ids read of those that may still get company: an entry of a smaller id can be written after one of a
    /// greater id.
    pub seen: BTreeSet<LogId>,
}

/// Somebody who follows, until it is dropped.
#[derive(Debug)]
pub struct Follower {
    /// What happens from now on. Whoever is too far behind hears of that, and is let go.
    pub news: broadcast::Receiver<Arc<FedEntry>>,
    /// Whether the program stops.
    pub is_over: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
}

impl Default for Feed {
    fn default() -> Self {
        Self(Arc::new(Inner {
            wake: Notify::new(),
            places: Arc::new(Semaphore::new(PLACES)),
            catching_up: Semaphore::new(CATCHING_UP),
            reading: Mutex::default(),
            news: broadcast::Sender::new(BEHIND),
            is_over: watch::Sender::new(false),
        }))
    }
}

impl Feed {
    /// Something has been written.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Waits until something has been written.
    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Takes one of the places; `None`: none is left.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.places).try_acquire_owned().ok()
    }

    /// Waits until what somebody has missed may be read. It is kept while that is read, and no longer.
    pub async fn catching_up(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.0.catching_up.acquire().await.ok()
    }

    /// How far the log has been read; nobody else reads meanwhile.
    pub async fn reading(&self) -> MutexGuard<'_, Reading> {
        self.0.reading.lock().await
    }

    /// One more follows, in that place. Whoever calls it holds [`Self::reading`], so that nothing is missed in between.
    pub fn follow(&self, place: OwnedSemaphorePermit) -> Follower {
        Follower { news: self.0.news.subscribe(), is_over: self.0.is_over.subscribe(), _place: place }
    }

    /// Whether anybody follows.
    pub fn is_followed(&self) -> bool {
        self.0.news.receiver_count() > 0
    }

    /// Tells everybody who follows.
    pub fn tell(&self, entry: FedEntry) {
        // Nobody may be left to hear it.
        let _told = self.0.news.send(Arc::new(entry));
    }

    /// The program stops: whoever follows is let go.
    pub fn end(&self) {
        self.0.is_over.send_replace(true);
    }
}
