//! Recordings in a folder of this machine.

use crate::domain::voice::recording::Audio;
use crate::ports::error::VendorError;
use crate::ports::recordings::Recordings;
use crate::ports::telephony::{Sound, SoundStream};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// A longer sound is refused: about 100 minutes of the best that a telephone line gives.
const LONGEST: u64 = 100 * 1024 * 1024;

/// How much is written at a time.
const PIECE: usize = 256 * 1024;

/// Written and removed again to see whether the folder takes anything.
const PROBE: &str = "ready";

/// Sound as files in a folder, under their keys.
#[derive(Debug)]
pub struct FolderRecordings {
    store: LocalFileSystem,
}

impl FolderRecordings {
    /// The recordings in that folder. It is made when there is none, and then for this user only.
    pub fn open(folder: &std::path::Path) -> Result<Self, std::io::Error> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(std::io::Error::other)?;
        Ok(Self { store: store.with_fsync(true) })
    }
}

#[async_trait]
impl Recordings for FolderRecordings {
    async fn put(&self, key: &str, sound: Sound) -> Result<Audio, VendorError> {
        let path = path(key)?;
        let mut upload = self.store.put_multipart(&path).await.map_err(|error| trouble(&error))?;
        match copy(sound.bytes, upload.as_mut()).await {
            Ok((bytes, sha256)) => {
                Ok(Audio { key: key.to_owned(), media_type: sound.media_type, bytes, sha256 })
            }
            Err(error) => {
                // The error that brought us here matters more than a leftover that can't be removed.
                let _removed = upload.abort().await;
                Err(error)
            }
        }
    }

    async fn open(&self, audio: &Audio, range: Range<u64>) -> Result<SoundStream, VendorError> {
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let path = path(&audio.key)?;
        let options = GetOptions::new().with_range(Some(range));
        let found = self.store.get_opts(&path, options).await.map_err(|error| trouble(&error))?;
        Ok(found.into_stream().map_err(|error| trouble(&error)).boxed())
    }

    async fn ready(&self) -> Result<(), VendorError> {
        let path = Path::from(PROBE);
        self.store.put(&path, PutPayload::new()).await.map_err(|error| trouble(&error))?;
        match self.store.delete(&path).await {
            // Somebody else who asks at the same time has removed it.
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

/// Writes a sound whole; its length and SHA-256. Whatever fails, it is not there under its name.
async fn copy(
    mut sound: SoundStream,
    upload: &mut dyn MultipartUpload,
) -> Result<(u64, [u8; 32]), VendorError> {
    let mut length = 0_u64;
    let mut hash = Sha256::new();
    let mut piece = BytesMut::with_capacity(PIECE);
    while let Some(bytes) = sound.try_next().await? {
        length = length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if length > LONGEST {
            return Err(VendorError::permanent("the recording is longer than 100 MiB"));
        }
        hash.update(&bytes);
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            write(upload, piece.split().freeze()).await?;
        }
    }
    if length == 0 {
        return Err(VendorError::temporary("the recording has no sound yet"));
    }
    write(upload, piece.freeze()).await?;
    upload.complete().await.map_err(|error| trouble(&error))?;
    Ok((length, hash.finalize().into()))
}

async fn write(upload: &mut dyn MultipartUpload, piece: Bytes) -> Result<(), VendorError> {
    upload.put_part(piece.into()).await.map_err(|error| trouble(&error))
}

fn path(key: &str) -> Result<Path, VendorError> {
    Path::parse(key).map_err(|_error| VendorError::permanent("that can't be the name of a recording"))
}

/// What is missing stays so; all else (a full disk, a missing right, a device that is gone) an operator can mend.
fn trouble(error: &Error) -> VendorError {
    if matches!(error, Error::NotFound { .. }) {
        VendorError::permanent("the recording is not in the folder any more")
    } else {
        VendorError::temporary(format!("the recordings' folder: {error}"))
    }
}
