//! Looks at a database as it is at one moment, while others go on writing.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::session::Session;
use super::{Place, SqliteOptions, fault, open};
use crate::ports::error::{Cause, StoreError};
use crate::storage::migrate;
use crate::storage::snapshot::Snapshot;
use crate::storage::write::{Row, Value};

/// Why there is no looking at a database.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is none.
    #[error("there is no database {}", .0.display())]
    Missing(PathBuf),
    /// It can't be read.
    #[error("the database {} can't be read", .place.display())]
    Unusable {
        /// The file.
        place: PathBuf,
        /// What the system or the database said.
        #[source]
        source: Cause,
    },
    /// Another version of the program has made it what it is, and ours would misread it. It stays as it is.
    #[error(
        "the database has schema version {database}, and this program's is {program}: use the program that runs \
         on it, or start this one on it first"
    )]
    OtherVersion {
        /// The schema version of the database.
        database: i64,
        /// Ours.
        program: i64,
    },
}

/// One moment of an `SQLite` database. The log beside the database can't be cut while it is looked at.
pub struct SqliteSnapshot {
    session: Arc<Mutex<Session>>,
}

impl SqliteSnapshot {
    /// The present moment of a database that is there and has the program's schema. Blocks meanwhile; changes
    /// nothing.
    pub fn open(options: &SqliteOptions) -> Result<Self, SnapshotError> {
        let Place::File(path) = &options.place else { return Err(SnapshotError::Missing(":memory:".into())) };
        if !path.exists() {
            return Err(SnapshotError::Missing(path.clone()));
        }
        let unusable = |source: Cause| SnapshotError::Unusable { place: path.clone(), source };
        let mut session = open::reader(path, options).map_err(|error| unusable(Arc::new(error)))?;
        session.begin_to_read().map_err(|error| unusable(Arc::new(error)))?;
        // The first read decides which moment it is.
        let sql = "select max(version) from refinery_schema_history";
        let rows = session.read(sql, &[]).map_err(|error| unusable(Arc::new(error)))?;
        let applied = rows.first().map(|row| row.opt_int(0)).transpose();
        let applied = applied.map_err(|error| unusable(Arc::new(error)))?.flatten().unwrap_or_default();
        let (database, program) = (applied, i64::from(migrate::newest()));
        if database != program {
            return Err(SnapshotError::OtherVersion { database, program });
        }
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
