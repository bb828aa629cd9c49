//! Who transmits messages.

use super::error::{Undone, VendorError};
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::directory::device::Device;
use crate::domain::ids::NotificationId;
use async_trait::async_trait;
use jiff::Timestamp;

/// How long a short message is at most, in characters: the most that all vendors take (`MessageBird` nine parts of 153,
/// Twilio 1600), since which of them takes it is not known when it is written, and what is too long is refused or loses
/// its end.
pub const LONGEST_SMS: usize = 1_377;

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

/// What a vendor knows of a message that it may have been given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It has taken it, and calls it by that name.
    Taken(Option<String>),
    /// It has never been given it.
    Never,
    /// It can't be asked.
    CannotTell,
}

/// A message that a vendor may have been given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'a> {
    /// Ours.
    pub id: NotificationId,
    /// To whom.
    pub to: &'a Device,
    /// What [`SingleSender::trace`] said of it.
    pub trace: Option<&'a str>,
    /// Not before.
    pub since: Timestamp,
}

/// Sends one message at a time.
#[async_trait]
pub trait SingleSender: Send + Sync {
    /// What logs, metrics and the ledger call it. It stays the same as long as the vendor does.
    fn name(&self) -> &str;
    /// What a message can be found by at the vendor, where that keeps no id of ours: no words of it.
    fn trace(&self, message: &Message) -> Option<String>;
    /// Whether the vendor was given that message.
    async fn knows(&self, sought: &Sought<'_>) -> Result<Known, VendorError>;
    /// Hands the message to the vendor; the answer is the vendor's id of it, where it gives one.
    async fn send(&self, message: &Message) -> Result<Option<String>, Undone>;
    /// Whether what people write back to its messages comes in here.
    fn is_answered(&self) -> bool {
        true
    }
    /// Whether the vendor knows us. Nothing is sent.
    async fn probe(&self) -> Result<(), VendorError>;
}
