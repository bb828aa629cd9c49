//! A visit to an address of the settings, our own public one for example.

use super::cause::silence;
use crate::ports::error::VendorError;
use crate::ports::visitor::{Seen, Visitor};
use async_trait::async_trait;
use reqwest::{Client, RequestBuilder};
use url::Url;

/// Bytes of an answer that are looked at: ours are shorter.
const LONGEST: usize = 1024;

/// Comes over HTTP, by way of whatever name server, proxy and certificate there are.
#[derive(Debug, Clone)]
pub struct HttpVisitor {
    client: Client,
    key: &'static str,
}

impl HttpVisitor {
    /// By that client (of [`super::http_client`]); `key`: where in the settings its addresses are from, for the log.
    pub const fn new(client: Client, key: &'static str) -> Self {
        Self { client, key }
    }
}

#[async_trait]
impl Visitor for HttpVisitor {
    async fn get(&self, url: &Url) -> Result<Seen, VendorError> {
        seen(self.client.get(url.clone()), self.key).await
    }

    async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        form: &[(String, String)],
    ) -> Result<Seen, VendorError> {
        let request = self.client.post(url.clone()).form(form);
        seen(headers.iter().fold(request, |request, (name, value)| request.header(*name, value)), self.key)
            .await
    }
}

async fn seen(request: RequestBuilder, key: &'static str) -> Result<Seen, VendorError> {
    let trouble = |error| silence(key, error);
    let mut answer = request.send().await.map_err(trouble)?;
    let status = answer.status().as_u16();
    let mut body = vec![];
    while body.len() < LONGEST {
        match answer.chunk().await.map_err(trouble)? {
            Some(piece) => body.extend_from_slice(&piece),
            None => break,
        }
    }
    body.truncate(LONGEST);
    Ok(Seen { status, body: String::from_utf8_lossy(&body).into_owned() })
}
