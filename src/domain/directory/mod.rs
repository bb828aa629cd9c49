//! People, the groups they stand in, how they are reached, and who stands in for whom.
//!
//! Owned by the settings file (what changes at run time comes from the store, in a later step). The
//! checker guarantees what the types can't say: every name that is referred to exists.

pub mod absence;
pub mod device;
pub mod elsewhere;
pub mod group;
pub mod person;
pub mod resolve;

use crate::domain::contact::PhoneNumber;
use absence::Absence;
use group::{Group, GroupName};
use person::{Person, PersonId};

/// Everyone and every group, as one value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directory {
    /// In the settings' order.
    pub people: Vec<Person>,
    /// In the settings' order.
    pub groups: Vec<Group>,
    /// In the settings' order.
    pub absences: Vec<Absence>,
}

/// An addressee of a call or an alert.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recipient {
    /// Everyone on call in a group.
    Group(GroupName),
    /// One person.
    Person(PersonId),
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

    /// The person who has that number as a voice device. Any other kind of device does not count
    /// (P06); a device without a number can't exist (P51).
    pub fn by_voice_number(&self, number: &PhoneNumber) -> Option<&Person> {
        self.people.iter().find(|person| {
            person.devices.iter().any(|device| matches!(device, device::Device::Voice(own) if own == number))
        })
    }
}
