//! `[xmatters]`: people of another directory, and who of them is on call.

use super::{Check, Seen};
use crate::domain::directory::Recipient;
use crate::domain::directory::elsewhere::Ages;
use crate::domain::directory::group::{GroupName, Member};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::reason::{Reason, Skipped};
use crate::settings::{Access, Elsewhere, Login, OnCallSource, Xmatters, file};
use jiff::SignedDuration;
use std::time::Duration;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn xmatters(&mut self, entry: &Spanned<file::Xmatters>) -> Option<Xmatters> {
        let file = entry.get_ref();
        let danger = "the password and people's phone numbers would travel for everybody to read";
        let url = file.url.as_ref().and_then(|url| self.outside(url, "xmatters.url", danger));
        let password = self.required_secret(
            "xmatters.password",
            &entry.span(),
            file.password.as_ref(),
            file.password_file.as_ref(),
        );
        let user = file.user.as_ref().map(|user| user.get_ref().clone());
        Some(Xmatters { url: url?, login: Login { user: user?, password: password? } })
    }

    /// The members of a group before the other directory is asked: nobody is known to be one, which is not nobody.
    pub(super) fn on_call_elsewhere(
        &mut self,
        group: &file::Group,
        source: &Spanned<OnCallSource>,
        key: &str,
    ) -> Vec<Member> {
        let OnCallSource::Xmatters = source.get_ref();
        if let Some(members) = &group.members {
            let message = "can't stand beside on_call = \"xmatters\"";
            let found = self.findings.problem(&members.span(), format!("{key}.members"), message);
            found.hint(
                "leave one of the two out; for both, make a group of each, and one that has them as members",
            );
        }
        if *group.elsewhere.get_ref() {
            let message = "can't be true with on_call = \"xmatters\"";
            let found = self.findings.problem(&group.elsewhere.span(), format!("{key}.elsewhere"), message);
            found.hint("leave one of the two out");
        }
        let Some(name) = &group.name else { return vec![] };
        let recipient = Recipient::Group(GroupName(name.get_ref().clone()));
        vec![Member::LeftOut(Skipped { recipient, reason: Reason::Unknown })]
    }

    /// Who may call and who is on call by what xMatters says; `None` also after a problem.
    pub(super) fn elsewhere(&mut self, file: &file::File) -> Option<Elsewhere> {
        const KEY: &str = "xmatters.authorised";
        let access = &file.voice.get_ref().access;
        let is_asked = *access.get_ref() == Access::Elsewhere;
        let groups = self.groups_elsewhere(file);
        let Some(entry) = &file.xmatters else {
            if is_asked {
                let message = "is \"xmatters\", and there is no [xmatters]";
                let found = self.findings.problem(&access.span(), "voice.access", message);
                found.hint("add [xmatters] with url, user, password and authorised");
            }
            return None;
        };
        let xmatters = entry.get_ref();
        let authorised = self.ids(&xmatters.authorised, KEY);
        let fresh = SignedDuration::from_mins((*xmatters.fresh_minutes.get_ref()).into());
        let stale = SignedDuration::from_hours(xmatters.stale_hours.into());
        if fresh > stale {
            let message = format!(
                "is {} minutes, and stale_hours is {} hours",
                xmatters.fresh_minutes.get_ref(),
                xmatters.stale_hours
            );
            let at = xmatters.fresh_minutes.span();
            let found = self.findings.warning(&at, "xmatters.fresh_minutes", message);
            found.hint("no answer is used for longer than stale_hours");
        }
        match (is_asked, authorised.is_empty()) {
            (true, true) if !self.findings.any(|key| key.starts_with(KEY)) => {
                let found = self.findings.absent(&entry.span(), KEY, "names nobody");
                found.hint("list the ids of those who may call, as [\"bsmith\"]");
            }
            (false, _) if groups.is_empty() => {
                let message =
                    "is not used where voice.access is not \"xmatters\" and no [[group]] has on_call";
                self.findings.warning(&entry.span(), "xmatters", message);
                return None;
            }
            (false, false) => {
                let message = "is not used where voice.access is not \"xmatters\"";
                self.findings.warning(&xmatters.authorised.span(), KEY, message);
            }
            (true, _) | (false, true) => {}
        }
        Some(Elsewhere {
            authorised: if is_asked { authorised } else { vec![] },
            groups,
            ages: Ages { fresh, stale },
            patience: Duration::from_millis(xmatters.patience_milliseconds.into()),
        })
    }

    /// The groups whose on-call people xMatters knows.
    fn groups_elsewhere(&mut self, file: &file::File) -> Vec<GroupName> {
        let mut groups = vec![];
        for (index, entry) in file.group.iter().enumerate() {
            let file::Group { name: Some(name), on_call: Some(source), .. } = entry.get_ref() else {
                continue;
            };
            let key = format!("group[{}].on_call", index + 1);
            if file.xmatters.is_none() {
                let message = "is \"xmatters\", and there is no [xmatters]";
                let found = self.findings.problem(&source.span(), key, message);
                found.hint("add [xmatters] with url, user and password");
            } else if file.forward.is_empty() && groups.is_empty() {
                let message = "is \"xmatters\", of which only the phones of people are known, and there is no [[forward]]";
                let found = self.findings.warning(&source.span(), key, message);
                found.hint(
                    "its people can be called, but no message of an alert reaches them; add [[forward]]",
                );
            }
            groups.push(GroupName(name.get_ref().clone()));
        }
        groups
    }

    fn ids(&mut self, ids: &Spanned<Vec<String>>, key: &str) -> Vec<PersonId> {
        let mut seen = Seen::new();
        let mut people = Vec::with_capacity(ids.get_ref().len());
        for id in ids.get_ref() {
            if self.unique(&mut seen, id.clone(), ids.span(), key, &format!("\"{id}\"")) {
                people.push(PersonId(id.clone()));
            }
        }
        people
    }
}
