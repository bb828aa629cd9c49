//! Who does something to an alert, and from where.

use super::team::IntegrationName;
use crate::domain::directory::person::PersonId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Somebody of the directory.
    Person(PersonId),
    /// Whoever holds the API key of that name.
    Key(String),
    /// The program behind that way in.
    Integration(IntegrationName),
    /// The rule of the settings under that key.
    Rule(String),
}

/// What a stored [`Who`] begins with, before its colon.
const PERSON: &str = "person";
const KEY: &str = "key";
const INTEGRATION: &str = "integration";
const RULE: &str = "rule";

impl Who {
    /// The person, where it is one.
    pub const fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(id) => Some(id),
            Self::Key(_) | Self::Integration(_) | Self::Rule(_) => None,
        }
    }

    /// The name alone: a person's id, or the name of a key, an integration or a rule.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(id) => &id.0,
            Self::Key(name) | Self::Rule(name) => name,
            Self::Integration(name) => &name.0,
        }
    }

    /// The form for the store: `person:ada`.
    pub fn tagged(&self) -> String {
        let tag = match self {
            Self::Person(_) => PERSON,
            Self::Key(_) => KEY,
            Self::Integration(_) => INTEGRATION,
            Self::Rule(_) => RULE,
        };
        format!("{tag}:{}", self.name())
    }

    /// What [`Self::tagged`] wrote.
    pub fn from_tagged(text: &str) -> Option<Self> {
        let (tag, name) = text.split_once(':')?;
        match tag {
            PERSON => Some(Self::Person(PersonId(name.to_owned()))),
            KEY => Some(Self::Key(name.to_owned())),
            INTEGRATION => Some(Self::Integration(IntegrationName(name.to_owned()))),
            RULE => Some(Self::Rule(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// From where somebody did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A phone that rang, or that was called from.
    Phone,
    /// A text message.
    Sms,
    /// The page behind a link in a message.
    Link,
    /// The API.
    Api,
    /// The webhook by which events come in.
    Webhook,
    /// The settings: nobody did it, it was time.
    Settings,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Phone, Self::Sms, Self::Link, Self::Api, Self::Webhook, Self::Settings];

    /// The word used in the API, the log and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Sms => "sms",
            Self::Link => "link",
            Self::Api => "api",
            Self::Webhook => "webhook",
            Self::Settings => "settings",
        }
    }

    /// The channel of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Who does something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub who: Who,
    /// From where.
    pub from: Channel,
}
