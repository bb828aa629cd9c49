//! `[[schedule]]` and `[[override]]`.

use super::{Check, Seen};
use crate::domain::directory::overrides::{Override, OverrideChange};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::{Every, LocalWindow, Rotation, Schedule, ScheduleName, Weekdays};
use crate::settings::file;
use crate::settings::keys::DAYS;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use std::ops::Range;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn schedules(&mut self, entries: &[Spanned<file::Schedule>]) -> Vec<Schedule> {
        let mut seen = Seen::new();
        let mut schedules = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("schedule[{}]", index + 1);
            let file::Schedule { name, zone, rotation } = entry.get_ref();
            let zone = zone.as_ref().and_then(|zone| self.zone(zone, &format!("{key}.zone")));
            let rotations = self.rotations(rotation, &key, zone.as_ref());
            if rotation.is_empty() {
                let found = self.findings.warning(&entry.span(), key.as_str(), "has no rotation");
                found.hint("nobody is on call but by an override; add a [[schedule.rotation]]");
            }
            let Some(name) = name else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            if self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown)
                && let Some(zone) = zone
            {
                schedules.push(Schedule { name: ScheduleName(name.get_ref().clone()), zone, rotations });
            }
        }
        schedules
    }

    fn rotations(
        &mut self,
        entries: &[Spanned<file::Rotation>],
        schedule: &str,
        zone: Option<&TimeZone>,
    ) -> Vec<Rotation> {
        let rotation = |(index, entry): (usize, &Spanned<file::Rotation>)| {
            self.rotation(entry.get_ref(), &format!("{schedule}.rotation[{}]", index + 1), zone)
        };
        entries.iter().enumerate().filter_map(rotation).collect()
    }

    fn rotation(
        &mut self,
        file: &file::Rotation,
        key: &str,
        of_schedule: Option<&TimeZone>,
    ) -> Option<Rotation> {
        let members = file.members.as_ref().map(|members| self.turns(members, &format!("{key}.members")));
        let starts_at = file.starts_at.as_ref().map(|at| self.local_time(at, &format!("{key}.starts_at")));
        let zone = match &file.zone {
            Some(zone) => self.zone(zone, &format!("{key}.zone")),
            None => of_schedule.cloned(),
        };
        let mut restriction = Vec::with_capacity(file.hours.len());
        for (index, hours) in file.hours.iter().enumerate() {
            restriction.extend(self.hours(hours.get_ref(), &format!("{key}.hours[{}]", index + 1)));
        }
        Some(Rotation {
            members: members?,
            every: Every { unit: file.every?, length: file.length },
            starts_at: starts_at??,
            zone: zone?,
            restriction,
        })
    }

    fn turns(&mut self, members: &Spanned<Vec<file::Text>>, key: &str) -> Vec<PersonId> {
        if members.get_ref().is_empty() {
            let found = self.findings.problem(&members.span(), key, "is empty");
            found.hint("people take turns here: give their ids, or leave the rotation out");
        }
        let member = |(index, id): (usize, &file::Text)| self.person(id, &format!("{key}[{}]", index + 1));
        members.get_ref().iter().enumerate().filter_map(member).collect()
    }

    fn hours(&mut self, file: &file::Hours, key: &str) -> Option<LocalWindow> {
        if file.days.get_ref().is_empty() {
            let found = self.findings.problem(&file.days.span(), format!("{key}.days"), "is empty");
            found.hint("leave it out for every day");
        }
        let from = file.from.as_ref().and_then(|from| self.time_of_day(from, &format!("{key}.from")));
        let until = file.until.as_ref().and_then(|until| self.time_of_day(until, &format!("{key}.until")));
        let week = Weekday::Monday.cycle_forward();
        let is_named = |(word, _): &(&str, Weekday)| file.days.get_ref().iter().any(|day| day == word);
        let days: Weekdays = DAYS.into_iter().zip(week).filter(is_named).map(|(_, day)| day).collect();
        Some(LocalWindow { days, from: from?, until: until? })
    }

    pub(super) fn overrides(
        &mut self,
        entries: &[Spanned<file::Override>],
        schedules: &[Schedule],
    ) -> Vec<Override> {
        let mut overrides: Vec<(Override, Range<usize>)> = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("override[{}]", index + 1);
            let Some(one) = self.override_of(entry, &key, schedules) else { continue };
            if let Some((_, first)) = overrides.iter().find(|(other, _)| other.conflicts_with(&one)) {
                let line = self.findings.position(first.start).line;
                let message = format!("overlaps an override of \"{}\" at line {line}", one.change.place());
                let found = self.findings.problem(&entry.span(), key, message);
                found.hint("let one end where the other begins");
            }
            overrides.push((one, entry.span()));
        }
        overrides.into_iter().map(|(one, _)| one).collect()
    }

    fn override_of(
        &mut self,
        entry: &Spanned<file::Override>,
        key: &str,
        schedules: &[Schedule],
    ) -> Option<Override> {
        let file = entry.get_ref();
        let schedule = file.schedule.as_ref().map(|name| self.schedule(name, &format!("{key}.schedule")));
        let from = file.from.as_ref().map(|from| self.moment(from, &format!("{key}.from")));
        let until = file.until.as_ref();
        let until = until.map(|until| (self.moment(until, &format!("{key}.until")), until.span()));
        if let (Some(Some(from)), Some((Some(until), at))) = (from, &until)
            && *until <= from
        {
            self.findings.problem(at, format!("{key}.until"), "is not after from");
        }
        let change = self.change(entry, key);
        let schedule = schedule??;
        let of_schedule = schedules.iter().find(|one| one.name == schedule);
        if let Some((OverrideChange::Remove(person) | OverrideChange::Replace { out: person, .. }, at)) =
            &change
            && let Some(one) = of_schedule
            && !one.rotations.iter().any(|rotation| rotation.members.contains(person))
        {
            let message = format!("\"{person}\" is in no rotation of \"{schedule}\"");
            self.findings.warning(at, key, message).hint("it changes nothing");
        }
        Some(Override { id: None, schedule, change: change?.0, from: from??, until: until?.0? })
    }

    /// What an override does, and where it says so.
    fn change(
        &mut self,
        entry: &Spanned<file::Override>,
        key: &str,
    ) -> Option<(OverrideChange, Range<usize>)> {
        let file::Override { add, remove, replace, by, .. } = entry.get_ref();
        if let (Some(by), None) = (by, replace) {
            let found = self.findings.problem(&by.span(), format!("{key}.by"), "stands without replace");
            found.hint("replace says in whose place, by says who comes");
        }
        match (add, remove, replace) {
            (Some(id), None, None) => {
                Some((OverrideChange::Add(self.person(id, &format!("{key}.add"))?), id.span()))
            }
            (None, Some(id), None) => {
                Some((OverrideChange::Remove(self.person(id, &format!("{key}.remove"))?), id.span()))
            }
            (None, None, Some(id)) => {
                let out = self.person(id, &format!("{key}.replace"));
                let Some(by) = by else {
                    let found = self.findings.absent(&id.span(), format!("{key}.by"), "is missing");
                    found.hint("say who comes; for nobody, write remove in place of replace");
                    return None;
                };
                if by.get_ref() == id.get_ref() {
                    self.findings.problem(&by.span(), format!("{key}.by"), "is the person who is replaced");
                    return None;
                }
                let by = self.person(by, &format!("{key}.by"));
                Some((OverrideChange::Replace { out: out?, by: by? }, id.span()))
            }
            (None, None, None) => {
                let found = self.findings.absent(&entry.span(), key, "changes nothing");
                found.hint("write add = \"id\", remove = \"id\", or replace = \"id\" with by = \"id\"");
                None
            }
            _ => {
                let found =
                    self.findings.problem(&entry.span(), key, "has more than one of add, remove and replace");
                found.hint("write an [[override]] for each");
                None
            }
        }
    }
}
