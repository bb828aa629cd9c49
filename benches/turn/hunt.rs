//! One step of a hunt beside the bare handler: the same bytes, the same generator, one after the other.
//!
//! A step is a signed status callback in: nobody has picked up. Its signature is checked, its call and its phone are
//! loaded, whoever is next is chosen, and on disk are the end of the one phone, the other, what the alert's log says of
//! both, and what the carrier is to be asked for. Only then is it answered. Every request of a run is a new step, and
//! the phones of every call are read back from the store after each.
//!
//! The carrier is asked beside that, by the program's worker as always. It takes as long to answer as a carrier does, so
//! that the figures are those of the steps; how long all of it takes with a carrier that answers at once is printed too.

use super::carrier::{Phone, Reply, no_answer};
use super::comparison::{Run, print};
use super::load::{Connection, Sent, open, send_over};
use super::server::{Server, free_address};
use super::settings::Gateway;
use super::upstream::{self, Upstream};
use super::{Failed, median, say};
use clap::Args;
use dutyline::domain::ids::CallId;
use dutyline::domain::voice::leg::{Leg, LegEnd};
use dutyline::ports::store::LegStore;
use dutyline::start::{Ground, Source, open_store};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long the carrier takes to answer while steps are measured.
const CARRIER: Duration = Duration::from_millis(200);

/// Measures steps of a hunt.
#[derive(Debug, Args)]
pub(super) struct HuntSteps {
    /// Connections that stay open, each with one request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Calls on each connection that are hunted for at the same time.
    #[arg(long, default_value_t = 4)]
    calls: usize,
    /// Steps in each call. There are that many people to call, and two more.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u8).range(1..=6))]
    steps: u8,
    /// Rounds; the middle one counts.
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// A PostgreSQL database to use, empty or from an earlier run. Left out: SQLite in a file.
    #[arg(long)]
    postgres: Option<String>,
    /// Prints only what a script needs: requests a second, CPU microseconds, those of the bare handler, ratio, CPU
    /// ratio, p50, p99, steps a second with all that they ask of the carrier.
    #[arg(long)]
    figures: bool,
}

/// The servers, and connections to each.
struct Measured {
    gateway: Server,
    bare: Server,
    to_gateway: Vec<Connection<TcpStream>>,
    to_bare: Vec<Connection<TcpStream>>,
    carrier: Upstream,
}

/// What came of the steps of a round.
#[derive(Default)]
struct Round {
    bare: Sum,
    steps: Sum,
    /// With all that the carrier was asked for.
    whole: Duration,
}

/// Several bursts of requests, as one run.
#[derive(Default)]
struct Sum {
    took: Duration,
    latencies: Vec<Duration>,
    cpu: f64,
}

impl HuntSteps {
    /// Shows in a moment that everything still works together.
    pub(super) const fn short() -> Self {
        Self { connections: 4, calls: 1, steps: 2, rounds: 1, postgres: None, figures: false }
    }

    /// Measures, and prints.
    pub(super) fn run(self) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.compare())
    }

    async fn compare(self) -> Result<(), Failed> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let address = free_address()?;
        let (path, postgres, carrier) = (folder.path(), self.postgres.as_deref(), Upstream::start().await?);
        let settings =
            Gateway { listen: address, folder: path, postgres, carrier: carrier.address }.write()?;
        let gateway = Server::gateway(&settings, path, address).await?;
        let bare = Server::bare(free_address()?).await?;
        let source = Source::File(settings);
        let loaded = source.load().map_err(|problems| problems.to_string())?;
        let store = open_store(&loaded.settings, Ground::real(source, address).ids).await?;
        let (to_gateway, to_bare) =
            (open(address, self.connections).await?, open(bare.address, self.connections).await?);
        let mut measured = Measured { gateway, bare, to_gateway, to_bare, carrier };
        let (mut bares, mut steps, mut wholes) = (vec![], vec![], vec![]);
        let mut count = 0;
        let run = format!("{:x}", std::process::id());
        for round in 0..self.rounds {
            let calls = self.begin(address, &format!("{run}{round:x}")).await?;
            let of_round = self.round(&mut measured, &store, &calls).await?;
            let number = of_round.steps.latencies.len();
            wholes.push(per_second(number, of_round.whole));
            bares.push(of_round.bare.run()?);
            steps.push(of_round.steps.run()?);
            count += number;
        }
        measured.gateway.stop()?;
        store.close().await;
        print("hunt step", self.figures, bares, steps);
        let whole = median(wholes);
        if self.figures {
            say(&format!("{whole:.0}"));
            return Ok(());
        }
        say(&format!("{:>12}: {whole:.0} steps/s with all that the carrier is asked for", "carried out"));
        say(&format!("{:>12}: {count} steps, all read back from the store", "recorded"));
        Ok(())
    }

    /// Callers who wait for somebody: the first phone is called for each.
    async fn begin(&self, to: SocketAddr, run: &str) -> Result<Vec<Vec<CallId>>, Failed> {
        let mut tasks = JoinSet::new();
        for connection in 0..self.connections {
            let phones: Vec<_> =
                (0..self.calls).map(|call| Phone::new(run, call * self.connections + connection)).collect();
            tasks.spawn(async move {
                let mut connection = Connection::open(to).await?;
                let mut calls = Vec::with_capacity(phones.len());
                for phone in phones {
                    let menu = Reply::to(connection.ask(&phone.announce()).await?)?;
                    let groups = Reply::to(connection.ask(&phone.press(&menu, "3")).await?)?;
                    let waiting = Reply::to(connection.ask(&phone.press(&groups, "3")).await?)?;
                    calls.push(waiting.ids()?.0.parse()?);
                }
                Ok::<_, Failed>(calls)
            });
        }
        tasks.join_all().await.into_iter().collect()
    }

    /// Step by step, until nobody is left to call. The last steps are not measured: not every call has as many.
    async fn round(
        &self,
        on: &mut Measured,
        store: &impl LegStore,
        calls: &[Vec<CallId>],
    ) -> Result<Round, Failed> {
        let mut round = Round::default();
        upstream::idle(on.gateway.address).await?;
        for step in 0..usize::from(self.steps) {
            let lists = no_answers(store, calls, Some(step)).await?;
            let (lists, _) = round.bare.add(&on.bare, &mut on.to_bare, lists).await?;
            on.carrier.answers_after(CARRIER);
            let (_, took) = round.steps.add(&on.gateway, &mut on.to_gateway, lists).await?;
            on.carrier.answers_after(Duration::ZERO);
            let started = Instant::now();
            upstream::idle(on.gateway.address).await?;
            round.whole += took + started.elapsed();
        }
        loop {
            let lists = no_answers(store, calls, None).await?;
            if lists.iter().all(Vec::is_empty) {
                return Ok(round);
            }
            send_over(&mut on.to_gateway, lists, b"").await?;
            upstream::idle(on.gateway.address).await?;
        }
    }
}

/// What the carrier tells of the phone that each call has ring now. After so many steps, where that is said, each must
/// have had so many phones without an answer, and one that rings.
async fn no_answers(
    store: &impl LegStore,
    calls: &[Vec<CallId>],
    after: Option<usize>,
) -> Result<Vec<Vec<Vec<u8>>>, Failed> {
    let mut lists = Vec::with_capacity(calls.len());
    for calls in calls {
        let mut list = Vec::with_capacity(calls.len());
        for call in calls {
            let legs = store.legs(*call).await?;
            let rings = legs.last().filter(|leg| !leg.is_over());
            let missed = |leg: &&Leg| leg.end == Some(LegEnd::NoAnswer);
            let count = legs.iter().filter(missed).count();
            if after.is_some_and(|after| count != after || legs.len() != after + 1 || rings.is_none()) {
                return Err(format!("a call has had {} phones, {count} without an answer", legs.len()).into());
            }
            list.extend(rings.map(no_answer).transpose()?);
        }
        lists.push(list);
    }
    Ok(lists)
}

fn per_second(count: usize, time: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / time.as_secs_f64()
}

impl Sum {
    /// Sends a burst to a server; the requests come back, and how long it took.
    async fn add(
        &mut self,
        server: &Server,
        connections: &mut Vec<Connection<TcpStream>>,
        lists: Vec<Vec<Vec<u8>>>,
    ) -> Result<(Vec<Vec<Vec<u8>>>, Duration), Failed> {
        let before = server.cpu()?;
        let (sent, lists) = send_over(connections, lists, b"").await?;
        self.cpu += server.cpu()? - before;
        self.took += sent.took;
        self.latencies.extend(sent.latencies);
        Ok((lists, sent.took))
    }

    fn run(self) -> Result<Run, Failed> {
        let cpu = self.cpu * 1e6 / f64::from(u32::try_from(self.latencies.len())?);
        Ok(Run { sent: Sent { took: self.took, latencies: self.latencies }, cpu })
    }
}
