//! A carrier's API that has every recording, places every call and takes every message.

use super::Failed;
use super::load::Connection;
use super::server::rest;
use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// A carrier's API that runs in this process.
#[derive(Debug)]
pub(super) struct Upstream {
    /// Where.
    pub(super) address: SocketAddr,
    patience: Arc<AtomicU64>,
    taken: Arc<AtomicU64>,
}

impl Upstream {
    /// Starts it.
    pub(super) async fn start() -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let mut sound = b"RIFF".to_vec();
        sound.resize(20_000, 0);
        let sound: Arc<[u8]> = sound.into();
        let recording = move || async move { ([(CONTENT_TYPE, "audio/x-wav")], sound.to_vec()) };
        let (patience, ids) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let taken = {
            let (patience, ids) = (Arc::clone(&patience), Arc::clone(&ids));
            move || async move {
                let sid = ids.fetch_add(1, Ordering::Relaxed);
                let milliseconds = patience.load(Ordering::Relaxed);
                if milliseconds > 0 {
                    rest(Duration::from_millis(milliseconds)).await;
                }
                let body = format!(r#"{{"sid": "CA{sid:032x}", "status": "in-progress"}}"#);
                (StatusCode::CREATED, [(CONTENT_TYPE, "application/json")], body)
            }
        };
        let router = Router::new().fallback(get(recording).post(taken));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, patience, taken: ids })
    }

    /// How much has been posted to it so far.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// From now on it takes that long to answer what is posted to it.
    pub(super) fn answers_after(&self, time: Duration) {
        self.patience.store(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// Waits until the gateway has nothing left to do outside.
pub(super) async fn idle(gateway: SocketAddr) -> Result<(), Failed> {
    let mut connection = Connection::open(gateway).await?;
    for _ in 0..60_000 {
        if metric(&mut connection, "dutyline_outbox_effects{").await? == 0 {
            return Ok(());
        }
        rest(Duration::from_millis(10)).await;
    }
    Err("effects were left after ten minutes".into())
}

/// Waits until nothing is under way and nothing more is done: what is left waits for its time.
pub(super) async fn quiet(gateway: SocketAddr) -> Result<(), Failed> {
    let mut connection = Connection::open(gateway).await?;
    let mut before = None;
    for _ in 0..6_000 {
        let under_way = metric(&mut connection, "dutyline_effects_under_way{").await?;
        let done = metric(&mut connection, "dutyline_effects_total{").await?;
        if under_way == 0 && before == Some(done) {
            return Ok(());
        }
        before = Some(done);
        rest(Duration::from_millis(100)).await;
    }
    Err("effects were under way after ten minutes".into())
}

/// So many alerts must have been opened.
pub(super) async fn opened(gateway: SocketAddr, alerts: usize) -> Result<(), Failed> {
    let mut connection = Connection::open(gateway).await?;
    let opened = metric(&mut connection, "dutyline_alerts_opened_total{").await?;
    if opened == alerts { Ok(()) } else { Err(format!("{alerts} calls opened {opened} alerts").into()) }
}

/// The sum of a metric over all its labels.
async fn metric(connection: &mut Connection<tokio::net::TcpStream>, name: &str) -> Result<usize, Failed> {
    let metrics = connection.ask(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
    let lines = std::str::from_utf8(metrics)?.lines().filter(|line| line.starts_with(name));
    Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum())
}
