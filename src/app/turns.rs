//! Events of one matter that come at the same time take turns in this process, once they have got into one another's way:
//! of those that rest on the same state of an alert, only one can be written.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How many matters can have their turns beside one another. Two of them may have to wait for each other.
const BESIDE: usize = 256;

/// The turns of all matters.
#[derive(Debug, Clone)]
pub struct Turns {
    turns: Arc<Vec<Arc<Mutex<()>>>>,
    seed: RandomState,
}

/// The turn of an event, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held, never read")] Option<OwnedMutexGuard<()>>);

impl Default for Turns {
    fn default() -> Self {
        let turns = std::iter::repeat_with(Arc::default).take(BESIDE).collect();
        Self { turns: Arc::new(turns), seed: RandomState::new() }
    }
}

impl Turns {
    /// Waits until it is the turn of an event of that matter. They come in the order in which they have asked.
    pub async fn wait(&self, matter: &str) -> Turn {
        let beside = u64::try_from(self.turns.len()).unwrap_or(u64::MAX).max(1);
        let place = usize::try_from(self.seed.hash_one(matter) % beside).unwrap_or(0);
        match self.turns.get(place) {
            Some(turn) => Turn(Some(turn.clone().lock_owned().await)),
            None => Turn(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn one_after_the_other() {
        let turns = Turns::default();
        let first = turns.wait("a").await;
        let mut second = Box::pin(turns.wait("a"));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().is_some());
    }
}
