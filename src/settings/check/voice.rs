//! `[voice]`: what callers are offered.

use super::{Check, Seen, shown};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::voice::action::Action;
use crate::domain::voice::menu::{CallMenu, Offer, Target};
use crate::settings::{TranscriberKind, Voice, file};
use toml::Spanned;

/// What `[voice]` says beyond the menu.
pub(super) fn manners(file: &file::Voice) -> Voice {
    Voice { access: *file.access.get_ref() }
}

impl Check<'_, '_> {
    pub(super) fn menu(
        &mut self,
        whole: &file::File,
        directory: &Directory,
        caller_id: Option<PhoneNumber>,
    ) -> Option<CallMenu> {
        let entry = &whole.voice;
        let file = entry.get_ref();
        self.language(&file.language, "voice.language");
        self.times(file);
        let carrier = whole.carrier.get_ref();
        let hunt = self.hunt(&file.hunt, carrier);
        let bridge = self.bridge(&file.conference);
        let mut offers = self.offers(&file.action);
        self.talks(whole, &mut offers);
        let targets = self.targets(&file.group, directory, offers.contains(&Offer::Start(Action::Live)));
        let recipients = &file.default_recipients;
        let default_recipients = self.recipients(recipients.get_ref(), "voice.default_recipients");
        let team = file.team.as_ref().and_then(|team| self.team(team, "voice.team"));
        let told = self.findings.any(|key| matches!(key, "voice.group" | "voice.default_recipients"));
        if file.group.is_empty() && recipients.get_ref().is_empty() && whole.forward.is_empty() && !told {
            let message = "has no group to choose and no default_recipients";
            let found = self.findings.absent(&entry.span(), "voice", message);
            found
                .hint("add a [[voice.group]], default_recipients = [{ group = \"name\" }], or a [[forward]]");
        }
        if !file.group.is_empty() && !recipients.get_ref().is_empty() {
            let message = "is not used where callers choose a voice.group";
            self.findings.warning(&recipients.span(), "voice.default_recipients", message);
        }
        let caller_id = caller_id?;
        (!offers.is_empty()).then(|| CallMenu {
            offers,
            hunt,
            bridge,
            caller_id,
            has_conferences: carrier.conferences,
            targets,
            team,
            default_recipients,
            forwards: vec![],
            ask_severity: file.severity_question,
            default_severity: file.default_severity,
            key_timeout: *file.key_timeout_seconds.get_ref(),
            ask_times: *file.ask_times.get_ref(),
            longest_message: *file.longest_message_seconds.get_ref(),
            transcribe: file.transcribe,
            carrier_transcribes: *whole.transcriber.get_ref().kind.get_ref() == TranscriberKind::Carrier,
            shortest_transcribed: *file.shortest_transcribed_seconds.get_ref(),
            longest_transcribed: *file.longest_transcribed_seconds.get_ref(),
            transcription_wait: *file.transcription_wait_seconds.get_ref(),
            wait_step: *file.wait_step_seconds.get_ref(),
            draft_deadline: *file.draft_deadline_seconds.get_ref(),
            call_deadline: *file.call_deadline_seconds.get_ref(),
            carrier_keeps_hours: whole
                .retention
                .get_ref()
                .recordings_at_carrier_hours
                .as_ref()
                .map(|hours| *hours.get_ref()),
            link_days: file.link_days,
            fallback_contact: file.fallback_contact.clone(),
            language: file.language.get_ref().clone(),
        })
    }

    fn offers(&mut self, entries: &Spanned<Vec<file::ActionEntry>>) -> Vec<Offer> {
        if entries.get_ref().is_empty() {
            let found = self.findings.problem(&entries.span(), "voice.action", "is empty");
            found.hint("leave it out for alert, conference and live");
        }
        let mut seen = Seen::new();
        let mut offers = Vec::with_capacity(entries.get_ref().len());
        for (index, entry) in entries.get_ref().iter().enumerate() {
            let Some(kind) = &entry.kind else { continue };
            let shown = format!("\"{}\"", kind.get_ref().word());
            let key = format!("voice.action[{}].kind", index + 1);
            if self.unique(&mut seen, *kind.get_ref(), kind.span(), &key, &shown) {
                offers.push(*kind.get_ref());
            }
        }
        offers
    }

    fn targets(
        &mut self,
        entries: &[Spanned<file::Target>],
        directory: &Directory,
        offers_live: bool,
    ) -> Vec<Target> {
        let mut recipients = Seen::new();
        let mut spoken_before = Seen::new();
        let mut targets = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("voice.group[{}]", index + 1);
            let Some((recipient, said)) = self.target(entry, &key, directory) else { continue };
            let team = entry.get_ref().team.as_ref();
            let team = team.and_then(|team| self.team(team, &format!("{key}.team")));
            let (at, part) = match &recipient {
                Recipient::Group(_) => (entry.get_ref().name.as_ref(), "name"),
                Recipient::Person(_) => (entry.get_ref().person.as_ref(), "person"),
                Recipient::Schedule(_) => (entry.get_ref().schedule.as_ref(), "schedule"),
            };
            let at = at.map_or(entry.span(), Spanned::span);
            let shown = shown(&recipient);
            if !self.unique(&mut recipients, recipient.clone(), at.clone(), &format!("{key}.{part}"), &shown)
            {
                continue;
            }
            if offers_live {
                self.somebody_has_a_phone(&recipient, &at, &format!("{key}.{part}"), directory);
            }
            let spoken = entry.get_ref().spoken.as_ref();
            let at = spoken.map_or(at, Spanned::span);
            let spoken = spoken.map_or(said, |spoken| spoken.get_ref().clone());
            if let Some(first) = spoken_before.insert(spoken.to_lowercase(), at.clone()) {
                let line = self.findings.position(first.start).line;
                let message = format!("\"{spoken}\" is what the group at line {line} is spoken as, too");
                let found = self.findings.warning(&at, format!("{key}.spoken"), message);
                found.hint("callers can't tell the two apart");
            }
            targets.push(Target { recipient, spoken, team });
        }
        targets
    }

    /// The recipient of an entry, and its own name.
    fn target(
        &mut self,
        entry: &Spanned<file::Target>,
        key: &str,
        directory: &Directory,
    ) -> Option<(Recipient, String)> {
        let file::Target { name, person, schedule, spoken: _, team: _ } = entry.get_ref();
        match (name, person, schedule) {
            (Some(name), None, None) => {
                let group = self.group(name, &format!("{key}.name"))?;
                Some((Recipient::Group(group), name.get_ref().clone()))
            }
            (None, Some(id), None) => {
                let person = self.person(id, &format!("{key}.person"))?;
                let said = directory
                    .person(&person)
                    .map_or_else(|| id.get_ref().clone(), |person| person.name.clone());
                Some((Recipient::Person(person), said))
            }
            (None, None, Some(name)) => {
                let schedule = self.schedule(name, &format!("{key}.schedule"))?;
                Some((Recipient::Schedule(schedule), name.get_ref().clone()))
            }
            (None, None, None) => {
                let found = self.findings.absent(&entry.span(), key, "names nobody");
                found.hint(
                    "name = the name of a group, person = the id of a person, or schedule = the name of one",
                );
                None
            }
            _ => {
                let found = self.findings.problem(&entry.span(), key, "names more than one");
                found.hint("one of name (of a group), person and schedule");
                None
            }
        }
    }
}
