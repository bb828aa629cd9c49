//! What the machine may ask to know, and the answers.

use super::call::Caller;
use super::hunt::Candidate;
use super::leg::Leg;
use super::reading::Reading;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::Recipient;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::AlertId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A question of the machine. The only way in which it reaches for data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Who calls, and whether they are let in.
    Admission,
    /// Who is on call for these, and can be called.
    OnCall(Vec<Recipient>),
    /// Whose phones are in use in other calls.
    Busy,
    /// The open alerts of the caller's groups, newest first.
    OpenAlerts,
    /// One alert, to be read out.
    Alert(AlertId),
}

/// What has been found out for this step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The answer to [`Need::Admission`].
    pub admission: Option<Admission>,
    /// The answer to [`Need::OnCall`].
    pub on_call: Option<Callable>,
    /// The answer to [`Need::Busy`].
    pub busy: Option<BTreeSet<PersonId>>,
    /// The answer to [`Need::OpenAlerts`].
    pub open_alerts: Option<Vec<AlertId>>,
    /// The answers to [`Need::Alert`]; `None`: it is forgotten.
    pub alerts: BTreeMap<AlertId, Option<Reading>>,
    /// The phone that an input comes from, where it comes from one that we called.
    pub leg: Option<Leg>,
    /// What the carrier calls that phone, where it has just said so.
    pub carrier_call: Option<String>,
}

/// Who can be called for some recipients.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Callable {
    /// In the order in which they are listed: nobody twice.
    pub candidates: Vec<Candidate>,
    /// Who was left out, and why, in words.
    pub skipped: Vec<String>,
    /// Whether some of it could not be found out.
    pub is_unknown: bool,
    /// When each of them was called last, as far as it is remembered.
    pub called: BTreeMap<PersonId, Timestamp>,
}

/// Whether a caller is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Admitted(Caller),
    /// No.
    Refused(Refusal),
    /// It can't be told yet: nobody who could be asked knows the number, and somebody did not answer.
    Unsettled(PhoneNumber),
}

/// Why a caller is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The number is withheld, absent, or no number.
    Withheld,
    /// Nobody has that number as a voice device.
    Unknown,
    /// Somebody has, but may not call.
    NotAuthorised,
    /// Too many calls from that number.
    OverLimit,
    /// Whoever knows the number could not be asked for too long.
    Unchecked,
}

impl Refusal {
    /// The word for logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::Unknown => "unknown",
            Self::NotAuthorised => "not_authorised",
            Self::OverLimit => "over_limit",
            Self::Unchecked => "unchecked",
        }
    }
}
