//! After the caller has decided: the alert is open, and the caller hears how its text is getting on, for a
//! bounded time.

use super::{At, Turn};
use crate::domain::alerting::log::Release;
use crate::domain::ids::AlertId;
use crate::domain::voice::call::{Asked, CallState, Draft, Ending, News, Order};
use crate::domain::voice::input::CallInput;
use crate::domain::voice::phrases::{Name, Phrase};
use crate::domain::voice::plan::Then;

impl At<'_> {
    /// Key 1: the alert opens, and the caller waits for the text while it is being made.
    pub(super) fn confirmed(self, order: &Order, draft: Draft) -> Turn {
        if draft.news != News::Pending {
            let turn = self.end(vec![closing(draft.news, &order.spoken)], Ending::Alerted);
            return self.open(turn, order, draft.recording, Release::Confirmed);
        }
        let until = self.later(self.setting.menu.transcription_wait.into());
        let waiting = |alert| CallState::AwaitingTranscription {
            alert,
            draft,
            spoken: order.spoken.clone(),
            until,
            line: 0,
        };
        let id = AlertId::next(self.setting.ids);
        let turn = self.wait(vec![Phrase::Transcribing(order.spoken.clone())], waiting(id));
        self.open_as(id, turn, order, draft.recording, Release::Confirmed)
    }

    /// The caller was asked often enough and says nothing: the message goes out as it is.
    pub(super) fn unanswered(self, order: &Order, draft: Draft) -> Turn {
        let say = vec![Phrase::SendingAnyway, closing(draft.news, &order.spoken)];
        let turn = self.end(say, Ending::Alerted);
        self.open(turn, order, draft.recording, Release::Silence)
    }

    pub(super) fn awaiting(
        self,
        alert: AlertId,
        draft: Draft,
        spoken: &Name,
        (until, line): (jiff::Timestamp, u32),
        input: CallInput,
    ) -> Turn {
        let with = |draft: Draft, line: u32| {
            let spoken = spoken.clone();
            CallState::AwaitingTranscription { alert, draft, spoken, until, line }
        };
        match input {
            CallInput::Digits(digits) if digits == "*" => {
                self.ask_action(vec![Phrase::AlertOpen(spoken.clone())], Asked::default())
            }
            CallInput::Silence | CallInput::Arrived | CallInput::Digits(_) | CallInput::Recorded(_) => {
                let next = self.later(self.setting.menu.wait_step.into());
                if draft.news == News::Pending && next <= until {
                    self.wait(vec![Phrase::Wait(line)], with(draft, line.wrapping_add(1)))
                } else {
                    self.end(vec![closing(draft.news, spoken)], Ending::Alerted)
                }
            }
            CallInput::Transcribed { recording, has_text } => {
                self.unmoved(with(draft.hears(recording, has_text), line))
            }
            CallInput::HungUp => self.beside(CallState::ended(Ending::Alerted)),
            CallInput::Due => self.beside(CallState::ended(Ending::Lost)),
            CallInput::Found(_) => self.unmoved(with(draft, line)),
        }
    }

    /// Says something and lets a few seconds pass, in which star still leads to the menu.
    fn wait(self, say: Vec<Phrase>, next: CallState) -> Turn {
        let then = Then::Ask { timeout: self.setting.menu.wait_step };
        Turn { plan: Some(self.plan(say, then)), ..self.beside(next) }
    }
}

/// The last line to a caller whose alert is open: true, whatever became of the text.
fn closing(news: News, spoken: &Name) -> Phrase {
    match news {
        News::Arrived => Phrase::ClosingWithText(spoken.clone()),
        News::Pending => Phrase::ClosingTextLater(spoken.clone()),
        News::Never => Phrase::ClosingWithoutText(spoken.clone()),
    }
}
