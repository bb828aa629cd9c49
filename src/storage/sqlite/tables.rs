//! The tables of the schema, as the database itself tells them.

use super::{SqliteDriver, SqliteOptions};
use crate::ports::error::{Outage, StoreError};
use crate::storage::driver::Driver;
use crate::storage::write::args;

/// A column of a table of the program's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::storage) struct Column {
    /// The table.
    pub(in crate::storage) table: String,
    /// Its own name.
    pub(in crate::storage) name: String,
    /// Its place in the primary key, from 1; 0: it is no part of that.
    pub(in crate::storage) in_key: usize,
}

/// Every column of the program's schema, table by table, in order. The history of the schema is left out: every
/// database has its own.
pub(in crate::storage) async fn columns() -> Result<Vec<Column>, StoreError> {
    let empty = SqliteDriver::open(&SqliteOptions::memory())
        .map_err(|error| StoreError::unavailable(Outage::Failing, error))?;
    let sql = "select t.name, c.name, c.pk from sqlite_master t join pragma_table_info(t.name) c \
               where t.type = 'table' and t.name not like 'sqlite%' and t.name not like 'refinery%' \
               order by t.name, c.cid";
    let rows = empty.query(sql, args![]).await?;
    empty.close().await;
    rows.iter()
        .map(|row| {
            let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
            Ok(Column { table: text(0)?, name: text(1)?, in_key: row.count(2)? })
        })
        .collect()
}
