//! Short messages by `MessageBird`.
//!
//! Source: `MessageBird`'s SMS API: "Send outbound SMS", "List messages", "View balance", "Errors".

use super::answer::Vendor;
use crate::domain::contact::PhoneNumber;
use crate::domain::ids::NotificationId;
use crate::ports::error::{Undone, VendorError};
use crate::ports::vendor::{Body, Known, Message, SingleSender, Sought};
use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, RequestBuilder, Response};
use serde::{Deserialize, Serialize};
use url::Url;

/// Its words may repeat a number in any form, so that only its codes stand in our log.
const MESSAGEBIRD: Vendor = Vendor {
    name: "MessageBird",
    url: "sms.vendor.api_url",
    credential: "sms.vendor.access_key",
    is_quoted: false,
};

/// How many messages are listed at a time.
const PAGE: usize = 200;
/// How many pages are looked through for one that may have been taken.
const MOST_PAGES: usize = 10;

/// An account at `MessageBird`. Its `Debug` shows no key.
#[derive(Clone)]
pub struct MessageBird {
    client: Client,
    api_url: Url,
    access_key: String,
    originator: String,
    is_answered: bool,
}

impl std::fmt::Debug for MessageBird {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageBird").field("api_url", &self.api_url.as_str()).finish_non_exhaustive()
    }
}

/// A message to send. Our own id travels as its reference, by which it is found again.
#[derive(Serialize)]
struct New<'a> {
    originator: &'a str,
    recipients: [&'a str; 1],
    body: &'a str,
    reference: String,
    /// `auto`: the smallest alphabet that has all the characters.
    datacoding: &'static str,
}

/// One that was taken.
#[derive(Deserialize)]
struct Taken {
    id: String,
}

/// A page of those that were taken, newest first.
#[derive(Deserialize)]
struct Page {
    items: Vec<Listed>,
}

/// One of them.
#[derive(Deserialize)]
struct Listed {
    id: String,
    reference: Option<String>,
    #[serde(rename = "createdDatetime")]
    created: Option<Timestamp>,
}

impl MessageBird {
    /// The account of that key, by that client (of [`super::http_client`]). `api_url` has a trailing slash; `originator`
    /// is the number or the name that messages come from; `is_answered`: what is written back to that comes in here.
    pub const fn new(
        client: Client,
        api_url: Url,
        access_key: String,
        originator: String,
        is_answered: bool,
    ) -> Self {
        Self { client, api_url, access_key, originator, is_answered }
    }

    fn url(&self, path: &str) -> Result<Url, VendorError> {
        self.api_url
            .join(path)
            .map_err(|_error| VendorError::permanent("sms.vendor.api_url is not the address of an API"))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, VendorError> {
        MESSAGEBIRD.accepted(self.authorised(request).send().await).await
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, format!("AccessKey {}", self.access_key))
    }

    async fn text(&self, id: NotificationId, to: &PhoneNumber, text: &str) -> Result<String, Undone> {
        let new = New {
            originator: &self.originator,
            recipients: [to.as_str()],
            body: text,
            reference: id.to_string(),
            datacoding: "auto",
        };
        let url = self.url("messages").map_err(Undone::Certainly)?;
        let asked = self.authorised(self.client.post(url).json(&new)).send().await;
        let answer = MESSAGEBIRD.done(asked).await?;
        let Taken { id } = MESSAGEBIRD.json(answer).await.map_err(Undone::Perhaps)?;
        Ok(id)
    }
}

#[async_trait]
impl SingleSender for MessageBird {
    fn name(&self) -> &'static str {
        "messagebird"
    }

    async fn send(&self, message: &Message) -> Result<Option<String>, Undone> {
        match &message.body {
            Body::Sms { to, text } => self.text(message.id, to, text).await.map(Some),
            Body::Mail { .. } => {
                Err(Undone::Certainly(VendorError::permanent("a vendor of text messages takes no mail")))
            }
        }
    }

    /// It keeps our id.
    fn trace(&self, _message: &Message) -> Option<String> {
        None
    }

    /// It lists the newest first, and can't be asked for a reference.
    async fn knows(&self, sought: &Sought<'_>) -> Result<Known, VendorError> {
        let reference = sought.id.to_string();
        // It dates to the second, by its own clock.
        let since = sought.since.as_second().saturating_sub(60);
        for page in 0..MOST_PAGES {
            let query = [("limit", PAGE), ("offset", page.saturating_mul(PAGE))];
            let request = self.client.get(self.url("messages")?).query(&[("direction", "mt")]).query(&query);
            let Page { items } = MESSAGEBIRD.json(self.ask(request).await?).await?;
            let found = items.iter().find(|one| one.reference.as_deref() == Some(reference.as_str()));
            if let Some(found) = found {
                return Ok(Known::Taken(Some(found.id.clone())));
            }
            let is_past = items.iter().any(|one| one.created.is_some_and(|at| at.as_second() < since));
            if is_past || items.len() < PAGE {
                return Ok(Known::Never);
            }
        }
        Ok(Known::CannotTell)
    }

    fn is_answered(&self) -> bool {
        self.is_answered
    }

    /// Asks for the balance, which every live key may.
    async fn probe(&self) -> Result<(), VendorError> {
        self.ask(self.client.get(self.url("balance")?)).await.map(drop)
    }
}
