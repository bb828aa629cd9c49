//! Every state answers every input, and every walk ends.

mod live;

use super::*;
use crate::domain::alerting::forward::{Forward, ForwardName};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::domain::effect::Effect;
use crate::domain::ids::{AlertId, CallId, LegId};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::{Asked, Draft, News};
use crate::domain::voice::facts::{Admission, Callable};
use crate::domain::voice::hunt::{HuntOrder, HuntRules, WaitSound};
use crate::domain::voice::input::{Found, Take, TakeEnd};
use crate::domain::voice::menu::{Offer, Target};
use crate::domain::voice::recording::Source;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Ids that count.
#[derive(Default)]
pub(in crate::domain::voice) struct Count(AtomicU64);

impl Ids for Count {
    fn next(&self) -> Uuid {
        Uuid::from_u128(self.0.fetch_add(1, Ordering::Relaxed).into())
    }
    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

pub(in crate::domain::voice) fn menu(targets: usize, ask_severity: bool) -> CallMenu {
    let target = |n: usize| Target {
        recipient: Recipient::Group(GroupName(format!("Group {n}"))),
        spoken: format!("Group {n}"),
        team: None,
    };
    CallMenu {
        offers: vec![
            Offer::Start(Action::Alert),
            Offer::Start(Action::Conference),
            Offer::Start(Action::Live),
        ],
        targets: (1..=targets).map(target).collect(),
        team: None,
        default_recipients: vec![Recipient::Group(GroupName("Everyone".to_owned()))],
        forwards: vec![],
        ask_severity,
        default_severity: Severity::High,
        key_timeout: 5,
        ask_times: 3,
        longest_message: 120,
        transcribe: true,
        carrier_transcribes: true,
        shortest_transcribed: 2,
        longest_transcribed: 120,
        transcription_wait: 60,
        wait_step: 5,
        draft_deadline: 300,
        call_deadline: 900,
        carrier_keeps_hours: Some(24),
        link_days: 30,
        hunt: rules(),
        caller_id: PhoneNumber::parse("+15550000").unwrap(),
        bridge: None,
        has_conferences: true,
        fallback_contact: None,
        language: "en".to_owned(),
    }
}

fn rules() -> HuntRules {
    HuntRules {
        ring_seconds: 12,
        rounds: 1,
        order: HuntOrder::Listed,
        whole_levels: false,
        caller_seconds: 180,
        accept_key: None,
        accept_seconds: 10,
        shows_caller: false,
        detects_machines: false,
        wait_sound: WaitSound::Ringing,
        resolves_at_end: false,
    }
}

/// One target takes everything, another takes alerts only.
fn forwards() -> Vec<Forward> {
    [("West", &Action::ALL[..]), ("East", &[Action::Alert])]
        .map(|(name, actions)| Forward {
            name: ForwardName(name.to_owned()),
            actions: actions.to_vec(),
            text_wait: 20,
        })
        .to_vec()
}

/// A call that is walked through the machine by hand.
struct Walk {
    menu: CallMenu,
    /// Whether the caller is let in.
    admission: Admission,
    call: Call,
    ids: Count,
    now: Timestamp,
    opened: Vec<RecordingId>,
    drafted: Vec<RecordingId>,
    discarded: Vec<RecordingId>,
}

impl Walk {
    fn begin(menu: CallMenu) -> Self {
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        let call = Call::announced(CallId(Uuid::nil()), LegId(Uuid::nil()), "call".to_owned(), now);
        let ids = Count(AtomicU64::new(1));
        let caller = Caller { person: None, name: None, number: None, language: "en".to_owned() };
        let admission = Admission::Admitted(caller);
        Self { menu, admission, call, ids, now, opened: vec![], drafted: vec![], discarded: vec![] }
    }

    /// Takes one step as the service does, and checks what must hold of every step.
    fn step(&mut self, input: CallInput) -> Turn {
        let facts = Facts {
            admission: Some(self.admission.clone()),
            on_call: Some(Callable::default()),
            busy: Some(BTreeSet::new()),
            ..Facts::default()
        };
        let setting = Setting { menu: &self.menu, now: self.now, ids: &self.ids, facts: &facts };
        let is_reply = matches!(
            input,
            CallInput::Arrived
                | CallInput::Digits(_)
                | CallInput::Silence
                | CallInput::Dialled(_)
                | CallInput::Recorded(_)
        );
        let Step::Turn(turn) = step(setting, &self.call, input) else { panic!("the facts were there") };
        assert_eq!(turn.plan.is_some(), is_reply, "in reply to a document there is a plan, else none");
        self.check_forwarding(&turn);
        for change in &turn.changes {
            match change {
                VoiceChange::Drafted(recording) => self.drafted.push(recording.id),
                VoiceChange::Discarded(id) => self.discarded.push(*id),
                VoiceChange::Opened(alert, _) => {
                    self.opened.extend(alert.message.as_ref().map(|one| one.recording));
                }
                VoiceChange::MessageLeft(_, message, _) => self.opened.push(message.recording),
                VoiceChange::Refused(_)
                | VoiceChange::Missed(_)
                | VoiceChange::Acknowledged(..)
                | VoiceChange::Unacknowledged(..)
                | VoiceChange::Resolved(..)
                | VoiceChange::Logged(..)
                | VoiceChange::Called(_)
                | VoiceChange::Answered(_)
                | VoiceChange::Heard(..) => {}
            }
        }
        let is_over = turn.next.is_line_over();
        if is_reply {
            assert_eq!(turn.due_at.is_none(), is_over, "only a call that is over has no deadline");
        }
        if let Some(plan) = &turn.plan {
            assert_eq!(plan.then == Then::End, is_over, "the line is hung up when the call is over");
        }
        self.call.state = turn.next.clone();
        self.call.due_at = turn.due_at;
        self.call.caller = turn.caller.clone().or(self.call.caller.take());
        self.call.version += 1;
        turn
    }

    /// What opens is passed on once to each target that takes it, and to no other; a caller who hears that it opens
    /// hears that, and nothing else is said to be passed on.
    #[expect(clippy::wildcard_enum_match_arm, reason = "of the others nobody is told")]
    fn check_forwarding(&self, turn: &Turn) {
        let mut wanted = vec![];
        let mut is_passed_on = false;
        for change in &turn.changes {
            let (alert, action) = match change {
                VoiceChange::Opened(alert, _) if !alert.is_held => {
                    (alert.id, alert.origin.call().unwrap().action)
                }
                VoiceChange::MessageLeft(alert, ..) | VoiceChange::Missed(alert) => (*alert, Action::Live),
                _ => continue,
            };
            for forward in self.menu.forwards.iter().filter(|forward| forward.takes(action)) {
                wanted.push(Effect::ForwardAlert { alert, target: forward.name.clone() });
                is_passed_on |= !matches!(change, VoiceChange::Missed(_));
            }
        }
        let passed_on: Vec<_> =
            turn.effects.iter().filter(|due| due.effect.word() == "forward_alert").collect();
        assert_eq!(passed_on.iter().map(|due| due.effect.clone()).collect::<Vec<_>>(), wanted);
        for due in passed_on {
            let wait = if due.is_held { SignedDuration::from_secs(20) } else { SignedDuration::ZERO };
            assert_eq!(due.due, self.now + wait);
        }
        let say = turn.plan.as_ref().map_or(&[][..], |plan| &plan.say);
        let says = |phrase: &Phrase| matches!(phrase, Phrase::Forwarding | Phrase::ClosingForwarded(_));
        let was_said = matches!(self.call.state, CallState::AwaitingTranscription { is_forwarded: true, .. });
        assert!(was_said || is_passed_on || !say.iter().any(says), "{say:?}");
        if is_passed_on && !say.is_empty() {
            assert_eq!(say.iter().filter(|phrase| says(phrase)).count(), 1, "{say:?}");
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.call.state, CallState::Ended { .. })
    }

    /// No draft is lost and none is released twice.
    fn check_messages(&self) {
        for id in &self.drafted {
            let opened = self.opened.iter().filter(|opened| *opened == id).count();
            let discarded = self.discarded.iter().filter(|discarded| *discarded == id).count();
            let held = usize::from(self.held() == Some(*id));
            assert_eq!(opened + discarded + held, 1, "{id}: opened {opened}, discarded {discarded}");
        }
        let known = |id: &RecordingId| self.drafted.contains(id);
        assert!(self.opened.iter().all(known) && self.discarded.iter().all(known));
    }

    /// The draft that the call still has in its hands.
    fn held(&self) -> Option<RecordingId> {
        match &self.call.state {
            CallState::Recording { draft, .. } | CallState::Recovering { draft, .. } => {
                draft.map(|draft| draft.recording)
            }
            CallState::ConfirmingRecording { draft, .. } => Some(draft.recording),
            CallState::Hunting { .. }
            | CallState::Connected { .. }
            | CallState::Offering { .. }
            | CallState::Conferring { .. }
            | CallState::Identifying
            | CallState::Holding { .. }
            | CallState::ChoosingAction { .. }
            | CallState::ChoosingTarget { .. }
            | CallState::ChoosingSeverity { .. }
            | CallState::AwaitingTranscription { .. }
            | CallState::HearingAlerts { .. }
            | CallState::Ended { .. } => None,
        }
    }
}

fn number() -> PhoneNumber {
    PhoneNumber::parse("+15550101").unwrap()
}

fn take(end: TakeEnd, seconds: u32) -> CallInput {
    CallInput::Recorded(found(end, seconds))
}

fn found(end: TakeEnd, seconds: u32) -> Take {
    Take { source: Source { url: "https://carrier.example/RE1".to_owned(), sid: None }, seconds, end }
}

/// One of everything that can happen.
fn inputs() -> Vec<CallInput> {
    let keys = ["0", "1", "2", "3", "9", "*", "#", "12", "x"];
    let ends = [TakeEnd::Key('1'), TakeEnd::Key('5'), TakeEnd::Key('*'), TakeEnd::Open, TakeEnd::HungUp];
    let mut inputs = vec![
        CallInput::Arrived,
        CallInput::Silence,
        CallInput::HungUp,
        CallInput::Due,
        CallInput::Found(Found::NotYet),
        CallInput::Found(Found::Take(found(TakeEnd::HungUp, 10))),
        CallInput::Found(Found::Nothing),
    ];
    inputs.extend(keys.map(|key| CallInput::Digits(key.to_owned())));
    inputs.extend(ends.map(|end| take(end, 10)));
    inputs.extend(ends.map(|end| take(end, 1)));
    for has_text in [true, false] {
        inputs.push(CallInput::Transcribed { recording: RecordingId(Uuid::from_u128(1)), has_text });
    }
    inputs
}

fn order() -> Order {
    Order {
        action: Action::Alert,
        recipients: vec![Recipient::Group(GroupName("Group 1".to_owned()))],
        spoken: Some("Group 1".to_owned()),
        severity: Severity::High,
        missed: None,
    }
}

fn states() -> Vec<CallState> {
    let draft = Draft { recording: RecordingId(Uuid::from_u128(1)), news: News::Pending };
    let asked = Asked::default();
    let alert = AlertId(Uuid::nil());
    let until = "2026-01-05T09:01:00Z".parse().unwrap();
    vec![
        CallState::Identifying,
        CallState::Holding { number: number(), until },
        CallState::ChoosingAction { asked },
        CallState::ChoosingTarget { action: Action::Alert, page: 0, asked },
        CallState::ChoosingTarget { action: Action::Alert, page: 7, asked },
        CallState::ChoosingSeverity { order: order(), asked },
        CallState::Recording { order: order(), draft: None, empty: 0 },
        CallState::Recording { order: order(), draft: Some(draft), empty: 2 },
        CallState::ConfirmingRecording { order: order(), draft, asked },
        CallState::AwaitingTranscription { alert, draft, spoken: None, is_forwarded: false, until, line: 0 },
        CallState::AwaitingTranscription { alert, draft, spoken: None, is_forwarded: true, until, line: 0 },
        CallState::Recovering { order: order(), draft: None, looks: 0 },
        CallState::Recovering { order: order(), draft: Some(draft), looks: 3 },
        CallState::Ended { ending: Ending::HungUp, unsent: None },
        CallState::Ended { ending: Ending::HungUp, unsent: Some(order()) },
    ]
}

fn admissions() -> Vec<Admission> {
    vec![
        Walk::begin(menu(1, false)).admission,
        Admission::Refused(Refusal::Unknown),
        Admission::Unsettled(number()),
    ]
}

#[test]
fn every_state_answers_every_input() {
    for state in states() {
        for input in inputs() {
            for admission in admissions() {
                let mut walk = Walk::begin(menu(12, true));
                walk.admission = admission;
                walk.call.state = state.clone();
                walk.step(input.clone());
            }
        }
    }
}

#[test]
fn p05_a_caller_whose_number_cannot_be_checked_holds_for_twelve_seconds_and_hears_why() {
    let mut walk = Walk::begin(menu(1, false));
    walk.menu.fallback_contact = Some("the control room".to_owned());
    walk.admission = Admission::Unsettled(number());
    let began = walk.now;
    let mut heard = walk.step(CallInput::Arrived).plan.unwrap().say;
    while !walk.is_over() {
        walk.now = walk.now.checked_add(SignedDuration::from_secs(3)).unwrap();
        heard.extend(walk.step(CallInput::Silence).plan.unwrap().say);
    }
    assert!(walk.now.duration_since(began) <= SignedDuration::from_secs(12));
    let last = Phrase::Unchecked(Some("the control room".to_owned()));
    assert_eq!(heard.first(), Some(&Phrase::OneMoment));
    assert_eq!(heard.last(), Some(&last));
    assert!(heard.contains(&Phrase::StillChecking), "{heard:?}");
}

#[test]
fn p05_a_caller_who_held_is_let_in_or_refused_as_soon_as_it_is_known() {
    let [admitted, refused, unsettled] = admissions().try_into().unwrap();
    for (then, is_in) in [(admitted, true), (refused, false)] {
        let mut walk = Walk::begin(menu(1, false));
        walk.admission = unsettled.clone();
        walk.step(CallInput::Arrived);
        walk.admission = then;
        walk.step(CallInput::Digits("1".to_owned()));
        assert_eq!(!walk.is_over(), is_in);
        assert_eq!(walk.call.caller.is_some(), is_in);
    }
}

#[test]
fn a_caller_who_never_does_anything_is_let_go() {
    for state in states() {
        let mut walk = Walk::begin(menu(12, true));
        walk.call.state = state.clone();
        let mut steps = 0;
        while !walk.is_over() {
            walk.now = walk.now.checked_add(SignedDuration::from_secs(5)).unwrap();
            walk.step(CallInput::Silence);
            steps += 1;
            assert!(steps < 40, "still there after 40 silences: {state:?}");
        }
    }
}

#[test]
fn a_carrier_that_never_speaks_again_is_given_up() {
    for state in states() {
        let mut walk = Walk::begin(menu(12, true));
        walk.call.state = state.clone();
        let mut steps = 0;
        while !walk.is_over() {
            walk.now = walk.call.due_at.unwrap_or(walk.now);
            let turn = walk.step(CallInput::Due);
            if turn.effects.iter().any(|due| matches!(due.effect, Effect::FindRecording(_))) {
                walk.step(CallInput::Found(Found::NotYet));
            }
            steps += 1;
            assert!(steps < 20, "still there after 20 deadlines: {state:?}");
        }
    }
}

#[test]
fn p10_the_eleventh_wrong_key_is_not_asked_for() {
    let mut walk = Walk::begin(menu(3, false));
    walk.step(CallInput::Arrived);
    for _ in 0..MOST_WRONG_KEYS {
        assert!(!walk.is_over());
        walk.step(CallInput::Digits("8".to_owned()));
    }
    assert!(walk.is_over());
}

#[test]
fn p23_a_forwarded_alert_waits_for_its_text_only_while_that_is_being_made() {
    for (seconds, is_held) in [(10, true), (1, false)] {
        let mut walk = Walk::begin(CallMenu { forwards: forwards(), ..menu(1, false) });
        walk.step(CallInput::Arrived);
        walk.step(CallInput::Digits("1".to_owned()));
        let turn = walk.step(take(TakeEnd::Key('1'), seconds));
        let held = turn.effects.iter().filter(|due| due.is_held).count();
        assert_eq!(held, if is_held { 2 } else { 0 });
        assert_eq!(turn.plan.unwrap().say[0], Phrase::Forwarding);
    }
}

#[test]
fn a_text_that_came_while_the_caller_was_gone_is_not_waited_for() {
    let mut walk = Walk::begin(CallMenu { forwards: forwards(), ..menu(1, false) });
    walk.step(CallInput::Arrived);
    walk.step(CallInput::Digits("1".to_owned()));
    walk.step(take(TakeEnd::Key('5'), 10));
    walk.step(CallInput::HungUp);
    walk.step(CallInput::Transcribed { recording: walk.drafted[0], has_text: true });
    let turn = walk.step(CallInput::Found(Found::Nothing));
    assert_eq!(walk.opened.len(), 1);
    assert!(turn.effects.iter().all(|due| !due.is_held));
}

#[test]
fn wait_lines_never_repeat_at_once() {
    let mut walk = Walk::begin(menu(1, false));
    walk.step(CallInput::Arrived);
    walk.step(CallInput::Digits("1".to_owned()));
    walk.step(take(TakeEnd::Key('1'), 10));
    let mut before = None;
    for _ in 0..10 {
        let turn = walk.step(CallInput::Silence);
        let line = turn.plan.unwrap().say;
        assert_ne!(before.as_ref(), Some(&line));
        before = Some(line);
    }
    walk.now = walk.now.checked_add(SignedDuration::from_secs(60)).unwrap();
    let last = walk.step(CallInput::Silence).plan.unwrap();
    assert_eq!(last.say, [Phrase::ClosingTextLater(Some("Group 1".to_owned()))]);
}

proptest! {
    /// Whatever happens in whatever order: every message is sent or dropped exactly once, none is lost.
    #[test]
    fn no_order_of_events_loses_or_doubles_a_message(
        targets in 0usize..12,
        ask_severity: bool,
        has_forwards: bool,
        events in proptest::collection::vec((0..inputs().len(), 0i64..100), 1..60),
    ) {
        let mut menu = menu(targets, ask_severity);
        if has_forwards {
            menu.forwards = forwards();
        }
        let mut walk = Walk::begin(menu);
        walk.step(CallInput::Arrived);
        for (event, seconds) in events {
            walk.now = walk.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
            walk.step(inputs().swap_remove(event));
            walk.check_messages();
        }
        let mut steps = 0;
        while !walk.is_over() {
            walk.step(CallInput::HungUp);
            walk.step(CallInput::Due);
            walk.step(CallInput::Found(Found::NotYet));
            steps += 1;
            prop_assert!(steps < 20);
        }
        walk.check_messages();
    }
}
