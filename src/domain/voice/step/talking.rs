//! Somebody on call has said yes: the caller talks to them.

use super::hunting::Moves;
use super::{At, Change, Turn};
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
        joined_at: Option<Timestamp>,
        input: &CallInput,
    ) -> Result<Turn, Need> {
        let mut moves = Moves::default();
        Ok(match input {
            CallInput::Arrived | CallInput::Digits(_) | CallInput::Silence | CallInput::Recorded(_)
                if joined_at.is_none() =>
            {
                let joined_at = Some(self.setting.now);
                let next = CallState::Connected { hunt: Box::new(hunt.clone()), leg, who, joined_at };
                let say = vec![Phrase::Connecting(hunt.name(who))];
                Turn { plan: Some(self.plan(say, Then::Join(self.room(false)))), ..self.beside(next) }
            }
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_)
                if !self.has_talked(joined_at) =>
            {
                self.not_talked(hunt, (leg, who), &mut moves);
                self.go_on(hunt.clone(), moves)?
            }
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => {
                self.leave(hunt, (leg, who), LegEnd::Talked, &mut moves);
                self.ask_action(vec![Phrase::CallOver(hunt.name(who))], Asked::default()).with(moves)
            }
            CallInput::HungUp => {
                let (end, ending) = if joined_at.is_some() {
                    (LegEnd::Talked, Ending::Talked)
                } else {
                    (LegEnd::CallerGone, Ending::HungUp)
                };
                self.leave(hunt, (leg, who), end, &mut moves);
                self.beside(CallState::ended(ending)).with(moves)
            }
            CallInput::Due => {
                self.leave(hunt, (leg, who), LegEnd::Lost, &mut moves);
                self.beside(CallState::ended(Ending::Lost)).with(moves)
            }
            CallInput::Transcribed { .. } | CallInput::Found(_) => self.unmoved(self.call.state.clone()),
        })
    }

    /// Whether caller and callee can have said anything to each other.
    pub(super) fn has_talked(self, joined_at: Option<Timestamp>) -> bool {
        joined_at.is_some_and(|at| self.setting.now.duration_since(at).as_secs() >= super::SHORTEST_TALK)
    }

    /// Whoever had said yes was gone before the caller could hear them: it was no answer.
    pub(super) fn not_talked(self, hunt: &Hunt, (leg, who): (LegId, usize), moves: &mut Moves) {
        moves.note(leg, LegNote::Ended(LegEnd::HungUp));
        moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
        if let Some(candidate) = hunt.candidates.get(who) {
            moves.changes.push(Change::Unacknowledged(hunt.alert, candidate.person.clone()));
        }
    }

    /// The call with that person is over.
    fn leave(self, hunt: &Hunt, (leg, who): (LegId, usize), end: LegEnd, moves: &mut Moves) {
        moves.note(leg, LegNote::Ended(end));
        moves.effects.push(Effect::ReleaseLeg(leg).at(self.setting.now));
        if self.setting.menu.hunt.resolves_at_end
            && end == LegEnd::Talked
            && let Some(candidate) = hunt.candidates.get(who)
        {
            moves.changes.push(Change::Resolved(hunt.alert, candidate.person.clone()));
        }
    }

    /// The room of this call, for two. It closes behind whoever was called. Not behind the caller, whom the carrier may
    /// take out and bring back when their own next request and our word that there is news meet; they are let go by us.
    pub(super) const fn room(self, is_called: bool) -> Room {
        Room { call: self.call.id, ends_with_me: is_called, has_music: false, longest: super::LONGEST_TALK }
    }
}

impl Hunt {
    /// The name of somebody in it, as it is spoken.
    pub(super) fn name(&self, who: usize) -> String {
        self.candidates.get(who).map(|candidate| candidate.name.clone()).unwrap_or_default()
    }
}
