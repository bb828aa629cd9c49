//! Escalation policies: who is told when, until somebody answers.

use crate::domain::directory::Recipient;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// A policy's name in settings, API and store: free text, e.g. `standard`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyName(pub String);

impl std::fmt::Display for PolicyName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of another program that is told of alerts, in settings and store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookName(pub String);

impl std::fmt::Display for WebhookName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who is told when. Policies are read as the settings have them at the moment of each step: whoever edits one under a
/// live alert changes the steps to come, and the alert goes on with the step that is now at its place. An alert whose
/// team, or category, has another policy than the one that it follows begins that one at its first step, at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Unique.
    pub name: PolicyName,
    /// In order; may be empty: the last resort is told at once.
    pub steps: Vec<Step>,
    /// How often all steps are made again when nobody has answered.
    pub repeats: Repeats,
    /// Who is told when all that has come to nothing; never empty.
    pub last_resort: Vec<Target>,
    /// After how long the last resort is told again while nobody answers; `None`: it is told once.
    pub last_resort_every: Option<SignedDuration>,
}

/// How often the steps of a policy are made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// So often, after the first time.
    Times(u32),
    /// Until somebody answers. The last resort is told when not one step reaches anybody; the steps are tried again all the
    /// same.
    Forever,
}

/// A step of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who is told.
    pub targets: Vec<Target>,
    /// How long they have to answer before the next step is made.
    pub wait: SignedDuration,
}

/// Who is told by a step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// Whom the alert is for: who is on duty in its team, or on call for whom the caller chose.
    OnDuty,
    /// Everyone of its team, on duty or not.
    Everyone,
    /// Whoever is on call there.
    Recipient(Recipient),
    /// Another program.
    Webhook(WebhookName),
}
