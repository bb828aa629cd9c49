//! The message: spoken, confirmed or made again, released exactly once.

use super::{At, LOOKS, LOOKS_WITH_DRAFT, MOST_EMPTY_RECORDINGS, Turn, VoiceChange};
use crate::domain::alerting::alert::{Alert, Message, Progress};
use crate::domain::alerting::content::Content;
use crate::domain::alerting::forwarding::passed_on;
use crate::domain::alerting::log::Release;
use crate::domain::alerting::origin::{FromCall, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::effect::Effect;
use crate::domain::ids::{AlertId, RecordingId};
use crate::domain::links::{Link, LinkCode};
use crate::domain::voice::call::{Asked, CallState, Caller, Draft, Ending, News};
use crate::domain::voice::facts::Need;
use crate::domain::voice::input::{CallInput, Found, Take, TakeEnd};
use crate::domain::voice::order::Order;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::Then;
use crate::domain::voice::recording::{DraftStatus, Recording, Transcript};

/// Seconds until the carrier has a recording's file ready, as a rule.
const FILE_LAG: i64 = 2;

impl At<'_> {
    pub(super) fn recording(
        self,
        order: &Order,
        draft: Option<Draft>,
        empty: u32,
        input: CallInput,
    ) -> Result<Turn, Need> {
        Ok(match input {
            CallInput::Recorded(take) => self.recorded(order, draft, &take)?,
            // The document ran out after its Record: nothing was recorded. A key here is one that the
            // carrier reports apart from the recording; it records nothing either.
            CallInput::Silence | CallInput::Arrived | CallInput::Dialled(_) | CallInput::Digits(_)
                if empty + 1 >= MOST_EMPTY_RECORDINGS =>
            {
                match draft {
                    Some(draft) => self.unanswered(order, draft),
                    None => self.end(vec![Phrase::NothingRecorded, Phrase::GoodbyeNothing], Ending::NoAnswer),
                }
            }
            CallInput::Digits(digits) if digits == "*" => self.back_to_menu(draft),
            CallInput::Silence | CallInput::Arrived | CallInput::Dialled(_) | CallInput::Digits(_) => {
                self.ask_message(vec![Phrase::NothingRecorded], order.clone(), draft, empty + 1)
            }
            CallInput::HungUp => self.beside(CallState::Recovering { order: order.clone(), draft, looks: 0 }),
            CallInput::Due => {
                self.look(self.beside(CallState::Recovering { order: order.clone(), draft, looks: 1 }))
            }
            CallInput::Transcribed { recording, has_text } => {
                let draft = draft.map(|draft| draft.hears(recording, has_text));
                self.unmoved(CallState::Recording { order: order.clone(), draft, empty })
            }
            CallInput::Found(_) => self.unmoved(CallState::Recording { order: order.clone(), draft, empty }),
        })
    }

    /// A take is there: the key that ended it says what becomes of it.
    fn recorded(self, order: &Order, before: Option<Draft>, take: &Take) -> Result<Turn, Need> {
        let recording = self.record(take);
        let draft = Draft::of(&recording);
        let mut turn = match take.end {
            TakeEnd::Key('1') => self.confirmed(order, draft)?,
            TakeEnd::Key('*') => self.back_to_menu(Some(draft)),
            TakeEnd::Key(_) => self.ask_message(vec![Phrase::RecordAgain], order.clone(), Some(draft), 0),
            TakeEnd::Open => self.ask_confirm(vec![], order.clone(), draft, Asked::default()),
            TakeEnd::HungUp => {
                let turn = self.end(vec![], Ending::HungUp);
                self.open(turn, order, draft, Release::HungUp)
            }
        };
        turn.changes.insert(0, VoiceChange::Drafted(Box::new(recording)));
        self.discard(&mut turn, before.map(|before| before.recording));
        Ok(turn)
    }

    pub(super) fn confirming(
        self,
        order: &Order,
        draft: Draft,
        asked: Asked,
        input: CallInput,
    ) -> Result<Turn, Need> {
        Ok(match input {
            CallInput::Digits(digits) => match digits.as_str() {
                "1" => self.confirmed(order, draft)?,
                "*" => self.back_to_menu(Some(draft)),
                _ => self.ask_message(vec![Phrase::RecordAgain], order.clone(), Some(draft), 0),
            },
            CallInput::Silence | CallInput::Arrived | CallInput::Dialled(_) | CallInput::Recorded(_) => {
                let asked = Asked { silent: asked.silent + 1, ..asked };
                if asked.silent >= self.setting.menu.ask_times {
                    self.unanswered(order, draft)
                } else {
                    self.ask_confirm(vec![Phrase::NothingPressed], order.clone(), draft, asked)
                }
            }
            CallInput::HungUp => {
                let turn = self.beside(CallState::ended(Ending::HungUp));
                self.open(turn, order, draft, Release::HungUp)
            }
            CallInput::Due => {
                let turn = self.beside(CallState::ended(Ending::Lost));
                self.open(turn, order, draft, Release::Deadline)
            }
            CallInput::Transcribed { recording, has_text } => {
                let draft = draft.hears(recording, has_text);
                self.unmoved(CallState::ConfirmingRecording { order: order.clone(), draft, asked })
            }
            CallInput::Found(_) => {
                self.unmoved(CallState::ConfirmingRecording { order: order.clone(), draft, asked })
            }
        })
    }

    /// The caller is gone and the carrier has not said what it recorded: ask it, a few times.
    pub(super) fn recovering(
        self,
        order: &Order,
        draft: Option<Draft>,
        looks: u32,
        input: CallInput,
    ) -> Turn {
        let with = |looks| CallState::Recovering { order: order.clone(), draft, looks };
        // Whoever is to be told of a missed call waits for its message no longer than for a better one.
        let is_spent = if draft.is_some() || order.missed.is_some() {
            looks >= LOOKS_WITH_DRAFT
        } else {
            usize::try_from(looks).is_ok_and(|looks| looks + 1 >= LOOKS.len())
        };
        match input {
            CallInput::Recorded(take) => {
                let turn = self.end(vec![], Ending::HungUp);
                self.turned_up(turn, order, draft, &take)
            }
            CallInput::Found(Found::Take(take)) => {
                let turn = self.beside(CallState::ended(Ending::HungUp));
                self.turned_up(turn, order, draft, &take)
            }
            CallInput::Found(Found::NotYet) | CallInput::Due if is_spent => self.give_up(order, draft),
            // It may speak of an empty recording before this one: enough to send what there is, not to stop looking.
            CallInput::Found(Found::Nothing) if draft.is_some() => self.give_up(order, draft),
            CallInput::Due => self.look(self.beside(with(looks + 1))),
            // The line is still there, so the caller is: the message is asked for again.
            CallInput::Arrived | CallInput::Digits(_) | CallInput::Silence | CallInput::Dialled(_) => {
                self.ask_message(vec![Phrase::NothingRecorded], order.clone(), draft, 0)
            }
            CallInput::Transcribed { recording, has_text } => {
                let draft = draft.map(|draft| draft.hears(recording, has_text));
                self.unmoved(CallState::Recovering { order: order.clone(), draft, looks })
            }
            CallInput::Found(Found::NotYet | Found::Nothing) | CallInput::HungUp => self.unmoved(with(looks)),
        }
    }

    /// There is nothing newer to be had: what there is counts. A recording that turns up even later is still
    /// sent, as an alert of its own.
    fn give_up(self, order: &Order, draft: Option<Draft>) -> Turn {
        // The alert of a live call is told without the message then.
        let unsent = Order { missed: None, ..order.clone() };
        let turn = self.beside(CallState::Ended { ending: Ending::HungUp, unsent: Some(unsent) });
        match draft {
            Some(draft) => self.open(turn, order, draft, Release::HungUp),
            None => turn,
        }
    }

    /// Asks for the message.
    pub(super) fn ask_message(
        self,
        mut say: Vec<Phrase>,
        order: Order,
        draft: Option<Draft>,
        empty: u32,
    ) -> Turn {
        say.push(Phrase::Record(order.spoken.clone()));
        let menu = self.setting.menu;
        let transcribe = menu.transcribe && menu.carrier_transcribes;
        let then = Then::Record { longest: menu.longest_message, transcribe };
        Turn { plan: Some(self.plan(say, then)), ..self.beside(CallState::Recording { order, draft, empty }) }
    }

    fn ask_confirm(self, mut say: Vec<Phrase>, order: Order, draft: Draft, asked: Asked) -> Turn {
        say.push(Phrase::Confirm);
        self.ask(say, CallState::ConfirmingRecording { order, draft, asked })
    }

    /// Star: the caller does not want the message sent, and hears that it was not.
    fn back_to_menu(self, draft: Option<Draft>) -> Turn {
        let say = if draft.is_some() { vec![Phrase::Discarded] } else { vec![] };
        let mut turn = self.ask_action(say, Asked::default());
        self.discard(&mut turn, draft.map(|draft| draft.recording));
        turn
    }

    /// Stores a take that turned up after its caller was gone. It is sent, unless the caller ended it with star.
    pub(super) fn turned_up(self, mut turn: Turn, order: &Order, before: Option<Draft>, take: &Take) -> Turn {
        let recording = self.record(take);
        let draft = Draft::of(&recording);
        turn.changes.push(VoiceChange::Drafted(Box::new(recording)));
        self.discard(&mut turn, before.map(|before| before.recording));
        if take.end == TakeEnd::Key('*') {
            self.discard(&mut turn, Some(draft.recording));
            return turn;
        }
        self.open(turn, order, draft, Release::HungUp)
    }

    /// A recording counts no longer; the carrier's copy goes when its time is over.
    fn discard(self, turn: &mut Turn, recording: Option<RecordingId>) {
        let Some(id) = recording else { return };
        turn.changes.push(VoiceChange::Discarded(id));
        if let Some(hours) = self.setting.menu.carrier_keeps_hours {
            let due = self.later(i64::from(hours) * 60 * 60);
            turn.effects.push(Effect::DeleteAtCarrier(id).at(due));
        }
    }

    /// Opens the alert of a draft.
    pub(super) fn open(self, turn: Turn, order: &Order, draft: Draft, release: Release) -> Turn {
        self.open_as(self.alert_of(order), turn, order, draft, release)
    }

    /// The alert that a message for that order belongs to.
    pub(super) fn alert_of(self, order: &Order) -> AlertId {
        order.missed.unwrap_or_else(|| AlertId::next(self.setting.ids))
    }

    /// Opens the alert of a draft under an id that the turn already names; the message of a live call that nobody took
    /// belongs to the alert of that.
    pub(super) fn open_as(
        self,
        id: AlertId,
        mut turn: Turn,
        order: &Order,
        Draft { recording, news }: Draft,
        release: Release,
    ) -> Turn {
        let (now, ids) = (self.setting.now, self.setting.ids);
        let days = i64::from(self.setting.menu.link_days);
        let link = Link {
            code: LinkCode::of(ids.secret()),
            expires_at: self.later(days * 24 * 60 * 60),
            short_url: None,
        };
        let message = Message { recording, link };
        turn.effects.push(Effect::AnnounceAlert(id).at(now));
        let forwards = &self.setting.menu.forwards;
        turn.effects.extend(passed_on(forwards, (id, order.action), news == News::Pending, now));
        // The file of a recording lags behind its call; asking at once would only be refused.
        turn.effects.push(Effect::FetchRecording(recording).at(self.later(FILE_LAG)));
        if self.setting.menu.transcribe && self.setting.menu.carrier_transcribes {
            let due = self.later(self.setting.menu.transcription_wait.into());
            turn.effects.push(Effect::AskForText(recording).at(due));
        }
        turn.changes.push(match order.missed {
            Some(alert) => VoiceChange::MessageLeft(alert, message, release),
            None => VoiceChange::Opened(Box::new(self.alert(id, order, Some(message))), release),
        });
        turn
    }

    /// An alert of that order; one without a message is held.
    pub(super) fn alert(self, id: AlertId, order: &Order, message: Option<Message>) -> Alert {
        let stranger = || Caller {
            person: None,
            name: None,
            number: None,
            language: self.setting.menu.language.clone(),
        };
        Alert {
            id,
            version: 0,
            origin: Origin::Call(FromCall {
                call: self.call.id,
                action: order.action,
                caller: self.call.caller.clone().unwrap_or_else(stranger),
            }),
            team: self.setting.menu.team_of(&order.recipients).cloned(),
            matter: None,
            content: Content::default(),
            recipients: order.recipients.clone(),
            severity: order.severity,
            is_held: message.is_none(),
            message,
            opened_at: self.setting.now,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress::default(),
            due_at: None,
        }
    }

    /// A take as what is stored of it.
    fn record(self, take: &Take) -> Recording {
        let menu = self.setting.menu;
        let wanted = menu.transcribe
            && take.seconds >= menu.shortest_transcribed
            && take.seconds < menu.longest_transcribed;
        Recording {
            id: RecordingId::next(self.setting.ids),
            call: self.call.id,
            source: take.source.clone(),
            seconds: take.seconds,
            status: DraftStatus::Draft,
            transcript: if wanted { Transcript::Pending } else { Transcript::Unwanted },
            audio: None,
            erased_at: None,
            made_at: self.setting.now,
        }
    }

    fn look(self, mut turn: Turn) -> Turn {
        turn.effects.push(Effect::FindRecording(self.call.id).at(self.setting.now));
        turn
    }
}

impl Draft {
    fn of(recording: &Recording) -> Self {
        let news = match recording.transcript {
            Transcript::Pending => News::Pending,
            Transcript::Text(_) => News::Arrived,
            Transcript::Unwanted | Transcript::Failed => News::Never,
        };
        Self { recording: recording.id, news }
    }

    /// The draft after news of a text.
    pub(super) fn hears(self, of: RecordingId, has_text: bool) -> Self {
        match (self.recording == of, has_text) {
            (true, true) => Self { news: News::Arrived, ..self },
            (true, false) => Self { news: News::Never, ..self },
            (false, _) => self,
        }
    }
}
