//! The attributes of one element, taken one by one; what is left over is unknown.

use super::ReadError;
use super::items::{all_xml_chars, malformed};
use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;
use std::ops::RangeInclusive;

pub(super) struct Attributes {
    verb: &'static str,
    at: u64,
    left: Vec<(String, String)>,
}

impl Attributes {
    pub(super) fn of(verb: &'static str, tag: &BytesStart<'_>, at: u64) -> Result<Self, ReadError> {
        let mut left = Vec::new();
        for attribute in tag.attributes() {
            let Ok(attribute) = attribute else {
                return Err(malformed(at, "attributes are name=\"value\", each name once"));
            };
            if attribute.value.contains('<') {
                return Err(malformed(at, "`<` in an attribute"));
            }
            let Ok(value) = attribute.normalized_value(XmlVersion::Explicit1_0) else {
                return Err(malformed(at, "unknown reference in an attribute"));
            };
            if !all_xml_chars(&value) {
                return Err(malformed(at, "character that XML can't carry"));
            }
            left.push((attribute.key.as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self { verb, at, left })
    }

    /// The value, `None` when the attribute is left out.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let place = self.left.iter().position(|(key, _)| key == name)?;
        Some(self.left.swap_remove(place).1)
    }

    pub(super) fn required(&mut self, attribute: &'static str) -> Result<String, ReadError> {
        let (at, verb) = (self.at, self.verb);
        self.take(attribute).ok_or(ReadError::MissingAttribute { at, verb, attribute })
    }

    /// The value where it passes the test, or what holds when it is left out.
    pub(super) fn text(
        &mut self,
        name: &'static str,
        default: &str,
        expected: &str,
        allowed: impl Fn(&str) -> bool,
    ) -> Result<String, ReadError> {
        match self.take(name) {
            None => Ok(default.to_owned()),
            Some(value) if allowed(&value) => Ok(value),
            Some(_) => Err(self.bad_value(name, expected)),
        }
    }

    pub(super) fn number(&mut self, name: &'static str, least: u32) -> Result<Option<u32>, ReadError> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse() {
            Ok(number) if is_number && number >= least => Ok(Some(number)),
            Ok(_) | Err(_) => Err(self.bad_value(name, &format!("a whole number from {least}"))),
        }
    }

    /// As [`Self::number`], with a largest value.
    pub(super) fn within(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ReadError> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        match self.number(name, 0) {
            Ok(None) => Ok(None),
            Ok(Some(number)) if range.contains(&number) => Ok(Some(number)),
            Ok(Some(_)) | Err(_) => Err(self.bad_value(name, &expected)),
        }
    }

    /// The events that a callback is asked for: exactly these, in any order.
    pub(super) fn events(&mut self, name: &'static str, expected: &str) -> Result<(), ReadError> {
        let sorted = |events: &str| {
            let mut events: Vec<String> = events.split_whitespace().map(str::to_owned).collect();
            events.sort_unstable();
            events
        };
        if sorted(&self.required(name)?) == sorted(expected) {
            Ok(())
        } else {
            Err(self.bad_value(name, expected))
        }
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<Option<bool>, ReadError> {
        match self.take(name).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(self.bad_value(name, "true or false")),
        }
    }

    /// An attribute that may be left out because `value` is both the default and the only choice.
    pub(super) fn only(&mut self, name: &'static str, value: &str) -> Result<(), ReadError> {
        self.text(name, value, value, |given| given == value).map(drop)
    }

    pub(super) fn bad_value(&self, attribute: &'static str, expected: &str) -> ReadError {
        let expected = expected.to_owned();
        ReadError::BadValue { at: self.at, verb: self.verb, attribute, expected }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), ReadError> {
        match self.left.into_iter().next() {
            None => Ok(()),
            Some((attribute, _)) => {
                Err(ReadError::UnknownAttribute { at: self.at, verb: self.verb, attribute })
            }
        }
    }
}
