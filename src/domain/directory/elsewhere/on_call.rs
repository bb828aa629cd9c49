//! Who is on call in a group, as another system's directory says.

use super::super::group::GroupName;
use super::super::person::PersonId;
use crate::domain::contact::PhoneNumber;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What there is of a group there at a moment: of that group alone, and not of those inside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GroupOnCall {
    /// Every shift that is on, in the order in which they were told; none: nobody is on call.
    pub shifts: Vec<ShiftOnCall>,
}

/// A shift that is on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShiftOnCall {
    /// First moment after it; `None`: it was not told.
    pub until: Option<Timestamp>,
    /// Whoever takes part, in the order in which they are tried.
    pub members: Vec<MemberOnCall>,
}

/// Somebody, or something, that takes part in a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOnCall {
    /// Who.
    pub who: Who,
    /// Whether it is switched on there; what is not is never tried.
    pub is_active: bool,
    /// When it is away from this group, past and future ones as well.
    pub absences: Vec<Leave>,
}

/// What can take part in a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// A person, by all of their phones.
    Person(Named),
    /// One phone of a person, by the number that the shift names.
    Phone {
        /// Whose it is.
        owner: Named,
        /// `None`: it has none that can be called from abroad.
        number: Option<PhoneNumber>,
    },
    /// A device of a person that does not ring.
    Silent(Named),
    /// Another group.
    Group(GroupName),
    /// A team whose people are found by a rule. They are not told.
    DynamicTeam(String),
    /// Of a kind that we do not know, by its name.
    Strange(String),
}

/// A person, as a shift names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Their id there.
    pub id: PersonId,
    /// As it is spoken and shown; `None`: it was not told.
    pub name: Option<String>,
}

/// A time in which somebody is away from a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// First moment of it.
    pub from: Timestamp,
    /// First moment after it; `None`: until further notice.
    pub until: Option<Timestamp>,
    /// Who stands in; `None`: nobody.
    pub replacement: Option<Named>,
}

impl Leave {
    /// Whether it is in force at that moment.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

impl MemberOnCall {
    /// The absence in force: of several, the one that began last, because it was known last.
    pub fn leave(&self, at: Timestamp) -> Option<&Leave> {
        self.absences.iter().filter(|leave| leave.covers(at)).max_by_key(|leave| leave.from)
    }

    /// Whose phones have to be known for it at that moment: the person's, or those of who stands in.
    fn asked_about(&self, at: Timestamp) -> Option<&Named> {
        let replacement = self.leave(at).map(|leave| leave.replacement.as_ref());
        match (&self.who, replacement) {
            _ if !self.is_active => None,
            (Who::Person(_) | Who::Phone { .. }, Some(replacement)) => replacement,
            (Who::Person(person), None) => Some(person),
            (
                Who::Phone { .. } | Who::Silent(_) | Who::Group(_) | Who::DynamicTeam(_) | Who::Strange(_),
                _,
            ) => None,
        }
    }
}

impl GroupOnCall {
    /// Whether one of its shifts has ended by that moment, so that another may be on.
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.shifts.iter().any(|shift| shift.until.is_some_and(|until| until <= at))
    }

    /// The groups inside it that are tried, in order.
    pub fn groups(&self) -> impl Iterator<Item = &GroupName> {
        self.active().filter_map(|member| match &member.who {
            Who::Group(name) => Some(name),
            Who::Person(_) | Who::Phone { .. } | Who::Silent(_) | Who::DynamicTeam(_) | Who::Strange(_) => {
                None
            }
        })
    }

    /// The people whose phones have to be known to try it at that moment.
    pub fn people(&self, at: Timestamp) -> impl Iterator<Item = &PersonId> {
        self.active().filter_map(move |member| member.asked_about(at)).map(|named| &named.id)
    }

    fn active(&self) -> impl Iterator<Item = &MemberOnCall> {
        self.shifts.iter().flat_map(|shift| &shift.members).filter(|member| member.is_active)
    }
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptOnCall {
    /// Of which group.
    pub group: GroupName,
    /// What it was; `None`: there is no such group.
    pub answer: Option<GroupOnCall>,
    /// When it was given.
    pub at: Timestamp,
}
