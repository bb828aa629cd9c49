//! Opening: the encoding, the schema.

use refinery::Migration;
use tokio_postgres::Client;

use super::OpenError;
use super::fault::{Fault, of_control};
use super::session::Session;
use super::target::Target;
use crate::storage::migrate::{self, MigrateError};

/// What processes that migrate the same database hold meanwhile: one at a time.
const MIGRATING: i64 = i64::from_be_bytes(*b"dutyline");

/// How long to wait for another process that migrates, in milliseconds.
const MIGRATION_PATIENCE: u32 = 120_000;

/// No connection can be made, or it has broken at once.
pub(super) fn unreachable(target: &Target, fault: Fault) -> OpenError {
    OpenError::Unreachable { place: target.place.to_string(), source: fault.cause() }
}

/// A connection to a database that holds text as we do. It is told nothing yet.
pub(super) async fn connected(target: &Target) -> Result<Client, OpenError> {
    let unreachable = |fault: Fault| unreachable(target, fault);
    let client = target.connect().await.map_err(unreachable)?;
    let encoding = client.query_one("select current_setting('server_encoding')", &[]).await;
    let encoding: String =
        encoding.and_then(|row| row.try_get(0)).map_err(|error| unreachable(of_control(error)))?;
    if encoding == "UTF8" {
        Ok(client)
    } else {
        Err(OpenError::Encoding { place: target.place.to_string(), encoding })
    }
}

/// A connection for writing, on a database that is there and up to date.
pub(super) async fn migrated(target: &Target) -> Result<Session, OpenError> {
    let unreachable = |fault: Fault| unreachable(target, fault);
    let mut client = connected(target).await?;
    let lock = format!("set lock_timeout = {MIGRATION_PATIENCE}; select pg_advisory_lock({MIGRATING})");
    client.batch_execute(&lock).await.map_err(|error| unreachable(of_control(error)))?;
    let outcome = up_to_date(&mut client).await;
    // The lock goes with the connection, should this fail.
    let unlock = format!("select pg_advisory_unlock({MIGRATING})");
    let unlocked = client.batch_execute(&unlock).await;
    outcome?;
    unlocked.map_err(|error| unreachable(of_control(error)))?;
    Session::new(client, target).await.map_err(unreachable)
}

async fn up_to_date(client: &mut Client) -> Result<(), MigrateError> {
    let runner = migrate::runner("bytea")?;
    let Err(error) = runner.run_async(client).await else { return Ok(()) };
    let applied = runner.get_last_applied_migration_async(client).await.ok().flatten();
    Err(migrate::explain(error, applied.as_ref().map(Migration::version)))
}
