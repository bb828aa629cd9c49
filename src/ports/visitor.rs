//! How we look from outside.

use super::error::VendorError;
use async_trait::async_trait;
use url::Url;

/// What a visitor was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

/// Somebody who looks at an address of the settings: at our public one as the carrier does, for example.
#[async_trait]
pub trait Visitor: Send + Sync {
    /// Looks at a page.
    async fn get(&self, url: &Url) -> Result<Seen, VendorError>;
    /// Sends a form with those headers.
    async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        form: &[(String, String)],
    ) -> Result<Seen, VendorError>;
}
