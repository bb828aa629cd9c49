//! A calendar: the shifts of a person, a group or a schedule, and who is away.

use super::absence::Absence;
use super::change::{absence_id, id_of};
use super::group::{GroupName, Member};
use super::person::PersonId;
use super::resolve::everyone_in;
use super::schedule::shifts::shifts;
use super::schedule::{Schedule, ScheduleName, Shift};
use super::{Directory, Recipient};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::collections::HashSet;
use uuid::Uuid;

/// How many months a calendar looks ahead, besides the present one.
const MONTHS_AHEAD: i32 = 3;

/// The time that a calendar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// Something in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same event, whenever it is asked for.
    pub id: Uuid,
    /// What it is.
    pub what: What,
    /// Its first moment.
    pub from: Timestamp,
    /// First moment after it; what goes on beyond the calendar ends with that.
    pub until: Timestamp,
}

/// What is in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody is on call.
    OnCall {
        /// By which schedule.
        schedule: ScheduleName,
        /// Who.
        person: PersonId,
        /// In whose place; `None`: in their own.
        stands_in_for: Option<PersonId>,
    },
    /// Somebody is away.
    Away {
        /// Who.
        person: PersonId,
        /// Who stands in; `None`: nobody.
        replacement: Option<PersonId>,
    },
}

impl Window {
    /// The present month with the one before and some after it, in UTC. It moves with the months only, so that what is
    /// cut at its beginning stays the same event for a month.
    pub fn around(now: Timestamp) -> Self {
        let month = now.to_zoned(TimeZone::UTC).date().first_of_month();
        let first = |months: i32, or: Timestamp| {
            let date = month.checked_add(Span::new().months(months)).ok();
            let start = date.and_then(|date: Date| date.to_zoned(TimeZone::UTC).ok());
            start.map_or(or, |start| start.timestamp())
        };
        Self { from: first(-1, Timestamp::MIN), until: first(MONTHS_AHEAD + 1, Timestamp::MAX) }
    }
}

/// What is in the calendar of that addressee, in the order of time. Of a person: when they are on call by whatever
/// schedule, when they are away, and when they stand in for somebody. Of a group: all of its schedules, also those of
/// groups in it, and when its people are away. Of a schedule: its shifts.
pub fn calendar(directory: &Directory, of: &Recipient, window: Window) -> Vec<Event> {
    let (schedules, people) = shown(directory, of);
    let is_wanted = |shift: &Shift| match of {
        Recipient::Person(id) => shift.who == *id,
        Recipient::Group(_) | Recipient::Schedule(_) => true,
    };
    let mut events = Vec::new();
    for schedule in schedules {
        let shifts = shifts(directory, schedule, window.from, window.until);
        events.extend(shifts.into_iter().filter(is_wanted).map(|shift| on_call(schedule, shift)));
    }
    let mut met = HashSet::new();
    for absence in &directory.absences {
        let concerned = [Some(&absence.person), absence.replacement.as_ref()];
        let is_wanted = match of {
            Recipient::Person(id) => concerned.contains(&Some(id)),
            Recipient::Group(_) | Recipient::Schedule(_) => people.contains(&absence.person),
        };
        // The settings may have the same twice.
        if is_wanted && met.insert(absence_id(absence)) {
            events.extend(away(absence, window));
        }
    }
    events.sort_by_key(|event| event.from);
    events
}

/// The schedules that are shown, and the people whose absences are, where that is not one person's calendar.
fn shown<'a>(directory: &'a Directory, of: &Recipient) -> (Vec<&'a Schedule>, HashSet<PersonId>) {
    match of {
        Recipient::Person(_) => (directory.schedules.iter().collect(), HashSet::new()),
        Recipient::Schedule(name) => (directory.schedule(name).into_iter().collect(), HashSet::new()),
        Recipient::Group(name) => {
            let people = everyone_in(directory, of).responders.into_iter().map(|one| one.person).collect();
            (schedules_in(directory, name), people)
        }
    }
}

/// The schedules in a group, and in the groups in it, each once.
fn schedules_in<'a>(directory: &'a Directory, group: &GroupName) -> Vec<&'a Schedule> {
    let mut names = HashSet::new();
    let mut met = HashSet::new();
    let mut open = vec![group];
    while let Some(name) = open.pop() {
        if !met.insert(name) {
            continue;
        }
        let Some(group) = directory.group(name) else { continue };
        for member in &group.members {
            match member {
                Member::Group(name) => open.push(name),
                Member::Schedule(name) => {
                    names.insert(name);
                }
                Member::Person(_) | Member::Device(..) | Member::StandIn { .. } | Member::LeftOut(_) => {}
            }
        }
    }
    directory.schedules.iter().filter(|schedule| names.contains(&schedule.name)).collect()
}

fn on_call(schedule: &Schedule, shift: Shift) -> Event {
    let Shift { who, stands_in_for, from, until } = shift;
    let other = stands_in_for.as_ref().map_or("", |other| &other.0);
    let id = id_of(&["shift", &schedule.name.0, &who.0, other, &from.to_string()]);
    let what = What::OnCall { schedule: schedule.name.clone(), person: who, stands_in_for };
    Event { id, what, from, until }
}

/// `None` where it is not in that time.
fn away(absence: &Absence, window: Window) -> Option<Event> {
    let from = absence.from.max(window.from);
    let until = absence.until.unwrap_or(window.until).min(window.until);
    let what = What::Away { person: absence.person.clone(), replacement: absence.replacement.clone() };
    (from < until).then_some(Event { id: absence_id(absence).0, what, from, until })
}
