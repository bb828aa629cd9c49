//! Other programs that are told of alerts, by HTTP.
//!
//! Sources: the Standard Webhooks specification (1.0.0: headers, signature, what answers mean); for the shape that SIGNL4
//! gives its events, `signl4`.

pub mod guard;
mod said;
pub mod sign;
mod signl4;
mod standard;

use super::answer::Vendor;
use crate::domain::contact::WebhookUrl;
use crate::domain::ids::HookMessageId;
use crate::ports::error::VendorError;
use crate::ports::webhook::{Devices, Personal, Told, Webhook};
use async_trait::async_trait;
use guard::Reach;
use jiff::Timestamp;
use reqwest::{Client, StatusCode, header};
use sign::SigningKey;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// How long a program may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);

const PROGRAM: Vendor = Vendor {
    name: "the webhook",
    url: "its url in [[webhook]]",
    credential: "its secret in [[webhook]]",
    is_quoted: false,
};

const DEVICE: Vendor = Vendor {
    name: "the person's webhook",
    url: "its url in [[person.device]]",
    credential: "its url in [[person.device]]",
    is_quoted: false,
};

/// In whose words a program is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Ours, as the specification recommends.
    Standard,
    /// Those of SIGNL4.
    Signl4,
}

/// A program, as the settings describe it.
#[derive(Clone)]
pub struct Program {
    /// Its name in the settings.
    pub name: String,
    /// In whose words it is told.
    pub shape: Shape,
    /// Where it is. It may hold a key.
    pub url: Url,
    /// What messages are signed with: each makes a signature; none: they are not signed.
    pub keys: Vec<SigningKey>,
    /// Where it may be.
    pub reach: Reach,
}

/// A program that is told of alerts. Its `Debug` shows no URL and no key.
pub struct HttpWebhook {
    client: Client,
    program: Program,
    /// It has said that it wants no more.
    is_gone: AtomicBool,
}

impl std::fmt::Debug for HttpWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpWebhook").field("name", &self.program.name).finish_non_exhaustive()
    }
}

impl HttpWebhook {
    /// That program, by that client: one of [`super::http_client::within`] the same reach.
    pub const fn new(client: Client, program: Program) -> Self {
        Self { client, program, is_gone: AtomicBool::new(false) }
    }
}

#[async_trait]
impl Webhook for HttpWebhook {
    fn body(&self, told: &Told<'_>) -> String {
        match self.program.shape {
            Shape::Standard => standard::told(told),
            Shape::Signl4 => signl4::told(told, &self.program.name),
        }
    }

    fn test_body(&self, id: HookMessageId, at: Timestamp) -> String {
        match self.program.shape {
            Shape::Standard => standard::test(at),
            Shape::Signl4 => signl4::test(id, at, &self.program.name),
        }
    }

    async fn post(&self, id: Uuid, now: Timestamp, body: &str) -> Result<(), VendorError> {
        let gone = || VendorError::permanent("the webhook has said that it is gone (410)");
        if self.is_gone.load(Ordering::Relaxed) {
            return Err(gone());
        }
        let Program { url, keys, reach, .. } = &self.program;
        let answer = send(&self.client, &PROGRAM, (url, *reach), (id, now, keys), body).await;
        if let Err(Refused { status: Some(StatusCode::GONE), .. }) = answer {
            if !self.is_gone.swap(true, Ordering::Relaxed) {
                let name = &self.program.name;
                tracing::error!(
                    webhook = name,
                    "the webhook is gone (410); this process tells it nothing until it restarts"
                );
            }
            return Err(gone());
        }
        answer.map_err(|refused| refused.error)
    }
}

/// People's own programs.
#[derive(Clone)]
pub struct HttpDevices {
    client: Client,
    reach: Reach,
}

impl HttpDevices {
    /// Those within that reach, by that client: one of [`super::http_client::within`] the same reach.
    pub const fn new(client: Client, reach: Reach) -> Self {
        Self { client, reach }
    }
}

#[async_trait]
impl Devices for HttpDevices {
    async fn post(&self, to: &WebhookUrl, now: Timestamp, what: &Personal<'_>) -> Result<(), VendorError> {
        let url = Url::parse(to.as_str()).map_err(|_error| VendorError::permanent("its address is none"))?;
        let body = standard::personal(what, now);
        let id = what.notification.id.0;
        let sent = send(&self.client, &DEVICE, (&url, self.reach), (id, now, &[]), &body).await;
        sent.map_err(|refused| refused.error)
    }
}

/// A message that was not taken.
struct Refused {
    /// What was answered; `None`: nothing was.
    status: Option<StatusCode>,
    error: VendorError,
}

impl From<VendorError> for Refused {
    fn from(error: VendorError) -> Self {
        Self { status: None, error }
    }
}

async fn send(
    client: &Client,
    who: &Vendor,
    (url, reach): (&Url, Reach),
    (id, now, keys): (Uuid, Timestamp, &[SigningKey]),
    body: &str,
) -> Result<(), Refused> {
    // A host that is a number is asked for no address: it is looked at here, every other one when it is resolved. What
    // leads out of reach does so for good.
    if !reach.allows_host(url) {
        return Err(VendorError::permanent(guard::REFUSED).into());
    }
    let id = id.to_string();
    let timestamp = now.as_second();
    let mut request = client
        .post(url.clone())
        .header(header::CONTENT_TYPE, "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", timestamp);
    if !keys.is_empty() {
        let signatures: Vec<_> = keys.iter().map(|key| key.sign(&id, timestamp, body)).collect();
        request = request.header("webhook-signature", signatures.join(" "));
    }
    let answer = request.body(body.to_owned()).send().await.map_err(|error| {
        if guard::is_out_of_reach(&error) {
            VendorError::permanent(guard::REFUSED)
        } else {
            who.trouble(error)
        }
    })?;
    let status = answer.status();
    match who.success(answer).await {
        Ok(_taken) => Ok(()),
        Err(error) => Err(Refused { status: Some(status), error }),
    }
}
