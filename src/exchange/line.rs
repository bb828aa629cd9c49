//! What happens on the line, as the phone shows it and as scripts read it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that happened on the line of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineEvent {
    /// Number within the call, from 1.
    pub n: usize,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Kind,
    /// The words, the keys, or an explanation; empty where the kind says it all.
    pub text: String,
}

/// What happened on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The phone was picked up and the number dialled.
    Dialled,
    /// The carrier begins to say the text.
    Heard,
    /// A key stopped what was being said.
    Cut,
    /// A tone; the recording begins.
    Beep,
    /// A recording begins without a tone.
    Recording,
    /// A recording ended; the text is what it holds.
    Recorded,
    /// The caller pressed keys.
    Pressed,
    /// The caller spoke.
    Said,
    /// Others are being rung, and the caller hears it.
    RingingTone,
    /// The phone rings.
    Rings,
    /// The phone is picked up.
    PickedUp,
    /// Whoever's phone rings doesn't want the call.
    Declined,
    /// The phone stops ringing before anybody has picked it up.
    StopsRinging,
    /// From now on the others on the line are heard.
    Connected,
    /// The others on the line are heard no more.
    Parted,
    /// Somebody else on the line speaks.
    Voice,
    /// A tone: the text is the keys that it stands for; without, it says that somebody comes or goes.
    Tone,
    /// The gateway's answer was of no use; the text says why.
    Trouble,
    /// The caller hung up.
    HungUp,
    /// The other side ended the call.
    Ended,
}

impl Kind {
    /// Whether it is words, or what stands for them.
    pub fn is_heard(self) -> bool {
        matches!(self, Self::Heard | Self::Voice)
    }

    /// Whether the call is over after this.
    pub fn is_end(self) -> bool {
        matches!(self, Self::HungUp | Self::Ended | Self::Declined | Self::StopsRinging)
    }
}

/// A text message or a mail that arrived at one of the exchange's phones or mailboxes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// Number, from 1.
    pub n: usize,
    /// When.
    pub at: Timestamp,
    /// By what road.
    pub kind: Road,
    /// The number or address it was sent to.
    pub to: String,
    /// The number or address it came from.
    pub from: String,
    /// A mail's subject; empty for a text message.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl fmt::Debug for Arrived {
    /// Without numbers, addresses and words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrived").field("n", &self.n).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// By what road a message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// As a text message, through the API.
    Sms,
    /// As a mail, through SMTP.
    Mail,
}
