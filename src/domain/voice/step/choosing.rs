//! The questions: what, for whom, how bad.

use super::{At, MOST_WRONG_KEYS, Turn};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::{Asked, CallState, Ending};
use crate::domain::voice::facts::Need;
use crate::domain::voice::input::CallInput;
use crate::domain::voice::menu::{Offer, Target};
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::Phrase;

/// How many targets fit on the keys 1 to 9 without a second page.
const ONE_PAGE: usize = 9;
/// How many targets a page has when there are several; the key after them leads to the next.
const PAGE: usize = 8;

impl<'a> At<'a> {
    pub(super) fn choosing_action(self, asked: Asked, input: CallInput) -> Result<Turn, Need> {
        let stay = CallState::ChoosingAction { asked };
        self.answer(input, asked, stay, Self::ask_action, |at, key| {
            let chosen = key.checked_sub(1).and_then(|place| at.setting.menu.offers.get(place));
            chosen.map(|offer| at.chosen(*offer)).transpose()
        })
    }

    pub(super) fn choosing_target(
        self,
        action: Action,
        page: usize,
        asked: Asked,
        input: CallInput,
    ) -> Result<Turn, Need> {
        let stay = CallState::ChoosingTarget { action, page, asked };
        let again = |at: Self, before, asked| at.ask_target(before, action, page, asked);
        self.answer(input, asked, stay, again, |at, key| {
            let (targets, last) = at.page(page);
            match key {
                // Not offered, but peers have taught callers that 0 repeats a long menu.
                0 if at.has_pages() => Ok(Some(at.ask_target(vec![], action, page, asked))),
                key if at.has_pages() && key == PAGE + 1 => {
                    let next = if last { 0 } else { page + 1 };
                    Ok(Some(at.ask_target(vec![], action, next, Asked::default())))
                }
                key => {
                    let target = key.checked_sub(1).and_then(|place| targets.get(place));
                    target.map(|target| at.ordered(at.order(action, Some(target)))).transpose()
                }
            }
        })
    }

    pub(super) fn choosing_severity(
        self,
        order: &Order,
        asked: Asked,
        input: CallInput,
    ) -> Result<Turn, Need> {
        let stay = CallState::ChoosingSeverity { order: order.clone(), asked };
        let again = |at: Self, before, asked| at.ask_severity(before, order.clone(), asked);
        self.answer(input, asked, stay, again, |at, key| {
            let severity = key.checked_sub(1).and_then(|place| Severity::ALL.get(place));
            let message = |severity| at.ask_message(vec![], Order { severity, ..order.clone() }, None, 0);
            Ok(severity.map(|severity| message(*severity)))
        })
    }

    /// What all questions have in common: star leads to the menu, silence and wrong keys ask again, a bounded
    /// number of times; a caller who is gone is gone.
    pub(super) fn answer(
        self,
        input: CallInput,
        asked: Asked,
        stay: CallState,
        again: impl FnOnce(Self, Vec<Phrase>, Asked) -> Turn,
        key: impl FnOnce(Self, usize) -> Result<Option<Turn>, Need>,
    ) -> Result<Turn, Need> {
        Ok(match input {
            CallInput::Digits(digits) if digits == "*" => self.ask_action(vec![], Asked::default()),
            CallInput::Digits(digits) => {
                let chosen = match digits.parse() {
                    Ok(digit) => key(self, digit)?,
                    Err(_) => None,
                };
                let asked = Asked { wrong: asked.wrong + 1, ..asked };
                match chosen {
                    Some(turn) => turn,
                    None if asked.wrong >= MOST_WRONG_KEYS => {
                        self.end(vec![Phrase::WrongKey, Phrase::GoodbyeNothing], Ending::NoAnswer)
                    }
                    None => again(self, vec![Phrase::WrongKey], asked),
                }
            }
            // A recording here belongs to no order: the carrier repeats itself in a way that has no meaning.
            CallInput::Silence | CallInput::Arrived | CallInput::Dialled(_) | CallInput::Recorded(_) => {
                let asked = Asked { silent: asked.silent + 1, ..asked };
                if asked.silent >= self.setting.menu.ask_times {
                    self.end(vec![Phrase::GoodbyeNothing], Ending::NoAnswer)
                } else {
                    again(self, vec![Phrase::NothingPressed], asked)
                }
            }
            CallInput::HungUp => self.beside(CallState::ended(Ending::HungUp)),
            CallInput::Due => self.beside(CallState::ended(Ending::Lost)),
            CallInput::Transcribed { .. } | CallInput::Found(_) => self.unmoved(stay),
        })
    }

    /// The menu.
    pub(super) fn ask_action(self, mut say: Vec<Phrase>, asked: Asked) -> Turn {
        say.extend((1..).zip(&self.setting.menu.offers).map(|(key, offer)| Phrase::Offer(*offer, key)));
        self.ask(say, CallState::ChoosingAction { asked })
    }

    fn chosen(self, offer: Offer) -> Result<Turn, Need> {
        match offer {
            Offer::Start(action) => self.chosen_action(action),
            Offer::Alerts => self.hear_alerts(),
        }
    }

    fn chosen_action(self, action: Action) -> Result<Turn, Need> {
        match self.setting.menu.targets.as_slice() {
            [] => self.ordered(self.order(action, None)),
            [only] => self.ordered(self.order(action, Some(only))),
            [_, _, ..] => Ok(self.ask_target(vec![], action, 0, Asked::default())),
        }
    }

    pub(super) fn ask_target(self, mut say: Vec<Phrase>, action: Action, page: usize, asked: Asked) -> Turn {
        let (targets, _) = self.page(page);
        say.push(Phrase::AskTarget(action));
        say.extend((1..).zip(targets).map(|(key, target)| Phrase::Choice(key, target.spoken.clone())));
        if self.has_pages() {
            say.push(Phrase::More(9));
        }
        say.push(Phrase::StarForMenu);
        self.ask(say, CallState::ChoosingTarget { action, page, asked })
    }

    fn order(self, action: Action, target: Option<&Target>) -> Order {
        let menu = self.setting.menu;
        Order {
            action,
            recipients: target
                .map_or_else(|| menu.default_recipients.clone(), |target| vec![target.recipient.clone()]),
            spoken: target.map(|target| target.spoken.clone()),
            severity: menu.default_severity,
            missed: None,
        }
    }

    /// It is known what and for whom. Who wants to talk is put through; else how bad it is, if that is asked, and the
    /// message.
    fn ordered(self, order: Order) -> Result<Turn, Need> {
        match order.action {
            Action::Live => self.hunt(order),
            Action::Alert | Action::Conference if self.setting.menu.ask_severity => {
                Ok(self.ask_severity(vec![], order, Asked::default()))
            }
            Action::Alert | Action::Conference => Ok(self.ask_message(vec![], order, None, 0)),
        }
    }

    fn ask_severity(self, mut say: Vec<Phrase>, order: Order, asked: Asked) -> Turn {
        say.push(Phrase::AskSeverity);
        say.extend((1..).zip(Severity::ALL).map(|(key, severity)| Phrase::SeverityChoice(key, severity)));
        say.push(Phrase::StarForMenu);
        self.ask(say, CallState::ChoosingSeverity { order, asked })
    }

    fn has_pages(self) -> bool {
        self.setting.menu.targets.len() > ONE_PAGE
    }

    /// The targets of a page, and whether it is the last. A page that a changed menu no longer has is the first.
    fn page(self, page: usize) -> (&'a [Target], bool) {
        let targets = &self.setting.menu.targets;
        if !self.has_pages() {
            return (targets, true);
        }
        let mut pages = targets.chunks(PAGE).skip(page).peekable();
        match pages.next() {
            Some(targets) => (targets, pages.peek().is_none()),
            None => (targets.chunks(PAGE).next().unwrap_or_default(), false),
        }
    }
}
