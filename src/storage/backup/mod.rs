//! A backup: a folder with a copy of the database as it was at one moment, the sounds and files that it knows, and a
//! manifest. It can be taken while the gateway runs.
//!
//! The copy of the database is an embedded one, whatever it was copied from. The sounds are copied after it: they
//! never change, so what the database names is there, or was missing before, or its time has come meanwhile.

mod manifest;
mod pages;
mod put_back;
mod take;

pub use manifest::{Manifest, Missing};
pub use put_back::Backup;
pub use take::take;

use crate::ports::error::{StoreError, VendorError};
#[cfg(feature = "postgres")]
use crate::storage::postgres::filling::FillError;
use crate::storage::snapshot::SnapshotError;
use crate::storage::sqlite::OpenError;
use std::path::{Path, PathBuf};

/// The copy of the database, in the folder.
const DATABASE: &str = "dutyline.db";
/// The folder of the sounds, in the folder.
const RECORDINGS: &str = "recordings";
/// What is in the folder.
const MANIFEST: &str = "manifest.json";

/// Why a backup was not taken, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something where it would go.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// Another one is being taken there, or was broken off.
    #[error(
        "{} is there: a backup is being taken at this moment, or was broken off; in that case remove it",
        .0.display()
    )]
    Partial(PathBuf),
    /// It is no path of a folder.
    #[error("{} is no name for a folder", .0.display())]
    NoName(PathBuf),
    /// A file or folder can't be read or written.
    #[error("{} can't be used", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The manifest is not what we write.
    #[error("{} is no manifest of a backup", .0.display())]
    Manifest(PathBuf, #[source] serde_json::Error),
    /// A newer program has written it.
    #[error(
        "the backup is of a newer program (form {form}, schema version {schema}): put it back with that one"
    )]
    Newer {
        /// The form of the manifest.
        form: u32,
        /// The schema version of the database.
        schema: i64,
    },
    /// A file is not as it was written.
    #[error("{} is not as it was when the backup was taken", .0.display())]
    Damaged(PathBuf),
    /// The database can't be looked at.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The copy of the database can't be opened.
    #[error("the copy of the database can't be used")]
    Open(#[from] OpenError),
    /// The database that it goes into can't be had.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Fill(#[from] FillError),
    /// A database failed.
    #[error("a database failed")]
    Store(#[from] StoreError),
    /// A sound can't be stored.
    #[error("a sound can't be stored")]
    Sound(#[from] VendorError),
}

/// A failure about that file.
fn at(path: &Path) -> impl Fn(std::io::Error) -> BackupError + '_ {
    |error| BackupError::File(path.to_owned(), error)
}
