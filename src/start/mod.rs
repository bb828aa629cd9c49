//! The composition root: settings become adapters, adapters become an [`App`], and the loops begin. The only
//! folder that knows everything.

mod assemble;
mod metrics;
mod probes;
mod reload;
mod store;

pub use assemble::{assemble, webhooks_of};
pub use probes::probes;
pub use store::{open_recordings, open_snapshot, open_store, put_back};

use crate::adapters::smtp::InvalidSmtpAccount;
use crate::adapters::{random_ids::RandomIds, system_clock::SystemClock};
use crate::app::App;
use crate::domain::ids::Ids;
use crate::ports::clock::Clock;
use crate::settings::{Loaded, Problems};
use crate::storage::SqlStore;
use crate::storage::backup::BackupError;
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::snapshot::SnapshotError;
use crate::storage::sqlite::OpenError;
use crate::{http, settings, worker};
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a vendor may take to answer in the real world. The sound of two minutes is about two megabytes.
pub const VENDOR_TIMEOUT: Duration = Duration::from_secs(30);

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database can't be opened or brought up to date.
    #[error("the database {} can't be used", .0.display())]
    Database(PathBuf, #[source] OpenError),
    /// The `PostgreSQL` database can't be reached or brought up to date.
    #[cfg(feature = "postgres")]
    #[error("the database of store.postgres_url can't be used")]
    Postgres(#[from] postgres::OpenError),
    /// The settings ask for what was left out when the program was built.
    #[cfg(not(feature = "postgres"))]
    #[error("this build has no PostgreSQL")]
    NoPostgres,
    /// The database can't be looked at.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// A backup can't be put back.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The recordings' folder can't be used.
    #[error("the recordings' folder {} can't be used", .0.display())]
    Recordings(PathBuf, #[source] std::io::Error),
    /// The recordings' bucket can't be used.
    #[error("the recordings' bucket can't be used")]
    Bucket(#[source] object_store::Error),
    /// The client for the vendors' APIs can't be built.
    #[error("no HTTP client can be built")]
    Client(#[from] reqwest::Error),
    /// The mail settings can't be used.
    #[error("the mail settings can't be used")]
    Mail(#[from] InvalidSmtpAccount),
    /// The metrics can't be collected.
    #[error("the metrics can't be collected")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The address that we are reached at makes no URL.
    #[error("the address that is listened on makes no URL")]
    Address(#[from] url::ParseError),
    /// The port can't be listened on.
    #[error("{0} can't be listened on (does another demo or gateway run on it?)")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// Serving ended.
    #[error("the HTTP port failed")]
    Serve(#[source] std::io::Error),
}

/// Where the settings come from, so that they can be read again.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// The demo's, which are part of the program; relative paths start at the folder.
    Demo(PathBuf),
}

impl Source {
    /// Reads and checks them.
    pub fn load(&self) -> Result<Loaded, Problems> {
        match self {
            Self::File(path) => settings::load(path),
            Self::Demo(base) => settings::parse("demo.toml", settings::DEMO, base),
        }
    }
}

/// What the program stands on: the real world's, or a test's.
#[derive(Clone)]
pub struct Ground {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Where the settings came from.
    pub source: Source,
    /// Where we are reached when the settings don't say: the address that is listened on.
    pub address: SocketAddr,
    /// How long a vendor may take to answer, from the first byte sent to the last one got.
    pub vendor_timeout: Duration,
}

impl Ground {
    /// The real one.
    pub fn real(source: Source, address: SocketAddr) -> Self {
        let clock = real_clock();
        let ids = real_ids(clock.clone());
        Self { ids, clock, source, address, vendor_timeout: VENDOR_TIMEOUT }
    }
}

/// The time of this machine.
pub fn real_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Ids by that clock, and secrets that nobody can guess.
pub fn real_ids(clock: Arc<dyn Clock>) -> Arc<dyn Ids> {
    Arc::new(RandomIds::new(clock))
}

/// Serves HTTP and works off what is due until `stop` turns true; then lets running turns finish, for the grace
/// time of the settings at most, and closes the store.
pub async fn run(
    app: App,
    store: SqlStore,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let grace = app.live().settings.server.shutdown_grace;
    let workers = tokio::spawn(worker::run(app.clone(), stop.clone()));
    let router = http::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = |mut stop: watch::Receiver<bool>| async move {
        // An error means that nobody can stop us any more, which is a stop as well.
        drop(stop.wait_for(|stop| *stop).await);
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(stopped(stop.clone()));
    let patience = async {
        stopped(stop).await;
        worker::patience(grace).await;
    };
    tokio::select! {
        ended = server => ended.map_err(StartError::Serve)?,
        () = patience => tracing::warn!("requests still ran at the end of the grace time; they are cut off"),
    }
    tokio::select! {
        ended = workers => if let Err(error) = ended {
            tracing::error!(error = &error as &dyn Error, "the workers ended badly");
        },
        () = worker::patience(grace) => {
            tracing::warn!("effects still ran at the end of the grace time; they are done after their lease");
        }
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}
