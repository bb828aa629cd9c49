//! One phone in a call, as a state machine that performs TwiML in text and knows no network and no clock.
//!
//! Whoever owns a [`Leg`] tells it what happened and when, and carries out what it gives back. Timing rules
//! are those of Twilio's pages on Gather, Record, Pause and Say.

mod acts;
mod music;
mod recording;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::twiml::{Conference, Dial, DialTo, Gather, Response};

use acts::Act;
use music::Music;
pub use recording::Take;
use recording::{Ended, Recorder};

/// What the caller hears when a document can't be had or can't be read (Twilio, error 11200 and 12100).
pub const APPLICATION_ERROR: &str = "We are sorry, an application error has occurred. Goodbye.";

/// Documents that may follow one another without any time passing; more is a loop without an end.
const DOCUMENTS_AT_ONCE: u32 = 100;

/// How fast the line is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Characters that are spoken in a second.
    pub characters_per_second: f64,
    /// What speech is sped up by, both that of the carrier and that of the caller; 1 is a human pace.
    pub speed: f64,
}

impl Pace {
    /// How long the carrier speaks a text.
    pub(super) fn spoken(self, text: &str) -> SignedDuration {
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        seconds(f64::from(characters) / self.characters_per_second / self.speed)
    }

    /// How long the caller takes, by the clock, to speak for `line` seconds.
    fn faster(self, line: SignedDuration) -> SignedDuration {
        seconds(line.as_secs_f64() / self.speed)
    }
}

/// A span in whole milliseconds; a value that is no span counts as none.
fn seconds(value: f64) -> SignedDuration {
    let rounded = (value * 1000.0).round() / 1000.0;
    SignedDuration::try_from_secs_f64(rounded).unwrap_or(SignedDuration::ZERO)
}

/// What a leg is told.
#[derive(Debug, Clone)]
pub enum Input {
    /// The document that was asked for.
    Document(Response),
    /// The document can't be had, or is none.
    NoDocument,
    /// The caller presses a key.
    Key(char),
    /// The caller speaks.
    Speech {
        /// The words.
        text: String,
        /// How long it takes at a human pace.
        length: SignedDuration,
    },
    /// The caller hangs up.
    HangUp,
    /// The gateway ended the call through the carrier's API.
    Completed,
    /// A sound that was asked for.
    Sound {
        /// Where it is.
        url: String,
        /// How long it is; `None`: it can't be had.
        length: Option<SignedDuration>,
    },
    /// The call is told, through the carrier's API, to go on with the document at this URL.
    Redirect(String),
    /// The same with this document.
    Replace(Response),
    /// A dialling is over.
    DialOver(Dialled),
    /// Who dialled a conference has to wait for it to begin.
    MusicStarts,
    /// It begins.
    MusicStops,
}

/// How a dialling ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialled {
    /// completed, answered (a conference), busy, no-answer, failed, canceled.
    pub status: &'static str,
    /// The call that was dialled.
    pub sid: Option<String>,
    /// How long that was, in begun seconds, if anybody picked up.
    pub duration: Option<i64>,
    /// Whether both sides were put through to one another.
    pub bridged: Option<bool>,
}

/// Something that happened on the line, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// Something that happened on the line.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The carrier begins to speak this.
    Heard(String),
    /// A key stopped the speech that was going on.
    Cut,
    /// A recording begins; true: after a tone.
    Recording(bool),
    /// A recording ended.
    Recorded(Take),
    /// The next document is wanted.
    Fetch(Fetch),
    /// A sound is wanted: the one at this URL.
    Load(String),
    /// Somebody is to be dialled.
    Dial(Dial),
    /// The document that the person hears before being put through has run out.
    RanOut,
    /// The call is over; true: the caller ended it.
    Ended(bool),
}

/// A document that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Where it is.
    pub url: String,
    /// The keys that were gathered for it.
    pub digits: Option<String>,
    /// The dialling that it follows.
    pub dialled: Option<Dialled>,
}

impl Fetch {
    /// The document at this URL, with nothing to tell.
    pub fn at(url: String) -> Self {
        Self { url, digits: None, dialled: None }
    }
}

/// One phone in a call.
#[derive(Debug)]
pub struct Leg {
    pace: Pace,
    rest: VecDeque<Act>,
    doing: Doing,
    /// When the last document was taken up, and how many were at that very moment.
    documents: (Timestamp, u32),
    /// Whether the person is put through to somebody when the document runs out.
    whisper: bool,
}

#[derive(Debug)]
enum Doing {
    /// Waits for a document.
    Waiting,
    /// Speech or silence that ends by itself; `gather`: a key ends it.
    Playing { until: Timestamp, gather: bool },
    /// Waits for keys, after the prompts.
    Collecting { gather: Gather, keys: String, until: Timestamp },
    /// Waits for a sound.
    Loading { url: String, gather: bool },
    /// Records the caller.
    Recording(Recorder),
    /// Others are dialled, or are on the line.
    Dialling { action: Option<String>, conference: Option<Conference>, music: Option<Box<Music>> },
    /// Put through to the one who dialled.
    Connected,
    /// The call is over.
    Over,
}

impl Leg {
    /// A leg that waits for its first document.
    pub fn new(pace: Pace, now: Timestamp) -> Self {
        Self { pace, rest: VecDeque::new(), doing: Doing::Waiting, documents: (now, 0), whisper: false }
    }

    /// The same for somebody who was dialled, and is put through when the document runs out.
    pub fn whispered_to(pace: Pace, now: Timestamp) -> Self {
        Self { whisper: true, ..Self::new(pace, now) }
    }

    /// Puts the person through to somebody.
    pub fn connect(&mut self) {
        if !self.is_over() {
            self.rest.clear();
            self.doing = Doing::Connected;
        }
    }

    /// When something happens next if nobody does anything; `None`: nothing ever will.
    pub fn next_due(&self) -> Option<Timestamp> {
        match &self.doing {
            Doing::Waiting | Doing::Loading { .. } | Doing::Connected | Doing::Over => None,
            Doing::Dialling { music, .. } => music.as_ref()?.next_due(),
            Doing::Playing { until, .. } | Doing::Collecting { until, .. } => Some(*until),
            Doing::Recording(recorder) => Some(recorder.next_due()),
        }
    }

    /// Whether the call is over.
    pub fn is_over(&self) -> bool {
        matches!(self.doing, Doing::Over)
    }

    /// Whether the caller is being recorded.
    pub fn is_recording(&self) -> bool {
        matches!(self.doing, Doing::Recording(_))
    }

    /// Lets the time up to `now` pass, event by event.
    pub fn advance(&mut self, now: Timestamp) -> Vec<Output> {
        let mut out = Vec::new();
        while let Some(due) = self.next_due().filter(|due| *due <= now) {
            self.fall_due(due, &mut out);
        }
        out
    }

    /// Lets the time up to `now` pass, then takes up `input`.
    pub fn take(&mut self, now: Timestamp, input: Input) -> Vec<Output> {
        let mut out = self.advance(now);
        match input {
            Input::Document(response) if matches!(self.doing, Doing::Waiting) => {
                self.rest = acts::of(&response);
                if self.is_loop(now) { self.fail(now, &mut out) } else { self.proceed(now, &mut out) }
            }
            Input::NoDocument if matches!(self.doing, Doing::Waiting) => self.fail(now, &mut out),
            Input::Sound { url, length } if self.is_loading(&url) => self.sound(&url, length, now, &mut out),
            Input::Document(_) | Input::NoDocument | Input::Sound { .. } => {
                if let Doing::Dialling { music: Some(music), .. } = &mut self.doing {
                    music.take(now, input, &mut out);
                }
            }
            Input::Redirect(url) => {
                if self.interrupt(now, &mut out) {
                    self.fetch(Fetch::at(url), now, &mut out);
                }
            }
            Input::Replace(response) => {
                if self.interrupt(now, &mut out) {
                    self.rest = acts::of(&response);
                    self.proceed(now, &mut out);
                }
            }
            Input::DialOver(dialled) => self.dialled(dialled, now, &mut out),
            Input::MusicStarts => {
                if let Doing::Dialling { conference: Some(conference), music, .. } = &mut self.doing {
                    *music = Music::start(conference, self.pace, now, &mut out).map(Box::new);
                }
            }
            Input::MusicStops => self.music_stops(now, &mut out),
            Input::Key(key) => self.key(key, now, &mut out),
            Input::Speech { text, length } => {
                if let Doing::Recording(recorder) = &mut self.doing {
                    recorder.speak(now, &text, length, self.pace);
                }
            }
            Input::HangUp => self.end(now, true, &mut out),
            Input::Completed => self.end(now, false, &mut out),
        }
        out
    }

    fn is_loop(&mut self, now: Timestamp) -> bool {
        let (since, count) = self.documents;
        self.documents = if since == now { (now, count.saturating_add(1)) } else { (now, 1) };
        self.documents.1 > DOCUMENTS_AT_ONCE
    }

    fn fall_due(&mut self, at: Timestamp, out: &mut Vec<Output>) {
        match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Playing { .. } => self.proceed(at, out),
            Doing::Collecting { gather, keys, .. } => self.gathered(&gather, keys, at, out),
            Doing::Recording(mut recorder) => match recorder.fall_due(at) {
                None => self.doing = Doing::Recording(recorder),
                Some(ended) => self.recorded(recorder, ended, at, out),
            },
            Doing::Waiting => {}
            Doing::Dialling { action, conference, mut music } => {
                if let Some(music) = &mut music {
                    music.advance(at, out);
                }
                self.doing = Doing::Dialling { action, conference, music };
            }
            other @ (Doing::Loading { .. } | Doing::Connected | Doing::Over) => self.doing = other,
        }
    }

    fn is_loading(&self, wanted: &str) -> bool {
        matches!(&self.doing, Doing::Loading { url, .. } if url == wanted)
    }

    /// A sound that can't be had is left out.
    fn sound(&mut self, url: &str, length: Option<SignedDuration>, at: Timestamp, out: &mut Vec<Output>) {
        let Doing::Loading { gather, .. } = self.doing else { return };
        let Some(length) = length.filter(|length| *length > SignedDuration::ZERO) else {
            return self.proceed(at, out);
        };
        out.push(Output { at, what: What::Heard(music::words(url)) });
        self.doing = Doing::Playing { until: plus(at, length), gather };
    }

    /// Stops whatever is going on; false: the call is over.
    fn interrupt(&mut self, at: Timestamp, out: &mut Vec<Output>) -> bool {
        match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Over => {
                self.doing = Doing::Over;
                return false;
            }
            Doing::Playing { .. } => out.push(Output { at, what: What::Cut }),
            Doing::Recording(recorder) => {
                let take = Take { interrupted: true, ..recorder.finish(at, Ended::ByItself) };
                out.push(Output { at, what: What::Recorded(take) });
            }
            Doing::Dialling { music: Some(music), .. } => music.stop(at, out),
            Doing::Waiting
            | Doing::Loading { .. }
            | Doing::Collecting { .. }
            | Doing::Dialling { music: None, .. }
            | Doing::Connected => {}
        }
        self.rest.clear();
        self.whisper = false;
        true
    }

    fn dialled(&mut self, dialled: Dialled, at: Timestamp, out: &mut Vec<Output>) {
        self.music_stops(at, out);
        let Doing::Dialling { action, .. } = &mut self.doing else { return };
        match action.take() {
            Some(url) => self.fetch(Fetch { dialled: Some(dialled), ..Fetch::at(url) }, at, out),
            None => self.proceed(at, out),
        }
    }

    fn music_stops(&mut self, at: Timestamp, out: &mut Vec<Output>) {
        if let Doing::Dialling { music, .. } = &mut self.doing
            && let Some(music) = music.take()
        {
            music.stop(at, out);
        }
    }

    fn key(&mut self, key: char, at: Timestamp, out: &mut Vec<Output>) {
        if let Doing::Playing { gather: true, .. } | Doing::Loading { gather: true, .. } = self.doing {
            if matches!(self.doing, Doing::Playing { .. }) {
                out.push(Output { at, what: What::Cut });
            }
            while self.rest.front().is_some_and(|act| !matches!(act, Act::Gather(_))) {
                self.rest.pop_front();
            }
            self.proceed(at, out);
        }
        match std::mem::replace(&mut self.doing, Doing::Waiting) {
            Doing::Collecting { gather, mut keys, .. } => {
                let finished = gather.finish_on_key.contains(key);
                if !finished {
                    keys.push(key);
                }
                let full = gather.num_digits.is_some_and(|wanted| keys.len() >= wanted as usize);
                if finished || full {
                    self.gathered(&gather, keys, at, out);
                } else {
                    let until = later(at, gather.timeout);
                    self.doing = Doing::Collecting { gather, keys, until };
                }
            }
            Doing::Recording(recorder) if recorder.ends_on(key) => {
                self.recorded(recorder, Ended::Key(key), at, out);
            }
            other @ (Doing::Recording(_)
            | Doing::Waiting
            | Doing::Playing { .. }
            | Doing::Loading { .. }
            | Doing::Dialling { .. }
            | Doing::Connected
            | Doing::Over) => self.doing = other,
        }
    }

    /// Empty input is no request: the verb after the Gather runs.
    fn gathered(&mut self, gather: &Gather, keys: String, at: Timestamp, out: &mut Vec<Output>) {
        if keys.is_empty() {
            self.proceed(at, out);
        } else {
            self.fetch(Fetch { digits: Some(keys), ..Fetch::at(gather.action.clone()) }, at, out);
        }
    }

    /// A recording's action replaces the rest of the document; after an empty one the next verb runs.
    fn recorded(&mut self, recorder: Recorder, ended: Ended, at: Timestamp, out: &mut Vec<Output>) {
        let take = recorder.finish(at, ended);
        let empty = take.is_empty();
        out.push(Output { at, what: What::Recorded(take) });
        if empty {
            self.proceed(at, out);
        } else {
            self.rest.clear();
            self.doing = Doing::Waiting;
        }
    }

    fn proceed(&mut self, at: Timestamp, out: &mut Vec<Output>) {
        loop {
            match self.rest.pop_front() {
                Some(Act::Say { text, gather }) => {
                    let length = self.pace.spoken(&text);
                    if !text.is_empty() {
                        out.push(Output { at, what: What::Heard(text) });
                    }
                    if length > SignedDuration::ZERO {
                        self.doing = Doing::Playing { until: plus(at, length), gather };
                        return;
                    }
                }
                Some(Act::Pause { length, gather }) => {
                    self.doing = Doing::Playing { until: later(at, length), gather };
                    return;
                }
                Some(Act::Gather(gather)) => {
                    let until = later(at, gather.timeout);
                    self.doing = Doing::Collecting { gather, keys: String::new(), until };
                    return;
                }
                Some(Act::Record(record)) => {
                    out.push(Output { at, what: What::Recording(record.play_beep) });
                    self.doing = Doing::Recording(Recorder::start(record, at));
                    return;
                }
                Some(Act::Play { url, gather }) => {
                    out.push(Output { at, what: What::Load(url.clone()) });
                    self.doing = Doing::Loading { url, gather };
                    return;
                }
                Some(Act::Dial(dial)) => {
                    let conference = match &dial.to {
                        DialTo::Conference(conference) => Some(conference.clone()),
                        DialTo::Numbers(_) => None,
                    };
                    self.doing = Doing::Dialling { action: dial.action.clone(), conference, music: None };
                    out.push(Output { at, what: What::Dial(dial) });
                    return;
                }
                Some(Act::Redirect(url)) => return self.fetch(Fetch::at(url), at, out),
                None if self.whisper => {
                    self.doing = Doing::Connected;
                    out.push(Output { at, what: What::RanOut });
                    return;
                }
                Some(Act::Hangup) | None => return self.end(at, false, out),
            }
        }
    }

    fn fetch(&mut self, fetch: Fetch, at: Timestamp, out: &mut Vec<Output>) {
        self.rest.clear();
        self.doing = Doing::Waiting;
        out.push(Output { at, what: What::Fetch(fetch) });
    }

    fn fail(&mut self, at: Timestamp, out: &mut Vec<Output>) {
        self.rest.clear();
        out.push(Output { at, what: What::Heard(APPLICATION_ERROR.to_owned()) });
        self.end(at, false, out);
    }

    fn end(&mut self, at: Timestamp, by_caller: bool, out: &mut Vec<Output>) {
        match std::mem::replace(&mut self.doing, Doing::Over) {
            Doing::Over => return,
            Doing::Recording(recorder) => {
                out.push(Output { at, what: What::Recorded(recorder.finish(at, Ended::HangUp)) });
            }
            Doing::Waiting
            | Doing::Loading { .. }
            | Doing::Playing { .. }
            | Doing::Collecting { .. }
            | Doing::Dialling { .. }
            | Doing::Connected => {}
        }
        self.rest.clear();
        out.push(Output { at, what: What::Ended(by_caller) });
    }
}

fn later(at: Timestamp, seconds: u32) -> Timestamp {
    plus(at, SignedDuration::from_secs(i64::from(seconds)))
}

/// The end of time is as good as never.
fn plus(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.checked_add(span).unwrap_or(Timestamp::MAX)
}
