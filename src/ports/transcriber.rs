//! Who makes texts of our own recordings.

use super::error::VendorError;
use super::telephony::Sound;
use async_trait::async_trait;

/// A recorded message.
pub struct Speech {
    /// The sound.
    pub sound: Sound,
    /// Its length in bytes.
    pub bytes: u64,
    /// The language that is spoken, probably: two letters of ISO 639-1.
    pub language: Option<String>,
}

/// Makes texts of recordings.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// What is said. No text at all: it understood nothing. A permanent error: it never will.
    async fn text_of(&self, speech: Speech) -> Result<String, VendorError>;
    /// Whether it could be asked. Nothing is transcribed.
    async fn probe(&self) -> Result<(), VendorError>;
}
