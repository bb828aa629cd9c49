//! A schedule: who is on call when, by rotations.

mod clock;
pub mod gaps;
mod rotation;
pub mod shifts;

#[cfg(test)]
mod tests;

use super::person::PersonId;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;

/// A schedule's name in settings, API and store: free text, like a group's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ScheduleName(pub String);

impl std::fmt::Display for ScheduleName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An addressee whose people change with the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Unique.
    pub name: ScheduleName,
    /// Where its clock is that people read it by.
    pub zone: TimeZone,
    /// On call side by side, in the order in which they are tried.
    pub rotations: Vec<Rotation>,
}

/// People who take turns.
///
/// Hand-offs are moments of the local clock: a daily one at 09:00 stays at 09:00 when the clock is changed. A local
/// time that the clock leaves out is the first moment after what is left out, and one that it shows twice is the first
/// of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// In the order of their turns; the first begins at `starts_at`. Somebody may stand there more than once.
    pub members: Vec<PersonId>,
    /// How long a turn is.
    pub every: Every,
    /// The first hand-off, on the clock of `zone`. Before it nobody of the rotation is on call.
    pub starts_at: DateTime,
    /// Whose clock counts.
    pub zone: TimeZone,
    /// When somebody is on call at all; empty: always. The turns pass in the meantime.
    pub restriction: Vec<LocalWindow>,
}

/// The length of a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// In what it is counted.
    pub unit: Unit,
    /// How many of these; at least 1.
    pub length: u32,
}

/// In what the length of a turn is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Hours of the local clock.
    Hourly,
    /// Days.
    Daily,
    /// Weeks.
    Weekly,
    /// Months. A hand-off on a day that a month does not have is on its last day.
    Monthly,
}

/// A part of some days, on the clock of its rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalWindow {
    /// The days on which it begins.
    pub days: Weekdays,
    /// Its first moment.
    pub from: Time,
    /// The first moment after it: of the same day when it is later than `from`, else of the next one.
    pub until: Time,
}

/// Some days of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Sunday.
    pub const ALL: Self = Self(0b111_1111);

    /// Whether that day is one of them.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    const fn bit(day: Weekday) -> u8 {
        1 << day.to_monday_zero_offset()
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().fold(0, |bits, day| bits | Self::bit(day)))
    }
}

/// Somebody is on call for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who.
    pub who: PersonId,
    /// In whose place; `None`: in their own.
    pub stands_in_for: Option<PersonId>,
    /// Its first moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}
