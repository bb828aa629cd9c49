//! A person.

use super::device::Device;
use jiff::tz::TimeZone;

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
}
