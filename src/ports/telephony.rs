//! The carrier, as far as we call it. What it asks us comes in by `http`.

use super::error::VendorError;
use crate::domain::contact::PhoneNumber;
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

/// One of our numbers, as it is set up at the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberAtCarrier {
    /// Who is asked what callers hear.
    pub voice: Webhook,
    /// Who is told that a call is over.
    pub status: Webhook,
    /// What the carrier uses in place of `voice`, in words for the operator; `None`: nothing.
    pub instead: Option<&'static str>,
    /// Whether it takes calls.
    pub calls: bool,
    /// Whether it sends short messages.
    pub texts: bool,
}

/// Where a carrier turns to. Its `Debug` shows no address: that of another system may hold its secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The address; empty: nowhere.
    pub url: String,
    /// `POST` or `GET`.
    pub method: String,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("method", &self.method).finish_non_exhaustive()
    }
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
    /// Whether it knows us.
    async fn probe(&self) -> Result<(), VendorError>;
    /// How one of our numbers is set up there; `None`: it is no number of ours.
    async fn number(&self, number: &PhoneNumber) -> Result<Option<NumberAtCarrier>, VendorError>;
}
