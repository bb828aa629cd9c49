//! A clock that only the test moves.

use dutyline::ports::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};

pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub(crate) fn time(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time goes on. It never goes back by itself.
    pub(crate) fn set(&self, now: Timestamp) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time = now.max(*time);
    }

    /// Somebody puts it back.
    pub(crate) fn put_back(&self, by: SignedDuration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) -= by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.time()
    }
}
