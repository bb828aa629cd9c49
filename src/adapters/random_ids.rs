//! Ids by the clock, and secrets by the operating system's randomness.

use crate::domain::ids::Ids;
use crate::ports::clock::Clock;
use rand::TryRng;
use rand::rngs::SysRng;
use std::sync::{Arc, Mutex};
use uuid::{ContextV7, Timestamp, Uuid};

/// Ids that sort by age, also those of the same millisecond, as long as one value mints them all.
pub struct RandomIds {
    clock: Arc<dyn Clock>,
    counter: Mutex<ContextV7>,
}

impl RandomIds {
    /// Ids by that clock.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counter: Mutex::new(ContextV7::new()) }
    }
}

impl Ids for RandomIds {
    fn next(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(&self.counter, seconds, nanoseconds))
    }

    #[expect(clippy::expect_used, reason = "a secret that could be guessed is worse than no answer")]
    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        SysRng.try_fill_bytes(&mut secret).expect("the operating system gives random bytes");
        secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> jiff::Timestamp {
            "2026-01-05T09:00:00.123Z".parse().unwrap()
        }
    }

    #[test]
    fn ids_carry_the_clock_and_sort_by_age_within_a_millisecond() {
        let ids = RandomIds::new(Arc::new(Stopped));
        let minted: Vec<Uuid> = (0..1_000).map(|_| ids.next()).collect();
        assert!(minted.is_sorted());
        assert_eq!(minted.iter().collect::<HashSet<_>>().len(), minted.len());
        for id in minted {
            assert_eq!(id.get_version_num(), 7);
            let (seconds, nanoseconds) = id.get_timestamp().unwrap().to_unix();
            assert_eq!((seconds, nanoseconds), (1_767_603_600, 123_000_000));
        }
    }

    #[test]
    fn secrets_differ() {
        let ids = RandomIds::new(Arc::new(Stopped));
        assert_ne!(ids.secret(), ids.secret());
    }
}
