//! Live calls and conferences: every state that can be reached is given every input, in time and late, and whatever
//! happens, nobody is stranded, no phone rings on, and no call is forgotten.

use super::*;
use crate::domain::directory::person::PersonId;
use crate::domain::voice::call::{InConference, Unreached};
use crate::domain::voice::hunt::Candidate;
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet, VecDeque};

/// How far the walk goes from the first turn.
const DEPTH: usize = 9;
/// More states than this are not looked at: the walk is broad before it is deep.
const STATES: usize = 1_500;

fn candidate(name: &str, numbers: &[&str], level: u32) -> Candidate {
    Candidate {
        person: PersonId(name.to_owned()),
        name: name.to_owned(),
        language: "de".to_owned(),
        numbers: numbers.iter().map(|number| PhoneNumber::parse(number).unwrap()).collect(),
        level,
    }
}

/// Ben has two phones; Ada and Ben are tried before Cleo.
fn team() -> Callable {
    Callable {
        candidates: vec![
            candidate("ada", &["+15550101"], 0),
            candidate("ben", &["+15550102", "+15550103"], 0),
            candidate("cleo", &["+15550104"], 1),
        ],
        ..Callable::default()
    }
}

/// One thing that can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    Caller(CallInput),
    Leg(LegId, LegInput),
}

/// A call with the phones that were called for it.
#[derive(Clone)]
struct Model {
    menu: CallMenu,
    facts: Facts,
    call: Call,
    next_id: u64,
    now: Timestamp,
    legs: BTreeMap<LegId, Leg>,
    released: BTreeSet<LegId>,
    /// What is open: whether its people have been told, or somebody has taken it.
    alerts: BTreeMap<AlertId, bool>,
    history: Vec<Event>,
}

impl Model {
    fn begin(menu: CallMenu, on_call: Callable, action: &str) -> Self {
        let now = "2026-01-05T09:00:00Z".parse().unwrap();
        let call = Call::announced(CallId(Uuid::nil()), LegId(Uuid::nil()), "call".to_owned(), now);
        let caller = Caller { person: None, name: None, number: None, language: "en".to_owned() };
        let facts = Facts {
            admission: Some(Admission::Admitted(caller)),
            on_call: Some(on_call),
            busy: Some(BTreeSet::new()),
            ..Facts::default()
        };
        let mut model = Self {
            menu,
            facts,
            call,
            next_id: 1,
            now,
            legs: BTreeMap::new(),
            released: BTreeSet::new(),
            alerts: BTreeMap::new(),
            history: vec![],
        };
        model.happens(Event::Caller(CallInput::Arrived));
        model.happens(Event::Caller(CallInput::Digits(action.to_owned())));
        model
    }

    /// One turn, as the service takes it, and what must hold of every turn.
    fn happens(&mut self, event: Event) -> Turn {
        self.history.push(event);
        let event = self.history.last().cloned().unwrap();
        let ids = Count(AtomicU64::new(self.next_id));
        let mut facts = self.facts.clone();
        if let Event::Leg(leg, _) = &event {
            facts.leg = self.legs.get(leg).cloned();
        }
        let setting = Setting { menu: &self.menu, now: self.now, ids: &ids, facts: &facts };
        let (step, is_reply) = match &event {
            Event::Caller(input) => {
                let is_reply = matches!(
                    input,
                    CallInput::Arrived
                        | CallInput::Digits(_)
                        | CallInput::Silence
                        | CallInput::Dialled(_)
                        | CallInput::Recorded(_)
                );
                (step(setting, &self.call, input.clone()), is_reply)
            }
            Event::Leg(leg, input) => {
                let is_reply = matches!(
                    input,
                    LegInput::PickedUp | LegInput::Pressed(_) | LegInput::Silence | LegInput::Dismissed
                );
                (step_leg(setting, &self.call, *leg, input), is_reply)
            }
        };
        let Step::Turn(turn) = step else { panic!("the facts were there") };
        self.next_id = ids.0.load(Ordering::Relaxed);
        assert_eq!(turn.plan.is_some(), is_reply, "{:?}: {:?}", self.call.state, self.history);
        self.note(&turn);
        if let Event::Caller(_) = &event
            && let Some(plan) = &turn.plan
        {
            let is_over = turn.next.is_line_over();
            assert_eq!(plan.then == Then::End, is_over, "{:?}: {:?}", turn.next, self.history);
            if plan.then != Then::End {
                assert!(!plan.say.is_empty() || matches!(plan.then, Then::Ring(_)), "{:?}", self.history);
            }
        }
        self.call.state = turn.next.clone();
        self.call.due_at = turn.due_at;
        self.call.caller = turn.caller.clone().or(self.call.caller.take());
        if is_reply && matches!(event, Event::Caller(_)) {
            self.call.document += 1;
        }
        self.check();
        turn
    }

    fn note(&mut self, turn: &Turn) {
        for change in &turn.changes {
            match change {
                VoiceChange::Called(leg) => {
                    assert!(self.legs.insert(leg.id, (**leg).clone()).is_none());
                }
                VoiceChange::Heard(id, LegNote::Ended(end)) => {
                    if let Some(leg) = self.legs.get_mut(id) {
                        leg.ended_at.get_or_insert(self.now);
                        leg.end.get_or_insert(*end);
                    }
                }
                VoiceChange::Heard(id, LegNote::Accepted) => {
                    if let Some(leg) = self.legs.get_mut(id) {
                        leg.accepted_at.get_or_insert(self.now);
                    }
                }
                VoiceChange::Heard(id, LegNote::Answered) => {
                    if let Some(leg) = self.legs.get_mut(id) {
                        leg.answered_at.get_or_insert(self.now);
                    }
                }
                VoiceChange::Opened(alert, _) => {
                    let was = self.alerts.insert(alert.id, !alert.is_held);
                    assert_eq!(was, None, "opened twice: {:?}", self.history);
                }
                VoiceChange::Missed(alert) | VoiceChange::MessageLeft(alert, ..) => {
                    let was = self.alerts.insert(*alert, true);
                    assert_eq!(was, Some(false), "told twice, or never open: {:?}", self.history);
                }
                VoiceChange::Acknowledged(alert, _) => {
                    assert!(self.alerts.insert(*alert, true).is_some(), "{:?}", self.history);
                }
                VoiceChange::Unacknowledged(alert, _) => {
                    assert_eq!(self.alerts.insert(*alert, false), Some(true), "{:?}", self.history);
                }
                VoiceChange::Drafted(_)
                | VoiceChange::Discarded(_)
                | VoiceChange::Resolved(..)
                | VoiceChange::Logged(..)
                | VoiceChange::Heard(..)
                | VoiceChange::Answered(_)
                | VoiceChange::Refused(_) => {}
            }
        }
        for due in &turn.effects {
            if let Effect::ReleaseLeg(leg) = &due.effect {
                self.released.insert(*leg);
            }
            if let Effect::AnnounceAlert(alert) = &due.effect {
                assert_eq!(self.alerts.get(alert), Some(&true), "told while held: {:?}", self.history);
            }
        }
    }

    /// What holds in every state.
    fn check(&self) {
        let wanted = self.wanted();
        for leg in self.legs.values() {
            assert_eq!(
                !leg.is_over(),
                wanted.contains(&leg.id),
                "a phone that nobody has in hand, or one in hand that is over: {:?}",
                self.history
            );
            let is_ours = leg.end.is_some_and(LegEnd::is_ours);
            assert!(!is_ours || self.released.contains(&leg.id), "it rings on: {:?}", self.history);
        }
        let held = self.call.state.held();
        for (alert, is_told) in &self.alerts {
            assert_eq!(!is_told, held == Some(*alert), "an alert is forgotten: {:?}", self.history);
        }
        let is_over = matches!(self.call.state, CallState::Ended { .. });
        assert_eq!(self.call.due_at.is_none(), is_over, "{:?}", self.history);
    }

    /// The phones that the call still has in its hands.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others have no phones in hand")]
    fn wanted(&self) -> BTreeSet<LegId> {
        match &self.call.state {
            CallState::Hunting { hunt } => hunt.ringing.iter().map(|ringing| ringing.leg).collect(),
            // Whoever talked and is gone is noted at once, and the caller comes back soon.
            CallState::Connected { leg, .. } => {
                [*leg].into_iter().filter(|leg| !self.legs[leg].is_over()).collect()
            }
            CallState::Conferring { hunt, joined, .. } => {
                hunt.ringing.iter().map(|ringing| ringing.leg).chain(joined.iter().copied()).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    /// Everything that can happen now, whether it makes sense or not: every key, silence, hang-up, and of each phone
    /// that was ever called everything that a carrier may tell, in time, late or twice.
    fn events(&self) -> Vec<Event> {
        let mut events: Vec<_> = ["1", "2", "3", "*", "#"]
            .into_iter()
            .map(|key| CallInput::Digits(key.to_owned()))
            .chain([
                CallInput::Silence,
                CallInput::Dialled(LegEnd::NoAnswer),
                CallInput::Dialled(LegEnd::Busy),
                CallInput::HungUp,
                CallInput::Due,
                take(TakeEnd::Key('1'), 1),
            ])
            .map(Event::Caller)
            .collect();
        for leg in self.legs.keys().rev().take(3) {
            events.extend(
                [
                    LegInput::PickedUp,
                    LegInput::Pressed("1".to_owned()),
                    LegInput::Pressed("*".to_owned()),
                    LegInput::Silence,
                    LegInput::Dismissed,
                    LegInput::Ringing,
                    LegInput::Machine,
                    LegInput::Ended(LegEnd::Busy),
                    LegInput::Ended(LegEnd::HungUp),
                ]
                .map(|input| Event::Leg(*leg, input)),
            );
        }
        events
    }

    /// The state, with ids by the order in which they appear and times as seconds from now.
    fn key(&self) -> String {
        let mut ids = vec![];
        let state = self.plain(&serde_json::to_value(&self.call.state).unwrap(), &mut ids);
        format!("{state} {:?}", self.legs.values().filter(|leg| !leg.is_over()).count())
    }

    fn plain(&self, value: &Value, ids: &mut Vec<String>) -> Value {
        match value {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.plain(value, ids))).collect()
            }
            Value::Array(items) => items.iter().map(|item| self.plain(item, ids)).collect(),
            Value::String(text) => {
                if let Ok(at) = text.parse::<Timestamp>() {
                    return at.duration_since(self.now).as_secs().into();
                }
                if Uuid::parse_str(text).is_err() {
                    return text.clone().into();
                }
                let place = ids.iter().position(|id| id == text).unwrap_or_else(|| {
                    ids.push(text.clone());
                    ids.len() - 1
                });
                format!("id {place}").into()
            }
            other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other.clone(),
        }
    }

    /// What comes of it when the carrier never speaks again: deadlines only.
    fn ends_by_deadlines(mut self) {
        let began = self.now;
        let mut steps = 0;
        while !matches!(self.call.state, CallState::Ended { .. }) {
            self.now = self.call.due_at.unwrap().max(self.now);
            let turn = self.happens(Event::Caller(CallInput::Due));
            if turn.effects.iter().any(|due| matches!(due.effect, Effect::FindRecording(_))) {
                self.happens(Event::Caller(CallInput::Found(Found::NotYet)));
            }
            steps += 1;
            assert!(steps < 60, "deadlines without an end: {:?}", self.history);
        }
        // A hunt ends with its deadline; what follows is a question, a recording or a talk, each with its own.
        let longest = SignedDuration::from_secs(i64::from(
            self.menu.hunt.caller_seconds + LONGEST_TALK + 3 * self.menu.call_deadline,
        ));
        assert!(self.now.duration_since(began) <= longest, "{:?}", self.history);
    }

    /// What comes of it when the caller waits and nobody else does anything: a hunt is over by its deadline, and the
    /// call after the questions that follow.
    fn ends_in_silence(mut self) {
        let began = self.now;
        let mut waited = SignedDuration::ZERO;
        let mut steps = 0;
        while !self.call.state.is_line_over() {
            if matches!(
                self.call.state,
                CallState::Connected { joined_at: Some(_), .. }
                    | CallState::Conferring { caller: InConference::Inside, .. }
            ) {
                // They talk; that has its own end.
                return;
            }
            if matches!(self.call.state, CallState::Hunting { .. }) {
                waited = self.now.duration_since(began);
            }
            self.now = self.now.checked_add(SignedDuration::from_secs(5)).unwrap();
            if self.call.due_at.is_some_and(|due| due <= self.now) {
                self.happens(Event::Caller(CallInput::Due));
            }
            if !self.call.state.is_line_over() {
                self.happens(Event::Caller(CallInput::Silence));
            }
            steps += 1;
            assert!(steps < 120, "a caller is stranded: {:?}", self.history);
        }
        assert!(waited.as_secs() <= i64::from(self.menu.hunt.caller_seconds), "{:?}", self.history);
        let CallState::Ended { ending, .. } = self.call.state else { return };
        let named =
            [Ending::Missed, Ending::Alerted, Ending::NoAnswer, Ending::HungUp, Ending::Talked, Ending::Lost];
        assert!(named.contains(&ending), "{ending:?}: {:?}", self.history);
    }
}

/// Walks every state that can be reached, broad before deep, and gives each of them everything that can happen. Answers
/// which kinds of states that were.
fn walk(menu: &CallMenu, on_call: &Callable, action: &str) -> BTreeSet<&'static str> {
    let begin = Model::begin(menu.clone(), on_call.clone(), action);
    let mut seen = HashSet::from([begin.key()]);
    let mut open = VecDeque::from([(begin, 0)]);
    let mut kinds = BTreeSet::new();
    while let Some((model, depth)) = open.pop_front() {
        kinds.insert(model.call.state.word());
        model.clone().ends_by_deadlines();
        model.clone().ends_in_silence();
        for event in model.events() {
            let mut next = model.clone();
            next.now = next.now.checked_add(SignedDuration::from_secs(5)).unwrap();
            next.happens(event);
            if depth < DEPTH && seen.len() < STATES && seen.insert(next.key()) {
                open.push_back((next, depth + 1));
            }
        }
    }
    kinds
}

fn live(has_conferences: bool, whole_levels: bool) -> CallMenu {
    let hunt = HuntRules { whole_levels, ..rules() };
    CallMenu { hunt, has_conferences, ..menu(2, false) }
}

#[test]
fn every_path_of_a_live_call_ends_with_nobody_stranded() {
    for (has_conferences, whole_levels) in [(true, false), (true, true), (false, false)] {
        let kinds = walk(&live(has_conferences, whole_levels), &team(), "3");
        let wanted = ["hunting", "connected", "offering", "recording", "choosing_action", "ended"];
        assert!(wanted.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    }
}

#[test]
fn every_path_ends_when_nobody_is_on_call_or_it_is_not_known() {
    for is_unknown in [false, true] {
        let nobody = Callable { is_unknown, ..Callable::default() };
        walk(&live(true, false), &nobody, "3");
    }
}

#[test]
fn every_path_of_a_conference_ends_with_nobody_stranded() {
    let menu = CallMenu { hunt: rules(), ..menu(1, false) };
    let kinds = walk(&menu, &team(), "2");
    assert!(kinds.contains("conferring") && kinds.contains("ended"), "{kinds:?}");
}

/// A caller who has asked to talk to the first group.
fn calling(menu: CallMenu, on_call: Callable) -> Model {
    let mut model = Model::begin(menu, on_call, "3");
    model.happens(Event::Caller(CallInput::Digits("1".to_owned())));
    model
}

impl Model {
    #[expect(clippy::wildcard_enum_match_arm, reason = "in the others nothing rings")]
    fn ringing(&self) -> Vec<LegId> {
        match &self.call.state {
            CallState::Hunting { hunt } | CallState::Conferring { hunt, .. } => {
                hunt.ringing.iter().map(|ringing| ringing.leg).collect()
            }
            _ => vec![],
        }
    }

    fn names(&self) -> Vec<String> {
        self.ringing().iter().map(|leg| self.legs[leg].name.clone()).collect()
    }

    fn leg(&mut self, leg: LegId, input: LegInput) -> Turn {
        self.happens(Event::Leg(leg, input))
    }

    fn hears(&mut self) -> Vec<Phrase> {
        self.happens(Event::Caller(CallInput::Silence)).plan.unwrap().say
    }
}

#[test]
fn p43_every_phone_of_a_person_is_tried_and_who_passes_on_is_not_called_again() {
    let mut model = calling(live(true, false), team());
    let ada = model.ringing()[0];
    model.leg(ada, LegInput::Ended(LegEnd::Busy));
    assert_eq!(model.names(), ["ben"]);
    let first = model.ringing()[0];
    model.leg(first, LegInput::Ended(LegEnd::NoAnswer));
    let second = model.ringing()[0];
    assert_eq!(model.legs[&second].number, PhoneNumber::parse("+15550103").unwrap());

    let mut model = calling(live(true, false), team());
    let ada = model.ringing()[0];
    model.leg(ada, LegInput::Ended(LegEnd::Failed));
    let ben = model.ringing()[0];
    model.leg(ben, LegInput::PickedUp);
    model.leg(ben, LegInput::Pressed("*".to_owned()));
    assert_eq!(model.names(), ["cleo"], "who has passed it on has been reached");
}

#[test]
fn of_two_who_press_at_once_the_first_has_it_and_the_other_hears_so() {
    let mut model = calling(live(true, true), team());
    assert_eq!(model.names(), ["ada", "ben"]);
    let [ada, ben] = model.ringing()[..] else { panic!() };
    model.leg(ada, LegInput::PickedUp);
    model.leg(ben, LegInput::PickedUp);
    let first = model.leg(ben, LegInput::Pressed("1".to_owned()));
    assert!(matches!(first.plan.unwrap().then, Then::Join(_)));
    let second = model.leg(ada, LegInput::Pressed("1".to_owned()));
    let plan = second.plan.unwrap();
    assert_eq!((plan.say, plan.then), (vec![Phrase::LegTaken("ben".to_owned())], Then::End));
    assert_eq!(model.hears(), [Phrase::Connecting("ben".to_owned())]);
}

#[test]
fn who_is_gone_before_the_caller_hears_them_was_no_answer() {
    let mut model = calling(live(true, false), team());
    let ada = model.ringing()[0];
    model.leg(ada, LegInput::PickedUp);
    model.leg(ada, LegInput::Pressed("5".to_owned()));
    model.leg(ada, LegInput::Ended(LegEnd::HungUp));
    assert_eq!(model.names(), ["ben"]);
    assert_eq!(model.hears(), [Phrase::CallingNext(vec!["ben".to_owned()])]);
}

#[test]
fn a_hunt_ends_with_its_deadline_whoever_is_ringing() {
    let mut model = calling(live(true, false), team());
    let rules = model.menu.hunt.clone();
    model.now = model.now.checked_add(SignedDuration::from_secs(rules.caller_seconds.into())).unwrap();
    let turn = model.happens(Event::Caller(CallInput::Due));
    assert!(turn.effects.iter().any(|due| matches!(due.effect, Effect::RecallCaller { .. })));
    assert!(matches!(model.call.state, CallState::Offering { why: Unreached::OutOfTime, .. }));
    assert_eq!(model.hears()[0], Phrase::StillNobody(Some("Group 1".to_owned())));
}

#[test]
fn p58_the_end_of_a_talk_resolves_its_alert_where_the_settings_say_so() {
    for resolves_at_end in [true, false] {
        let hunt = HuntRules { resolves_at_end, ..rules() };
        let mut model = calling(CallMenu { hunt, ..live(true, false) }, team());
        let ada = model.ringing()[0];
        model.leg(ada, LegInput::PickedUp);
        model.leg(ada, LegInput::Pressed("5".to_owned()));
        model.hears();
        model.now = model.now.checked_add(SignedDuration::from_secs(SHORTEST_TALK)).unwrap();
        let turn = model.happens(Event::Caller(CallInput::Dialled(LegEnd::HungUp)));
        let is_resolved = turn.changes.iter().any(|change| matches!(change, VoiceChange::Resolved(..)));
        assert_eq!(is_resolved, resolves_at_end);
        assert_eq!(turn.plan.unwrap().say[0], Phrase::CallOver("ada".to_owned()), "P30: nobody is scolded");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Far beyond what the walk reaches: long calls in which anything happens in any order, with several rounds, people
    /// who are busy elsewhere, and a directory that sometimes knows nobody.
    #[test]
    fn no_long_call_strands_anybody(
        action in prop::sample::select(vec!["2", "3"]),
        has_conferences: bool,
        whole_levels: bool,
        rounds in 1..4u32,
        events in prop::collection::vec((any::<prop::sample::Index>(), 0i64..40, 0..8usize), 1..120),
    ) {
        let hunt = HuntRules { whole_levels: whole_levels && has_conferences, rounds, ..rules() };
        let menu = CallMenu { hunt, has_conferences, ..menu(2, false) };
        let mut model = Model::begin(menu, team(), action);
        for (event, seconds, facts) in events {
            model.now = model.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
            model.facts.busy = Some(if facts == 0 { [PersonId("ben".to_owned())].into() } else { BTreeSet::new() });
            model.facts.on_call = Some(match facts {
                1 => Callable { is_unknown: true, ..Callable::default() },
                2 => Callable::default(),
                _ => team(),
            });
            let possible = model.events();
            let event = event.get(&possible).clone();
            model.happens(event);
        }
        model.clone().ends_by_deadlines();
        model.ends_in_silence();
    }
}
