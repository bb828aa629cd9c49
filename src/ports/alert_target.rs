//! Systems of others that alerts are passed on to.

use super::error::VendorError;
use crate::domain::alerting::alert::AlertStory;
use async_trait::async_trait;

/// An alert as another system is told of it.
#[derive(Debug, Clone, Copy)]
pub struct ForwardedAlert<'a> {
    /// The alert, with its message.
    pub story: &'a AlertStory,
    /// Where people hear the message: the short link where there is one; empty: there is no message.
    pub link: &'a str,
    /// The same, never short.
    pub page: &'a str,
    /// The carrier's id of the call; `None`: the call has been forgotten after its time.
    pub carrier_call: Option<&'a str>,
}

/// A system of others that takes alerts.
#[async_trait]
pub trait AlertTarget: Send + Sync {
    /// Tells it of an alert; the answer is what it calls the matter, where it says so. It may be told twice, when we
    /// do not learn that it has heard.
    async fn raise(&self, alert: ForwardedAlert<'_>) -> Result<Option<String>, VendorError>;
}
