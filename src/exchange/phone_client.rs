//! A phone's connection to an exchange in another process.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

use super::{
    behaviour::Behaviour,
    carrier::{CallTo, Dial},
    http,
    line::{Arrived, LineEvent},
    phone::{Done, Keys, NewCall, NewText, Ringing, Words},
};

/// The exchange must answer within this, on top of the wait that it was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a phone can't do something.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// There is no exchange, or it doesn't answer.
    #[error("the exchange can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The token is not the one of the account.
    #[error("the exchange refuses the account's token")]
    Refused,
    /// There is no such call.
    #[error("the exchange knows no such call")]
    NoSuchCall,
    /// The exchange answered something else.
    #[error("the exchange answered with status {0}")]
    Unexpected(u16),
}

/// A phone's connection to an exchange.
#[derive(Clone)]
pub struct PhoneClient {
    base: String,
    token: String,
    http: Client,
}

impl PhoneClient {
    /// A connection to the exchange at `base` (`http://127.0.0.1:8090`), with the account's token.
    pub fn new(base: &str, token: &str) -> Result<Self, PhoneError> {
        let http = http::client(PATIENCE).map_err(PhoneError::Unreachable)?;
        Ok(Self { base: base.trim_end_matches('/').to_owned(), token: token.to_owned(), http })
    }

    /// Dials. Returns the call's sid.
    pub async fn dial(&self, dial: &Dial) -> Result<String, PhoneError> {
        let call: NewCall = self.ask(self.http.post(self.url("calls")).json(dial), Duration::ZERO).await?;
        Ok(call.sid)
    }

    /// What happened on the line of a call after event number `after`; waits up to `wait` for something.
    pub async fn events(
        &self,
        sid: &str,
        after: usize,
        wait: Duration,
    ) -> Result<Vec<LineEvent>, PhoneError> {
        self.poll(&format!("calls/{sid}/events"), after, wait).await
    }

    /// Presses keys; false when the call is over.
    pub async fn press(&self, sid: &str, keys: &str) -> Result<bool, PhoneError> {
        let keys = Keys { digits: keys.to_owned() };
        self.act(self.http.post(self.url(&format!("calls/{sid}/keys"))).json(&keys)).await
    }

    /// Speaks, for so many seconds or as long as it takes; false when nobody hears it.
    pub async fn say(&self, sid: &str, text: &str, seconds: Option<u32>) -> Result<bool, PhoneError> {
        let words = Words { text: text.to_owned(), seconds };
        self.act(self.http.post(self.url(&format!("calls/{sid}/say"))).json(&words)).await
    }

    /// Hangs up; false when the call is over already.
    pub async fn hang_up(&self, sid: &str) -> Result<bool, PhoneError> {
        self.act(self.http.post(self.url(&format!("calls/{sid}/hang-up")))).await
    }

    /// Picks up a phone that rings; false when it does not.
    pub async fn pick_up(&self, sid: &str) -> Result<bool, PhoneError> {
        self.act(self.http.post(self.url(&format!("calls/{sid}/pick-up")))).await
    }

    /// Declines a call; false when the phone does not ring.
    pub async fn decline(&self, sid: &str) -> Result<bool, PhoneError> {
        self.act(self.http.post(self.url(&format!("calls/{sid}/decline")))).await
    }

    /// The calls to a phone after number `after`; waits up to `wait` for one.
    pub async fn calls_to(
        &self,
        number: &str,
        after: usize,
        wait: Duration,
    ) -> Result<Vec<CallTo>, PhoneError> {
        let number: String = url::form_urlencoded::byte_serialize(number.as_bytes()).collect();
        self.poll(&format!("handsets/{number}/calls"), after, wait).await
    }

    /// How many phones ring.
    pub async fn ringing(&self) -> Result<usize, PhoneError> {
        let ringing: Ringing = self.ask(self.http.get(self.url("ringing")), Duration::ZERO).await?;
        Ok(ringing.phones)
    }

    /// Sends a text to the number; its sid.
    pub async fn text(&self, from: &str, text: &str) -> Result<String, PhoneError> {
        let new = NewText { from: from.to_owned(), text: text.to_owned() };
        let sent: NewCall = self.ask(self.http.post(self.url("texts")).json(&new), Duration::ZERO).await?;
        Ok(sent.sid)
    }

    /// The text messages and mails after number `after`; waits up to `wait` for one.
    pub async fn messages(&self, after: usize, wait: Duration) -> Result<Vec<Arrived>, PhoneError> {
        self.poll("messages", after, wait).await
    }

    /// Changes how the carrier behaves.
    pub async fn behave(&self, behaviour: &Behaviour) -> Result<(), PhoneError> {
        self.send(self.http.post(self.url("behaviour")).json(behaviour), Duration::ZERO).await?;
        Ok(())
    }

    fn url(&self, path: &str) -> String {
        format!("{}/phone/{path}", self.base)
    }

    async fn poll<T: DeserializeOwned>(
        &self,
        path: &str,
        after: usize,
        wait: Duration,
    ) -> Result<T, PhoneError> {
        let query = [("after", after.to_string()), ("wait", wait.as_secs_f64().to_string())];
        self.ask(self.http.get(self.url(path)).query(&query), wait).await
    }

    async fn act(&self, request: RequestBuilder) -> Result<bool, PhoneError> {
        let done: Done = self.ask(request, Duration::ZERO).await?;
        Ok(done.done)
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        wait: Duration,
    ) -> Result<T, PhoneError> {
        self.send(request, wait).await?.json().await.map_err(PhoneError::Unreachable)
    }

    async fn send(&self, request: RequestBuilder, wait: Duration) -> Result<reqwest::Response, PhoneError> {
        let request = request.bearer_auth(&self.token).timeout(wait.saturating_add(PATIENCE));
        let reply = request.send().await.map_err(|error| PhoneError::Unreachable(error.without_url()))?;
        match reply.status() {
            status if status.is_success() => Ok(reply),
            StatusCode::UNAUTHORIZED => Err(PhoneError::Refused),
            StatusCode::NOT_FOUND => Err(PhoneError::NoSuchCall),
            status => Err(PhoneError::Unexpected(status.as_u16())),
        }
    }
}
