//! Reads `.call` files, and says of every line that is wrong what is wrong with it.

mod people;

use std::fmt;

use super::{
    CallerId, Line, Script, Step, USUAL_SETTINGS, WantedAlert, WantedMessage,
    parse::Token::{Text, Word},
};
use crate::exchange::{
    behaviour::{Fault, Transcribing},
    line::Road,
};

/// What `caller withheld` stands for.
const WITHHELD: &str = "anonymous";

/// Characters that a person says in a second.
const CHARACTERS_PER_SECOND: usize = 15;

/// How every kind of line is written.
const FORMS: [&str; 51] = [
    "settings NAME",
    "caller PERSON",
    "attestation WORD",
    "transcription after N seconds",
    "transcription fails",
    "transcription never comes",
    "transcription as usual",
    "webhooks repeated",
    "webhooks swapped",
    "recording callback lost",
    "transcription callback lost",
    "status callback lost",
    "placing answers lost",
    "text answers lost",
    "dial",
    "hears \"…\"",
    "does not hear \"…\"",
    "never hears \"…\"",
    "press KEYS",
    "silence",
    "records \"…\" for N seconds",
    "says \"…\"",
    "connected",
    "wait N seconds",
    "hangs up",
    "call ends",
    "alert for \"…\" from \"…\" saying \"…\" severity WORD state WORD by PERSON",
    "alerts N",
    "no alert",
    "sms to PERSON containing \"…\"",
    "mail to PERSON containing \"…\"",
    "no sms to PERSON",
    "PERSON answers after N seconds",
    "PERSON does not answer",
    "PERSON is busy",
    "PERSON declines after N seconds",
    "PERSON has voicemail",
    "PERSON's number is dead",
    "PERSON is out of reach",
    "PERSON's phone rings",
    "PERSON's phone does not ring",
    "PERSON's phone stops ringing",
    "PERSON picks up",
    "PERSON hears \"…\"",
    "PERSON does not hear \"…\"",
    "PERSON presses KEYS",
    "PERSON says \"…\"",
    "PERSON texts \"…\"",
    "PERSON is connected",
    "PERSON is cut off",
    "nobody's phone rings",
];

/// What is wrong with one line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The script.
    pub name: String,
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// How it may have been meant.
    pub hint: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.name, self.line, self.problem)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n   hint: {hint}"))
    }
}

impl std::error::Error for ParseError {}

/// Reads a script; `name` is for messages. All lines that are wrong are reported.
pub fn parse(name: &str, text: &str) -> Result<Script, Vec<ParseError>> {
    let mut script = Script { name: name.to_owned(), settings: USUAL_SETTINGS.to_owned(), lines: Vec::new() };
    let mut errors = Vec::new();
    let mut on_the_phone = false;
    for (number, text) in (1..).zip(text.lines()) {
        let wrong = |problem: String, hint| ParseError { name: name.to_owned(), line: number, problem, hint };
        let tokens = match tokens(text) {
            Ok(tokens) if tokens.is_empty() => continue,
            Ok(tokens) => tokens,
            Err(problem) => {
                errors.push(wrong(problem.to_owned(), None));
                continue;
            }
        };
        let parts: Vec<Token<&str>> = tokens.iter().map(Token::borrow).collect();
        if let [Word("settings"), Word(settings) | Text(settings)] = parts.as_slice() {
            (*settings).clone_into(&mut script.settings);
            continue;
        }
        match step(&parts) {
            Ok(step) => {
                if step == Step::Dial {
                    on_the_phone = true;
                } else if needs_a_call(&step) && !on_the_phone {
                    let problem = format!("`{}` comes before any `dial`", text.trim());
                    errors.push(wrong(problem, None));
                }
                script.lines.push(Line { number, text: text.trim().to_owned(), step });
            }
            Err(Wrong::Detail(problem)) => errors.push(wrong(problem, None)),
            Err(Wrong::Form) => {
                let problem = format!("`{}` is not a step of a call", text.trim());
                errors.push(wrong(problem, nearest(&tokens).map(|form| format!("write `{form}`"))));
            }
        }
    }
    if errors.is_empty() { Ok(script) } else { Err(errors) }
}

enum Wrong {
    /// There is no such form of a line.
    Form,
    /// The form is right, something in it is not.
    Detail(String),
}

fn step(tokens: &[Token<&str>]) -> Result<Step, Wrong> {
    Ok(match tokens {
        [Word("caller"), Word("withheld")] => Step::Caller(CallerId::Raw(WITHHELD.to_owned())),
        [Word("caller"), Word("absent")] => Step::Caller(CallerId::Absent),
        [Word("caller"), Word(number)] if number.starts_with('+') => {
            Step::Caller(CallerId::Raw((*number).to_owned()))
        }
        [Word("caller"), Word(person)] => Step::Caller(CallerId::Person((*person).to_owned())),
        [Word("caller"), Text(raw)] => Step::Caller(CallerId::Raw((*raw).to_owned())),
        [Word("attestation"), Word(word) | Text(word)] => Step::Attestation((*word).to_owned()),
        [Word("transcription"), Word("after"), Word(number), Word("second" | "seconds")] => {
            Step::Transcription(Transcribing::AfterSeconds(whole(number)?))
        }
        [Word("transcription"), Word("fails")] => Step::Transcription(Transcribing::Fails),
        [Word("transcription"), Word("never"), Word("comes")] => Step::Transcription(Transcribing::Never),
        [Word("transcription"), Word("as"), Word("usual")] => Step::Transcription(Transcribing::Usual),
        [Word("webhooks"), Word("repeated")] => Step::Fault(Fault::WebhooksRepeated),
        [Word("webhooks"), Word("swapped")] => Step::Fault(Fault::WebhooksSwapped),
        [Word("recording"), Word("callback"), Word("lost")] => Step::Fault(Fault::RecordingCallbackLost),
        [Word("transcription"), Word("callback"), Word("lost")] => {
            Step::Fault(Fault::TranscriptionCallbackLost)
        }
        [Word("status"), Word("callback"), Word("lost")] => Step::Fault(Fault::StatusCallbackLost),
        [Word("placing"), Word("answers"), Word("lost")] => Step::Fault(Fault::PlacingAnswersLost),
        [Word("text"), Word("answers"), Word("lost")] => Step::Fault(Fault::TextAnswersLost),
        [Word("dial" | "dials")] => Step::Dial,
        [Word("hears"), Text(text)] => Step::Hears((*text).to_owned()),
        [Word("does"), Word("not"), Word("hear"), Text(text)] => Step::DoesNotHear((*text).to_owned()),
        [Word("never"), Word("hears"), Text(text)] => Step::NeverHears((*text).to_owned()),
        [Word("press" | "presses"), Word(keys)] => Step::Press(these_keys(keys)?),
        [Word("silence")] => Step::Silence,
        [Word("records"), Text(text)] => {
            Step::Records { text: (*text).to_owned(), seconds: usual_length(text) }
        }
        [Word("says"), Text(text)] => Step::Says { text: (*text).to_owned(), seconds: usual_length(text) },
        [Word("connected")] => Step::Connected,
        [Word("records"), Text(text), Word("for"), Word(number), Word("second" | "seconds")] => {
            Step::Records { text: (*text).to_owned(), seconds: whole(number)? }
        }
        [Word("wait" | "waits"), Word(number), Word("second" | "seconds")] => Step::Wait(whole(number)?),
        [Word("hangs"), Word("up")] => Step::HangsUp,
        [Word("call"), Word("ends")] => Step::CallEnds,
        [Word("no"), Word("alert" | "alerts")] => Step::Alerts(0),
        [Word("alerts"), Word(number)] => Step::Alerts(whole(number)? as usize),
        [Word("alert"), clauses @ ..] => Step::Alert(alert(clauses)?),
        [Word("no"), Word(kind @ ("sms" | "mail")), Word("to"), Word(to) | Text(to)] => {
            Step::NoMessage(message(kind, to, None))
        }
        [Word(kind @ ("sms" | "mail")), Word("to"), Word(to) | Text(to)] => {
            Step::Message(message(kind, to, None))
        }
        [Word(kind @ ("sms" | "mail")), Word("to"), Word(to) | Text(to), Word("containing"), Text(text)] => {
            Step::Message(message(kind, to, Some(text)))
        }
        tokens => return people::step(tokens),
    })
}

/// Whole seconds that a person takes to say a text.
fn usual_length(text: &str) -> u32 {
    u32::try_from(text.chars().count().div_ceil(CHARACTERS_PER_SECOND)).unwrap_or(u32::MAX)
}

fn message(kind: &str, to: &str, containing: Option<&str>) -> WantedMessage {
    let road = if kind == "sms" { Road::Sms } else { Road::Mail };
    WantedMessage { road, to: to.to_owned(), containing: containing.map(str::to_owned) }
}

fn alert(clauses: &[Token<&str>]) -> Result<WantedAlert, Wrong> {
    let mut alert = WantedAlert::default();
    for clause in clauses.chunks(2) {
        let [Word(key), Word(value) | Text(value)] = clause else { return Err(Wrong::Form) };
        let slot = match *key {
            "for" => &mut alert.recipient,
            "from" => &mut alert.from,
            "saying" => &mut alert.saying,
            "severity" => &mut alert.severity,
            "state" => &mut alert.state,
            "by" => &mut alert.by,
            _ => return Err(Wrong::Form),
        };
        if slot.replace((*value).to_owned()).is_some() {
            return Err(Wrong::Detail(format!("`{key}` stands here twice")));
        }
    }
    Ok(alert)
}

fn whole(number: &str) -> Result<u32, Wrong> {
    number.parse().map_err(|error| Wrong::Detail(format!("`{number}` is not a whole number: {error}")))
}

fn these_keys(keys: &str) -> Result<String, Wrong> {
    let keys = match keys {
        "hash" => "#",
        "star" => "*",
        keys => keys,
    };
    match keys.chars().find(|key| !matches!(key, '0'..='9' | '*' | '#')) {
        None => Ok(keys.to_owned()),
        Some(other) => Err(Wrong::Detail(format!("`{other}` is not a key; keys are 0 to 9, * and #"))),
    }
}

fn needs_a_call(step: &Step) -> bool {
    matches!(
        step,
        Step::Hears(_)
            | Step::DoesNotHear(_)
            | Step::Press(_)
            | Step::Silence
            | Step::Records { .. }
            | Step::Says { .. }
            | Step::Connected
            | Step::HangsUp
            | Step::CallEnds
    )
}

/// The form whose words are most like the line's.
fn nearest(tokens: &[Token<String>]) -> Option<&'static str> {
    let words: Vec<&str> = tokens.iter().filter_map(Token::word).collect();
    let likeness = |form: &str| {
        // A form that begins with a person is compared with what the line says of its first word.
        let named = usize::from(form.starts_with(char::is_uppercase));
        let form = form.split_whitespace().filter(|word| word.starts_with(char::is_lowercase));
        strsim::jaro_winkler(&first_two(form), &first_two(words.iter().copied().skip(named)))
    };
    let best = FORMS.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)))?;
    (likeness(best) > 0.7).then_some(best)
}

fn first_two<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.take(2).collect::<Vec<_>>().join(" ")
}

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<T> {
    /// Up to the next blank.
    Word(T),
    /// Between quotes.
    Text(T),
}

impl Token<String> {
    fn borrow(&self) -> Token<&str> {
        match self {
            Word(word) => Word(word),
            Text(text) => Text(text),
        }
    }

    fn word(&self) -> Option<&str> {
        match self {
            Word(word) => Some(word),
            Text(_) => None,
        }
    }
}

/// Takes a line apart. A word processor's quotes are as good as straight ones; `\"` is a quote in a text.
fn tokens(line: &str) -> Result<Vec<Token<String>>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        if first == '#' && (tokens.is_empty() || rest.chars().nth(1).is_some_and(char::is_whitespace)) {
            break;
        }
        if matches!(first, '"' | '“' | '”') {
            let (text, after) = quoted(rest.get(first.len_utf8()..).unwrap_or_default())?;
            tokens.push(Text(text));
            rest = after.trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            tokens.push(Word(word.to_owned()));
            rest = after.trim_start();
        }
    }
    Ok(tokens)
}

fn quoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut content = String::new();
    let mut chars = text.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' | '“' | '”' => return Ok((content, chars.as_str())),
            '\\' => content.extend(chars.next()),
            other => content.push(other),
        }
    }
    Err("a text has no closing quote")
}
