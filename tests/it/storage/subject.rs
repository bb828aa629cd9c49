//! The databases that a case runs on. A new driver is one more line in [`on_every_driver`].

#[cfg(feature = "postgres")]
use crate::database::TestDatabase;
use dutyline::storage::driver::Driver;
#[cfg(feature = "postgres")]
use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};
use dutyline::storage::sqlite::{SqliteDriver, SqliteOptions};
use std::sync::Arc;
use tempfile::TempDir;

/// A database for one test.
pub(super) struct Subject {
    pub(super) driver: Arc<dyn Driver>,
    /// The name of its blob type.
    pub(super) blob: &'static str,
    /// Deletes the database's folder at the end.
    _folder: Option<TempDir>,
    /// Deletes the database at the end.
    #[cfg(feature = "postgres")]
    _database: Option<TestDatabase>,
}

impl Subject {
    pub(super) fn sqlite_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions::file(folder.path().join("test.db"));
        Self::sqlite(&options, Some(folder))
    }

    pub(super) fn sqlite_memory() -> Self {
        Self::sqlite(&SqliteOptions::memory(), None)
    }

    fn sqlite(options: &SqliteOptions, folder: Option<TempDir>) -> Self {
        Self {
            driver: Arc::new(SqliteDriver::open(options).unwrap()),
            blob: "blob",
            _folder: folder,
            #[cfg(feature = "postgres")]
            _database: None,
        }
    }

    /// `None` where there is no server to have one on.
    #[cfg(feature = "postgres")]
    pub(super) async fn postgres() -> Option<Self> {
        let database = TestDatabase::new().await?;
        let options = PostgresOptions { writers: 2, readers: 2, ..PostgresOptions::new(database.url()) };
        let driver = Arc::new(PostgresDriver::open(&options).await.unwrap());
        Some(Self { driver, blob: "bytea", _folder: None, _database: Some(database) })
    }
}

/// `on_every_driver! { prepare; case case … }`: `prepare` makes of a [`Subject`] what each case takes.
macro_rules! on_every_driver {
    ($prepare:ident; $($case:ident)*) => { $(
        mod $case {
            use crate::storage::subject::Subject;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_file() {
                let subject = Subject::sqlite_file();
                super::$case(&super::$prepare(&subject).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite_memory() {
                let subject = Subject::sqlite_memory();
                super::$case(&super::$prepare(&subject).await).await;
            }

            #[cfg(feature = "postgres")]
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(subject) = Subject::postgres().await {
                    super::$case(&super::$prepare(&subject).await).await;
                }
            }
        }
    )* };
}
pub(super) use on_every_driver;
