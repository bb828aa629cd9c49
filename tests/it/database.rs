//! A `PostgreSQL` database for one test: a schema of its own on the server that `TEST_POSTGRES_URL` names, gone
//! at the end. `tests/with-postgres` runs a command beside such a server.

use tokio_postgres::{Client, NoTls};

pub(crate) struct TestDatabase {
    server: String,
    schema: String,
}

impl TestDatabase {
    /// One for this test; `None`, said loudly, when there is no server to make it on.
    pub(crate) async fn new() -> Option<Self> {
        let Some(server) = variable("TEST_POSTGRES_URL") else {
            println!("SKIPPED: TEST_POSTGRES_URL names no PostgreSQL server, so nothing was tested here");
            return None;
        };
        let schema = format!("test_{:016x}", rand::random::<u64>());
        execute(&server, &format!("create schema {schema}")).await.unwrap();
        Some(Self { server, schema })
    }

    /// The URL that a program uses it by.
    pub(crate) fn url(&self) -> String {
        let separator = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{separator}options=-c%20search_path%3D{}", self.server, self.schema)
    }

    /// Another program's connection to it.
    pub(crate) async fn stranger(&self) -> Client {
        connect(&self.url()).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("drop schema {} cascade", self.schema));
        // The test's own runtime may be about to end.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server, &format!("set lock_timeout = 5000; {drop}")))
        });
        match dropping.join() {
            Ok(Ok(())) => {}
            failed => println!("the schema {} stays: {failed:?}", self.schema),
        }
    }
}

/// A variable of the environment: the tests' knobs are there.
pub(crate) fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a test's knob, no setting of the program")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn execute(url: &str, sql: &str) -> Result<(), tokio_postgres::Error> {
    connect(url).await?.batch_execute(sql).await
}
