//! `[voice]`: how its times fit together.

use super::Check;
use crate::settings::file::{self, Count};
use std::ops::Range;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn times(&mut self, file: &file::Voice) {
        let seconds = |count: &Count| *count.get_ref();
        let (shortest, longest) = (&file.shortest_transcribed_seconds, &file.longest_transcribed_seconds);
        let message = &file.longest_message_seconds;
        if file.transcribe && seconds(shortest) >= seconds(longest) {
            let text = format!(
                "{} is not below longest_transcribed_seconds, {}",
                seconds(shortest),
                seconds(longest)
            );
            let at = written([shortest, longest]);
            let found = self.findings.problem(&at, "voice.shortest_transcribed_seconds", text);
            found.hint("set voice.transcribe to false to have no message transcribed");
        }
        let (wait, step) = (&file.transcription_wait_seconds, &file.wait_step_seconds);
        let (draft, call) = (&file.draft_deadline_seconds, &file.call_deadline_seconds);
        let asking = seconds(&file.ask_times) * seconds(&file.key_timeout_seconds);
        let rules = [
            Rule {
                breaks: file.transcribe && seconds(message) > seconds(longest),
                keys: [("longest_message_seconds", message), ("longest_transcribed_seconds", longest)],
                relation: "is above",
                hint: "the text of a message in between would be missing",
            },
            Rule {
                breaks: file.transcribe && seconds(wait) > 0 && seconds(step) > seconds(wait),
                keys: [("wait_step_seconds", step), ("transcription_wait_seconds", wait)],
                relation: "is above",
                hint: "a caller would wait longer than the longest wait",
            },
            Rule {
                breaks: file.transcribe && seconds(wait) >= seconds(call),
                keys: [("transcription_wait_seconds", wait), ("call_deadline_seconds", call)],
                relation: "is not below",
                hint: "a call would count as ended while its caller waits for the text",
            },
            Rule {
                breaks: seconds(message) >= seconds(call),
                keys: [("longest_message_seconds", message), ("call_deadline_seconds", call)],
                relation: "is not below",
                hint: "a call would count as ended while its message is spoken",
            },
            Rule {
                breaks: seconds(draft) > seconds(call),
                keys: [("draft_deadline_seconds", draft), ("call_deadline_seconds", call)],
                relation: "is above",
                hint: "a call would count as ended before its message is sent",
            },
        ];
        for rule in rules {
            self.rule(&rule);
        }
        if seconds(draft) <= asking {
            let text = format!("{} is not above ask_times * key_timeout_seconds, {asking}", seconds(draft));
            let at = written([draft, &file.ask_times]);
            let found = self.findings.warning(&at, "voice.draft_deadline_seconds", text);
            found.hint("a message would be sent while its caller is still being asked");
        }
    }

    fn rule(&mut self, rule: &Rule<'_>) {
        let [(key, value), (other_key, other)] = rule.keys;
        if rule.breaks {
            let text = format!("{} {} {other_key}, {}", value.get_ref(), rule.relation, other.get_ref());
            let at = written([value, other]);
            self.findings.warning(&at, format!("voice.{key}"), text).hint(rule.hint);
        }
    }
}

/// What one time of `[voice]` should be to another.
struct Rule<'f> {
    breaks: bool,
    keys: [(&'static str, &'f Count); 2],
    relation: &'static str,
    hint: &'static str,
}

/// The place of the first of them that the file holds: a default has a place of no length.
fn written<const N: usize>(counts: [&Count; N]) -> Range<usize> {
    let mut spans = counts.map(Spanned::span).into_iter();
    let first = spans.next().unwrap_or_default();
    if first.is_empty() { spans.find(|span| !span.is_empty()).unwrap_or(first) } else { first }
}
