//! A call and where it stands.

use super::action::Action;
use super::hunt::Hunt;
use super::order::Order;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, CallId, LegId, RecordingId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Unique.
    pub id: CallId,
    /// The carrier's id of it: an opaque string.
    pub carrier_call: String,
    /// The caller's phone in it.
    pub leg: LegId,
    /// Who calls, once let in.
    pub caller: Option<Caller>,
    /// Where it stands.
    pub state: CallState,
    /// Raised by every change; a change made from an older version is refused.
    pub version: i64,
    /// The number of the document that the carrier performs now.
    pub document: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When [`super::input::CallInput::Due`] is fed to it.
    pub due_at: Option<Timestamp>,
}

impl Call {
    /// A call that the carrier has just announced; nothing of it is stored yet.
    pub const fn announced(id: CallId, leg: LegId, carrier_call: String, now: Timestamp) -> Self {
        Self {
            id,
            carrier_call,
            leg,
            caller: None,
            state: CallState::Identifying,
            version: 0,
            document: 0,
            started_at: now,
            due_at: None,
        }
    }
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Their id; `None` for a stranger on an open line.
    pub person: Option<PersonId>,
    /// Their name; `None` for a stranger.
    pub name: Option<String>,
    /// The number that they call from; `None` when it is withheld (open lines only).
    pub number: Option<PhoneNumber>,
    /// What they are spoken to in: key of a prompts file.
    pub language: String,
}

/// How often a question went unanswered or was answered wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Asked {
    /// Times that the caller said nothing.
    pub silent: u32,
    /// Times that the caller pressed a key that means nothing here.
    pub wrong: u32,
}

/// Where a call stands; each state carries what is known in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum CallState {
    /// Nobody has been let in yet. Whatever else proves who calls (attestation, PIN) belongs between this
    /// state and the menu.
    Identifying,
    /// "One moment, please": whoever may know the caller's number has not answered yet.
    Holding {
        /// What they call from.
        number: PhoneNumber,
        /// When they are asked no more.
        until: Timestamp,
    },
    /// "What do you want to do?"
    ChoosingAction {
        /// Unanswered so far.
        asked: Asked,
    },
    /// "For whom?"
    ChoosingTarget {
        /// What to start.
        action: Action,
        /// Which page of the targets, from 0.
        page: usize,
        /// Unanswered so far.
        asked: Asked,
    },
    /// "How bad is it?"
    ChoosingSeverity {
        /// What is known; its severity is still the default.
        order: Order,
        /// Unanswered so far.
        asked: Asked,
    },
    /// The caller speaks.
    Recording {
        /// What the message is for.
        order: Order,
        /// The take before this one: it counts until another replaces it.
        draft: Option<Draft>,
        /// Empty recordings so far.
        empty: u32,
    },
    /// "Shall I send it?"
    ConfirmingRecording {
        /// What the message is for.
        order: Order,
        /// The message.
        draft: Draft,
        /// Unanswered so far.
        asked: Asked,
    },
    /// The alert is open; the caller hears how its text is getting on.
    AwaitingTranscription {
        /// The alert.
        alert: AlertId,
        /// The message.
        draft: Draft,
        /// How the recipient is spoken.
        spoken: Option<String>,
        /// Whether the alert is passed on to another system, which may not get a text that comes late.
        #[serde(default)]
        is_forwarded: bool,
        /// When the waiting ends.
        until: Timestamp,
        /// Which wait line comes next.
        line: u32,
    },
    /// The caller is gone in the middle of a recording, and the carrier has not said what it has of it.
    Recovering {
        /// What the message is for.
        order: Order,
        /// The take before it.
        draft: Option<Draft>,
        /// How often the carrier was asked.
        looks: u32,
    },
    /// Somebody on call is being sought, and the caller waits.
    Hunting {
        /// How far it is.
        hunt: Box<Hunt>,
    },
    /// Somebody has said yes.
    Connected {
        /// The hunt, as it stood then: it goes on when they are gone before the caller could hear them.
        hunt: Box<Hunt>,
        /// Our call to them.
        leg: LegId,
        /// Who: a place among the candidates.
        who: usize,
        /// When the caller was put through.
        joined_at: Option<Timestamp>,
        /// Whether they have left, and the caller comes back soon.
        #[serde(default)]
        has_left: bool,
    },
    /// Nobody could be reached: what shall be done instead?
    Offering {
        /// What the caller wanted; its missed alert is not told to anybody yet.
        order: Order,
        /// Why.
        why: Unreached,
        /// Unanswered so far.
        asked: Asked,
        /// Whether the caller does not know yet.
        is_untold: bool,
    },
    /// The alert is open, and its people are being called into a conference.
    Conferring {
        /// Who is still being called.
        hunt: Box<Hunt>,
        /// Our calls to those who are in it.
        joined: Vec<LegId>,
        /// Where the caller is.
        caller: InConference,
    },
    /// Open alerts are read out: what shall be done about this one?
    HearingAlerts {
        /// Those that there were when the caller asked for them, newest first.
        alerts: Vec<AlertId>,
        /// Which of them is being read.
        place: usize,
        /// Unanswered so far.
        asked: Asked,
    },
    /// Over.
    Ended {
        /// How.
        ending: Ending,
        /// What a recording would be for that turns up after all.
        unsent: Option<Order>,
    },
}

/// A recording as the call knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Which one.
    pub recording: RecordingId,
    /// What is known of its text.
    pub news: News,
}

/// What is known of the text of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It is being made.
    Pending,
    /// It is there.
    Arrived,
    /// There will be none.
    Never,
}

/// Why nobody on call talks to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreached {
    /// Nobody is on call, or nobody of them has a phone.
    Nobody,
    /// It could not be found out who is on call.
    Unknown,
    /// Everybody was called, and nobody has said yes.
    Exhausted,
    /// The caller has waited long enough.
    OutOfTime,
}

/// Where the caller is while a conference goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InConference {
    /// In it.
    Inside,
    /// On the way out, to hear that nobody else has come.
    Leaving,
    /// Gone; others may still be talking.
    Gone,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The caller was not let in.
    Refused,
    /// The alert is open and the caller knows it.
    Alerted,
    /// The caller said nothing, or only wrong keys, too often.
    NoAnswer,
    /// The caller has talked to somebody on call.
    Talked,
    /// Nobody could be reached; the alert of the call is open, and the caller knows it.
    Missed,
    /// The caller hung up; a message that there was has been released.
    HungUp,
    /// The carrier sent no sign of life; a message that there was has been released.
    Lost,
}

impl CallState {
    /// The word for logs and metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Identifying => "identifying",
            Self::Holding { .. } => "holding",
            Self::ChoosingAction { .. } => "choosing_action",
            Self::ChoosingTarget { .. } => "choosing_target",
            Self::ChoosingSeverity { .. } => "choosing_severity",
            Self::Recording { .. } => "recording",
            Self::ConfirmingRecording { .. } => "confirming_recording",
            Self::AwaitingTranscription { .. } => "awaiting_transcription",
            Self::Recovering { .. } => "recovering",
            Self::Hunting { .. } => "hunting",
            Self::Connected { .. } => "connected",
            Self::Offering { .. } => "offering",
            Self::Conferring { .. } => "conferring",
            Self::HearingAlerts { .. } => "hearing_alerts",
            Self::Ended { .. } => "ended",
        }
    }

    /// The alert that is open and that nobody is told of while the call stands here.
    pub fn held(&self) -> Option<AlertId> {
        match self {
            Self::Hunting { hunt } => Some(hunt.alert),
            Self::Offering { order, .. }
            | Self::Recording { order, .. }
            | Self::ConfirmingRecording { order, .. }
            | Self::Recovering { order, .. } => order.missed,
            Self::Identifying
            | Self::Holding { .. }
            | Self::ChoosingAction { .. }
            | Self::ChoosingTarget { .. }
            | Self::ChoosingSeverity { .. }
            | Self::AwaitingTranscription { .. }
            | Self::Connected { .. }
            | Self::Conferring { .. }
            | Self::HearingAlerts { .. }
            | Self::Ended { .. } => None,
        }
    }

    /// Whether the caller waits for others, talks to them, or hears that there are none.
    pub const fn is_among_others(&self) -> bool {
        match self {
            Self::Hunting { .. } | Self::Connected { .. } | Self::Offering { .. } => true,
            Self::Conferring { caller, .. } => !matches!(caller, InConference::Gone),
            Self::Identifying
            | Self::Holding { .. }
            | Self::ChoosingAction { .. }
            | Self::ChoosingTarget { .. }
            | Self::ChoosingSeverity { .. }
            | Self::Recording { .. }
            | Self::ConfirmingRecording { .. }
            | Self::AwaitingTranscription { .. }
            | Self::Recovering { .. }
            | Self::HearingAlerts { .. }
            | Self::Ended { .. } => false,
        }
    }

    /// Whether the caller's line is done with: the call is over, or goes on among others.
    pub const fn is_line_over(&self) -> bool {
        matches!(self, Self::Ended { .. } | Self::Conferring { caller: InConference::Gone, .. })
    }
}
