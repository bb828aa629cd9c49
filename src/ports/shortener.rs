//! Who makes long links short.

use super::error::VendorError;
use async_trait::async_trait;
use url::Url;

/// Makes links short.
#[async_trait]
pub trait Shortener: Send + Sync {
    /// A short link that leads to the long one.
    async fn shorten(&self, long: &Url) -> Result<Url, VendorError>;
    /// Whether it knows us. Nothing is shortened.
    async fn probe(&self) -> Result<(), VendorError>;
}
