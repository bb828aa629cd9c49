//! Takes a backup.

use super::manifest::{FORM, private_file, sha256};
use super::pages::{Pages, StoredSound};
use super::{BackupError, DATABASE, Manifest, Missing, RECORDINGS, at};
use crate::ports::recordings::Recordings;
use crate::storage::driver::Driver;
use crate::storage::migrate;
use crate::storage::snapshot::{Snapshot, copy};
use crate::storage::sqlite::{SqliteDriver, SqliteOptions};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Takes a backup into a new folder, which has its name only once it is whole and on disk. Sounds that are not to be
/// had are named in the manifest, and are no failure: what can be saved is.
pub async fn take(
    snapshot: &dyn Snapshot,
    recordings: &dyn Recordings,
    folder: &Path,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    if folder.exists() {
        return Err(BackupError::Exists(folder.to_owned()));
    }
    let partial = partial(folder)?;
    if partial.exists() {
        return Err(BackupError::Partial(partial));
    }
    make_folder(&partial).map_err(at(&partial))?;
    let taken = fill(snapshot, recordings, &partial, now).await;
    let named = taken.and_then(|manifest| {
        // A name that somebody else has taken meanwhile stays his.
        if folder.exists() {
            return Err(BackupError::Exists(folder.to_owned()));
        }
        std::fs::rename(&partial, folder).map_err(at(folder))?;
        sync(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        Ok(manifest)
    });
    if named.is_err() {
        // Why it failed matters more than what can't be removed of it.
        let _removed = std::fs::remove_dir_all(&partial);
    }
    named
}

/// What the folder is called until it is whole.
fn partial(folder: &Path) -> Result<PathBuf, BackupError> {
    let name = folder.file_name().ok_or_else(|| BackupError::NoName(folder.to_owned()))?;
    Ok(folder.with_file_name(format!("{}.partial", name.to_string_lossy())))
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes what stands in a folder survive a power cut.
fn sync(folder: &Path) -> Result<(), BackupError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

async fn fill(
    snapshot: &dyn Snapshot,
    recordings: &dyn Recordings,
    folder: &Path,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    let database = folder.join(DATABASE);
    let rows = copy_database(snapshot, &database).await?;
    let sounds = folder.join(RECORDINGS);
    make_folder(&sounds).map_err(at(&sounds))?;
    let mut manifest = Manifest {
        form: FORM,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: i64::from(migrate::newest()),
        taken_at: now,
        database_sha256: sha256(&database)?,
        rows,
        sounds: 0,
        sound_bytes: 0,
        missing_sounds: vec![],
    };
    let mut pages = Pages::new();
    loop {
        let page = pages.next(snapshot).await?;
        if page.is_empty() {
            break;
        }
        for sound in &page {
            match copy_sound(recordings, sound, &sounds).await? {
                Ok(()) => {
                    manifest.sounds = manifest.sounds.saturating_add(1);
                    manifest.sound_bytes = manifest.sound_bytes.saturating_add(sound.audio.bytes);
                }
                Err(cause) => {
                    manifest.missing_sounds.push(Missing { recording: sound.recording.clone(), cause });
                }
            }
        }
    }
    manifest.write(folder)?;
    sync(&sounds)?;
    sync(folder)?;
    Ok(manifest)
}

async fn copy_database(snapshot: &dyn Snapshot, to: &Path) -> Result<BTreeMap<String, u64>, BackupError> {
    let driver = SqliteDriver::open(&SqliteOptions::file(to))?;
    let rows = copy(snapshot, |write| driver.apply(write)).await;
    // Closing puts the log into the file.
    driver.close().await;
    Ok(rows?)
}

/// Copies one sound. The inner error says why it is not to be had.
async fn copy_sound(
    recordings: &dyn Recordings,
    sound: &StoredSound,
    folder: &Path,
) -> Result<Result<(), String>, BackupError> {
    let path = folder.join(&sound.audio.key);
    let mut file = private_file(&path)?;
    let mut hash = Sha256::new();
    let missing = match recordings.open(&sound.audio, 0..sound.audio.bytes).await {
        Err(error) => Some(error.to_string()),
        Ok(mut bytes) => loop {
            match bytes.try_next().await {
                Ok(Some(piece)) => {
                    hash.update(&piece);
                    file.write_all(&piece).map_err(at(&path))?;
                }
                Ok(None) => {
                    let is_whole = hash.finalize().as_slice() == sound.audio.sha256;
                    break (!is_whole).then(|| "it is not as it was stored".to_owned());
                }
                Err(error) => break Some(error.to_string()),
            }
        },
    };
    match missing {
        None => file.sync_all().map_err(at(&path))?,
        Some(_) => std::fs::remove_file(&path).map_err(at(&path))?,
    }
    Ok(missing.map_or(Ok(()), Err))
}
