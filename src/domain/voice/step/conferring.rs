//! A conference: its alert is open, its caller is in it, and the people on call are called into it.

use super::hunting::Moves;
use super::legs::Outcome;
use super::{At, Turn, VoiceChange};
use crate::domain::alerting::log::{Happened, Release};
use crate::domain::effect::Effect;
use crate::domain::ids::LegId;
use crate::domain::voice::call::{CallState, Draft, Ending, InConference};
use crate::domain::voice::facts::Need;
use crate::domain::voice::hunt::Hunt;
use crate::domain::voice::input::{CallInput, LegInput};
use crate::domain::voice::leg::{LegEnd, LegNote};
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Bridge, Plan, Room, Then};

impl At<'_> {
    /// The message of a conference is sent: its alert opens, the caller goes into the conference, and everybody on call
    /// is called into it at once. Where nobody can be called, the caller hears so, and waits as with any other alert.
    pub(super) fn confer(self, order: &Order, draft: Draft) -> Result<Turn, Need> {
        let callable = self.on_call(order)?;
        let has_room = self.setting.menu.has_conferences;
        if callable.candidates.is_empty() || !has_room {
            let spoken = order.spoken.clone();
            let say = match (has_room, callable.is_unknown) {
                (false, _) => vec![],
                (true, false) => vec![Phrase::NobodyToConfer(spoken)],
                (true, true) => vec![Phrase::UnknownOnCall(spoken)],
            };
            if let (false, Some(bridge)) = (has_room, self.bridge()) {
                let turn = self.end(vec![Phrase::Bridged(order.spoken.clone())], Ending::Alerted);
                let plan = turn.plan.map(|plan| Plan { then: Then::Bridge(bridge), ..plan });
                return Ok(self.open(Turn { plan, ..turn }, order, draft, Release::Confirmed));
            }
            return Ok(self.opened(say, order, draft));
        }
        let mut moves = Moves::default();
        let id = self.alert_of(order);
        let mut hunt = self.begin(order.clone(), id, callable, &mut moves);
        for who in 0..hunt.candidates.len() {
            self.ring(&mut hunt, &mut moves, who, 0);
        }
        moves.log(id, Happened::Joined { person: self.caller_id() });
        let mut say: Vec<_> = self.told(order).first().into_iter().collect();
        say.push(Phrase::Conference(order.spoken.clone()));
        let plan = self.plan(say, self.meeting());
        let next =
            CallState::Conferring { hunt: Box::new(hunt), joined: vec![], caller: InConference::Inside };
        let turn = Turn { plan: Some(plan), ..self.beside(next) };
        Ok(self.open_as(id, turn, order, draft, Release::Confirmed).with(moves))
    }

    /// Into the conference: the room of this call, or the bridge of somebody else's.
    fn meeting(self) -> Then {
        match self.bridge() {
            Some(bridge) => Then::Bridge(bridge),
            // It goes on without any one of them.
            None => Then::Join(Room { ends_with_me: false, has_music: true, ..self.room() }),
        }
    }

    /// The caller, as an alert's log speaks of people.
    fn caller_id(self) -> String {
        let person = self.call.caller.as_ref().and_then(|caller| caller.person.as_ref());
        person.map_or_else(|| "caller".to_owned(), |person| person.0.clone())
    }

    fn bridge(self) -> Option<Bridge> {
        self.setting.menu.bridge.clone().map(|at| Bridge {
            at,
            shown: self.shown(),
            longest: super::LONGEST_TALK,
        })
    }

    /// The caller's line while the conference goes on.
    pub(super) fn conferring(
        self,
        hunt: &Hunt,
        joined: &[LegId],
        caller: InConference,
        input: &CallInput,
    ) -> Turn {
        let mut moves = Moves::default();
        match input {
            // The bridge could not be reached: the alert is open, and its people are told where to meet.
            CallInput::Dialled(LegEnd::Busy | LegEnd::NoAnswer | LegEnd::Failed)
                if self.setting.menu.bridge.is_some() =>
            {
                let turn = self.without_caller(hunt, joined, &mut moves);
                let say = vec![Phrase::BridgeUnreached(hunt.order.spoken.clone())];
                Turn { plan: Some(self.plan(say, Then::End)), ..turn }.with(moves)
            }
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => {
                let say = match caller {
                    InConference::Leaving => vec![Phrase::NobodyJoined(hunt.order.spoken.clone())],
                    InConference::Inside | InConference::Gone => vec![Phrase::ConferenceOver],
                };
                let turn = self.without_caller(hunt, joined, &mut moves);
                Turn { plan: Some(self.plan(say, Then::End)), ..turn }.with(moves)
            }
            CallInput::HungUp => self.without_caller(hunt, joined, &mut moves).with(moves),
            CallInput::Due => {
                let mut hunt = hunt.clone();
                if !self.lose_overdue(&mut hunt, &mut moves) {
                    self.stop(&mut hunt, &mut moves, LegEnd::OutOfTime);
                    for leg in joined {
                        moves.note(*leg, LegNote::Ended(LegEnd::Lost));
                        moves.effects.push(Effect::ReleaseLeg(*leg).at(self.setting.now));
                    }
                    return self.beside(CallState::ended(Ending::Lost)).with(moves);
                }
                self.conference(hunt, joined.to_vec(), caller, moves)
            }
            CallInput::Transcribed { .. } | CallInput::Found(_) => self.unmoved(self.call.state.clone()),
        }
    }

    /// The caller has left: the others go on, where there are any.
    fn without_caller(self, hunt: &Hunt, joined: &[LegId], moves: &mut Moves) -> Turn {
        let mut hunt = hunt.clone();
        if !self.call.state.is_line_over() {
            moves.log(hunt.alert, Happened::Left { person: self.caller_id() });
        }
        if joined.is_empty() {
            self.stop(&mut hunt, moves, LegEnd::CallerGone);
        }
        self.conference(hunt, joined.to_vec(), InConference::Gone, Moves::default())
    }

    /// Where the conference stands now. A caller who is alone in it, with nobody to come, is told so.
    fn conference(self, hunt: Hunt, joined: Vec<LegId>, caller: InConference, mut moves: Moves) -> Turn {
        let is_empty = joined.is_empty() && hunt.ringing.is_empty();
        let caller = match caller {
            InConference::Gone if is_empty => {
                return self.beside(CallState::ended(Ending::Alerted)).with(moves);
            }
            // Others may have dialled a bridge of somebody else's: we do not know whether the caller is alone there.
            InConference::Inside if is_empty && self.setting.menu.bridge.is_none() => {
                moves.effects.push(self.recall());
                InConference::Leaving
            }
            InConference::Inside | InConference::Leaving | InConference::Gone => caller,
        };
        self.beside(CallState::Conferring { hunt: Box::new(hunt), joined, caller }).with(moves)
    }

    /// A phone that is called into the conference, or is in it.
    pub(super) fn conferring_leg(
        self,
        (hunt, joined, caller): (&Hunt, &[LegId], InConference),
        leg: LegId,
        input: &LegInput,
    ) -> Turn {
        let mut moves = Moves::default();
        let mut joined = joined.to_vec();
        let mut hunt = hunt.clone();
        if let Some(place) = joined.iter().position(|one| *one == leg) {
            return match input {
                LegInput::PickedUp | LegInput::Pressed(_) => {
                    let plan = self.leg_plan(vec![], self.meeting());
                    Turn { plan: Some(plan), ..self.unmoved(self.call.state.clone()) }
                }
                LegInput::Silence | LegInput::Dismissed | LegInput::Ended(_) => {
                    joined.remove(place);
                    moves.note(leg, LegNote::Ended(LegEnd::Talked));
                    if let Some(leg) = &self.setting.facts.leg {
                        moves.log(hunt.alert, Happened::Left { person: leg.person.0.clone() });
                    }
                    let is_reply = !matches!(input, LegInput::Ended(_));
                    let plan = is_reply.then(|| self.leg_plan(vec![Phrase::ConferenceOver], Then::End));
                    Turn { plan, ..self.conference(hunt, joined, caller, moves) }
                }
                LegInput::Ringing | LegInput::Machine => self.unmoved(self.call.state.clone()),
            };
        }
        match self.ringing_leg(&mut hunt, &mut moves, leg, input) {
            Outcome::Unknown => self.stray_leg(leg, input),
            Outcome::Goes(plan) => Turn { plan, ..self.conference(hunt, joined, caller, moves) },
            Outcome::Accepted(who) => {
                hunt.ringing.retain(|ringing| ringing.leg != leg);
                moves.note(leg, LegNote::Accepted);
                if let Some(candidate) = hunt.candidates.get(who) {
                    let person = candidate.person.clone();
                    moves.log(hunt.alert, Happened::Joined { person: person.0.clone() });
                    // Later ones join what the first has taken.
                    if !hunt.is_taken {
                        moves.changes.push(VoiceChange::Acknowledged(hunt.alert, person));
                    }
                }
                hunt.is_taken = true;
                joined.push(leg);
                let plan = Some(self.leg_plan(vec![Phrase::Joining], self.meeting()));
                Turn { plan, ..self.conference(hunt, joined, caller, moves) }
            }
        }
    }
}
