//! The reader threads: each has a connection and its prepared statements, all share one queue.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::lane::{Answer, Lane, Order, Threads};
use super::session::Session;
use crate::storage::write::Value;

/// One read.
pub(super) struct Query {
    pub(super) sql: &'static str,
    pub(super) args: Vec<Value>,
}

/// The shared end of the queue.
type Orders = Arc<Mutex<mpsc::Receiver<Order<Query>>>>;

/// Starts one thread a session.
pub(super) fn start(
    sessions: Vec<Session>,
    queue: usize,
    threads: &mut Threads,
) -> std::io::Result<Lane<Query>> {
    let (lane, orders) = Lane::new(queue);
    let orders = Arc::new(Mutex::new(orders));
    for session in sessions {
        let orders = Arc::clone(&orders);
        threads.start("sqlite-reader", move || run(session, &orders))?;
    }
    Ok(lane)
}

fn run(mut session: Session, orders: &Orders) {
    while let Some((query, reply)) = next(orders) {
        if !reply.is_closed() {
            // It fails only if nobody waits for the answer any more.
            drop(reply.send(session.read(query.sql, &query.args)));
        }
    }
}

/// The next read; `None` when there will be none. Whoever holds the lock waits for it, and the others wait for
/// the lock, so the queue has to be shut before the lock is let go.
fn next(orders: &Orders) -> Option<(Query, oneshot::Sender<Answer>)> {
    let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match orders.blocking_recv()? {
            Order::Work { work, reply } => return Some((work, reply)),
            Order::Close => orders.close(),
        }
    }
}
