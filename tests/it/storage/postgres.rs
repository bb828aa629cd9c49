//! What is `PostgreSQL`'s own: its locks, its connections, its errors, and many processes on one database.

mod connections;
mod locks;
mod open;
mod words;

use crate::database::TestDatabase;
use dutyline::ports::error::{Outage, StoreError};
use dutyline::storage::driver::Driver;
use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};
use dutyline::storage::write::{Write, args};
use std::time::Duration;
use tokio_postgres::Client;

const TABLE: &str = "create table thing (id text primary key, number bigint not null)";
const INSERT: &str = "insert into thing (id, number) values ($1, $2)";
const RAISE: &str = "update thing set number = number + 1 where id = $1";
const NUMBER: &str = "select number from thing where id = $1";

/// A database with a table, and another program's connections to it.
struct Bed {
    database: TestDatabase,
    stranger: Client,
    /// Looks on: within a transaction the server shows the same picture again and again.
    watcher: Client,
}

impl Bed {
    async fn new() -> Option<Self> {
        let database = TestDatabase::new().await?;
        let stranger = database.stranger().await;
        stranger.batch_execute(TABLE).await.unwrap();
        let watcher = database.stranger().await;
        Some(Self { database, stranger, watcher })
    }

    fn options(&self) -> PostgresOptions {
        PostgresOptions { patience: Duration::from_secs(1), ..PostgresOptions::new(self.database.url()) }
    }

    async fn open(&self) -> PostgresDriver {
        PostgresDriver::open(&self.options()).await.unwrap()
    }

    /// Waits until that many connections wait for a lock of the stranger's.
    async fn until_waiting(&self, count: i64) {
        let own = self.stranger.query_one("select pg_backend_pid()", &[]).await.unwrap();
        let waiting = "select count(*) from pg_stat_activity where $1 = any(pg_blocking_pids(pid))";
        let waiting = async || {
            self.watcher.query_one(waiting, &[&own.get::<_, i32>(0)]).await.unwrap().get::<_, i64>(0)
        };
        while waiting().await < count {}
    }
}

fn insert(id: &str, number: i64) -> Write {
    Write::new().one(INSERT, args![id, number])
}

fn raise(id: &str) -> Write {
    Write::new().one(RAISE, args![id])
}

async fn number(driver: &PostgresDriver, id: &str) -> i64 {
    driver.query(NUMBER, args![id]).await.unwrap()[0].int(0).unwrap()
}

#[track_caller]
fn outage<T: std::fmt::Debug>(answer: Result<T, StoreError>) -> Outage {
    match answer {
        Err(StoreError::Unavailable { outage, .. }) => outage,
        other => panic!("{other:?}"),
    }
}

/// An error and all that it came from.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}
