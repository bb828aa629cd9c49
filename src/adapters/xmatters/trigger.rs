//! Alerts for xMatters, by its inbound integrations: one URL for alerts, one for conferences.
//!
//! Source: xMatters' API, "Trigger an inbound integration": `POST` of JSON, answered with 202 and a `requestId`. The
//! URL may hold an API key, so it is a secret.

mod payload;

use super::super::answer::Vendor;
use crate::domain::voice::action::Action;
use crate::ports::alert_target::{AlertTarget, ForwardedAlert};
use crate::ports::error::VendorError;
use async_trait::async_trait;
use payload::Payload;
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use url::Url;

const XMATTERS: Vendor = Vendor {
    name: "the forward target",
    url: "its URL in [[forward]]",
    credential: "its URL and login in [[forward]]",
    is_quoted: false,
};

/// The inbound integrations of one xMatters.
#[derive(Clone)]
pub struct Triggers {
    /// What takes alerts; `None`: they are not for it.
    pub alert_url: Option<Url>,
    /// What takes calls into a conference; `None`: they are not for it.
    pub conference_url: Option<Url>,
    /// User and password, where the URL alone does not let us in.
    pub login: Option<(String, String)>,
}

/// xMatters as a target of alerts. Its `Debug` shows no URL.
#[derive(Clone)]
pub struct XmattersTarget {
    client: Client,
    triggers: Triggers,
}

impl std::fmt::Debug for XmattersTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("XmattersTarget").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Accepted {
    #[serde(rename = "requestId")]
    request_id: String,
}

impl XmattersTarget {
    /// Those integrations, by that client (of [`super::super::http_client`]).
    pub const fn new(client: Client, triggers: Triggers) -> Self {
        Self { client, triggers }
    }
}

#[async_trait]
impl AlertTarget for XmattersTarget {
    async fn raise(&self, alert: ForwardedAlert<'_>) -> Result<Option<String>, VendorError> {
        let Triggers { alert_url, conference_url, login } = &self.triggers;
        let not_a_call = || VendorError::permanent("it takes alerts of calls only");
        let from = alert.story.alert.origin.call().ok_or_else(not_a_call)?;
        let url = match from.action {
            Action::Alert | Action::Live => alert_url,
            Action::Conference => conference_url,
        };
        let url = url
            .clone()
            .ok_or_else(|| VendorError::permanent("the settings have no URL there for it any more"))?;
        let request = self.client.post(url).json(&Payload::of(alert, from));
        let request = match login {
            Some((user, password)) => request.basic_auth(user, Some(password)),
            None => request,
        };
        reference(request.send().await).await
    }
}

/// What xMatters calls the matter that it has taken on.
async fn reference(asked: Result<Response, reqwest::Error>) -> Result<Option<String>, VendorError> {
    let answer = XMATTERS.accepted(asked).await?;
    let is_taken = answer.status() == StatusCode::ACCEPTED;
    match XMATTERS.json(answer).await {
        Ok(Accepted { request_id }) => Ok(Some(request_id)),
        // It has the alert, whatever it says of it: telling it again would raise a second one.
        Err(_) if is_taken => Ok(None),
        Err(error) => Err(error),
    }
}
