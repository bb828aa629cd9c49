//! Look-ups in another system's directory that are under way in this process, and how they are getting on.

use crate::domain::directory::elsewhere::Entry;
use crate::domain::directory::elsewhere::on_call::GroupOnCall;
use crate::domain::directory::group::GroupName;
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
    /// What is under way there about people.
    pub lookups: Lookups<PersonId, Entry>,
    /// What is under way there about who is on call.
    pub on_call: Lookups<Question, Option<GroupOnCall>>,
}

/// Who is on call in a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// In which.
    pub group: GroupName,
    /// At which moment; `None`: now.
    pub at: Option<Timestamp>,
}

impl Elsewhere {
    /// That directory, with nothing under way there.
    pub fn new(people: Arc<dyn People>) -> Self {
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Self { people, lookups: Lookups::new(at_once.clone()), on_call: Lookups::new(at_once) }
    }

    /// Whether we were asked to leave it in peace at that moment.
    pub fn is_at_rest(&self, now: Timestamp) -> bool {
        self.lookups.is_at_rest(now) || self.on_call.is_at_rest(now)
    }
}

/// The answer of a look-up, for as many as wait for it.
pub type Answer<V> = Shared<BoxFuture<'static, Result<V, VendorError>>>;

/// Look-ups under way: one a question, however many ask it.
pub struct Lookups<K, V: Clone> {
    under_way: Arc<Mutex<BTreeMap<K, Answer<V>>>>,
    health: Arc<Mutex<Health<K>>>,
    at_once: Arc<Semaphore>,
}

impl<K, V: Clone> Clone for Lookups<K, V> {
    fn clone(&self) -> Self {
        Self { under_way: self.under_way.clone(), health: self.health.clone(), at_once: self.at_once.clone() }
    }
}

/// How look-ups are getting on.
struct Health<K> {
    /// Those whose last look-up failed.
    failing: BTreeSet<K>,
    /// What the operator was told since all was well.
    told: BTreeSet<String>,
    /// Those whom the directory does not know.
    missing: BTreeSet<K>,
    /// Until when we were asked to leave them in peace.
    rest_until: Option<Timestamp>,
}

impl<K, V> Lookups<K, V>
where
    K: Ord + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new(at_once: Arc<Semaphore>) -> Self {
        let health = Health {
            failing: BTreeSet::new(),
            told: BTreeSet::new(),
            missing: BTreeSet::new(),
            rest_until: None,
        };
        Self { under_way: Arc::default(), health: Arc::new(Mutex::new(health)), at_once }
    }

    /// The look-up of that: the one under way, or a new one, which goes on whether somebody waits for it or not.
    pub fn join<F>(&self, id: &K, look_up: impl FnOnce() -> F) -> Answer<V>
    where
        F: Future<Output = Result<V, VendorError>> + Send + 'static,
    {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = under_way.get(id) {
            return answer.clone();
        }
        // It is over only once it is on the list: taking it off waits for the lock that is held here.
        let (lookups, what) = (self.clone(), id.clone());
        let (at_once, look_up) = (self.at_once.clone(), look_up());
        let task = tokio::spawn(async move {
            // Made here: a runtime that is ending drops the task at once, while the lock is held.
            let _over = Over { lookups, id: what };
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
    pub fn failed(&self, id: &K, error: &VendorError, now: Timestamp) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.insert(id.clone());
        if let VendorError::Temporary { retry_after: Some(wait), .. } = error {
            health.rest_until = now.checked_add(*wait).ok();
        }
        health.told.len() < MOST_TOLD && health.told.insert(error.to_string())
    }

    /// A look-up was answered: there is, or is not, anything of that id. Whether the latter is news.
    pub fn found(&self, id: &K, is_there: bool) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if is_there {
            health.missing.remove(id);
            return false;
        }
        health.missing.insert(id.clone())
    }

    /// A look-up was answered. Whether all is well again with it.
    pub fn answered(&self, id: &K) -> bool {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.remove(id);
        let is_well = health.failing.is_empty();
        is_well && !std::mem::take(&mut health.told).is_empty()
    }

    /// Only those are looked up from now on; what became of others does not matter any more.
    pub fn only(&self, is_looked_up: impl Fn(&K) -> bool) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.failing.retain(&is_looked_up);
        health.missing.retain(&is_looked_up);
    }

    /// Whether we were asked to leave them in peace at that moment.
    pub fn is_at_rest(&self, now: Timestamp) -> bool {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.rest_until.is_some_and(|until| now < until)
    }
}

/// Takes a look-up off the list when it ends, however it does.
struct Over<K: Ord, V: Clone> {
    lookups: Lookups<K, V>,
    id: K,
}

impl<K: Ord, V: Clone> Drop for Over<K, V> {
    fn drop(&mut self) {
        self.lookups.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
