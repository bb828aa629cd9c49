//! The carrier, as far as we call it. What it asks us comes in by `http`.

use super::error::{Undone, VendorError};
use crate::domain::contact::PhoneNumber;
use crate::domain::voice::recording::Source;
pub use crate::twiml::progress::{CallOver, CallProgress};
use crate::twiml::render::Capabilities;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use jiff::Timestamp;

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
    /// Who is told what people write to it.
    pub sms: Webhook,
    /// What the carrier uses in place of `voice`, in words for the operator; `None`: nothing.
    pub instead: Option<&'static str>,
    /// The same in place of `sms`.
    pub texts_instead: Option<&'static str>,
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

/// A call that is to be placed. URLs are absolute ones of ours, without what a carrier wants appended to them:
/// the adapter does that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCall {
    /// Who is called.
    pub to: PhoneNumber,
    /// The number that they see: one that the carrier lets us show; `None`: ours.
    pub from: Option<PhoneNumber>,
    /// The first document of whoever picks up.
    pub url: String,
    /// Told that the call is initiated, ringing, answered and completed, in whatever order the news arrive.
    pub status_url: String,
    /// Told whether a human or a machine has picked up, which is found out while they hear the document already;
    /// `None`: nobody listens for that.
    pub machine_url: Option<String>,
    /// How long the phone rings, in seconds, 1 to 600. The carrier may add some.
    pub ring_seconds: u32,
}

/// A call of ours that is under way at the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAtCarrier {
    /// The carrier's id of it.
    pub carrier_call: String,
    /// How far it is.
    pub progress: CallProgress,
}

/// A carrier.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// What it can do, and what its documents must look like.
    fn capabilities(&self) -> Capabilities;
    /// Places a call; the carrier's id of it. Asked twice, two phones ring: the carrier doesn't know the call again.
    async fn place_call(&self, call: &NewCall) -> Result<String, Undone>;
    /// Breaks off what a call that was picked up is doing, and goes on with the document at that URL (as those of a
    /// [`NewCall`]). For a call that is not in progress that fails for good.
    async fn redirect_call(&self, carrier_call: &str, url: &str) -> Result<(), VendorError>;
    /// Ends a call that nobody has picked up. One that somebody has, that is over, or that the carrier doesn't know, is left
    /// as it is.
    async fn stop_ringing(&self, carrier_call: &str) -> Result<(), VendorError>;
    /// Ends a call, however far it is; one that is over, or that the carrier doesn't know, is ended.
    async fn hang_up(&self, carrier_call: &str) -> Result<(), VendorError>;
    /// How far a call is; `None`: the carrier has no such call.
    async fn call_status(&self, carrier_call: &str) -> Result<Option<CallProgress>, VendorError>;
    /// The calls to a number that were placed by the API since then and are under way, newest first: for one whose id
    /// has not reached us. By the carrier's clock, so that a margin has to be left. What else uses the same account may
    /// call the same number.
    async fn calls_to(
        &self,
        number: &PhoneNumber,
        since: Timestamp,
    ) -> Result<Vec<CallAtCarrier>, VendorError>;
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
