//! People, the groups and schedules they stand in, how they are reached, and who stands in for whom.
//!
//! People, groups and schedules are the settings file's; absences and overrides are the file's and the store's
//! together. The checker guarantees what the types can't say: every name that is referred to exists.

pub mod absence;
pub mod calendar;
pub mod change;
pub mod device;
pub mod elsewhere;
pub mod group;
mod index;
pub mod overrides;
pub mod person;
pub mod reason;
pub mod resolve;
pub mod schedule;

use crate::domain::contact::PhoneNumber;
use absence::Absence;
use group::{Group, GroupName};
use overrides::Override;
use person::{Person, PersonId};
use schedule::{Schedule, ScheduleName};

/// Everyone, every group and every schedule, as one value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// In the settings' order.
    pub people: Vec<Person>,
    /// In the settings' order.
    pub groups: Vec<Group>,
    /// In the settings' order.
    pub schedules: Vec<Schedule>,
    /// Those of the settings in their order, then those that were entered, oldest first.
    pub absences: Vec<Absence>,
    /// Likewise.
    pub overrides: Vec<Override>,
}

/// An addressee of a call or an alert.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    /// Everyone on call in a group.
    Group(GroupName),
    /// One person.
    Person(PersonId),
    /// Everyone on call by a schedule.
    Schedule(ScheduleName),
}

impl Directory {
    /// The person of that id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// The group of that name.
    pub fn group(&self, name: &GroupName) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == *name)
    }

    /// The schedule of that name.
    pub fn schedule(&self, name: &ScheduleName) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| schedule.name == *name)
    }

    /// The person who has that number as a voice device. Any other kind of device does not count;
    /// a device without a number can't exist.
    pub fn by_voice_number(&self, number: &PhoneNumber) -> Option<&Person> {
        self.people.iter().find(|person| {
            person.devices.iter().any(|device| matches!(device, device::Device::Voice(own) if own == number))
        })
    }
}
