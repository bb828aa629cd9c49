//! Nobody could be reached: the caller chooses what is done instead.

use super::{At, Turn};
use crate::domain::voice::action::Action;
use crate::domain::voice::call::{Asked, CallState, Ending, Unreached};
use crate::domain::voice::facts::Need;
use crate::domain::voice::input::CallInput;
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::Phrase;

impl At<'_> {
    pub(super) fn offering(
        self,
        order: &Order,
        why: Unreached,
        asked: Asked,
        is_untold: bool,
        input: CallInput,
    ) -> Result<Turn, Need> {
        let is_reply = match input {
            CallInput::Arrived
            | CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => true,
            CallInput::HungUp | CallInput::Transcribed { .. } | CallInput::Found(_) | CallInput::Due => false,
        };
        if is_untold && is_reply {
            return Ok(self.offer(order.clone(), why, vec![], asked));
        }
        let stay = CallState::Offering { order: order.clone(), why, asked, is_untold };
        let again = |at: Self, before, asked| at.offer(order.clone(), why, before, asked);
        let mut turn = self.answer(input, asked, stay, again, |at, key| {
            Ok(match key {
                1 => Some(at.ask_message(vec![], order.clone(), None, 0)),
                2 if at.has_others() => Some(at.ask_target(vec![], Action::Live, 0, Asked::default())),
                _ => None,
            })
        })?;
        // Who says nothing is not sent away with nothing: the alert of the call is told to its people.
        if turn.next == CallState::ended(Ending::NoAnswer) {
            turn.next = CallState::ended(Ending::Missed);
            if let Some(plan) = &mut turn.plan {
                plan.say = vec![Phrase::MissedClosing(order.spoken.clone())];
            }
        }
        Ok(turn)
    }

    /// Says why nobody can be reached, and what can be done.
    pub(super) fn offer(self, order: Order, why: Unreached, mut say: Vec<Phrase>, asked: Asked) -> Turn {
        if say.is_empty() {
            let spoken = order.spoken.clone();
            say.push(match why {
                Unreached::Nobody => Phrase::NobodyOnCall(spoken),
                Unreached::Unknown => Phrase::UnknownOnCall(spoken),
                Unreached::Exhausted => Phrase::NobodyAnswered(spoken),
                Unreached::OutOfTime => Phrase::StillNobody(spoken),
            });
        }
        say.push(Phrase::OfferMessage(1));
        if self.has_others() {
            say.push(Phrase::OfferOther(2));
        }
        say.push(Phrase::StarForMenu);
        self.ask(say, CallState::Offering { order, why, asked, is_untold: false })
    }

    /// Whether there is another group to choose.
    fn has_others(self) -> bool {
        self.setting.menu.targets.len() > 1
    }
}
