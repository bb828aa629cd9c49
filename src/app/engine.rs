//! When this process has last found every open alert where it should be.

use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// The last good pass of the auditor.
#[derive(Debug, Clone, Default)]
pub struct Engine(Arc<Mutex<Option<GoodPass>>>);

/// A pass of the auditor after which every open alert was where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoodPass {
    /// When it ended.
    pub at: Timestamp,
    /// How many open alerts there were.
    pub open: u32,
    /// How many had to be put right.
    pub repaired: u32,
}

impl Engine {
    /// The last one; `None`: there has been none since the start.
    pub fn last(&self) -> Option<GoodPass> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes one.
    pub fn note(&self, pass: GoodPass) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(pass);
    }
}
