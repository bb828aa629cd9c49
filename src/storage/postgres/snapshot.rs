//! Looks at a database as it is at one moment, while others go on writing.

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::PostgresOptions;
use super::fault::{Fault, of_control};
use super::open;
use super::session::Session;
use super::target::Target;
use crate::ports::error::StoreError;
use crate::storage::snapshot::{Snapshot, SnapshotError};
use crate::storage::write::{Row, Value};

/// Every read sees what was committed before the first one, and nothing can be written.
const BEGIN: &str = "begin isolation level repeatable read read only";

/// One moment of a `PostgreSQL` database. While it is there, the server keeps what others delete.
pub struct PostgresSnapshot {
    session: Mutex<Session>,
}

impl PostgresSnapshot {
    /// The present moment of a database that has the program's schema. Changes nothing.
    pub async fn open(options: &PostgresOptions) -> Result<Self, SnapshotError> {
        let target = Target::of(options)?;
        let place = || target.place.to_string();
        let client = open::connected(&target).await?;
        let mut session = Session::for_long(client, &target).await.map_err(|fault| of(&target, fault))?;
        let begun = session.client.batch_execute(BEGIN).await;
        begun.map_err(|error| of(&target, of_control(error)))?;
        // The first read decides which moment it is.
        let has_history = "select cast(count(to_regclass('refinery_schema_history')) as bigint)";
        let applied = "select cast(max(version) as bigint) from refinery_schema_history";
        let mut first = async |sql| {
            let rows = session.read(sql, &[]).await?;
            rows.first().map_or(Ok(None), |row| row.opt_int(0))
        };
        let unusable = |error: StoreError| SnapshotError::unusable(place(), error);
        if first(has_history).await.map_err(unusable)? != Some(1) {
            return Err(SnapshotError::Strange(place()));
        }
        let applied = first(applied).await.map_err(unusable)?;
        SnapshotError::unless_ours(applied.unwrap_or_default())?;
        Ok(Self { session: Mutex::new(session) })
    }
}

#[async_trait]
impl Snapshot for PostgresSnapshot {
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.session.lock().await.read(sql, &args).await
    }
}

fn of(target: &Target, fault: Fault) -> SnapshotError {
    open::unreachable(target, fault).into()
}
