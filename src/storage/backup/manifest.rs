//! What is in a backup.

use super::{BackupError, MANIFEST, at};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// The form of the manifest that this program writes.
pub(super) const FORM: u32 = 1;

/// What is in a backup, as its `manifest.json` says. The hashes of the sounds are in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the manifest.
    pub form: u32,
    /// The version of the program that took it.
    pub program: String,
    /// The schema version of the database.
    pub schema: i64,
    /// The moment that it shows.
    pub taken_at: Timestamp,
    /// SHA-256 of the database, in hexadecimal digits.
    pub database_sha256: String,
    /// How many rows each table has.
    pub rows: BTreeMap<String, u64>,
    /// How many sounds there are.
    pub sounds: u64,
    /// Their bytes, all together.
    pub sound_bytes: u64,
    /// Sounds that the database knows and that are not there.
    pub missing_sounds: Vec<Missing>,
}

/// A sound that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The id of its recording; the key of a file.
    pub recording: String,
    /// Why.
    pub cause: String,
}

impl Manifest {
    /// The manifest of a backup.
    pub(super) fn read(folder: &Path) -> Result<Self, BackupError> {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(at(&path))?;
        let form = |error| BackupError::Manifest(path.clone(), error);
        // Its form first: a newer one may hold what we don't know.
        let head: Head = serde_json::from_str(&text).map_err(form)?;
        if head.form > FORM {
            return Err(BackupError::Newer { form: head.form, schema: head.schema });
        }
        serde_json::from_str(&text).map_err(form)
    }

    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(MANIFEST);
        let text =
            serde_json::to_string_pretty(self).map_err(|error| BackupError::Manifest(path.clone(), error))?;
        let mut file = private_file(&path)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(&path))
    }
}

/// What every form of a manifest has.
#[derive(Deserialize)]
struct Head {
    form: u32,
    schema: i64,
}

/// A new file, for this user's eyes only.
pub(super) fn private_file(path: &Path) -> Result<File, BackupError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(at(path))
}

/// SHA-256 of a file, in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> Result<String, BackupError> {
    let mut file = File::open(path).map_err(at(path))?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 256 * 1024]);
    loop {
        let length = file.read(&mut piece).map_err(at(path))?;
        match piece.get(..length) {
            None | Some([]) => return Ok(hex::encode(hash.finalize())),
            Some(bytes) => hash.update(bytes),
        }
    }
}
