//! What the audit keeps of something that somebody did to an alert.

use super::actor::Channel;
use super::alert::{Acknowledged, AlertStory, Closed};
use super::log::Happened;
use super::state::AlertState;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, AuditId};
use crate::domain::severity::Severity;
use jiff::Timestamp;
use serde::Serialize;

/// What somebody did to an alert, as the audit keeps it: written with the change, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditedAct {
    /// The entry's own id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: the name of the key that they came with, else the id of a person.
    pub by: String,
    /// What, in a word.
    pub what: &'static str,
    /// How the alert stood.
    pub before: AuditedSide,
    /// How it stands since.
    pub after: AuditedSide,
}

/// An alert as an entry of the audit shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditedSide {
    /// The alert.
    pub alert: AuditedAlert,
    /// For whom it was done; left out: for whoever did it.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<PersonId>,
    /// From where it was done; left out of what was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Channel>,
}

/// How an alert stands. It holds nothing that is said in it: the audit is kept for longer than alerts are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditedAlert {
    /// Which alert.
    pub id: AlertId,
    /// What people call it by.
    pub number: u32,
    /// `open`, `acknowledged` or `resolved`.
    pub state: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Who takes care of it.
    pub acknowledged: Option<Acknowledged>,
    /// Who has acknowledged so far, where several must.
    pub acknowledgements: Vec<Acknowledged>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// By whom, as `person:ada`.
    pub resolved_by: Option<String>,
    /// Until when nobody is told of it.
    pub snoozed_until: Option<Timestamp>,
    /// Who has asked for the next step of its policy.
    pub escalation_asked_by: Option<String>,
    /// How many notes it has.
    pub notes: usize,
}

impl AuditedAlert {
    /// Of an alert with its log.
    pub(super) fn of(story: &AlertStory) -> Self {
        let alert = &story.alert;
        let (resolved_at, resolved_by) = match &alert.closed {
            Some(Closed { at, by, from: _ }) => (Some(*at), Some(by.tagged())),
            None => (None, None),
        };
        Self {
            id: alert.id,
            number: story.number,
            state: AlertState::word(alert.state()),
            severity: alert.severity,
            acknowledged: alert.acknowledged.clone(),
            acknowledgements: alert.progress.acks.clone(),
            resolved_at,
            resolved_by,
            snoozed_until: alert.progress.snoozed_until,
            escalation_asked_by: alert.progress.escalation.asked_by.clone(),
            notes: story.log.iter().filter(|entry| matches!(entry.what, Happened::Noted { .. })).count(),
        }
    }
}
