//! `[carrier]`, `[sms]` and `[mail]`: the ways out.

use super::values::is_loopback;
use super::{Check, Seen};
use crate::domain::contact::PhoneNumber;
use crate::settings::{Carrier, Login, Mail, MailTls, SharedKey, Sms, file};
use toml::Spanned;

const SMTP: u16 = 25;
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;

impl Check<'_, '_> {
    pub(super) fn carrier(&mut self, entry: &Spanned<file::Carrier>) -> Option<Carrier> {
        let file = entry.get_ref();
        let auth_token = self.required_secret(
            "carrier.auth_token",
            &entry.span(),
            file.auth_token.as_ref(),
            file.auth_token_file.as_ref(),
        );
        let previous_auth_token = self.secret(
            "carrier.previous_auth_token",
            file.previous_auth_token.as_ref(),
            file.previous_auth_token_file.as_ref(),
        );
        if previous_auth_token.is_some() && previous_auth_token == auth_token {
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
        Some(Carrier {
            kind: file.kind,
            account_sid: file.account_sid.clone()?,
            auth_token: auth_token?,
            previous_auth_token,
            shared_keys,
            api_url: api_url?,
            number: number?,
        })
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

    /// `Some(None)`: no text messages are sent.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    pub(super) fn sms(&mut self, file: &file::Sms, carrier: Option<&PhoneNumber>) -> Option<Option<Sms>> {
        let from = match &file.from {
            Some(number) => self.phone_number(number, "sms.from"),
            None => carrier.cloned(),
        };
        Some(file.enabled.then_some(Sms { from: from? }))
    }

    pub(super) fn mail(&mut self, entry: &Spanned<file::Mail>) -> Option<Mail> {
        let file = entry.get_ref();
        let tls = *file.tls.get_ref();
        let password = self.secret("mail.password", file.password.as_ref(), file.password_file.as_ref());
        let has_password = file.password.is_some() || file.password_file.is_some();
        match (&file.user, has_password) {
            (Some(user), false) => {
                let found = self.findings.absent(&user.span(), "mail.user", "has no password");
                found.hint("give mail.password or mail.password_file");
            }
            (None, true) => {
                self.findings.absent(&entry.span(), "mail.password", "has no user").hint("give mail.user");
            }
            (Some(_), true) | (None, false) => {}
        }
        let local =
            file.host.as_deref().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "::1"));
        if has_password && tls == MailTls::None && !local {
            let found = self.findings.warning(&file.tls.span(), "mail.tls", "is \"none\", with a password");
            found.hint("the password would travel for everybody to read");
        }
        let from = file.from.as_ref().and_then(|from| self.email_address(from, "mail.from"));
        let login = file.user.as_ref().zip(password);
        Some(Mail {
            host: file.host.clone()?,
            port: file.port.unwrap_or(match tls {
                MailTls::None => SMTP,
                MailTls::Starttls => SUBMISSION,
                MailTls::Tls => SUBMISSIONS,
            }),
            tls,
            login: login.map(|(user, password)| Login { user: user.get_ref().clone(), password }),
            from: from?,
        })
    }
}
