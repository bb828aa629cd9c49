//! Who is reached when a recipient is addressed at a moment.

#[cfg(test)]
mod tests;

use super::device::{Device, DeviceKind};
use super::group::{GroupName, Member};
use super::index::{Index, absence_at, change_at};
use super::overrides::OverrideChange;
use super::person::{Person, PersonId};
use super::reason::{Reason, Skipped};
use super::schedule::ScheduleName;
use super::{Directory, Recipient};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// Somebody on call, resolved for one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Who.
    pub person: PersonId,
    /// In whose place; `None`: in their own.
    pub stands_in_for: Option<PersonId>,
    /// The one device by which they are reached; `None`: all of theirs.
    pub only: Option<Device>,
    /// Who is tried together, counted from 0 in the order in which they are tried. People who stand side by side in
    /// the addressed group, or are on by the addressed schedule, are one level. Each group and each schedule that
    /// stands in the addressed group is a level of its own, with everybody inside it, however deep. So
    /// `[ada, ben]` is one level, `[group P, group S]` two, and `[ada, group S, ben]` three. Levels with nobody on
    /// call are not counted.
    pub level: u32,
}

/// A recipient at a moment, as people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnCall {
    /// Everyone to reach: nobody twice, in the order in which they are tried.
    pub responders: Vec<Responder>,
    /// Everyone who was met and left out, in the order in which they were met.
    pub skipped: Vec<Skipped>,
}

/// Who is on call for that recipient: nested groups and schedules flattened in place, depth first, cycles cut; absent
/// people replaced in place by who stands in for them. Of somebody who is met as a person and by a device, or twice
/// by either, the first counts.
pub fn on_call(directory: &Directory, recipient: &Recipient, at: Timestamp) -> OnCall {
    let asked = recipient.clone().into();
    Resolver::new(directory, Some(at)).resolve(&asked)
}

/// Everyone who belongs to that recipient, present or not, and whosever turn it is.
pub fn everyone_in(directory: &Directory, recipient: &Recipient) -> OnCall {
    let asked = recipient.clone().into();
    Resolver::new(directory, None).resolve(&asked)
}

/// Somebody on call, with the devices of the wanted kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable<'a> {
    /// As [`on_call`] found them.
    pub responder: &'a Responder,
    /// Their entry in the directory.
    pub person: &'a Person,
    /// Their devices of a wanted kind, in their order; never empty.
    pub devices: Vec<&'a Device>,
}

/// Those responders who have a device of a wanted kind, and who hasn't.
pub fn reachable<'a>(
    directory: &'a Directory,
    responders: &'a [Responder],
    wanted: &[DeviceKind],
) -> (Vec<Reachable<'a>>, Vec<Skipped>) {
    let people: HashMap<_, _> = directory.people.iter().rev().map(|person| (&person.id, person)).collect();
    let mut reached = Vec::with_capacity(responders.len());
    let mut skipped = Vec::new();
    for responder in responders {
        let left_out = |reason| Skipped { recipient: Recipient::Person(responder.person.clone()), reason };
        let Some(&person) = people.get(&responder.person) else {
            skipped.push(left_out(Reason::NoSuchPerson));
            continue;
        };
        let all = responder.only.as_ref().map_or(person.devices.as_slice(), std::slice::from_ref);
        let devices: Vec<_> = all.iter().filter(|device| wanted.contains(&device.kind())).collect();
        if devices.is_empty() {
            skipped.push(left_out(Reason::NoDevice));
        } else {
            reached.push(Reachable { responder, person, devices });
        }
    }
    (reached, skipped)
}

/// One resolution under way.
struct Resolver<'a> {
    index: Index<'a>,
    at: Option<Timestamp>,
    met_people: HashSet<&'a PersonId>,
    met_groups: HashSet<&'a GroupName>,
    met_schedules: HashSet<&'a ScheduleName>,
    level: Level,
    result: OnCall,
}

/// Where in the addressed group the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Level {
    /// The stretch of members that counts as one level, empty or not.
    stretch: u32,
    /// Whether it is people side by side, so that one more belongs to it.
    is_people: bool,
    /// The stretch of the last responder.
    last: Option<u32>,
}

/// A group that is being flattened: its name, and the members still to come.
type Open<'a> = (&'a GroupName, std::slice::Iter<'a, Member>);

impl<'a> Resolver<'a> {
    fn new(directory: &'a Directory, at: Option<Timestamp>) -> Self {
        Self {
            index: Index::of(directory),
            at,
            met_people: HashSet::new(),
            met_groups: HashSet::new(),
            met_schedules: HashSet::new(),
            level: Level { stretch: 0, is_people: false, last: None },
            result: OnCall::default(),
        }
    }

    /// Walks with a stack of its own: groups may be nested deeper than the thread's stack is.
    fn resolve(mut self, recipient: &'a Member) -> OnCall {
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut next = Some(recipient);
        loop {
            match next {
                Some(Member::Person(id)) => self.person(id, None),
                Some(Member::Device(id, device)) => self.person(id, Some(device)),
                Some(Member::Group(name)) => open.extend(self.group(name, &open)),
                Some(Member::Schedule(name)) => self.schedule(name),
                Some(Member::StandIn { person, of }) => {
                    self.skip(Recipient::Person(of.clone()), Reason::AwayReplacedBy(person.clone()));
                    self.chain(of, person, None);
                }
                Some(Member::LeftOut(Skipped { recipient, reason })) => {
                    self.skip(recipient.clone(), reason.clone());
                }
                None => {
                    open.pop();
                }
            }
            next = match open.last_mut() {
                Some((_, members)) => members.next(),
                None => return self.result,
            };
            if let ([_], Some(member)) = (open.as_slice(), next) {
                self.level.enter(member);
            }
        }
    }

    fn group(&mut self, name: &'a GroupName, open: &[Open<'a>]) -> Option<Open<'a>> {
        let reason = match self.index.group(name) {
            None => Reason::NoSuchGroup,
            Some(_) if open.iter().any(|(outer, _)| *outer == name) => Reason::Cycle,
            Some(_) if !self.met_groups.insert(name) => Reason::Duplicate,
            Some(group) if group.is_elsewhere => Reason::Elsewhere,
            Some(group) => return Some((&group.name, group.members.iter())),
        };
        self.skip(Recipient::Group(name.clone()), reason);
        None
    }

    fn schedule(&mut self, name: &'a ScheduleName) {
        let Some(schedule) = self.index.schedule(name) else {
            return self.skip(Recipient::Schedule(name.clone()), Reason::NoSuchSchedule);
        };
        if !self.met_schedules.insert(name) {
            return self.skip(Recipient::Schedule(name.clone()), Reason::Duplicate);
        }
        let Some(at) = self.at else {
            return schedule.rotations.iter().flat_map(|rotation| &rotation.members).for_each(|member| {
                if !self.met_people.contains(member) {
                    self.person(member, None);
                }
            });
        };
        let overrides: Vec<_> =
            self.index.overrides(name).iter().copied().filter(|one| one.covers(at)).collect();
        let mut is_empty = true;
        for place in schedule.rotations.iter().filter_map(|rotation| rotation.on_at(at)) {
            match change_at(&overrides, place, at) {
                Some(OverrideChange::Remove(_)) => {
                    self.skip(Recipient::Person(place.clone()), Reason::Removed);
                }
                Some(OverrideChange::Replace { by, .. }) => {
                    self.skip(Recipient::Person(place.clone()), Reason::ReplacedBy(by.clone()));
                    self.chain(place, by, None);
                    is_empty = false;
                }
                Some(OverrideChange::Add(_)) | None => {
                    self.person(place, None);
                    is_empty = false;
                }
            }
        }
        for one in &overrides {
            if let OverrideChange::Add(person) = &one.change
                && change_at(&overrides, person, at) == Some(&one.change)
            {
                self.person(person, None);
                is_empty = false;
            }
        }
        if is_empty {
            self.skip(Recipient::Schedule(name.clone()), Reason::NotOnCall);
        }
    }

    fn person(&mut self, id: &'a PersonId, only: Option<&'a Device>) {
        self.chain(id, id, only);
    }

    /// Follows the replacements from somebody who is asked in the place of `place` to somebody present. The device
    /// is that of the first: who stands in is reached by all of theirs.
    fn chain(&mut self, place: &'a PersonId, first: &'a PersonId, only: Option<&'a Device>) {
        let mut chain = vec![first];
        let mut id = first;
        let reason = loop {
            if !self.met_people.insert(id) {
                break Reason::Duplicate;
            }
            if self.index.person(id).is_none() {
                break Reason::NoSuchPerson;
            }
            let Some(absence) = self.at.and_then(|at| absence_at(self.index.absences(id), at)) else {
                let stands_in_for = (id != place).then(|| place.clone());
                let only = only.filter(|_| id == first).cloned();
                let level = self.level.of_next(self.result.responders.last());
                self.result.responders.push(Responder { person: id.clone(), stands_in_for, only, level });
                return;
            };
            let Some(replacement) = absence.replacement.as_ref().filter(|next| !chain.contains(next)) else {
                break Reason::Away;
            };
            self.skip(Recipient::Person(id.clone()), Reason::AwayReplacedBy(replacement.clone()));
            chain.push(replacement);
            id = replacement;
        };
        self.skip(Recipient::Person(id.clone()), reason);
    }

    fn skip(&mut self, recipient: Recipient, reason: Reason) {
        self.result.skipped.push(Skipped { recipient, reason });
    }
}

impl Level {
    /// The walk comes to the next member of the addressed group.
    const fn enter(&mut self, member: &Member) {
        let is_people = match member {
            Member::Person(_) | Member::Device(..) | Member::StandIn { .. } => true,
            Member::Group(_) | Member::Schedule(_) => false,
            Member::LeftOut(_) => return,
        };
        if !(is_people && self.is_people) {
            self.stretch += 1;
        }
        self.is_people = is_people;
    }

    /// The level of a responder who comes after that one.
    fn of_next(&mut self, before: Option<&Responder>) -> u32 {
        let level = before.map_or(0, |before| before.level);
        if self.last.replace(self.stretch).is_some_and(|last| last != self.stretch) {
            level + 1
        } else {
            level
        }
    }
}
