//! A live call: people on call are called until one of them says yes, and the caller waits.

use super::{At, Turn, VoiceChange};
use crate::domain::alerting::log::{Happened, Release};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, LegId};
use crate::domain::voice::call::{Asked, Call, CallState, Ending, Unreached};
use crate::domain::voice::facts::{Callable, Need};
use crate::domain::voice::hunt::{Candidate, Hunt, Ringing, waves};
use crate::domain::voice::input::CallInput;
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Ring, Then};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Seconds after its ringing time for which the carrier may still have to tell us of a phone's end. Carriers let it ring
/// about five seconds longer than they are told.
const LATE: u32 = 15;

/// What a turn does besides moving the call on.
#[derive(Debug, Default)]
pub(super) struct Moves {
    pub(super) changes: Vec<VoiceChange>,
    pub(super) effects: Vec<DueEffect>,
}

impl Moves {
    pub(super) fn log(&mut self, alert: AlertId, what: Happened) {
        self.changes.push(VoiceChange::Logged(alert, what));
    }

    pub(super) fn note(&mut self, leg: LegId, note: LegNote) {
        self.changes.push(VoiceChange::Heard(leg, note));
    }
}

impl Turn {
    /// The turn with those moves, after its own.
    pub(super) fn with(mut self, moves: Moves) -> Self {
        self.changes.extend(moves.changes);
        self.effects.extend(moves.effects);
        self
    }
}

impl<'a> At<'a> {
    /// Somebody on call is sought for that order.
    pub(super) fn hunt(self, order: Order) -> Result<Turn, Need> {
        let callable = self.on_call(&order)?;
        let mut moves = Moves::default();
        let alert = AlertId::next(self.setting.ids);
        let mut hunt = self.begin(order, alert, callable, &mut moves);
        hunt.waves = self.round(&hunt.candidates, callable);
        let alert = self.alert(alert, &hunt.order, None);
        moves.changes.insert(0, VoiceChange::Opened(Box::new(alert), Release::LiveCall));
        if self.call_next(&mut hunt, &mut moves)? {
            return Ok(self.wait_for(hunt).with(moves));
        }
        let why = if callable.is_unknown { Unreached::Unknown } else { Unreached::Nobody };
        Ok(self.offer(hunt.given_up(), why, vec![], Asked::default()).with(moves))
    }

    /// A hunt in which nobody has been called yet.
    pub(super) fn begin(self, order: Order, alert: AlertId, callable: &Callable, moves: &mut Moves) -> Hunt {
        let Callable { candidates, skipped, .. } = callable;
        moves.log(alert, Happened::Hunt { people: candidates.len(), skipped: skipped.clone() });
        Hunt {
            order,
            alert,
            candidates: candidates.clone(),
            waves: vec![],
            ringing: vec![],
            round: 1,
            until: self.later(self.setting.menu.hunt.caller_seconds.into()),
            has_called: false,
            is_taken: false,
            is_untold: false,
        }
    }

    pub(super) fn on_call(self, order: &Order) -> Result<&'a Callable, Need> {
        self.setting.facts.on_call.as_ref().ok_or_else(|| Need::OnCall(order.recipients.clone()))
    }

    fn round(self, candidates: &[Candidate], callable: &Callable) -> Vec<Vec<usize>> {
        waves(candidates, &self.setting.menu.hunt, self.setting.ids.secret(), &callable.called)
    }

    /// Calls whoever is next, unless a phone is still being rung; whether one is then. A new round looks anew at who is
    /// on call: that may have changed.
    pub(super) fn call_next(self, hunt: &mut Hunt, moves: &mut Moves) -> Result<bool, Need> {
        while hunt.ringing.is_empty() {
            let busy: &BTreeSet<PersonId> = self.setting.facts.busy.as_ref().ok_or(Need::Busy)?;
            if let Some(wave) = hunt.next_wave(busy) {
                for who in wave {
                    self.ring(hunt, moves, who, 0);
                }
                hunt.is_untold = true;
            } else if hunt.round < self.setting.menu.hunt.rounds {
                let callable = self.on_call(&hunt.order)?;
                // Where that can't be found out now, it is as it was.
                if !(callable.is_unknown && callable.candidates.is_empty()) {
                    hunt.candidates.clone_from(&callable.candidates);
                }
                hunt.waves = self.round(&hunt.candidates, callable);
                hunt.round += 1;
            } else {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Calls one of somebody's phones.
    pub(super) fn ring(self, hunt: &mut Hunt, moves: &mut Moves, who: usize, number: usize) {
        let Some(candidate) = hunt.candidates.get(who) else { return };
        let Some(rung) = candidate.numbers.get(number) else { return };
        let (now, leg) = (self.setting.now, LegId::next(self.setting.ids));
        moves.log(hunt.alert, Happened::Called { person: candidate.person.0.clone() });
        moves.changes.push(VoiceChange::Called(Box::new(Leg {
            id: leg,
            call: self.call.id,
            person: candidate.person.clone(),
            name: candidate.name.clone(),
            language: candidate.language.clone(),
            number: rung.clone(),
            carrier_call: None,
            planned_at: now,
            asked_at: None,
            ringing_at: None,
            answered_at: None,
            keys: None,
            accepted_at: None,
            ended_at: None,
            end: None,
        })));
        moves.effects.push(Effect::PlaceLeg(leg).at(now));
        let due = self.rings_until(hunt.ringing.len());
        hunt.ringing.push(Ringing { leg, who, number, is_answered: false, due, document: None });
    }

    /// When a phone that is to ring now counts as lost. Carriers call one after the other: as many as ring already come
    /// before it, a second each.
    pub(super) fn rings_until(self, before: usize) -> Timestamp {
        let before = u32::try_from(before).unwrap_or(u32::MAX);
        let rings = self.setting.menu.hunt.ring_seconds;
        self.later(rings.saturating_add(LATE).saturating_add(before).into())
    }

    /// A phone is over without a yes: its owner's next one is called, unless that would be of no use.
    pub(super) fn leg_over(self, hunt: &mut Hunt, moves: &mut Moves, leg: LegId, end: LegEnd) {
        let Some(place) = hunt.ringing.iter().position(|ringing| ringing.leg == leg) else { return };
        let Ringing { who, number, .. } = hunt.ringing.remove(place);
        moves.note(leg, LegNote::Ended(end));
        if let Some(candidate) = hunt.candidates.get(who) {
            let person = candidate.person.0.clone();
            moves.log(hunt.alert, Happened::NotReached { person, why: end.in_words().to_owned() });
        }
        // Who has passed it on has been reached.
        if end != LegEnd::PassedOn {
            self.ring(hunt, moves, who, number + 1);
        }
    }

    /// The phones of which nothing was heard for too long are over; whether there were any.
    pub(super) fn lose_overdue(self, hunt: &mut Hunt, moves: &mut Moves) -> bool {
        let overdue = |ringing: &&Ringing| ringing.due <= self.setting.now;
        let lost: Vec<_> = hunt.ringing.iter().filter(overdue).map(|ringing| ringing.leg).collect();
        for leg in &lost {
            moves.effects.push(Effect::ReleaseLeg(*leg).at(self.setting.now));
            self.leg_over(hunt, moves, *leg, LegEnd::Lost);
        }
        !lost.is_empty()
    }

    /// All phones that are being rung are wanted no longer.
    pub(super) fn stop(self, hunt: &mut Hunt, moves: &mut Moves, end: LegEnd) {
        for Ringing { leg, who, .. } in hunt.ringing.drain(..) {
            moves.note(leg, LegNote::Ended(end));
            moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
            if let Some(candidate) = hunt.candidates.get(who) {
                let person = candidate.person.0.clone();
                moves.log(hunt.alert, Happened::NotReached { person, why: end.in_words().to_owned() });
            }
        }
    }

    /// The caller's line while the hunt goes on.
    pub(super) fn hunting(self, hunt: &Hunt, input: CallInput) -> Result<Turn, Need> {
        let mut hunt = hunt.clone();
        let mut moves = Moves::default();
        let is_out_of_time = self.setting.now >= hunt.until;
        Ok(match input {
            CallInput::Digits(digits) if digits == "1" => {
                self.stop(&mut hunt, &mut moves, LegEnd::CallerGone);
                self.ask_message(vec![], hunt.given_up(), None, 0).with(moves)
            }
            CallInput::Digits(digits) if digits == "*" => {
                self.stop(&mut hunt, &mut moves, LegEnd::CallerGone);
                self.ask_action(vec![], Asked::default()).with(moves)
            }
            CallInput::Dialled(end) => {
                let rung: Vec<_> = hunt
                    .ringing
                    .iter()
                    .filter(|ringing| ringing.document == Some(self.call.document))
                    .map(|ringing| (ringing.leg, if ringing.is_answered { LegEnd::NoKey } else { end }))
                    .collect();
                for (leg, end) in rung {
                    self.leg_over(&mut hunt, &mut moves, leg, end);
                }
                self.go_on(hunt, moves)?
            }
            CallInput::Arrived | CallInput::Silence | CallInput::Digits(_) | CallInput::Recorded(_) => {
                self.go_on(hunt, moves)?
            }
            CallInput::HungUp => {
                self.stop(&mut hunt, &mut moves, LegEnd::CallerGone);
                self.beside(CallState::ended(Ending::HungUp)).with(moves)
            }
            CallInput::Due if is_out_of_time => self.out_of_time(hunt, moves),
            CallInput::Due => {
                self.lose_overdue(&mut hunt, &mut moves);
                self.next_beside(hunt, moves)?
            }
            CallInput::Transcribed { .. } | CallInput::Found(_) => self.unmoved(self.call.state.clone()),
        })
    }

    /// The caller's line is there: they wait on, or hear that the hunt is over.
    pub(super) fn go_on(self, mut hunt: Hunt, mut moves: Moves) -> Result<Turn, Need> {
        let why = if self.setting.now >= hunt.until {
            self.stop(&mut hunt, &mut moves, LegEnd::OutOfTime);
            Unreached::OutOfTime
        } else if self.call_next(&mut hunt, &mut moves)? {
            return Ok(self.wait_for(hunt).with(moves));
        } else {
            Unreached::Exhausted
        };
        Ok(self.offer(hunt.given_up(), why, vec![], Asked::default()).with(moves))
    }

    /// The hunt goes on beside the caller's line: whoever is next is called, and the caller is told as soon as possible.
    pub(super) fn next_beside(self, mut hunt: Hunt, mut moves: Moves) -> Result<Turn, Need> {
        if self.setting.now >= hunt.until {
            return Ok(self.out_of_time(hunt, moves));
        }
        let rings = self.call_next(&mut hunt, &mut moves)?;
        if hunt.is_untold || !rings {
            moves.effects.push(self.recall());
        }
        let next = if rings {
            CallState::Hunting { hunt: Box::new(hunt) }
        } else {
            let (why, asked) = (Unreached::Exhausted, Asked::default());
            CallState::Offering { order: hunt.given_up(), why, asked, is_untold: true }
        };
        Ok(self.beside(next).with(moves))
    }

    fn out_of_time(self, mut hunt: Hunt, mut moves: Moves) -> Turn {
        self.stop(&mut hunt, &mut moves, LegEnd::OutOfTime);
        moves.effects.push(self.recall());
        let (why, asked) = (Unreached::OutOfTime, Asked::default());
        self.beside(CallState::Offering { order: hunt.given_up(), why, asked, is_untold: true }).with(moves)
    }

    /// The caller waits, and hears who is called where they don't know yet.
    fn wait_for(self, mut hunt: Hunt) -> Turn {
        let menu = self.setting.menu;
        let mut say = vec![];
        if hunt.is_untold {
            say.push(if hunt.has_called {
                Phrase::CallingNext(hunt.names())
            } else {
                Phrase::Calling(hunt.order.spoken.clone(), hunt.names())
            });
            // A line from which phones are rung hears no keys.
            if !hunt.has_called && menu.has_conferences {
                say.push(Phrase::WhileCalling);
            }
        }
        (hunt.has_called, hunt.is_untold) = (true, false);
        let document = self.call.document.saturating_add(1);
        let mut phones = vec![];
        for ringing in &mut hunt.ringing {
            if ringing.document.is_none() {
                ringing.document = Some(document);
                let candidate = hunt.candidates.get(ringing.who);
                let number = candidate.and_then(|candidate| candidate.numbers.get(ringing.number));
                phones.extend(number.map(|number| (ringing.leg, number.clone())));
            }
        }
        let ring = Ring {
            sound: menu.hunt.wait_sound.clone(),
            phones,
            seconds: menu.hunt.ring_seconds,
            shown: self.shown(),
        };
        let plan = self.plan(say, Then::Ring(ring));
        Turn { plan: Some(plan), ..self.beside(CallState::Hunting { hunt: Box::new(hunt) }) }
    }

    /// Has the caller hear what is new at once, rather than when the sound is over.
    pub(super) fn recall(self) -> DueEffect {
        let Call { id, document, .. } = self.call;
        Effect::RecallCaller { call: *id, document: *document }.at(self.setting.now)
    }

    /// The number that people see whom we call.
    pub(super) fn shown(self) -> PhoneNumber {
        let menu = self.setting.menu;
        let caller = self.call.caller.as_ref().and_then(|caller| caller.number.as_ref());
        caller.filter(|_| menu.hunt.shows_caller).unwrap_or(&menu.caller_id).clone()
    }
}

impl Hunt {
    /// When something has to be done about it, if nothing is heard.
    pub(super) fn due(&self) -> Timestamp {
        self.ringing.iter().map(|ringing| ringing.due).min().map_or(self.until, |due| due.min(self.until))
    }

    /// What its caller wanted, with the alert that is open for it.
    pub(super) fn given_up(&self) -> Order {
        Order { missed: Some(self.alert), ..self.order.clone() }
    }
}
