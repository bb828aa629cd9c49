//! What a line offers its callers, from settings.

use super::action::Action;
use super::hunt::HuntRules;
use crate::domain::alerting::forward::Forward;
use crate::domain::alerting::team::TeamName;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::Recipient;
use crate::domain::severity::Severity;
use serde::Deserialize;

/// Something that callers are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "OfferWord")]
pub enum Offer {
    /// To start this.
    Start(Action),
    /// To hear the open alerts of their groups.
    Alerts,
}

/// The words of the offers, as settings are written.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum OfferWord {
    Alert,
    Conference,
    Live,
    Alerts,
}

impl From<OfferWord> for Offer {
    fn from(word: OfferWord) -> Self {
        match word {
            OfferWord::Alert => Self::Start(Action::Alert),
            OfferWord::Conference => Self::Start(Action::Conference),
            OfferWord::Live => Self::Start(Action::Live),
            OfferWord::Alerts => Self::Alerts,
        }
    }
}

impl Offer {
    /// The word used in settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start(action) => action.word(),
            Self::Alerts => "alerts",
        }
    }

    /// What it starts, where it starts something.
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Start(action) => Some(action),
            Self::Alerts => None,
        }
    }
}

/// One line's menu and manners.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, or the carrier's way")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallMenu {
    /// Offered in this order as keys 1, 2, …; never empty, at most nine.
    pub offers: Vec<Offer>,
    /// Whom a caller may choose, in key order. Empty: `default_recipients` get it, and nothing is asked.
    /// One: the question is skipped.
    pub targets: Vec<Target>,
    /// The team whose policy is followed when there are no targets, or the chosen one names none; `None`: people are told
    /// once.
    pub team: Option<TeamName>,
    /// Who gets it when there are no targets. Empty: those whom the systems choose that alerts are passed on to.
    pub default_recipients: Vec<Recipient>,
    /// The systems that alerts are passed on to.
    pub forwards: Vec<Forward>,
    /// Whether the caller is asked how bad it is.
    pub ask_severity: bool,
    /// The severity when it isn't asked.
    pub default_severity: Severity,
    /// Seconds to wait for a key after a question.
    pub key_timeout: u32,
    /// How often a question is asked into silence before the call ends.
    pub ask_times: u32,
    /// Longest message in seconds.
    pub longest_message: u32,
    /// Whether recordings are transcribed at all.
    pub transcribe: bool,
    /// Whether the carrier makes the texts; otherwise they are made of the sound in our own store.
    pub carrier_transcribes: bool,
    /// A message shorter than this many seconds has no text made of it.
    pub shortest_transcribed: u32,
    /// A message of this many seconds or more has no text made of it.
    pub longest_transcribed: u32,
    /// Seconds for which a caller is kept waiting for the text, at most.
    pub transcription_wait: u32,
    /// Seconds between two wait lines.
    pub wait_step: u32,
    /// Seconds after which a draft that nobody decided on is released.
    pub draft_deadline: u32,
    /// Seconds without a sign of life after which a call counts as ended.
    pub call_deadline: u32,
    /// Hours after which the carrier's copy of a recording is deleted; `None`: it is left there.
    pub carrier_keeps_hours: Option<u32>,
    /// Days for which a link to a recording works.
    pub link_days: u32,
    /// How people are called for a live call, and into a conference; how long phones ring, and whether machines are
    /// listened for, also where they are rung about alerts.
    pub hunt: HuntRules,
    /// The number that people see whom we call; it is ours.
    pub caller_id: PhoneNumber,
    /// The bridge of somebody else's that a conference meets at; `None`: the carrier makes one.
    pub bridge: Option<ExternalBridge>,
    /// Whether the carrier has conferences and calls people apart from the caller's line; otherwise they are rung from
    /// that line, which is connected as soon as one of them says yes.
    pub has_conferences: bool,
    /// Whom to call when an alert can't be stored, as it is spoken, e.g. `the control room, extension 4 0 0`.
    pub fallback_contact: Option<String>,
    /// The language of people without one of their own, spoken and written: key of a prompts file.
    pub language: String,
}

impl CallMenu {
    /// What callers may start, in key order.
    pub fn actions(&self) -> impl Iterator<Item = Action> + '_ {
        self.offers.iter().filter_map(|offer| offer.action())
    }

    /// Whether an alert that is started like that is passed on to anybody.
    pub fn forwards(&self, action: Action) -> bool {
        self.forwards.iter().any(|forward| forward.takes(action))
    }

    /// The team whose policy an alert for these follows.
    pub fn team_of(&self, recipients: &[Recipient]) -> Option<&TeamName> {
        let chosen =
            self.targets.iter().find(|target| [&target.recipient] == *recipients.iter().collect::<Vec<_>>());
        chosen.and_then(|target| target.team.as_ref()).or(self.team.as_ref())
    }
}

/// One entry of the menu "which group".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Who gets the alert.
    pub recipient: Recipient,
    /// How the name is spoken.
    pub spoken: String,
    /// The team whose policy is followed; `None`: the menu's.
    pub team: Option<TeamName>,
}

/// A conference bridge of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalBridge {
    /// Its number.
    pub number: PhoneNumber,
    /// What is pressed there, e.g. `1234#`; empty: nothing.
    pub code: String,
}
