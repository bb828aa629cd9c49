//! The story of a call: what is known of it afterwards, as one list in order of time.

#[cfg(test)]
mod tests;

use super::call::{Call, CallState, Ending};
use super::leg::{Leg, LegEnd};
use super::recording::Recording;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::log::Happened;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, LegId, RecordingId};
use jiff::Timestamp;
use serde::Serialize;

/// A call as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// The call.
    pub call: Call,
    /// When it was over; `None`: it is not, or was before such a moment was kept.
    pub ended_at: Option<Timestamp>,
}

/// Whether a call is still going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    /// Yes; or its caller is gone, and something is still to come of it.
    UnderWay,
    /// No.
    Ended,
}

impl CallPhase {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::UnderWay, Self::Ended];

    /// The word used in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Ended => "ended",
        }
    }

    /// The phase of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

impl CallRecord {
    /// How it ended; `None`: it has not.
    pub const fn ending(&self) -> Option<Ending> {
        if let CallState::Ended { ending, .. } = &self.call.state { Some(*ending) } else { None }
    }
}

/// A call with everything that came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallStory {
    /// The call.
    pub record: CallRecord,
    /// The phones that were called for it, in that order.
    pub legs: Vec<Leg>,
    /// What was recorded in it, oldest first.
    pub recordings: Vec<Recording>,
    /// The alerts that it raised, oldest first, with their logs.
    pub alerts: Vec<AlertStory>,
}

/// Something that happened in a call, or to one of its alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happened, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// In the call.
    InCall(InCall),
    /// To an alert of it.
    ToAlert(AlertId, Happened),
}

/// What happens in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum InCall {
    /// It came in.
    CallBegan,
    /// A message was recorded.
    MessageRecorded {
        /// Which one.
        recording: RecordingId,
        /// Its length.
        seconds: u32,
    },
    /// Somebody's phone was chosen to be called.
    PhoneChosen {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
    },
    /// The carrier was asked to call it.
    PhoneAsked {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
    },
    /// It rang.
    PhoneRang {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
    },
    /// It was picked up, by whatever.
    PhoneAnswered {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
    },
    /// A human said yes there.
    PhoneAccepted {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
    },
    /// It was over.
    PhoneEnded {
        /// Our call to it.
        leg: LegId,
        /// Whose.
        person: PersonId,
        /// Why.
        end: Option<LegEnd>,
    },
    /// The call was over.
    CallEnded {
        /// How.
        ending: Option<Ending>,
    },
}

/// What comes first of several things of one moment: what was heard comes before what was made of it, and that
/// before what was done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Begun,
    Heard,
    Decided,
    Done,
    Over,
}

impl CallStory {
    /// All that happened, in order.
    pub fn events(&self) -> Vec<Event> {
        let CallRecord { call, ended_at } = &self.record;
        let mut events = vec![(Rank::Begun, Event::in_call(call.started_at, InCall::CallBegan))];
        events.extend(self.recordings.iter().map(|recording| {
            let what = InCall::MessageRecorded { recording: recording.id, seconds: recording.seconds };
            (Rank::Heard, Event::in_call(recording.made_at, what))
        }));
        for story in &self.alerts {
            let id = story.alert.id;
            events.extend(story.log.iter().map(|entry| {
                let what = What::ToAlert(id, entry.what.clone());
                (Rank::Decided, Event { at: entry.at, what })
            }));
        }
        for leg in &self.legs {
            events.extend(of_leg(leg));
        }
        if let Some(at) = *ended_at {
            let what = InCall::CallEnded { ending: self.record.ending() };
            events.push((Rank::Over, Event::in_call(at, what)));
        }
        events.sort_by_key(|(rank, event)| (event.at, *rank));
        events.into_iter().map(|(_, event)| event).collect()
    }
}

/// What happened to a phone. Of one moment it stays in its own order, whatever else there is.
fn of_leg(leg: &Leg) -> Vec<(Rank, Event)> {
    let (id, person) = (leg.id, || leg.person.clone());
    let steps = [
        (Rank::Done, Some(leg.planned_at), InCall::PhoneChosen { leg: id, person: person() }),
        (Rank::Done, leg.asked_at, InCall::PhoneAsked { leg: id, person: person() }),
        (Rank::Heard, leg.ringing_at, InCall::PhoneRang { leg: id, person: person() }),
        (Rank::Heard, leg.answered_at, InCall::PhoneAnswered { leg: id, person: person() }),
        (Rank::Heard, leg.accepted_at, InCall::PhoneAccepted { leg: id, person: person() }),
        (Rank::Heard, leg.ended_at, InCall::PhoneEnded { leg: id, person: person(), end: leg.end }),
    ];
    let mut events: Vec<(Rank, Event)> = Vec::with_capacity(steps.len());
    for (rank, at, what) in steps {
        let Some(at) = at else { continue };
        let before = events.iter().filter(|(_, event)| event.at == at).map(|(rank, _)| *rank).max();
        events.push((before.map_or(rank, |before| rank.max(before)), Event::in_call(at, what)));
    }
    events
}

impl Event {
    const fn in_call(at: Timestamp, what: InCall) -> Self {
        Self { at, what: What::InCall(what) }
    }
}
