//! Calls to the exchange's phones: ringing, picking up, and what the gateway is told of it.

use jiff::{SignedDuration, Timestamp};

use super::{Lane, Pending, Step, Switchboard, later};
use crate::exchange::{
    behaviour::Fault,
    carrier::{
        call::{Call, Callbacks, Direction, End, State},
        connection::Connection,
        fields::Fields,
        form,
        placing::{Event, First, NewCall},
    },
    handsets::Handset,
    leg::{Fetch, Input, Leg, Output, What},
    line::Kind,
};

/// The carrier says after this time whether a human or a machine has picked up.
const DETECTION: SignedDuration = SignedDuration::from_secs(3);

/// A mailbox hangs up after so much of a message.
const MAILBOX: SignedDuration = SignedDuration::from_secs(60);

/// What is waited before a digit that is to be sent (Twilio, `sendDigits`).
const SHORT_WAIT: SignedDuration = SignedDuration::from_millis(500);
const LONG_WAIT: SignedDuration = SignedDuration::from_secs(1);

impl Switchboard {
    /// Takes a call that is to be placed, and places it as soon as time goes on. Returns its sid.
    pub(in crate::exchange) fn place(&mut self, asked: NewCall, now: Timestamp) -> String {
        self.call_out(asked, None, now)
    }

    /// The same for a call that another one dials.
    pub(super) fn call_out(&mut self, asked: NewCall, parent: Option<String>, now: Timestamp) -> String {
        let sid = self.sids.next("CA");
        let direction = if parent.is_some() { Direction::OutboundDial } else { Direction::OutboundApi };
        let whispers = matches!(direction, Direction::OutboundDial);
        let leg = if whispers { Leg::whispered_to } else { Leg::new };
        let call = Call {
            sid: sid.clone(),
            from: Some(asked.from.clone()),
            to: asked.to.clone(),
            attestation: None,
            direction,
            parent,
            leg: leg(self.config.pace, now),
            line: Vec::new(),
            started: now,
            progress: State::Queued,
            answered: None,
            ended: None,
            answered_by: None,
            sip_code: None,
            callbacks: Callbacks::new(asked.status_callback.clone(), asked.events.iter().copied()),
            asked: Some(asked),
            documents: 0,
            connection: Connection::None,
        };
        self.calls.insert(sid.clone(), call);
        self.dialled.push(sid.clone());
        self.live.push(sid.clone());
        self.put(now, Pending::Call(sid.clone(), Step::Places));
        sid
    }

    /// Carries out what was put off, if the call has not gone another way since.
    pub(super) fn call_step(&mut self, sid: &str, step: Step, at: Timestamp) {
        let Some(call) = self.calls.get(sid) else { return };
        match step {
            Step::Places if call.progress == State::Queued => self.places(sid, at),
            Step::PicksUp => {
                self.picks_up(sid, at);
            }
            Step::Declines => {
                self.declines(sid, at);
            }
            Step::NobodyAnswers => self.never_answered(sid, at, End::NoAnswer, None),
            Step::Detects if !call.is_over() => self.detects(sid, at),
            Step::Tones(digits) if !call.is_over() => self.note(sid, at, Kind::Tone, digits),
            Step::MailboxIsFull if !call.is_over() => {
                self.tell(sid, at, Input::HangUp);
            }
            Step::TimeIsUp if !call.is_over() => self.time_is_up(sid, at),
            Step::Places | Step::Detects | Step::Tones(_) | Step::MailboxIsFull | Step::TimeIsUp => {}
        }
    }

    fn places(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get(sid) else { return };
        let handset = self.behaviour.handsets.at(&call.to);
        let timeout = call.asked.as_ref().map_or(0, |asked| asked.timeout);
        self.tell_progress(sid, at, Event::Initiated);
        let step = match handset {
            Handset::Busy => return self.never_answered(sid, at, End::Busy, Some(486)),
            Handset::Fails => return self.never_answered(sid, at, End::Failed, Some(503)),
            Handset::Dead => return self.never_answered(sid, at, End::Failed, Some(404)),
            Handset::Rings => None,
            Handset::Answers { after } | Handset::Voicemail { after, .. } => Some((after, Step::PicksUp)),
            Handset::Declines { after } => Some((after, Step::Declines)),
        };
        if let Some(call) = self.calls.get_mut(sid) {
            call.progress = State::Ringing;
            call.note(at, Kind::Rings, "");
        }
        self.tell_progress(sid, at, Event::Ringing);
        self.put(later(at, seconds(timeout)), Pending::Call(sid.to_owned(), Step::NobodyAnswers));
        if let Some((after, step)) = step {
            self.put(later(at, seconds(after)), Pending::Call(sid.to_owned(), step));
        }
    }

    /// Somebody, or a mailbox, picks the phone up; false when it does not ring.
    pub(in crate::exchange) fn picks_up(&mut self, sid: &str, at: Timestamp) -> bool {
        let Some(call) = self.calls.get_mut(sid).filter(|call| call.progress == State::Ringing) else {
            return false;
        };
        call.progress = State::InProgress;
        call.answered = Some(at);
        call.note(at, Kind::PickedUp, "");
        let is_dialled = call.direction == Direction::OutboundDial;
        let (to, asked) = (call.to.clone(), call.asked.clone());
        self.forget_steps(sid);
        if is_dialled {
            self.rivals_are_cancelled(sid, at);
        }
        self.tell_progress(sid, at, Event::Answered);
        let Some(asked) = asked else { return true };
        if let Some(digits) = asked.send_digits {
            let (wait, digits) = tones(&digits);
            self.put(later(at, wait), Pending::Call(sid.to_owned(), Step::Tones(digits)));
        }
        let greeting = self.greeting_of(&to);
        let greets = greeting.as_ref().map_or(SignedDuration::ZERO, |text| self.config.pace.spoken(text));
        let waits = match &asked.detection {
            None => false,
            Some(detection) => {
                let heard = if detection.message_end { DETECTION.max(greets) } else { DETECTION };
                self.put(later(at, heard), Pending::Call(sid.to_owned(), Step::Detects));
                !detection.at_once
            }
        };
        if !waits {
            self.begins(sid, at);
        }
        if let Some(text) = greeting {
            self.tell(sid, at, Input::Speech { text, length: greets });
            let full = later(at, greets.saturating_add(MAILBOX));
            self.put(full, Pending::Call(sid.to_owned(), Step::MailboxIsFull));
        }
        true
    }

    /// The first thing on the line of a phone that was picked up.
    fn begins(&mut self, sid: &str, at: Timestamp) {
        let Some(asked) = self.calls.get(sid).and_then(|call| call.asked.clone()) else { return };
        match asked.first {
            First::Url(url) => {
                self.happened(sid, vec![Output { at, what: What::Fetch(Fetch::at(url)) }]);
            }
            First::Document(response) => {
                self.tell(sid, at, Input::Document(response));
            }
            First::PutThrough => self.put_through(sid, at),
        }
    }

    /// The person whose phone rings doesn't want the call; false when it does not ring.
    pub(in crate::exchange) fn declines(&mut self, sid: &str, at: Timestamp) -> bool {
        let rings = self.calls.get(sid).is_some_and(|call| call.progress == State::Ringing);
        if rings {
            self.note(sid, at, Kind::Declined, String::new());
            self.never_answered(sid, at, End::Busy, Some(603));
        }
        rings
    }

    /// The gateway, or who dialled, gives up before anybody has picked up; false when somebody has.
    pub(in crate::exchange) fn cancels(&mut self, sid: &str, at: Timestamp) -> bool {
        let awaited = self.calls.get(sid).is_some_and(Call::is_awaited);
        self.never_answered(sid, at, End::Canceled, Some(487));
        awaited
    }

    /// The call is over before anybody has picked up; nothing happens when somebody has.
    fn never_answered(&mut self, sid: &str, at: Timestamp, end: End, sip_code: Option<u16>) {
        let Some(call) = self.calls.get_mut(sid).filter(|call| call.is_awaited()) else { return };
        let rang = call.progress == State::Ringing;
        call.close(at, end);
        call.sip_code = sip_code;
        // Nothing is heard on a line that never was: what it gives back says nothing new.
        drop(call.leg.take(at, Input::Completed));
        let declined = call.line.last().is_some_and(|event| event.kind == Kind::Declined);
        if rang && !declined {
            call.note(at, Kind::StopsRinging, "");
        }
        self.forget_steps(sid);
        self.tell_progress(sid, at, Event::Completed);
        self.callee_is_gone(sid, at);
    }

    fn greeting_of(&self, number: &str) -> Option<String> {
        let Handset::Voicemail { greeting, .. } = self.behaviour.handsets.at(number) else { return None };
        Some(greeting)
    }

    /// The carrier has found out who picked up.
    fn detects(&mut self, sid: &str, at: Timestamp) {
        let Some(call) = self.calls.get(sid) else { return };
        let Some(detection) = call.asked.as_ref().and_then(|asked| asked.detection.clone()) else { return };
        let by = match (self.greeting_of(&call.to), detection.message_end) {
            (None, _) => "human",
            (Some(_), false) => "machine_start",
            (Some(_), true) => "machine_end_beep",
        };
        let took = call.answered.map_or(SignedDuration::ZERO, |answered| at.duration_since(answered));
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.answered_by = Some(by);
        if !detection.at_once {
            return self.begins(sid, at);
        }
        let Some(callback) = detection.callback else { return };
        let fields = [
            ("AccountSid", self.config.account_sid.clone()),
            ("CallSid", sid.to_owned()),
            ("AnsweredBy", by.to_owned()),
            ("MachineDetectionDuration", took.as_millis().to_string()),
        ];
        let fields: Fields = fields.map(|(name, value)| (name.to_owned(), value)).into();
        self.send(at, Lane::Beside(sid.to_owned()), callback, fields);
    }

    /// Tells whoever wants to know that a call has got on.
    pub(super) fn tell_progress(&mut self, sid: &str, at: Timestamp, event: Event) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        let Some(url) = call.callbacks.url.clone() else { return };
        if !call.callbacks.events.contains(&event) || self.behaviour.has(Fault::StatusCallbackLost) {
            return;
        }
        let number = call.callbacks.made;
        call.callbacks.made += 1;
        let held = call.callbacks.held.take();
        let fields = form::progress(call, event, number, &self.config.account_sid, at);
        let inbound = call.direction == Direction::Inbound;
        if !self.behaviour.has(Fault::WebhooksSwapped) {
            return self.send(at, Lane::Line(sid.to_owned()), url, fields);
        }
        if inbound {
            return self.overtake(at, Lane::Line(sid.to_owned()), url, fields);
        }
        let last = event == Event::Completed;
        if held.is_none() && !last {
            if let Some(call) = self.calls.get_mut(sid) {
                call.callbacks.held = Some(fields);
            }
            return;
        }
        self.send(at, Lane::Line(sid.to_owned()), url.clone(), fields);
        if let Some(overtaken) = held {
            self.send(at, Lane::Line(sid.to_owned()), url, overtaken);
        }
    }
}

fn seconds(count: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count))
}

/// What is waited before the first tone, and the tones.
fn tones(digits: &str) -> (SignedDuration, String) {
    let waits = digits.chars().take_while(|digit| matches!(digit, 'w' | 'W'));
    let wait = waits.fold(SignedDuration::ZERO, |sum, wait| {
        sum.saturating_add(if wait == 'w' { SHORT_WAIT } else { LONG_WAIT })
    });
    (wait, digits.chars().filter(|digit| !matches!(digit, 'w' | 'W')).collect())
}
