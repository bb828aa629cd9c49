//! Settings become what remembers: the database, and the store of recordings.

use super::StartError;
#[cfg(feature = "object-store-cloud")]
use crate::adapters::http_client;
#[cfg(feature = "object-store-cloud")]
use crate::adapters::recordings::S3Bucket;
use crate::adapters::recordings::SoundStore;
use crate::domain::ids::Ids;
use crate::ports::recordings::Recordings;
use crate::settings::{self, Settings};
use crate::storage::SqlStore;
use crate::storage::backup::Backup;
#[cfg(feature = "postgres")]
use crate::storage::postgres::{PostgresOptions, snapshot::PostgresSnapshot};
use crate::storage::snapshot::Snapshot;
use crate::storage::sqlite::SqliteOptions;
use crate::storage::sqlite::snapshot::SqliteSnapshot;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may listen to a recording that comes from a bucket.
#[cfg(feature = "object-store-cloud")]
const LISTENING: Duration = Duration::from_mins(10);

/// How long a write waits for another process that holds the database. Callers wait as well, and a carrier waits
/// for us no longer than some seconds: behind one group of writes that failed there must be time to say so.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Opens the store of the settings.
pub async fn open_store(settings: &Settings, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    match &settings.store.postgres {
        Some(postgres) => open_postgres(postgres, ids).await,
        None => open_sqlite(settings, ids),
    }
}

#[cfg(feature = "postgres")]
async fn open_postgres(settings: &settings::Postgres, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    Ok(SqlStore::open_postgres(&postgres_of(settings), ids).await?)
}

/// The `PostgreSQL` database of the settings.
#[cfg(feature = "postgres")]
pub(super) fn postgres_of(settings: &settings::Postgres) -> PostgresOptions {
    PostgresOptions {
        ca_file: settings.ca_file.clone(),
        patience: PATIENCE,
        ..PostgresOptions::new(settings.url.expose())
    }
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(
    _: &settings::Postgres,
    _: Arc<dyn Ids>,
) -> impl Future<Output = Result<SqlStore, StartError>> {
    std::future::ready(Err(StartError::NoPostgres))
}

/// Blocks meanwhile: nothing else is under way at this moment.
fn open_sqlite(settings: &Settings, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    let place = &settings.store.database;
    make_folder(place);
    SqlStore::open_sqlite(&database(settings), ids)
        .map_err(|error| StartError::Database(place.clone(), error))
}

fn database(settings: &Settings) -> SqliteOptions {
    SqliteOptions {
        patience: PATIENCE,
        max_bytes: settings.store.max_bytes,
        ..SqliteOptions::file(&settings.store.database)
    }
}

/// The database of the settings as it is at this moment, whoever is at work on it.
pub async fn open_snapshot(settings: &Settings) -> Result<Box<dyn Snapshot>, StartError> {
    match &settings.store.postgres {
        Some(postgres) => postgres_snapshot(postgres).await,
        None => Ok(Box::new(SqliteSnapshot::open(&database(settings))?)),
    }
}

#[cfg(feature = "postgres")]
async fn postgres_snapshot(settings: &settings::Postgres) -> Result<Box<dyn Snapshot>, StartError> {
    Ok(Box::new(PostgresSnapshot::open(&postgres_of(settings)).await?))
}

#[cfg(not(feature = "postgres"))]
fn postgres_snapshot(_: &settings::Postgres) -> impl Future<Output = Result<Box<dyn Snapshot>, StartError>> {
    std::future::ready(Err(StartError::NoPostgres))
}

/// Puts a backup back into the database of the settings, which is not there yet or, in `PostgreSQL`, has no rows, and
/// its sounds into `recordings`. Nobody may be at work there.
pub async fn put_back(
    settings: &Settings,
    backup: &Backup,
    recordings: &dyn Recordings,
) -> Result<(), StartError> {
    match &settings.store.postgres {
        Some(postgres) => put_into(postgres, backup, recordings).await,
        None => Ok(backup.put_back(&settings.store.database, recordings).await?),
    }
}

#[cfg(feature = "postgres")]
async fn put_into(
    settings: &settings::Postgres,
    backup: &Backup,
    recordings: &dyn Recordings,
) -> Result<(), StartError> {
    Ok(backup.put_into(&postgres_of(settings), recordings).await?)
}

#[cfg(not(feature = "postgres"))]
fn put_into(
    _: &settings::Postgres,
    _: &Backup,
    _: &dyn Recordings,
) -> impl Future<Output = Result<(), StartError>> {
    std::future::ready(Err(StartError::NoPostgres))
}

/// Makes the folder of a file, for this user only. When that fails, opening the file says why.
fn make_folder(file: &Path) {
    if let Some(folder) = file.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let _there_already = builder.create(folder);
    }
}

/// Opens our own store of recordings: a bucket, or a folder.
pub fn open_recordings(settings: &Settings, timeout: Duration) -> Result<Arc<dyn Recordings>, StartError> {
    #[cfg(feature = "object-store-cloud")]
    if let Some(s3) = &settings.store.s3 {
        let bucket = S3Bucket {
            bucket: s3.bucket.clone(),
            prefix: s3.prefix.clone(),
            region: s3.region.clone(),
            endpoint: s3.endpoint.clone(),
            access_key_id: s3.access_key_id.clone(),
            secret_access_key: s3.secret_access_key.expose().to_owned(),
            path_style: s3.path_style,
        };
        let client = http_client::build(LISTENING)?;
        let store = SoundStore::s3(bucket, client, timeout).map_err(StartError::Bucket)?;
        return Ok(Arc::new(store));
    }
    let folder = &settings.store.recordings;
    let store = SoundStore::folder(folder, timeout);
    Ok(Arc::new(store.map_err(|error| StartError::Recordings(folder.clone(), error))?))
}
