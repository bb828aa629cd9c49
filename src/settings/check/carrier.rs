//! `[carrier]`, `[sms]` and `[mail]`: the ways out.

use super::values::is_loopback;
use super::{Check, Seen};
use crate::settings::{Carrier, CarrierKey, Secret, SharedKey, file};
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn carrier(&mut self, entry: &Spanned<file::Carrier>) -> Option<Carrier> {
        let file = entry.get_ref();
        let auth_token = self.auth_token(entry);
        let api_key = self.api_key(entry);
        let previous_auth_token = self.secret(
            "carrier.previous_auth_token",
            file.previous_auth_token.as_ref(),
            file.previous_auth_token_file.as_ref(),
        );
        if previous_auth_token.is_some() && Some(&previous_auth_token) == auth_token.as_ref() {
            let at = file.previous_auth_token.as_ref().map(Spanned::span);
            let at = at.or(file.previous_auth_token_file.as_ref().map(Spanned::span)).unwrap_or_default();
            let found =
                self.findings.warning(&at, "carrier.previous_auth_token", "is the same as auth_token");
            found.hint("leave it out unless the token was changed");
        }
        let shared_keys = self.shared_keys(&file.shared_keys);
        let api_url = self.base_url(&file.api_url, "carrier.api_url");
        if api_url.as_ref().is_some_and(|url| url.scheme() == "http" && !is_loopback(url)) {
            let found = self.findings.warning(&file.api_url.span(), "carrier.api_url", "is not https");
            found.hint("the token would travel for everybody to read");
        }
        let number = file.number.as_ref().and_then(|number| self.phone_number(number, "carrier.number"));
        let caller_id = match &file.caller_id {
            Some(shown) => self.phone_number(shown, "carrier.caller_id"),
            None => number.clone(),
        };
        Some(Carrier {
            kind: file.kind,
            caller_id: caller_id?,
            account_sid: file.account_sid.clone()?,
            auth_token: auth_token?,
            api_key: api_key?,
            previous_auth_token,
            shared_keys,
            api_url: api_url?,
            number: number?,
            conferences: file.conferences,
            calls_per_number: file.calls_per_number,
        })
    }

    /// The token; `Some(None)`: it isn't needed, because other keys do both of its works.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn auth_token(&mut self, entry: &Spanned<file::Carrier>) -> Option<Option<Secret>> {
        const KEY: &str = "carrier.auth_token";
        let file = entry.get_ref();
        if file.auth_token.is_some() || file.auth_token_file.is_some() {
            return self.secret(KEY, file.auth_token.as_ref(), file.auth_token_file.as_ref()).map(Some);
        }
        let hint = match (file.api_key.is_some(), !file.shared_keys.is_empty()) {
            (true, true) => return Some(None),
            (true, false) => {
                "api_key opens the API, and nothing signs the carrier's requests: give the token as well, or \
                 shared_keys"
            }
            (false, true) => {
                "shared_keys sign the carrier's requests, and nothing opens its API: give the token as well, or \
                 api_key and api_secret"
            }
            (false, false) => "give it here, or as carrier.auth_token_file, the path of a file that holds it",
        };
        self.findings.absent(&entry.span(), KEY, "is missing").hint(hint);
        None
    }

    /// The key to the API; `Some(None)`: there is none.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn api_key(&mut self, entry: &Spanned<file::Carrier>) -> Option<Option<CarrierKey>> {
        const KEY: &str = "carrier.api_secret";
        let file = entry.get_ref();
        let (value, in_file) = (file.api_secret.as_ref(), file.api_secret_file.as_ref());
        let Some(sid) = &file.api_key else {
            if value.is_some() || in_file.is_some() {
                let found = self.findings.absent(&entry.span(), "carrier.api_key", "is missing");
                found.hint("give the SID of the key that api_secret belongs to");
                return None;
            }
            return Some(None);
        };
        if !sid.get_ref().starts_with("SK") {
            let found = self.findings.warning(&sid.span(), "carrier.api_key", "does not begin with SK");
            found.hint("write the key's SID, not its name and not the account's SID");
        }
        let secret = self.required_secret(KEY, &sid.span(), value, in_file)?;
        Some(Some(CarrierKey { sid: sid.get_ref().clone(), secret }))
    }

    fn shared_keys(&mut self, entries: &[Spanned<file::SharedKey>]) -> Vec<SharedKey> {
        let mut seen = Seen::new();
        let mut keys = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("carrier.shared_keys[{}]", index + 1);
            let file::SharedKey { id, secret, secret_file } = entry.get_ref();
            let secret = self.required_secret(
                &format!("{key}.secret"),
                &entry.span(),
                secret.as_ref(),
                secret_file.as_ref(),
            );
            let Some(id) = id else { continue };
            let (name, shown) = (id.get_ref().clone(), format!("\"{}\"", id.get_ref()));
            if self.unique(&mut seen, name.clone(), id.span(), &format!("{key}.id"), &shown) {
                keys.extend(secret.map(|secret| SharedKey { id: name, secret }));
            }
        }
        keys
    }
}
