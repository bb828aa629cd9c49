//! Who transmits messages.

use super::error::VendorError;
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::ids::NotificationId;
use async_trait::async_trait;

/// One message, ready to go. Its `Debug` shows no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Ours; given to the vendor as the message's id where it takes one.
    pub id: NotificationId,
    /// To whom, and what.
    pub body: Body,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A short message.
    Sms {
        /// To whom.
        to: PhoneNumber,
        /// The words.
        text: String,
    },
    /// A mail.
    Mail {
        /// To whom.
        to: EmailAddress,
        /// One line.
        subject: String,
        /// As plain text.
        text: String,
        /// The same as HTML.
        html: String,
    },
}

/// Sends one message at a time.
#[async_trait]
pub trait SingleSender: Send + Sync {
    /// Hands the message to the vendor; the answer is the vendor's id of it, where it gives one.
    async fn send(&self, message: &Message) -> Result<Option<String>, VendorError>;
    /// Whether the vendor knows us. Nothing is sent.
    async fn probe(&self) -> Result<(), VendorError>;
}
