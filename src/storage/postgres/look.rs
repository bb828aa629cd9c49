//! A look at a database that changes nothing in it, not even its schema.

use refinery::SchemaVersion;
use tokio_postgres::Client;

use super::fault::{Fault, of_control};
use super::open;
use super::target::Target;
use super::{OpenError, PostgresOptions};
use crate::storage::migrate::Condition;

/// Whether there is a history of our schema.
const HAS_HISTORY: &str = "select to_regclass('refinery_schema_history') is not null";
/// The newest part of the schema that has been applied.
const VERSION: &str = "select max(version) from refinery_schema_history";
/// Whether the next start may make tables.
const MAY_MAKE: &str = "select current_setting('transaction_read_only') = 'off' \
                        and coalesce(has_schema_privilege(current_schema(), 'create'), false)";
/// A row, written and taken back.
const WRITE: &str = "begin; insert into probe (id, filler) values (1, ''); rollback";

/// Looks at that database.
///
/// An error is what a start would fail with, or [`OpenError::ReadOnly`].
pub async fn look(options: &PostgresOptions) -> Result<Condition, OpenError> {
    let target = Target::of(options)?;
    let unreachable = |fault: Fault| open::unreachable(&target, fault);
    let client = open::connected(&target).await?;
    client.batch_execute(&target.manners()).await.map_err(|error| unreachable(of_control(error)))?;
    let applied = version(&client).await.map_err(|error| unreachable(of_control(error)))?;
    let condition = Condition::of(applied.flatten())?;
    let refused = |source| OpenError::ReadOnly { place: target.place.to_string(), source };
    if condition == Condition::Current {
        client.batch_execute(WRITE).await.map_err(|error| refused(of_control(error).cause()))?;
    } else {
        let may = client.query_one(MAY_MAKE, &[]).await.and_then(|row| row.try_get(0));
        if !may.map_err(|error| unreachable(of_control(error)))? {
            return Err(refused(None));
        }
    }
    Ok(if applied.is_none() { Condition::Missing } else { condition })
}

/// The newest part of the schema that has been applied; the outer `None`: there is no history of it at all.
async fn version(client: &Client) -> Result<Option<Option<SchemaVersion>>, tokio_postgres::Error> {
    let has_history: bool = client.query_one(HAS_HISTORY, &[]).await?.try_get(0)?;
    if !has_history {
        return Ok(None);
    }
    let newest: Option<i32> = client.query_one(VERSION, &[]).await?.try_get(0)?;
    Ok(Some(newest))
}
