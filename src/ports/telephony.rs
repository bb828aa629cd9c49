//! The carrier, as far as we call it. What it asks us comes in by `http`.

use super::error::VendorError;
use crate::domain::voice::recording::Source;
use crate::twiml::render::Capabilities;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

/// Sound on its way, in pieces.
pub type SoundStream = BoxStream<'static, Result<Bytes, VendorError>>;

/// A recording's sound at the carrier.
pub struct Sound {
    /// E.g. `audio/wav`.
    pub media_type: String,
    /// The bytes; an error in between means that it is not whole.
    pub bytes: SoundStream,
}

/// A recording that the carrier has of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRecording {
    /// Where it is.
    pub source: Source,
    /// Whole seconds.
    pub seconds: u32,
}

/// How far a carrier is with the text of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOf {
    /// There is none so far.
    NotYet,
    /// Here it is.
    Ready(String),
    /// It could make none.
    Failed,
}

/// A carrier.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// What it can do, and what its documents must look like.
    fn capabilities(&self) -> Capabilities;
    /// Opens the sound of a recording.
    async fn open_recording(&self, source: &Source) -> Result<Sound, VendorError>;
    /// Deletes a recording; one that is not there any more is deleted.
    async fn delete_recording(&self, source: &Source) -> Result<(), VendorError>;
    /// The text that it has made of a recording.
    async fn text_of(&self, source: &Source) -> Result<TextOf, VendorError>;
    /// What it has recorded of a call (by its own id), newest first, finished ones only.
    async fn recordings_of(&self, carrier_call: &str) -> Result<Vec<KeptRecording>, VendorError>;
}
