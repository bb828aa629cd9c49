//! A person away.

use super::person::PersonId;
use crate::domain::ids::AbsenceId;
use jiff::Timestamp;

/// From `from` (inclusive) until `until` (exclusive), a person is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// What it is known by; `None`: it stands in the settings file.
    pub id: Option<AbsenceId>,
    /// Who is away.
    pub person: PersonId,
    /// First moment of the absence.
    pub from: Timestamp,
    /// First moment after it; `None`: until further notice.
    pub until: Option<Timestamp>,
    /// Who stands in; `None`: nobody.
    pub replacement: Option<PersonId>,
}

impl Absence {
    /// Whether it is in force at that moment.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
