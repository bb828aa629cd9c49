//! What is forgotten, and when.

use jiff::{SignedDuration, Timestamp};

/// Days for which each kind of thing is kept; `None`: for ever. What belongs to an open alert is always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Calls that are over, with their documents and the drafts that came to nothing, from the call's beginning.
    pub calls: Option<u32>,
    /// The sound of messages, from their recording.
    pub recordings: Option<u32>,
    /// Alerts, from their end, with all that belongs to them alone.
    pub closed_alerts: Option<u32>,
    /// Entries of closed alerts' logs, and effects that were given up.
    pub log: Option<u32>,
    /// Absences and overrides that were entered while the program ran, from their end.
    pub absences: Option<u32>,
    /// Who did what.
    pub audit: Option<u32>,
}

/// A kind of thing that is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgettable {
    /// A closed alert with its log, its notifications and its link.
    ClosedAlert,
    /// An entry of a closed alert's log.
    LogEntry,
    /// The sound of a message.
    Sound,
    /// A call that is over, with its documents and the drafts that came to nothing.
    Call,
    /// An effect that was given up.
    GivenUpEffect,
    /// An absence that is over.
    Absence,
    /// An override that is over.
    Override,
    /// An entry of the audit.
    AuditEntry,
}

impl Forgettable {
    /// The word for logs and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClosedAlert => "closed_alerts",
            Self::LogEntry => "log_entries",
            Self::Sound => "sounds",
            Self::Call => "calls",
            Self::GivenUpEffect => "given_up_effects",
            Self::Absence => "absences",
            Self::Override => "overrides",
            Self::AuditEntry => "audit_entries",
        }
    }
}

impl Retention {
    /// What may go at that moment: each kind, and the moment up to which. Alerts come first, so that what they
    /// held on to goes with the same pass.
    pub fn due(&self, now: Timestamp) -> Vec<(Forgettable, Timestamp)> {
        let kept = [
            (Forgettable::ClosedAlert, self.closed_alerts),
            (Forgettable::LogEntry, self.log),
            (Forgettable::Sound, self.recordings),
            (Forgettable::Call, self.calls),
            (Forgettable::GivenUpEffect, self.log),
            (Forgettable::Absence, self.absences),
            (Forgettable::Override, self.absences),
            (Forgettable::AuditEntry, self.audit),
        ];
        let before = |days: u32| now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24)).ok();
        kept.into_iter().filter_map(|(kind, days)| Some((kind, days.and_then(before)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_time_is_kept_for_ever() {
        let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        assert_eq!(Retention::default().due(now), []);
        let log_only = Retention { log: Some(2), ..Retention::default() };
        let before = "2026-01-03T09:00:00Z".parse().unwrap();
        assert_eq!(
            log_only.due(now),
            [(Forgettable::LogEntry, before), (Forgettable::GivenUpEffect, before)]
        );
        let longer_than_time = Retention { calls: Some(u32::MAX), ..Retention::default() };
        assert_eq!(longer_than_time.due(now), [], "nothing is that old");
    }
}
