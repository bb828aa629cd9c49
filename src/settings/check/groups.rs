//! `[[group]]`.

use super::{Check, Seen};
use crate::domain::directory::Recipient;
use crate::domain::directory::group::{Group, GroupName};
use crate::settings::file;
use std::collections::{HashMap, HashSet, VecDeque};
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn all_groups(&mut self, entries: &[Spanned<file::Group>], has_forward: bool) -> Vec<Group> {
        let mut seen = Seen::new();
        let mut groups = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("group[{}]", index + 1);
            let is_elsewhere = *entry.get_ref().elsewhere.get_ref();
            let members = self.members(entry, &key, has_forward);
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

    fn members(&mut self, entry: &Spanned<file::Group>, key: &str, has_forward: bool) -> Vec<Recipient> {
        let file::Group { members, elsewhere, .. } = entry.get_ref();
        let (is_elsewhere, key) = (*elsewhere.get_ref(), format!("{key}.members"));
        if is_elsewhere && !has_forward {
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
                found.hint("people and other groups, in the order to try");
                vec![]
            }
            Some(members) => {
                if members.get_ref().is_empty() {
                    let found = self.findings.warning(&members.span(), key.as_str(), "is empty");
                    found.hint("an alert for this group reaches nobody");
                }
                self.recipients(members.get_ref(), &key)
            }
        }
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

/// The shortest way from a group through its members back to it: the groups passed, from itself on.
fn way_back<'g>(start: &'g GroupName, groups: &'g [Group]) -> Option<Vec<&'g GroupName>> {
    let members = |name: &GroupName| {
        let group = groups.iter().find(|group| group.name == *name);
        group.into_iter().flat_map(|group| &group.members).filter_map(|member| match member {
            Recipient::Group(name) => Some(name),
            Recipient::Person(_) => None,
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
