//! A task that writes: group commit.

use std::slice;
use std::time::Duration;

use tokio::time::{Instant, timeout};
use tokio_postgres::Client;

use super::fault::{After, Fault, Silent, of_control};
use super::queue::{Job, Orders, Work, next};
use super::session::{Prepared, Sent, Session, send};
use super::target::Target;

/// How many writes share one commit at most. Each has a savepoint, and the server keeps track of 64 in a
/// transaction without going to its disk.
pub(super) const GROUP: usize = 64;

/// How long one of a group waits for somebody's lock. The others wait as well, so it is soon moved out: long
/// enough for another group to commit, shorter than the server takes to look for a deadlock.
const IN_A_GROUP: Duration = Duration::from_millis(100);

/// What became of one job of a group.
type Verdict = Result<(), Fault>;

/// Why a group came to nothing.
struct Broken {
    fault: Fault,
    /// Whether the server had been told to commit: then it may have done so.
    is_uncertain: bool,
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Self {
        Self { fault, is_uncertain: false }
    }
}

/// A connection and how to make another.
struct Writer {
    target: Target,
    session: Option<Session>,
}

/// Works off what is queued until there will be nothing more.
pub(super) async fn run(target: Target, session: Option<Session>, orders: Orders) {
    let mut writer = Writer { target, session };
    while let Some(jobs) = next(&orders, GROUP).await {
        let now = Instant::now();
        let (jobs, late): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.until > now);
        for job in late {
            answer(job, Err(Silent(writer.target.patience).fault()));
        }
        if !jobs.is_empty() {
            writer.settle(jobs).await;
        }
    }
}

fn answer(job: Job, verdict: Verdict) {
    // It fails only if nobody waits for the answer any more.
    drop(job.reply.send(verdict.map_err(|fault| fault.error)));
}

impl Writer {
    /// Does all jobs and answers them: as a group first, then those on their own that met somebody's lock.
    async fn settle(&mut self, jobs: Vec<Job>) {
        let mut collided = Vec::new();
        match self.attempt(&jobs, IN_A_GROUP).await {
            Ok(verdicts) => {
                for (job, verdict) in jobs.into_iter().zip(verdicts) {
                    match verdict {
                        Err(Fault { after: After::InTheWay, .. }) => collided.push(job),
                        verdict => answer(job, verdict),
                    }
                }
            }
            Err(Fault { after: After::InTheWay, .. }) => collided = jobs,
            Err(Fault { error, after }) => {
                for job in jobs {
                    answer(job, Err(Fault { error: error.clone(), after }));
                }
            }
        }
        for job in collided {
            self.alone(job).await;
        }
    }

    /// Does one job in a transaction of its own, again and again while somebody is in the way and there is time.
    async fn alone(&mut self, job: Job) {
        loop {
            let rest = job.until.saturating_duration_since(Instant::now()).max(IN_A_GROUP);
            let verdict = match self.attempt(slice::from_ref(&job), rest).await {
                Ok(mut verdicts) => verdicts.pop().unwrap_or(Ok(())),
                Err(fault) => Err(fault),
            };
            match verdict {
                Err(Fault { after: After::InTheWay, .. }) if Instant::now() < job.until => {}
                verdict => return answer(job, verdict),
            }
        }
    }

    /// Does jobs in one transaction; a verdict stands only once that is on disk. An error is everybody's, and
    /// then nothing of the group remains. A connection that has gone while it lay idle is made anew, once.
    async fn attempt(&mut self, jobs: &[Job], wait: Duration) -> Result<Vec<Verdict>, Fault> {
        let was_open = self.session.is_some();
        match self.once(jobs, wait).await {
            Err(broken) if was_open && self.session.is_none() && !broken.is_uncertain => {
                self.once(jobs, wait).await.map_err(|broken| broken.fault)
            }
            outcome => outcome.map_err(|broken| broken.fault),
        }
    }

    async fn once(&mut self, jobs: &[Job], wait: Duration) -> Result<Vec<Verdict>, Broken> {
        let session = match &mut self.session {
            Some(session) if !session.is_lost() => session,
            session => session.insert(Session::open(&self.target).await?),
        };
        let limit = self.target.patience * 2;
        let outcome = match timeout(limit, commit(session, jobs, wait)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => Err(Broken { fault: Silent(limit).fault(), is_uncertain: true }),
        };
        if outcome.is_err() {
            // In what state it is nobody knows. The server undoes what was not committed.
            self.session = None;
        }
        outcome
    }
}

/// What one job consists of, ready to be sent.
struct Plan<'w> {
    /// Its place among the jobs.
    job: usize,
    steps: Vec<Prepared<'w>>,
    savepoint: String,
}

async fn commit(session: &mut Session, jobs: &[Job], wait: Duration) -> Result<Vec<Verdict>, Broken> {
    let mut verdicts = Vec::with_capacity(jobs.len());
    let mut plans = Vec::with_capacity(jobs.len());
    for (place, job) in jobs.iter().enumerate() {
        let steps = match &job.work {
            Work::Apply(write) => session.prepare(write).await,
            Work::Probe => Ok(Vec::new()),
        };
        verdicts.push(match steps {
            Ok(steps) => {
                plans.push(Plan { job: place, steps, savepoint: format!("savepoint w{place}") });
                Ok(())
            }
            Err(fault) if fault.after == After::Lost => return Err(fault.into()),
            Err(fault) => Err(fault),
        });
    }
    let client = &session.client;
    let opening = format!(
        "begin isolation level read committed read write; set local lock_timeout = {}; select txid_current()",
        wait.as_millis()
    );
    let mut begun = Some(send(client.batch_execute(&opening)).await);
    let mut rest = plans.as_slice();
    while let Some((failed, fault)) = round(client, begun.take(), rest).await? {
        let Some((plan, next)) = rest.get(failed..).and_then(<[_]>::split_first) else { break };
        let undo = format!("rollback to {}", plan.savepoint);
        client.batch_execute(&undo).await.map_err(of_control)?;
        if let Some(verdict) = verdicts.get_mut(plan.job) {
            *verdict = Err(fault);
        }
        rest = next;
    }
    match client.batch_execute("commit").await.map_err(of_control) {
        Ok(()) => Ok(verdicts),
        // Where the server still had something to say, it has not committed.
        Err(fault) => Err(Broken { is_uncertain: client.is_closed(), fault }),
    }
}

/// Sends the plans one behind the other, and waits for the answers. What fails first, if anything: all before it
/// stands, and it has to be undone together with all behind it.
async fn round(
    client: &Client,
    begun: Option<Sent<'_, ()>>,
    plans: &[Plan<'_>],
) -> Result<Option<(usize, Fault)>, Fault> {
    let mut sent = Vec::with_capacity(plans.len());
    for plan in plans {
        let savepoint = send(client.batch_execute(&plan.savepoint)).await;
        let mut steps = Vec::with_capacity(plan.steps.len());
        for step in &plan.steps {
            steps.push(step.send(client).await);
        }
        sent.push((savepoint, steps));
    }
    if let Some(begun) = begun {
        begun.answer().await.map_err(of_control)?;
    }
    for (place, (plan, (savepoint, answers))) in plans.iter().zip(sent).enumerate() {
        savepoint.answer().await.map_err(of_control)?;
        for (step, answer) in plan.steps.iter().zip(answers) {
            match step.judge(answer.answer().await) {
                Ok(()) => {}
                Err(fault) if fault.after == After::Lost => return Err(fault),
                Err(fault) => return Ok(Some((place, fault))),
            }
        }
    }
    Ok(None)
}
