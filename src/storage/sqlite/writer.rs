//! The writer thread: group commit.

use tokio::sync::{mpsc, oneshot};

use super::lane::{Answer, Lane, Order, Threads};
use super::readers::Query;
use super::session::Session;
use crate::ports::error::StoreError;
use crate::storage::driver::Claim;
use crate::storage::write::{Expect, Step, Write};

/// How many pieces of work share one commit at most.
const GROUP: usize = 1000;

/// What the writer thread does.
pub(super) enum Work {
    Apply(Write),
    Claim(Claim),
    /// A read that must come after the writes before it.
    Query(Query),
}

/// One piece of work and who waits for it.
struct Job {
    work: Work,
    reply: oneshot::Sender<Answer>,
}

/// Starts the thread.
pub(super) fn start(session: Session, queue: usize, threads: &mut Threads) -> std::io::Result<Lane<Work>> {
    let (lane, orders) = Lane::new(queue);
    threads.start("sqlite-writer", move || run(session, orders))?;
    Ok(lane)
}

fn run(mut session: Session, mut orders: mpsc::Receiver<Order<Work>>) {
    let mut taken = Vec::with_capacity(GROUP);
    let mut jobs = Vec::with_capacity(GROUP);
    while orders.blocking_recv_many(&mut taken, GROUP) > 0 {
        for order in taken.drain(..) {
            match order {
                Order::Work { work, reply } => jobs.push(Job { work, reply }),
                Order::Close => orders.close(),
            }
        }
        if jobs.is_empty() {
            continue;
        }
        match commit(&mut session, &jobs) {
            Ok(answers) => answer(jobs.drain(..).zip(answers)),
            Err(error) => answer(jobs.drain(..).map(|job| (job, Err(error.clone())))),
        }
    }
}

fn answer(answers: impl Iterator<Item = (Job, Answer)>) {
    for (job, answer) in answers {
        // It fails only if nobody waits for the answer any more.
        drop(job.reply.send(answer));
    }
}

/// Does all jobs in one transaction; an answer stands only once the transaction is on disk. An error here
/// is everybody's, and then nothing of the group remains.
///
/// Hardly any job fails, and a savepoint a job would cost a tenth. So all are done without first; where one of them
/// fails, all is undone and done again, each on its own.
fn commit(session: &mut Session, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
    session.begin()?;
    let mut answers: Vec<_> =
        jobs.iter().map(|job| perform(session, job)).take_while(Result::is_ok).collect();
    if answers.len() < jobs.len() {
        session.abandon();
        session.begin()?;
        answers = each(session, jobs)?;
    }
    session.commit()?;
    Ok(answers)
}

/// Does each job so that it leaves no trace when it fails.
fn each(session: &mut Session, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        let answer = attempt(session, job);
        // A full disk or a failing one may have undone the whole transaction, the neighbours' work included.
        if !session.in_transaction() {
            return Err(answer.err().unwrap_or_else(StoreError::closed));
        }
        answers.push(answer);
    }
    Ok(answers)
}

/// Does one job inside the transaction, or leaves no trace of it.
fn attempt(session: &mut Session, job: &Job) -> Answer {
    session.savepoint()?;
    let answer = perform(session, job);
    match &answer {
        Ok(_) => session.keep()?,
        Err(_) => session.undo(),
    }
    answer
}

fn perform(session: &mut Session, job: &Job) -> Answer {
    match &job.work {
        Work::Apply(write) => apply(session, write),
        // Rows that are claimed for nobody would lie idle until their lease ends.
        Work::Claim(_) | Work::Query(_) if job.reply.is_closed() => Ok(Vec::new()),
        Work::Claim(claim) => session.claim(claim.sql, &claim.args),
        Work::Query(query) => session.read(query.sql, &query.args),
    }
}

fn apply(session: &mut Session, write: &Write) -> Answer {
    for Step { sql, args, expect } in &write.steps {
        let changed = session.change(sql, args)?;
        match *expect {
            Expect::Rows(rows) if rows != changed => return Err(StoreError::Conflict),
            Expect::Rows(_) | Expect::Any => {}
        }
    }
    Ok(Vec::new())
}
