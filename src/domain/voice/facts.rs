//! What the machine may ask to know, and the answers.

use super::call::Caller;
use crate::domain::contact::PhoneNumber;

/// A question of the machine. The only way in which it reaches for data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Who calls, and whether they are let in.
    Admission,
}

/// What has been found out for this step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The answer to [`Need::Admission`].
    pub admission: Option<Admission>,
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
