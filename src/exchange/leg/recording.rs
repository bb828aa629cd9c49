//! The recorder of a leg: counts speech and silence, and says when a recording ends by itself.

use jiff::{SignedDuration, Timestamp};

use crate::twiml::Record;

use super::{Pace, plus};

/// What a recording left.
#[derive(Debug, Clone, PartialEq)]
pub struct Take {
    /// The verb that asked for it.
    pub record: Record,
    /// When it began.
    pub started: Timestamp,
    /// What was said, as far as it was said before the end.
    pub text: String,
    /// Whole seconds without the silence before and after (Record's `trim` is on by default); 0: empty.
    pub seconds: u32,
    /// The key that ended it, the word `hangup`, or nothing when length or silence ended it.
    pub digits: Option<String>,
    /// Whether the call was told to do something else meanwhile: then nobody is asked what to do next.
    pub interrupted: bool,
}

impl Take {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.seconds == 0
    }
}

/// What ended a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// A key of `finishOnKey`.
    Key(char),
    /// `maxLength` or `timeout`.
    ByItself,
    /// The end of the call.
    HangUp,
}

/// A recording that is going on. Its length counts speech at a human pace, however fast the line is.
#[derive(Debug)]
pub(super) struct Recorder {
    record: Record,
    started: Timestamp,
    /// Since when the line is as it is now, speaking or silent.
    mark: Timestamp,
    /// The recording's length at `mark`.
    length: SignedDuration,
    speech: Option<Speech>,
    said: Vec<String>,
    /// Where in the recording the first word began and the last one ended.
    voiced: Option<(SignedDuration, SignedDuration)>,
}

#[derive(Debug)]
struct Speech {
    text: String,
    /// How long the rest of it takes at a human pace, counted from `mark`.
    length: SignedDuration,
    /// When it is over by the clock.
    until: Timestamp,
    pace: Pace,
}

impl Recorder {
    pub(super) fn start(record: Record, at: Timestamp) -> Self {
        Self {
            record,
            started: at,
            mark: at,
            length: SignedDuration::ZERO,
            speech: None,
            said: Vec::new(),
            voiced: None,
        }
    }

    pub(super) fn ends_on(&self, key: char) -> bool {
        self.record.finish_on_key.contains(key)
    }

    pub(super) fn next_due(&self) -> Timestamp {
        let left = self.max_length().saturating_sub(self.length);
        match &self.speech {
            Some(speech) if speech.length <= left => speech.until,
            Some(speech) => plus(self.mark, speech.pace.faster(left)),
            None => plus(self.mark, self.silence().map_or(left, |silence| silence.min(left))),
        }
    }

    /// What `next_due` announced has come: either a speech is over, or the recording is.
    pub(super) fn fall_due(&mut self, at: Timestamp) -> Option<Ended> {
        if self.speech.as_ref().is_some_and(|speech| speech.until <= at) {
            self.settle(at);
            return None;
        }
        Some(Ended::ByItself)
    }

    pub(super) fn speak(&mut self, at: Timestamp, text: &str, length: SignedDuration, pace: Pace) {
        if let Some(speech) = &mut self.speech {
            speech.text.push(' ');
            speech.text.push_str(text);
            speech.length = speech.length.saturating_add(length);
            speech.until = plus(speech.until, pace.faster(length));
            return;
        }
        self.settle(at);
        let until = plus(at, pace.faster(length));
        self.speech = Some(Speech { text: text.to_owned(), length, until, pace });
    }

    pub(super) fn finish(mut self, at: Timestamp, ended: Ended) -> Take {
        self.settle(at);
        let (first, last) = self.voiced.unwrap_or_default();
        let span = last.min(self.max_length()).saturating_sub(first).as_secs_f64();
        Take {
            record: self.record,
            started: self.started,
            text: self.said.join(" "),
            seconds: if self.voiced.is_some() { whole_seconds(span) } else { 0 },
            digits: match ended {
                Ended::Key(key) => Some(key.to_string()),
                Ended::ByItself => None,
                Ended::HangUp => Some("hangup".to_owned()),
            },
            interrupted: false,
        }
    }

    fn max_length(&self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.record.max_length))
    }

    fn silence(&self) -> Option<SignedDuration> {
        (self.record.timeout > 0).then(|| SignedDuration::from_secs(i64::from(self.record.timeout)))
    }

    /// Adds what has passed since `mark`, and takes the words that were said by then.
    fn settle(&mut self, at: Timestamp) {
        let passed = at.duration_since(self.mark);
        self.mark = at;
        let Some(speech) = self.speech.take() else {
            self.length = self.length.saturating_add(passed);
            return;
        };
        let begun = self.length;
        let share = share(passed, speech.pace.faster(speech.length));
        self.length = begun.saturating_add(super::seconds(speech.length.as_secs_f64() * share));
        if self.length > begun {
            let first = self.voiced.map_or(begun, |(first, _)| first);
            self.voiced = Some((first, self.length));
            self.said.push(begin(&speech.text, share));
        }
    }
}

/// How much of `whole` has passed, from 0 to 1.
fn share(passed: SignedDuration, whole: SignedDuration) -> f64 {
    if whole <= passed { 1.0 } else { passed.as_secs_f64() / whole.as_secs_f64() }
}

/// The words that are said when a share of the text is spoken.
fn begin(text: &str, share: f64) -> String {
    if share >= 1.0 {
        return text.to_owned();
    }
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let mut left = f64::from(characters) * share;
    let words = text.split_whitespace().take_while(|word| {
        left -= f64::from(u32::try_from(word.chars().count()).unwrap_or(u32::MAX));
        let fits = left >= 0.0;
        left -= 1.0;
        fits
    });
    words.collect::<Vec<_>>().join(" ")
}

/// At least 1, as something was said.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded, and bounded by the verb's maximum length, which is a u32"
)]
fn whole_seconds(span: f64) -> u32 {
    span.round().max(1.0) as u32
}
