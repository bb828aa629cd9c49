//! Those who write, and the tasks that do it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::PostgresOptions;
use super::fault::Silent;
use super::queue::{Answer, Job, Order, Work};
use super::session::Session;
use super::target::Target;
use super::writer;
use crate::ports::error::StoreError;

/// The askers' end of the queue, and the tasks.
pub(super) struct Lanes {
    queue: mpsc::Sender<Order>,
    patience: Duration,
    tasks: Mutex<JoinSet<()>>,
}

impl Lanes {
    /// Starts the tasks; the first has a connection already, the others make theirs when they need it.
    pub(super) fn start(target: &Target, options: &PostgresOptions, first: Session) -> Self {
        let (queue, orders) = mpsc::channel(options.queue.max(1));
        let orders = Arc::new(Mutex::new(orders));
        let mut tasks = JoinSet::new();
        tasks.spawn(writer::run(target.clone(), Some(first), Arc::clone(&orders)));
        for _ in 1..options.writers {
            tasks.spawn(writer::run(target.clone(), None, Arc::clone(&orders)));
        }
        // Without their owner they finish what is queued, and end then.
        Self { queue, patience: options.patience, tasks: Mutex::new(tasks) }
    }

    /// Queues a piece of work, waiting for room if there is none, and waits for the answer.
    pub(super) async fn ask(&self, work: Work) -> Answer {
        let (reply, answer) = oneshot::channel();
        let job = Job { work, reply, until: Instant::now() + self.patience };
        match timeout(self.patience, self.queue.send(Order::Work(job))).await {
            Ok(Ok(())) => answer.await.unwrap_or_else(|_| Err(StoreError::closed())),
            Ok(Err(_closed)) => Err(StoreError::closed()),
            Err(_elapsed) => Err(Silent(self.patience).fault().error),
        }
    }

    /// Shuts the queue behind what is in it, and waits until that is done.
    pub(super) async fn close(&self) {
        // It fails only if the queue is shut already.
        drop(self.queue.send(Order::Close).await);
        // The lock is held meanwhile, so that a second call waits as well.
        let mut tasks = self.tasks.lock().await;
        while let Some(ended) = tasks.join_next().await {
            if ended.is_err() {
                tracing::error!("a task of the database has panicked");
            }
        }
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.tasks.get_mut().detach_all();
    }
}
