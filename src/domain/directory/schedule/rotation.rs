//! Whose turn it is.

use super::clock::LocalClock;
use super::{LocalWindow, Rotation, Unit};
use crate::domain::directory::person::PersonId;
use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Span, Timestamp};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// From its first moment to the first one after it; never empty.
pub(super) type Stretch = (Timestamp, Timestamp);

impl Rotation {
    /// Who is on call at that moment, if anybody is.
    ///
    /// By the furthest that the clock has shown until then, every rule about it is a comparison: what it leaves out it
    /// has passed, and what it shows again was there before.
    pub fn on_at(&self, at: Timestamp) -> Option<&PersonId> {
        let local = LocalClock::new(&self.zone).furthest(at);
        if self.is_open(local) { self.members.get(self.member(self.turn_at(local)?)?) } else { None }
    }

    /// Which of its members is on call when from `from` until `until`, in the order of time; a turn that goes on beyond
    /// is cut there.
    pub(super) fn turns(&self, from: Timestamp, until: Timestamp) -> Vec<(usize, Stretch)> {
        let clock = &mut LocalClock::new(&self.zone);
        let open = if self.restriction.is_empty() {
            vec![(from, until)]
        } else {
            self.open_stretches(clock, from, until)
        };
        let mut open = open.into_iter().peekable();
        let mut turns = Vec::new();
        let mut turn = self.turn_at(clock.furthest(from)).unwrap_or(0);
        let mut starts = self.hand_off(clock, turn);
        while let Some(start) = starts.filter(|start| *start < until && open.peek().is_some()) {
            starts = self.hand_off(clock, turn.saturating_add(1));
            let end = starts.unwrap_or(Timestamp::MAX);
            if let Some(member) = self.member(turn) {
                while let Some((opens, closes)) = open.peek().copied() {
                    let stretch = (opens.max(start), closes.min(end));
                    if stretch.0 < stretch.1 {
                        turns.push((member, stretch));
                    }
                    if closes > end {
                        break;
                    }
                    open.next();
                }
            }
            turn = turn.saturating_add(1);
        }
        turns
    }

    /// Whose turn that is, by their place among the members; `None`: there are none.
    fn member(&self, turn: i64) -> Option<usize> {
        usize::try_from(turn).ok()?.checked_rem(self.members.len())
    }

    /// The turn that has begun last when the clock shows that; `None`: none has.
    fn turn_at(&self, local: DateTime) -> Option<i64> {
        let length = i64::from(self.every.length.max(1));
        let passed = |unit: SignedDuration| {
            // Before the first hand-off, be it by a nanosecond, it is a turn below 0.
            let turn = unit.as_nanos().saturating_mul(length.into());
            local.duration_since(self.starts_at).as_nanos().div_euclid(turn).try_into().unwrap_or(i64::MIN)
        };
        let months = |at: DateTime| i64::from(at.year()) * 12 + i64::from(at.month());
        let turn = match self.every.unit {
            Unit::Hourly => passed(HOUR),
            Unit::Daily => passed(DAY),
            Unit::Weekly => passed(WEEK),
            Unit::Monthly => {
                let turn = (months(local) - months(self.starts_at)).div_euclid(length);
                let has_begun = self.local_hand_off(turn).is_some_and(|begins| begins <= local);
                if has_begun { turn } else { turn - 1 }
            }
        };
        (turn >= 0).then_some(turn)
    }

    /// What the clock shows when that turn begins; `None`: it never does, because time itself ends before.
    fn local_hand_off(&self, turn: i64) -> Option<DateTime> {
        let units = turn.checked_mul(i64::from(self.every.length.max(1)))?;
        let times =
            |unit: SignedDuration| Some(SignedDuration::from_secs(unit.as_secs().checked_mul(units)?));
        match self.every.unit {
            Unit::Hourly => self.starts_at.checked_add(times(HOUR)?).ok(),
            Unit::Daily => self.starts_at.checked_add(times(DAY)?).ok(),
            Unit::Weekly => self.starts_at.checked_add(times(WEEK)?).ok(),
            // From the first hand-off each time: what began on a 31st comes back to it.
            Unit::Monthly => self.starts_at.checked_add(Span::new().try_months(units).ok()?).ok(),
        }
    }

    /// When that turn begins.
    fn hand_off(&self, clock: &mut LocalClock<'_>, turn: i64) -> Option<Timestamp> {
        clock.moment(self.local_hand_off(turn)?)
    }

    /// Whether somebody is on call at all when the clock shows that.
    fn is_open(&self, local: DateTime) -> bool {
        let today = local.date();
        let is_in = |(from, until): (DateTime, DateTime)| from <= local && local < until;
        self.restriction.is_empty()
            || [today.yesterday().unwrap_or(today), today]
                .into_iter()
                .any(|day| self.restriction.iter().filter_map(|window| window.on(day)).any(is_in))
    }

    /// When somebody is on call at all, in the order of time; stretches that touch are one.
    fn open_stretches(&self, clock: &mut LocalClock<'_>, from: Timestamp, until: Timestamp) -> Vec<Stretch> {
        let first = clock.furthest(from).date();
        let last = clock.furthest(until).date();
        let mut found: Vec<Stretch> = Vec::new();
        let days = std::iter::successors(Some(first.yesterday().unwrap_or(first)), |day| day.tomorrow().ok());
        for day in days.take_while(|day| *day <= last) {
            for (opens, closes) in self.restriction.iter().filter_map(|window| window.on(day)) {
                let (Some(opens), Some(closes)) = (clock.moment(opens), clock.moment(closes)) else {
                    continue;
                };
                let stretch = (opens.max(from), closes.min(until));
                if stretch.0 < stretch.1 {
                    found.push(stretch);
                }
            }
        }
        joined(found)
    }
}

impl LocalWindow {
    /// What the clock shows at its begin and its end, if it begins on that day.
    fn on(&self, day: Date) -> Option<(DateTime, DateTime)> {
        let last = if self.from < self.until { day } else { day.tomorrow().ok()? };
        self.days.contains(day.weekday()).then(|| (day.to_datetime(self.from), last.to_datetime(self.until)))
    }
}

/// The same stretches in the order of time, those that touch or overlap as one.
pub(super) fn joined(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
    for (from, until) in stretches {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = until.max(*end),
            _ => joined.push((from, until)),
        }
    }
    joined
}
