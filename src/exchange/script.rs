//! Calls written down: `.call` files that a person plays on the phone, line by line.
//!
//! One step a line; texts in double quotes; `#` at the start of a line or before a blank begins a comment.
//!
//! | line | what it means |
//! |---|---|
//! | `settings twelve-groups` | the world it plays in; left out: `demo` |
//! | `caller ada`, `caller +15550100`, `caller "sip:a@b"`, `caller withheld`, `caller absent` | who calls: a person of the settings, a raw value, `anonymous`, or no field at all (as when no line says it) |
//! | `attestation TN-Validation-Passed-A` | what the carrier says about that caller's number |
//! | `transcription after 3 seconds`, `… fails`, `… never comes`, `… as usual` | what becomes of recordings from now on |
//! | `webhooks repeated`, `webhooks swapped`, `recording callback lost`, `transcription callback lost`, `status callback lost`, `placing answers lost`, `text answers lost` | what goes wrong from now on |
//! | `dial` | picks up the phone; a script may call several times |
//! | `hears "Press 1"` | waits until this is said, in capitals or not, after what was heard before |
//! | `does not hear "…"` | it was not said since the last `hears`, or since the caller did something |
//! | `never hears "…"` | it is not said in the whole script; checked at its end |
//! | `press 12#` | presses keys, now; what was heard before counts as heard |
//! | `silence` | does nothing until something new is said |
//! | `records "Pumps are down" for 14 seconds` | waits for the recording to begin and speaks; without `for` as long as such a text takes |
//! | `says "Ada here"` | speaks, once somebody else is on the line |
//! | `connected` | waits until somebody else is on the line |
//! | `wait 10 seconds` | lets time pass |
//! | `hangs up` | |
//! | `call ends` | waits until the other side has ended the call |
//! | `alert for "Database" from "Ada Admin" saying "Pumps" severity high state acknowledged by ben` | waits for an alert like this that no earlier line took; each part may be left out |
//! | `alerts 1`, `no alert` | waits until there are as many, and there are no more; there is none at present |
//! | `sms to ben containing "Pumps"`, `mail to cleo containing "…"` | waits for a message to a person, a number or an address |
//! | `no sms to ben`, `no mail to cleo` | there is none at present |
//!
//! Other people are named by their ids in the settings, or by their numbers; `ben's second phone` is his second
//! device for calls, and `ben and cleo press 1` happens at the same moment. What happens when their phones are rung
//! is so from then on; where nothing is said, a phone rings and nobody answers:
//!
//! | line | what it means |
//! |---|---|
//! | `ben answers`, `ben answers after 5 seconds` | he picks up after 2 seconds of ringing, or so many |
//! | `ben does not answer` | his phone rings until the caller gives up |
//! | `ben is busy` | his phone does not even ring |
//! | `ben declines after 3 seconds`, `ben declines` | he declines then; what rings now he declines now |
//! | `ben has voicemail`, `ben has voicemail saying "…" after 9 seconds` | a mailbox picks up after 4 seconds, or so many, and greets |
//! | `ben's number is dead` | there is no such number |
//! | `ben is out of reach` | the carrier can't get through |
//!
//! What they do themselves. Each line waits until it is possible; a phone whose call is over listens to the next:
//!
//! | line | what it means |
//! |---|---|
//! | `ben's phone rings` | waits until it does, for a call that no such line has dealt with |
//! | `ben's phone does not ring` | it does not, and did not since a line last spoke of it |
//! | `ben's phone stops ringing` | waits until it does, without having been picked up or declined |
//! | `nobody's phone rings` | no phone rings any more, at most 3 seconds from now |
//! | `ben picks up` | waits until his phone rings, and answers |
//! | `ben hears "…"`, `ben does not hear "…"` | as for the caller; what others on the line say is heard too |
//! | `ben presses 1` | once his line has said its first word |
//! | `ben is connected` | waits until somebody else is on his line |
//! | `ben says "…"` | once somebody else is on his line, or he is recorded |
//! | `ben texts "1a"` | writes to the number that is called, from his phone |
//! | `ben hangs up` | |
//! | `ben is cut off` | waits until the other side has ended his call |
//!
//! The caller may be named like that too: `ada says "…"`.
//!
//! Whatever a script says, it fails when the carrier has to apologise for the gateway, unless a line hears it.

mod parse;
pub mod remote;
mod run;
mod stage;
#[cfg(test)]
mod tests;

use std::fmt;

use super::{
    behaviour::{Fault, Transcribing},
    handsets::Handset,
};

pub use parse::{ParseError, parse};
pub use run::{Failure, run};
pub use stage::{SeenAlert, Stage, StageError};

/// The settings that a script plays in when it names none.
pub const USUAL_SETTINGS: &str = "demo";

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What it is called, for messages: usually its path.
    pub name: String,
    /// The name of the settings that it plays in.
    pub settings: String,
    /// What happens.
    pub lines: Vec<Line>,
}

/// One step and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number of the line, from 1.
    pub number: usize,
    /// The line as written.
    pub text: String,
    /// What it means.
    pub step: Step,
}

/// One step of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Who calls next.
    Caller(CallerId),
    /// What the carrier says about the caller's number.
    Attestation(String),
    /// What becomes of recordings.
    Transcription(Transcribing),
    /// What goes wrong.
    Fault(Fault),
    /// Picks up the phone.
    Dial,
    /// Waits until this is said.
    Hears(String),
    /// This was not said lately.
    DoesNotHear(String),
    /// This is never said.
    NeverHears(String),
    /// Presses keys.
    Press(String),
    /// Waits until something is said.
    Silence,
    /// Speaks into a recording.
    Records {
        /// The words.
        text: String,
        /// How long it takes.
        seconds: u32,
    },
    /// Speaks to others on the line.
    Says {
        /// The words.
        text: String,
        /// How long it takes.
        seconds: u32,
    },
    /// Waits until others are on the line.
    Connected,
    /// Decides what happens when phones are rung.
    Handset {
        /// Which phones.
        phones: Vec<Phone>,
        /// What happens.
        handset: Handset,
    },
    /// Other people do something at the same moment.
    Others {
        /// By their phones.
        phones: Vec<Phone>,
        /// What they do.
        deed: Deed,
    },
    /// No phone rings any more.
    NobodyRings,
    /// Lets seconds pass.
    Wait(u32),
    /// Hangs up.
    HangsUp,
    /// Waits until the other side has ended the call.
    CallEnds,
    /// Waits for an alert.
    Alert(WantedAlert),
    /// Waits until there are exactly as many alerts.
    Alerts(usize),
    /// Waits for a message.
    Message(WantedMessage),
    /// There is no message of this kind to this person.
    NoMessage(WantedMessage),
}

/// One of somebody's phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// A person of the settings, or a number.
    pub of: String,
    /// The place of the phone among those of the person, from 1.
    pub place: usize,
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            1 => f.write_str(&self.of),
            place => write!(f, "{} on phone {place}", self.of),
        }
    }
}

/// What somebody does whose phone is rung, or what happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Waits until the phone rings.
    Rings,
    /// The phone doesn't ring, and did not lately.
    DoesNotRing,
    /// Waits until the phone stops ringing.
    StopsRinging,
    /// Answers.
    PicksUp,
    /// Declines what rings, or what will.
    Declines,
    /// Waits until this is said.
    Hears(String),
    /// This was not said lately.
    DoesNotHear(String),
    /// Presses keys.
    Presses(String),
    /// Speaks.
    Says {
        /// The words.
        text: String,
        /// How long it takes.
        seconds: u32,
    },
    /// Waits until others are on the line.
    IsConnected,
    /// Writes a text to the number that is called.
    Texts(String),
    /// Hangs up.
    HangsUp,
    /// Waits until the other side has ended the call.
    IsCutOff,
}

/// What the carrier says about who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerId {
    /// The number of a person of the settings.
    Person(String),
    /// Exactly this.
    Raw(String),
    /// Nothing, not even an empty field.
    Absent,
}

/// An alert as a script describes it; what is `None` doesn't matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedAlert {
    /// The name of a recipient.
    pub recipient: Option<String>,
    /// The name of the caller.
    pub from: Option<String>,
    /// Part of the text.
    pub saying: Option<String>,
    /// The severity.
    pub severity: Option<String>,
    /// The word of its state.
    pub state: Option<String>,
    /// The id of whoever takes care of it.
    pub by: Option<String>,
}

/// A message as a script describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedMessage {
    /// By what road.
    pub road: super::line::Road,
    /// A person of the settings, a number, or an address.
    pub to: String,
    /// Part of its text or its subject.
    pub containing: Option<String>,
}
