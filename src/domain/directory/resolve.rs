//! Who is reached when a recipient is addressed at a moment.

#[cfg(test)]
mod tests;

use super::absence::Absence;
use super::device::{Device, DeviceKind};
use super::group::GroupName;
use super::person::{Person, PersonId};
use super::{Directory, Recipient};
use jiff::Timestamp;
use std::collections::HashSet;

/// Somebody on call, resolved for one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responder {
    /// Who.
    pub person: PersonId,
    /// In whose place; `None`: in their own.
    pub stands_in_for: Option<PersonId>,
}

/// Somebody, or a group, that was met and left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Who.
    pub recipient: Recipient,
    /// Why.
    pub reason: Reason,
}

/// Why somebody is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Away, and nobody present stands in.
    Away,
    /// Away; that person was asked in their place.
    AwayReplacedBy(PersonId),
    /// The directory has no such person.
    NoSuchPerson,
    /// The directory has no such group.
    NoSuchGroup,
    /// The group contains itself.
    Cycle,
    /// Met before, and already taken care of there.
    Duplicate,
    /// The group's members are known to another system only.
    Elsewhere,
    /// Has no device of a wanted kind.
    NoDevice,
}

/// A recipient at a moment, as people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OnCall {
    /// Everyone to reach: nobody twice, in the order in which they are tried.
    pub responders: Vec<Responder>,
    /// Everyone who was met and left out, in the order in which they were met.
    pub skipped: Vec<Skipped>,
}

/// Who is on call for that recipient: nested groups flattened in place, depth first, cycles cut; absent
/// people replaced in place by who stands in for them.
pub fn on_call(directory: &Directory, recipient: &Recipient, at: Timestamp) -> OnCall {
    Resolver::new(directory, Some(at)).resolve(recipient)
}

/// Everyone who belongs to that recipient, present or not: what [`on_call`] says when nobody is away.
pub fn everyone_in(directory: &Directory, recipient: &Recipient) -> OnCall {
    Resolver::new(directory, None).resolve(recipient)
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
    let mut reached = Vec::with_capacity(responders.len());
    let mut skipped = Vec::new();
    for responder in responders {
        let left_out = |reason| Skipped { recipient: Recipient::Person(responder.person.clone()), reason };
        let Some(person) = directory.person(&responder.person) else {
            skipped.push(left_out(Reason::NoSuchPerson));
            continue;
        };
        let devices: Vec<_> =
            person.devices.iter().filter(|device| wanted.contains(&device.kind())).collect();
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
    directory: &'a Directory,
    at: Option<Timestamp>,
    met_people: HashSet<&'a PersonId>,
    met_groups: HashSet<&'a GroupName>,
    result: OnCall,
}

/// A group that is being flattened: its name, and the members still to come.
type Open<'a> = (&'a GroupName, std::slice::Iter<'a, Recipient>);

impl<'a> Resolver<'a> {
    fn new(directory: &'a Directory, at: Option<Timestamp>) -> Self {
        Self {
            directory,
            at,
            met_people: HashSet::new(),
            met_groups: HashSet::new(),
            result: OnCall::default(),
        }
    }

    /// Walks with a stack of its own: groups may be nested deeper than the thread's stack is.
    fn resolve(mut self, recipient: &'a Recipient) -> OnCall {
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut next = Some(recipient);
        loop {
            match next {
                Some(Recipient::Person(id)) => self.person(id),
                Some(Recipient::Group(name)) => open.extend(self.group(name, &open)),
                None => {
                    open.pop();
                }
            }
            next = match open.last_mut() {
                Some((_, members)) => members.next(),
                None => return self.result,
            };
        }
    }

    fn group(&mut self, name: &'a GroupName, open: &[Open<'a>]) -> Option<Open<'a>> {
        let reason = match self.directory.group(name) {
            None => Reason::NoSuchGroup,
            Some(_) if open.iter().any(|(outer, _)| *outer == name) => Reason::Cycle,
            Some(_) if !self.met_groups.insert(name) => Reason::Duplicate,
            Some(group) if group.is_elsewhere => Reason::Elsewhere,
            Some(group) => return Some((name, group.members.iter())),
        };
        self.skip(Recipient::Group(name.clone()), reason);
        None
    }

    /// Follows the replacements from an absent person to somebody present.
    fn person(&mut self, first: &'a PersonId) {
        let mut chain = vec![first];
        let mut id = first;
        let reason = loop {
            if !self.met_people.insert(id) {
                break Reason::Duplicate;
            }
            if self.directory.person(id).is_none() {
                break Reason::NoSuchPerson;
            }
            let Some(absence) = self.absence(id) else {
                let stands_in_for = (id != first).then(|| first.clone());
                self.result.responders.push(Responder { person: id.clone(), stands_in_for });
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

    /// The absence in force: of several, the one that began last, because it was known last.
    fn absence(&self, person: &PersonId) -> Option<&'a Absence> {
        let at = self.at?;
        let of_person = self.directory.absences.iter().filter(|absence| absence.person == *person);
        of_person.filter(|absence| absence.covers(at)).max_by_key(|absence| absence.from)
    }

    fn skip(&mut self, recipient: Recipient, reason: Reason) {
        self.result.skipped.push(Skipped { recipient, reason });
    }
}
