//! Looks at a database as it is at one moment, while others go on writing.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::session::Session;
use super::{Place, SqliteOptions, fault, open};
use crate::ports::error::StoreError;
use crate::storage::snapshot::{Snapshot, SnapshotError};
use crate::storage::write::{Row, Value};

/// One moment of an `SQLite` database. The log beside the database can't be cut while it is looked at.
pub struct SqliteSnapshot {
    session: Arc<Mutex<Session>>,
}

impl SqliteSnapshot {
    /// The present moment of a database that is there and has the program's schema. Blocks meanwhile; changes
    /// nothing.
    pub fn open(options: &SqliteOptions) -> Result<Self, SnapshotError> {
        let Place::File(path) = &options.place else {
            return Err(SnapshotError::Missing(":memory:".to_owned()));
        };
        if !path.exists() {
            return Err(SnapshotError::Missing(path.display().to_string()));
        }
        let place = || path.display().to_string();
        let opened = open::reader(path, options);
        let mut session = opened.map_err(|error| SnapshotError::unusable(place(), error))?;
        let unusable = |error: StoreError| SnapshotError::unusable(place(), error);
        session.begin_to_read().map_err(unusable)?;
        // The first read decides which moment it is.
        let sql = "select max(version) from refinery_schema_history";
        let rows = session.read(sql, &[]).map_err(unusable)?;
        let applied = rows.first().map(|row| row.opt_int(0)).transpose().map_err(unusable)?;
        SnapshotError::unless_ours(applied.flatten().unwrap_or_default())?;
        Ok(Self { session: Arc::new(Mutex::new(session)) })
    }
}

#[async_trait]
impl Snapshot for SqliteSnapshot {
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let session = Arc::clone(&self.session);
        let read = move || session.lock().unwrap_or_else(PoisonError::into_inner).read(sql, &args);
        match tokio::task::spawn_blocking(read).await {
            Ok(rows) => rows,
            Err(_ended) => Err(fault::of_statement(sql, "was broken off")),
        }
    }
}
