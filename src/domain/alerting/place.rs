//! Where an alert is in its policy.

use super::policy::PolicyName;
use crate::domain::directory::person::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an alert is in its policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Escalation {
    /// The policy that it follows; `None`: none yet, or there is none for it.
    pub policy: Option<PolicyName>,
    /// The place of the step that comes next, from 0.
    pub step: u32,
    /// How often all steps have been made.
    pub round: u32,
    /// Whether all rounds have been made, so that there is nobody left but the last resort.
    pub is_exhausted: bool,
    /// Since when not one step has reached anybody, and neither has the last resort, where it comes next; `None`: the last
    /// look has reached somebody.
    pub unreached_since: Option<Timestamp>,
    /// Whether the last resort has been told since a step has reached anybody.
    pub is_last_resort_told: bool,
    /// Whether its people have been told at all.
    pub has_begun: bool,
    /// When the next step is due; `None`: there is none, or the first is due at once.
    pub next_at: Option<Timestamp>,
    /// Who wants the next step to be made before its time.
    pub asked_by: Option<String>,
    /// Who is told later than the step was over that named them, since they are left alone until then, and when that is.
    pub put_off: BTreeMap<PersonId, Timestamp>,
}

impl Escalation {
    /// The next step is due now, whatever has been tried before.
    pub(super) const fn go_on(&mut self, now: Timestamp) {
        self.next_at = Some(now);
        self.unreached_since = None;
        self.is_last_resort_told = false;
    }

    /// It begins with the first step, now.
    pub(super) const fn begin_anew(&mut self, now: Timestamp) {
        self.step = 0;
        self.round = 0;
        self.is_exhausted = false;
        self.go_on(now);
    }
}
