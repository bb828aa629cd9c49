//! The state of the exchange: calls and their lines, what is kept, and what is due to be done. No network.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    exchange::{
        behaviour::{Behaviour, Fault, Transcribing},
        leg::{Fetch, Input, Leg, Output, Take, What},
        line::{Arrived, Kind, LineEvent, Road},
    },
    twiml::Response,
};

use super::{
    Config, Dial, Mail, OutgoingText,
    call::Call,
    form::{self, Fields},
    records::{Message, Recording, RecordingStatus, Transcription, TranscriptionStatus},
    sids::Sids,
};

/// Recordings are transcribed when they are as long as this and shorter than [`LONGEST_TRANSCRIBED`]
/// (Twilio, Record and warning 13617; lengths are whole seconds here); others are left alone without a word.
const SHORTEST_TRANSCRIBED: u32 = 2;
const LONGEST_TRANSCRIBED: u32 = 120;

/// What happens in order: webhooks of one lane wait for one another, those of different lanes don't.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lane {
    /// The documents of a call, and its end.
    Line(String),
    /// What is told beside the line of a call.
    Beside(String),
    /// What is told about a text message.
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
    /// Whether the answer is the call's next document.
    pub(super) wants_document: bool,
}

enum Pending {
    Send(Job),
    RecordingReady(String),
    Transcribed(String, TranscriptionStatus),
}

impl Pending {
    fn lane(&self) -> Option<&Lane> {
        match self {
            Self::Send(job) => Some(&job.lane),
            Self::RecordingReady(_) | Self::Transcribed(..) => None,
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
            leg: Leg::new(self.config.pace, now),
            line: Vec::new(),
            started: now,
            ended: None,
            answered: false,
        };
        call.note(now, Kind::Dialled, "");
        self.calls.insert(sid.clone(), call);
        self.dialled.push(sid.clone());
        self.live.push(sid.clone());
        let fetch = Fetch { url: self.config.voice_url.clone(), digits: None };
        self.happened(&sid, vec![Output { at: now, what: What::Fetch(fetch) }]);
        sid
    }

    /// Tells a call's leg something; false: there is no such call, or it is over.
    pub(in crate::exchange) fn tell(&mut self, sid: &str, now: Timestamp, input: Input) -> bool {
        let Some(call) = self.calls.get_mut(sid) else { return false };
        let before = call.leg.advance(now);
        let going_on = !call.leg.is_over();
        self.happened(sid, before);
        let Some(call) = self.calls.get_mut(sid) else { return false };
        if going_on {
            match &input {
                Input::Key(key) => call.note(now, Kind::Pressed, *key),
                Input::Speech { text, .. } => call.note(now, Kind::Said, text.as_str()),
                Input::HangUp | Input::Completed | Input::Document(_) | Input::NoDocument => {}
            }
        }
        let outputs = call.leg.take(now, input);
        self.happened(sid, outputs);
        going_on
    }

    /// The answer to a document's request.
    pub(super) fn answered(&mut self, lane: &Lane, now: Timestamp, document: Result<Response, String>) {
        let (Lane::Line(sid) | Lane::Beside(sid)) = lane else { return };
        match document {
            Ok(response) => {
                if let Some(call) = self.calls.get_mut(sid) {
                    call.answered = true;
                }
                self.tell(sid, now, Input::Document(response));
            }
            Err(why) => {
                if let Some(call) = self.calls.get_mut(sid) {
                    call.note(now, Kind::Trouble, why);
                }
                self.tell(sid, now, Input::NoDocument);
            }
        }
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
            self.send(now, Lane::Message(message.sid.clone()), url, fields, false);
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
        let fields = form::fields(&request);
        self.send(at, Lane::Line(sid.to_owned()), fetch.url, fields, true);
    }

    fn recorded(&mut self, sid: &str, at: Timestamp, take: Take) {
        self.note(sid, at, Kind::Recorded, take.text.clone());
        let recording = self.sids.next("RE");
        let empty = take.is_empty();
        let ready = self.transcription_starts(&recording, at, &take);
        self.recordings.insert(
            recording.clone(),
            Recording {
                sid: recording.clone(),
                call_sid: sid.to_owned(),
                started: take.started,
                created: at,
                seconds: take.seconds,
                text: take.text,
                status: if empty { RecordingStatus::Absent } else { RecordingStatus::Processing },
                callback: take.record.recording_status_callback,
                audio: None,
            },
        );
        self.put(ready, Pending::RecordingReady(recording.clone()));
        if empty {
            return;
        }
        let url = self.recording_url(&recording);
        let Some(call) = self.calls.get_mut(sid) else { return };
        let hung_up = take.digits.as_deref() == Some("hangup");
        if hung_up {
            call.ended = Some(at);
        }
        let mut request = form::about(call, &self.config.account_sid);
        request.digits = take.digits;
        request.recording_duration = Some(take.seconds.to_string());
        request.recording_url = Some(url);
        request.recording_sid = Some(recording);
        let fields = form::fields(&request);
        self.send(at, Lane::Line(sid.to_owned()), take.record.action, fields, true);
    }

    /// Starts the transcription that was asked for. Returns when the recording's file is there.
    fn transcription_starts(&mut self, recording: &str, at: Timestamp, take: &Take) -> Timestamp {
        let ready = later(at, self.config.recording_delay);
        let Some(callback) = take.record.transcribe_callback.clone() else { return ready };
        if take.seconds < SHORTEST_TRANSCRIBED || take.seconds >= LONGEST_TRANSCRIBED {
            return ready;
        }
        let sid = self.sids.next("TR");
        let transcription = Transcription {
            sid: sid.clone(),
            recording_sid: recording.to_owned(),
            created: at,
            updated: at,
            seconds: take.seconds,
            status: TranscriptionStatus::InProgress,
            text: String::new(),
            callback,
        };
        self.transcriptions.insert(sid.clone(), transcription);
        let usual = self.config.transcription_delay;
        let (delay, status) = match self.behaviour.transcription {
            Transcribing::Usual => (usual, TranscriptionStatus::Completed),
            Transcribing::AfterSeconds(seconds) => {
                (SignedDuration::from_secs(i64::from(seconds)), TranscriptionStatus::Completed)
            }
            Transcribing::Fails => (usual, TranscriptionStatus::Failed),
            Transcribing::Never => return ready,
        };
        let transcribed = later(at, delay);
        self.put(transcribed, Pending::Transcribed(sid, status));
        if self.behaviour.has(Fault::WebhooksSwapped) { ready.max(transcribed) } else { ready }
    }

    fn recording_ready(&mut self, recording: &str, at: Timestamp) {
        let url = self.recording_url(recording);
        let Some(kept) = self.recordings.get_mut(recording) else { return };
        if kept.status == RecordingStatus::Processing {
            kept.status = RecordingStatus::Completed;
        }
        let (Some(callback), Some(call)) = (kept.callback.clone(), self.calls.get(&kept.call_sid)) else {
            return;
        };
        if self.behaviour.has(Fault::RecordingCallbackLost) {
            return;
        }
        let fields = form::recording_status(kept, url, &self.config.account_sid);
        let lane = Lane::Beside(call.sid.clone());
        self.send(at, lane, callback, fields, false);
    }

    fn transcribed(&mut self, sid: &str, status: TranscriptionStatus, at: Timestamp) {
        let Some(transcription) = self.transcriptions.get_mut(sid) else { return };
        let Some(recording) = self.recordings.get(&transcription.recording_sid) else { return };
        transcription.status = status;
        transcription.updated = at;
        if status == TranscriptionStatus::Completed {
            transcription.text.clone_from(&recording.text);
        }
        if self.behaviour.has(Fault::TranscriptionCallbackLost) {
            return;
        }
        let transcription = transcription.clone();
        let Some(call) = self.calls.get(&recording.call_sid) else { return };
        let Config { public_url, account_sid, .. } = &self.config;
        let mut request = form::about(call, account_sid);
        request.recording_sid = Some(recording.sid.clone());
        request.recording_url = Some(self.recording_url(&recording.sid));
        request.transcription_status = Some(status.word().to_owned());
        request.transcription_text = (status == TranscriptionStatus::Completed).then_some(transcription.text);
        request.transcription_sid = Some(transcription.sid.clone());
        let mut fields = form::fields(&request);
        let url = format!(
            "{public_url}/{}/Accounts/{account_sid}/Transcriptions/{}",
            form::API_VERSION,
            transcription.sid
        );
        fields.push(("TranscriptionUrl".to_owned(), url));
        fields.push(("TranscriptionType".to_owned(), "fast".to_owned()));
        let lane = Lane::Beside(call.sid.clone());
        self.send(at, lane, transcription.callback, fields, false);
    }

    fn ended(&mut self, sid: &str, at: Timestamp, by_caller: bool) {
        let Some(call) = self.calls.get_mut(sid) else { return };
        call.ended = Some(at);
        call.note(at, if by_caller { Kind::HungUp } else { Kind::Ended }, "");
        let Some(url) = self.config.status_url.clone() else { return };
        if self.behaviour.has(Fault::StatusCallbackLost) {
            return;
        }
        let fields = form::completed(call, &self.config.account_sid, at);
        let lane = Lane::Line(sid.to_owned());
        if self.behaviour.has(Fault::WebhooksSwapped) {
            let job = self.job(lane, url, fields, false);
            self.order += 1;
            self.pending.insert((at, -self.order), Pending::Send(job));
        } else {
            self.send(at, lane, url, fields, false);
        }
    }

    fn job(&mut self, lane: Lane, url: String, fields: Fields, wants_document: bool) -> Job {
        let repeated = self.behaviour.has(Fault::WebhooksRepeated);
        Job { lane, url, fields, token: self.sids.delivery(), repeated, wants_document }
    }

    fn send(&mut self, at: Timestamp, lane: Lane, url: String, fields: Fields, wants_document: bool) {
        let job = self.job(lane, url, fields, wants_document);
        self.put(at, Pending::Send(job));
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
