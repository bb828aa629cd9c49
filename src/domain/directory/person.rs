//! A person.

use super::device::Device;
use crate::domain::severity::Severity;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A person's short name in settings, API and store, e.g. `ada`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Somebody in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Unique.
    pub id: PersonId,
    /// As it is spoken and shown.
    pub name: String,
    /// Key of a prompts file, e.g. `de`; `None`: the line's language.
    pub language: Option<String>,
    /// Where they live by the clock; `None`: it was not said.
    pub zone: Option<TimeZone>,
    /// Whether a call from one of their voice devices is let in.
    pub may_call: bool,
    /// In the order in which they are tried.
    pub devices: Vec<Device>,
    /// How they want to be told of alerts; empty: as the product does by itself.
    pub rules: Vec<Rule>,
    /// When they want to be left alone; `None`: never. Checked: whoever has some has a zone.
    pub quiet: Option<Quiet>,
}

/// How somebody wants to be told of some alerts. All rules that are for an alert count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// For which; empty: for all.
    pub severities: Vec<Severity>,
    /// By which of their devices.
    pub devices: Vec<Device>,
    /// How long after they are to be told.
    pub after: SignedDuration,
}

impl Rule {
    /// Whether it is for alerts of that severity.
    pub fn is_for(&self, severity: Severity) -> bool {
        self.severities.is_empty() || self.severities.contains(&severity)
    }
}

/// When somebody wants to be left alone, by the clock where they live. An end that is not after the beginning is one of
/// the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// The first moment.
    pub from: Time,
    /// The first moment after it.
    pub until: Time,
    /// What is so bad that they are told all the same.
    pub unless: Vec<Severity>,
}

impl Person {
    /// When the quiet hours end that they are in, for alerts of that severity; `None`: they are in none.
    pub fn quiet_until(&self, severity: Severity, at: Timestamp) -> Option<Timestamp> {
        let quiet = self.quiet.as_ref().filter(|quiet| !quiet.unless.contains(&severity))?;
        let here = at.to_zoned(self.zone.clone()?);
        let (date, time) = (here.date(), here.time());
        let is_overnight = quiet.until <= quiet.from;
        let ends_on = match (is_overnight, time >= quiet.from, time < quiet.until) {
            (false, true, true) | (true, false, true) => date,
            (true, true, _) => date.tomorrow().ok()?,
            (false, _, _) | (true, false, false) => return None,
        };
        // A moment that the clock skips is the first after it.
        ends_on.to_datetime(quiet.until).to_zoned(here.time_zone().clone()).ok().map(|end| end.timestamp())
    }
}
