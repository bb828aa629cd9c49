//! Look-ups in another system's directory that are under way in this process, and how they are getting on.

use crate::domain::directory::elsewhere::Entry;
use crate::domain::directory::person::PersonId;
use crate::ports::error::VendorError;
use crate::ports::people::People;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Look-ups that are made at the same time.
const AT_ONCE: usize = 32;

/// Causes that the operator is told of until all is well: a vendor's words can differ each time.
const MOST_TOLD: usize = 8;

/// Another system's directory, and our look-ups there.
#[derive(Clone)]
pub struct Elsewhere {
    /// The directory.
    pub people: Arc<dyn People>,
    /// What is under way there.
    pub lookups: Lookups,
}

/// The answer of a look-up, for as many as wait for it.
pub type Answer = Shared<BoxFuture<'static, Result<Entry, VendorError>>>;

/// Look-ups under way: one a person, however many ask for it.
#[derive(Clone)]
pub struct Lookups {
    under_way: Arc<Mutex<BTreeMap<PersonId, Answer>>>,
    health: Arc<Mutex<Health>>,
    at_once: Arc<Semaphore>,
}

/// How look-ups are getting on.
#[derive(Default)]
struct Health {
    /// Those whose last look-up failed.
    failing: BTreeSet<PersonId>,
    /// What the operator was told since all was well.
    told: BTreeSet<String>,
    /// Those whom the directory does not know.
    missing: BTreeSet<PersonId>,
    /// Until when we were asked to leave them in peace.
    rest_until: Option<Timestamp>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { under_way: Arc::default(), health: Arc::default(), at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Lookups {
    /// The look-up of a person: the one under way, or a new one, which goes on whether somebody waits for it or not.
    pub fn join<F>(&self, id: &PersonId, look_up: impl FnOnce() -> F) -> Answer
    where
        F: Future<Output = Result<Entry, VendorError>> + Send + 'static,
    {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = under_way.get(id) {
            return answer.clone();
        }
        // It is over only once it is on the list: taking it off waits for the lock that is held here.
        let (lookups, person) = (self.clone(), id.clone());
        let (at_once, look_up) = (self.at_once.clone(), look_up());
        let task = tokio::spawn(async move {
            // Made here: a runtime that is ending drops the task at once, while the lock is held.
            let _over = Over { lookups, id: person };
            // An error means that somebody closed it, and nobody does.
            let _place = at_once.acquire().await;
            look_up.await
        });
        let ended_badly = |_panic| Err(VendorError::temporary("a look-up ended badly"));
        let answer = async move { task.await.unwrap_or_else(ended_badly) }.boxed().shared();
        under_way.insert(id.clone(), answer.clone());
        answer
    }

    /// A look-up failed. Whether the operator has not been told of that cause yet, since all was well.
    pub fn failed(&self, id: &PersonId, error: &VendorError, now: Timestamp) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.insert(id.clone());
        if let VendorError::Temporary { retry_after: Some(wait), .. } = error {
            health.rest_until = now.checked_add(*wait).ok();
        }
        health.told.len() < MOST_TOLD && health.told.insert(error.to_string())
    }

    /// A look-up was answered: there is, or is not, anybody of that id. Whether the latter is news.
    pub fn found(&self, id: &PersonId, is_there: bool) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if is_there {
            health.missing.remove(id);
            return false;
        }
        health.missing.insert(id.clone())
    }

    /// A look-up was answered. Whether all is well again with it.
    pub fn answered(&self, id: &PersonId) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.remove(id);
        let is_well = health.failing.is_empty();
        is_well && !std::mem::take(&mut health.told).is_empty()
    }

    /// These are all who are looked up from now on; what became of others does not matter any more.
    pub fn only(&self, people: &[PersonId]) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.retain(|id| people.contains(id));
        health.missing.retain(|id| people.contains(id));
    }

    /// Whether we were asked to leave them in peace at that moment.
    pub fn is_at_rest(&self, now: Timestamp) -> bool {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.rest_until.is_some_and(|until| now < until)
    }
}

/// Takes a look-up off the list when it ends, however it does.
struct Over {
    lookups: Lookups,
    id: PersonId,
}

impl Drop for Over {
    fn drop(&mut self) {
        self.lookups.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
