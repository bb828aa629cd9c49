//! Somebody on call has said yes: the caller talks to them.

use super::hunting::Moves;
use super::{At, Turn, VoiceChange};
use crate::domain::effect::Effect;
use crate::domain::ids::LegId;
use crate::domain::voice::call::{Asked, CallState, Ending};
use crate::domain::voice::facts::Need;
use crate::domain::voice::hunt::Hunt;
use crate::domain::voice::input::CallInput;
use crate::domain::voice::leg::{LegEnd, LegNote};
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Room, Then};
use jiff::Timestamp;

impl At<'_> {
    /// The caller's line when somebody has said yes.
    pub(super) fn connected(
        self,
        hunt: &Hunt,
        (leg, who): (LegId, usize),
        (joined_at, has_left): (Option<Timestamp>, bool),
        input: &CallInput,
    ) -> Result<Turn, Need> {
        let mut moves = Moves::default();
        Ok(match input {
            CallInput::Arrived | CallInput::Digits(_) | CallInput::Silence | CallInput::Recorded(_)
                if joined_at.is_none() =>
            {
                let joined_at = Some(self.setting.now);
                let next =
                    CallState::Connected { hunt: Box::new(hunt.clone()), leg, who, joined_at, has_left };
                let say = vec![Phrase::Connecting(hunt.name(who))];
                Turn { plan: Some(self.plan(say, Then::Join(self.room()))), ..self.beside(next) }
            }
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_)
                if !self.has_talked(joined_at) =>
            {
                self.not_talked(hunt, (leg, who), LegEnd::HungUp, &mut moves);
                self.go_on(hunt.clone(), moves)?
            }
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => {
                self.talked(hunt, (leg, who), has_left, &mut moves);
                self.ask_action(vec![Phrase::CallOver(hunt.name(who))], Asked::default()).with(moves)
            }
            CallInput::HungUp if self.has_talked(joined_at) => {
                self.talked(hunt, (leg, who), has_left, &mut moves);
                self.beside(CallState::ended(Ending::Talked)).with(moves)
            }
            // They can't have said anything to each other: the alert is told to its people.
            CallInput::HungUp => {
                self.not_talked(hunt, (leg, who), LegEnd::CallerGone, &mut moves);
                let mut turn = self.beside(CallState::ended(Ending::HungUp)).with(moves);
                self.miss(&mut turn, hunt.alert);
                turn
            }
            CallInput::Due => {
                moves.note(leg, LegNote::Ended(LegEnd::Lost));
                moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
                self.beside(CallState::ended(Ending::Lost)).with(moves)
            }
            CallInput::Transcribed { .. } | CallInput::Found(_) => self.unmoved(self.call.state.clone()),
        })
    }

    /// Whether caller and callee can have said anything to each other.
    pub(super) fn has_talked(self, joined_at: Option<Timestamp>) -> bool {
        joined_at.is_some_and(|at| self.setting.now.duration_since(at).as_secs() >= super::SHORTEST_TALK)
    }

    /// Whoever had said yes and the caller did not hear each other: it was no answer.
    pub(super) fn not_talked(self, hunt: &Hunt, (leg, who): (LegId, usize), end: LegEnd, moves: &mut Moves) {
        moves.note(leg, LegNote::Ended(end));
        moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
        if let Some(candidate) = hunt.candidates.get(who) {
            moves.changes.push(VoiceChange::Unacknowledged(hunt.alert, candidate.person.clone()));
        }
    }

    /// The talk with that person is over.
    fn talked(self, hunt: &Hunt, (leg, who): (LegId, usize), has_left: bool, moves: &mut Moves) {
        if !has_left {
            moves.note(leg, LegNote::Ended(LegEnd::Talked));
            moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
        }
        if self.setting.menu.hunt.resolves_at_end
            && let Some(candidate) = hunt.candidates.get(who)
        {
            moves.changes.push(VoiceChange::Resolved(hunt.alert, candidate.person.clone()));
        }
    }

    /// The room of this call, for two: it closes behind either. The words before it last longer than the carrier takes to
    /// break them off for news that the caller was just told: nobody is torn out of the room by that.
    pub(super) const fn room(self) -> Room {
        Room { call: self.call.id, ends_with_me: true, has_music: false, longest: super::LONGEST_TALK }
    }
}

impl Hunt {
    /// The name of somebody in it, as it is spoken.
    pub(super) fn name(&self, who: usize) -> String {
        self.candidates.get(who).map(|candidate| candidate.name.clone()).unwrap_or_default()
    }
}
