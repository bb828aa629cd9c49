//! A phone that we call: who is behind it, and what has become of it.

use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{CallId, LegId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A call of ours to somebody's phone, within a caller's call: the evidence of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// Unique.
    pub id: LegId,
    /// The caller's call that it belongs to.
    pub call: CallId,
    /// Who is called.
    pub person: PersonId,
    /// Their name as it is spoken.
    pub name: String,
    /// What they are spoken to in: key of a prompts file.
    pub language: String,
    /// What is rung.
    pub number: PhoneNumber,
    /// What the carrier calls it; `None`: it has not said so yet.
    pub carrier_call: Option<String>,
    /// When it was decided.
    pub planned_at: Timestamp,
    /// When the carrier was first asked for it: from then on it may exist there, whatever we have heard.
    pub asked_at: Option<Timestamp>,
    /// When the carrier said that it rings.
    pub ringing_at: Option<Timestamp>,
    /// When it was picked up, by whatever.
    pub answered_at: Option<Timestamp>,
    /// The keys that were pressed.
    pub keys: Option<String>,
    /// When a human has said yes.
    pub accepted_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Why it ended: ours when we ended it, else the carrier's word.
    pub end: Option<LegEnd>,
}

impl Leg {
    /// Whether it is over for us.
    pub const fn is_over(&self) -> bool {
        self.ended_at.is_some()
    }
}

/// Why a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegEnd {
    /// Busy, or declined: carriers don't tell them apart.
    Busy,
    /// It rang, and nobody picked up.
    NoAnswer,
    /// The number can't be reached, or the carrier would not call it.
    Failed,
    /// A machine picked up.
    Machine,
    /// Somebody or something picked up and pressed no key.
    NoKey,
    /// Somebody pressed the key that passes the call on.
    PassedOn,
    /// Somebody else was first.
    Taken,
    /// The caller was gone, or chose otherwise: a message, or the menu.
    CallerGone,
    /// The hunt's time was over.
    OutOfTime,
    /// We heard no more of it.
    Lost,
    /// They talked, and it is over.
    Talked,
    /// Whoever had picked up hung up before saying yes.
    HungUp,
}

impl LegEnd {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Busy,
        Self::NoAnswer,
        Self::Failed,
        Self::Machine,
        Self::NoKey,
        Self::PassedOn,
        Self::Taken,
        Self::CallerGone,
        Self::OutOfTime,
        Self::Lost,
        Self::Talked,
        Self::HungUp,
    ];

    /// The word for store, API, logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Failed => "failed",
            Self::Machine => "machine",
            Self::NoKey => "no_key",
            Self::PassedOn => "passed_on",
            Self::Taken => "taken",
            Self::CallerGone => "caller_gone",
            Self::OutOfTime => "out_of_time",
            Self::Lost => "lost",
            Self::Talked => "talked",
            Self::HungUp => "hung_up",
        }
    }

    /// The end of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.word() == word)
    }

    /// Whether it was us who let it go, whatever was going on there.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Taken | Self::CallerGone | Self::OutOfTime | Self::Lost | Self::Machine)
    }

    /// Whether the hunt went on with somebody else, and the caller with it.
    pub const fn is_passed_over(self) -> bool {
        matches!(self, Self::NoKey | Self::PassedOn | Self::Lost | Self::OutOfTime | Self::Machine)
    }

    /// As the log of an alert says it of a person.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "did not pick up",
            Self::Failed => "could not be called",
            Self::Machine => "a machine picked up",
            Self::NoKey => "picked up and pressed no key",
            Self::PassedOn => "passed it on",
            Self::Taken => "somebody else was first",
            Self::CallerGone => "the caller was gone, or chose otherwise",
            Self::OutOfTime => "the time was over",
            Self::Lost => "nothing more was heard of that phone",
            Self::Talked => "talked",
            Self::HungUp => "picked up and hung up",
        }
    }
}

/// What the store is told of a leg. Each is written once: what comes again, or later, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegNote {
    /// The carrier has it, under that id.
    Placed(String),
    /// It rings.
    Ringing,
    /// It was picked up.
    Answered,
    /// Keys were pressed there.
    Pressed(String),
    /// A human has said yes.
    Accepted,
    /// It is over for us; the carrier may still have to be told.
    Ended(LegEnd),
}
