//! Changes of a schedule for a time.

use super::person::PersonId;
use super::schedule::ScheduleName;
use crate::domain::ids::OverrideId;
use jiff::Timestamp;

/// From `from` (inclusive) until `until` (exclusive), somebody else is on call than the rotations say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// What it is known by; `None`: it stands in the settings file.
    pub id: Option<OverrideId>,
    /// Whose rotations it changes.
    pub schedule: ScheduleName,
    /// How.
    pub change: OverrideChange,
    /// Its first moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// What an override changes. It looks at what the rotations say, not at what other overrides make of it: two people
/// swap by one replacing the other, and the other the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverrideChange {
    /// Somebody is on call besides, after everyone of the rotations.
    Add(PersonId),
    /// Somebody is not on call where a rotation says so.
    Remove(PersonId),
    /// Somebody is on call in another one's place, where a rotation names that one.
    Replace {
        /// Who leaves.
        out: PersonId,
        /// Who comes.
        by: PersonId,
    },
}

impl Override {
    /// Whether it is in force at that moment.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether the two say different things of one person's place in a schedule at the same moment: of them only one
    /// can be meant.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.schedule == other.schedule
            && self.from < other.until
            && other.from < self.until
            && self.change.place() == other.change.place()
    }
}

impl OverrideChange {
    /// Whose place in the schedule is changed.
    pub const fn place(&self) -> &PersonId {
        match self {
            Self::Add(person) | Self::Remove(person) | Self::Replace { out: person, .. } => person,
        }
    }

    /// Who comes; `None`: nobody.
    pub const fn comes(&self) -> Option<&PersonId> {
        match self {
            Self::Add(person) | Self::Replace { by: person, .. } => Some(person),
            Self::Remove(_) => None,
        }
    }
}
