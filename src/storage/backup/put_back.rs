//! Puts a backup back.

use super::manifest::{private_file, sha256};
use super::pages::{Pages, StoredSound};
use super::{BackupError, DATABASE, Manifest, RECORDINGS, at};
use crate::ports::error::VendorError;
use crate::ports::recordings::Recordings;
use crate::ports::telephony::{Sound, SoundStream};
use crate::storage::driver::Driver;
use crate::storage::migrate;
#[cfg(feature = "postgres")]
use crate::storage::postgres::{PostgresOptions, filling::Filling};
#[cfg(feature = "postgres")]
use crate::storage::snapshot::copy;
use crate::storage::sqlite::snapshot::SqliteSnapshot;
use crate::storage::sqlite::{SqliteDriver, SqliteOptions};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How much of a sound is read at a time.
const PIECE: usize = 256 * 1024;

/// A backup whose manifest and database are as they were written.
#[derive(Debug)]
pub struct Backup {
    folder: PathBuf,
    manifest: Manifest,
}

impl Backup {
    /// Looks at a backup. Blocks meanwhile; changes nothing.
    pub fn open(folder: &Path) -> Result<Self, BackupError> {
        let manifest = Manifest::read(folder)?;
        if manifest.schema > i64::from(migrate::newest()) {
            return Err(BackupError::Newer { form: manifest.form, schema: manifest.schema });
        }
        let database = folder.join(DATABASE);
        if sha256(&database)? != manifest.database_sha256 {
            return Err(BackupError::Damaged(database));
        }
        Ok(Self { folder: folder.to_owned(), manifest })
    }

    /// What is in it.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Puts it back: the sounds into `recordings`, and the database, brought to the program's schema, into a new
    /// file, which has its name only when all is done. Nobody may be at work there. Doing it again after a failure
    /// does no harm.
    pub async fn put_back(&self, database: &Path, recordings: &dyn Recordings) -> Result<(), BackupError> {
        // A log that was left behind would be read as that of the new database.
        for ending in ["", "-wal", "-shm"] {
            let path = with(database, ending);
            if path.exists() {
                return Err(BackupError::Exists(path));
            }
        }
        if let Some(folder) = database.parent() {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder).map_err(at(folder))?;
        }
        let scratch = with(database, ".restoring");
        if scratch.exists() {
            return Err(BackupError::Partial(scratch));
        }
        let filled = self.fill(&scratch, recordings).await;
        let named = filled.and_then(|()| std::fs::rename(&scratch, database).map_err(at(database)));
        if named.is_err() {
            for ending in ["", "-wal", "-shm"] {
                // Why it failed matters more than what can't be removed of it.
                let _removed = std::fs::remove_file(with(&scratch, ending));
            }
        }
        named
    }

    /// Puts it back into a `PostgreSQL` database without rows, in one transaction, and the sounds into `recordings`.
    /// Doing it again after a failure does no harm.
    #[cfg(feature = "postgres")]
    pub async fn put_into(
        &self,
        options: &PostgresOptions,
        recordings: &dyn Recordings,
    ) -> Result<(), BackupError> {
        let filling = Filling::begin(options).await?;
        let folder = tempfile::tempdir().map_err(at(&std::env::temp_dir()))?;
        let snapshot = self.up_to_date(&folder.path().join(DATABASE)).await?;
        self.put_sounds(&snapshot, recordings).await?;
        copy(&snapshot, |write| filling.apply(write)).await?;
        Ok(filling.commit().await?)
    }

    async fn fill(&self, scratch: &Path, recordings: &dyn Recordings) -> Result<(), BackupError> {
        let snapshot = self.up_to_date(scratch).await?;
        self.put_sounds(&snapshot, recordings).await
    }

    /// A copy of the database at that place, brought to the program's schema.
    async fn up_to_date(&self, scratch: &Path) -> Result<SqliteSnapshot, BackupError> {
        let source = self.folder.join(DATABASE);
        let mut copy = private_file(scratch)?;
        let mut from = File::open(&source).map_err(at(&source))?;
        std::io::copy(&mut from, &mut copy).and_then(|_bytes| copy.sync_all()).map_err(at(scratch))?;
        let options = SqliteOptions::file(scratch);
        let driver = SqliteDriver::open(&options)?;
        driver.close().await;
        Ok(SqliteSnapshot::open(&options)?)
    }

    async fn put_sounds(
        &self,
        snapshot: &SqliteSnapshot,
        recordings: &dyn Recordings,
    ) -> Result<(), BackupError> {
        let mut pages = Pages::new();
        loop {
            let page = pages.next(snapshot).await?;
            if page.is_empty() {
                return Ok(());
            }
            for sound in &page {
                self.put_sound(sound, recordings).await?;
            }
        }
    }

    async fn put_sound(&self, sound: &StoredSound, recordings: &dyn Recordings) -> Result<(), BackupError> {
        if self.manifest.missing_sounds.iter().any(|missing| missing.recording == sound.recording) {
            return Ok(());
        }
        let path = self.folder.join(RECORDINGS).join(&sound.audio.key);
        // It may go where the sound is already, which is then the better one.
        if sha256(&path)? != hex::encode(sound.audio.sha256) {
            return Err(BackupError::Damaged(path));
        }
        let file = File::open(&path).map_err(at(&path))?;
        let bytes = pieces(file);
        let put =
            recordings.put(&sound.audio.key, Sound { media_type: sound.audio.media_type.clone(), bytes });
        let audio = put.await?;
        if audio != sound.audio {
            recordings.delete(&sound.audio.key).await?;
            return Err(BackupError::Damaged(path));
        }
        Ok(())
    }
}

fn pieces(file: File) -> SoundStream {
    let piece = |mut file: File| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece)?;
            piece.truncate(length);
            Ok::<_, std::io::Error>((piece, file))
        });
        match read.await {
            Ok(Ok((piece, _))) if piece.is_empty() => None,
            Ok(Ok((piece, file))) => Some((Ok(Bytes::from(piece)), Some(file))),
            Ok(Err(error)) => Some((Err(VendorError::permanent(format!("the backup: {error}"))), None)),
            Err(_ended) => Some((Err(VendorError::permanent("reading the backup was broken off")), None)),
        }
    };
    let step = move |file: Option<File>| async move {
        match file {
            Some(file) => piece(file).await,
            None => None,
        }
    };
    stream::unfold(Some(file), step).boxed()
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
