//! A clock that only the test moves.

use dutyline::ports::clock::Clock;
use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};

pub(crate) struct TestClock(Mutex<Timestamp>);

impl TestClock {
    pub(crate) const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub(crate) fn time(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time never goes back.
    pub(crate) fn set(&self, now: Timestamp) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time = now.max(*time);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.time()
    }
}
