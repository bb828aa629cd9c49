//! The program as a whole: how much memory it takes, and how soon it answers.

use super::carrier::{Phone, Reply};
use super::load::Connection;
use super::server::{Server, free_address, rest};
use super::settings::{CALLERS, Gateway};
use super::{Failed, median, say};
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use clap::Args;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
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
        let (address, carrier) = (free_address()?, carrier().await?);
        let path = folder.path();
        let settings = Gateway { listen: address, folder: path, postgres: None, carrier }.write()?;
        let gateway = Server::gateway(&settings, path, address).await?;
        // The loops have begun, and nothing is left of the start.
        rest(Duration::from_secs(3)).await;
        let idle = gateway.memory()?;
        let started = Instant::now();
        self.call(address).await?;
        let called = started.elapsed();
        effects_done(address, self.calls).await?;
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

/// Waits until nothing is left to be done outside. So many alerts must have been opened.
async fn effects_done(at: SocketAddr, alerts: usize) -> Result<(), Failed> {
    let mut connection = Connection::open(at).await?;
    for _ in 0..600 {
        let metrics = connection.ask(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
        let metrics = std::str::from_utf8(metrics)?;
        let sum = |name: &str| -> usize {
            let lines = metrics.lines().filter(|line| line.starts_with(name));
            lines.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum()
        };
        let opened = sum("dutyline_alerts_opened_total{");
        if opened != alerts {
            return Err(format!("{alerts} calls opened {opened} alerts").into());
        }
        if sum("dutyline_outbox_effects{") == 0 {
            return Ok(());
        }
        rest(Duration::from_secs(1)).await;
    }
    Err("effects were left after ten minutes".into())
}

/// A carrier's API that has every recording and takes every message.
async fn carrier() -> Result<SocketAddr, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut sound = b"RIFF".to_vec();
    sound.resize(20_000, 0);
    let sound: Arc<[u8]> = sound.into();
    let recording = move || async move { ([(CONTENT_TYPE, "audio/x-wav")], sound.to_vec()) };
    let message = || async {
        (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], r#"{"sid": "SM0"}"#).into_response()
    };
    let router = Router::new().fallback(get(recording).post(message));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) * 1024.0 / 1e6
}
