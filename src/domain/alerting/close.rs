//! The end of an alert: somebody says that it has been dealt with.

use super::alert::{Alert, Closed};
use super::log::{Happened, LogEntry};
use crate::domain::ids::AlertId;
use jiff::Timestamp;

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It ends.
    Close(Closing),
    /// Nothing: it has ended before.
    Already(Closed),
}

/// An alert that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Which one.
    pub alert: AlertId,
    /// When, and who said so.
    pub closed: Closed,
    /// What is added to its log.
    pub log: LogEntry,
}

/// Ends an alert in somebody's name.
pub fn close(alert: &Alert, by: &str, now: Timestamp) -> Decision {
    match &alert.closed {
        Some(closed) => Decision::Already(closed.clone()),
        None => Decision::Close(Closing {
            alert: alert.id,
            closed: Closed { at: now, by: by.to_owned() },
            log: LogEntry { at: now, what: Happened::Resolved { by: by.to_owned() } },
        }),
    }
}
