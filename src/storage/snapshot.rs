//! A database as it was at one moment, and its copy in another one.

use async_trait::async_trait;
use futures_util::future::try_join_all;
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, OnceLock};

use super::migrate;
use super::sqlite::tables::{self, Column};
use super::write::{Row, Value, Write};
use crate::ports::error::{Cause, StoreError};

/// How many rows are read at a time.
const PAGE: usize = 500;
/// How many rows are written at a time.
const CHUNK: usize = 100;

/// A database as it was at one moment, however long it is looked at and whatever is written meanwhile.
#[async_trait]
pub trait Snapshot: Send + Sync {
    /// Reads.
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError>;
}

/// Why there is no looking at a database.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is none.
    #[error("there is no database {0}")]
    Missing(String),
    /// No program of ours has ever been at work on it.
    #[error("the database {0} holds nothing of this program")]
    Strange(String),
    /// It can't be read.
    #[error("the database {place} can't be read")]
    Unusable {
        /// Where it is.
        place: String,
        /// What the system or the database said.
        #[source]
        source: Cause,
    },
    /// It can't be reached.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] super::postgres::OpenError),
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

impl SnapshotError {
    /// The database of that place can't be read.
    pub(super) fn unusable(place: String, source: impl Error + Send + Sync + 'static) -> Self {
        Self::Unusable { place, source: Arc::new(source) }
    }

    /// An error unless the schema version of a database is ours.
    pub(super) fn unless_ours(database: i64) -> Result<(), Self> {
        let program = i64::from(migrate::newest());
        if database == program { Ok(()) } else { Err(Self::OtherVersion { database, program }) }
    }
}

/// A table of the schema, and the statements that copy it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    columns: usize,
    /// Where the columns of the primary key are.
    key: Vec<usize>,
    first_page: String,
    next_page: String,
    insert: String,
    /// Finds one row, if there is any.
    #[cfg(feature = "postgres")]
    pub(super) any: String,
}

/// All tables of the program's schema, by name. They are found out from the schema itself, so that a new one is
/// copied without a line here.
pub(super) async fn tables() -> Result<&'static [Table], StoreError> {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    if let Some(tables) = TABLES.get() {
        return Ok(tables);
    }
    let columns = tables::columns().await?;
    let tables = columns.chunk_by(|one, other| one.table == other.table).filter_map(Table::of).collect();
    Ok(TABLES.get_or_init(|| tables))
}

impl Table {
    /// The table of those columns.
    fn of(columns: &[Column]) -> Option<Self> {
        let name = columns.first()?.table.clone();
        let mut key: Vec<_> = columns.iter().enumerate().filter(|(_, column)| column.in_key > 0).collect();
        key.sort_by_key(|(_, column)| column.in_key);
        let list = |names: Vec<&str>| names.join(", ");
        let gaps = |count: usize| list_of((1..=count).map(|number| format!("${number}")));
        let all = list(columns.iter().map(|column| column.name.as_str()).collect());
        let by = list(key.iter().map(|(_, column)| column.name.as_str()).collect());
        let page = |after: &str| {
            ["select", &all, "from", &name, after, "order by", &by, "limit", &PAGE.to_string()].join(" ")
        };
        Some(Self {
            first_page: page(""),
            next_page: page(&format!("where ({by}) > ({})", gaps(key.len()))),
            insert: ["insert into", &name, "(", &all, ") values (", &gaps(columns.len()), ")"].join(" "),
            #[cfg(feature = "postgres")]
            any: ["select", "cast(1 as bigint) from", &name, "limit 1"].join(" "),
            columns: columns.len(),
            key: key.into_iter().map(|(at, _)| at).collect(),
            name,
        })
    }

    /// The page after that row, in the order of the primary key; without a row, the first.
    async fn page(&'static self, from: &dyn Snapshot, after: Option<&Row>) -> Result<Vec<Row>, StoreError> {
        match after {
            None => from.query(&self.first_page, vec![]).await,
            Some(row) => {
                let key = self.key.iter().map(|column| row.any(*column).cloned());
                from.query(&self.next_page, key.collect::<Result<_, _>>()?).await
            }
        }
    }

    /// Rows as one write.
    fn inserts(&'static self, rows: &[Row]) -> Result<Write, StoreError> {
        rows.iter().try_fold(Write::new(), |write, row| {
            let values = (0..self.columns).map(|column| row.any(column).cloned());
            Ok(write.one(&self.insert, values.collect::<Result<_, _>>()?))
        })
    }
}

fn list_of(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// Copies every row into a database of the same schema that has none, by what carries out a write there; answers how
/// many each table has.
pub(super) async fn copy<F>(
    from: &dyn Snapshot,
    apply: impl Fn(Write) -> F,
) -> Result<BTreeMap<String, u64>, StoreError>
where
    F: Future<Output = Result<(), StoreError>>,
{
    let mut counts = BTreeMap::new();
    for table in tables().await? {
        let mut count = 0_u64;
        let mut rows = table.page(from, None).await?;
        while !rows.is_empty() {
            let writes = rows.chunks(CHUNK).map(|rows| table.inserts(rows)).collect::<Result<Vec<_>, _>>()?;
            try_join_all(writes.into_iter().map(&apply)).await?;
            count = count.saturating_add(u64::try_from(rows.len()).unwrap_or(u64::MAX));
            rows = table.page(from, rows.last()).await?;
        }
        counts.insert(table.name.clone(), count);
    }
    Ok(counts)
}
