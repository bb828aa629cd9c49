//! `PostgreSQL`: for several processes on one database, or where there is one already that is looked after.
//!
//! A few tasks write, each on a connection of its own. Each takes what is queued, up to 64 writes, sends all of it
//! without waiting for answers in between, a savepoint a write, and commits once: round trips and the way to the
//! disk are shared by all who wait. A write that has to wait for somebody's lock is taken out
//! of the group and tried again on its own, so that it holds up nobody else. Reads go over a pool of connections
//! that can't write, and claims over connections that plan each one anew.

mod fault;
pub mod filling;
mod lane;
mod look;
mod open;
mod pool;
mod queue;
mod session;
pub mod snapshot;
mod target;
mod tls;
mod value;
mod writer;

pub use self::look::look;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use self::lane::Lanes;
use self::pool::{Pool, Use};
use self::queue::Work;
use super::driver::{Claim, Driver, SKIP_LOCKED};
use super::migrate::MigrateError;
use super::write::{Row, Value, Write};
use crate::ports::error::{Cause, StoreError};

/// Where the database is, and how it is used.
#[derive(Clone)]
pub struct PostgresOptions {
    /// `postgresql://user:password@host:port/database?sslmode=require`. It can hold a password.
    pub url: String,
    /// Certificates, as PEM, that are trusted besides those of the machine.
    pub ca_file: Option<PathBuf>,
    /// How many tasks write, each on a connection of its own; at least 1.
    pub writers: usize,
    /// How many connections there are for reads at most; at least 1.
    pub readers: usize,
    /// How many connections there are for claims at most; at least 1.
    pub claimers: usize,
    /// How long a write waits for somebody's lock, a read for a connection, and either for a connection to be
    /// made. A caller on the line waits as long: shorter than the time that a turn may take.
    pub patience: Duration,
    /// How many writes may wait in the queue before callers have to wait to get in.
    pub queue: usize,
}

impl PostgresOptions {
    /// The usual ones for the database at that URL: 14 connections at most.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ca_file: None,
            writers: 4,
            readers: 8,
            claimers: 2,
            patience: Duration::from_millis(1_500),
            queue: 4096,
        }
    }
}

/// Why the database could not be opened. Never holds the URL.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL isn't one. It isn't shown, nor what is wrong with it: either may be the password.
    #[error("the URL of the PostgreSQL database can't be understood")]
    Url,
    /// The file with certificates can't be used.
    #[error("the certificates in {} can't be used", .path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Cause,
    },
    /// No connection can be made.
    #[error("no connection to PostgreSQL at {place}")]
    Unreachable {
        /// Hosts, ports and database.
        place: String,
        /// What the server or the system said.
        #[source]
        source: Option<Cause>,
    },
    /// The database holds its text in another encoding.
    #[error(
        "the PostgreSQL database at {place} holds text as {encoding}, not as UTF8: make one with \
         `create database … encoding 'UTF8' template template0`"
    )]
    Encoding {
        /// Hosts, ports and database.
        place: String,
        /// What it is.
        encoding: String,
    },
    /// It can be read only.
    #[error("the PostgreSQL database at {place} lets us write nothing")]
    ReadOnly {
        /// Hosts, ports and database.
        place: String,
        /// What the server said.
        #[source]
        source: Option<Cause>,
    },
    /// The database is there, its schema doesn't fit.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

/// An open `PostgreSQL` database, migrated to the program's schema.
///
/// Dropping it finishes what is queued, as long as its runtime runs.
pub struct PostgresDriver {
    lanes: Lanes,
    reads: Pool,
    claims: Pool,
}

impl PostgresDriver {
    /// Connects, and creates or upgrades the schema where that is needed. Processes that start at the same time
    /// wait for each other here.
    pub async fn open(options: &PostgresOptions) -> Result<Self, OpenError> {
        let target = target::Target::of(options)?;
        let first = open::migrated(&target).await?;
        let lanes = Lanes::start(&target, options, first);
        let reads = Pool::new(&target, Use::Read, options.readers)?;
        let claims = Pool::new(&target, Use::Claim, options.claimers)?;
        Ok(Self { lanes, reads, claims })
    }
}

#[async_trait]
impl Driver for PostgresDriver {
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.reads.query(sql, sql, &args).await
    }

    async fn apply(&self, write: Write) -> Result<(), StoreError> {
        if write.is_empty() {
            return Ok(());
        }
        self.lanes.ask(Work::Apply(write)).await
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<Row>, StoreError> {
        let text = claim.sql.replace(SKIP_LOCKED, "for update skip locked");
        self.claims.query(claim.sql, &text, &claim.args).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.query("select cast(1 as bigint)", Vec::new()).await?;
        self.lanes.ask(Work::Probe).await
    }

    async fn close(&self) {
        self.reads.close();
        self.claims.close();
        self.lanes.close().await;
    }
}
