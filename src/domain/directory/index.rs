//! A directory as it is looked things up in: by name, and not from one end to the other.

use super::Directory;
use super::absence::Absence;
use super::group::{Group, GroupName};
use super::overrides::{Override, OverrideChange};
use super::person::{Person, PersonId};
use super::schedule::{Schedule, ScheduleName};
use jiff::Timestamp;
use std::collections::HashMap;

/// For one question, or for many of one moment.
pub(super) struct Index<'a> {
    people: HashMap<&'a PersonId, &'a Person>,
    groups: HashMap<&'a GroupName, &'a Group>,
    schedules: HashMap<&'a ScheduleName, &'a Schedule>,
    absences: HashMap<&'a PersonId, Vec<&'a Absence>>,
    overrides: HashMap<&'a ScheduleName, Vec<&'a Override>>,
}

impl<'a> Index<'a> {
    /// Of two entries of one name the first counts.
    pub(super) fn of(directory: &'a Directory) -> Self {
        let mut index = Self {
            people: directory.people.iter().rev().map(|person| (&person.id, person)).collect(),
            groups: directory.groups.iter().rev().map(|group| (&group.name, group)).collect(),
            schedules: directory.schedules.iter().rev().map(|schedule| (&schedule.name, schedule)).collect(),
            absences: HashMap::new(),
            overrides: HashMap::new(),
        };
        for absence in &directory.absences {
            index.absences.entry(&absence.person).or_default().push(absence);
        }
        for change in &directory.overrides {
            index.overrides.entry(&change.schedule).or_default().push(change);
        }
        index
    }

    pub(super) fn person(&self, id: &PersonId) -> Option<&'a Person> {
        self.people.get(id).copied()
    }

    pub(super) fn group(&self, name: &GroupName) -> Option<&'a Group> {
        self.groups.get(name).copied()
    }

    pub(super) fn schedule(&self, name: &ScheduleName) -> Option<&'a Schedule> {
        self.schedules.get(name).copied()
    }

    /// Every absence of a person.
    pub(super) fn absences(&self, person: &PersonId) -> &[&'a Absence] {
        self.absences.get(person).map_or(&[], Vec::as_slice)
    }

    /// Every override of a schedule.
    pub(super) fn overrides(&self, schedule: &ScheduleName) -> &[&'a Override] {
        self.overrides.get(schedule).map_or(&[], Vec::as_slice)
    }
}

/// The absence in force: of several, the one that began last, because it was known last.
pub(super) fn absence_at<'a>(absences: &[&'a Absence], at: Timestamp) -> Option<&'a Absence> {
    absences.iter().copied().filter(|absence| absence.covers(at)).max_by_key(|absence| absence.from)
}

/// What is changed of a person's place at a moment: of several overrides, the one that began last counts.
pub(super) fn change_at<'a>(
    overrides: &[&'a Override],
    place: &PersonId,
    at: Timestamp,
) -> Option<&'a OverrideChange> {
    let of_place = overrides.iter().filter(|one| one.covers(at) && one.change.place() == place);
    of_place.max_by_key(|one| one.from).map(|one| &one.change)
}
