//! `[xmatters]`: people of another directory.

use super::{Check, Seen};
use crate::domain::directory::elsewhere::Ages;
use crate::domain::directory::person::PersonId;
use crate::settings::{Access, Elsewhere, Login, Xmatters, file};
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

    /// Who may call by what xMatters says; `None` also after a problem.
    pub(super) fn elsewhere(&mut self, file: &file::File) -> Option<Elsewhere> {
        const KEY: &str = "xmatters.authorised";
        let access = &file.voice.get_ref().access;
        let is_asked = *access.get_ref() == Access::Elsewhere;
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
        if !is_asked {
            let message = "is not used where voice.access is not \"xmatters\"";
            self.findings.warning(&entry.span(), "xmatters", message);
            return None;
        }
        if authorised.is_empty() && !self.findings.any(|key| key.starts_with(KEY)) {
            let found = self.findings.absent(&entry.span(), KEY, "names nobody");
            found.hint("list the ids of those who may call, as [\"bsmith\"]");
        }
        Some(Elsewhere {
            authorised,
            ages: Ages { fresh, stale },
            patience: Duration::from_millis(xmatters.patience_milliseconds.into()),
        })
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
