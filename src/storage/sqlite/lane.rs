//! A bounded queue between tasks that ask and threads that answer.

use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::ports::error::StoreError;
use crate::storage::write::Row;

/// What a piece of work brings back.
pub(super) type Answer = Result<Vec<Row>, StoreError>;

/// What comes out at the threads' end.
pub(super) enum Order<W> {
    /// Do this and answer. A closed `reply` means that nobody waits any more.
    Work { work: W, reply: oneshot::Sender<Answer> },
    /// Take nothing more in; what is queued is still done.
    Close,
}

/// The askers' end of the queue.
pub(super) struct Lane<W> {
    queue: mpsc::Sender<Order<W>>,
}

impl<W> Lane<W> {
    /// A queue for so many orders, and the threads' end of it.
    pub(super) fn new(capacity: usize) -> (Self, mpsc::Receiver<Order<W>>) {
        let (queue, orders) = mpsc::channel(capacity.max(1));
        (Self { queue }, orders)
    }

    /// Queues a piece of work, waiting for room if there is none, and waits for the answer.
    pub(super) async fn ask(&self, work: W) -> Answer {
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Order::Work { work, reply }).await.is_err() {
            return Err(StoreError::closed());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::closed()))
    }

    /// Shuts the queue behind what is in it.
    pub(super) async fn close(&self) {
        // It fails only if the queue is shut already.
        drop(self.queue.send(Order::Close).await);
    }
}

/// The threads behind the lanes.
#[derive(Default)]
pub(super) struct Threads(Mutex<Vec<JoinHandle<()>>>);

impl Threads {
    /// Starts one more.
    pub(super) fn start(&mut self, name: &str, body: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body)?;
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Waits until all have ended, which they do once their lanes are closed or dropped.
    pub(super) fn join(&self) {
        // The lock is held meanwhile, so that a second call waits as well.
        let mut threads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the database has panicked");
            }
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.join();
    }
}
