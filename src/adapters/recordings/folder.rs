//! Recordings in a folder of this machine.

use super::{Place, SoundStore};
use object_store::local::LocalFileSystem;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How much is written at a time.
const PIECE: usize = 256 * 1024;

impl SoundStore {
    /// The recordings in that folder. It is made when there is none, and then for this user only. `patience` is for a
    /// folder of another machine, which may not answer.
    pub fn folder(folder: &Path, patience: Duration) -> Result<Self, std::io::Error> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(std::io::Error::other)?;
        let place = Place { name: "the recordings' folder", piece: PIECE, patience };
        Ok(Self { store: Arc::new(store.with_fsync(true)), place })
    }
}
