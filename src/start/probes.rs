//! What `check --online` looks at.

use super::{Ground, Source, StartError, VENDOR_TIMEOUT, assemble};
use crate::adapters::http_client;
use crate::adapters::visitor::HttpVisitor;
use crate::ports::visitor::Visitor;
use crate::service::online::{self, Probe, Verdict};
use crate::settings::Loaded;
use crate::storage::SqlStore;
use crate::storage::sqlite::{self, Condition, SqliteOptions};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

/// What `check --online` looks at, put together as the program is, but for what only a start may make: the
/// database is looked at and not opened, and a folder that is not there is not made.
pub fn probes(loaded: Loaded, source: Source) -> Result<Vec<Probe>, StartError> {
    let Loaded { mut settings, phrases, warnings } = loaded;
    let ground = Ground::real(source, settings.server.listen);
    let database = settings.store.database.clone();
    let has_folder = settings.store.recordings.is_dir();
    if !has_folder {
        // Stands in for the folder; nothing is written there.
        settings.store.recordings = std::env::temp_dir();
    }
    let memory = SqlStore::open_sqlite(&SqliteOptions::memory(), ground.ids.clone());
    let store = memory.map_err(|error| StartError::Database(PathBuf::from(":memory:"), error))?;
    let app = assemble(Loaded { settings, phrases, warnings: vec![] }, store, ground)?;
    let visitor: Arc<dyn Visitor> = Arc::new(HttpVisitor::new(http_client::build(VENDOR_TIMEOUT)?));
    let recordings = if has_folder {
        Probe::new("recordings", online::recordings(app.clone()))
    } else {
        let why = "there is no folder store.recordings yet; `dutyline serve` makes it";
        Probe::new("recordings", std::future::ready(Verdict::skipped(why)))
    };
    let mut probes = vec![Probe::new("database", look_at(database)), recordings];
    probes.extend(online::probes(&app, &visitor, &warnings));
    Ok(probes)
}

/// How the database is.
async fn look_at(place: PathBuf) -> Verdict {
    let look = move || sqlite::look(&place, &SqliteOptions::file(&place));
    match tokio::task::spawn_blocking(look).await {
        Ok(Ok(Condition::Current)) => Verdict::ok("it is there, with this program's schema"),
        Ok(Ok(Condition::Older)) => Verdict::ok("it is there; the next start brings its schema up to date"),
        Ok(Ok(Condition::Missing)) => {
            Verdict::skipped("there is no store.database yet; `dutyline serve` makes it")
        }
        Ok(Err(error)) => {
            let cause = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            Verdict::failed(cause, "see that store.database can be written by the user who runs this")
        }
        Err(_panic) => Verdict::failed("the look at it ended badly", "look at the log"),
    }
}
