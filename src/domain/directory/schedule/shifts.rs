//! Who is on call by a schedule, over a time.

use super::rotation::Stretch;
use super::{Schedule, Shift};
use crate::domain::directory::Directory;
use crate::domain::directory::index::{Index, absence_at, change_at};
use crate::domain::directory::overrides::{Override, OverrideChange};
use crate::domain::directory::person::PersonId;
use jiff::Timestamp;
use std::collections::HashMap;

/// Who is on call by that schedule from `from` until `until`: overrides applied, absent people replaced by who stands
/// in for them. At every moment these are the people whom [`on_call`](crate::domain::directory::resolve::on_call)
/// names.
///
/// In the order of time, and those who begin together in the order in which they are tried. Nobody is there twice at
/// one moment. Two turns of one person that follow each other are two shifts; what reaches beyond the time that is
/// asked for is cut.
pub fn shifts(directory: &Directory, schedule: &Schedule, from: Timestamp, until: Timestamp) -> Vec<Shift> {
    let shift = |place: Place<'_>| Shift {
        who: place.who.clone(),
        stands_in_for: place.stands_in_for.cloned(),
        from: place.stretch.0,
        until: place.stretch.1,
    };
    places(&Index::of(directory), schedule, from, until).into_iter().map(shift).collect()
}

/// A shift while it is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    who: &'a PersonId,
    stands_in_for: Option<&'a PersonId>,
    pub(super) stretch: Stretch,
}

/// What [`shifts`] says.
pub(super) fn places<'a>(
    index: &Index<'a>,
    schedule: &'a Schedule,
    from: Timestamp,
    until: Timestamp,
) -> Vec<Place<'a>> {
    let is_in_time = |one: &&Override| one.from < until && from < one.until;
    let overrides: Vec<_> = index.overrides(&schedule.name).iter().copied().filter(is_in_time).collect();
    let of_place = by_place(&overrides);
    let mut found = Found { index, slots: HashMap::new(), taken: Vec::new(), places: Vec::new() };
    for rotation in &schedule.rotations {
        // There are many turns, and few members.
        let members: Vec<_> = rotation.members.iter().map(|id| found.seat(id, &of_place)).collect();
        for (member, stretch) in rotation.turns(from, until) {
            let Some(seat) = members.get(member) else { continue };
            if seat.is_changed {
                found.changed(seat.who, of_place.get(seat.who).map_or(&[], Vec::as_slice), stretch);
            } else if seat.is_present {
                found.take(seat.who, seat.slot, None, stretch);
            } else {
                found.person(seat.who, seat.who, stretch);
            }
        }
    }
    for one in &overrides {
        if let OverrideChange::Add(person) = &one.change {
            let of_person = of_place.get(person).map_or(&[][..], Vec::as_slice);
            let stretch = (one.from.max(from), one.until.min(until));
            for part in parts(stretch, of_person.iter().flat_map(|other| [other.from, other.until])) {
                if change_at(of_person, person, part.0) == Some(&one.change) {
                    found.person(person, person, part);
                }
            }
        }
    }
    let mut places = found.places;
    places.sort_by_key(|place| place.stretch.0);
    places
}

fn by_place<'a>(overrides: &[&'a Override]) -> HashMap<&'a PersonId, Vec<&'a Override>> {
    let mut of_place: HashMap<&PersonId, Vec<&Override>> = HashMap::new();
    for one in overrides {
        of_place.entry(one.change.place()).or_default().push(one);
    }
    of_place
}

/// The places met so far.
struct Found<'i, 'a> {
    index: &'i Index<'a>,
    /// A number for each person.
    slots: HashMap<&'a PersonId, usize>,
    /// By that number: when the person is on already. In the order of time, and nothing of it overlaps.
    taken: Vec<Vec<Stretch>>,
    places: Vec<Place<'a>>,
}

/// A member of a rotation, looked up once for all of their turns.
struct Seat<'a> {
    who: &'a PersonId,
    slot: usize,
    /// Whether an override says something of their place.
    is_changed: bool,
    /// Whether they are known, and never away.
    is_present: bool,
}

impl<'a> Found<'_, 'a> {
    fn seat(&mut self, who: &'a PersonId, of_place: &HashMap<&'a PersonId, Vec<&'a Override>>) -> Seat<'a> {
        Seat {
            who,
            slot: self.slot(who),
            is_changed: of_place.contains_key(who),
            is_present: self.index.person(who).is_some() && self.index.absences(who).is_empty(),
        }
    }

    fn slot(&mut self, who: &'a PersonId) -> usize {
        let next = self.taken.len();
        let slot = *self.slots.entry(who).or_insert(next);
        if slot == next {
            self.taken.push(Vec::new());
        }
        slot
    }

    /// Somebody is on, as far as they are not on already.
    fn take(
        &mut self,
        who: &'a PersonId,
        slot: usize,
        stands_in_for: Option<&'a PersonId>,
        stretch: Stretch,
    ) {
        let Some(taken) = self.taken.get_mut(slot) else { return };
        let (mut from, until) = stretch;
        let mut next = taken.partition_point(|(_, end)| *end <= from);
        while from < until {
            let (begins, ends) = taken.get(next).copied().unwrap_or((Timestamp::MAX, Timestamp::MAX));
            let free = (from, begins.min(until));
            if free.0 < free.1 {
                self.places.push(Place { who, stands_in_for, stretch: free });
                taken.insert(next, free);
                next += 1;
            }
            from = ends;
            next += 1;
        }
    }

    /// A turn of somebody whose place is changed for a time.
    fn changed(&mut self, member: &'a PersonId, overrides: &[&'a Override], stretch: Stretch) {
        for part in parts(stretch, overrides.iter().flat_map(|one| [one.from, one.until])) {
            match change_at(overrides, member, part.0) {
                Some(OverrideChange::Remove(_)) => {}
                Some(OverrideChange::Replace { by, .. }) => self.person(member, by, part),
                Some(OverrideChange::Add(_)) | None => self.person(member, member, part),
            }
        }
    }

    /// Somebody who is on in the place of `place`, or who stands in for them while they are away.
    fn person(&mut self, place: &'a PersonId, first: &'a PersonId, stretch: Stretch) {
        // With a list of its own: replacements may be chained deeper than the thread's stack is.
        let mut open = vec![(vec![first], stretch)];
        while let Some((chain, stretch)) = open.pop() {
            let Some(&who) = chain.last() else { continue };
            let absences = self.index.absences(who);
            if self.index.person(who).is_none() {
                continue;
            }
            let bounds = absences.iter().flat_map(|absence| [Some(absence.from), absence.until]).flatten();
            for part in parts(stretch, bounds) {
                match absence_at(absences, part.0) {
                    None => {
                        let slot = self.slot(who);
                        self.take(who, slot, (who != place).then_some(place), part);
                    }
                    Some(absence) => {
                        if let Some(next) = absence.replacement.as_ref().filter(|next| !chain.contains(next))
                        {
                            open.push((chain.iter().copied().chain([next]).collect(), part));
                        }
                    }
                }
            }
        }
    }
}

/// The parts of a stretch between those moments.
fn parts(stretch: Stretch, bounds: impl Iterator<Item = Timestamp>) -> Vec<Stretch> {
    let (from, until) = stretch;
    let mut bounds: Vec<_> = bounds.filter(|bound| from < *bound && *bound < until).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let begins = std::iter::once(from).chain(bounds.iter().copied());
    begins.zip(bounds.iter().copied().chain([until])).filter(|(from, until)| from < until).collect()
}
