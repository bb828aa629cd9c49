//! A plan becomes verbs, by what the carrier at hand can do.

use super::{Gather, Prompt, Record, Redirect, Response, Say, Verb};
use crate::domain::voice::phrases::{Language, PhraseBook};
use crate::domain::voice::plan::{Plan, Then};

/// What a carrier can do, and how its documents must look. One constant a carrier, in its adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Appended to every URL that we hand to it: how often and when it asks again when we don't answer.
    pub url_fragment: &'static str,
    /// Whether it makes text of recordings itself.
    pub transcribes: bool,
}

/// Where the carrier goes from a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// The reply to this document.
    pub reply: String,
    /// News of a recording's file.
    pub recording: String,
    /// A recording's text.
    pub transcription: String,
}

/// The document of a plan.
pub fn render(plan: &Plan, phrases: &PhraseBook, to: &Destinations, can: Capabilities) -> Response {
    let says: Vec<Say> = phrases
        .language(&plan.language)
        .map(|language| plan.say.iter().map(|phrase| say(language, language.words(phrase))).collect())
        .unwrap_or_default();
    let url = |url: &str| [url, can.url_fragment].concat();
    let again = Verb::Redirect(Redirect { url: url(&to.reply) });
    let speak = |says: Vec<Say>| says.into_iter().map(Verb::Say);
    let verbs = match plan.then {
        Then::Ask { timeout } => {
            let gather = Gather {
                action: url(&to.reply),
                num_digits: Some(1),
                finish_on_key: String::new(),
                timeout,
                prompts: says.into_iter().map(Prompt::Say).collect(),
            };
            vec![Verb::Gather(gather), again]
        }
        Then::Record { longest, transcribe } => {
            let record = Record {
                action: url(&to.reply),
                timeout: 0,
                finish_on_key: "1234567890*#".to_owned(),
                max_length: longest,
                play_beep: true,
                recording_status_callback: Some(url(&to.recording)),
                transcribe_callback: (transcribe && can.transcribes).then(|| url(&to.transcription)),
            };
            speak(says).chain([Verb::Record(record), again]).collect()
        }
        Then::End => speak(says).chain([Verb::Hangup]).collect(),
    };
    Response { verbs }
}

fn say(language: &Language, text: String) -> Say {
    Say { voice: language.voice.clone(), language: language.tag.clone(), text }
}
