//! A live call: whom to call next. Lists and their order only; what happens on the line is in `step/`.

#[cfg(test)]
mod tests;

use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, LegId};
use crate::domain::voice::order::Order;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody on call who can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// As it is spoken.
    pub name: String,
    /// What they are spoken to in: key of a prompts file.
    pub language: String,
    /// Their phones, in the order in which they are tried; never empty.
    pub numbers: Vec<PhoneNumber>,
    /// Those of a level are called before those of the next.
    pub level: u32,
}

/// In which order those of a level are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HuntOrder {
    /// As they are listed.
    Listed,
    /// By lot, anew for each round.
    Random,
    /// Whoever was called longest ago comes first; who never was, before all.
    RoundRobin,
}

/// How people are hunted through, from settings.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HuntRules {
    /// Seconds for which a phone rings. Carriers add about five.
    pub ring_seconds: u32,
    /// How often everybody is called.
    pub rounds: u32,
    /// In which order.
    pub order: HuntOrder,
    /// Whether everybody of a level is called at the same time; the first who says yes has it.
    pub whole_levels: bool,
    /// Seconds after which the caller is offered something else, whoever may still be called.
    pub caller_seconds: u32,
    /// The key that takes the call, and every other passes it on; `None`: every key takes it, but for star.
    pub accept_key: Option<char>,
    /// Seconds that whoever picks up has to press it, after the words.
    pub accept_seconds: u32,
    /// Whether the people called see the caller's own number, where there is one.
    pub shows_caller: bool,
    /// Whether the carrier listens for machines.
    pub detects_machines: bool,
    /// What the caller hears between the words.
    pub wait_sound: WaitSound,
    /// Whether the alert of a live call is resolved when that is over.
    pub resolves_at_end: bool,
}

/// What a waiting caller hears between the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WaitSound {
    /// Our own ringing tone.
    Ringing,
    /// Nothing.
    Silence,
    /// A sound at that address.
    At(String),
}

/// A hunt under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunt {
    /// What the caller wants.
    pub order: Order,
    /// The alert of the call: it is open, and nobody is told of it while the hunt goes on.
    pub alert: AlertId,
    /// Who can be called; the rest speaks of them by their place here.
    pub candidates: Vec<Candidate>,
    /// Who is still to be called in this round: those of an entry at the same time.
    pub waves: Vec<Vec<usize>>,
    /// Whose phones are being rung.
    pub ringing: Vec<Ringing>,
    /// Rounds begun.
    pub round: u32,
    /// When the caller is offered something else.
    pub until: Timestamp,
    /// Whether the caller has heard of anybody who is called.
    pub has_called: bool,
    /// Whether somebody has come into the conference that it is for.
    #[serde(default)]
    pub is_taken: bool,
    /// Whether the caller does not know yet who is being called.
    pub is_untold: bool,
}

/// A phone that is being rung, or was picked up by somebody who has not said yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ringing {
    /// Our call to it.
    pub leg: LegId,
    /// Whose: a place among the candidates.
    pub who: usize,
    /// Which of their numbers.
    pub number: usize,
    /// Whether it was picked up.
    pub is_answered: bool,
    /// When it counts as lost, if nothing is heard of it.
    pub due: Timestamp,
    /// The caller's document that told of it first; a carrier without conferences rings from there.
    pub document: Option<u32>,
}

impl Hunt {
    /// The next to call, all at the same time; `None`: this round is over.
    ///
    /// Who is on the phone in another hunt is passed over while others are free, and comes last in the round.
    pub fn next_wave(&mut self, busy: &BTreeSet<PersonId>) -> Option<Vec<usize>> {
        let candidates = &self.candidates;
        let is_busy =
            |who: &usize| candidates.get(*who).is_some_and(|candidate| busy.contains(&candidate.person));
        let place = self.waves.iter().position(|wave| wave.iter().any(|who| !is_busy(who)));
        let Some(place) = place else {
            // Whoever is left is on the phone: perhaps they can take a second call.
            return (!self.waves.is_empty()).then(|| self.waves.remove(0));
        };
        let waves: Vec<_> = self.waves.drain(..=place).collect();
        let mut free = vec![];
        for (index, wave) in waves.into_iter().enumerate() {
            let (later, now): (Vec<_>, Vec<_>) = wave.into_iter().partition(is_busy);
            if !later.is_empty() {
                self.waves.push(later);
            }
            if index == place {
                free = now;
            }
        }
        Some(free)
    }

    /// The phone that is rung as that leg.
    pub fn of_leg(&self, leg: LegId) -> Option<&Ringing> {
        self.ringing.iter().find(|ringing| ringing.leg == leg)
    }

    /// The names of those whose phones are being rung, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = vec![];
        for ringing in &self.ringing {
            if let Some(candidate) = self.candidates.get(ringing.who)
                && !names.contains(&candidate.name)
            {
                names.push(candidate.name.clone());
            }
        }
        names
    }
}

/// A round: who is called together, and in which order. `lot` decides where the order is random; `called` tells when
/// each person was called last.
pub fn waves(
    candidates: &[Candidate],
    rules: &HuntRules,
    lot: [u8; 32],
    called: &BTreeMap<PersonId, Timestamp>,
) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    let of = |place: &usize| candidates.get(*place);
    places.sort_by_cached_key(|place| {
        let level = of(place).map(|candidate| candidate.level);
        let (when, drawn) = match rules.order {
            HuntOrder::Listed => (None, None),
            HuntOrder::Random => (None, Some(draw(lot, *place))),
            HuntOrder::RoundRobin => {
                (of(place).and_then(|candidate| called.get(&candidate.person)).copied(), None)
            }
        };
        (level, when, drawn, *place)
    });
    if !rules.whole_levels {
        return places.into_iter().map(|place| vec![place]).collect();
    }
    let mut waves: Vec<Vec<usize>> = vec![];
    for place in places {
        let level = |place: &usize| of(place).map(|candidate| candidate.level);
        match waves.last_mut() {
            Some(wave) if wave.first().map(level) == Some(level(&place)) => wave.push(place),
            _ => waves.push(vec![place]),
        }
    }
    waves
}

/// A number that nobody can guess, and that is the same whenever it is asked for.
fn draw(lot: [u8; 32], place: usize) -> [u8; 32] {
    Sha256::new().chain_update(lot).chain_update(place.to_be_bytes()).finalize().into()
}
