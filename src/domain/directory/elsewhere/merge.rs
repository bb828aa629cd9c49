//! What another system's directory says of who is on call, put into ours, so that both are resolved alike.

use super::super::device::Device;
use super::super::group::{Group, GroupName, Member};
use super::super::person::{Person, PersonId};
use super::super::reason::{Reason, Skipped};
use super::super::{Directory, Recipient};
use super::Entry;
use super::on_call::{GroupOnCall, MemberOnCall, Named, Who};
use crate::domain::contact::PhoneNumber;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// What is known of it for one moment. Whoever is not in it could not be asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Who is on call in which group; `None`: there is no such group.
    pub groups: BTreeMap<GroupName, Option<GroupOnCall>>,
    /// Whose phones are which.
    pub people: BTreeMap<PersonId, Entry>,
}

/// Those groups of `there` that can be met when one of these is addressed.
pub fn reached(directory: &Directory, recipients: &[Recipient], there: &[GroupName]) -> Vec<GroupName> {
    let mut met = HashSet::new();
    let mut next: VecDeque<&GroupName> = recipients
        .iter()
        .filter_map(|recipient| match recipient {
            Recipient::Group(name) => Some(name),
            Recipient::Person(_) | Recipient::Schedule(_) => None,
        })
        .collect();
    let mut found = vec![];
    while let Some(name) = next.pop_front() {
        if !met.insert(name) {
            continue;
        }
        if there.contains(name) {
            found.push(name.clone());
        } else if let Some(group) = directory.group(name) {
            next.extend(group.members.iter().filter_map(|member| match member {
                Member::Group(name) => Some(name),
                Member::Person(_)
                | Member::Schedule(_)
                | Member::Device(..)
                | Member::StandIn { .. }
                | Member::LeftOut(_) => None,
            }));
        }
    }
    found
}

/// Gives the groups of `there` the members that they have at that moment, and adds the groups inside them and the
/// people who are met. What our directory says of a person or of any other group comes first: the same id is the same
/// person. Each shift becomes a group of its own in its group, so that who is on the same shift is tried together.
pub fn merge(directory: &mut Directory, there: &[GroupName], known: &Known, at: Timestamp) {
    let mut merging = Merging {
        known,
        at,
        own_people: directory.people.iter().map(|person| person.id.clone()).collect(),
        groups: directory.groups.iter().map(|group| group.name.clone()).collect(),
        inside: VecDeque::new(),
        added_groups: vec![],
        people: BTreeMap::new(),
    };
    for group in directory.groups.iter_mut().filter(|group| there.contains(&group.name)) {
        group.members = merging.members(&group.name);
    }
    while let Some(name) = merging.inside.pop_front() {
        let members = merging.members(&name);
        merging.added_groups.push(Group { name, members, is_elsewhere: false });
    }
    directory.groups.append(&mut merging.added_groups);
    directory.people.extend(merging.people.into_values());
}

/// A merge under way.
struct Merging<'k> {
    known: &'k Known,
    at: Timestamp,
    own_people: HashSet<PersonId>,
    /// The names that are taken.
    groups: HashSet<GroupName>,
    /// Groups that were met and are still to be filled.
    inside: VecDeque<GroupName>,
    added_groups: Vec<Group>,
    /// Who is met, and is not among our own.
    people: BTreeMap<PersonId, Person>,
}

impl Merging<'_> {
    /// What a group has at that moment.
    fn members(&mut self, name: &GroupName) -> Vec<Member> {
        let left_out = |reason| vec![left_out(Recipient::Group(name.clone()), reason)];
        let group = match self.known.groups.get(name) {
            None => return left_out(Reason::Unknown),
            Some(None) => return left_out(Reason::NoSuchGroup),
            Some(Some(group)) if group.shifts.iter().all(|shift| shift.members.is_empty()) => {
                return left_out(Reason::NotOnCall);
            }
            Some(Some(group)) => group,
        };
        let shifts = group.shifts.iter().filter(|shift| !shift.members.is_empty());
        let mut members = vec![];
        for (index, shift) in shifts.enumerate() {
            let shift = shift.members.iter().flat_map(|member| self.member(name, member)).collect();
            members.push(Member::Group(self.shift(name, index + 1, shift)));
        }
        members
    }

    /// Adds a shift as a group of a name that no other has.
    fn shift(&mut self, group: &GroupName, number: usize, members: Vec<Member>) -> GroupName {
        let mut name = GroupName(format!("{group}, shift {number}"));
        while !self.groups.insert(name.clone()) {
            name.0.push('\'');
        }
        self.added_groups.push(Group { name: name.clone(), members, is_elsewhere: false });
        name
    }

    /// One of a shift, with what has to be said of them; never empty.
    fn member(&mut self, group: &GroupName, member: &MemberOnCall) -> Vec<Member> {
        let person = |person: &Named| Recipient::Person(person.id.clone());
        let in_group = || Recipient::Group(group.clone());
        let one = match &member.who {
            Who::DynamicTeam(team) => left_out(in_group(), Reason::DynamicTeam(team.clone())),
            Who::Strange(name) => left_out(in_group(), Reason::Strange(name.clone())),
            Who::Group(name) if member.is_active => self.inner(name),
            Who::Group(name) => left_out(Recipient::Group(name.clone()), Reason::Inactive),
            Who::Person(who) | Who::Phone { owner: who, .. } | Who::Silent(who) if !member.is_active => {
                left_out(person(who), Reason::Inactive)
            }
            Who::Silent(owner) | Who::Phone { owner, number: None } => {
                left_out(person(owner), Reason::NoDevice)
            }
            Who::Person(who) | Who::Phone { owner: who, .. } if let Some(leave) = member.leave(self.at) => {
                return self.away(who, leave.replacement.as_ref());
            }
            Who::Person(who) if self.person(who) => Member::Person(who.id.clone()),
            Who::Person(who) => left_out(person(who), Reason::Unknown),
            Who::Phone { owner, number: Some(number) } => self.phone(owner, number),
        };
        vec![one]
    }

    /// Somebody who is away from the group.
    fn away(&mut self, who: &Named, replacement: Option<&Named>) -> Vec<Member> {
        let away = |reason| left_out(Recipient::Person(who.id.clone()), reason);
        match replacement {
            None => vec![away(Reason::Away)],
            Some(by) if self.person(by) => {
                vec![Member::StandIn { person: by.id.clone(), of: who.id.clone() }]
            }
            Some(by) => vec![
                away(Reason::AwayReplacedBy(by.id.clone())),
                left_out(Recipient::Person(by.id.clone()), Reason::Unknown),
            ],
        }
    }

    fn inner(&mut self, name: &GroupName) -> Member {
        if self.groups.insert(name.clone()) {
            self.inside.push_back(name.clone());
        }
        Member::Group(name.clone())
    }

    fn phone(&mut self, owner: &Named, number: &PhoneNumber) -> Member {
        if !self.person(owner) {
            self.add(owner, &Entry::default());
        }
        Member::Device(owner.id.clone(), Device::Voice(number.clone()))
    }

    /// Whether it is known how to reach somebody; they are in our directory then.
    fn person(&mut self, named: &Named) -> bool {
        if self.own_people.contains(&named.id) {
            return true;
        }
        let Some(entry) = self.known.people.get(&named.id) else { return false };
        self.add(named, entry);
        true
    }

    fn add(&mut self, Named { id, name }: &Named, entry: &Entry) {
        let name = entry.name.as_ref().or(name.as_ref()).unwrap_or(&id.0);
        self.people.entry(id.clone()).or_insert_with(|| Person {
            id: id.clone(),
            name: name.clone(),
            language: None,
            zone: None,
            may_call: false,
            devices: entry.voice.iter().cloned().map(Device::Voice).collect(),
            rules: vec![],
            quiet: None,
        });
    }
}

fn left_out(recipient: Recipient, reason: Reason) -> Member {
    Member::LeftOut(Skipped { recipient, reason })
}

#[cfg(test)]
mod tests {
    use super::super::on_call::ShiftOnCall;
    use super::*;
    use crate::domain::directory::resolve::on_call;

    fn group(name: &str, members: Vec<Member>) -> Group {
        Group { name: GroupName(name.to_owned()), members, is_elsewhere: false }
    }

    fn shift(ids: &[&str]) -> ShiftOnCall {
        let member = |id: &&str| MemberOnCall {
            who: Who::Person(Named { id: PersonId((*id).to_owned()), name: None }),
            is_active: true,
            absences: vec![],
        };
        ShiftOnCall { until: None, members: ids.iter().map(member).collect() }
    }

    #[test]
    fn the_group_of_a_shift_is_never_one_of_the_settings() {
        let name = GroupName("Pumps".to_owned());
        let mut directory = Directory {
            groups: vec![group("Pumps", vec![]), group("Pumps, shift 1", vec![]), group("Other", vec![])],
            ..Directory::default()
        };
        let shifts = vec![shift(&["a"]), shift(&["b"])];
        let known = Known {
            groups: BTreeMap::from([(name.clone(), Some(GroupOnCall { shifts }))]),
            people: ["a", "b"].map(|id| (PersonId(id.to_owned()), Entry::default())).into(),
        };
        let at = "2026-01-05T09:00:00Z".parse().unwrap();
        merge(&mut directory, std::slice::from_ref(&name), &known, at);
        let found = on_call(&directory, &Recipient::Group(name), at);
        let tried: Vec<_> = found.responders.iter().map(|one| (one.person.0.as_str(), one.level)).collect();
        assert_eq!(tried, [("a", 0), ("b", 1)]);
        assert_eq!(directory.group(&GroupName("Pumps, shift 1".to_owned())).unwrap().members, []);
    }

    #[test]
    fn only_groups_on_the_way_of_a_recipient_are_reached() {
        let member = |name: &str| Member::Group(GroupName(name.to_owned()));
        let directory = Directory {
            groups: vec![
                group("All", vec![member("Here"), member("All"), member("B")]),
                group("Here", vec![member("A"), member("Nowhere")]),
                group("A", vec![]),
                group("B", vec![]),
                group("C", vec![]),
            ],
            ..Directory::default()
        };
        let names =
            |names: &[&str]| names.iter().map(|name| GroupName((*name).to_owned())).collect::<Vec<_>>();
        let there = names(&["A", "B", "C"]);
        let from = |asked: &[&str]| {
            let asked: Vec<_> = names(asked).into_iter().map(Recipient::Group).collect();
            reached(&directory, &asked, &there)
        };
        assert_eq!(from(&["All"]), names(&["B", "A"]));
        assert_eq!(from(&["C", "Here", "C"]), names(&["C", "A"]));
        assert_eq!(from(&["Nowhere"]), []);
        assert_eq!(reached(&directory, &[Recipient::Person(PersonId("A".to_owned()))], &there), []);
    }
}
