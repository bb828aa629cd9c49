//! A plan becomes verbs, by what the carrier at hand can do.

use super::{
    Conference, Dial, DialTo, Gather, Number, Pause, Play, Prompt, Record, Redirect, Response, Say, Verb,
};
use crate::domain::contact::PhoneNumber;
use crate::domain::ids::LegId;
use crate::domain::voice::hunt::WaitSound;
use crate::domain::voice::phrases::{Language, Phrase, PhraseBook};
use crate::domain::voice::plan::{Bridge, Plan, Ring, Room, Then};

/// What a carrier can do, and how its documents must look. One constant a carrier, in its adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Appended to every URL that we hand to it: how often and when it asks again when we don't answer.
    pub url_fragment: &'static str,
    /// Whether it makes text of recordings itself.
    pub transcribes: bool,
    /// Whether it has conferences, and places calls when its API is asked to. Otherwise people are reached by
    /// dialling from the caller's document, with another document for whoever picks up.
    pub conferences: bool,
}

/// Where the carrier goes from a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Destinations {
    /// The reply to this document.
    pub reply: String,
    /// News of a recording's file.
    pub recording: String,
    /// A recording's text.
    pub transcription: String,
    /// The tone that a waiting caller hears.
    pub ringing_sound: String,
    /// What the addresses of all phones of the call begin with.
    pub call: String,
    /// What the addresses of the sounds of messages begin with.
    pub sounds: String,
}

/// Seconds of silence after the sound that a waiting caller hears; then they are asked what is new.
const WAIT_STEP: u32 = 1;
/// The same where there is no sound.
const SILENT_STEP: u32 = 5;
/// Pauses of half a second before the code of a bridge is pressed, so that it has picked up and spoken by then.
const BEFORE_CODE: &str = "wwwwwwwwww";
/// Seconds for which the phone of a bridge rings.
const BRIDGE_RINGS: u32 = 30;

/// The document of a plan.
pub fn render(plan: &Plan, phrases: &PhraseBook, to: &Destinations, can: Capabilities) -> Response {
    let says: Vec<Prompt> = phrases
        .language(&plan.language)
        .map(|language| plan.say.iter().map(|phrase| heard(language, phrase, to)).collect())
        .unwrap_or_default();
    let url = |url: &str| [url, can.url_fragment].concat();
    let again = Verb::Redirect(Redirect { url: url(&to.reply) });
    let speak = |says: Vec<Prompt>| says.into_iter().map(Verb::from);
    let verbs = match &plan.then {
        &Then::Ask { timeout } => {
            let gather = Gather {
                action: url(&to.reply),
                num_digits: Some(1),
                finish_on_key: String::new(),
                timeout,
                prompts: says,
            };
            vec![Verb::Gather(gather), again]
        }
        &Then::Rest { length } => speak(says).chain([Verb::Pause(Pause { length }), again]).collect(),
        &Then::Record { longest, transcribe } => {
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
        Then::Ring(ring) if can.conferences => {
            let sound = match &ring.sound {
                WaitSound::Ringing => Some(to.ringing_sound.clone()),
                WaitSound::Silence => None,
                WaitSound::At(url) => Some(url.clone()),
            };
            let timeout = if sound.is_some() { WAIT_STEP } else { SILENT_STEP };
            let sound = sound.map(|url| Prompt::Play(Play { url }));
            let gather = Gather {
                action: url(&to.reply),
                num_digits: Some(1),
                finish_on_key: String::new(),
                timeout,
                prompts: says.into_iter().chain(sound).collect(),
            };
            vec![Verb::Gather(gather), again]
        }
        // All are told of already: what becomes of them is heard beside the line.
        Then::Ring(ring) if ring.phones.is_empty() => {
            speak(says).chain([Verb::Pause(Pause { length: SILENT_STEP }), again]).collect()
        }
        Then::Ring(ring) => {
            let dial = Verb::Dial(ring_from_line(ring, to, can));
            speak(says).chain([dial]).collect()
        }
        // The carrier connects whoever's document runs out with the line that they are rung from.
        Then::Join(_) if !can.conferences => speak(says).collect(),
        Then::Join(room) => speak(says).chain([Verb::Dial(join(room, url(&to.reply)))]).collect(),
        Then::Bridge(bridge) => speak(says).chain([Verb::Dial(to_bridge(bridge, url(&to.reply)))]).collect(),
        Then::End => speak(says).chain([Verb::Hangup]).collect(),
    };
    Response { verbs }
}

/// Phones rung from the caller's line: whoever picks up performs a document of their own first.
fn ring_from_line(ring: &Ring, to: &Destinations, can: Capabilities) -> Dial {
    let number = |(leg, number): &(LegId, PhoneNumber)| {
        let base = format!("{}/legs/{leg}", to.call);
        Number {
            number: number.as_str().to_owned(),
            url: Some([base.as_str(), "/documents/0", can.url_fragment].concat()),
            send_digits: None,
            status_callback: Some([base.as_str(), "/status", can.url_fragment].concat()),
        }
    };
    Dial {
        action: Some([to.reply.as_str(), can.url_fragment].concat()),
        timeout: ring.seconds,
        time_limit: None,
        caller_id: Some(ring.shown.as_str().to_owned()),
        to: DialTo::Numbers(ring.phones.iter().map(number).collect()),
    }
}

/// Into the room of a call.
fn join(room: &Room, action: String) -> Dial {
    Dial {
        action: Some(action),
        timeout: BRIDGE_RINGS,
        time_limit: Some(room.longest),
        caller_id: None,
        to: DialTo::Conference(Conference {
            name: room.call.to_string(),
            start_on_enter: true,
            end_on_exit: room.ends_with_me,
            beep: false,
            // Empty is silence; without it there is the carrier's music.
            wait_url: (!room.has_music).then(String::new),
        }),
    }
}

/// To a bridge of somebody else's.
fn to_bridge(bridge: &Bridge, action: String) -> Dial {
    let code = &bridge.at.code;
    Dial {
        action: Some(action),
        timeout: BRIDGE_RINGS,
        time_limit: Some(bridge.longest),
        caller_id: Some(bridge.shown.as_str().to_owned()),
        to: DialTo::Numbers(vec![Number {
            number: bridge.at.number.as_str().to_owned(),
            url: None,
            send_digits: (!code.is_empty()).then(|| [BEFORE_CODE, code].concat()),
            status_callback: None,
        }]),
    }
}

/// A phrase as it is heard: spoken, or played.
fn heard(language: &Language, phrase: &Phrase, to: &Destinations) -> Prompt {
    if let Phrase::Recording(code) = phrase {
        return Prompt::Play(Play { url: format!("{}{}/audio", to.sounds, code.as_str()) });
    }
    let text = language.words(phrase);
    Prompt::Say(Say { voice: language.voice.clone(), language: language.tag.clone(), text })
}
