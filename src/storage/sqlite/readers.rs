//! The reader threads, each with a connection and its prepared statements. One reads by key and has a queue of its
//! own; the others share one.

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

/// How many reads by key share one look at the database at most.
const GROUP: usize = 100;

/// Starts the thread that reads by key. It takes whatever is queued and reads all of it in one transaction: the
/// locks of a look at the database are shared by all who wait, and under load the thread hardly ever sleeps.
pub(super) fn start_keyed(
    session: Session,
    queue: usize,
    threads: &mut Threads,
) -> std::io::Result<Lane<Query>> {
    let (lane, orders) = Lane::new(queue);
    threads.start("sqlite-keyed", move || run_keyed(session, orders))?;
    Ok(lane)
}

fn run_keyed(mut session: Session, mut orders: mpsc::Receiver<Order<Query>>) {
    let mut taken = Vec::with_capacity(GROUP);
    while orders.blocking_recv_many(&mut taken, GROUP) > 0 {
        // Where it can't begin, each read says itself what is wrong.
        let is_shared = taken.len() > 1 && session.begin_to_read().is_ok();
        for order in taken.drain(..) {
            match order {
                Order::Work { work, reply } if !reply.is_closed() => {
                    // It fails only if nobody waits for the answer any more.
                    drop(reply.send(session.read(work.sql, &work.args)));
                }
                Order::Work { .. } => {}
                Order::Close => orders.close(),
            }
        }
        if is_shared {
            session.end_reading();
        }
    }
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
