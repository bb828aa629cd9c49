//! What another system's directory says of people, and for how long that counts.

pub mod merge;
pub mod on_call;

use super::person::PersonId;
use crate::domain::contact::PhoneNumber;
use jiff::{SignedDuration, Timestamp};

/// What there is of a person there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// As it is spoken and shown; `None`: it was not told.
    pub name: Option<String>,
    /// The phones that they call from. A device without a number is none of them.
    pub voice: Vec<PhoneNumber>,
}

impl Entry {
    /// Whether a call from that number is theirs.
    pub fn calls_from(&self, number: &PhoneNumber) -> bool {
        self.voice.contains(number)
    }
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose.
    pub person: PersonId,
    /// What it was; an empty one of a person who is not known there.
    pub entry: Entry,
    /// When it was given.
    pub at: Timestamp,
}

/// For how long answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// Younger than this, nobody is asked anew.
    pub fresh: SignedDuration,
    /// From this age on, an answer counts no more, even when there is no newer one.
    pub stale: SignedDuration,
}

impl Ages {
    /// Whether an answer of that moment is as good as a new one.
    pub fn is_fresh(self, answered: Timestamp, now: Timestamp) -> bool {
        now.duration_since(answered) < self.fresh.min(self.stale)
    }

    /// Whether an answer of that moment still counts where no newer one can be had.
    pub fn is_usable(self, answered: Timestamp, now: Timestamp) -> bool {
        now.duration_since(answered) < self.stale
    }

    /// Whether an answer of that moment is asked for anew while it is still fresh: after half of its time, so that
    /// callers find fresh ones.
    pub fn is_ageing(self, answered: Timestamp, now: Timestamp) -> bool {
        now.duration_since(answered) >= self.fresh.min(self.stale) / 2
    }

    /// Answers given at or before this moment are of no use any more.
    pub fn forgotten_before(self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.stale).unwrap_or(Timestamp::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(at: &str) -> Timestamp {
        at.parse().unwrap()
    }

    #[test]
    fn an_answer_is_fresh_then_usable_then_of_no_use() {
        let ages = Ages { fresh: SignedDuration::from_mins(10), stale: SignedDuration::from_hours(72) };
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        let of = |at| {
            let kept = kept(at);
            (ages.is_ageing(kept, now), ages.is_fresh(kept, now), ages.is_usable(kept, now))
        };
        assert_eq!(of("2026-01-05T09:00:00Z"), (false, true, true));
        assert_eq!(of("2026-01-05T08:55:00Z"), (true, true, true));
        assert_eq!(of("2026-01-05T08:50:00.000001Z"), (true, true, true));
        assert_eq!(of("2026-01-05T08:50:00Z"), (true, false, true));
        assert_eq!(of("2026-01-02T09:00:00.000001Z"), (true, false, true));
        assert_eq!(of("2026-01-02T09:00:00Z"), (true, false, false));
        assert_eq!(ages.forgotten_before(now), "2026-01-02T09:00:00Z".parse().unwrap());
    }

    #[test]
    fn nothing_is_fresh_that_is_not_usable() {
        let ages = Ages { fresh: SignedDuration::from_hours(2), stale: SignedDuration::from_hours(1) };
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        assert!(!ages.is_fresh(kept("2026-01-05T08:00:00Z"), now));
        assert!(ages.is_fresh(kept("2026-01-05T08:00:01Z"), now));
    }
}
