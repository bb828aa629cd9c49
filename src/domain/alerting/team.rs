//! Teams: who takes alerts together, and by which ways events reach them.

use super::category::Category;
use super::policy::PolicyName;
use crate::domain::directory::Recipient;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A team's name in settings, API and store: free text, e.g. `Plant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TeamName(pub String);

impl std::fmt::Display for TeamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a way in for events, unique within its team: e.g. `prtg`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IntegrationName(pub String);

impl std::fmt::Display for IntegrationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// People who take alerts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Unique.
    pub name: TeamName,
    /// Who is on duty: found out at each step; who must all acknowledge is whoever that is when the alert is made. An open
    /// alert keeps the list that it was opened with.
    pub on_call: Vec<Recipient>,
    /// Everyone, on duty or not: whom an emergency reaches.
    pub members: Vec<Recipient>,
    /// Who is told when, where an alert's category has no policy of its own.
    pub policy: PolicyName,
    /// Who is told, by text and mail, that an alert was acknowledged, resolved or taken back.
    pub subscribers: Vec<Recipient>,
    /// Whether those who were told of an alert are told that too.
    pub tells_the_told: bool,
    /// After how long somebody who has acknowledged an alert, and has not resolved it, counts as not having answered;
    /// `None`: never.
    pub acknowledge_timeout: Option<SignedDuration>,
    /// After how long an alert that nobody has acknowledged is closed by itself; `None`: never.
    pub close_after: Option<SignedDuration>,
    /// The same for one that somebody has acknowledged, from then on.
    pub close_acknowledged_after: Option<SignedDuration>,
    /// In the order in which they are tried on an event. Checked: at most one is the default, names are unique.
    pub categories: Vec<Category>,
    /// The ways in for events.
    pub integrations: Vec<Integration>,
}

/// A way in for events, as far as decisions need to know it. Its secrets are the settings' matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Unique within the team.
    pub name: IntegrationName,
    /// Whether an event that fits no category is dropped where it does not say itself (`X-S4-Filtering`).
    pub is_strict: bool,
}

impl Team {
    /// Whether anybody can be told how its alerts stand.
    pub const fn has_subscribers(&self) -> bool {
        self.tells_the_told || !self.subscribers.is_empty()
    }

    /// The category of that name, in any case of letters.
    pub fn category(&self, name: &str) -> Option<&Category> {
        let wanted = name.trim().to_lowercase();
        self.categories.iter().find(|one| one.name.0.to_lowercase() == wanted)
    }

    /// The category of events that fit no other; `None`: such events have none.
    pub fn default_category(&self) -> Option<&Category> {
        self.categories.iter().find(|one| one.is_default)
    }
}
