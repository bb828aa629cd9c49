//! How much of the events that come in this process holds in its memory at the same time.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes a share of the room stands for.
const SHARE: u64 = 1024 * 1024;

/// How many shares there are, and so how many events at once: each takes one at least.
const SHARES: u32 = 512;

/// Room for the bodies of events. An event takes as much of it as its body may be long, and gives it back when its
/// sender is answered.
#[derive(Debug, Clone)]
pub struct EventRoom(Arc<Semaphore>);

/// What an event has taken of the room, until it is dropped.
#[derive(Debug)]
pub struct Room(#[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit);

impl Default for EventRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(usize::try_from(SHARES).unwrap_or(usize::MAX))))
    }
}

impl EventRoom {
    /// Room for a body of so many bytes; `None`: there is not enough left at the moment.
    pub fn take(&self, bytes: u64) -> Option<Room> {
        let shares = u32::try_from(bytes.div_ceil(SHARE)).unwrap_or(SHARES).clamp(1, SHARES);
        self.0.clone().try_acquire_many_owned(shares).ok().map(Room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_small_ones_or_fewer_large_ones_at_once() {
        let room = EventRoom::default();
        let mut taken: Vec<_> = (0..SHARES).filter_map(|_| room.take(0)).collect();
        assert_eq!(taken.len(), 512);
        assert!(room.take(0).is_none());
        taken.truncate(500);
        assert!(room.take(13 * SHARE).is_none(), "there are 12");
        assert!(room.take(11 * SHARE + 1).is_some());
        drop(taken);
        assert!(room.take(u64::MAX).is_some(), "what takes all of it waits until all of it is there");
    }
}
