//! `[[team.integration]]`: the ways in for events, and what opens them.

use super::{Check, Seen};
use crate::domain::access::TokenHash;
use crate::domain::alerting::team::{Integration, IntegrationName, TeamName};
use crate::settings::secret::Secret;
use crate::settings::{IntegrationAccess, file};
use std::ops::Range;
use toml::Spanned;

/// Shorter secrets can be found by trying.
const SHORTEST_SECRET: usize = 16;

/// How a secret is written: its hash, itself, or a file that holds it.
struct Written<'f> {
    name: &'static str,
    hash: Option<&'f Spanned<Secret>>,
    value: Option<&'f Spanned<Secret>>,
    file: Option<&'f file::Text>,
}

impl Written<'_> {
    /// Where the first of them stands.
    fn place(&self) -> Option<Range<usize>> {
        let first = self.hash.map(Spanned::span).or(self.value.map(Spanned::span));
        first.or(self.file.map(Spanned::span))
    }
}

impl Check<'_, '_> {
    /// The ways in of a team. What opens them is put with that of the other teams: a secret says whose event it is.
    pub(super) fn integrations(
        &mut self,
        entries: &[Spanned<file::Integration>],
        team: &str,
        (secrets, access): (&mut Seen<TokenHash>, &mut Vec<IntegrationAccess>),
        owner: Option<&TeamName>,
    ) -> Vec<Integration> {
        let mut seen = Seen::new();
        let mut integrations = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{team}.integration[{}]", index + 1);
            let file = entry.get_ref();
            let hashes = self.secrets(entry, &key, secrets);
            let hmac = self.secret(
                &format!("{key}.hmac_secret"),
                file.hmac_secret.as_ref(),
                file.hmac_secret_file.as_ref(),
            );
            let Some(name) = &file.name else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            if self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown) {
                let name = IntegrationName(name.get_ref().clone());
                if let Some(team) = owner {
                    access.push(IntegrationAccess {
                        team: team.clone(),
                        name: name.clone(),
                        secrets: hashes,
                        hmac,
                    });
                }
                integrations.push(Integration { name, is_strict: file.filtering });
            }
        }
        integrations
    }

    /// The secret, and the one that is to come in its place.
    fn secrets(
        &mut self,
        entry: &Spanned<file::Integration>,
        key: &str,
        known: &mut Seen<TokenHash>,
    ) -> Vec<TokenHash> {
        let file = entry.get_ref();
        let now = Written {
            name: "secret",
            hash: file.secret_hash.as_ref(),
            value: file.secret.as_ref(),
            file: file.secret_file.as_ref(),
        };
        let next = Written {
            name: "next_secret",
            hash: file.next_secret_hash.as_ref(),
            value: file.next_secret.as_ref(),
            file: file.next_secret_file.as_ref(),
        };
        if now.place().is_none() {
            let found = self.findings.absent(&entry.span(), format!("{key}.secret_hash"), "is missing");
            found.hint(
                "sha256: and the hash of the secret; or give the secret itself, as secret or secret_file",
            );
        }
        [now, next].into_iter().filter_map(|written| self.one_secret(&written, key, known)).collect()
    }

    fn one_secret(
        &mut self,
        written: &Written<'_>,
        key: &str,
        known: &mut Seen<TokenHash>,
    ) -> Option<TokenHash> {
        let key = format!("{key}.{}", written.name);
        let at = written.place()?;
        let (hash, key) = if let Some(hash) = written.hash {
            let key = format!("{key}_hash");
            if written.value.is_some() || written.file.is_some() {
                let message = "is given besides the secret itself";
                self.findings.problem(&at, key, message).hint("leave one of the two out");
                return None;
            }
            (self.secret_hash(hash, &key)?, key)
        } else {
            let secret = self.secret(&key, written.value, written.file)?;
            if secret.expose().chars().count() < SHORTEST_SECRET {
                let message = format!("has less than {SHORTEST_SECRET} characters");
                let found = self.findings.warning(&at, key.as_str(), message);
                found.hint("whoever guesses it can raise alerts, and resolve them");
            }
            (TokenHash::of(secret.expose()), key)
        };
        self.unique(known, hash, at, &key, "the same secret").then_some(hash)
    }

    fn secret_hash(&mut self, text: &Spanned<Secret>, key: &str) -> Option<TokenHash> {
        let hash = TokenHash::parse(text.get_ref().expose());
        if hash.is_none() {
            let found = self.findings.problem(&text.span(), key, "is not sha256: and 64 hexadecimal digits");
            found.hint("it is the hash that belongs here; the secret itself is secret, or secret_file");
        }
        hash
    }
}
