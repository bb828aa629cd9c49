//! Where audio lives. The store holds its name, hash and length; audio never goes through the database.

use super::error::VendorError;
use super::telephony::{Sound, SoundStream};
use crate::domain::voice::recording::Audio;
use async_trait::async_trait;
use std::ops::Range;

/// Our own keeping of sound.
#[async_trait]
pub trait Recordings: Send + Sync {
    /// Stores a sound whole under that name; when it fails, or the sound ends in an error, nothing is stored.
    async fn put(&self, key: &str, sound: Sound) -> Result<Audio, VendorError>;
    /// Opens the bytes of that range (end exclusive, within the length).
    async fn open(&self, audio: &Audio, range: Range<u64>) -> Result<SoundStream, VendorError>;
    /// Removes a sound by its key; one that is not there any more is removed.
    async fn delete(&self, key: &str) -> Result<(), VendorError>;
    /// Whether sound can be stored at present.
    async fn ready(&self) -> Result<(), VendorError>;
}
