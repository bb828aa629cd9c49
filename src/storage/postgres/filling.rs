//! Fills an empty database in one transaction: whatever happens meanwhile, there is all of it afterwards, or nothing.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::fault::{Fault, of_control};
use super::open;
use super::session::Session;
use super::target::Target;
use super::{OpenError, PostgresOptions};
use crate::ports::error::{Cause, StoreError};
use crate::storage::snapshot;
use crate::storage::write::Write;

/// Why a database was not filled. It is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// It can't be opened or brought up to date.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It has rows already.
    #[error("the PostgreSQL database at {place} is not empty: table {table} has rows")]
    NotEmpty {
        /// Hosts, ports and database.
        place: String,
        /// A table with rows.
        table: &'static str,
    },
    /// It failed, or somebody else holds it.
    #[error("the PostgreSQL database at {place} failed")]
    Store {
        /// Hosts, ports and database.
        place: String,
        /// Why.
        #[source]
        source: Cause,
    },
}

impl FillError {
    fn of(target: &Target, error: StoreError) -> Self {
        Self::Store { place: target.place.to_string(), source: Arc::new(error) }
    }
}

/// A database that is being filled. Others can read it meanwhile, and not write. Dropped before its end, it stays
/// empty.
pub(in crate::storage) struct Filling {
    target: Target,
    session: Mutex<Session>,
}

impl Filling {
    /// Begins, on a database that is brought to the program's schema where that is needed, and has no row.
    pub(in crate::storage) async fn begin(options: &PostgresOptions) -> Result<Self, FillError> {
        let target = Target::of(options)?;
        let mut session = open::migrated(&target).await?;
        session.take_time(&target).await.map_err(|fault| open::unreachable(&target, fault))?;
        let failed = |error: StoreError| FillError::of(&target, error);
        let tables = snapshot::tables().await.map_err(failed)?;
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let text = format!("begin; lock table {} in exclusive mode", names.join(", "));
        let begun = session.client.batch_execute(&text).await;
        begun.map_err(|error| failed(of_control(error).error))?;
        for table in tables {
            if !session.read(&table.any, &[]).await.map_err(failed)?.is_empty() {
                return Err(FillError::NotEmpty { place: target.place.to_string(), table: &table.name });
            }
        }
        Ok(Self { target, session: Mutex::new(session) })
    }

    /// Writes. After an error there is no going on.
    pub(in crate::storage) async fn apply(&self, write: Write) -> Result<(), StoreError> {
        let told = |fault: Fault| fault.error;
        let mut session = self.session.lock().await;
        let steps = session.prepare(&write).await.map_err(told)?;
        let mut sent = Vec::with_capacity(steps.len());
        for step in &steps {
            sent.push(step.send(&session.client).await);
        }
        for (step, sent) in steps.iter().zip(sent) {
            step.judge(sent.answer().await).map_err(told)?;
        }
        Ok(())
    }

    /// Makes it durable.
    pub(in crate::storage) async fn commit(self) -> Result<(), FillError> {
        let session = self.session.into_inner();
        let done = session.client.batch_execute("commit").await;
        done.map_err(|error| FillError::of(&self.target, of_control(error).error))
    }
}
