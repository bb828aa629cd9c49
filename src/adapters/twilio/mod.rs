//! Twilio, and whoever speaks its API: recordings and short messages.
//!
//! Source: Twilio's REST API of 2010-04-01, the pages of Recordings and Messages.

mod answer;
mod messages;
mod recordings;
mod wire;

use crate::domain::contact::PhoneNumber;
use crate::domain::voice::recording::Source;
use crate::ports::error::VendorError;
use crate::ports::telephony::{KeptRecording, Sound, Telephony, TextOf};
use crate::ports::vendor::{Body, Message, SingleSender};
use crate::twiml::render::Capabilities;
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

/// What Twilio can do.
///
/// The fragment is for Twilio alone ("Webhooks: Connection Overrides") and decides how a call outlives a
/// restart or a slow moment of ours. Twilio gives a document 15 s in all, whatever is written here. Within
/// them it asks up to six times: again when there is no connection (after 2 s at most), no answer within
/// 4.5 s, or a 5xx. To ask twice does no harm, because a document that is answered gets the same answer.
pub const TWILIO: Capabilities =
    Capabilities { url_fragment: "#ct=2000&rt=4500&rc=5&rp=ct,rt,5xx", transcribes: true };

/// An account at Twilio. Its `Debug` shows neither token nor number.
#[derive(Clone)]
pub struct TwilioAccount {
    /// The API, e.g. `https://api.twilio.com/`. Nothing but this is ever told the token.
    pub api_url: Url,
    /// Who we are there.
    pub account_sid: String,
    /// What proves it.
    pub auth_token: String,
    /// Which of our numbers short messages come from.
    pub number: PhoneNumber,
}

impl std::fmt::Debug for TwilioAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TwilioAccount").field("account_sid", &self.account_sid).finish_non_exhaustive()
    }
}

/// An account and the way to it.
#[derive(Debug, Clone)]
pub struct Twilio {
    client: Client,
    account: TwilioAccount,
}

impl Twilio {
    /// That account, by that client (of [`super::http_client`]).
    pub const fn new(client: Client, account: TwilioAccount) -> Self {
        Self { client, account }
    }

    /// A resource of the account; each part is percent-encoded.
    fn url(&self, parts: &[&str]) -> Result<Url, VendorError> {
        let mut url = self.account.api_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut()
            .map_err(|()| VendorError::permanent("carrier.api_url is not the address of an API"))?
            .pop_if_empty()
            .extend(["2010-04-01", "Accounts", &self.account.account_sid])
            .extend(parts);
        Ok(url)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, VendorError> {
        let request = request.basic_auth(&self.account.account_sid, Some(&self.account.auth_token));
        request.send().await.map_err(answer::trouble)
    }
}

#[async_trait]
impl Telephony for Twilio {
    fn capabilities(&self) -> Capabilities {
        TWILIO
    }

    async fn open_recording(&self, source: &Source) -> Result<Sound, VendorError> {
        recordings::open(self, source).await
    }

    async fn delete_recording(&self, source: &Source) -> Result<(), VendorError> {
        recordings::delete(self, source).await
    }

    async fn text_of(&self, source: &Source) -> Result<TextOf, VendorError> {
        recordings::text(self, source).await
    }

    async fn recordings_of(&self, carrier_call: &str) -> Result<Vec<KeptRecording>, VendorError> {
        recordings::of_call(self, carrier_call).await
    }
}

#[async_trait]
impl SingleSender for Twilio {
    async fn send(&self, message: &Message) -> Result<Option<String>, VendorError> {
        match &message.body {
            Body::Sms { to, text } => messages::send(self, to, text).await.map(Some),
            Body::Mail { .. } => Err(VendorError::permanent("the carrier takes no mail")),
        }
    }
}
