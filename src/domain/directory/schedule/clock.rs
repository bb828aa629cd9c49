//! From a time of the local clock to a moment.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// No zone was ever put forward or back by more than a day.
const LONGEST_JUMP: SignedDuration = SignedDuration::from_hours(25);

/// A zone's clock. It remembers the stretch between two changes of the clock that it was asked about last: most
/// questions that come one after the other are about one stretch.
pub(super) struct LocalClock<'a> {
    zone: &'a TimeZone,
    steady: Option<Steady>,
}

/// A stretch in which the clock is not changed.
struct Steady {
    from: Timestamp,
    until: Timestamp,
    offset: Offset,
}

impl<'a> LocalClock<'a> {
    pub(super) const fn new(zone: &'a TimeZone) -> Self {
        Self { zone, steady: None }
    }

    /// The latest that it has shown until that moment. Mostly it is what it shows then; after it was put back it is
    /// what it had shown just before.
    pub(super) fn furthest(&self, at: Timestamp) -> DateTime {
        let shown = self.zone.to_datetime(at);
        let last_before = |change: Timestamp| {
            let is_near = at.duration_since(change) < LONGEST_JUMP;
            let last = change.checked_sub(SignedDuration::from_nanos(1)).ok().filter(|_| is_near)?;
            Some(self.zone.to_datetime(last))
        };
        self.change_before(at).and_then(last_before).map_or(shown, |before| before.max(shown))
    }

    /// The moment at which it shows that. A time that it leaves out is the first moment after what is left out; one
    /// that it shows twice is the first of both. `None`: beyond all moments.
    pub(super) fn moment(&mut self, local: DateTime) -> Option<Timestamp> {
        if let Some(moment) = self.steady.as_ref().and_then(|steady| steady.moment(local)) {
            return Some(moment);
        }
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        let moment = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok()?,
            AmbiguousOffset::Gap { .. } => {
                let after = ambiguous.later().ok()?;
                self.change_before(after).unwrap_or(after)
            }
        };
        self.steady = Some(Steady {
            from: self.change_before(moment).unwrap_or(Timestamp::MIN),
            until: self.zone.following(moment).next().map_or(Timestamp::MAX, |change| change.timestamp()),
            offset: self.zone.to_offset(moment),
        });
        Some(moment)
    }

    /// The last change of the clock at or before that moment.
    fn change_before(&self, at: Timestamp) -> Option<Timestamp> {
        let next = at.checked_add(SignedDuration::from_nanos(1)).unwrap_or(at);
        self.zone.preceding(next).next().map(|change| change.timestamp())
    }
}

impl Steady {
    /// `None`: not a moment of this stretch that is the only one, or the first one, to show that.
    fn moment(&self, local: DateTime) -> Option<Timestamp> {
        let moment = self.offset.to_timestamp(local).ok()?;
        // Soon after a change the same time may have been shown before it.
        let is_alone = self.from == Timestamp::MIN || moment.duration_since(self.from) >= LONGEST_JUMP;
        (is_alone && self.from <= moment && moment < self.until).then_some(moment)
    }
}
