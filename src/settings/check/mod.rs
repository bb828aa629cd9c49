//! The rules between keys: from the file as written to [`Settings`].

mod access;
mod auditor;
mod callers;
mod carrier;
mod categories;
mod directory;
mod exchange;
mod forward;
mod gaps;
mod groups;
mod hooks;
mod hunt;
mod integrations;
mod messages;
mod outside;
mod policies;
mod retention;
mod schedules;
mod server;
mod store;
mod teams;
mod times;
mod values;
mod voice;
mod wishes;
mod xmatters;

use super::file::{self, File};
use super::findings::{Findings, nearest};
use super::{ForwardTo, Settings};
use crate::domain::directory::Recipient;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::domain::voice::menu::CallMenu;
use crate::domain::voice::phrases::PhraseBook;
use jiff::Timestamp;
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;

/// What a file is checked against besides itself.
pub(super) struct Surroundings<'a> {
    /// Where its relative paths start.
    pub(super) base: &'a Path,
    /// The languages that there are prompts for; `None`: the prompts can't be read.
    pub(super) languages: Option<&'a [&'a str]>,
    /// What is said in them; `None` likewise.
    pub(super) phrases: Option<&'a PhraseBook>,
    /// When schedules without anybody are looked for; `None`: they aren't.
    pub(super) now: Option<Timestamp>,
}

impl Surroundings<'_> {
    /// The tag of a language that there are prompts for, e.g. `en-US`.
    fn tag(&self, language: &str) -> Option<&str> {
        Some(&self.phrases?.languages.get(language)?.tag)
    }
}

/// A check under way.
struct Check<'c, 'a> {
    surroundings: &'c Surroundings<'c>,
    findings: &'c mut Findings<'a>,
    /// Every person's id in the file.
    people: Vec<&'c str>,
    /// Every group's name in the file.
    groups: Vec<&'c str>,
    /// Every schedule's name in the file.
    schedules: Vec<&'c str>,
    /// Every policy's name in the file.
    policies: Vec<&'c str>,
    /// Every team's name in the file.
    teams: Vec<&'c str>,
    /// The name of every other program in the file that is told of alerts.
    webhooks: Vec<&'c str>,
}

/// `None` when a part of the settings can't be made; the reason is among the findings then.
pub(super) fn check(
    file: &File,
    surroundings: &Surroundings<'_>,
    findings: &mut Findings<'_>,
) -> Option<Settings> {
    let people = file.person.iter().filter_map(|person| person.get_ref().id.as_ref());
    let groups = file.group.iter().filter_map(|group| group.get_ref().name.as_ref());
    let schedules = file.schedule.iter().filter_map(|schedule| schedule.get_ref().name.as_ref());
    let policies = file.policy.iter().filter_map(|policy| policy.get_ref().name.as_ref());
    let teams = file.team.iter().filter_map(|team| team.get_ref().name.as_ref());
    let webhooks = file.webhook.iter().filter_map(|webhook| webhook.get_ref().name.as_ref());
    let mut check = Check {
        surroundings,
        findings,
        people: people.map(|id| id.get_ref().as_str()).collect(),
        groups: groups.map(|name| name.get_ref().as_str()).collect(),
        schedules: schedules.map(|name| name.get_ref().as_str()).collect(),
        policies: policies.map(|name| name.get_ref().as_str()).collect(),
        teams: teams.map(|name| name.get_ref().as_str()).collect(),
        webhooks: webhooks.map(|name| name.get_ref().as_str()).collect(),
    };
    let server = check.server(&file.server, file.exchange.is_some());
    let store = check.store(file.server.get_ref(), &file.store);
    let carrier = check.carrier(&file.carrier);
    let mail = file.mail.as_ref().map(|mail| check.mail(mail));
    let sms = check.sms(&file.sms, carrier.as_ref().map(|carrier| &carrier.number));
    let exchange =
        file.exchange.as_ref().map(|exchange| check.exchange(exchange, server.as_ref(), &file.carrier));
    let mut directory = check.directory(file);
    check.gaps(&file.schedule, &directory);
    let policies = check.policies(&file.policy);
    let (teams, integrations) = check.all_teams(&file.team);
    let can = can(file);
    check.can_policies_reach(file, (&teams, &policies), &directory, &can);
    let xmatters = file.xmatters.as_ref().map(|xmatters| check.xmatters(xmatters));
    let elsewhere = check.elsewhere(file);
    let transcriber = check.transcriber(&file.transcriber, file.voice.get_ref());
    let caller_id = carrier.as_ref().map(|carrier| carrier.caller_id.clone());
    let menu = check.menu(file, &directory, caller_id);
    check.understood(file);
    let offered: Vec<_> = menu.iter().flat_map(CallMenu::actions).collect();
    let forwards = check.forwards(&file.forward, &offered);
    let menu = menu.zip(forwards.as_ref()).map(|(menu, forwards)| CallMenu {
        forwards: forwards.iter().map(ForwardTo::rule).collect(),
        ..menu
    });
    if let Some(menu) = &menu {
        check.everybody_is_told(file, menu, &directory);
    }
    let public_url = server.as_ref().and_then(|server| server.public_url.as_ref());
    let webhooks = check.webhooks(&file.webhook, public_url);
    let links = check.links(&file.links);
    let auditor = check.auditor(&file.auditor);
    let retention = check.retention(file);
    check.callers(&file.voice, &mut directory);
    let api_keys = check.api_keys(&file.api.key);
    Some(Settings {
        server: server?,
        store: store?,
        log: super::Log { format: file.log.format, level: file.log.level },
        carrier: carrier?,
        voice: voice::manners(file.voice.get_ref()),
        menu: menu?,
        directory,
        xmatters: match xmatters {
            Some(xmatters) => Some(xmatters?),
            None => None,
        },
        elsewhere,
        transcriber: transcriber?,
        links: links?,
        mail: match mail {
            Some(mail) => Some(mail?),
            None => None,
        },
        teams,
        policies,
        integrations,
        forwards: forwards?,
        templates: super::Templates::default(),
        alerting: super::Alerting { private_devices: file.alerting.private_devices },
        webhooks: webhooks?,
        sms: sms?,
        limits: super::Limits {
            calls_per_number_per_minute: file.limits.calls_per_number_per_minute,
            requests_per_source_per_minute: file.limits.requests_per_source_per_minute,
            events_per_integration_per_minute: file.limits.events_per_integration_per_minute,
        },
        auditor: auditor?,
        retention,
        api_keys,
        exchange: match exchange {
            Some(exchange) => Some(exchange?),
            None => None,
        },
    })
}

/// The kinds of device that the file has a way to.
fn can(file: &File) -> Vec<DeviceKind> {
    let has_way = |kind: &DeviceKind| match kind {
        // Phones are rung by the carrier's API.
        DeviceKind::Voice => file.carrier.get_ref().conferences,
        DeviceKind::Sms => file.sms.enabled,
        DeviceKind::Email => file.mail.is_some(),
        DeviceKind::Webhook => true,
    };
    [DeviceKind::Voice, DeviceKind::Sms, DeviceKind::Email, DeviceKind::Webhook]
        .into_iter()
        .filter(has_way)
        .collect()
}

/// Where each value of a key that must be unique stands.
type Seen<T> = HashMap<T, Range<usize>>;

impl Check<'_, '_> {
    /// Reports a value that was there before.
    fn unique<T: Eq + std::hash::Hash>(
        &mut self,
        seen: &mut Seen<T>,
        value: T,
        at: Range<usize>,
        key: &str,
        shown: &str,
    ) -> bool {
        if let Some(first) = seen.get(&value) {
            let line = self.findings.position(first.start).line;
            self.findings.problem(&at, key, format!("{shown} appears twice, first at line {line}"));
            return false;
        }
        seen.insert(value, at);
        true
    }

    fn person(&mut self, id: &file::Text, key: &str) -> Option<PersonId> {
        let known = self.people.clone();
        self.known(id, key, "person", "no [[person]] has the id", &known)
            .then(|| PersonId(id.get_ref().clone()))
    }

    fn group(&mut self, name: &file::Text, key: &str) -> Option<GroupName> {
        let known = self.groups.clone();
        self.known(name, key, "group", "no [[group]] has the name", &known)
            .then(|| GroupName(name.get_ref().clone()))
    }

    fn schedule(&mut self, name: &file::Text, key: &str) -> Option<ScheduleName> {
        let known = self.schedules.clone();
        self.known(name, key, "schedule", "no [[schedule]] has the name", &known)
            .then(|| ScheduleName(name.get_ref().clone()))
    }

    fn known(&mut self, name: &file::Text, key: &str, what: &str, none: &str, known: &[&str]) -> bool {
        let text = name.get_ref().as_str();
        let found = known.contains(&text);
        // Where the whole list is wrong, nothing is known about the names in it.
        if !found && !self.findings.any(|key| key == what) {
            let problem = self.findings.absent(&name.span(), key, format!("{none} \"{text}\""));
            match nearest(text, known.iter().copied()) {
                Some(meant) => problem.hint(format!("did you mean \"{meant}\"?")),
                None => problem.hint(format!("add the {what}, or name one that there is")),
            }
        }
        found
    }

    /// `{ person = ".." }`, `{ group = ".." }` or `{ schedule = ".." }`.
    fn recipient(&mut self, entry: &Spanned<file::Recipient>, key: &str) -> Option<Recipient> {
        let file::Recipient { person, group, schedule } = entry.get_ref();
        self.named(&entry.span(), key, [person.as_ref(), group.as_ref(), schedule.as_ref()])
    }

    /// The one that is named: a person, a group or a schedule.
    fn named(
        &mut self,
        at: &Range<usize>,
        key: &str,
        [person, group, schedule]: [Option<&file::Text>; 3],
    ) -> Option<Recipient> {
        match (person, group, schedule) {
            (Some(id), None, None) => self.person(id, &format!("{key}.person")).map(Recipient::Person),
            (None, Some(name), None) => self.group(name, &format!("{key}.group")).map(Recipient::Group),
            (None, None, Some(name)) => {
                self.schedule(name, &format!("{key}.schedule")).map(Recipient::Schedule)
            }
            (None, None, None) => {
                let found = self.findings.absent(at, key, "names nobody");
                found.hint("write { person = \"id\" }, { group = \"name\" } or { schedule = \"name\" }");
                None
            }
            _ => {
                let found = self.findings.problem(at, key, "names more than one");
                found.hint("a person, a group or a schedule; for several, write an entry for each");
                None
            }
        }
    }

    fn recipients(&mut self, entries: &[Spanned<file::Recipient>], key: &str) -> Vec<Recipient> {
        let mut seen = Seen::new();
        let mut recipients = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{key}[{}]", index + 1);
            let Some(recipient) = self.recipient(entry, &key) else { continue };
            let shown = shown(&recipient);
            if self.unique(&mut seen, recipient.clone(), entry.span(), &key, &shown) {
                recipients.push(recipient);
            }
        }
        recipients
    }
}

/// A recipient's name in quotes.
fn shown(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Group(name) => format!("\"{name}\""),
        Recipient::Person(id) => format!("\"{id}\""),
        Recipient::Schedule(name) => format!("\"{name}\""),
    }
}
