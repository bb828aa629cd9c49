//! Bitly: short links.
//!
//! Source: Bitly's API V4, "Shorten a Link" and "Retrieve a User".

use super::answer::Vendor;
use crate::ports::error::VendorError;
use crate::ports::shortener::Shortener;
use async_trait::async_trait;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use url::Url;

const BITLY: Vendor =
    Vendor { name: "the link service", url: "links.api_url", credential: "links.token", is_quoted: true };

/// An account at Bitly. Its `Debug` shows no token.
#[derive(Clone)]
pub struct Bitly {
    client: Client,
    api_url: Url,
    token: String,
}

impl std::fmt::Debug for Bitly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bitly").field("api_url", &self.api_url.as_str()).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Long<'a> {
    long_url: &'a str,
}

#[derive(Deserialize)]
struct Short {
    link: String,
}

impl Bitly {
    /// The account of that token, by that client (of [`super::http_client`]). `api_url` has a trailing slash.
    pub const fn new(client: Client, api_url: Url, token: String) -> Self {
        Self { client, api_url, token }
    }

    fn url(&self, path: &str) -> Result<Url, VendorError> {
        self.api_url
            .join(path)
            .map_err(|_error| VendorError::permanent("links.api_url is not the address of an API"))
    }
}

#[async_trait]
impl Shortener for Bitly {
    async fn shorten(&self, long: &Url) -> Result<Url, VendorError> {
        let request = self.client.post(self.url("v4/shorten")?).bearer_auth(&self.token);
        let answer = request.json(&Long { long_url: long.as_str() }).send().await;
        let Short { link } = BITLY.json(BITLY.accepted(answer).await?).await?;
        let is_link = |link: &Url| matches!(link.scheme(), "http" | "https") && link.has_host();
        Url::parse(&link)
            .ok()
            .filter(is_link)
            .ok_or_else(|| VendorError::temporary("the link service answered with something that is no link"))
    }

    async fn probe(&self) -> Result<(), VendorError> {
        let answer = self.client.get(self.url("v4/user")?).bearer_auth(&self.token).send().await;
        BITLY.accepted(answer).await.map(drop)
    }
}
