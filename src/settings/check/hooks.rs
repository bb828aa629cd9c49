//! `[[webhook]]`: other programs that are told what happens to alerts.

use super::values::is_loopback;
use super::{Check, Seen};
use crate::domain::alerting::hook::Hook;
use crate::domain::alerting::policy::WebhookName;
use crate::settings::Webhook;
use crate::settings::file::{self, Text};
use crate::settings::secret::{Secret, SecretUrl, SigningSecret};
use toml::Spanned;
use url::Url;

/// Where events come in, by the paths of their addresses.
const WAYS_IN: [&str; 2] = ["webhook/", "api/v2/events/"];

impl Check<'_, '_> {
    /// `None` when one of them can't be made.
    pub(super) fn webhooks(
        &mut self,
        entries: &[Spanned<file::Webhook>],
        public_url: Option<&Url>,
    ) -> Option<Vec<Webhook>> {
        let mut seen = Seen::new();
        let mut webhooks = vec![];
        let mut all = true;
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("webhook[{}]", index + 1);
            let webhook = self.webhook_told(entry, &key, public_url);
            let name = entry.get_ref().name.as_ref();
            let is_new = name.is_none_or(|name| {
                let shown = format!("\"{}\"", name.get_ref());
                self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown)
            });
            all &= webhook.is_some() && is_new;
            webhooks.extend(webhook);
        }
        all.then_some(webhooks)
    }

    fn webhook_told(
        &mut self,
        entry: &Spanned<file::Webhook>,
        key: &str,
        public_url: Option<&Url>,
    ) -> Option<Webhook> {
        let file = entry.get_ref();
        let url = self.webhook_url(entry, &format!("{key}.url"), public_url);
        let first = self.signing(&format!("{key}.secret"), file.secret.as_ref(), file.secret_file.as_ref());
        let next = self.signing(
            &format!("{key}.next_secret"),
            file.next_secret.as_ref(),
            file.next_secret_file.as_ref(),
        );
        let keys: Option<Vec<_>> =
            first.zip(next).map(|(first, next)| first.into_iter().chain(next).collect());
        if keys.as_ref().is_some_and(Vec::is_empty) && file.kind == crate::settings::WebhookKind::Standard {
            let found = self.findings.warning(&entry.span(), format!("{key}.secret"), "is missing");
            found.hint("the program can't tell our messages from those of others");
        }
        if file.on.get_ref().is_empty() {
            let found = self.findings.warning(&file.on.span(), format!("{key}.on"), "is empty");
            found.hint("it is told only what a step of a policy says");
        }
        let teams = file.teams.as_ref().map(|teams| {
            let named = teams.get_ref().iter().enumerate();
            named
                .filter_map(|(index, name)| self.team(name, &format!("{key}.teams[{}]", index + 1)))
                .collect()
        });
        Some(Webhook {
            rule: Hook {
                name: WebhookName(file.name.as_ref()?.get_ref().clone()),
                teams,
                topics: file.on.get_ref().clone(),
            },
            kind: file.kind,
            url: url?,
            keys: keys?,
            allow_private: file.allow_private,
        })
    }

    fn webhook_url(
        &mut self,
        entry: &Spanned<file::Webhook>,
        key: &str,
        public_url: Option<&Url>,
    ) -> Option<SecretUrl> {
        let file::Webhook { url, url_file, allow_private, .. } = entry.get_ref();
        let at = url.as_ref().map(Spanned::span).or(url_file.as_ref().map(Spanned::span));
        let at = at.unwrap_or(entry.span());
        let secret = self.required_secret(key, &entry.span(), url.as_ref(), url_file.as_ref())?;
        let url = self.web_address(&at, key, &secret, "write it as https://hooks.example.com/duty")?;
        if public_url.is_some_and(|own| is_way_in(own, &url)) {
            let found = self.findings.problem(&at, key, "is a way in for events of this program");
            found.hint("what is told of an alert would come back as an event, and so on without an end");
            return None;
        }
        if is_loopback(&url) && !allow_private {
            let found = self.findings.warning(&at, key, "is on this machine, where nothing is sent");
            found.hint("set allow_private = true if it is meant so");
        } else if url.scheme() == "http" && !is_loopback(&url) {
            let found = self.findings.warning(&at, key, "is not https");
            found.hint("alerts would travel for everybody to read");
        }
        Some(SecretUrl::new(url))
    }

    /// `Some(None)`: there is none.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn signing(
        &mut self,
        key: &str,
        value: Option<&Spanned<Secret>>,
        file: Option<&Text>,
    ) -> Option<Option<SigningSecret>> {
        let Some(at) = value.map(Spanned::span).or(file.map(Spanned::span)) else { return Some(None) };
        let secret = self.secret(key, value, file)?;
        let parsed = SigningSecret::parse(secret.expose());
        if parsed.is_none() {
            let found = self.findings.problem(&at, key, "is no secret to sign with");
            found.hint(
                "write whsec_ and the base64 of 24 to 64 random bytes, as of `openssl rand -base64 32`",
            );
        }
        parsed.map(Some)
    }
}

/// Whether that is an address where we take events ourselves.
fn is_way_in(own: &Url, url: &Url) -> bool {
    own.origin() == url.origin()
        && url
            .path()
            .strip_prefix(own.path())
            .is_some_and(|rest| WAYS_IN.iter().any(|way_in| rest.starts_with(way_in)))
}
