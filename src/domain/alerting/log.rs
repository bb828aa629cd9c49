//! What happened to an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happened,
}

/// What can happen to an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    /// It was opened, by what released its message.
    Opened {
        /// Why the message counted as sent.
        release: Release,
    },
    /// The text of the message came.
    TextArrived,
    /// No text could be made of the message.
    TextFailed,
    /// The link could not be made short; people get the long one.
    LinkNotShortened,
    /// The sound is in our own store.
    AudioStored,
    /// The sound could not be had from the carrier.
    AudioLost,
    /// People were chosen to be told.
    Announced {
        /// How many messages were queued.
        messages: usize,
        /// Whether they carry the text of the message.
        with_text: bool,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// A person was told.
    Notified {
        /// Their id.
        person: String,
        /// `sms` or `email`.
        by: String,
    },
    /// A person could not be told.
    NotNotified {
        /// Their id.
        person: String,
        /// `sms` or `email`.
        by: String,
    },
    /// It was passed on to another system.
    Forwarded {
        /// Its name in the settings.
        to: String,
        /// What that system calls the matter, where it says so.
        reference: Option<String>,
    },
    /// It could not be passed on to another system.
    NotForwarded {
        /// Its name in the settings.
        to: String,
        /// Why not, in words.
        why: String,
    },
    /// A person's phone is being rung.
    Called {
        /// Their id.
        person: String,
    },
    /// A person who was called does not talk to the caller.
    NotReached {
        /// Their id.
        person: String,
        /// Why, in words.
        why: String,
    },
    /// A person has come into the conference.
    Joined {
        /// Their id; `caller` of a caller who is nobody of the directory.
        person: String,
    },
    /// A person has left the conference.
    Left {
        /// Their id; `caller` of a caller who is nobody of the directory.
        person: String,
    },
    /// Whom a live call, or a conference, can reach.
    Hunt {
        /// How many people.
        people: usize,
        /// Who was left out, and why, in words.
        skipped: Vec<String>,
    },
    /// Nobody has talked to the caller: the alert is told to its people.
    Missed,
    /// The caller has left a message.
    MessageLeft {
        /// Why it counts as sent.
        release: Release,
    },
    /// Somebody takes care of it.
    Acknowledged {
        /// Their id.
        by: String,
        /// From where: `phone`.
        from: String,
    },
    /// Who took care of it was gone before they could talk to the caller.
    Unacknowledged {
        /// Their id.
        by: String,
    },
    /// Somebody has dealt with it.
    Resolved {
        /// Who said so: the name of an API key, or the id of a person.
        by: String,
    },
}

/// What made a draft count as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// The caller pressed 1.
    Confirmed,
    /// The caller hung up.
    HungUp,
    /// The caller was asked and said nothing.
    Silence,
    /// The call went silent on us.
    Deadline,
    /// There is no message: the caller wants to talk to somebody.
    LiveCall,
}
