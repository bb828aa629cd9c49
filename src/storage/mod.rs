//! One implementation of every store trait, over a [`driver::Driver`] a database.
//!
//! The area files hold the SQL text, turn a decision into a [`write::Write`] and a [`write::Row`] into a value
//! of the domain. What a database does in its own way stays in its own driver file.

mod alerting;
mod answers;
pub mod backup;
mod changes;
mod columns;
mod deliveries;
mod directory;
pub mod driver;
mod events;
mod history;
mod hooks;
mod keys;
mod legs;
mod links;
mod log;
pub mod migrate;
mod outbox;
#[cfg(feature = "postgres")]
pub mod postgres;
mod queue;
mod recordings;
mod retention;
mod rings;
pub mod snapshot;
pub mod sqlite;
mod voice;
pub mod write;

use std::sync::Arc;

use alerting::numbers::Numbers;
use driver::Driver;
use sqlite::{OpenError, SqliteDriver, SqliteOptions};

use crate::domain::ids::Ids;
use crate::ports::error::{Inconsistent, StoreError};
use write::{Row, Value};

/// The store: all areas, on one database. Cheap to clone.
#[derive(Clone)]
pub struct SqlStore {
    driver: Arc<dyn Driver>,
    ids: Arc<dyn Ids>,
    numbers: Numbers,
}

impl SqlStore {
    /// The store on a database that is open and migrated.
    pub fn new(driver: Arc<dyn Driver>, ids: Arc<dyn Ids>) -> Self {
        Self { driver, ids, numbers: Numbers::default() }
    }

    /// Opens an embedded database, creating or upgrading it first where that is needed. Blocks meanwhile.
    pub fn open_sqlite(options: &SqliteOptions, ids: Arc<dyn Ids>) -> Result<Self, OpenError> {
        Ok(Self::new(Arc::new(SqliteDriver::open(options)?), ids))
    }

    /// Opens a `PostgreSQL` database, creating or upgrading its schema first where that is needed.
    #[cfg(feature = "postgres")]
    pub async fn open_postgres(
        options: &postgres::PostgresOptions,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, postgres::OpenError> {
        Ok(Self::new(Arc::new(postgres::PostgresDriver::open(options).await?), ids))
    }

    /// The first row of a result, as something.
    async fn first<T>(
        &self,
        sql: &'static str,
        args: Vec<Value>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.driver.few(sql, args).await?.first().map(read).transpose()
    }

    /// Accepts nothing more, finishes what is queued, and lets go of the database.
    pub async fn close(&self) {
        self.driver.close().await;
    }
}

/// A value of ours that has no written form: a fault of the program.
fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Inconsistent(Inconsistent {
        statement: "a value that was to be written",
        row: None,
        column: None,
        problem: "has no JSON form".into(),
        source: Some(Arc::new(error)),
    })
}
