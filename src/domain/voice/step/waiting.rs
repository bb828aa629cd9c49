//! After the caller has decided: the alert is open, and the caller hears how its text is getting on, for a
//! bounded time.

use super::{At, Turn};
use crate::domain::alerting::log::Release;
use crate::domain::ids::AlertId;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::{Asked, CallState, Draft, Ending, News};
use crate::domain::voice::facts::Need;
use crate::domain::voice::input::CallInput;
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::{Name, Phrase};
use crate::domain::voice::plan::Then;

/// What a caller is told of an open alert.
pub(super) struct Told {
    /// How the recipient is spoken.
    pub(super) spoken: Name,
    /// Whether it is passed on to another system.
    pub(super) is_forwarded: bool,
}

impl Told {
    /// What is said first of it, where more is to be said than that it is open.
    pub(super) fn first(&self) -> Option<Phrase> {
        self.is_forwarded.then_some(Phrase::Forwarding)
    }

    /// All that is said of it to a caller who does not wait.
    fn at_once(&self, news: News) -> Vec<Phrase> {
        let closing = self.closing(news);
        let says_it = matches!(closing, Phrase::ClosingForwarded(_));
        self.first().filter(|_| !says_it).into_iter().chain([closing]).collect()
    }

    /// The last line to the caller: true, whatever becomes of the text.
    pub(super) fn closing(&self, news: News) -> Phrase {
        let spoken = self.spoken.clone();
        match news {
            News::Arrived => Phrase::ClosingWithText(spoken),
            // Another system is told once, with the text or, after a time, without it.
            News::Pending if self.is_forwarded => Phrase::ClosingForwarded(spoken),
            News::Pending => Phrase::ClosingTextLater(spoken),
            News::Never => Phrase::ClosingWithoutText(spoken),
        }
    }
}

impl At<'_> {
    /// What the caller is told of the alert of that order.
    pub(super) fn told(self, order: &Order) -> Told {
        Told { spoken: order.spoken.clone(), is_forwarded: self.setting.menu.forwards(order.action) }
    }

    /// Key 1: the alert opens, and the caller waits for the text while it is being made.
    pub(super) fn confirmed(self, order: &Order, draft: Draft) -> Result<Turn, Need> {
        if order.action == Action::Conference {
            return self.confer(order, draft);
        }
        Ok(self.opened(vec![], order, draft))
    }

    /// The alert opens, and the caller waits for the text; `say` comes first.
    pub(super) fn opened(self, mut say: Vec<Phrase>, order: &Order, draft: Draft) -> Turn {
        let told = self.told(order);
        if draft.news != News::Pending {
            say.extend(told.at_once(draft.news));
            let turn = self.end(say, Ending::Alerted);
            return self.open(turn, order, draft, Release::Confirmed);
        }
        let until = self.later(self.setting.menu.transcription_wait.into());
        let waiting = |alert| CallState::AwaitingTranscription {
            alert,
            draft,
            spoken: told.spoken.clone(),
            is_forwarded: told.is_forwarded,
            until,
            line: 0,
        };
        let id = self.alert_of(order);
        say.extend(told.first().into_iter().chain([Phrase::Transcribing(told.spoken.clone())]));
        let turn = self.wait(say, waiting(id));
        self.open_as(id, turn, order, draft, Release::Confirmed)
    }

    /// The caller was asked often enough and says nothing: the message goes out as it is.
    pub(super) fn unanswered(self, order: &Order, draft: Draft) -> Turn {
        let mut say = vec![Phrase::SendingAnyway];
        say.extend(self.told(order).at_once(draft.news));
        let turn = self.end(say, Ending::Alerted);
        self.open(turn, order, draft, Release::Silence)
    }

    pub(super) fn awaiting(
        self,
        alert: AlertId,
        draft: Draft,
        told: &Told,
        (until, line): (jiff::Timestamp, u32),
        input: CallInput,
    ) -> Turn {
        let with = |draft: Draft, line: u32| {
            let Told { spoken, is_forwarded } = told;
            let (spoken, is_forwarded) = (spoken.clone(), *is_forwarded);
            CallState::AwaitingTranscription { alert, draft, spoken, is_forwarded, until, line }
        };
        match input {
            CallInput::Digits(digits) if digits == "*" => {
                self.ask_action(vec![Phrase::AlertOpen(told.spoken.clone())], Asked::default())
            }
            CallInput::Silence
            | CallInput::Arrived
            | CallInput::Dialled(_)
            | CallInput::Digits(_)
            | CallInput::Recorded(_) => {
                let next = self.later(self.setting.menu.wait_step.into());
                if draft.news == News::Pending && next <= until {
                    self.wait(vec![Phrase::Wait(line)], with(draft, line.wrapping_add(1)))
                } else {
                    self.end(vec![told.closing(draft.news)], Ending::Alerted)
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
