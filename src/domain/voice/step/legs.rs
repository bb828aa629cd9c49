//! The phones that we call: what happens on each of them, and what it means for the call.

use super::hunting::Moves;
use super::{At, Turn, VoiceChange};
use crate::domain::effect::Effect;
use crate::domain::ids::LegId;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::{CallState, Caller};
use crate::domain::voice::facts::Need;
use crate::domain::voice::hunt::Hunt;
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Plan, Then};
use jiff::Timestamp;

/// Seconds that the words to whoever picks up take, at most, and the carrier besides.
const WHISPER: u32 = 30;

/// What an input on a ringing phone leads to.
pub(super) enum Outcome {
    /// It is no phone of this hunt.
    Unknown,
    /// It goes on, or is over: that happens on it, if it is asked.
    Goes(Option<Plan>),
    /// A human has said yes: who, by their place among the candidates.
    Accepted(usize),
}

impl At<'_> {
    /// Something happened on a phone that we called.
    pub(super) fn of_leg(self, leg: LegId, input: &LegInput) -> Result<Turn, Need> {
        let turn = match &self.call.state {
            CallState::Hunting { hunt } => self.hunting_leg(hunt, leg, input)?,
            CallState::Connected { hunt, leg: taken, who, joined_at, has_left } if *taken == leg => {
                self.connected_leg(hunt, (leg, *who), (*joined_at, *has_left), input)?
            }
            CallState::Conferring { hunt, joined, caller } => {
                self.conferring_leg((hunt, joined, *caller), leg, input)
            }
            CallState::Identifying
            | CallState::Holding { .. }
            | CallState::ChoosingAction { .. }
            | CallState::ChoosingTarget { .. }
            | CallState::ChoosingSeverity { .. }
            | CallState::Recording { .. }
            | CallState::ConfirmingRecording { .. }
            | CallState::AwaitingTranscription { .. }
            | CallState::Recovering { .. }
            | CallState::Connected { .. }
            | CallState::Offering { .. }
            | CallState::HearingAlerts { .. }
            | CallState::Ended { .. } => self.stray_leg(leg, input),
        };
        Ok(self.noted(turn, leg, input))
    }

    /// What is told of a phone is kept, whatever it means.
    fn noted(self, mut turn: Turn, leg: LegId, input: &LegInput) -> Turn {
        let note = match input {
            LegInput::PickedUp => Some(LegNote::Answered),
            LegInput::Pressed(keys) => Some(LegNote::Pressed(keys.clone())),
            LegInput::Ringing => Some(LegNote::Ringing),
            LegInput::Machine | LegInput::Ended(_) | LegInput::Silence | LegInput::Dismissed => None,
        };
        let facts = self.setting.facts;
        let is_new = facts.leg.as_ref().is_some_and(|leg| leg.carrier_call.is_none());
        let id = facts.carrier_call.clone().filter(|_| is_new).map(LegNote::Placed);
        for note in id.into_iter().chain(note) {
            turn.changes.insert(0, VoiceChange::Heard(leg, note));
        }
        turn
    }

    fn hunting_leg(self, hunt: &Hunt, leg: LegId, input: &LegInput) -> Result<Turn, Need> {
        let mut hunt = hunt.clone();
        let mut moves = Moves::default();
        Ok(match self.ringing_leg(&mut hunt, &mut moves, leg, input) {
            Outcome::Unknown => self.stray_leg(leg, input),
            Outcome::Goes(plan) if hunt.of_leg(leg).is_some() => {
                let next = CallState::Hunting { hunt: Box::new(hunt) };
                Turn { plan, ..self.beside(next) }.with(moves)
            }
            Outcome::Goes(plan) => Turn { plan, ..self.next_beside(hunt, moves)? },
            Outcome::Accepted(who) => {
                hunt.ringing.retain(|ringing| ringing.leg != leg);
                self.stop(&mut hunt, &mut moves, LegEnd::Taken);
                moves.note(leg, LegNote::Accepted);
                if let Some(candidate) = hunt.candidates.get(who) {
                    moves.changes.push(VoiceChange::Acknowledged(hunt.alert, candidate.person.clone()));
                }
                let joined_at = (!self.setting.menu.has_conferences).then_some(self.setting.now);
                if joined_at.is_none() {
                    moves.effects.push(self.recall());
                }
                let plan = Some(self.leg_plan(vec![Phrase::Joining], Then::Join(self.room())));
                let next =
                    CallState::Connected { hunt: Box::new(hunt), leg, who, joined_at, has_left: false };
                Turn { plan, ..self.beside(next) }.with(moves)
            }
        })
    }

    /// Something happened on a phone that is being rung, or was picked up.
    pub(super) fn ringing_leg(
        self,
        hunt: &mut Hunt,
        moves: &mut Moves,
        leg: LegId,
        input: &LegInput,
    ) -> Outcome {
        let rules = &self.setting.menu.hunt;
        let rings_until = self.rings_until(0);
        let decides_until = self.later(rules.accept_seconds.saturating_add(WHISPER).into());
        let spoken = hunt.order.spoken.clone();
        let action = hunt.order.action;
        let Some(ringing) = hunt.ringing.iter_mut().find(|ringing| ringing.leg == leg) else {
            return Outcome::Unknown;
        };
        let end = match input {
            LegInput::Ringing => {
                if !ringing.is_answered {
                    ringing.due = rings_until;
                }
                return Outcome::Goes(None);
            }
            LegInput::PickedUp => {
                ringing.is_answered = true;
                ringing.due = decides_until;
                return Outcome::Goes(Some(self.whisper(action, spoken)));
            }
            LegInput::Pressed(keys) if self.accepts(keys) => return Outcome::Accepted(ringing.who),
            LegInput::Pressed(_) => LegEnd::PassedOn,
            // Dismissed: it was told to go before it was wanted again, and can't be held.
            LegInput::Silence | LegInput::Dismissed => LegEnd::NoKey,
            LegInput::Machine => {
                moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
                LegEnd::Machine
            }
            LegInput::Ended(_) if ringing.is_answered => LegEnd::HungUp,
            LegInput::Ended(end) => *end,
        };
        self.leg_over(hunt, moves, leg, end);
        let words = match input {
            LegInput::Pressed(_) => Some(Phrase::PassedOn),
            LegInput::Silence | LegInput::Dismissed => Some(Phrase::NoKey),
            LegInput::PickedUp | LegInput::Ringing | LegInput::Machine | LegInput::Ended(_) => None,
        };
        Outcome::Goes(words.map(|words| self.leg_plan(vec![words], Then::End)))
    }

    /// Whether those keys take the call.
    fn accepts(self, keys: &str) -> bool {
        match self.setting.menu.hunt.accept_key {
            Some(key) => keys.chars().eq([key]),
            None => keys != "*",
        }
    }

    /// What whoever picks up hears: who calls, for whom, and what to press.
    fn whisper(self, action: Action, spoken: Option<String>) -> Plan {
        let rules = &self.setting.menu.hunt;
        let caller = self.call.caller.as_ref().and_then(|caller: &Caller| caller.name.clone());
        let mut say = vec![match action {
            Action::Conference => Phrase::WhisperConference(caller, spoken),
            Action::Alert | Action::Live => Phrase::Whisper(caller, spoken),
        }];
        say.push(match rules.accept_key {
            Some(key) => Phrase::AcceptKey(key),
            None => Phrase::AcceptAnyKey,
        });
        self.leg_plan(say, Then::Ask { timeout: rules.accept_seconds })
    }

    /// A plan for the phone that the input came from, in its owner's language.
    pub(super) fn leg_plan(self, say: Vec<Phrase>, then: Then) -> Plan {
        let language = self.setting.facts.leg.as_ref().map(|leg| &leg.language);
        Plan { language: language.unwrap_or(&self.setting.menu.language).clone(), say, then }
    }

    /// Something happened on the phone of whoever has said yes.
    fn connected_leg(
        self,
        hunt: &Hunt,
        (leg, who): (LegId, usize),
        (joined_at, has_left): (Option<Timestamp>, bool),
        input: &LegInput,
    ) -> Result<Turn, Need> {
        let stay = || self.unmoved(self.call.state.clone());
        let is_reply = match input {
            LegInput::Ringing | LegInput::Machine => return Ok(stay()),
            LegInput::PickedUp | LegInput::Pressed(_) => {
                let plan = Some(self.leg_plan(vec![], Then::Join(self.room())));
                return Ok(Turn { plan, ..stay() });
            }
            LegInput::Silence | LegInput::Dismissed => true,
            LegInput::Ended(_) => false,
        };
        let plan = is_reply.then(|| self.leg_plan(vec![Phrase::LegCallOver], Then::End));
        let mut moves = Moves::default();
        if has_left {
            return Ok(Turn { plan, ..stay() });
        }
        // Whoever still listens was left by the caller, however soon; whoever is gone at once was no answer.
        if self.has_talked(joined_at) || (is_reply && joined_at.is_some()) {
            moves.note(leg, LegNote::Ended(LegEnd::Talked));
            moves.effects.push(self.recall());
            let hunt = Box::new(hunt.clone());
            let next = CallState::Connected { hunt, leg, who, joined_at, has_left: true };
            return Ok(Turn { plan, ..self.unmoved(next) }.with(moves));
        }
        self.not_talked(hunt, (leg, who), LegEnd::HungUp, &mut moves);
        Ok(Turn { plan, ..self.next_beside(hunt.clone(), moves)? })
    }

    /// A phone that is wanted no longer, or was never known: whoever picked up hears why, and what may still ring is
    /// made to stop.
    pub(super) fn stray_leg(self, leg: LegId, input: &LegInput) -> Turn {
        let known = self.setting.facts.leg.as_ref();
        let words = if known.is_some_and(|leg| leg.accepted_at.is_some()) {
            Phrase::LegCallOver
        } else if let CallState::Connected { hunt, who, .. } = &self.call.state {
            Phrase::LegTaken(hunt.name(*who))
        } else if known.and_then(|leg| leg.end).is_some_and(LegEnd::is_passed_over) {
            Phrase::PassedOn
        } else {
            Phrase::LegCallerGone
        };
        let mut moves = Moves::default();
        let plan = match input {
            LegInput::PickedUp | LegInput::Pressed(_) | LegInput::Silence | LegInput::Dismissed => {
                Some(self.leg_plan(vec![words], Then::End))
            }
            LegInput::Ringing => {
                moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
                None
            }
            LegInput::Machine => None,
            LegInput::Ended(end) => {
                if !known.is_some_and(Leg::is_over) {
                    moves.note(leg, LegNote::Ended(*end));
                }
                None
            }
        };
        Turn { plan, ..self.unmoved(self.call.state.clone()) }.with(moves)
    }
}
