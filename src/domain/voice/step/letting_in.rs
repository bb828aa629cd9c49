//! The start of a call: who calls, and whether they are let in.

use super::{At, Turn, VoiceChange};
use crate::domain::contact::PhoneNumber;
use crate::domain::voice::call::{Asked, CallState, Caller, Ending};
use crate::domain::voice::facts::{Admission, Need, Refusal};
use crate::domain::voice::input::CallInput;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::Then;
use jiff::Timestamp;

/// How long a caller holds the line, in seconds, until their number can't be checked. Longer, and they had better
/// call somebody else.
const LONGEST_HOLD: i64 = 12;
/// The silence after the words of a caller who holds, in seconds. The next look takes its own time.
const HOLD_STEP: u32 = 1;

impl At<'_> {
    pub(super) fn identifying(self, input: &CallInput) -> Result<Turn, Need> {
        match input {
            CallInput::Arrived => {}
            CallInput::HungUp | CallInput::Due => {
                return Ok(self.beside(CallState::ended(Ending::Lost)));
            }
            CallInput::Digits(_) | CallInput::Silence | CallInput::Dialled(_) | CallInput::Recorded(_) => {
                return Ok(self.end(vec![], Ending::Lost));
            }
            CallInput::Transcribed { .. } | CallInput::Found(_) => {
                return Ok(self.unmoved(CallState::Identifying));
            }
        }
        Ok(match &self.setting.facts.admission {
            None => return Err(Need::Admission),
            Some(Admission::Refused(refusal)) => self.refused(*refusal),
            Some(Admission::Admitted(caller)) => self.admitted(caller),
            Some(Admission::Unsettled(number)) => {
                let until = self.later(LONGEST_HOLD);
                self.hold(Phrase::OneMoment, CallState::Holding { number: number.clone(), until })
            }
        })
    }

    /// Keys and silence mean the same to a caller who holds: time has passed.
    pub(super) fn holding(
        self,
        number: &PhoneNumber,
        until: Timestamp,
        input: &CallInput,
    ) -> Result<Turn, Need> {
        let stay = || CallState::Holding { number: number.clone(), until };
        match input {
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => {}
            CallInput::HungUp => return Ok(self.beside(CallState::ended(Ending::HungUp))),
            CallInput::Due => return Ok(self.beside(CallState::ended(Ending::Lost))),
            CallInput::Transcribed { .. } | CallInput::Found(_) => return Ok(self.unmoved(stay())),
        }
        Ok(match &self.setting.facts.admission {
            None => return Err(Need::Admission),
            Some(Admission::Refused(refusal)) => self.refused(*refusal),
            Some(Admission::Admitted(caller)) => self.admitted(caller),
            Some(Admission::Unsettled(_)) if self.later(HOLD_STEP.into()) < until => {
                self.hold(Phrase::StillChecking, stay())
            }
            Some(Admission::Unsettled(_)) => self.refused(Refusal::Unchecked),
        })
    }

    fn admitted(self, caller: &Caller) -> Turn {
        let greeting = match &caller.name {
            Some(name) => Phrase::Greeting(name.clone()),
            None => Phrase::GreetingStranger,
        };
        let mut turn = self.ask_action(vec![greeting], Asked::default());
        if let Some(plan) = &mut turn.plan {
            plan.language.clone_from(&caller.language);
        }
        turn.caller = Some(caller.clone());
        turn
    }

    fn refused(self, refusal: Refusal) -> Turn {
        let words = match refusal {
            Refusal::Withheld => Phrase::RefusedWithheld,
            Refusal::Unknown | Refusal::NotAuthorised => Phrase::RefusedUnknown,
            Refusal::OverLimit => Phrase::RefusedOverLimit,
            Refusal::Unchecked => Phrase::Unchecked(self.setting.menu.fallback_contact.clone()),
        };
        let mut turn = self.end(vec![words], Ending::Refused);
        turn.changes.push(VoiceChange::Refused(refusal));
        turn
    }

    fn hold(self, words: Phrase, next: CallState) -> Turn {
        let then = Then::Ask { timeout: HOLD_STEP };
        Turn { plan: Some(self.plan(vec![words], then)), ..self.beside(next) }
    }
}
