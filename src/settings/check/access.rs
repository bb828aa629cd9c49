//! `[[api.key]]`.

use super::{Check, Seen};
use crate::domain::access::{ApiKey, Scope, TokenHash};
use crate::settings::file;

impl Check<'_, '_> {
    pub(super) fn api_keys(&mut self, entries: &[file::ApiKey]) -> Vec<ApiKey> {
        let mut names = Seen::new();
        let mut hashes = Seen::new();
        let mut keys = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("api.key[{}]", index + 1);
            if let Some(name) = &entry.name {
                let shown = format!("\"{}\"", name.get_ref());
                self.unique(&mut names, name.get_ref(), name.span(), &format!("{key}.name"), &shown);
            }
            let hash = entry.hash.as_ref().and_then(|text| {
                let key = format!("{key}.hash");
                let hash = TokenHash::parse(text.get_ref().expose());
                if let Some(hash) = hash {
                    self.unique(&mut hashes, hash, text.span(), &key, "the same hash");
                } else {
                    let message = "is not sha256: and 64 hexadecimal digits";
                    let found = self.findings.problem(&text.span(), key, message);
                    found.hint("it is the hash that belongs here, never the token itself");
                }
                hash
            });
            if let Some(scopes) = entry.scopes.as_ref().filter(|scopes| scopes.get_ref().is_empty()) {
                let found = self.findings.warning(&scopes.span(), format!("{key}.scopes"), "is empty");
                found.hint("the key opens nothing");
            }
            let expires = entry.expires.as_ref().map(|text| self.moment(text, &format!("{key}.expires")));
            if let (Some(name), Some(hash), Some(scopes)) = (&entry.name, hash, &entry.scopes) {
                keys.push(ApiKey {
                    name: name.get_ref().clone(),
                    hash,
                    scopes: scopes.get_ref().iter().filter_map(|word| Scope::from_word(word)).collect(),
                    expires: expires.flatten(),
                });
            }
        }
        keys
    }
}
