//! One whole turn beside the bare handler: the same bytes, the same generator, one after the other.
//!
//! A turn is a signed form in, its signature checked, its call loaded, decided, on disk, and a document out, with
//! log, metrics and limits on. Each request of a run is a new turn of its call, and the store is read afterwards to
//! prove it.

use super::carrier::{Phone, Reply};
use super::load::{Connection, Sent, send};
use super::server::{Server, free_address};
use super::settings::Gateway;
use super::{Failed, median, say};
use clap::Args;
use dutyline::ports::store::CallStore as _;
use dutyline::start::{Ground, Source, open_store};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::task::JoinSet;

/// Measures turns.
#[derive(Debug, Args)]
pub(super) struct Turn {
    /// Connections that stay open, each with one request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Calls on each connection, in a round.
    #[arg(long, default_value_t = 60)]
    calls: usize,
    /// Turns in each call.
    #[arg(long, default_value_t = 20)]
    turns: usize,
    /// Rounds; the middle one counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A PostgreSQL database to use, empty or from an earlier run. Left out: SQLite in a file.
    #[arg(long)]
    postgres: Option<String>,
    /// Prints only what a script needs: requests a second, CPU microseconds, ratio, CPU ratio, p50, p99.
    #[arg(long)]
    figures: bool,
}

impl Default for Turn {
    fn default() -> Self {
        Self { connections: 64, calls: 60, turns: 20, rounds: 5, postgres: None, figures: false }
    }
}

/// A call that is under way: who calls, and the reply to its first document.
type UnderWay = (Phone, Reply);

/// What a question begins with: only a turn is answered so.
const QUESTION: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather "#;

/// One run against one server.
pub(super) struct Run {
    pub(super) sent: Sent,
    /// CPU time of the server for a request, in microseconds.
    pub(super) cpu: f64,
}

impl Turn {
    /// Shows in a moment that everything still works together.
    pub(super) fn short() -> Self {
        Self { connections: 4, calls: 2, turns: 4, rounds: 1, ..Self::default() }
    }

    /// Measures, and prints.
    pub(super) fn run(self) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.compare())
    }

    async fn compare(self) -> Result<(), Failed> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let address = free_address()?;
        let (path, postgres) = (folder.path(), self.postgres.as_deref());
        // No effect is asked for in these turns, so the carrier's API is not called.
        let settings = Gateway { listen: address, folder: path, postgres, carrier: address }.write()?;
        let gateway = Server::gateway(&settings, path, address).await?;
        let bare = Server::bare(free_address()?).await?;
        let (mut turns, mut bares, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        let run = format!("{:x}", std::process::id());
        for round in 0..self.rounds {
            let under_way = self.announce(address, &format!("{run}{round}")).await?;
            let mut lists = Vec::with_capacity(under_way.len());
            for calls in &under_way {
                lists.push(self.requests(calls)?);
            }
            let (of_bare, lists) = measured(&bare, lists).await?;
            let (of_turn, _lists) = measured(&gateway, lists).await?;
            bares.push(of_bare);
            turns.push(of_turn);
            calls.extend(under_way.into_iter().flatten());
        }
        gateway.stop()?;
        let recorded = self.count(&settings, address, &calls).await?;
        print("turn", self.figures, bares, turns);
        if !self.figures {
            say(&format!(
                "{:>12}: {recorded} turns in {} calls, all read back from the store",
                "recorded",
                calls.len()
            ));
        }
        Ok(())
    }

    /// Announces the calls of a round, so that each has been asked its first question.
    async fn announce(&self, to: SocketAddr, run: &str) -> Result<Vec<Vec<UnderWay>>, Failed> {
        let mut tasks = JoinSet::new();
        for connection in 0..self.connections {
            let phones: Vec<_> =
                (0..self.calls).map(|call| Phone::new(run, call * self.connections + connection)).collect();
            tasks.spawn(async move {
                let mut connection = Connection::open(to).await?;
                let mut calls = Vec::with_capacity(phones.len());
                for phone in phones {
                    let document = connection.ask(&phone.announce()).await?;
                    let reply = Reply::to(document)?;
                    calls.push((phone, reply));
                }
                Ok::<_, Failed>(calls)
            });
        }
        tasks.join_all().await.into_iter().collect()
    }

    /// The requests of one connection: from the menu to the groups and back.
    fn requests(&self, calls: &[UnderWay]) -> Result<Vec<Vec<u8>>, Failed> {
        let mut requests = Vec::with_capacity(self.calls * self.turns);
        for (phone, first) in calls {
            for turn in 0..self.turns {
                requests.push(phone.press(&first.later(turn)?, if turn % 2 == 0 { "1" } else { "*" }));
            }
        }
        Ok(requests)
    }

    /// How many turns the store has of these calls; a turn that is missing is a failure.
    async fn count(&self, settings: &Path, at: SocketAddr, calls: &[UnderWay]) -> Result<usize, Failed> {
        let source = Source::File(PathBuf::from(settings));
        let loaded = source.load().map_err(|problems| problems.to_string())?;
        let store = open_store(&loaded.settings, Ground::real(source, at).ids).await?;
        let documents = u32::try_from(self.turns)? + 1;
        for (_, first) in calls {
            let (call, leg) = first.ids()?;
            let call = store.call(call.parse()?).await?.ok_or("a call is missing")?;
            let last = store.reply(leg.parse()?, documents - 1).await?;
            if call.document != documents || call.version != i64::from(documents) || last.is_none() {
                return Err(format!("a call has {} documents instead of {documents}", call.document).into());
            }
        }
        store.close().await;
        Ok(calls.len() * self.turns)
    }
}

/// Prints what was measured: as a script needs it, or for people.
pub(super) fn print(name: &str, is_for_script: bool, bares: Vec<Run>, turns: Vec<Run>) {
    let ratios = turns.iter().zip(&bares).map(|(turn, bare)| turn.sent.rate() / bare.sent.rate());
    let cpus = turns.iter().zip(&bares).map(|(turn, bare)| turn.cpu / bare.cpu);
    let (ratio, cpu) = (median(ratios.collect()), median(cpus.collect()));
    let [bare, turn] = [bares, turns].map(Middle::of);
    if is_for_script {
        let Middle { rate, cpu: time, p50, p99 } = &turn;
        let Middle { rate: bare_rate, cpu: bare_time, .. } = &bare;
        say(&format!(
            "{rate:.0} {time:.1} {bare_rate:.0} {bare_time:.1} {ratio:.3} {cpu:.2} {p50:.2} {p99:.2}"
        ));
        return;
    }
    for (name, Middle { rate, cpu, p50, p99 }) in [("bare handler", &bare), (name, &turn)] {
        say(&format!(
            "{name:>12}: {rate:>7.0} requests/s, {cpu:>5.1} us CPU a request, p50 {p50:.2} ms, p99 {p99:.2} ms"
        ));
    }
    say(&format!("{:>12}: {ratio:.3} of its requests/s at {cpu:.2} times its CPU", "beside it"));
}

/// Sends a round to a server.
async fn measured(server: &Server, lists: Vec<Vec<Vec<u8>>>) -> Result<(Run, Vec<Vec<Vec<u8>>>), Failed> {
    let before = server.cpu()?;
    let (sent, lists) = send(server.address, lists, QUESTION).await?;
    let used = server.cpu()? - before;
    let cpu = used * 1e6 / f64::from(u32::try_from(sent.latencies.len())?);
    Ok((Run { sent, cpu }, lists))
}

/// The middle figures of some runs.
struct Middle {
    rate: f64,
    cpu: f64,
    p50: f64,
    p99: f64,
}

impl Middle {
    fn of(mut runs: Vec<Run>) -> Self {
        Self {
            rate: median(runs.iter().map(|run| run.sent.rate()).collect()),
            cpu: median(runs.iter().map(|run| run.cpu).collect()),
            p50: median(runs.iter_mut().map(|run| run.sent.percentile(50)).collect()),
            p99: median(runs.iter_mut().map(|run| run.sent.percentile(99)).collect()),
        }
    }
}
