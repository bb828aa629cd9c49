//! Everything that can be done to an alert, as a value, and how the audit keeps that it was done.

use super::actor::Actor;
use super::alert::AlertStory;
use super::audited::{AuditedAct, AuditedAlert, AuditedSide};
use super::change::Change;
use super::life::{self, Refused};
use super::reply::Deed;
use super::state::AlertState;
use crate::domain::ids::AuditId;
use jiff::Timestamp;

/// Something that can be done to an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Somebody takes care of it.
    Acknowledge,
    /// It has been dealt with.
    Resolve,
    /// It has been dealt with, where somebody has taken care of it; else it stays open.
    Close,
    /// The next step of its policy is made now.
    Escalate,
    /// Nobody is told of it until then.
    Snooze(Timestamp),
    /// Somebody writes something about it.
    Note(String),
    /// Nobody takes care of it after all.
    UndoAcknowledge,
    /// It has not been dealt with after all.
    UndoResolve,
}

impl Act {
    /// The word in the audit and the log: what has been done.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Acknowledge => "alert_acknowledged",
            Self::Resolve | Self::Close => "alert_resolved",
            Self::Escalate => "alert_escalated",
            Self::Snooze(_) => "alert_snoozed",
            Self::Note(_) => "alert_noted",
            Self::UndoAcknowledge => "alert_acknowledgement_undone",
            Self::UndoResolve => "alert_resolution_undone",
        }
    }

    /// Whether it can mean something for an alert in that state. Of many alerts, the others are passed over.
    pub const fn is_for(&self, state: AlertState) -> bool {
        match (self, state) {
            (Self::Acknowledge, AlertState::Open)
            | (
                Self::Resolve | Self::Close | Self::Escalate | Self::Snooze(_),
                AlertState::Open | AlertState::Acknowledged,
            )
            | (Self::UndoAcknowledge, AlertState::Acknowledged)
            | (Self::UndoResolve, AlertState::Resolved)
            | (Self::Note(_), _) => true,
            (Self::Acknowledge, AlertState::Acknowledged | AlertState::Resolved)
            | (Self::Resolve | Self::Close | Self::Escalate | Self::Snooze(_), AlertState::Resolved)
            | (Self::UndoAcknowledge, AlertState::Open | AlertState::Resolved)
            | (Self::UndoResolve, AlertState::Open | AlertState::Acknowledged) => false,
        }
    }

    /// Does it. `is_followed`: a newer alert of the same matter is open.
    pub fn done_to(
        &self,
        story: &AlertStory,
        is_followed: bool,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Change, Refused> {
        let alert = story.alert.clone();
        match self {
            Self::Acknowledge => life::acknowledge(alert, by, now),
            Self::Resolve => life::resolve(alert, by, now),
            Self::Close => life::close(alert, by, now),
            Self::Escalate => life::escalate(alert, by, now),
            Self::Snooze(until) => life::snooze(alert, *until, by, now),
            Self::Note(text) => Ok(life::note(alert, text, by, now)),
            Self::UndoAcknowledge => life::undo_acknowledge(alert, by, now),
            Self::UndoResolve => life::undo_resolve(alert, is_followed, by, now),
        }
    }
}

impl From<Deed> for Act {
    fn from(deed: Deed) -> Self {
        match deed {
            Deed::Acknowledge => Self::Acknowledge,
            Deed::Resolve => Self::Resolve,
            Deed::Escalate => Self::Escalate,
        }
    }
}

/// The entry of a change that somebody made of an alert. `key`: the name of the key that they came with, where it is
/// another's name than theirs.
pub fn audited(
    id: AuditId,
    act: &Act,
    before: &AlertStory,
    change: &Change,
    by: &Actor,
    key: Option<&str>,
    now: Timestamp,
) -> AuditedAct {
    let log = before.log.iter().chain(&change.log).cloned().collect();
    let after = AlertStory { alert: change.alert.clone(), log, ..before.clone() };
    let entry =
        |story: &AlertStory| AuditedSide { alert: AuditedAlert::of(story), acting_as: None, from: None };
    AuditedAct {
        id,
        at: now,
        by: key.unwrap_or_else(|| by.who.name()).to_owned(),
        what: act.word(),
        before: entry(before),
        after: AuditedSide {
            acting_as: key.and_then(|_key| by.who.person().cloned()),
            from: Some(by.from),
            ..entry(&after)
        },
    }
}
