//! The state of the exchange: calls and their lines, what is kept, and what is due to be done. No network.

mod conference;
mod connect;
mod incoming;
mod outgoing;
mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    exchange::{
        behaviour::{Behaviour, Fault},
        leg::{Fetch, Input, Leg, Output, What},
        line::{Arrived, Kind, LineEvent, Road},
    },
    twiml::Response,
};

use super::{
    CallTo, Config, Dial, Mail, OutgoingText,
    call::{Call, Callbacks, Direction, End, State},
    connection::Connection,
    fields::Fields,
    form,
    placing::Event,
    records::{Message, Recording, Transcription, TranscriptionStatus},
    sids::Sids,
};
use conference::Room;

/// What happens in order: webhooks of one lane wait for one another, those of different lanes don't.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// The documents of a call, and its end.
    Line(String),
    /// What is told beside the line of a call.
    Beside(String),
    /// What is told about a text message, or brought from one phone.
    Message(String),
}

/// A webhook that is due.
pub(super) struct Job {
    pub(super) lane: Lane,
    pub(super) url: String,
    pub(super) fields: Fields,
    /// The same on every delivery of this webhook.
    pub(super) token: String,
    /// Whether it is to be delivered twice.
    pub(super) repeated: bool,
    pub(super) wants: Wants,
}

/// What the answer to a webhook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wants {
    /// Of no account.
    Nothing,
    /// The call's next document; the number tells it from those that were wanted before.
    Document(u64),
    /// A sound, which is got and not posted to.
    Sound,
    /// What is written back to a text message.
    Reply {
        /// Whose phone it came from.
        to: String,
    },
}

enum Pending {
    Send(Job),
    RecordingReady(String),
    Transcribed(String, TranscriptionStatus),
    Call(String, Step),
}

/// Something that happens to a call later, unless it has gone another way by then.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Places,
    PicksUp,
    Declines,
    NobodyAnswers,
    Detects,
    Tones(String),
    MailboxIsFull,
    TimeIsUp,
}

impl Pending {
    fn lane(&self) -> Option<&Lane> {
        match self {
            Self::Send(job) => Some(&job.lane),
            Self::RecordingReady(_) | Self::Transcribed(..) | Self::Call(..) => None,
        }
    }
}

/// The state of the exchange.
pub(in crate::exchange) struct Switchboard {
    config: Config,
    sids: Sids,
    pub(in crate::exchange) behaviour: Behaviour,
    calls: BTreeMap<String, Call>,
    /// The sids of the calls, oldest first.
    dialled: Vec<String>,
    /// Those that are not over.
    live: Vec<String>,
    pub(in crate::exchange) recordings: BTreeMap<String, Recording>,
    pub(in crate::exchange) transcriptions: BTreeMap<String, Transcription>,
    pub(in crate::exchange) texts: BTreeMap<String, Message>,
    arrived: Vec<Arrived>,
    /// The conferences, by name.
    rooms: BTreeMap<String, Room>,
    /// How long sounds are that were played; `None`: it can't be had.
    sounds: BTreeMap<String, Option<SignedDuration>>,
    /// By when it is due, then by the order of asking; an order below zero overtakes.
    pending: BTreeMap<(Timestamp, i64), Pending>,
    order: i64,
    busy: BTreeSet<Lane>,
}

impl Switchboard {
    pub(super) fn new(config: Config) -> Self {
        Self {
            sids: Sids::new(config.seed),
            config,
            behaviour: Behaviour::default(),
            calls: BTreeMap::new(),
            dialled: Vec::new(),
            live: Vec::new(),
            recordings: BTreeMap::new(),
            transcriptions: BTreeMap::new(),
            texts: BTreeMap::new(),
            arrived: Vec::new(),
            rooms: BTreeMap::new(),
            sounds: BTreeMap::new(),
            pending: BTreeMap::new(),
            order: 0,
            busy: BTreeSet::new(),
        }
    }

    /// Opens a call and asks for its first document. Returns its sid.
    pub(super) fn dial(&mut self, dial: Dial, now: Timestamp) -> String {
        let sid = self.sids.next("CA");
        let mut call = Call {
            sid: sid.clone(),
            from: dial.from,
            to: self.config.number.clone(),
            attestation: dial.attestation,
            direction: Direction::Inbound,
            parent: None,
            leg: Leg::new(self.config.pace, now),
            line: Vec::new(),
            started: now,
            progress: State::Ringing,
            answered: Some(now),
            ended: None,
            answered_by: None,
            sip_code: None,
            callbacks: Callbacks::new(self.config.status_url.clone(), [Event::Completed]),
            asked: None,
            documents: 0,
            connection: Connection::None,
        };
        call.note(now, Kind::Dialled, "");
        self.calls.insert(sid.clone(), call);
        self.dialled.push(sid.clone());
        self.live.push(sid.clone());
        let fetch = Fetch::at(self.config.voice_url.clone());
        self.happened(&sid, vec![Output { at: now, what: What::Fetch(fetch) }]);
        sid
    }

    /// Tells a call's leg something; false: there is no such call, or it is over.
    pub(in crate::exchange) fn tell(&mut self, sid: &str, now: Timestamp, input: Input) -> bool {
        let Some(call) = self.calls.get_mut(sid) else { return false };
        if call.is_awaited() {
            return if matches!(input, Input::HangUp) {
                self.declines(sid, now)
            } else if matches!(input, Input::Completed) {
                self.cancels(sid, now)
            } else {
                true
            };
        }
        let before = call.leg.advance(now);
        let going_on = !call.leg.is_over();
        self.happened(sid, before);
        let Some(call) = self.calls.get_mut(sid) else { return false };
        if going_on {
            if let Input::Key(key) = &input {
                call.note(now, Kind::Pressed, *key);
                self.others_hear(sid, now, Kind::Tone, &key.to_string());
            } else if let Input::Speech { text, .. } = &input {
                call.note(now, Kind::Said, text.as_str());
                self.others_hear(sid, now, Kind::Voice, text);
            }
        }
        if matches!(input, Input::Redirect(_) | Input::Replace(_)) {
            // What the dialling's end would have asked for is not asked for: the call does something else now.
            drop(self.lets_go(sid, now));
        }
        let Some(call) = self.calls.get_mut(sid) else { return false };
        let outputs = call.leg.take(now, input);
        self.happened(sid, outputs);
        going_on
    }

    fn others_hear(&mut self, sid: &str, at: Timestamp, kind: Kind, text: &str) {
        for other in self.others_on_the_line(sid) {
            self.note(&other, at, kind, text.to_owned());
        }
    }

    /// Whether anybody hears what is said on a line now.
    pub(super) fn is_heard(&self, sid: &str) -> bool {
        let recording = self.calls.get(sid).is_some_and(|call| call.leg.is_recording());
        recording || !self.others_on_the_line(sid).is_empty()
    }

    /// The answer to a document's request, of which `number` is the number within the call. One that is not
    /// wanted any more is dropped.
    pub(super) fn answered(
        &mut self,
        lane: &Lane,
        now: Timestamp,
        number: u64,
        document: Result<Response, String>,
    ) {
        let (Lane::Line(sid) | Lane::Beside(sid)) = lane else { return };
        let Some(call) = self.calls.get_mut(sid).filter(|call| call.documents == number) else { return };
        match document {
            Ok(response) => {
                if call.progress == State::Ringing {
                    call.progress = State::InProgress;
                }
                self.tell(sid, now, Input::Document(response));
            }
            Err(why) => {
                call.note(now, Kind::Trouble, why);
                self.tell(sid, now, Input::NoDocument);
            }
        }
    }

    /// A sound that was asked for, or why it can't be had.
    pub(super) fn sounded(
        &mut self,
        lane: &Lane,
        now: Timestamp,
        url: &str,
        sound: Result<SignedDuration, String>,
    ) {
        let (Lane::Line(sid) | Lane::Beside(sid)) = lane else { return };
        let length = match sound {
            Ok(length) => Some(length),
            Err(why) => {
                self.note(sid, now, Kind::Trouble, why);
                None
            }
        };
        self.sounds.insert(url.to_owned(), length);
        self.tell(sid, now, Input::Sound { url: url.to_owned(), length });
    }

    /// A webhook whose answer nobody waits for has failed.
    pub(super) fn undelivered(&mut self, lane: &Lane, now: Timestamp, why: String) {
        let (Lane::Line(sid) | Lane::Beside(sid)) = lane else { return };
        if let Some(call) = self.calls.get_mut(sid) {
            call.note(now, Kind::Trouble, why);
        }
    }

    /// Lets the time up to `now` pass and hands out what is due, at most one webhook a lane; its lane is
    /// taken until [`Self::done`].
    pub(super) fn start_due(&mut self, now: Timestamp) -> Vec<Job> {
        let calls = &self.calls;
        self.live.retain(|sid| calls.get(sid).is_some_and(|call| !call.leg.is_over()));
        for sid in self.live.clone() {
            let outputs = self.calls.get_mut(&sid).map(|call| call.leg.advance(now)).unwrap_or_default();
            self.happened(&sid, outputs);
        }
        let mut jobs = Vec::new();
        while let Some(key) = self.next_startable(now) {
            match self.pending.remove(&key) {
                Some(Pending::Send(job)) => {
                    self.busy.insert(job.lane.clone());
                    jobs.push(job);
                }
                Some(Pending::RecordingReady(sid)) => self.recording_ready(&sid, key.0),
                Some(Pending::Transcribed(sid, status)) => self.transcribed(&sid, status, key.0),
                Some(Pending::Call(sid, step)) => self.call_step(&sid, step, key.0),
                None => break,
            }
        }
        jobs
    }

    pub(super) fn done(&mut self, lane: &Lane) {
        self.busy.remove(lane);
    }

    fn next_startable(&self, now: Timestamp) -> Option<(Timestamp, i64)> {
        let due = self.pending.range(..=(now, i64::MAX));
        due.filter(|(_, pending)| pending.lane().is_none_or(|lane| !self.busy.contains(lane)))
            .map(|(key, _)| *key)
            .next()
    }

    /// When something is due next. What waits for a lane is announced by the lane's being free again.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let free = |pending: &Pending| pending.lane().is_none_or(|lane| !self.busy.contains(lane));
        let sending = self.pending.iter().find(|(_, pending)| free(pending)).map(|(key, _)| key.0);
        let lines = self.live.iter().filter_map(|sid| self.calls.get(sid)?.leg.next_due()).min();
        sending.into_iter().chain(lines).min()
    }

    pub(in crate::exchange) fn call(&self, sid: &str) -> Option<&Call> {
        self.calls.get(sid)
    }

    /// The calls, oldest first.
    pub(in crate::exchange) fn calls(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.dialled.iter().filter_map(|sid| self.calls.get(sid))
    }

    /// The calls to a phone, oldest first. One that came to nothing without ringing is none.
    pub(super) fn calls_to<'a>(&'a self, number: &'a str) -> impl Iterator<Item = CallTo> {
        let to_phone = move |call: &&Call| call.direction != Direction::Inbound && call.to == number;
        let calls = self.calls().filter(to_phone).filter(|call| call.has_rung());
        calls.zip(1..).map(|(call, n)| CallTo {
            n,
            sid: call.sid.clone(),
            ringing: call.progress == State::Ringing,
            over: call.is_over(),
        })
    }

    pub(super) fn ringing(&self) -> usize {
        let rings = |call: &&Call| call.direction != Direction::Inbound && call.progress == State::Ringing;
        self.live.iter().filter_map(|sid| self.calls.get(sid)).filter(rings).count()
    }

    pub(super) fn line(&self, sid: &str, after: usize) -> Option<Vec<LineEvent>> {
        self.calls.get(sid).map(|call| call.line.iter().skip(after).cloned().collect())
    }

    pub(super) fn arrived(&self, after: usize) -> Vec<Arrived> {
        self.arrived.iter().skip(after).cloned().collect()
    }

    /// Takes a text message from the gateway to a phone. Returns its sid.
    pub(in crate::exchange) fn text(&mut self, text: OutgoingText, now: Timestamp) -> Message {
        let message = Message {
            sid: self.sids.next("SM"),
            created: now,
            to: text.to,
            from: text.from,
            body: text.body,
        };
        self.arrived.push(Arrived {
            n: self.arrived.len() + 1,
            at: now,
            kind: Road::Sms,
            to: message.to.clone(),
            from: message.from.clone(),
            subject: String::new(),
            text: message.body.clone(),
        });
        if let Some(url) = text.status_callback {
            let fields = form::delivered(&message, &self.config.account_sid);
            self.send(now, Lane::Message(message.sid.clone()), url, fields);
        }
        self.texts.insert(message.sid.clone(), message.clone());
        message
    }

    /// Takes a mail from the gateway, once for each of its recipients.
    pub(super) fn mail(&mut self, mail: Mail, now: Timestamp) {
        for to in mail.to {
            self.arrived.push(Arrived {
                n: self.arrived.len() + 1,
                at: now,
                kind: Road::Mail,
                to,
                from: mail.from.clone(),
                subject: mail.subject.clone(),
                text: mail.text.clone(),
            });
        }
    }

    /// The address of a recording, without a file ending.
    pub(in crate::exchange) fn recording_url(&self, sid: &str) -> String {
        let Config { public_url, account_sid, .. } = &self.config;
        format!("{public_url}/{}/Accounts/{account_sid}/Recordings/{sid}", form::API_VERSION)
    }

    /// Carries out what a leg gave back.
    fn happened(&mut self, sid: &str, outputs: Vec<Output>) {
        for Output { at, what } in outputs {
            match what {
                What::Heard(text) => self.note(sid, at, Kind::Heard, text),
                What::Cut => self.note(sid, at, Kind::Cut, String::new()),
                What::Recording(true) => self.note(sid, at, Kind::Beep, String::new()),
                What::Recording(false) => self.note(sid, at, Kind::Recording, String::new()),
                What::Recorded(take) => self.recorded(sid, at, take),
                What::Fetch(fetch) => self.fetch(sid, at, fetch),
                What::Load(url) => self.load(sid, at, url),
                What::Dial(dial) => self.dials(sid, at, dial),
                What::RanOut => self.put_through(sid, at),
                What::Ended(by_caller) => self.ended(sid, at, by_caller),
            }
        }
    }

    fn note(&mut self, sid: &str, at: Timestamp, kind: Kind, text: String) {
        if let Some(call) = self.calls.get_mut(sid) {
            call.note(at, kind, text);
        }
    }

    fn fetch(&mut self, sid: &str, at: Timestamp, fetch: Fetch) {
        let Some(call) = self.calls.get(sid) else { return };
        let mut request = form::about(call, &self.config.account_sid);
        request.digits = fetch.digits;
        if let Some(dialled) = fetch.dialled {
            form::dialled(&mut request, dialled);
        }
        let fields = form::fields(&request);
        self.ask(sid, at, fetch.url, fields);
    }

    /// Asks for a call's next document.
    fn ask(&mut self, sid: &str, at: Timestamp, url: String, fields: Fields) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.documents += 1;
        let wants = Wants::Document(call.documents);
        let job = self.job(Lane::Line(sid.to_owned()), url, fields, wants);
        self.put(at, Pending::Send(job));
    }

    /// Asks for a sound, unless it was played before.
    fn load(&mut self, sid: &str, at: Timestamp, url: String) {
        if let Some(length) = self.sounds.get(&url).copied() {
            let Some(call) = self.calls.get_mut(sid) else { return };
            let outputs = call.leg.take(at, Input::Sound { url, length });
            return self.happened(sid, outputs);
        }
        let job = self.job(Lane::Line(sid.to_owned()), url, Fields::new(), Wants::Sound);
        self.put(at, Pending::Send(job));
    }

    fn ended(&mut self, sid: &str, at: Timestamp, by_caller: bool) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.close(at, End::Completed);
        call.note(at, if by_caller { Kind::HungUp } else { Kind::Ended }, "");
        self.forget_steps(sid);
        if let Some(let_go) = self.lets_go(sid, at) {
            self.tell_let_go(sid, at, let_go);
        }
        self.tell_progress(sid, at, Event::Completed);
        self.callee_is_gone(sid, at);
    }

    /// Nothing that was put off happens to this call any more.
    fn forget_steps(&mut self, sid: &str) {
        self.pending.retain(|_, pending| !matches!(pending, Pending::Call(of, _) if of.as_str() == sid));
    }

    fn job(&mut self, lane: Lane, url: String, fields: Fields, wants: Wants) -> Job {
        let repeated = self.behaviour.has(Fault::WebhooksRepeated);
        Job { lane, url, fields, token: self.sids.delivery(), repeated, wants }
    }

    fn send(&mut self, at: Timestamp, lane: Lane, url: String, fields: Fields) {
        let job = self.job(lane, url, fields, Wants::Nothing);
        self.put(at, Pending::Send(job));
    }

    /// Sends a callback before what is to be sent at the same moment.
    fn overtake(&mut self, at: Timestamp, lane: Lane, url: String, fields: Fields) {
        let job = self.job(lane, url, fields, Wants::Nothing);
        self.order += 1;
        self.pending.insert((at, -self.order), Pending::Send(job));
    }

    fn put(&mut self, at: Timestamp, pending: Pending) {
        self.order += 1;
        self.pending.insert((at, self.order), pending);
    }
}

/// The end of time is as good as never.
fn later(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
