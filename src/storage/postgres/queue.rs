//! A bounded queue between those who write and the tasks that do it.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::Instant;

use crate::ports::error::StoreError;
use crate::storage::write::Write;

/// What a writer does.
pub(super) enum Work {
    Apply(Write),
    /// Nothing, but with a commit of its own.
    Probe,
}

/// What a piece of work comes to.
pub(super) type Answer = Result<(), StoreError>;

/// What comes out at the tasks' end.
pub(super) enum Order {
    /// Do this and answer.
    Work(Job),
    /// Take nothing more in; what is queued is still done.
    Close,
}

/// One piece of work and who waits for it.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Answer>,
    /// Whoever waits then waits no longer for anybody's lock.
    pub(super) until: Instant,
}

/// The tasks' end of the queue, which they share.
pub(super) type Orders = Arc<Mutex<mpsc::Receiver<Order>>>;

/// The next group of jobs; `None` when there will be none. Whoever holds the lock waits for jobs, and the others
/// wait for the lock.
pub(super) async fn next(orders: &Orders, at_most: usize) -> Option<Vec<Job>> {
    let mut orders = orders.lock().await;
    let mut taken = Vec::with_capacity(at_most);
    let mut jobs = Vec::new();
    while jobs.is_empty() {
        if orders.recv_many(&mut taken, at_most).await == 0 {
            return None;
        }
        for order in taken.drain(..) {
            match order {
                Order::Work(job) => jobs.push(job),
                Order::Close => orders.close(),
            }
        }
    }
    Some(jobs)
}
