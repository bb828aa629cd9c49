//! How often somebody may ask for something.

use crate::ports::clock::Clock;
use crate::ports::limit::Limit;
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A limit for each key by itself. A key is forgotten once it has been quiet for long enough to be as good as
/// new, and kept only as a hash under a seed of this process: whose number it was can't be told from it.
pub struct RateLimit {
    limiter: RateLimiter<u64, DashMapStateStore<u64>, Elapsed, NoOpMiddleware<Duration>>,
    seed: RandomState,
    clock: Elapsed,
    forgotten_at: AtomicU64,
}

/// Seconds between two rounds of forgetting. A key is as good as new after a minute.
const FORGET_EVERY: u64 = 60;

impl RateLimit {
    /// `limit` times a minute for each key: all at once when it has been quiet, then one more each
    /// 60/`limit` seconds.
    pub fn per_minute(limit: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        let clock = Elapsed::by(clock);
        Self {
            limiter: RateLimiter::dashmap_with_clock(Quota::per_minute(limit), clock.clone()),
            seed: RandomState::new(),
            forgotten_at: AtomicU64::new(clock.now().as_secs()),
            clock,
        }
    }

    fn forget_the_quiet(&self, now: u64) {
        let last = self.forgotten_at.load(Ordering::Relaxed);
        let is_time = now.saturating_sub(last) >= FORGET_EVERY;
        if is_time
            && self.forgotten_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }
}

impl Limit for RateLimit {
    /// When it is one too many it isn't counted.
    fn check(&self, key: &str) -> Result<(), Duration> {
        let now = self.clock.now();
        self.forget_the_quiet(now.as_secs());
        self.limiter.check_key(&self.seed.hash_one(key)).map_err(|not_until| not_until.wait_time_from(now))
    }
}

/// The time that has passed, by the steps of a clock that may be set back: such a step counts as none, so
/// that it locks nobody out.
#[derive(Clone)]
struct Elapsed {
    clock: Arc<dyn Clock>,
    passed: Arc<Mutex<(Timestamp, Duration)>>,
}

impl Elapsed {
    fn by(clock: Arc<dyn Clock>) -> Self {
        let passed = Arc::new(Mutex::new((clock.now(), Duration::ZERO)));
        Self { clock, passed }
    }
}

impl governor::clock::Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let now = self.clock.now();
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let step = Duration::try_from(now.duration_since(passed.0)).unwrap_or(Duration::ZERO);
        *passed = (now, passed.1.saturating_add(step));
        passed.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    struct Hand(Mutex<Timestamp>);

    impl Hand {
        fn new() -> Arc<Self> {
            Arc::new(Self(Mutex::new("2026-01-05T09:00:00Z".parse().unwrap())))
        }

        fn move_by(&self, seconds: i64) {
            *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
        }
    }

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    fn six_a_minute(clock: &Arc<Hand>) -> RateLimit {
        RateLimit::per_minute(NonZeroU32::new(6).unwrap(), Arc::clone(clock) as Arc<dyn Clock>)
    }

    #[test]
    fn the_seventh_in_a_minute_waits_for_its_turn() {
        let clock = Hand::new();
        let limit = six_a_minute(&clock);
        for _ in 0..6 {
            assert_eq!(limit.check("+15550100"), Ok(()));
        }
        assert_eq!(limit.check("+15550100"), Err(Duration::from_secs(10)));
        clock.move_by(4);
        assert_eq!(limit.check("+15550100"), Err(Duration::from_secs(6)));
        clock.move_by(6);
        assert_eq!(limit.check("+15550100"), Ok(()));
        assert_eq!(limit.check("+15550100"), Err(Duration::from_secs(10)));
    }

    #[test]
    fn keys_do_not_share_a_limit() {
        let limit = six_a_minute(&Hand::new());
        for _ in 0..6 {
            assert_eq!(limit.check("+15550100"), Ok(()));
        }
        assert_eq!(limit.check("+15550101"), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let clock = Hand::new();
        let limit = six_a_minute(&clock);
        for _ in 0..6 {
            assert_eq!(limit.check("+15550100"), Ok(()));
        }
        clock.move_by(-3_600);
        assert_eq!(limit.check("+15550100"), Err(Duration::from_secs(10)));
        clock.move_by(10);
        assert_eq!(limit.check("+15550100"), Ok(()));
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let clock = Hand::new();
        let limit = six_a_minute(&clock);
        for number in 0..500 {
            assert_eq!(limit.check(&format!("+1555{number:04}")), Ok(()));
        }
        assert_eq!(limit.limiter.len(), 500);
        clock.move_by(120);
        assert_eq!(limit.check("+15550100"), Ok(()));
        assert_eq!(limit.limiter.len(), 1);
    }
}
