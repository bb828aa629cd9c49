//! The telephony protocol as data: what a carrier asks us and what we answer it.
//!
//! Pure. The verbs are those that the product emits; a verb that nothing emits has no type here.
//! Source of names and rules: Twilio's TwiML reference (the `TwiML` pages for each verb).

mod dial;
pub mod play;
pub mod progress;
pub mod read;
pub mod render;
pub mod request;
pub mod signature;
pub mod write;

pub use dial::{Conference, Dial, DialTo, Number};

/// One TwiML document: what the carrier does with the line next, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The verbs in document order.
    pub verbs: Vec<Verb>,
}

/// One instruction to the carrier. Closed: the reader refuses what is not listed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Speak a text.
    Say(Say),
    /// Play a sound.
    Play(Play),
    /// Wait in silence.
    Pause(Pause),
    /// Speak and wait for keys.
    Gather(Gather),
    /// Record the caller.
    Record(Record),
    /// Connect the line to somebody else, or to a conference.
    Dial(Dial),
    /// Fetch the next document from somewhere else.
    Redirect(Redirect),
    /// End the call.
    Hangup,
}

/// Speaks a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// The carrier's name of the voice, e.g. `Polly.Joanna`.
    pub voice: String,
    /// Language tag, e.g. `en-US`.
    pub language: String,
    /// The text, unescaped.
    pub text: String,
}

/// Plays a sound once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// Absolute URL of the sound, fetched by GET.
    pub url: String,
}

/// Waits in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Seconds, at least 1.
    pub length: u32,
}

/// A verb that may stand inside a [`Gather`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Speak a text; the first key stops it.
    Say(Say),
    /// Play a sound; the first key stops it.
    Play(Play),
    /// Wait in silence.
    Pause(Pause),
}

impl From<Prompt> for Verb {
    /// The same on its own.
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::Say(say) => Self::Say(say),
            Prompt::Play(play) => Self::Play(play),
            Prompt::Pause(pause) => Self::Pause(pause),
        }
    }
}

/// Speaks its prompts and collects keys; the first key ends the speech. When nothing is pressed
/// within `timeout` after the prompts, the verb after it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gather {
    /// Absolute URL that gets `Digits` by POST.
    pub action: String,
    /// How many keys end the input; `None`: `finish_on_key` or `timeout` ends it.
    pub num_digits: Option<u32>,
    /// The key that ends the input and is not part of it; empty: none (so `#` and `*` count as input).
    pub finish_on_key: String,
    /// Seconds of silence after the prompts, or after a key.
    pub timeout: u32,
    /// What is spoken meanwhile.
    pub prompts: Vec<Prompt>,
}

/// Records the caller until a key, the length limit, silence or hang-up. An empty recording does not
/// call `action`: the verb after it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Absolute URL that gets `RecordingUrl`, `RecordingDuration` and `Digits` by POST.
    pub action: String,
    /// Seconds of silence that end it; 0: never.
    pub timeout: u32,
    /// Keys that end it.
    pub finish_on_key: String,
    /// Seconds after which it ends by itself.
    pub max_length: u32,
    /// Whether a tone is played first.
    pub play_beep: bool,
    /// Absolute URL told about the recording's file (`completed`, `absent`).
    pub recording_status_callback: Option<String>,
    /// Absolute URL that gets the carrier's transcription; `None`: the carrier doesn't transcribe.
    pub transcribe_callback: Option<String>,
}

/// Goes on with the document at another URL, fetched by POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Absolute URL.
    pub url: String,
}
