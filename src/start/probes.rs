//! What `check --online` looks at.

#[cfg(feature = "postgres")]
use super::store::postgres_of;
use super::{Ground, Source, StartError, VENDOR_TIMEOUT, assemble};
use crate::adapters::http_client;
use crate::adapters::visitor::HttpVisitor;
use crate::ports::visitor::Visitor;
use crate::service::online::{self, Probe, Verdict};
use crate::settings::{self, Loaded, Store};
use crate::storage::SqlStore;
use crate::storage::migrate::Condition;
#[cfg(feature = "postgres")]
use crate::storage::postgres;
use crate::storage::sqlite::{self, SqliteOptions};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

/// What `check --online` looks at, put together as the program is, but for what only a start may make: the
/// database is looked at and not opened, and a folder that is not there is not made.
pub fn probes(loaded: Loaded, source: Source) -> Result<Vec<Probe>, StartError> {
    let Loaded { mut settings, phrases, warnings } = loaded;
    let ground = Ground::real(source, settings.server.listen);
    let store = settings.store.clone();
    let has_place = store.s3.is_some() || store.recordings.is_dir();
    if !has_place {
        // Stands in for the folder; nothing is written there.
        settings.store.recordings = std::env::temp_dir();
    }
    let memory = SqlStore::open_sqlite(&SqliteOptions::memory(), ground.ids.clone());
    let memory = memory.map_err(|error| StartError::Database(PathBuf::from(":memory:"), error))?;
    let app = assemble(Loaded { settings, phrases, warnings: vec![] }, memory, ground)?;
    let visitor: Arc<dyn Visitor> =
        Arc::new(HttpVisitor::new(http_client::build(VENDOR_TIMEOUT)?, "server.public_url"));
    let recordings = if has_place {
        Probe::new("recordings", online::recordings(app.clone()))
    } else {
        let why = "there is no folder store.recordings yet; `dutyline serve` makes it";
        Probe::new("recordings", std::future::ready(Verdict::skipped(why)))
    };
    let mut probes = vec![Probe::new("database", database(store)), recordings];
    probes.extend(online::probes(&app, &visitor, &warnings));
    Ok(probes)
}

async fn database(store: Store) -> Verdict {
    match &store.postgres {
        Some(postgres) => on_postgres(postgres).await,
        None => in_file(store.database).await,
    }
}

async fn in_file(place: PathBuf) -> Verdict {
    let look = move || sqlite::look(&place, &SqliteOptions::file(&place));
    match tokio::task::spawn_blocking(look).await {
        Ok(Ok(Condition::Current)) => Verdict::ok("it is there, with this program's schema"),
        Ok(Ok(Condition::Older)) => Verdict::ok("it is there; the next start brings its schema up to date"),
        Ok(Ok(Condition::Missing)) => {
            Verdict::skipped("there is no store.database yet; `dutyline serve` makes it")
        }
        Ok(Err(error)) => {
            let remedy = "see that store.database can be written by the user who runs this";
            Verdict::failed(told(&error), remedy)
        }
        Err(_panic) => Verdict::failed("the look at it ended badly", "look at the log"),
    }
}

#[cfg(feature = "postgres")]
async fn on_postgres(settings: &settings::Postgres) -> Verdict {
    match postgres::look(&postgres_of(settings)).await {
        Ok(Condition::Current) => Verdict::ok("it can be written, with this program's schema"),
        Ok(Condition::Older) => Verdict::ok("it is there; the next start brings its schema up to date"),
        Ok(Condition::Missing) => Verdict::ok("it is there; the next start makes its schema"),
        Err(error) => Verdict::failed(told(&error), remedy(&error)),
    }
}

#[cfg(feature = "postgres")]
const fn remedy(error: &postgres::OpenError) -> &'static str {
    match error {
        postgres::OpenError::Url => {
            "compare store.postgres_url with postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        }
        postgres::OpenError::Certificates { .. } => "check store.postgres_ca_file",
        postgres::OpenError::Unreachable { .. } => {
            "check host, port, database, user and password of store.postgres_url, its sslmode with \
             store.postgres_ca_file, and what the server lets in (pg_hba.conf)"
        }
        postgres::OpenError::Encoding { .. } => "name another database in store.postgres_url",
        postgres::OpenError::ReadOnly { .. } => {
            "store.postgres_url must lead to the primary server and name a user who owns the database"
        }
        postgres::OpenError::Migrate(_) => "run the program of that version, or restore its backup",
    }
}

#[cfg(not(feature = "postgres"))]
fn on_postgres(_: &settings::Postgres) -> impl Future<Output = Verdict> + use<> {
    let remedy = "take one that has, or leave store.postgres_url out";
    std::future::ready(Verdict::failed("this build has no PostgreSQL", remedy))
}

/// An error and what it came from.
fn told(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}
