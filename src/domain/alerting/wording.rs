//! An alert as the templates of messages speak of it: names and plain values, nothing that a language says.

use super::state::AlertState;
use crate::domain::severity::Severity;
use serde::Serialize;

/// What a template about one alert can use. Every text is one line, but for `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "templates ask simple questions")]
pub struct Wording {
    /// To whom the message goes, as they are called.
    pub person: String,
    /// How bad it is: `critical`, `high`, `medium`, `low` or `info`.
    pub severity: Severity,
    /// What it is about: `alert`, `conference` or `missed_call`.
    pub kind: Kind,
    /// Whether an event raised it; else it was a call.
    pub is_event: bool,
    /// Whether it brings the text of a message that the person was told of before.
    pub is_update: bool,
    /// How it stands: `open`, `acknowledged` or `resolved`.
    pub state: AlertState,
    /// Who brought it there, as they are called; `None`: nobody.
    pub by: Option<String>,
    /// What people call it by.
    pub number: u32,
    /// Its id in the API.
    pub id: String,
    /// Whom it is for.
    pub group: Option<String>,
    /// Whose it is.
    pub team: Option<String>,
    /// What kind of matter it is.
    pub category: Option<String>,
    /// Who called; of an event, the program that it comes from. `None`: nobody knows.
    pub caller: Option<String>,
    /// The number to call back.
    pub caller_number: Option<String>,
    /// What an event says in one line.
    pub title: Option<String>,
    /// What it says besides, in its own lines.
    pub text: Option<String>,
    /// Everything else that it says.
    pub details: Vec<Named>,
    /// Whether the caller left a message.
    pub has_message: bool,
    /// What they said.
    pub transcript: Option<String>,
    /// Whether that is being made.
    pub is_transcript_pending: bool,
    /// How long the message is.
    pub seconds: u32,
    /// Where it is heard; `None`: there is none, or links don't reach that device.
    pub recording_link: Option<String>,
    /// Until when, by the person's clock.
    pub recording_ends_at: Option<String>,
    /// Where the conference meets; `None`: it is none, or people are only called into it.
    pub bridge_number: Option<String>,
    /// The code to dial there.
    pub bridge_code: Option<String>,
    /// Where the place of an event is shown.
    pub map_link: Option<String>,
    /// When it was opened, by the person's clock.
    pub opened_at: String,
    /// The page on which it can be answered.
    pub answer_link: Option<String>,
    /// The short number that is written back to answer it.
    pub reply_code: Option<u32>,
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A message, or an event.
    Alert,
    /// Somebody asks into a conference.
    Conference,
    /// Somebody wanted to talk, and nobody took the call.
    MissedCall,
}

/// Something that an event says besides title and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub value: String,
}

/// What the template of a message that stands for several can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleWording {
    /// How many alerts there are.
    pub count: usize,
    /// How many of them are not named.
    pub more: usize,
    /// The others.
    pub lines: Vec<BundleLine>,
    /// Whether what is written back is read.
    pub is_answered: bool,
}

/// One of several alerts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BundleLine {
    /// What people call it by.
    pub number: u32,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub what: Option<String>,
    /// Who called, or the program that an event comes from.
    pub caller: Option<String>,
}
