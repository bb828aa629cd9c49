//! One connection and its prepared statements.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, params_from_iter};

use super::fault;
use crate::ports::error::StoreError;
use crate::storage::driver::SKIP_LOCKED;
use crate::storage::write::{Row, Value, refuse_nul};

/// How many prepared statements a connection keeps: more than the program has.
const STATEMENTS: usize = 512;

/// A connection, and what is known of each statement that went over it.
pub(super) struct Session {
    connection: Connection,
    known: HashMap<&'static str, Known>,
}

/// A statement as `SQLite` reads it, and the names of the columns it returns.
struct Known {
    text: String,
    columns: Arc<[String]>,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Self { connection, known: HashMap::new() }
    }

    /// Opens a transaction and takes the right to write at once, so that no later step has to wait for it.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        self.control("begin immediate")
    }

    /// Opens a transaction that only reads: what is read in it is one state of the database, that of its first
    /// read.
    pub(super) fn begin_to_read(&mut self) -> Result<(), StoreError> {
        self.control("begin deferred")
    }

    /// Ends a transaction that only read.
    pub(super) fn end_reading(&mut self) {
        self.roll_back();
    }

    /// Undoes the transaction.
    pub(super) fn abandon(&mut self) {
        self.roll_back();
    }

    /// Makes the transaction durable, or undoes it.
    pub(super) fn commit(&mut self) -> Result<(), StoreError> {
        let outcome = self.control("commit");
        if outcome.is_err() {
            self.roll_back();
        }
        outcome
    }

    /// Whether a transaction is open.
    pub(super) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Marks the place to which [`Session::undo`] goes back.
    pub(super) fn savepoint(&mut self) -> Result<(), StoreError> {
        self.control("savepoint job")
    }

    /// Makes what was done since the savepoint part of the transaction.
    pub(super) fn keep(&mut self) -> Result<(), StoreError> {
        let outcome = self.control("release job");
        if outcome.is_err() {
            self.roll_back();
        }
        outcome
    }

    /// Undoes what was done since the savepoint; the whole transaction, if that is all that can be done.
    pub(super) fn undo(&mut self) {
        if !self.in_transaction() {
            return;
        }
        let undone = self.control("rollback to job").and_then(|()| self.control("release job"));
        if undone.is_err() {
            self.roll_back();
        }
    }

    /// Runs a statement that returns no rows; how many it has changed.
    pub(super) fn change(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, StoreError> {
        refuse_nul(sql, args)?;
        let (mut statement, _) = self.prepare(sql)?;
        let changed = statement.execute(params_from_iter(args.iter().map(bound)));
        // A count of rows fits 64 bits on every machine that there is.
        changed.map(|rows| rows as u64).map_err(|error| fault::explain(error, sql))
    }

    /// Runs a statement that only reads.
    pub(super) fn read(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let (mut statement, columns) = self.prepare(sql)?;
        if !statement.readonly() {
            return Err(fault::of_statement(sql, "writes, where only reading is allowed"));
        }
        rows(&mut statement, &columns, sql, args)
    }

    /// Runs a statement that changes rows and returns them.
    pub(super) fn claim(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let (mut statement, columns) = self.prepare(sql)?;
        rows(&mut statement, &columns, sql, args)
    }

    fn prepare(&mut self, sql: &'static str) -> Result<(CachedStatement<'_>, Arc<[String]>), StoreError> {
        let explained = |error| fault::explain(error, sql);
        if let Some(known) = self.known.get(sql) {
            let statement = self.connection.prepare_cached(&known.text).map_err(explained)?;
            return Ok((statement, Arc::clone(&known.columns)));
        }
        let text = as_sqlite_reads(sql);
        let statement = self.connection.prepare_cached(&text).map_err(explained)?;
        let columns: Arc<[String]> = statement.column_names().map(ToOwned::to_owned).collect();
        self.known.insert(sql, Known { text, columns: Arc::clone(&columns) });
        Ok((statement, columns))
    }

    /// Runs a statement that steers the transaction.
    fn control(&self, sql: &str) -> Result<(), StoreError> {
        let done = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        done.map(drop).map_err(fault::of_control)
    }

    /// Ends the transaction without it. When even that fails there is none, or the next `begin` says so.
    fn roll_back(&self) {
        if self.in_transaction()
            && let Err(error) = self.control("rollback")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }
}

fn rows(
    statement: &mut CachedStatement<'_>,
    columns: &Arc<[String]>,
    sql: &'static str,
    args: &[Value],
) -> Result<Vec<Row>, StoreError> {
    refuse_nul(sql, args)?;
    let explained = |error| fault::explain(error, sql);
    let mut found = Vec::new();
    let mut cursor = statement.query(params_from_iter(args.iter().map(bound))).map_err(explained)?;
    while let Some(row) = cursor.next().map_err(explained)? {
        let values = (0..columns.len())
            .map(|column| row.get_ref(column).and_then(|value| owned(column, value)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(explained)?;
        found.push(Row::new(sql, Arc::clone(columns), values));
    }
    Ok(found)
}

fn bound(value: &Value) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(match value {
        Value::Null => ValueRef::Null,
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Int(number) => ValueRef::Integer(*number),
        Value::Real(number) => ValueRef::Real(*number),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    })
}

fn owned(column: usize, value: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => match str::from_utf8(text) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(error) => return Err(rusqlite::Error::Utf8Error(column, error)),
        },
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_owned()),
    })
}

/// The portable text in `SQLite`'s words: `$1` becomes `?1` (it would number `$1` by first appearance, not by
/// its number), and the lock hint goes, since there is one writer only. Quoted text stays as it is.
fn as_sqlite_reads(sql: &str) -> String {
    let sql = sql.replace(SKIP_LOCKED, "");
    let mut text = String::with_capacity(sql.len());
    let mut quote = None;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(_) | None => {}
        }
        let placeholder =
            letter == '$' && quote.is_none() && letters.peek().is_some_and(char::is_ascii_digit);
        text.push(if placeholder { '?' } else { letter });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::as_sqlite_reads;

    #[test]
    fn placeholders_keep_their_numbers_and_quotes_their_text() {
        for (portable, sqlite) in [
            ("select $2, $1", "select ?2, ?1"),
            ("select '$1', $10", "select '$1', ?10"),
            ("select 'it''s $1', $1", "select 'it''s $1', ?1"),
            (r#"select "a$1" from t where b = $1"#, r#"select "a$1" from t where b = ?1"#),
            (
                "update t set a = $1 where id in (select id from t limit 1 {skip locked})",
                "update t set a = ?1 where id in (select id from t limit 1 )",
            ),
        ] {
            assert_eq!(as_sqlite_reads(portable), sqlite);
        }
    }
}
