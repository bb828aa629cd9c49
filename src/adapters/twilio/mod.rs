//! Twilio, and whoever speaks its API: calls, recordings, short messages, and how our number is set up.
//!
//! Source: Twilio's REST API of 2010-04-01, the pages of Calls, Recordings, Messages, Accounts and
//! `IncomingPhoneNumbers`.

mod calls;
mod messages;
mod numbers;
mod recordings;
mod wire;

use super::answer::Vendor;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::device::Device;
use crate::domain::voice::recording::Source;
use crate::ports::error::{Undone, VendorError};
use crate::ports::telephony::{
    CallAtCarrier, CallProgress, KeptRecording, NewCall, NumberAtCarrier, Sound, Telephony, TextOf,
};
use crate::ports::vendor::{Body, Known, Message, SingleSender, Sought};
use crate::twiml::render::Capabilities;
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

/// What Twilio can do.
///
/// The fragment is for Twilio alone ("Webhooks: Connection Overrides") and decides how a call outlives a
/// restart or a slow moment of ours. Twilio gives a document 15 s in all, whatever is written here. Within
/// them it asks up to six times: again when there is no connection (after 2 s at most), no answer within
/// 4.5 s, or a 5xx. To ask twice does no harm, because a document that is answered gets the same answer.
pub const TWILIO: Capabilities =
    Capabilities { url_fragment: "#ct=2000&rt=4500&rc=5&rp=ct,rt,5xx", transcribes: true, conferences: true };

/// What opens an account at Twilio (Twilio, "API keys": HTTP Basic by account and token, or by key and secret).
#[derive(Clone)]
pub enum TwilioLogin {
    /// The account's own token, which may do everything.
    Token(String),
    /// A key, which can be revoked alone.
    Key {
        /// Its id, `SK…`.
        sid: String,
        /// What proves it.
        secret: String,
    },
}

impl TwilioLogin {
    /// The settings that it comes from.
    const fn settings(&self) -> &'static str {
        match self {
            Self::Token(_) => "carrier.account_sid and carrier.auth_token",
            Self::Key { .. } => "carrier.account_sid, carrier.api_key and carrier.api_secret",
        }
    }
}

/// An account at Twilio. Its `Debug` shows neither secret nor number.
#[derive(Clone)]
pub struct TwilioAccount {
    /// The API, e.g. `https://api.twilio.com/`. Nothing but this is ever told the token or the key.
    pub api_url: Url,
    /// Who we are there.
    pub account_sid: String,
    /// What proves it.
    pub login: TwilioLogin,
    /// Our number there, which calls are placed from.
    pub number: PhoneNumber,
    /// Which of our numbers short messages come from.
    pub texts_from: PhoneNumber,
    /// Whether it has conferences, and places calls. Twilio does; not everybody who speaks its API.
    pub conferences: bool,
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
    /// Where the fate of short messages is told; `None`: nowhere.
    texts_status: Option<Url>,
}

impl Twilio {
    /// That account, by that client (of [`super::http_client`]).
    pub const fn new(client: Client, account: TwilioAccount) -> Self {
        Self { client, account, texts_status: None }
    }

    /// The same, which tells what becomes of a short message: to that address, with our id of the message as one more
    /// part of its path.
    #[must_use]
    pub fn with_texts_status(self, url: Url) -> Self {
        Self { texts_status: Some(url), ..self }
    }

    /// As the operator's log speaks of it.
    const fn vendor(&self) -> Vendor {
        Vendor {
            name: "the carrier",
            url: "carrier.api_url",
            credential: self.account.login.settings(),
            is_quoted: true,
        }
    }

    /// A resource of the account; each part is percent-encoded.
    fn url(&self, parts: &[&str]) -> Result<Url, VendorError> {
        self.address(&[&[self.account.account_sid.as_str()], parts].concat())
    }

    /// Another page of a list, which Twilio names by path and query. It is asked for where the API is, whatever is said.
    fn page(&self, path_and_query: &str) -> Result<Url, VendorError> {
        let named = self.account.api_url.join(path_and_query);
        let named =
            named.map_err(|_error| VendorError::temporary("the carrier names no page of its list"))?;
        let mut url = self.account.api_url.clone();
        url.set_path(named.path());
        url.set_query(named.query());
        Ok(url)
    }

    /// A resource of the API below its accounts.
    fn address(&self, parts: &[&str]) -> Result<Url, VendorError> {
        let mut url = self.account.api_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut()
            .map_err(|()| VendorError::permanent("carrier.api_url is not the address of an API"))?
            .pop_if_empty()
            .extend(["2010-04-01", "Accounts"])
            .extend(parts);
        Ok(url)
    }

    /// Asks, with all that proves who we are.
    async fn ask(&self, request: RequestBuilder) -> Result<Response, VendorError> {
        self.authorised(request).send().await.map_err(|error| self.vendor().trouble(error))
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        let (user, password) = match &self.account.login {
            TwilioLogin::Token(token) => (&self.account.account_sid, token),
            TwilioLogin::Key { sid, secret } => (sid, secret),
        };
        request.basic_auth(user, Some(password))
    }

    /// The answer, when it is a 2xx.
    async fn accepted(&self, answer: Response) -> Result<Response, VendorError> {
        self.vendor().success(answer).await
    }
}

#[async_trait]
impl Telephony for Twilio {
    fn capabilities(&self) -> Capabilities {
        Capabilities { conferences: self.account.conferences, ..TWILIO }
    }

    async fn place_call(&self, call: &NewCall) -> Result<String, Undone> {
        calls::place(self, call).await
    }

    async fn redirect_call(&self, carrier_call: &str, url: &str) -> Result<(), VendorError> {
        calls::redirect(self, carrier_call, url).await
    }

    async fn stop_ringing(&self, carrier_call: &str) -> Result<(), VendorError> {
        calls::stop_ringing(self, carrier_call).await
    }

    async fn hang_up(&self, carrier_call: &str) -> Result<(), VendorError> {
        calls::hang_up(self, carrier_call).await
    }

    async fn call_status(&self, carrier_call: &str) -> Result<Option<CallProgress>, VendorError> {
        calls::status(self, carrier_call).await
    }

    async fn calls_to(
        &self,
        number: &PhoneNumber,
        since: Timestamp,
    ) -> Result<Vec<CallAtCarrier>, VendorError> {
        calls::to(self, number, since).await
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

    async fn probe(&self) -> Result<(), VendorError> {
        numbers::probe(self).await
    }

    async fn number(&self, number: &PhoneNumber) -> Result<Option<NumberAtCarrier>, VendorError> {
        numbers::number(self, number).await
    }
}

#[async_trait]
impl SingleSender for Twilio {
    async fn send(&self, message: &Message) -> Result<Option<String>, Undone> {
        match &message.body {
            Body::Sms { to, text } => messages::send(self, message.id, to, text).await.map(Some),
            Body::Mail { .. } => Err(Undone::Certainly(VendorError::permanent("the carrier takes no mail"))),
        }
    }

    fn name(&self) -> &'static str {
        "carrier"
    }

    /// Twilio keeps no id of ours.
    fn trace(&self, message: &Message) -> Option<String> {
        match &message.body {
            Body::Sms { text, .. } => Some(messages::trace(text)),
            Body::Mail { .. } => None,
        }
    }

    async fn knows(&self, sought: &Sought<'_>) -> Result<Known, VendorError> {
        match (sought.to, sought.trace) {
            (Device::Sms(to), Some(trace)) => messages::find(self, to, trace, sought.since).await,
            (Device::Sms(_) | Device::Voice(_) | Device::Email(_) | Device::Webhook(_), _) => {
                Ok(Known::CannotTell)
            }
        }
    }

    async fn probe(&self) -> Result<(), VendorError> {
        numbers::probe(self).await
    }
}
