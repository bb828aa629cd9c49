//! Categories: what an event is about, by the words that are in it.

use super::content::{CategoryName, Detail};
use super::policy::PolicyName;
use super::scenario::Scenario;
use crate::domain::severity::Severity;
use jiff::Timestamp;
use serde::Deserialize;

/// A kind of matter of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Unique within the team.
    pub name: CategoryName,
    /// Words that an event must have; empty: the category is chosen by name, or as the default, or, where it has words
    /// that an event must not have, by their absence.
    pub include: Vec<String>,
    /// Words that an event must not have: they count more than the others.
    pub exclude: Vec<String>,
    /// Whether one of the included words is enough.
    pub matching: Matching,
    /// The one parameter that is looked at, in any case of letters; `None`: title, text and all others.
    pub parameter: Option<String>,
    /// Whether events that fit no category get this one.
    pub is_default: bool,
    /// Whether emergencies get this one.
    pub is_emergency: bool,
    /// A CSS colour as `#c0392b`; `None`: none of its own.
    pub colour: Option<String>,
    /// A short text or symbol that stands for it; `None`: none.
    pub icon: Option<String>,
    /// What is added to the details of its alerts, where the event does not say it itself.
    pub augment: Vec<Detail>,
    /// How bad its alerts are, where nothing else says so; `None`: the product's default.
    pub severity: Option<Severity>,
    /// The parameter of an event that says how bad it is, in any case of letters; `None`: none does.
    pub severity_parameter: Option<String>,
    /// What that parameter's words mean, in any case of letters, besides our own words.
    pub severities: Vec<(String, Severity)>,
    /// How many must acknowledge, where the event does not say; `None`: one.
    pub scenario: Option<Scenario>,
    /// Who is told when; `None`: the team's policy.
    pub policy: Option<PolicyName>,
    /// When nobody is told of new alerts of it, for work that is known of.
    pub maintenance: Vec<Window>,
}

/// How included words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// One is enough.
    Any,
    /// All must be there.
    All,
}

/// A time with a beginning and an end; the end does not belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Category {
    /// When the maintenance ends that is going on at that moment; `None`: none is. Windows that touch are one.
    pub fn maintenance_ends(&self, at: Timestamp) -> Option<Timestamp> {
        let mut end = None;
        let mut moment = at;
        while let Some(window) = self.maintenance.iter().find(|one| one.from <= moment && moment < one.until)
        {
            moment = window.until;
            end = Some(moment);
        }
        end
    }
}
