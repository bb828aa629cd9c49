//! A document in the order in which a phone performs it.
//!
//! Source: Twilio, "Gather": what is nested in it is spoken first, and the first key ends that speech; "Dial": where
//! it has an action, that is asked however the dialling ended, and no verb after it is reached.

use super::{Dial, Gather, Pause, Play, Prompt, Record, Redirect, Response, Say, Verb};

/// One thing that happens on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A text is spoken.
    Say {
        /// The text.
        say: &'a Say,
        /// The one whose input begins with the first key: the key ends this step and skips to it.
        interrupted_by: Option<&'a Gather>,
    },
    /// A sound is played.
    Play {
        /// Which.
        play: &'a Play,
        /// As for a text.
        interrupted_by: Option<&'a Gather>,
    },
    /// Silence.
    Pause {
        /// How long.
        pause: &'a Pause,
        /// As for a text.
        interrupted_by: Option<&'a Gather>,
    },
    /// Keys are waited for; the prompts inside have been steps of their own. Without input the next step
    /// follows, with input the document at the action does.
    Gather(&'a Gather),
    /// The caller is recorded. After an empty recording the next step follows, else the document at the
    /// action does.
    Record(&'a Record),
    /// The line is connected to somebody else. When that is over the document at the action follows, and this was
    /// the last step; without an action the next step does.
    Dial(&'a Dial),
    /// The next document is fetched: always the last step.
    Redirect(&'a Redirect),
    /// The call ends: always the last step.
    Hangup,
}

/// The steps of a document. When they run out the call ends.
pub fn steps(response: &Response) -> impl Iterator<Item = Step<'_>> {
    let is_last = |verb: &Verb| {
        matches!(verb, Verb::Redirect(_) | Verb::Hangup | Verb::Dial(Dial { action: Some(_), .. }))
    };
    let last = response.verbs.iter().position(is_last);
    let performed = last.map_or(response.verbs.len(), |last| last + 1);
    response.verbs.iter().take(performed).flat_map(of_verb)
}

fn of_verb(verb: &Verb) -> impl Iterator<Item = Step<'_>> {
    let (step, prompts, gather) = match verb {
        Verb::Say(say) => (Step::Say { say, interrupted_by: None }, &[][..], None),
        Verb::Play(play) => (Step::Play { play, interrupted_by: None }, &[][..], None),
        Verb::Pause(pause) => (Step::Pause { pause, interrupted_by: None }, &[][..], None),
        Verb::Gather(gather) => (Step::Gather(gather), gather.prompts.as_slice(), Some(gather)),
        Verb::Record(record) => (Step::Record(record), &[][..], None),
        Verb::Dial(dial) => (Step::Dial(dial), &[][..], None),
        Verb::Redirect(redirect) => (Step::Redirect(redirect), &[][..], None),
        Verb::Hangup => (Step::Hangup, &[][..], None),
    };
    prompts.iter().map(move |prompt| of_prompt(prompt, gather)).chain([step])
}

fn of_prompt<'a>(prompt: &'a Prompt, interrupted_by: Option<&'a Gather>) -> Step<'a> {
    match prompt {
        Prompt::Say(say) => Step::Say { say, interrupted_by },
        Prompt::Play(play) => Step::Play { play, interrupted_by },
        Prompt::Pause(pause) => Step::Pause { pause, interrupted_by },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twiml::read::read;

    fn performed(verbs: &str) -> String {
        let response = read(&format!("<Response>{verbs}</Response>")).expect("a document");
        let name = |step| match step {
            Step::Say { say, interrupted_by: None } => format!("say {}", say.text),
            Step::Say { say, interrupted_by: Some(gather) } => {
                format!("say {} or {}", say.text, gather.action)
            }
            Step::Play { play, interrupted_by: None } => format!("play {}", play.url),
            Step::Play { play, interrupted_by: Some(gather) } => {
                format!("play {} or {}", play.url, gather.action)
            }
            Step::Pause { interrupted_by: None, .. } => "pause".to_owned(),
            Step::Pause { interrupted_by: Some(gather), .. } => format!("pause or {}", gather.action),
            Step::Gather(gather) => format!("gather {}", gather.action),
            Step::Record(_) => "record".to_owned(),
            Step::Dial(_) => "dial".to_owned(),
            Step::Redirect(_) => "redirect".to_owned(),
            Step::Hangup => "hangup".to_owned(),
        };
        steps(&response).map(name).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn prompts_come_before_their_gather() {
        let verbs = r#"<Say>a</Say>
            <Gather action="/1"><Say>b</Say><Pause/><Play>p</Play><Say>c</Say></Gather>
            <Pause/><Play>q</Play>
            <Gather action="/2"/>"#;
        let expected =
            "say a, say b or /1, pause or /1, play p or /1, say c or /1, gather /1, pause, play q, gather /2";
        assert_eq!(performed(verbs), expected);
    }

    #[test]
    fn nothing_follows_a_redirect_or_a_hangup() {
        assert_eq!(performed("<Say>a</Say><Redirect>/</Redirect><Say>b</Say><Hangup/>"), "say a, redirect");
        assert_eq!(performed(r#"<Record action="/"/><Hangup/><Redirect>/</Redirect>"#), "record, hangup");
    }

    #[test]
    fn nothing_follows_a_dial_with_an_action() {
        let dial = "><Number>+15550100</Number></Dial><Say>a</Say>";
        assert_eq!(performed(&format!(r#"<Dial action="/"{dial}"#)), "dial");
        assert_eq!(performed(&format!("<Dial{dial}")), "dial, say a");
    }

    #[test]
    fn an_empty_document_has_no_step() {
        assert_eq!(performed(""), "");
    }
}
