//! Conferences: rooms in which everybody hears everybody.
//!
//! Source: Twilio, "Conference": it begins when two are in it and one of them begins it; before that everybody
//! hears music.

use jiff::{SignedDuration, Timestamp};

use super::{Pending, Step, Switchboard, later};
use crate::{
    exchange::{
        carrier::connection::{Connection, Seat},
        leg::{Dialled, Input},
        line::Kind,
    },
    twiml::Conference,
};

/// A room with somebody in it.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Whether anybody who is in it, or was, begins it.
    may_begin: bool,
    begun: bool,
    /// The calls in it, in the order of entering.
    calls: Vec<String>,
}

impl Switchboard {
    pub(super) fn enters(
        &mut self,
        sid: &str,
        at: Timestamp,
        conference: Conference,
        action: Option<String>,
        time_limit: u32,
    ) {
        let Conference { name, start_on_enter, end_on_exit, beep, wait_url: _ } = conference;
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.connection = Connection::Conference(Seat { room: name.clone(), action, end_on_exit, beep });
        let until = later(at, SignedDuration::from_secs(i64::from(time_limit)));
        self.put(until, Pending::Call(sid.to_owned(), Step::TimeIsUp));
        let room = self.rooms.entry(name.clone()).or_default();
        let others = room.calls.clone();
        room.calls.push(sid.to_owned());
        room.may_begin |= start_on_enter;
        let begins = !room.begun && room.may_begin && !others.is_empty();
        let joins = room.begun;
        room.begun |= begins;
        if beep && (joins || begins) {
            for other in &others {
                self.note(other, at, Kind::Tone, String::new());
            }
        }
        if begins {
            for other in others {
                self.is_in(&other, at);
            }
        }
        if begins || joins {
            return self.is_in(sid, at);
        }
        let Some(call) = self.calls.get_mut(sid) else { return };
        let outputs = call.leg.take(at, Input::MusicStarts);
        self.happened(sid, outputs);
    }

    /// From now on this call hears the others.
    fn is_in(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        let outputs = call.leg.take(at, Input::MusicStops);
        self.happened(sid, outputs);
        self.note(sid, at, Kind::Connected, String::new());
    }

    /// Everybody else in a room that has begun.
    pub(super) fn others_in(&self, room: &str, sid: &str) -> Vec<String> {
        let room = self.rooms.get(room).filter(|room| room.begun);
        let calls = room.map(|room| room.calls.as_slice()).unwrap_or_default();
        calls.iter().filter(|call| *call != sid).cloned().collect()
    }

    /// A call leaves its room and goes on with its document.
    pub(super) fn leaves(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        match std::mem::take(&mut call.connection) {
            Connection::Conference(seat) => {
                self.seat_is_free(sid, at, &seat);
                self.note(sid, at, Kind::Parted, String::new());
                self.dial_over(sid, at, after_conference());
            }
            other @ (Connection::None | Connection::Dialling(_) | Connection::Parent) => {
                call.connection = other;
            }
        }
    }

    /// Somebody has left a room, which may be over with that.
    pub(super) fn seat_is_free(&mut self, sid: &str, at: Timestamp, seat: &Seat) {
        let Some(room) = self.rooms.get_mut(&seat.room) else { return };
        room.calls.retain(|call| call != sid);
        let others = room.calls.clone();
        if others.is_empty() || seat.end_on_exit {
            self.rooms.remove(&seat.room);
        }
        for other in others {
            if seat.end_on_exit {
                self.leaves(&other, at);
            } else if seat.beep {
                self.note(&other, at, Kind::Tone, String::new());
            }
        }
    }
}

/// What a dialling tells after a conference: nothing about any call.
pub(super) fn after_conference() -> Dialled {
    Dialled { status: "answered", sid: None, duration: None, bridged: None }
}
