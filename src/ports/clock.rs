//! The time of day.

use jiff::Timestamp;

/// Where the time comes from. `service` asks once per use case and passes the answer down.
pub trait Clock: Send + Sync {
    /// The present moment, UTC, to the microsecond: what the store gives back is what it was given.
    fn now(&self) -> Timestamp;
}
