//! Recordings as objects under their keys: files of a folder, or objects of a bucket.

mod folder;
#[cfg(feature = "object-store-cloud")]
mod s3;

#[cfg(feature = "object-store-cloud")]
pub use s3::S3Bucket;

use super::cause::{innermost, short};
use crate::domain::voice::recording::Audio;
use crate::ports::error::VendorError;
use crate::ports::recordings::Recordings;
use crate::ports::telephony::{Sound, SoundStream};
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{Error, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A longer sound is refused: about 100 minutes of the best that a telephone line gives.
const LONGEST: u64 = 100 * 1024 * 1024;

/// Written and removed again to see whether the store takes anything.
const PROBE: &str = "ready";

/// Sound as objects, under their keys. Its `Debug` shows no credentials.
pub struct SoundStore {
    store: Arc<dyn ObjectStore>,
    place: Place,
}

impl std::fmt::Debug for SoundStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoundStore").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What kind of store it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// As the operator's log speaks of it.
    name: &'static str,
    /// How much is written at a time, in bytes. A sound that is no longer is written in one go.
    piece: usize,
    /// How long it may take over one thing that it is asked.
    patience: Duration,
}

#[async_trait]
impl Recordings for SoundStore {
    async fn put(&self, key: &str, sound: Sound) -> Result<Audio, VendorError> {
        let path = path(key)?;
        let mut intake = Intake::of(sound.bytes);
        let first = intake.piece(self.place.piece).await?;
        if first.is_empty() {
            return Err(VendorError::temporary("the recording has no sound yet"));
        }
        if intake.is_over() {
            self.place.ask(self.store.put(&path, first.into())).await?;
        } else {
            let mut upload = self.place.ask(self.store.put_multipart(&path)).await?;
            if let Err(error) = self.copy(first, &mut intake, upload.as_mut()).await {
                // The error that brought us here matters more than a leftover that can't be removed.
                let _removed = self.place.ask(upload.abort()).await;
                return Err(error);
            }
        }
        let (bytes, sha256) = (intake.length, intake.hash.finalize().into());
        Ok(Audio { key: key.to_owned(), media_type: sound.media_type, bytes, sha256 })
    }

    async fn open(&self, audio: &Audio, range: Range<u64>) -> Result<SoundStream, VendorError> {
        if range.is_empty() {
            return Ok(stream::empty().boxed());
        }
        let (path, place) = (path(&audio.key)?, self.place);
        let options = GetOptions::new().with_range(Some(range));
        let found = match place.in_time(self.store.get_opts(&path, options)).await? {
            Err(error) if is_gone(&error) => {
                let cause = format!("the recording is not in {} any more", place.name);
                return Err(VendorError::permanent(cause));
            }
            found => found.map_err(|error| place.trouble(&error))?,
        };
        let next = move |mut sound: stream::BoxStream<'static, object_store::Result<Bytes>>| async move {
            Ok(place.ask(sound.try_next()).await?.map(|piece| (piece, sound)))
        };
        Ok(stream::try_unfold(found.into_stream(), next).boxed())
    }

    async fn delete(&self, key: &str) -> Result<(), VendorError> {
        self.remove(&path(key)?).await
    }

    async fn ready(&self) -> Result<(), VendorError> {
        let path = Path::from(PROBE);
        self.place.ask(self.store.put(&path, PutPayload::new())).await?;
        // Somebody else who asks at the same time may have removed it.
        self.remove(&path).await
    }
}

impl SoundStore {
    /// Writes a sound piece by piece. Whatever fails, it is not there under its name.
    async fn copy(
        &self,
        first: Bytes,
        intake: &mut Intake,
        upload: &mut dyn MultipartUpload,
    ) -> Result<(), VendorError> {
        let mut piece = first;
        while !piece.is_empty() {
            self.place.ask(upload.put_part(piece.into())).await?;
            piece = intake.piece(self.place.piece).await?;
        }
        self.place.ask(upload.complete()).await.map(drop)
    }

    async fn remove(&self, path: &Path) -> Result<(), VendorError> {
        match self.place.in_time(self.store.delete(path)).await? {
            Err(error) if is_gone(&error) => Ok(()),
            removed => removed.map_err(|error| self.place.trouble(&error)),
        }
    }
}

impl Place {
    /// What the store answers, unless that takes too long. A full disk, a missing right, a device that is gone, a
    /// bucket that is not there: all of that an operator can mend.
    async fn ask<T>(&self, asked: impl Future<Output = object_store::Result<T>>) -> Result<T, VendorError> {
        self.in_time(asked).await?.map_err(|error| self.trouble(&error))
    }

    async fn in_time<T>(&self, asked: impl Future<Output = T>) -> Result<T, VendorError> {
        let silent = || VendorError::temporary(format!("{} did not answer in time", self.name));
        timeout(self.patience, asked).await.map_err(|_elapsed| silent())
    }

    fn trouble(&self, error: &Error) -> VendorError {
        let why = match code(error) {
            Some(code) => format!("it says {code}"),
            None => short(&innermost(error).to_string()),
        };
        VendorError::temporary(format!("{}: {why}", self.name))
    }
}

/// Whether the store says that there is no such object. That there is no such bucket is another matter.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::NotFound { .. }) && code(error).is_none_or(|code| code != "NoSuchBucket")
}

/// The code in the answer of a bucket. The rest of such an answer may repeat what we have signed.
fn code(error: &Error) -> Option<String> {
    let text = error.to_string();
    let (_, from) = text.split_once("<Code>")?;
    from.split_once("</Code>").map(|(code, _)| short(code))
}

/// A sound on its way in.
struct Intake {
    sound: SoundStream,
    waiting: BytesMut,
    has_ended: bool,
    length: u64,
    hash: Sha256,
}

impl Intake {
    fn of(sound: SoundStream) -> Self {
        Self { sound, waiting: BytesMut::new(), has_ended: false, length: 0, hash: Sha256::new() }
    }

    /// The next bytes: so many, or fewer where the sound ends.
    async fn piece(&mut self, size: usize) -> Result<Bytes, VendorError> {
        while self.waiting.len() < size && !self.has_ended {
            let Some(bytes) = self.sound.try_next().await? else {
                self.has_ended = true;
                break;
            };
            self.length = self.length.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            if self.length > LONGEST {
                return Err(VendorError::permanent("the recording is longer than 100 MiB"));
            }
            self.hash.update(&bytes);
            self.waiting.extend_from_slice(&bytes);
        }
        let size = size.min(self.waiting.len());
        Ok(self.waiting.split_to(size).freeze())
    }

    fn is_over(&self) -> bool {
        self.has_ended && self.waiting.is_empty()
    }
}

fn path(key: &str) -> Result<Path, VendorError> {
    Path::parse(key).map_err(|_error| VendorError::permanent("that can't be the name of a recording"))
}
