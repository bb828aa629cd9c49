//! Phones that are put through to one another: a document dials, the first to pick up is connected.
//!
//! Source: Twilio, "Dial" and "Number".

use jiff::{SignedDuration, Timestamp};

use super::{Lane, Pending, Step, Switchboard, conference::after_conference, later};
use crate::{
    exchange::{
        carrier::{
            call::{Call, End, State, whole_seconds_up},
            connection::{Connection, Dialling},
            form,
            placing::{Event, First, NewCall},
        },
        leg::{Dialled, Input},
        line::Kind,
    },
    twiml::{Dial, DialTo, Number},
};

/// Seconds of a connection that nobody has limited.
const USUAL_TIME_LIMIT: u32 = 14_400;

/// What was left when a call let go of whom it was put through to.
pub(super) struct LetGo {
    /// Asked for all the same: the carrier tells how a dialling ended even when it was the caller who hung up.
    pub(super) action: Option<String>,
    pub(super) dialled: Dialled,
}

impl Switchboard {
    /// A document dials.
    pub(super) fn dials(&mut self, sid: &str, at: Timestamp, dial: Dial) {
        let time_limit = dial.time_limit.unwrap_or(USUAL_TIME_LIMIT);
        match dial.to {
            DialTo::Numbers(numbers) => {
                self.note(sid, at, Kind::RingingTone, String::new());
                let own = self.calls.get(sid).and_then(|call| call.from.clone());
                let from = dial.caller_id.or(own).unwrap_or_default();
                let mut call_out = |number: Number| {
                    let Number { number: to, url, send_digits, status_callback } = number;
                    let asked = NewCall {
                        to,
                        from: from.clone(),
                        first: url.map_or(First::PutThrough, First::Url),
                        status_callback,
                        events: Event::ALL.into(),
                        timeout: dial.timeout,
                        send_digits,
                        detection: None,
                    };
                    self.call_out(asked, Some(sid.to_owned()), at)
                };
                let callees: Vec<String> = numbers.into_iter().map(&mut call_out).collect();
                let nobody = callees.is_empty();
                let dialling = Dialling { action: dial.action, time_limit, callees, connected: None };
                if let Some(call) = self.calls.get_mut(sid) {
                    call.connection = Connection::Dialling(dialling);
                }
                if nobody {
                    self.dial_over(sid, at, dialled(End::Failed));
                }
            }
            DialTo::Conference(conference) => self.enters(sid, at, conference, dial.action, time_limit),
        }
    }

    /// Somebody has picked up: the other phones that ring for the same caller stop.
    pub(super) fn rivals_are_cancelled(&mut self, sid: &str, at: Timestamp) {
        let dialling = self.calls.get(sid).and_then(|call| self.dialling_of(call.parent.as_deref()?));
        let Some(callees) = dialling.map(|dialling| dialling.callees.clone()) else { return };
        for rival in callees.iter().filter(|rival| *rival != sid) {
            self.cancels(rival, at);
        }
    }

    fn dialling_of(&self, sid: &str) -> Option<&Dialling> {
        match &self.calls.get(sid)?.connection {
            Connection::Dialling(dialling) => Some(dialling),
            Connection::None | Connection::Conference(_) | Connection::Parent => None,
        }
    }

    /// A phone that was dialled is connected to the call that dialled it.
    pub(super) fn put_through(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        let Some(parent) = call.parent.clone() else { return };
        call.leg.connect();
        call.connection = Connection::Parent;
        let Some(caller) = self.calls.get_mut(&parent) else { return };
        let Connection::Dialling(dialling) = &mut caller.connection else { return };
        dialling.connected = Some((sid.to_owned(), at));
        let until = later(at, SignedDuration::from_secs(i64::from(dialling.time_limit)));
        self.note(&parent, at, Kind::Connected, String::new());
        self.note(sid, at, Kind::Connected, String::new());
        self.put(until, Pending::Call(parent, Step::TimeIsUp));
    }

    /// A connection has lasted as long as it may.
    pub(super) fn time_is_up(&mut self, sid: &str, at: Timestamp) {
        let callee = self.dialling_of(sid).and_then(|dialling| dialling.connected.clone());
        match callee {
            Some((callee, _)) => drop(self.tell(&callee, at, Input::Completed)),
            None => self.leaves(sid, at),
        }
    }

    /// A phone that was dialled has ended, whatever it did before: whether that ends the dialling.
    pub(super) fn callee_is_gone(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get(sid) else { return };
        let (Some(parent), State::Over(end)) = (call.parent.clone(), call.progress) else { return };
        let Some(dialling) = self.dialling_of(&parent).filter(|dialling| dialling.has(sid)) else { return };
        let connected = dialling.connected.is_some();
        let ends = dialling.callees.iter().map(|callee| match self.calls.get(callee)?.progress {
            State::Over(end) => Some(end),
            State::Queued | State::Ringing | State::InProgress => None,
        });
        let Some(ends) = ends.collect::<Option<Vec<End>>>() else { return };
        // Whoever picked up counts. Where nobody did, one who did not answer counts more than one who could not.
        let order = [End::Completed, End::NoAnswer, End::Busy, End::Failed];
        let end = order.into_iter().find(|end| ends.contains(end)).unwrap_or(end);
        let how = Dialled {
            sid: Some(self.callee_that_ended(&parent, end).unwrap_or_else(|| sid.to_owned())),
            bridged: Some(connected),
            ..dialled(end)
        };
        let dialled = self.with_duration(how);
        if connected {
            self.note(&parent, at, Kind::Parted, String::new());
        }
        self.dial_over(&parent, at, dialled);
    }

    fn callee_that_ended(&self, parent: &str, end: End) -> Option<String> {
        let mut callees = self.dialling_of(parent)?.callees.iter();
        let ended =
            |sid: &&String| self.calls.get(*sid).is_some_and(|callee| callee.progress == State::Over(end));
        callees.find(ended).cloned()
    }

    /// Adds how long the call lasted, if anybody picked up.
    fn with_duration(&self, dialled: Dialled) -> Dialled {
        let call = dialled.sid.as_ref().and_then(|sid| self.calls.get(sid));
        let duration = call.filter(|call| call.answered.is_some()).and_then(Call::duration);
        Dialled { duration, ..dialled }
    }

    /// A dialling is over, and the call that dialled goes on.
    pub(super) fn dial_over(&mut self, sid: &str, at: Timestamp, dialled: Dialled) {
        self.no_longer_limited(sid);
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.connection = Connection::None;
        let outputs = call.leg.take(at, Input::DialOver(dialled));
        self.happened(sid, outputs);
    }

    /// A call that ends, or is told to do something else, lets go of whoever it was put through to.
    pub(super) fn lets_go(&mut self, sid: &str, at: Timestamp) -> Option<LetGo> {
        let call = self.calls.get_mut(sid)?;
        match std::mem::take(&mut call.connection) {
            Connection::None => None,
            Connection::Parent => {
                if !call.is_over() {
                    // It goes on alone, so that for its caller it is as if it had hung up.
                    self.parts_from_caller(sid, at);
                }
                None
            }
            Connection::Conference(seat) => {
                let action = seat.action.clone();
                self.no_longer_limited(sid);
                self.seat_is_free(sid, at, &seat);
                Some(LetGo { action, dialled: after_conference() })
            }
            Connection::Dialling(dialling) => {
                self.no_longer_limited(sid);
                for callee in &dialling.callees {
                    if !self.cancels(callee, at) {
                        self.tell(callee, at, Input::Completed);
                    }
                }
                let talked = dialling.connected.is_some();
                let picked_up = dialling
                    .callees
                    .iter()
                    .find(|callee| self.calls.get(*callee).is_some_and(|callee| callee.answered.is_some()));
                let end = if picked_up.is_some() { End::Completed } else { End::Canceled };
                let how = Dialled {
                    sid: picked_up.or(dialling.callees.last()).cloned(),
                    bridged: Some(talked),
                    ..dialled(end)
                };
                Some(LetGo { action: dialling.action, dialled: self.with_duration(how) })
            }
        }
    }

    fn parts_from_caller(&mut self, sid: &str, at: Timestamp) {
        self.note(sid, at, Kind::Parted, String::new());
        let Some(call) = self.calls.get(sid) else { return };
        let (Some(parent), Some(answered)) = (call.parent.clone(), call.answered) else { return };
        if !self.dialling_of(&parent).is_some_and(|dialling| dialling.has(sid)) {
            return;
        }
        let how = Dialled {
            sid: Some(sid.to_owned()),
            duration: Some(whole_seconds_up(at.duration_since(answered))),
            bridged: Some(true),
            ..dialled(End::Completed)
        };
        self.note(&parent, at, Kind::Parted, String::new());
        self.dial_over(&parent, at, how);
    }

    /// Tells how a dialling ended whose caller has gone: the answer doesn't matter any more.
    pub(super) fn tell_let_go(&mut self, sid: &str, at: Timestamp, let_go: LetGo) {
        let (Some(url), Some(call)) = (let_go.action, self.calls.get(sid)) else { return };
        let mut request = form::about(call, &self.config.account_sid);
        form::dialled(&mut request, let_go.dialled);
        let fields = form::fields(&request);
        self.send(at, Lane::Line(sid.to_owned()), url, fields);
    }

    /// Those who hear what is said on a line.
    pub(super) fn others_on_the_line(&self, sid: &str) -> Vec<String> {
        let Some(call) = self.calls.get(sid) else { return Vec::new() };
        match &call.connection {
            Connection::None => Vec::new(),
            Connection::Parent => call.parent.iter().cloned().collect(),
            Connection::Dialling(dialling) => {
                dialling.connected.iter().map(|(callee, _)| callee.clone()).collect()
            }
            Connection::Conference(seat) => self.others_in(&seat.room, sid),
        }
    }

    fn no_longer_limited(&mut self, sid: &str) {
        self.pending
            .retain(|_, pending| !matches!(pending, Pending::Call(of, Step::TimeIsUp) if of.as_str() == sid));
    }
}

/// What a dialling tells when it ended like this.
fn dialled(end: End) -> Dialled {
    Dialled { status: end.word(), sid: None, duration: None, bridged: None }
}
