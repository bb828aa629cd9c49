//! How a person is reached.

use crate::domain::contact::{EmailAddress, PhoneNumber, WebhookUrl};

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Device {
    /// A phone that rings; also what a caller is known by.
    Voice(PhoneNumber),
    /// A phone that takes short messages.
    Sms(PhoneNumber),
    /// A mailbox.
    Email(EmailAddress),
    /// An address of their own program.
    Webhook(WebhookUrl),
}

/// The kind of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// [`Device::Voice`].
    Voice,
    /// [`Device::Sms`].
    Sms,
    /// [`Device::Email`].
    Email,
    /// [`Device::Webhook`].
    Webhook,
}

impl Device {
    /// Its kind.
    pub const fn kind(&self) -> DeviceKind {
        match self {
            Self::Voice(_) => DeviceKind::Voice,
            Self::Sms(_) => DeviceKind::Sms,
            Self::Email(_) => DeviceKind::Email,
            Self::Webhook(_) => DeviceKind::Webhook,
        }
    }
}

impl DeviceKind {
    /// The word used in settings, API and store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Voice, Self::Sms, Self::Email, Self::Webhook].into_iter().find(|kind| kind.word() == word)
    }
}
