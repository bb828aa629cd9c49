//! What this process has warned of already, so that a thing which stays as it is is said once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The ids of the things that were said.
#[derive(Debug, Clone, Default)]
pub struct Said(Arc<Mutex<BTreeSet<Uuid>>>);

impl Said {
    /// Whether nothing was said of it yet; from now on something was.
    pub fn is_news(&self, id: Uuid) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id)
    }
}
