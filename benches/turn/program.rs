//! The program as a whole: how much memory it takes, and how soon it answers.

use super::carrier::{Phone, Reply};
use super::load::Connection;
use super::server::{Server, free_address, rest};
use super::settings::{CALLERS, Gateway};
use super::upstream::{self, Upstream};
use super::{Failed, median, say};
use clap::Args;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Measures memory and start.
#[derive(Debug, Args)]
pub(super) struct Program {
    /// Calls that are taken, each from the greeting to the messages that its alert sends.
    #[arg(long, default_value_t = 10_000)]
    calls: usize,
    /// Starts; the middle one counts.
    #[arg(long, default_value_t = 9)]
    starts: usize,
    /// Prints only what a script needs: idle, after the calls and at most in MB, and the start in milliseconds.
    #[arg(long)]
    figures: bool,
}

impl Program {
    /// Measures, and prints.
    pub(super) fn run(self) -> Result<(), Failed> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(self) -> Result<(), Failed> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let (address, carrier) = (free_address()?, Upstream::start().await?.address);
        let path = folder.path();
        let settings = Gateway { listen: address, folder: path, postgres: None, carrier }.write()?;
        let gateway = Server::gateway(&settings, path, address).await?;
        // The loops have begun, and nothing is left of the start.
        rest(Duration::from_secs(3)).await;
        let idle = gateway.memory()?;
        let started = Instant::now();
        self.call(address).await?;
        let called = started.elapsed();
        upstream::idle(address).await?;
        upstream::opened(address, self.calls).await?;
        let all = started.elapsed();
        let after = gateway.memory()?;
        gateway.stop()?;
        let mut starts = Vec::with_capacity(self.starts);
        for _ in 0..self.starts {
            let started = Instant::now();
            let gateway = Server::gateway(&settings, path, address).await?;
            starts.push(started.elapsed().as_secs_f64() * 1_000.0);
            gateway.stop()?;
        }
        let start = median(starts);
        let [idle, after, peak] = [idle.resident, after.resident, after.peak].map(megabytes);
        if self.figures {
            say(&format!("{idle:.1} {after:.1} {peak:.1} {start:.1}"));
            return Ok(());
        }
        say(&format!("idle: {idle:.1} MB resident"));
        say(&format!("after {} calls: {after:.1} MB resident, {peak:.1} MB at most", self.calls));
        say(&format!(
            "the calls took {:.1} s, with all their effects {:.1} s",
            called.as_secs_f64(),
            all.as_secs_f64()
        ));
        say(&format!("first answer {start:.1} ms after the start"));
        Ok(())
    }

    /// Takes all calls, on as many connections as there are callers.
    async fn call(&self, to: SocketAddr) -> Result<(), Failed> {
        let mut tasks = JoinSet::new();
        for caller in 0..CALLERS {
            let phones: Vec<_> =
                (caller..self.calls).step_by(CALLERS).map(|call| Phone::new("0", call)).collect();
            tasks.spawn(async move {
                let mut connection = Connection::open(to).await?;
                for phone in phones {
                    whole_call(&mut connection, &phone).await?;
                }
                Ok::<_, Failed>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}

/// From the greeting to the alert: the caller chooses, speaks, and sends the message.
async fn whole_call(connection: &mut Connection<tokio::net::TcpStream>, phone: &Phone) -> Result<(), Failed> {
    let menu = Reply::to(connection.ask(&phone.announce()).await?)?;
    let groups = Reply::to(connection.ask(&phone.press(&menu, "1")).await?)?;
    let message = Reply::to(connection.ask(&phone.press(&groups, "1")).await?)?;
    connection.ask(&phone.record(&message)).await?;
    connection.ask(&phone.over()).await?;
    Ok(())
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) * 1024.0 / 1e6
}
