//! A group.

use super::Recipient;
use super::device::Device;
use super::person::PersonId;
use super::reason::Skipped;
use super::schedule::ScheduleName;

/// A group's name in settings, API and store: free text, e.g. `R&D #1 50%`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct GroupName(pub String);

impl std::fmt::Display for GroupName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// An addressee made of people and of other groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Unique.
    pub name: GroupName,
    /// In the order in which they are tried.
    pub members: Vec<Member>,
    /// Whether its members are known to the forward targets only: an alert for it is passed on under its name, and
    /// nobody is told by us.
    pub is_elsewhere: bool,
}

/// Somebody, or something, that belongs to a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Member {
    /// A person, reached by all of their devices.
    Person(PersonId),
    /// Everyone on call in another group.
    Group(GroupName),
    /// Everyone on call by a schedule.
    Schedule(ScheduleName),
    /// A person, reached by this one device only.
    Device(PersonId, Device),
    /// Somebody in the place of one who is away from this group only.
    StandIn {
        /// Who is asked.
        person: PersonId,
        /// Who is away.
        of: PersonId,
    },
    /// Nobody to try: who of the group was left out where its members were found, and why.
    LeftOut(Skipped),
}

impl From<Recipient> for Member {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::Group(name) => Self::Group(name),
            Recipient::Person(id) => Self::Person(id),
            Recipient::Schedule(name) => Self::Schedule(name),
        }
    }
}
