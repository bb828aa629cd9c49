//! The state machine of a call: one function, one arm a state; and its like for what happens on a phone that was called
//! for it.
//!
//! Total: every state answers every input. An input that comes in reply to a document is answered with a
//! plan for the phone that it came from; one that comes beside the line (a hang-up, a text, a deadline) with none.

mod choosing;
mod conferring;
mod hearing;
mod hunting;
mod legs;
mod letting_in;
mod offering;
mod recording;
mod talking;
mod waiting;

#[cfg(test)]
pub(super) mod tests;

use super::action::Action;
use super::call::{Call, CallState, Caller, Ending, News};
use super::facts::{Facts, Need, Refusal};
use super::input::{CallInput, Found, LegInput};
use super::leg::{Leg, LegNote};
use super::menu::CallMenu;
use super::order::Order;
use super::phrases::Phrase;
use super::plan::{Plan, Then};
use super::recording::Recording;
use crate::domain::alerting::actor::Channel;
use crate::domain::alerting::alert::{Alert, Message};
use crate::domain::alerting::change::Change;
use crate::domain::alerting::forwarding::passed_on;
use crate::domain::alerting::log::{Happened, LogEntry, Release};
use crate::domain::directory::person::PersonId;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, Ids, LegId, RecordingId};
use jiff::{SignedDuration, Timestamp};
use waiting::Told;

/// Wrong keys on one question after which the call ends. High, because a person who presses keys is there;
/// a bound at all, because a phone in a pocket presses keys as well.
pub const MOST_WRONG_KEYS: u32 = 10;
/// Empty recordings after which the call ends.
pub const MOST_EMPTY_RECORDINGS: u32 = 3;
/// When the carrier is asked for a recording that we lost sight of: seconds after the caller was gone, then after
/// each look; the last is for the answer to the last look. The file of a recording can lag behind its call.
pub const LOOKS: [i64; 5] = [10, 30, 120, 600, 60];
/// Seconds that people may talk: as long as the carrier lets a dialled line (Twilio, Dial, `timeLimit`).
pub const LONGEST_TALK: u32 = 14_400;
/// Seconds after a caller was put through in which an end means that they did not talk: the words before it take some.
pub const SHORTEST_TALK: i64 = 3;
/// Looks after which a draft that there is counts as the caller's last word, and the people of a missed call are told of
/// it without a message.
pub const LOOKS_WITH_DRAFT: u32 = 2;

/// Answer of the machine.
#[expect(clippy::large_enum_variant, reason = "made once a turn, and taken apart at once")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Find this out, put it into the facts, and ask again.
    Need(Need),
    /// What happens.
    Turn(Turn),
}

/// One turn of a call: where it stands, what happens on the line, and what must happen besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// When.
    pub at: Timestamp,
    /// Where the call stands now.
    pub next: CallState,
    /// Who calls, when this turn has let them in.
    pub caller: Option<Caller>,
    /// What happens on the line that the input came from; `None` for inputs beside the line.
    pub plan: Option<Plan>,
    /// When the call's deadline comes; `None`: it has none.
    pub due_at: Option<Timestamp>,
    /// What is stored besides the call.
    pub changes: Vec<VoiceChange>,
    /// What is done outside.
    pub effects: Vec<DueEffect>,
}

impl Turn {
    /// Whether there is nothing to write: news that a call has no use for.
    pub fn changes_nothing(&self, call: &Call) -> bool {
        self.plan.is_none()
            && self.next == call.state
            && self.due_at == call.due_at
            && self.caller.is_none()
            && self.changes.is_empty()
            && self.effects.is_empty()
    }
}

/// Something that a turn stores besides the call itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoiceChange {
    /// A recording was made: a draft.
    Drafted(Box<Recording>),
    /// A draft counts no longer.
    Discarded(RecordingId),
    /// A draft became an alert.
    Opened(Box<Alert>, Release),
    /// A message belongs to an alert that is open already, and that its people are told of from now on.
    MessageLeft(AlertId, Message, Release),
    /// Nobody talked to the caller: the alert's people are told of it from now on.
    Missed(AlertId),
    /// Somebody takes care of an alert.
    Acknowledged(AlertId, PersonId),
    /// They do so no longer, and somebody else is being sought.
    Unacknowledged(AlertId, PersonId),
    /// Somebody has dealt with an alert.
    Resolved(AlertId, PersonId),
    /// The caller has done something about an alert that was read out to them.
    Answered(Box<Change>),
    /// Something for the log of an alert.
    Logged(AlertId, Happened),
    /// A phone is called.
    Called(Box<Leg>),
    /// Something was heard of it.
    Heard(LegId, LegNote),
    /// A caller was refused.
    Refused(Refusal),
}

impl VoiceChange {
    /// Whether it happens to its alert only while that is open: somebody else may have ended it while the call went on.
    pub const fn is_of_open(&self) -> bool {
        match self {
            Self::Missed(_) | Self::Acknowledged(..) | Self::Unacknowledged(..) | Self::Resolved(..) => true,
            Self::Drafted(_)
            | Self::Discarded(_)
            | Self::Opened(..)
            | Self::MessageLeft(..)
            | Self::Answered(_)
            | Self::Logged(..)
            | Self::Called(_)
            | Self::Heard(..)
            | Self::Refused(_) => false,
        }
    }

    /// What the log of an alert says of it; `at`: when the turn is.
    pub fn logged(&self, at: Timestamp) -> Option<(AlertId, LogEntry)> {
        let entry = |alert: &AlertId, what| Some((*alert, LogEntry { at, what }));
        let phone = || Channel::Phone.word().to_owned();
        match self {
            Self::Opened(alert, release) => {
                let what = Happened::Opened { release: *release };
                Some((alert.id, LogEntry { at: alert.opened_at, what }))
            }
            Self::MessageLeft(alert, _, release) => entry(alert, Happened::MessageLeft { release: *release }),
            Self::Missed(alert) => entry(alert, Happened::Missed),
            Self::Acknowledged(alert, by) => {
                entry(alert, Happened::Acknowledged { by: by.0.clone(), from: phone() })
            }
            Self::Unacknowledged(alert, by) => entry(alert, Happened::Unacknowledged { by: by.0.clone() }),
            Self::Resolved(alert, by) => entry(alert, Happened::Resolved { by: by.0.clone(), from: phone() }),
            Self::Logged(alert, what) => entry(alert, what.clone()),
            Self::Drafted(_)
            | Self::Discarded(_)
            | Self::Called(_)
            | Self::Heard(..)
            // It brings its own entries.
            | Self::Answered(_)
            // Refusals are kept in the log of the program, not in the store.
            | Self::Refused(_) => None,
        }
    }
}

/// What a step is taken in.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The line's menu.
    pub menu: &'a CallMenu,
    /// The present moment.
    pub now: Timestamp,
    /// Where new ids come from.
    pub ids: &'a dyn Ids,
    /// What has been found out.
    pub facts: &'a Facts,
}

/// Takes a call one step further.
pub fn step(setting: Setting<'_>, call: &Call, input: CallInput) -> Step {
    let at = At { setting, call };
    let turn = match &call.state {
        CallState::Identifying => at.identifying(&input),
        CallState::Holding { number, until } => at.holding(number, *until, &input),
        CallState::ChoosingAction { asked } => at.choosing_action(*asked, input),
        CallState::ChoosingTarget { action, page, asked } => {
            at.choosing_target(*action, *page, *asked, input)
        }
        CallState::ChoosingSeverity { order, asked } => at.choosing_severity(order, *asked, input),
        CallState::Recording { order, draft, empty } => at.recording(order, *draft, *empty, input),
        CallState::ConfirmingRecording { order, draft, asked } => at.confirming(order, *draft, *asked, input),
        CallState::AwaitingTranscription { alert, draft, spoken, is_forwarded, until, line } => {
            let told = Told { spoken: spoken.clone(), is_forwarded: *is_forwarded };
            Ok(at.awaiting(*alert, *draft, &told, (*until, *line), input))
        }
        CallState::Recovering { order, draft, looks } => Ok(at.recovering(order, *draft, *looks, input)),
        CallState::Hunting { hunt } => at.hunting(hunt, input),
        CallState::Connected { hunt, leg, who, joined_at, has_left } => {
            at.connected(hunt, (*leg, *who), (*joined_at, *has_left), &input)
        }
        CallState::Offering { order, why, asked, is_untold } => {
            at.offering(order, *why, *asked, *is_untold, input)
        }
        CallState::Conferring { hunt, joined, caller } => Ok(at.conferring(hunt, joined, *caller, &input)),
        CallState::HearingAlerts { alerts, place, asked } => at.hearing(alerts, *place, *asked, input),
        CallState::Ended { ending, unsent } => Ok(at.ended(*ending, unsent.as_ref(), input)),
    };
    at.settled(turn)
}

/// Takes a call one step further by what happened on a phone that we called for it. The facts tell of that phone.
pub fn step_leg(setting: Setting<'_>, call: &Call, leg: LegId, input: &LegInput) -> Step {
    let at = At { setting, call };
    at.settled(at.of_leg(leg, input))
}

/// What is said, and the call ended with, when a turn could not be written. True in every case: an alert that was
/// open before stays open, one that should have opened did not, and of anything else nothing is claimed.
pub fn unwritten(menu: &CallMenu, call: &Call, turn: &Turn) -> Plan {
    let contact = menu.fallback_contact.clone();
    let phrase = match &call.state {
        CallState::AwaitingTranscription { spoken, is_forwarded, .. } => {
            Told { spoken: spoken.clone(), is_forwarded: *is_forwarded }.closing(News::Pending)
        }
        CallState::Identifying
        | CallState::Holding { .. }
        | CallState::ChoosingAction { .. }
        | CallState::ChoosingTarget { .. }
        | CallState::ChoosingSeverity { .. }
        | CallState::Recording { .. }
        | CallState::ConfirmingRecording { .. }
        | CallState::Recovering { .. }
        | CallState::Hunting { .. }
        | CallState::Connected { .. }
        | CallState::Offering { .. }
        | CallState::Conferring { .. }
        | CallState::HearingAlerts { .. }
        | CallState::Ended { .. } => {
            let was_to_be_kept = |change: &VoiceChange| match change {
                VoiceChange::Opened(..) | VoiceChange::MessageLeft(..) => true,
                VoiceChange::Drafted(recording) => {
                    !turn.changes.contains(&VoiceChange::Discarded(recording.id))
                }
                VoiceChange::Discarded(_)
                | VoiceChange::Missed(_)
                | VoiceChange::Acknowledged(..)
                | VoiceChange::Unacknowledged(..)
                | VoiceChange::Resolved(..)
                | VoiceChange::Answered(_)
                | VoiceChange::Logged(..)
                | VoiceChange::Called(_)
                | VoiceChange::Heard(..)
                | VoiceChange::Refused(_) => false,
            };
            if turn.changes.iter().any(was_to_be_kept) {
                Phrase::NotStored(contact)
            } else {
                Phrase::Apology(contact)
            }
        }
    };
    let caller = turn.caller.as_ref().or(call.caller.as_ref());
    let language = caller.map_or(&menu.language, |caller| &caller.language).clone();
    Plan { language, say: vec![phrase], then: Then::End }
}

/// A call in its setting: what the arms share.
#[derive(Clone, Copy)]
struct At<'a> {
    setting: Setting<'a>,
    call: &'a Call,
}

impl At<'_> {
    /// The answer of the machine. An alert that was held and no longer is, is told to its people, unless somebody has
    /// taken it or a message was left: no way out of a live call forgets it.
    fn settled(self, turn: Result<Turn, Need>) -> Step {
        let mut turn = match turn {
            Ok(turn) => turn,
            Err(need) => return Step::Need(need),
        };
        if let Some(alert) = self.call.state.held().filter(|alert| turn.next.held() != Some(*alert)) {
            self.miss(&mut turn, alert);
        }
        // One that began and ended in the same turn.
        let held = turn.next.held();
        let begun = turn.changes.iter().find_map(|change| {
            if let VoiceChange::Opened(alert, _) = change { alert.is_held.then_some(alert.id) } else { None }
        });
        if let Some(alert) = begun.filter(|alert| held != Some(*alert)) {
            self.miss(&mut turn, alert);
        }
        Step::Turn(turn)
    }

    /// The people of a live call's alert are told of it, unless it has found somebody.
    fn miss(self, turn: &mut Turn, alert: AlertId) {
        let is_settled = turn.changes.iter().any(|change| {
            matches!(
                change,
                VoiceChange::Acknowledged(settled, _) | VoiceChange::MessageLeft(settled, ..) if *settled == alert
            )
        });
        if is_settled {
            return;
        }
        let now = self.setting.now;
        turn.changes.push(VoiceChange::Missed(alert));
        turn.effects.push(Effect::AnnounceAlert(alert).at(now));
        turn.effects.extend(passed_on(&self.setting.menu.forwards, (alert, Action::Live), false, now));
    }

    /// A call that is over: the line is hung up, and only a recording that turns up after all still counts.
    fn ended(self, ending: Ending, unsent: Option<&Order>, input: CallInput) -> Turn {
        let stay = CallState::Ended { ending, unsent: unsent.cloned() };
        match (input, unsent) {
            (CallInput::Recorded(take), Some(order)) => {
                let turn = self.end(vec![], ending);
                self.turned_up(turn, order, None, &take)
            }
            (CallInput::Found(Found::Take(take)), Some(order)) => {
                let turn = self.beside(CallState::ended(ending));
                self.turned_up(turn, order, None, &take)
            }
            (
                CallInput::Arrived
                | CallInput::Digits(_)
                | CallInput::Silence
                | CallInput::Dialled(_)
                | CallInput::Recorded(_),
                _,
            ) => Turn { plan: Some(self.plan(vec![], Then::End)), ..self.beside(stay) },
            (CallInput::HungUp | CallInput::Transcribed { .. } | CallInput::Found(_) | CallInput::Due, _) => {
                self.beside(stay)
            }
        }
    }

    /// A plan in the caller's language.
    fn plan(self, say: Vec<Phrase>, then: Then) -> Plan {
        let language =
            self.call.caller.as_ref().map_or(&self.setting.menu.language, |caller| &caller.language);
        Plan { language: language.clone(), say, then }
    }

    /// A question: the caller presses a key or does not.
    fn ask(self, say: Vec<Phrase>, next: CallState) -> Turn {
        let then = Then::Ask { timeout: self.setting.menu.key_timeout };
        Turn { plan: Some(self.plan(say, then)), ..self.beside(next) }
    }

    /// The last words.
    fn end(self, say: Vec<Phrase>, ending: Ending) -> Turn {
        Turn { plan: Some(self.plan(say, Then::End)), ..self.beside(CallState::ended(ending)) }
    }

    /// A change of state and no more.
    fn beside(self, next: CallState) -> Turn {
        let menu = self.setting.menu;
        let seconds = match &next {
            CallState::Ended { .. } => None,
            CallState::Recording { .. } => {
                Some(menu.longest_message.saturating_add(menu.draft_deadline).into())
            }
            CallState::ConfirmingRecording { .. } => Some(menu.draft_deadline.into()),
            CallState::Recovering { looks, .. } => {
                usize::try_from(*looks).ok().and_then(|looks| LOOKS.get(looks)).copied()
            }
            CallState::Hunting { hunt } => {
                let due = hunt.due();
                return self.until(next, due);
            }
            CallState::Conferring { hunt, .. } => {
                let end = self.later(LONGEST_TALK.saturating_add(menu.call_deadline).into());
                let due = hunt.ringing.iter().map(|ringing| ringing.due).min();
                let due = due.map_or(end, |due| due.min(end));
                return self.until(next, due);
            }
            CallState::Connected { .. } => Some(LONGEST_TALK.saturating_add(menu.call_deadline).into()),
            CallState::Identifying
            | CallState::Holding { .. }
            | CallState::ChoosingAction { .. }
            | CallState::ChoosingTarget { .. }
            | CallState::ChoosingSeverity { .. }
            | CallState::Offering { .. }
            | CallState::HearingAlerts { .. }
            | CallState::AwaitingTranscription { .. } => Some(menu.call_deadline.into()),
        };
        let due_at = seconds.map(|seconds| self.later(seconds));
        let at = self.setting.now;
        Turn { at, next, caller: None, plan: None, due_at, changes: vec![], effects: vec![] }
    }

    /// A change of state whose deadline is known.
    fn until(self, next: CallState, due_at: Timestamp) -> Turn {
        let at = self.setting.now;
        Turn { at, next, caller: None, plan: None, due_at: Some(due_at), changes: vec![], effects: vec![] }
    }

    /// News that change nothing on the line and move no deadline.
    fn unmoved(self, next: CallState) -> Turn {
        Turn { due_at: self.call.due_at, ..self.beside(next) }
    }

    /// That many seconds from now.
    fn later(self, seconds: i64) -> Timestamp {
        self.setting.now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }
}

impl CallState {
    /// Over, with nothing left to send.
    const fn ended(ending: Ending) -> Self {
        Self::Ended { ending, unsent: None }
    }
}
