//! `[mail]` and `[sms]`: who transmits messages.

use super::Check;
use crate::domain::contact::PhoneNumber;
use crate::settings::file::{self, Text};
use crate::settings::{Login, Mail, MailServer, MailTls, Secret, Sms, SmsVendor, SmsVendorKind};
use std::ops::Range;
use toml::Spanned;

/// The ports of mail servers: plain, with STARTTLS, with TLS.
const SMTP: u16 = 25;
const SUBMISSION: u16 = 587;
const SUBMISSIONS: u16 = 465;

/// Letters and digits of the longest name that a text message may come from.
const LONGEST_NAME: usize = 11;

/// The keys of a mail server, as they stand in the file.
struct Server<'a> {
    key: &'a str,
    at: Range<usize>,
    host: Option<&'a String>,
    port: Option<u16>,
    tls: &'a Spanned<MailTls>,
    user: Option<&'a Spanned<Secret>>,
    password: Option<&'a Spanned<Secret>>,
    password_file: Option<&'a Text>,
}

impl Check<'_, '_> {
    /// `Some(None)`: no text messages are sent.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    pub(super) fn sms(&mut self, file: &file::Sms, carrier: Option<&PhoneNumber>) -> Option<Option<Sms>> {
        let from = match &file.from {
            Some(number) => self.phone_number(number, "sms.from"),
            None => carrier.cloned(),
        };
        let mut kinds = vec![];
        let mut vendors = vec![];
        for (index, entry) in file.vendor.iter().enumerate() {
            let key = format!("sms.vendor[{}]", index + 1);
            let Some(kind) = &entry.get_ref().kind else { continue };
            if kinds.contains(kind.get_ref()) {
                let found = self.findings.problem(&kind.span(), format!("{key}.kind"), "is there twice");
                found
                    .hint("a vendor who does not take a message would be asked again at once; leave one out");
                continue;
            }
            kinds.push(*kind.get_ref());
            vendors.push(self.sms_vendor(entry, *kind.get_ref(), &key, from.as_ref()));
        }
        if file.vendor.is_empty() {
            vendors.push(Some(SmsVendor::Carrier));
        }
        let vendors = vendors.into_iter().collect::<Option<Vec<_>>>()?;
        Some(file.enabled.then_some(Sms {
            from: from?,
            replies: file.replies,
            vendors,
            per_number: file.per_number,
            bundle_above: file.bundle_above,
            on_unknown: file.on_unknown,
        }))
    }

    fn sms_vendor(
        &mut self,
        entry: &Spanned<file::SmsVendor>,
        kind: SmsVendorKind,
        key: &str,
        from: Option<&PhoneNumber>,
    ) -> Option<SmsVendor> {
        let file = entry.get_ref();
        let (value, in_file) = (file.access_key.as_ref(), file.access_key_file.as_ref());
        match kind {
            SmsVendorKind::Carrier => {
                let at = value.map(Spanned::span).or(in_file.map(Spanned::span));
                for (name, at) in [("access_key", at), ("from", file.from.as_ref().map(Spanned::span))] {
                    let Some(at) = at else { continue };
                    let key = format!("{key}.{name}");
                    let found = self.findings.warning(&at, key, "is not used with kind = \"carrier\"");
                    found.hint("the carrier's own settings are in [carrier], and its number is sms.from");
                }
                Some(SmsVendor::Carrier)
            }
            SmsVendorKind::MessageBird => {
                let access_key =
                    self.required_secret(&format!("{key}.access_key"), &entry.span(), value, in_file);
                let hint = "the access key would travel for everybody to read";
                let api_url = self.outside(&file.api_url, &format!("{key}.api_url"), hint);
                let from = match &file.from {
                    Some(text) => self.originator(text, &format!("{key}.from")),
                    None => from.map(|number| number.as_str().to_owned()),
                };
                Some(SmsVendor::MessageBird { access_key: access_key?, from: from?, api_url: api_url? })
            }
        }
    }

    /// A number, or a name.
    fn originator(&mut self, text: &Text, key: &str) -> Option<String> {
        let word = text.get_ref();
        if let Ok(number) = PhoneNumber::parse(word) {
            return Some(number.as_str().to_owned());
        }
        let is_name = word.len() <= LONGEST_NAME
            && word.chars().all(|c| c.is_ascii_alphanumeric())
            && word.chars().any(|c| c.is_ascii_alphabetic());
        if !is_name {
            let message = format!("\"{word}\" is neither a number nor a name that messages can come from");
            let found = self.findings.problem(&text.span(), key, message);
            found.hint("write +15550100, or up to 11 letters and digits");
        }
        is_name.then(|| word.clone())
    }

    pub(super) fn mail(&mut self, entry: &Spanned<file::Mail>) -> Option<Mail> {
        let file = entry.get_ref();
        let first = self.mail_server(Server {
            key: "mail",
            at: entry.span(),
            host: file.host.as_ref(),
            port: file.port,
            tls: &file.tls,
            user: file.user.as_ref(),
            password: file.password.as_ref(),
            password_file: file.password_file.as_ref(),
        });
        let mut next = vec![];
        for (index, entry) in file.next.iter().enumerate() {
            let file = entry.get_ref();
            next.push(self.mail_server(Server {
                key: &format!("mail.next[{}]", index + 1),
                at: entry.span(),
                host: file.host.as_ref(),
                port: file.port,
                tls: &file.tls,
                user: file.user.as_ref(),
                password: file.password.as_ref(),
                password_file: file.password_file.as_ref(),
            }));
        }
        let from = file.from.as_ref().and_then(|from| self.email_address(from, "mail.from"));
        let MailServer { host, port, tls, login } = first?;
        let next = next.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Mail { host, port, tls, login, from: from?, on_unknown: file.on_unknown, next })
    }

    fn mail_server(&mut self, server: Server<'_>) -> Option<MailServer> {
        let Server { key, at, host, port, tls: tls_entry, user, password, password_file } = server;
        let tls = *tls_entry.get_ref();
        let has_password = password.is_some() || password_file.is_some();
        let password = self.secret(&format!("{key}.password"), password, password_file);
        match (user, has_password) {
            (Some(user), false) => {
                let found = self.findings.absent(&user.span(), format!("{key}.user"), "has no password");
                found.hint(format!("give {key}.password or {key}.password_file"));
            }
            (None, true) => {
                let found = self.findings.absent(&at, format!("{key}.password"), "has no user");
                found.hint(format!("give {key}.user"));
            }
            (Some(_), true) | (None, false) => {}
        }
        let local = host.is_some_and(|host| matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1"));
        if has_password && tls == MailTls::None && !local {
            let message = "is \"none\", with a password";
            let found = self.findings.warning(&tls_entry.span(), format!("{key}.tls"), message);
            found.hint("the password would travel for everybody to read");
        }
        let login = user.zip(password);
        Some(MailServer {
            host: host?.clone(),
            port: port.unwrap_or(match tls {
                MailTls::None => SMTP,
                MailTls::Starttls => SUBMISSION,
                MailTls::Tls => SUBMISSIONS,
            }),
            tls,
            login: login.map(|(user, password)| Login { user: user.get_ref().clone(), password }),
        })
    }
}
