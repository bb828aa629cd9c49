//! What changes in the directory while the program runs: absences and overrides. What may be added, and what may be
//! taken away.

#[cfg(test)]
mod tests;

use super::absence::Absence;
use super::overrides::{Override, OverrideChange};
use super::person::PersonId;
use super::{Directory, Recipient};
use crate::domain::ids::{AbsenceId, OverrideId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use uuid::Uuid;

/// What somebody has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Somebody is away.
    AbsenceAdded(Absence),
    /// They are not.
    AbsenceRemoved(Absence),
    /// Another is on call.
    OverrideAdded(Override),
    /// Those are on call whom the schedule names.
    OverrideRemoved(Override),
}

/// What the store has of the directory, in no certain order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunTime {
    /// Who is away.
    pub absences: Vec<Absence>,
    /// Who is on call in whose place.
    pub overrides: Vec<Override>,
}

impl RunTime {
    /// Whether it says nothing.
    pub const fn is_empty(&self) -> bool {
        self.absences.is_empty() && self.overrides.is_empty()
    }
}

/// One thing that is wrong with what is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which of its fields, as the API names it.
    pub field: &'static str,
    /// What.
    pub fault: Fault,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nobody has that id.
    #[error("there is no such person")]
    UnknownPerson,
    /// Nothing has that name.
    #[error("there is no such schedule")]
    UnknownSchedule,
    /// Nobody stands in for themselves.
    #[error("is the person whose place is to be taken")]
    SamePerson,
    /// It has no length.
    #[error("is not after `from`")]
    EndsBeforeItBegins,
    /// It would change nothing any more.
    #[error("is over")]
    IsOver,
}

impl Fault {
    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown_person",
            Self::UnknownSchedule => "unknown_schedule",
            Self::SamePerson => "same_person",
            Self::EndsBeforeItBegins => "ends_before_it_begins",
            Self::IsOver => "is_over",
        }
    }
}

/// Why nothing is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAdded {
    /// Everything that is wrong with it.
    Wrong(Vec<Wrong>),
    /// It contradicts that override.
    Overlaps(Box<Override>),
}

/// Why nothing is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRemoved {
    /// There is nothing of that id.
    Unknown,
    /// It stands in the settings file, which alone can change it.
    DefinedInSettings,
}

/// Whether somebody can be said to be away like that.
pub fn add_absence(directory: &Directory, absence: Absence, now: Timestamp) -> Result<Changed, NotAdded> {
    let mut wrong = Vec::new();
    known(directory, "person", &absence.person, &mut wrong);
    if let Some(replacement) = &absence.replacement {
        known(directory, "replacement", replacement, &mut wrong);
        if *replacement == absence.person {
            wrong.push(Wrong { field: "replacement", fault: Fault::SamePerson });
        }
    }
    if let Some(until) = absence.until {
        lasts(absence.from, until, now, &mut wrong);
    }
    if wrong.is_empty() { Ok(Changed::AbsenceAdded(absence)) } else { Err(NotAdded::Wrong(wrong)) }
}

/// Whether a schedule can be overridden like that. The directory has the overrides that there are; one that is added
/// at the same moment is the store's to find.
pub fn add_override(directory: &Directory, added: Override, now: Timestamp) -> Result<Changed, NotAdded> {
    let mut wrong = Vec::new();
    if directory.schedule(&added.schedule).is_none() {
        wrong.push(Wrong { field: "schedule", fault: Fault::UnknownSchedule });
    }
    match &added.change {
        OverrideChange::Add(person) => known(directory, "add", person, &mut wrong),
        OverrideChange::Remove(person) => known(directory, "remove", person, &mut wrong),
        OverrideChange::Replace { out, by } => {
            known(directory, "replace", out, &mut wrong);
            known(directory, "by", by, &mut wrong);
            if out == by {
                wrong.push(Wrong { field: "by", fault: Fault::SamePerson });
            }
        }
    }
    lasts(added.from, added.until, now, &mut wrong);
    if !wrong.is_empty() {
        return Err(NotAdded::Wrong(wrong));
    }
    match directory.overrides.iter().find(|other| other.conflicts_with(&added)) {
        Some(other) => Err(NotAdded::Overlaps(Box::new(other.clone()))),
        None => Ok(Changed::OverrideAdded(added)),
    }
}

/// Whether an absence can be taken away.
pub fn remove_absence(
    in_settings: &Directory,
    stored: Option<Absence>,
    id: AbsenceId,
) -> Result<Changed, NotRemoved> {
    match stored {
        Some(absence) => Ok(Changed::AbsenceRemoved(absence)),
        None if in_settings.absences.iter().any(|absence| absence_id(absence) == id) => {
            Err(NotRemoved::DefinedInSettings)
        }
        None => Err(NotRemoved::Unknown),
    }
}

/// Whether an override can be taken away.
pub fn remove_override(
    in_settings: &Directory,
    stored: Option<Override>,
    id: OverrideId,
) -> Result<Changed, NotRemoved> {
    match stored {
        Some(change) => Ok(Changed::OverrideRemoved(change)),
        None if in_settings.overrides.iter().any(|change| override_id(change) == id) => {
            Err(NotRemoved::DefinedInSettings)
        }
        None => Err(NotRemoved::Unknown),
    }
}

fn known(directory: &Directory, field: &'static str, person: &PersonId, wrong: &mut Vec<Wrong>) {
    if directory.person(person).is_none() {
        wrong.push(Wrong { field, fault: Fault::UnknownPerson });
    }
}

fn lasts(from: Timestamp, until: Timestamp, now: Timestamp, wrong: &mut Vec<Wrong>) {
    if until <= from {
        wrong.push(Wrong { field: "until", fault: Fault::EndsBeforeItBegins });
    } else if until <= now {
        wrong.push(Wrong { field: "until", fault: Fault::IsOver });
    }
}

/// What an absence is known by; one of the settings file by what it says.
pub fn absence_id(absence: &Absence) -> AbsenceId {
    let Absence { id, person, from, until, replacement } = absence;
    let replacement = replacement.as_ref().map_or("", |one| &one.0);
    let said = || {
        id_of(&[
            "absence",
            &person.0,
            replacement,
            &from.to_string(),
            &until.map_or_else(String::new, |at| at.to_string()),
        ])
    };
    id.unwrap_or_else(|| AbsenceId(said()))
}

/// What an override is known by; one of the settings file by what it says.
pub fn override_id(one: &Override) -> OverrideId {
    let (word, by) = match &one.change {
        OverrideChange::Add(_) => ("add", ""),
        OverrideChange::Remove(_) => ("remove", ""),
        OverrideChange::Replace { by, .. } => ("replace", by.0.as_str()),
    };
    let said = || {
        let place = &one.change.place().0;
        id_of(&["override", &one.schedule.0, word, place, by, &one.from.to_string(), &one.until.to_string()])
    };
    one.id.unwrap_or_else(|| OverrideId(said()))
}

/// An id that says the same of the same words, and no time (RFC 9562, version 8).
pub(super) fn id_of(words: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.len().to_be_bytes());
        hash.update(word);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let (first, _rest) = hash.split_at(16);
    uuid::Builder::from_custom_bytes(first.try_into().unwrap_or_default()).into_uuid()
}

/// What of the store refers to somebody, or something, that the settings have no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Its id.
    pub id: Uuid,
    /// What it is, in a word.
    pub what: &'static str,
}

impl Directory {
    /// Whether there is somebody, or something, of that name.
    pub fn knows(&self, recipient: &Recipient) -> bool {
        match recipient {
            Recipient::Group(name) => self.group(name).is_some(),
            Recipient::Person(id) => self.person(id).is_some(),
            Recipient::Schedule(name) => self.schedule(name).is_some(),
        }
    }

    /// This directory with what the store has of it. An override is left out when it names somebody, or a schedule,
    /// that is gone: those whom the schedule names are on call then. An absence is left out when the person is gone;
    /// where only the replacement is, the person is away all the same.
    #[must_use]
    pub fn with(mut self, stored: RunTime) -> (Self, Vec<LeftOut>) {
        let mut left_out = Vec::new();
        let people: HashSet<&PersonId> = self.people.iter().map(|person| &person.id).collect();
        for absence in stored.absences {
            if people.contains(&absence.person) {
                self.absences.push(absence);
            } else {
                left_out.push(LeftOut { id: absence_id(&absence).0, what: "absence" });
            }
        }
        let schedules: HashSet<_> = self.schedules.iter().map(|schedule| &schedule.name).collect();
        for one in stored.overrides {
            let is_known = schedules.contains(&one.schedule)
                && people.contains(one.change.place())
                && one.change.comes().is_none_or(|comes| people.contains(comes));
            if is_known {
                self.overrides.push(one);
            } else {
                left_out.push(LeftOut { id: override_id(&one).0, what: "override" });
            }
        }
        (self, left_out)
    }
}
