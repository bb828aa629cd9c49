//! Single values that more than one table has.

use super::Check;
use crate::domain::contact::{EmailAddress, InvalidPhoneNumber, PhoneNumber};
use crate::settings::file::Text;
use crate::settings::findings::nearest;
use crate::settings::secret::Secret;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::ops::Range;
use toml::Spanned;
use url::{Host, Url};

impl Check<'_, '_> {
    pub(super) fn phone_number(&mut self, text: &Text, key: &str) -> Option<PhoneNumber> {
        let why = match PhoneNumber::parse(text.get_ref()) {
            Ok(number) => return Some(number),
            Err(why) => why,
        };
        let message = format!("\"{}\" is not a phone number in international form", text.get_ref());
        self.findings.problem(&text.span(), key, message).hint(match why {
            InvalidPhoneNumber::NoCountryCode => "write it with + and the country code, as +15550100",
            InvalidPhoneNumber::Character => {
                "after the + only digits, blanks, dashes and brackets may follow"
            }
            InvalidPhoneNumber::Length => "a number has 7 to 15 digits, the country code among them",
        });
        None
    }

    pub(super) fn email_address(&mut self, text: &Text, key: &str) -> Option<EmailAddress> {
        let address = EmailAddress::parse(text.get_ref());
        if address.is_err() {
            let found = self.findings.problem(&text.span(), key, "is not a mail address");
            found.hint("write it as name@example.com, without a display name");
        }
        address.ok()
    }

    pub(super) fn moment(&mut self, text: &Text, key: &str) -> Option<Timestamp> {
        let moment = text.get_ref().parse();
        if moment.is_err() {
            let message = format!("\"{}\" is not a moment with its offset", text.get_ref());
            self.findings.problem(&text.span(), key, message).hint("write it as 2026-12-24T08:00:00+01:00");
        }
        moment.ok()
    }

    pub(super) fn local_time(&mut self, text: &Text, key: &str) -> Option<DateTime> {
        let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
        let time = formats.into_iter().find_map(|format| DateTime::strptime(format, text.get_ref()).ok());
        if time.is_none() {
            let message = format!("\"{}\" is not a local date and time", text.get_ref());
            let found = self.findings.problem(&text.span(), key, message);
            found.hint("write it as 2026-01-05T09:00, without an offset: zone says whose clock it is");
        }
        time
    }

    pub(super) fn time_of_day(&mut self, text: &Text, key: &str) -> Option<Time> {
        let formats = ["%H:%M", "%H:%M:%S"];
        let time = formats.into_iter().find_map(|format| Time::strptime(format, text.get_ref()).ok());
        if time.is_none() {
            let message = format!("\"{}\" is not a time of the day", text.get_ref());
            let found = self.findings.problem(&text.span(), key, message);
            found.hint("write it as 18:00; midnight is 00:00");
        }
        time
    }

    /// A zone by its name in the IANA database.
    pub(super) fn zone(&mut self, text: &Text, key: &str) -> Option<TimeZone> {
        let zone = TimeZone::get(text.get_ref());
        if zone.is_err() {
            let message = format!("there is no time zone \"{}\"", text.get_ref());
            let known: Vec<_> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            let found = self.findings.problem(&text.span(), key, message);
            match nearest(text.get_ref(), known.iter().map(String::as_str)) {
                Some(meant) => found.hint(format!("did you mean \"{meant}\"?")),
                None => found.hint("write it as Europe/Berlin"),
            }
        }
        zone.ok()
    }

    pub(super) fn listen_address(&mut self, text: &Text, key: &str) -> Option<SocketAddr> {
        let address = text.get_ref().parse();
        if address.is_err() {
            let message = format!("\"{}\" is not an address with a port", text.get_ref());
            let hint = "write it as 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces";
            self.findings.problem(&text.span(), key, message).hint(hint);
        }
        address.ok()
    }

    /// A base address, with a trailing slash, so that paths can be joined to it. It isn't shown: what is
    /// wrong with it may be that it holds a password.
    pub(super) fn base_url(&mut self, text: &Text, key: &str) -> Option<Url> {
        let mut url = match Url::parse(text.get_ref()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => url,
            _ => {
                let found = self.findings.problem(&text.span(), key, "is not an http or https address");
                found.hint("write it as https://dutyline.example.com");
                return None;
            }
        };
        let part = if url.query().is_some() || url.fragment().is_some() {
            "a query or a fragment"
        } else if !url.username().is_empty() || url.password().is_some() {
            "a user or a password"
        } else {
            if !url.path().ends_with('/') {
                url.set_path(&format!("{}/", url.path()));
            }
            return Some(url);
        };
        self.findings.problem(&text.span(), key, format!("must not hold {part}"));
        None
    }

    /// Reports a language that there are no prompts for.
    pub(super) fn language(&mut self, text: &Text, key: &str) {
        let Some(languages) = self.surroundings.languages else { return };
        if !languages.contains(&text.get_ref().as_str()) {
            let message = format!("there are no prompts for the language \"{}\"", text.get_ref());
            let hint = format!("there are prompts for {}", crate::settings::schema::quoted(languages));
            self.findings.problem(&text.span(), key, message).hint(hint);
        }
    }

    /// A secret that must be given, as a value or as a file. `at` is the table that it belongs to.
    pub(super) fn required_secret(
        &mut self,
        key: &str,
        at: &Range<usize>,
        value: Option<&Spanned<Secret>>,
        file: Option<&Text>,
    ) -> Option<Secret> {
        if value.is_none() && file.is_none() {
            let found = self.findings.absent(at, key, "is missing");
            found.hint(format!("give it here, or as {key}_file, the path of a file that holds it"));
        }
        self.secret(key, value, file)
    }

    /// A secret, as a value or as a file; `None` also after a problem.
    pub(super) fn secret(
        &mut self,
        key: &str,
        value: Option<&Spanned<Secret>>,
        file: Option<&Text>,
    ) -> Option<Secret> {
        match (value, file) {
            (Some(value), None) => Some(value.get_ref().clone()),
            (None, Some(file)) => self.secret_file(&format!("{key}_file"), file),
            (Some(_), Some(file)) => {
                let found =
                    self.findings.problem(&file.span(), format!("{key}_file"), "is given besides the value");
                found.hint("leave one of the two out");
                None
            }
            (None, None) => None,
        }
    }

    fn secret_file(&mut self, key: &str, file: &Text) -> Option<Secret> {
        let wrong = match std::fs::read_to_string(self.surroundings.base.join(file.get_ref())) {
            Ok(text) => {
                let text = text.strip_suffix('\n').unwrap_or(&text);
                let text = text.strip_suffix('\r').unwrap_or(text);
                if !text.trim().is_empty() {
                    return Some(Secret::new(text.to_owned()));
                }
                format!("the file \"{}\" is empty", file.get_ref())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                format!("there is no file \"{}\"", file.get_ref())
            }
            Err(error) => format!("the file \"{}\" cannot be read: {}", file.get_ref(), error.kind()),
        };
        let found = self.findings.problem(&file.span(), key, wrong);
        found.hint("a relative path starts at the folder of the settings file");
        None
    }
}

/// Whether that address is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
