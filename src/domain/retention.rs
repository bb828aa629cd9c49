//! What is forgotten, and when.

use super::alerting::ingest::EARLY;
use jiff::{SignedDuration, Timestamp};

/// For how long a request that comes again with the same key is answered as it was the first time, at least.
pub const ANSWERS: SignedDuration = SignedDuration::from_hours(24);

/// Days for which each kind of thing is kept; `None`: for ever. What belongs to an open alert is always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Calls that are over, with their documents and the drafts that came to nothing, from the call's beginning.
    pub calls: Option<u32>,
    /// The sound of messages, from their recording.
    pub recordings: Option<u32>,
    /// Alerts, from their end, with all that belongs to them alone.
    pub closed_alerts: Option<u32>,
    /// Entries of closed alerts' logs, effects that were given up, and which events were taken in.
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
    /// A text message that came in, with its answer.
    TextIn,
    /// What is known of a phone that takes texts and has sent some that did nothing.
    Texter,
    /// What was answered to a request that carried a key against being done twice.
    Answer,
    /// The end of a matter whose beginning has not come.
    EarlyEnd,
    /// That an event was taken in.
    Event,
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
            Self::TextIn => "texts_in",
            Self::Texter => "texters",
            Self::Answer => "answers",
            Self::EarlyEnd => "early_ends",
            Self::Event => "events",
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
            (Forgettable::Event, self.log),
        ];
        let days = |days: u32| SignedDuration::from_hours(i64::from(days) * 24);
        let chosen = kept.into_iter().filter_map(|(kind, kept)| Some((kind, kept.map(days)?)));
        let fixed = [
            (Forgettable::Answer, ANSWERS),
            (Forgettable::TextIn, ANSWERS),
            (Forgettable::Texter, ANSWERS),
            (Forgettable::EarlyEnd, EARLY),
        ];
        chosen.chain(fixed).filter_map(|(kind, kept)| Some((kind, now.checked_sub(kept).ok()?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_time_is_kept_for_ever() {
        let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let always = [
            (Forgettable::Answer, "2026-01-04T09:00:00Z".parse().unwrap()),
            (Forgettable::TextIn, "2026-01-04T09:00:00Z".parse().unwrap()),
            (Forgettable::Texter, "2026-01-04T09:00:00Z".parse().unwrap()),
            (Forgettable::EarlyEnd, "2026-01-05T08:50:00Z".parse().unwrap()),
        ];
        assert_eq!(Retention::default().due(now), always);
        let log_only = Retention { log: Some(2), ..Retention::default() };
        let before = "2026-01-03T09:00:00Z".parse().unwrap();
        let of_the_log = [Forgettable::LogEntry, Forgettable::GivenUpEffect, Forgettable::Event];
        let of_the_log = of_the_log.into_iter().map(|kind| (kind, before));
        assert_eq!(log_only.due(now), of_the_log.chain(always).collect::<Vec<_>>());
        let longer_than_time = Retention { calls: Some(u32::MAX), ..Retention::default() };
        assert_eq!(longer_than_time.due(now), always, "nothing is that old");
    }
}
