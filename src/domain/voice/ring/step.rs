//! The state machine of a call about an alert: one function, one arm a state.
//!
//! Total: every state answers every input. An input that comes in reply to a document is answered with a plan; one that
//! comes beside the line with none.

#[cfg(test)]
mod tests;

use super::{Ring, RingEnd, RingState};
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::change::Change;
use crate::domain::alerting::log::Happened;
use crate::domain::alerting::reply::Deed;
use crate::domain::alerting::standing::Standing;
use crate::domain::delivery::Purpose;
use crate::domain::delivery::ledger::Dropped;
use crate::domain::directory::device::DeviceKind;
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::Ids;
use crate::domain::voice::call::Asked;
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::LegEnd;
use crate::domain::voice::menu::CallMenu;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Plan, Then};
use crate::domain::voice::reading::{self, Reading};
use crate::domain::voice::step::MOST_WRONG_KEYS;
use jiff::{SignedDuration, Timestamp};

/// Seconds that a phone may ring on beyond its time before the carrier is asked what has become of it.
const RINGS_ON: u32 = 60;
/// Seconds that an alert takes to be read out, at most, without the sound of its message.
const READING: u32 = 180;
/// After how many seconds a phone is rung once more that was busy.
const BUSY_AGAIN: i64 = 60;

/// One turn of such a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RingTurn {
    /// When.
    pub at: Timestamp,
    /// Where it stands now.
    pub next: RingState,
    /// What happens on the line; `None` for inputs beside it.
    pub plan: Option<Plan>,
    /// When the carrier is asked what has become of it; `None`: it is over.
    pub due_at: Option<Timestamp>,
    /// What is added to the alert's log.
    pub log: Vec<Happened>,
    /// What the alert is from now on.
    pub change: Option<Box<Change>>,
    /// Whether somebody has been told by it.
    pub is_delivered: bool,
    /// Why nobody had to be told any more; `None`: they had, or have been.
    pub dropped: Option<Dropped>,
    /// What is done outside.
    pub effects: Vec<DueEffect>,
}

impl RingTurn {
    /// Whether there is nothing to write.
    pub fn changes_nothing(&self, ring: &Ring) -> bool {
        self.plan.is_none()
            && self.next == ring.state
            && self.due_at == ring.due_at
            && self.log.is_empty()
            && self.change.is_none()
            && self.effects.is_empty()
    }
}

/// What a step is taken in.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The line's manners.
    pub menu: &'a CallMenu,
    /// The present moment.
    pub now: Timestamp,
    /// The alert.
    pub reading: &'a Reading,
    /// Makes ids.
    pub ids: &'a dyn Ids,
}

/// When the carrier is asked what has become of a phone that begins to ring now.
pub fn rings_until(menu: &CallMenu, now: Timestamp) -> Timestamp {
    later(now, menu.hunt.ring_seconds.saturating_add(RINGS_ON).into())
}

/// Takes such a call one step further.
pub fn step(setting: Setting<'_>, ring: &Ring, input: &LegInput) -> RingTurn {
    let at = At { setting, ring };
    match &ring.state {
        RingState::Ringing => at.ringing(input),
        RingState::Asking { asked } => at.asking(*asked, input),
        RingState::Ended { end } => at.ended(*end, input),
    }
}

#[derive(Clone, Copy)]
struct At<'a> {
    setting: Setting<'a>,
    ring: &'a Ring,
}

impl At<'_> {
    fn ringing(self, input: &LegInput) -> RingTurn {
        match input {
            LegInput::Ringing => {
                let due_at = Some(rings_until(self.setting.menu, self.setting.now));
                RingTurn { due_at, ..self.stay() }
            }
            LegInput::PickedUp | LegInput::Pressed(_) | LegInput::Silence | LegInput::Dismissed => {
                self.picked_up()
            }
            LegInput::Machine => self.machine(),
            LegInput::Ended(end) => self.rang(*end),
        }
    }

    /// Nobody has picked up. Where somebody else has answered meanwhile, nothing is missing.
    fn rang(self, end: LegEnd) -> RingTurn {
        let standing = Standing::of(&self.setting.reading.story().alert);
        let Some(why) = standing.drops(&self.ring.person, Purpose::Alert, self.setting.now) else {
            return self.unreached(end);
        };
        let (person, by) = (self.ring.person.0.clone(), DeviceKind::Voice.word().to_owned());
        RingTurn {
            log: vec![Happened::Dropped { person, by, why: why.words() }],
            dropped: Some(why),
            ..self.beside(RingState::Ended { end: RingEnd::Needless }, None)
        }
    }

    /// The first words. Who picks up too late hears who was first.
    fn picked_up(self) -> RingTurn {
        let greeting = Phrase::Greeting(self.ring.name.clone());
        if let Some(settled) = self.setting.reading.settled(&self.ring.person) {
            return self.answered(vec![greeting, self.setting.reading.line(), settled, Phrase::Goodbye]);
        }
        self.read(vec![greeting], Asked::default())
    }

    fn asking(self, asked: Asked, input: &LegInput) -> RingTurn {
        match input {
            LegInput::Pressed(keys) => self.pressed(keys, asked),
            LegInput::Silence | LegInput::Dismissed => {
                let asked = Asked { silent: asked.silent.saturating_add(1), ..asked };
                if asked.silent >= self.setting.menu.ask_times {
                    self.given_up(LegEnd::NoKey, vec![Phrase::NothingPressed])
                } else {
                    self.read(vec![Phrase::NothingPressed], asked)
                }
            }
            LegInput::PickedUp => self.read(vec![], asked),
            LegInput::Ringing => self.stay(),
            LegInput::Machine => self.machine(),
            LegInput::Ended(LegEnd::Lost) => self.unreached(LegEnd::Lost),
            LegInput::Ended(_) => self.unreached(LegEnd::HungUp),
        }
    }

    fn pressed(self, keys: &str, asked: Asked) -> RingTurn {
        let Setting { reading, now, .. } = self.setting;
        let sound = reading.sound(now).filter(|_| keys == "1");
        match (keys, keys.parse().ok().and_then(reading::deed_at), sound) {
            (_, Some(deed), _) => self.does(deed),
            ("*", ..) => self.read(vec![], asked),
            (.., Some(sound)) => self.ask(vec![Phrase::Recording(sound.clone())], asked),
            (.., None) => {
                let asked = Asked { wrong: asked.wrong.saturating_add(1), ..asked };
                if asked.wrong >= MOST_WRONG_KEYS {
                    self.given_up(LegEnd::NoKey, vec![Phrase::WrongKey])
                } else {
                    self.ask(vec![Phrase::WrongKey], asked)
                }
            }
        }
    }

    fn does(self, deed: Deed) -> RingTurn {
        let by = Actor { who: Who::Person(self.ring.person.clone()), from: Channel::Phone };
        let done = self.setting.reading.done(deed, &by, self.setting.now, self.setting.ids);
        RingTurn { change: done.change, ..self.answered(vec![done.say, Phrase::Goodbye]) }
    }

    /// A call that is over: whoever is still there is let go.
    fn ended(self, end: RingEnd, input: &LegInput) -> RingTurn {
        match input {
            LegInput::PickedUp | LegInput::Pressed(_) | LegInput::Silence | LegInput::Dismissed => {
                let plan = Some(self.plan(vec![Phrase::Goodbye], Then::End));
                RingTurn { plan, ..self.beside(RingState::Ended { end }, None) }
            }
            LegInput::Ringing | LegInput::Machine | LegInput::Ended(_) => {
                self.beside(RingState::Ended { end }, None)
            }
        }
    }

    /// The alert is read out, and the question asked; `say` comes first.
    fn read(self, mut say: Vec<Phrase>, asked: Asked) -> RingTurn {
        say.extend(self.setting.reading.words());
        self.ask(say, asked)
    }

    /// The question.
    fn ask(self, mut say: Vec<Phrase>, asked: Asked) -> RingTurn {
        let Setting { menu, now, reading, .. } = self.setting;
        say.extend(reading.offers(now));
        let plan = Some(self.plan(say, Then::Ask { timeout: menu.key_timeout }));
        let longest = menu.longest_message.saturating_add(menu.key_timeout).saturating_add(READING);
        RingTurn { plan, ..self.beside(RingState::Asking { asked }, Some(later(now, longest.into()))) }
    }

    /// Nobody has to be told any more: the last words.
    fn answered(self, say: Vec<Phrase>) -> RingTurn {
        let (person, by) = (self.ring.person.0.clone(), DeviceKind::Voice.word().to_owned());
        RingTurn {
            plan: Some(self.plan(say, Then::End)),
            log: vec![Happened::Notified { person, by }],
            is_delivered: true,
            ..self.beside(RingState::Ended { end: RingEnd::Answered }, None)
        }
    }

    /// Whoever is there does not answer: `say`, and goodbye.
    fn given_up(self, why: LegEnd, mut say: Vec<Phrase>) -> RingTurn {
        say.extend([Phrase::StaysOpen, Phrase::Goodbye]);
        RingTurn { plan: Some(self.plan(say, Then::End)), ..self.unreached(why) }
    }

    /// A machine is told nothing more.
    fn machine(self) -> RingTurn {
        let mut turn = self.unreached(LegEnd::Machine);
        turn.effects.push(Effect::ReleaseRing(self.ring.id).at(self.setting.now));
        turn
    }

    /// Nobody has answered. A phone that was busy is rung once more, soon: what else follows is the policy's matter.
    fn unreached(self, why: LegEnd) -> RingTurn {
        let (person, ring) = (self.ring.person.0.clone(), self.ring);
        let end = RingEnd::Unreached(why);
        let mut turn = self.beside(RingState::Ended { end }, None);
        turn.log.push(Happened::NotReached { person, why: why.in_words().to_owned() });
        if why == LegEnd::Busy && ring.attempt == 1 {
            let again = Effect::RingPerson(ring.notification);
            turn.effects.push(again.at(later(self.setting.now, BUSY_AGAIN)));
        }
        turn
    }

    fn plan(self, say: Vec<Phrase>, then: Then) -> Plan {
        Plan { language: self.ring.language.clone(), say, then }
    }

    /// Nothing changes.
    fn stay(self) -> RingTurn {
        self.beside(self.ring.state.clone(), self.ring.due_at)
    }

    /// A change of state and no more.
    const fn beside(self, next: RingState, due_at: Option<Timestamp>) -> RingTurn {
        RingTurn {
            at: self.setting.now,
            next,
            plan: None,
            due_at,
            log: vec![],
            change: None,
            is_delivered: false,
            dropped: None,
            effects: vec![],
        }
    }
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
