//! Opening: the file, its connections and their settings, the schema.

use std::ffi::CStr;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use refinery::{Migration, SchemaVersion};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, TransactionBehavior};

use super::session::Session;
use super::{OpenError, Place, SqliteOptions};
use crate::storage::migrate::{self, MigrateError};

/// After how many pages in the log it is put into the database: 8 megabytes. The more there are, the more changes of
/// one page are put there at once; the fewer, the shorter do writes wait meanwhile.
const LOG_PAGES: u32 = 2_000;

/// The size in bytes down to which the log is cut once its content is in the database.
const LOG_BYTES: i64 = 64 << 20;

/// The table in which the history of the schema is kept.
const HISTORY: &CStr = c"refinery_schema_history";

/// How long to wait before asking again for what another process holds.
const PAUSE: Duration = Duration::from_millis(10);

/// The connection that writes, on a database that is there and up to date.
pub(super) fn writer(options: &SqliteOptions) -> Result<Session, OpenError> {
    match &options.place {
        Place::File(path) => {
            create(path).map_err(|error| unusable(path, error))?;
            let mut connection = connect(path, options).map_err(|error| unusable(path, error))?;
            if switch_to_log(&connection, options).map_err(|error| unusable(path, error))? != "wal" {
                return Err(OpenError::NoLog { place: path.clone() });
            }
            prepare(&mut connection, options).map_err(|error| unusable(path, error))?;
            up_to_date(&mut connection)?;
            Ok(Session::new(connection))
        }
        Place::Memory => {
            let unusable = |error| unusable(Path::new(":memory:"), error);
            let mut connection = Connection::open_in_memory_with_flags(flags()).map_err(unusable)?;
            keep_plans(&connection).map_err(unusable)?;
            prepare(&mut connection, options).map_err(unusable)?;
            up_to_date(&mut connection)?;
            Ok(Session::new(connection))
        }
    }
}

/// A connection that only reads.
pub(super) fn reader(path: &Path, options: &SqliteOptions) -> Result<Session, OpenError> {
    let open = || {
        let connection = connect(path, options)?;
        // Not opened read-only: whichever connection closes last has to put the log into the database.
        connection.pragma_update(None, "query_only", true)?;
        Ok(Session::new(connection))
    };
    open().map_err(|error: rusqlite::Error| unusable(path, error))
}

/// The newest part of the schema that has been applied to a database which is there; `None`: no part of it.
pub(super) fn schema_version(
    path: &Path,
    options: &SqliteOptions,
) -> Result<Option<SchemaVersion>, OpenError> {
    let mut connection = connect(path, options).map_err(|error| unusable(path, error))?;
    // `SQLite` opens what may not be written for reading only, and does not say so.
    if connection.is_readonly(MAIN_DB).map_err(|error| unusable(path, error))? {
        return Err(unusable(path, std::io::Error::from(ErrorKind::PermissionDenied)));
    }
    connection.pragma_update(None, "query_only", true).map_err(|error| unusable(path, error))?;
    let has_history = connection.table_exists(Some(MAIN_DB), HISTORY);
    if !has_history.map_err(|error| unusable(path, error))? {
        return Ok(None);
    }
    let applied = migrate::runner("blob")?.get_last_applied_migration(&mut connection);
    Ok(applied.map_err(MigrateError::from)?.as_ref().map(Migration::version))
}

/// Makes the file, for its owner's eyes only; the log beside it takes over these rights. A file that is there
/// keeps the rights that the operator gave it.
fn create(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    match file.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn connect(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags())?;
    connection.busy_timeout(options.patience)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// A statement's plan does not hang on the values that it is given: a statement over a table with a partial index would
/// be planned anew for each, and that takes longer than most of them do.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Asks for the write-ahead log; the answer is the mode that is then in force. The one statement for which
/// `SQLite` doesn't wait for others by itself, should they open or close the database at the same time.
fn switch_to_log(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<String> {
    let mut waited = Duration::ZERO;
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && waited < options.patience =>
            {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            answer => return answer,
        }
    }
}

/// The settings of the connection that writes.
fn prepare(connection: &mut Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", LOG_PAGES, |_| Ok(()))?;
    if let Some(bytes) = options.max_bytes {
        let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(bytes / u64::from(page).max(1)).unwrap_or(i64::MAX).max(1);
        connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

fn up_to_date(connection: &mut Connection) -> Result<(), MigrateError> {
    let runner = migrate::runner("blob")?;
    // Another process that starts at the same time may migrate between our look at the history and our step;
    // then ours fails as a whole, and a second look finds everything done.
    let Err(error) = runner.run(connection).or_else(|_| runner.run(connection)) else { return Ok(()) };
    let applied = runner.get_last_applied_migration(connection).ok().flatten();
    Err(migrate::explain(error, applied.as_ref().map(Migration::version)))
}

pub(super) fn unusable(
    place: impl Into<PathBuf>,
    source: impl std::error::Error + Send + Sync + 'static,
) -> OpenError {
    OpenError::Unusable { place: place.into(), source: Arc::new(source) }
}
