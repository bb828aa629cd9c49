//! `[[person]]` and `[[absence]]`.

use super::{Check, Seen};
use crate::domain::contact::{PhoneNumber, WebhookUrl};
use crate::domain::directory::Directory;
use crate::domain::directory::absence::Absence;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::{Person, PersonId};
use crate::settings::file::{self, File};
use std::ops::Range;
use toml::Spanned;

/// The voice numbers met so far: whose, and where.
type VoiceNumbers = std::collections::HashMap<PhoneNumber, (String, Range<usize>)>;

impl Check<'_, '_> {
    pub(super) fn directory(&mut self, file: &File) -> Directory {
        let people = self.people(&file.person);
        let schedules = self.schedules(&file.schedule);
        Directory {
            groups: self.all_groups(file, &people),
            absences: self.absences(&file.absence),
            overrides: self.overrides(&file.r#override, &schedules),
            people,
            schedules,
        }
    }

    fn people(&mut self, entries: &[Spanned<file::Person>]) -> Vec<Person> {
        let mut seen = Seen::new();
        let mut voice_numbers = VoiceNumbers::new();
        let mut people = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("person[{}]", index + 1);
            let file::Person { id, name, language, zone, device, rule, quiet } = entry.get_ref();
            if let Some(language) = language {
                self.language(language, &format!("{key}.language"));
            }
            let has_zone = zone.is_some();
            let zone = zone.as_ref().and_then(|zone| self.zone(zone, &format!("{key}.zone")));
            let owner = id.as_ref().map(|id| id.get_ref().clone()).unwrap_or_default();
            let devices = self.devices(device, &key, &owner, &mut voice_numbers);
            if device.is_empty() {
                let found = self.findings.warning(&entry.span(), key.as_str(), "has no device");
                found.hint("nobody can reach this person; add a [[person.device]]");
            }
            let rules = self.rules(rule, &key, device.len(), &devices);
            let quiet = quiet.as_ref().and_then(|quiet| self.quiet(quiet, (&entry.span(), &key), has_zone));
            let (Some(id), Some(name)) = (id, name) else { continue };
            let shown = format!("\"{}\"", id.get_ref());
            if self.unique(&mut seen, id.get_ref(), id.span(), &format!("{key}.id"), &shown) {
                people.push(Person {
                    id: PersonId(id.get_ref().clone()),
                    name: name.clone(),
                    language: language.as_ref().map(|language| language.get_ref().clone()),
                    zone,
                    may_call: devices.iter().any(|device| device.kind() == DeviceKind::Voice),
                    devices,
                    rules,
                    quiet,
                });
            }
        }
        people
    }

    fn devices(
        &mut self,
        entries: &[Spanned<file::Device>],
        person: &str,
        owner: &str,
        voice_numbers: &mut VoiceNumbers,
    ) -> Vec<Device> {
        let mut seen = Seen::new();
        let mut devices = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{person}.device[{}]", index + 1);
            let Some((device, at)) = self.device(entry, &key) else { continue };
            if let Device::Voice(number) = &device {
                match voice_numbers.get(number) {
                    Some((other, first)) if *other != owner => {
                        let line = self.findings.position(first.start).line;
                        let message = format!("\"{other}\" has the same voice number, at line {line}");
                        let found = self.findings.problem(&at, format!("{key}.number"), message);
                        found.hint("a caller is known by this number: it can belong to one person only");
                        continue;
                    }
                    _ => {
                        voice_numbers.entry(number.clone()).or_insert((owner.to_owned(), at.clone()));
                    }
                }
            }
            if self.unique(&mut seen, device.clone(), at, &key, "the same device") {
                devices.push(device);
            }
        }
        devices
    }

    /// The device, and where its number or address stands.
    fn device(&mut self, entry: &Spanned<file::Device>, key: &str) -> Option<(Device, Range<usize>)> {
        let file::Device { kind, number, address, url, url_file } = entry.get_ref();
        let kind = (*kind)?;
        let name = match kind {
            DeviceKind::Voice | DeviceKind::Sms => "number",
            DeviceKind::Email => "address",
            DeviceKind::Webhook => "url",
        };
        let given = [
            ("number", number.as_ref().map(Spanned::span)),
            ("address", address.as_ref().map(Spanned::span)),
            ("url", url.as_ref().map(Spanned::span)),
            ("url_file", url_file.as_ref().map(Spanned::span)),
        ];
        for (other, at) in given.into_iter().filter(|(other, _)| other.trim_end_matches("_file") != name) {
            if let Some(at) = at {
                let message = format!("does not belong to this kind of device, which has {name}");
                self.findings.problem(&at, format!("{key}.{other}"), message);
            }
        }
        let key = format!("{key}.{name}");
        let (wanted, example) = match kind {
            DeviceKind::Voice | DeviceKind::Sms => (number, "+15550100"),
            DeviceKind::Email => (address, "name@example.com"),
            DeviceKind::Webhook => return self.webhook(entry, &key),
        };
        let Some(text) = wanted else {
            self.findings.absent(&entry.span(), key, "is missing").hint(format!("write it as {example}"));
            return None;
        };
        let device = match kind {
            DeviceKind::Voice => self.phone_number(text, &key).map(Device::Voice),
            DeviceKind::Sms => self.phone_number(text, &key).map(Device::Sms),
            DeviceKind::Email => self.email_address(text, &key).map(Device::Email),
            DeviceKind::Webhook => None,
        };
        Some((device?, text.span()))
    }

    fn webhook(&mut self, entry: &Spanned<file::Device>, key: &str) -> Option<(Device, Range<usize>)> {
        let file::Device { url, url_file, .. } = entry.get_ref();
        let at = url.as_ref().map(Spanned::span).or(url_file.as_ref().map(Spanned::span));
        let at = at.unwrap_or(entry.span());
        let secret = self.required_secret(key, &entry.span(), url.as_ref(), url_file.as_ref())?;
        let url = WebhookUrl::parse(secret.expose());
        if url.is_err() {
            let found = self.findings.problem(&at, key, "is not an http or https address");
            found.hint("write it as https://hooks.example.com/duty");
        }
        Some((Device::Webhook(url.ok()?), at))
    }

    fn absences(&mut self, entries: &[Spanned<file::Absence>]) -> Vec<Absence> {
        let mut absences: Vec<(Absence, Range<usize>)> = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("absence[{}]", index + 1);
            let Some(absence) = self.absence(entry.get_ref(), &key) else { continue };
            if let Some((_, first)) = absences.iter().find(|(other, _)| overlap(other, &absence)) {
                let line = self.findings.position(first.start).line;
                let message = format!("overlaps an absence of \"{}\" at line {line}", absence.person);
                let found = self.findings.warning(&entry.span(), key, message);
                found.hint("while both are in force, the one that began last counts");
            }
            absences.push((absence, entry.span()));
        }
        absences.into_iter().map(|(absence, _)| absence).collect()
    }

    fn absence(&mut self, file: &file::Absence, key: &str) -> Option<Absence> {
        let person = file.person.as_ref().and_then(|id| self.person(id, &format!("{key}.person")));
        let from = file.from.as_ref().and_then(|from| self.moment(from, &format!("{key}.from")));
        let until = file.until.as_ref();
        let until = until.map(|until| (self.moment(until, &format!("{key}.until")), until.span()));
        if let (Some(from), Some((Some(until), at))) = (from, &until)
            && *until <= from
        {
            self.findings.problem(at, format!("{key}.until"), "is not after from");
        }
        let replacement = file.replacement.as_ref().map(|id| {
            let key = format!("{key}.replacement");
            if file.person.as_ref().is_some_and(|person| person.get_ref() == id.get_ref()) {
                self.findings
                    .problem(&id.span(), key, "is the absent person")
                    .hint("leave it out for nobody");
                return None;
            }
            self.person(id, &key)
        });
        Some(Absence {
            id: None,
            person: person?,
            from: from?,
            until: until.and_then(|(until, _)| until),
            replacement: replacement.flatten(),
        })
    }
}

fn overlap(one: &Absence, other: &Absence) -> bool {
    let begins_before_end = |one: &Absence, other: &Absence| other.until.is_none_or(|until| one.from < until);
    one.person == other.person && begins_before_end(one, other) && begins_before_end(other, one)
}
