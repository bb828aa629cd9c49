//! `[[forward]]`: who is told of alerts besides our own people.

use super::values::is_loopback;
use super::{Check, Seen};
use crate::domain::alerting::forward::{Forward, ForwardName};
use crate::domain::directory::{Directory, Recipient};
use crate::domain::voice::action::Action;
use crate::domain::voice::menu::CallMenu;
use crate::settings::file::{self, Text};
use crate::settings::secret::{Secret, SecretUrl};
use crate::settings::{ForwardTo, Login};
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use url::Url;

impl ForwardTo {
    /// What decisions know of it.
    pub(super) fn rule(&self) -> Forward {
        let has = |action: &Action| match action {
            // A live call that nobody took is an alert.
            Action::Alert | Action::Live => self.alert_url.is_some(),
            Action::Conference => self.conference_url.is_some(),
        };
        Forward {
            name: self.name.clone(),
            actions: Action::ALL.into_iter().filter(has).collect(),
            text_wait: u32::try_from(self.text_wait.as_secs()).unwrap_or(u32::MAX),
        }
    }
}

impl Check<'_, '_> {
    /// `None` when one of them can't be made.
    pub(super) fn forwards(
        &mut self,
        entries: &[Spanned<file::Forward>],
        offered: &[Action],
    ) -> Option<Vec<ForwardTo>> {
        let mut seen = Seen::new();
        let mut forwards = vec![];
        let mut all = true;
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("forward[{}]", index + 1);
            let forward = self.forward(entry, &key, offered);
            let name = entry.get_ref().name.as_ref();
            let is_new = name.is_none_or(|name| {
                let shown = format!("\"{}\"", name.get_ref());
                self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown)
            });
            all &= forward.is_some() && is_new;
            forwards.extend(forward);
        }
        all.then_some(forwards)
    }

    /// A group whose members only the targets know is told of an action by a target that takes it, or by nobody.
    pub(super) fn everybody_is_told(&mut self, file: &file::File, menu: &CallMenu, directory: &Directory) {
        let voice = &file.voice;
        let written = voice.get_ref().action.span();
        let at = if written.is_empty() { voice.span() } else { written };
        let chosen = menu.targets.iter().map(|target| &target.recipient).chain(&menu.default_recipients);
        let elsewhere = chosen.filter_map(|recipient| match recipient {
            Recipient::Group(name) => directory.group(name).filter(|group| group.is_elsewhere),
            Recipient::Person(_) | Recipient::Schedule(_) => None,
        });
        let Some(group) = elsewhere.into_iter().next() else { return };
        for action in menu.actions() {
            // Without any target the group itself is a problem.
            if !menu.forwards.is_empty() && !menu.forwards.iter().any(|forward| forward.takes(action)) {
                let word = action.word();
                let message =
                    format!("offers \"{word}\", which no [[forward]] takes, for \"{}\"", group.name);
                let found = self.findings.problem(&at, "voice.action", message);
                let url = if action == Action::Conference { "conference_url" } else { "alert_url" };
                found.hint(format!(
                    "nobody would be told: give a [[forward]] its {url}, or leave the action out"
                ));
            }
        }
    }

    fn forward(
        &mut self,
        entry: &Spanned<file::Forward>,
        key: &str,
        offered: &[Action],
    ) -> Option<ForwardTo> {
        let file = entry.get_ref();
        let alert_url = self.trigger(
            &format!("{key}.alert_url"),
            (&entry.span(), offered.contains(&Action::Alert)),
            file.alert_url.as_ref(),
            file.alert_url_file.as_ref(),
        );
        let conference_url = self.trigger(
            &format!("{key}.conference_url"),
            (&entry.span(), offered.contains(&Action::Conference)),
            file.conference_url.as_ref(),
            file.conference_url_file.as_ref(),
        );
        let login = self.login(entry, key);
        Some(ForwardTo {
            name: ForwardName(file.name.as_ref()?.get_ref().clone()),
            kind: file.kind,
            alert_url: alert_url?,
            conference_url: conference_url?,
            login: login?,
            text_wait: Duration::from_secs(file.text_wait_seconds.into()),
        })
    }

    /// The address for one kind of alert; `Some(None)`: there is none.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn trigger(
        &mut self,
        key: &str,
        (at, is_offered): (&Range<usize>, bool),
        value: Option<&Spanned<Secret>>,
        file: Option<&Text>,
    ) -> Option<Option<SecretUrl>> {
        let Some(written) = value.map(Spanned::span).or(file.map(Spanned::span)) else {
            if is_offered {
                let found = self.findings.warning(at, key, "is missing");
                found.hint("what callers start by that action is not passed on to this target");
            }
            return Some(None);
        };
        let secret = self.secret(key, value, file)?;
        let url =
            self.web_address(&written, key, &secret, "copy the URL of the inbound integration as it is")?;
        if !url.username().is_empty() || url.password().is_some() {
            let found = self.findings.problem(&written, key, "must not hold a user or a password");
            found.hint("give them as user and password");
            return None;
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            let found = self.findings.warning(&written, key, "is not https");
            found.hint("alerts and the key would travel for everybody to read");
        }
        Some(Some(SecretUrl::new(url)))
    }

    /// The address in a secret.
    pub(super) fn web_address(
        &mut self,
        at: &Range<usize>,
        key: &str,
        secret: &Secret,
        hint: &str,
    ) -> Option<Url> {
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let url = Url::parse(secret.expose()).ok().filter(is_web);
        if url.is_none() {
            self.findings.problem(at, key, "is not an http or https address").hint(hint);
        }
        url
    }

    /// `Some(None)`: there is no login.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn login(&mut self, entry: &Spanned<file::Forward>, key: &str) -> Option<Option<Login>> {
        let file = entry.get_ref();
        let password = format!("{key}.password");
        match (&file.user, file.password.is_some() || file.password_file.is_some()) {
            (None, false) => Some(None),
            (None, true) => {
                self.findings.absent(&entry.span(), password, "has no user").hint("give the user as well");
                None
            }
            (Some(user), _) => {
                let password = self.required_secret(
                    &password,
                    &user.span(),
                    file.password.as_ref(),
                    file.password_file.as_ref(),
                )?;
                Some(Some(Login { user: Secret::new(user.get_ref().clone()), password }))
            }
        }
    }
}
