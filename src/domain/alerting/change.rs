//! What a decision about an alert comes to: one value, written all of it or nothing.

use super::alert::Alert;
use super::audited::AuditedAct;
use super::hook::HookMessage;
use super::log::{Happened, LogEntry};
use crate::domain::delivery::Notification;
use crate::domain::delivery::ledger::Entry;
use crate::domain::directory::person::PersonId;
use crate::domain::effect::DueEffect;
use crate::domain::ids::NotificationId;
use crate::domain::links::LinkCode;
use jiff::Timestamp;

/// An alert that is made, or that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// As it is from now on; its version is still the one that was read.
    pub alert: Alert,
    /// What is added to its log, in order.
    pub log: Vec<LogEntry>,
    /// Messages to people.
    pub notifications: Vec<Notification>,
    /// Who has asked for others to be told, and needs no message any more that waits for them; `None`: nobody.
    pub passed_on_by: Option<PersonId>,
    /// What becomes of messages that were decided on before.
    pub deliveries: Vec<(NotificationId, Entry)>,
    /// What other programs are told.
    pub hooks: Vec<HookMessage>,
    /// What is done outside besides.
    pub effects: Vec<DueEffect>,
    /// The short form that its link has from now on.
    pub short_link: Option<(LinkCode, String)>,
    /// What the audit keeps of it; `None`: nobody did it.
    pub audited: Option<AuditedAct>,
}

impl Change {
    /// The alert as it was read, with nothing changed yet.
    pub const fn of(alert: Alert) -> Self {
        Self {
            alert,
            log: vec![],
            notifications: vec![],
            passed_on_by: None,
            deliveries: vec![],
            hooks: vec![],
            effects: vec![],
            short_link: None,
            audited: None,
        }
    }

    /// Something for the log.
    pub fn note(&mut self, at: Timestamp, what: Happened) {
        self.log.push(LogEntry { at, what });
    }
}
