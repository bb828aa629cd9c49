//! A carrier whose answer to the placing of a call comes late.

use async_trait::async_trait;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::voice::recording::Source;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::telephony::{
    CallAtCarrier, CallProgress, KeptRecording, NewCall, NumberAtCarrier, Sound, Telephony, TextOf,
};
use dutyline::twiml::render::Capabilities;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};

/// Another carrier; something happens between its taking the first call and its saying so.
pub(super) struct Late {
    carrier: Arc<dyn Telephony>,
    meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Late {
    pub(super) fn new(
        carrier: Arc<dyn Telephony>,
        meanwhile: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self { carrier, meanwhile: Mutex::new(Some(Box::pin(meanwhile))) }
    }
}

#[async_trait]
impl Telephony for Late {
    fn capabilities(&self) -> Capabilities {
        self.carrier.capabilities()
    }
    async fn place_call(&self, call: &NewCall) -> Result<String, Undone> {
        let placed = self.carrier.place_call(call).await;
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        placed
    }
    async fn redirect_call(&self, carrier_call: &str, url: &str) -> Result<(), VendorError> {
        self.carrier.redirect_call(carrier_call, url).await
    }
    async fn stop_ringing(&self, carrier_call: &str) -> Result<(), VendorError> {
        self.carrier.stop_ringing(carrier_call).await
    }
    async fn hang_up(&self, carrier_call: &str) -> Result<(), VendorError> {
        self.carrier.hang_up(carrier_call).await
    }
    async fn call_status(&self, carrier_call: &str) -> Result<Option<CallProgress>, VendorError> {
        self.carrier.call_status(carrier_call).await
    }
    async fn calls_to(
        &self,
        number: &PhoneNumber,
        since: Timestamp,
    ) -> Result<Vec<CallAtCarrier>, VendorError> {
        self.carrier.calls_to(number, since).await
    }
    async fn open_recording(&self, source: &Source) -> Result<Sound, VendorError> {
        self.carrier.open_recording(source).await
    }
    async fn delete_recording(&self, source: &Source) -> Result<(), VendorError> {
        self.carrier.delete_recording(source).await
    }
    async fn text_of(&self, source: &Source) -> Result<TextOf, VendorError> {
        self.carrier.text_of(source).await
    }
    async fn recordings_of(&self, carrier_call: &str) -> Result<Vec<KeptRecording>, VendorError> {
        self.carrier.recordings_of(carrier_call).await
    }
    async fn probe(&self) -> Result<(), VendorError> {
        self.carrier.probe().await
    }
    async fn number(&self, number: &PhoneNumber) -> Result<Option<NumberAtCarrier>, VendorError> {
        self.carrier.number(number).await
    }
}
