//! Ids that count, so that a run repeats itself.

use dutyline::domain::ids::Ids;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

pub(crate) struct TestIds(AtomicU64);

impl TestIds {
    /// Begins there: a program that is started again goes on with other numbers.
    pub(crate) const fn from(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }

    fn count(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Ids for TestIds {
    fn next(&self) -> Uuid {
        Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000_0000_0000_0000 | self.count())
    }

    /// Spread over all its bytes: what is made of a part of it is as unlike as if it were random.
    fn secret(&self) -> [u8; 32] {
        Sha256::digest(self.count().to_be_bytes()).into()
    }
}
