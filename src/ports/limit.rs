//! How much is too much.

use std::time::Duration;

/// A bound on how often something may happen, per key.
pub trait Limit: Send + Sync {
    /// Counts one; the error says how long to wait until the next would be allowed.
    fn check(&self, key: &str) -> Result<(), Duration>;
}
