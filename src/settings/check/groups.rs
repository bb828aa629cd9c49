//! `[[group]]`.

use super::{Check, Seen, shown};
use crate::domain::directory::Recipient;
use crate::domain::directory::group::{Group, GroupName, Member};
use crate::domain::directory::person::Person;
use crate::settings::file::{self, File};
use std::collections::{HashMap, HashSet, VecDeque};
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn all_groups(&mut self, file: &File, people: &[Person]) -> Vec<Group> {
        let entries = &file.group;
        let mut seen = Seen::new();
        let mut groups = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("group[{}]", index + 1);
            let is_elsewhere = *entry.get_ref().elsewhere.get_ref();
            let members = match &entry.get_ref().on_call {
                Some(source) => self.on_call_elsewhere(entry.get_ref(), source, &key),
                // It was written, and wrongly: whether members are missing is not known.
                None if self.findings.any(|wrong| wrong == format!("{key}.on_call")) => vec![],
                None => self.members(entry, &key, file, people),
            };
            let Some(name) = &entry.get_ref().name else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            if self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown) {
                let name = GroupName(name.get_ref().clone());
                groups.push(Group { name, members, is_elsewhere });
            }
        }
        self.cycles(entries, &groups);
        groups
    }

    fn members(
        &mut self,
        entry: &Spanned<file::Group>,
        key: &str,
        whole: &File,
        people: &[Person],
    ) -> Vec<Member> {
        let file::Group { members, elsewhere, .. } = entry.get_ref();
        let (is_elsewhere, key) = (*elsewhere.get_ref(), format!("{key}.members"));
        if is_elsewhere && whole.forward.is_empty() {
            let key = key.replace(".members", ".elsewhere");
            let found = self.findings.problem(&elsewhere.span(), key, "is true, but there is no [[forward]]");
            found.hint("add the system that knows the group, or give its members here");
        }
        match members {
            Some(members) if is_elsewhere => {
                let found = self.findings.warning(&members.span(), key, "is not used with elsewhere = true");
                found.hint("nobody is told by us; for both, make a group of each");
                vec![]
            }
            None if is_elsewhere => vec![],
            None => {
                let found = self.findings.absent(&entry.span(), key, "is missing");
                found.hint("people, other groups and schedules, in the order to try");
                vec![]
            }
            Some(members) => {
                if members.get_ref().is_empty() {
                    let found = self.findings.warning(&members.span(), key.as_str(), "is empty");
                    found.hint("an alert for this group reaches nobody");
                }
                let mut seen = Seen::new();
                let mut found = Vec::with_capacity(members.get_ref().len());
                for (index, entry) in members.get_ref().iter().enumerate() {
                    let key = format!("{key}[{}]", index + 1);
                    let Some((member, shown)) = self.member(entry, &key, whole, people) else { continue };
                    if self.unique(&mut seen, member.clone(), entry.span(), &key, &shown) {
                        found.push(member);
                    }
                }
                found
            }
        }
    }

    /// The member, and its name in quotes.
    fn member(
        &mut self,
        entry: &Spanned<file::Member>,
        key: &str,
        whole: &File,
        people: &[Person],
    ) -> Option<(Member, String)> {
        let file::Member { person, device, group, schedule } = entry.get_ref();
        let recipient =
            self.named(&entry.span(), key, [person.as_ref(), group.as_ref(), schedule.as_ref()])?;
        let shown = shown(&recipient);
        let Some(device) = device else { return Some((recipient.into(), shown)) };
        let key = format!("{key}.device");
        let Recipient::Person(id) = recipient else {
            let found = self.findings.problem(&device.span(), key, "does not belong to a person");
            found.hint("only a person has devices");
            return None;
        };
        let written = whole.person.iter().map(Spanned::get_ref);
        let written = written.filter(|one| one.id.as_ref().is_some_and(|own| *own.get_ref() == id.0));
        let count = written.map(|one| one.device.len()).next().unwrap_or_default();
        if !(1..=count).contains(device.get_ref()) {
            let message = format!("is {}, and \"{id}\" has {}", device.get_ref(), devices(count));
            self.findings
                .problem(&device.span(), key, message)
                .hint("they are counted from 1, in their order");
            return None;
        }
        // One that could not be used was reported there, and was left out with those before it counted on.
        let own = people.iter().find(|one| one.id == id).filter(|one| one.devices.len() == count)?;
        let device = own.devices.get(device.get_ref().checked_sub(1)?)?;
        Some((Member::Device(id, device.clone()), format!("this device of {shown}")))
    }

    /// Warns of each group that contains itself, once a cycle.
    fn cycles(&mut self, entries: &[Spanned<file::Group>], groups: &[Group]) {
        let mut told: HashSet<&GroupName> = HashSet::new();
        for group in groups {
            let Some(path) = way_back(&group.name, groups) else { continue };
            if path.iter().any(|name| told.contains(name)) {
                continue;
            }
            let written = entries.iter().enumerate().find_map(|(index, entry)| {
                let name = entry.get_ref().name.as_ref()?;
                (*name.get_ref() == group.name.0).then(|| (format!("group[{}]", index + 1), name.span()))
            });
            if let Some((key, at)) = written {
                let names: Vec<_> = path.iter().map(|name| format!("\"{name}\" -> ")).collect();
                let message = format!("contains itself: {}\"{}\"", names.concat(), group.name);
                let found = self.findings.warning(&at, key, message);
                found.hint("the last step is left out when the group is resolved");
            }
            told.extend(path);
        }
    }
}

fn devices(count: usize) -> String {
    if count == 1 { "1 device".to_owned() } else { format!("{count} devices") }
}

/// The shortest way from a group through its members back to it: the groups passed, from itself on.
fn way_back<'g>(start: &'g GroupName, groups: &'g [Group]) -> Option<Vec<&'g GroupName>> {
    let members = |name: &GroupName| {
        let group = groups.iter().find(|group| group.name == *name);
        group.into_iter().flat_map(|group| &group.members).filter_map(|member| match member {
            Member::Group(name) => Some(name),
            Member::Person(_)
            | Member::Schedule(_)
            | Member::Device(..)
            | Member::StandIn { .. }
            | Member::LeftOut(_) => None,
        })
    };
    let mut came_from: HashMap<&GroupName, &GroupName> = HashMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(name) = next.pop_front() {
        for member in members(name) {
            if member == start {
                let mut path = vec![name];
                let mut at = name;
                while let Some(before) = came_from.get(at) {
                    path.push(before);
                    at = before;
                }
                path.reverse();
                return Some(path);
            }
            if !came_from.contains_key(member) {
                came_from.insert(member, name);
                next.push_back(member);
            }
        }
    }
    None
}
