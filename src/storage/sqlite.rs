//! The embedded database: `SQLite`.
//!
//! One thread writes. It takes whatever is queued, up to a thousand writes, puts them into one transaction and
//! makes that durable (`synchronous=FULL`) before it answers any of them: the cost of reaching the disk is
//! shared by all who wait. Readers have connections and threads of their own and are held up by nobody
//! (write-ahead log): some for reads of many rows, and one for reads by key, which takes whatever is queued as the
//! writer does. A read by key is over sooner than a thread is woken, so it is done in place where no other is just
//! then. A database in memory has one connection only, so its reads queue with the writes.

mod fault;
mod lane;
mod look;
mod open;
mod readers;
mod session;
pub mod snapshot;
pub(super) mod tables;
mod writer;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use async_trait::async_trait;

use self::lane::{Lane, Threads};
pub use self::look::look;
use self::readers::Query;
use self::session::Session;
use self::writer::Work;
use super::driver::{Claim, Driver};
use super::migrate::MigrateError;
use super::write::{Row, Value, Write};
use crate::ports::error::{Cause, StoreError};

/// Where the database is, and how much it may take.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Where it is.
    pub place: Place,
    /// How many reads of many rows run at the same time, at least 1. Without meaning in memory.
    pub readers: usize,
    /// How long a write waits while another process (a command line beside the server) holds the database. A
    /// caller on the line waits as long: shorter than the time that a turn may take.
    pub patience: Duration,
    /// How many writes, and how many reads, may wait in the queue before callers have to wait to get in.
    pub queue: usize,
    /// The size that the database may grow to, in bytes; a write beyond it is refused like one on a full
    /// disk. The log beside it (some megabytes) is not counted. `None`: as far as the disk goes.
    pub max_bytes: Option<u64>,
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file, which is created (for its owner's eyes only) if it isn't there.
    File(PathBuf),
    /// In memory, gone with the store.
    Memory,
}

impl SqliteOptions {
    /// A database in a file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::File(path.into()))
    }

    /// A database of its own in memory.
    pub fn memory() -> Self {
        Self::at(Place::Memory)
    }

    fn at(place: Place) -> Self {
        Self { place, readers: 3, patience: Duration::from_secs(3), queue: 4096, max_bytes: None }
    }
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be created or used.
    #[error("cannot open the database {}", .place.display())]
    Unusable {
        /// The file; `:memory:` for a database in memory.
        place: PathBuf,
        /// What the system or the database said.
        #[source]
        source: Cause,
    },
    /// The file system has no shared memory between processes, which the write-ahead log needs.
    #[error("the database {} cannot have a write-ahead log where it is: put it on a local disk", .place.display())]
    NoLog {
        /// The file.
        place: PathBuf,
    },
    /// The database is there, its schema doesn't fit.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The system gives us no more threads.
    #[error("cannot start a thread for the database")]
    Thread(#[source] std::io::Error),
}

/// Who reads.
struct Readers {
    /// Reads by key, in place, until it is closed. There is one, so that a disk that hangs holds up one thread of the
    /// runtime and no other: those who find it taken ask the thread.
    in_place: Mutex<Option<Session>>,
    /// Reads by key.
    keyed: Lane<Query>,
    /// All others.
    others: Lane<Query>,
}

impl Readers {
    /// Reads in place; `None`: another does, or it is closed.
    fn at_once(&self, sql: &'static str, args: &[Value]) -> Option<Result<Vec<Row>, StoreError>> {
        let mut session = match self.in_place.try_lock() {
            Ok(session) => session,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        session.as_mut().map(|session| session.read(sql, args))
    }

    /// Lets go of the database, and accepts nothing more.
    async fn close(&self) {
        drop(self.in_place.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.keyed.close().await;
        self.others.close().await;
    }
}

/// An open `SQLite` database, migrated to the program's schema.
///
/// Dropping it finishes what is queued, and blocks until that is done; [`Driver::close`] doesn't block.
pub struct SqliteDriver {
    // The lanes come before the threads, so that they are dropped first and the threads come to their end.
    readers: Option<Readers>,
    writer: Lane<Work>,
    threads: Arc<Threads>,
}

impl SqliteDriver {
    /// Opens the database, creating or upgrading it first where that is needed. Blocks meanwhile.
    pub fn open(options: &SqliteOptions) -> Result<Self, OpenError> {
        let writing = open::writer(options)?;
        let mut threads = Threads::default();
        let readers = match &options.place {
            Place::File(path) => {
                let sessions = (0..options.readers.max(1))
                    .map(|_| open::reader(path, options))
                    .collect::<Result<Vec<_>, _>>()?;
                let in_place = Mutex::new(Some(open::reader(path, options)?));
                let keyed = open::reader(path, options)?;
                let keyed =
                    readers::start_keyed(keyed, options.queue, &mut threads).map_err(OpenError::Thread)?;
                let others =
                    readers::start(sessions, options.queue, &mut threads).map_err(OpenError::Thread)?;
                Some(Readers { in_place, keyed, others })
            }
            Place::Memory => None,
        };
        let writer = writer::start(writing, options.queue, &mut threads).map_err(OpenError::Thread)?;
        Ok(Self { readers, writer, threads: Arc::new(threads) })
    }

    /// Reads after all writes that are queued now.
    async fn query_in_turn(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        self.writer.ask(Work::Query(Query { sql, args })).await
    }
}

#[async_trait]
impl Driver for SqliteDriver {
    async fn query(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match &self.readers {
            Some(readers) => readers.others.ask(Query { sql, args }).await,
            None => self.query_in_turn(sql, args).await,
        }
    }

    async fn few(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match &self.readers {
            Some(readers) => match readers.at_once(sql, &args) {
                Some(rows) => rows,
                None => readers.keyed.ask(Query { sql, args }).await,
            },
            None => self.query_in_turn(sql, args).await,
        }
    }

    async fn apply(&self, write: Write) -> Result<(), StoreError> {
        if write.is_empty() {
            return Ok(());
        }
        self.writer.ask(Work::Apply(write)).await.map(drop)
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<Row>, StoreError> {
        self.writer.ask(Work::Claim(claim)).await
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // The writer opens its transaction for writing even for this, so it proves more than the reader.
        self.query("select 1", Vec::new()).await?;
        self.query_in_turn("select 1", Vec::new()).await.map(drop)
    }

    async fn close(&self) {
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        self.writer.close().await;
        let threads = Arc::clone(&self.threads);
        // It fails only if the runtime itself is ending, and then dropping the driver waits for them.
        drop(tokio::task::spawn_blocking(move || threads.join()).await);
    }
}
