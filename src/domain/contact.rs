//! Phone numbers, mail addresses and addresses of other programs: parsed once, never printed.

#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use url::Url;

/// A phone number in E.164 form (`+` and 7 to 15 digits). Its `Debug` shows no digit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        Self::parse(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

/// A mail address. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

/// An http or https address of another program. Its `Debug` shows nothing of it: what opens it is often a part of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebhookUrl(Url);

/// Why a text is no phone number. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhoneNumber {
    /// Nothing says which country it belongs to.
    #[error("it does not start with + and a country code")]
    NoCountryCode,
    /// Only digits, blanks, dashes, dots, slashes and brackets may stand in a number.
    #[error("it holds a character that no phone number has")]
    Character,
    /// ITU-T E.164 allows 15 digits; below 7 there is no number that can be called from abroad.
    #[error("it has fewer than 7 or more than 15 digits")]
    Length,
}

/// A text is no mail address. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not of the form name@host")]
pub struct InvalidEmailAddress;

/// A text is no http or https address. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not an http or https address")]
pub struct InvalidWebhookUrl;

const FEWEST_DIGITS: usize = 7;
const MOST_DIGITS: usize = 15;

/// The shortest run of digits without a `+` that is still taken for an international number. One digit
/// more than the shortest number, because a local number of seven digits is the likelier meaning there.
const FEWEST_BARE_DIGITS: usize = 8;

impl PhoneNumber {
    /// What stands for it in a log: the same for the same number. Whoever has the log can try all numbers there are, so
    /// that it keeps them from being read, and no more.
    pub fn hash(&self) -> String {
        let hash: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let start = hash.iter().take(6).fold(0_u64, |start, byte| (start << 8) | u64::from(*byte));
        format!("sha256:{start:012x}")
    }

    /// The number that `text` means.
    ///
    /// E.164 is taken as it stands. Beyond it: `00` for the `+`, the blanks, dashes, dots, slashes and
    /// brackets that people write, the trunk zero in brackets, and a bare run of digits as some carriers
    /// send it (`15550001`).
    pub fn parse(text: &str) -> Result<Self, InvalidPhoneNumber> {
        if is_e164(text) {
            return Ok(Self(text.to_owned()));
        }
        let text = text.trim();
        if is_bare(text) {
            return Ok(Self(format!("+{text}")));
        }
        let digits = text
            .strip_prefix('+')
            .or_else(|| text.strip_prefix("00"))
            .ok_or(InvalidPhoneNumber::NoCountryCode)?;
        if !digits.chars().all(|c| c.is_ascii_digit() || is_separator(c)) {
            return Err(InvalidPhoneNumber::Character);
        }
        if digits.contains("(0)") {
            return without_trunk_zero(digits);
        }
        Self::from_e164(format!("+{}", digits.replace(is_separator, "")))
    }

    fn from_e164(text: String) -> Result<Self, InvalidPhoneNumber> {
        match text.as_bytes() {
            [b'+', b'0', ..] => Err(InvalidPhoneNumber::NoCountryCode),
            _ if is_e164(&text) => Ok(Self(text)),
            _ => Err(InvalidPhoneNumber::Length),
        }
    }

    /// `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `+49 (0)30 …`: whether that zero belongs to the number depends on the country, so the numbering plans
/// are asked. They are slow and large; nothing on the way of a call comes here.
fn without_trunk_zero(digits: &str) -> Result<PhoneNumber, InvalidPhoneNumber> {
    let number = phonenumber::parse(None, format!("+{digits}")).map_err(|error| match error {
        phonenumber::ParseError::InvalidCountryCode => InvalidPhoneNumber::NoCountryCode,
        phonenumber::ParseError::TooShortAfterIdd
        | phonenumber::ParseError::TooShortNsn
        | phonenumber::ParseError::TooLong => InvalidPhoneNumber::Length,
        phonenumber::ParseError::NoNumber | phonenumber::ParseError::MalformedInteger(_) => {
            InvalidPhoneNumber::Character
        }
    })?;
    PhoneNumber::from_e164(number.format().mode(phonenumber::Mode::E164).to_string())
}

fn is_e164(text: &str) -> bool {
    match text.as_bytes() {
        [b'+', digits @ ..] => {
            (FEWEST_DIGITS..=MOST_DIGITS).contains(&digits.len())
                && digits.first().is_some_and(|digit| *digit != b'0')
                && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn is_bare(text: &str) -> bool {
    (FEWEST_BARE_DIGITS..=MOST_DIGITS).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '.' | '/' | '(' | ')')
}

impl EmailAddress {
    /// The address that `text` is, by the grammar of RFC 5321; blanks around it are dropped. A display
    /// name and an address literal are refused.
    pub fn parse(text: &str) -> Result<Self, InvalidEmailAddress> {
        let rules = email_address::Options::default()
            .with_no_minimum_sub_domains()
            .without_display_text()
            .without_domain_literal();
        email_address::EmailAddress::parse_with_options(text.trim(), rules)
            .map(|address| Self(address.as_str().to_owned()))
            .map_err(|_reason| InvalidEmailAddress)
    }

    /// `name@host`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl WebhookUrl {
    /// The address that `text` is, with a host.
    pub fn parse(text: &str) -> Result<Self, InvalidWebhookUrl> {
        match Url::parse(text.trim()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Self(url)),
            _ => Err(InvalidWebhookUrl),
        }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl std::fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WebhookUrl(…)")
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}
