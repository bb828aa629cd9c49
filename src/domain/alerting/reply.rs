//! What somebody writes back to a text message about an alert, and by which short number they name it.

use super::alert::AlertStory;
use super::log::{Happened, LogEntry};
use crate::domain::contact::PhoneNumber;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What somebody does to an alert by text, on the page behind a link, or with a key of their phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// They take care of it.
    Acknowledge,
    /// It has been dealt with.
    Resolve,
    /// The next step of its policy is to be made now.
    Escalate,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Acknowledge, Self::Resolve, Self::Escalate];

    /// The word used in forms and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Resolve => "resolve",
            Self::Escalate => "escalate",
        }
    }

    /// The deed of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// Which alert somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that they were told of last.
    Latest,
    /// All that they were told of and that are open.
    All,
    /// The one with that short number; where their phone has none such, the alert of that number.
    Short(u32),
    /// The alert of that number: they wrote `#` before it.
    Number(u32),
}

/// What a text message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Something is to be done.
    Do(Deed, Which),
    /// They want no more texts.
    Stop,
    /// They want texts again.
    Start,
    /// They want to know what they can write.
    Help,
    /// Nothing that is known here.
    Unknown,
}

/// Longer texts are no commands: whoever writes so much wants to say something else.
const LONGEST: usize = 40;

/// What a text message says. Case, blanks, quotes around it or around its parts, and punctuation at its end don't count.
///
/// The words are those of `GoAlert` (`a`, `ack`, `c`, `close`, `e`, with a number before or behind, and `aa`, `cc` for
/// all), and those for STOP and START that carriers act upon themselves; the latter count only as the whole text.
pub fn parse(text: &str) -> Reply {
    if text.chars().count() > LONGEST {
        return Reply::Unknown;
    }
    let Some(parts) = parts(text) else { return Reply::Unknown };
    match parts.as_slice() {
        [Part::Word(word)] => alone(word),
        [Part::Word(word), Part::Word(all)] if all == "all" => on(word, Which::All),
        // The number is of one alert, the word means all of them, and all of them it is.
        [Part::Word(word), Part::Number { .. }] | [Part::Number { .. }, Part::Word(word)]
            if matches!(word.as_str(), "aa" | "cc") =>
        {
            alone(word)
        }
        [Part::Word(word), Part::Number { value, is_marked }]
        | [Part::Number { value, is_marked }, Part::Word(word)] => {
            on(word, if *is_marked { Which::Number(*value) } else { Which::Short(*value) })
        }
        _ => Reply::Unknown,
    }
}

/// A word that is the whole text.
fn alone(word: &str) -> Reply {
    match word {
        "aa" => Reply::Do(Deed::Acknowledge, Which::All),
        "cc" => Reply::Do(Deed::Resolve, Which::All),
        "stop" | "stopall" | "unsubscribe" | "end" | "quit" | "cancel" => Reply::Stop,
        "start" | "unstop" => Reply::Start,
        "help" | "info" => Reply::Help,
        word => on(word, Which::Latest),
    }
}

fn on(word: &str, which: Which) -> Reply {
    match word {
        "a" | "ack" | "acknowledge" => Reply::Do(Deed::Acknowledge, which),
        "c" | "close" | "resolve" => Reply::Do(Deed::Resolve, which),
        // Whoever escalates everything at once has not read it.
        "e" | "escalate" if which != Which::All => Reply::Do(Deed::Escalate, which),
        _ => Reply::Unknown,
    }
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Letters, in lower case.
    Word(String),
    /// Digits, with `#` before them or without.
    Number { value: u32, is_marked: bool },
}

/// The text's words and numbers; `None`: there is something else in it.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = vec![];
    let is_end = |c: char| matches!(c, '.' | '!' | '?' | ',' | ';' | ':');
    let mut rest = text.trim_end_matches(|c| is_end(c) || is_blank(c));
    loop {
        rest = rest.trim_start_matches(is_blank);
        let Some(first) = rest.chars().next() else { return Some(parts) };
        let marked = rest.strip_prefix('#');
        let digits = marked.unwrap_or(rest);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            let (number, after) = split(digits, |c| c.is_ascii_digit());
            parts.push(Part::Number { value: number.parse().ok()?, is_marked: marked.is_some() });
            rest = after;
        } else if first.is_alphabetic() {
            let (word, after) = split(rest, char::is_alphabetic);
            parts.push(Part::Word(word.to_lowercase()));
            rest = after;
        } else {
            return None;
        }
    }
}

/// The text up to the first character that is not of that kind, and from there on.
fn split(text: &str, is_of: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !is_of(c)).unwrap_or(text.len()))
}

/// What stands between words and means nothing: blanks, and the quotes of all keyboards.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\'' | '"' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '«' | '»' | '\u{200b}' | '\u{feff}'
        )
}

/// The smallest short number that is not in use.
pub fn smallest_free(in_use: impl IntoIterator<Item = u32>) -> u32 {
    let used: BTreeSet<u32> = in_use.into_iter().collect();
    used.into_iter().fold(1, |free, number| if number == free { free.saturating_add(1) } else { free })
}

/// How many steps of its policy were made or asked for so far: what whoever is told of it now knows of.
pub fn steps_made(story: &AlertStory) -> u32 {
    steps_made_by(story, Timestamp::MAX)
}

/// The same, of those up to that moment.
pub fn steps_made_by(story: &AlertStory, until: Timestamp) -> u32 {
    let is_step = |entry: &&LogEntry| {
        entry.at <= until
            && matches!(entry.what, Happened::Escalated { .. } | Happened::EscalationAsked { .. })
    };
    u32::try_from(story.log.iter().filter(is_step).count()).unwrap_or(u32::MAX)
}

/// Whether a step was made besides those, or is about to be made because somebody asked for it. Whoever was told before it
/// and asks for the next one means the one that was made.
pub fn has_escalated(story: &AlertStory, known: u32) -> bool {
    story.alert.progress.escalation.asked_by.is_some() || steps_made(story) > known
}

/// Calling codes of countries from which no text comes back: India, China, Guatemala, Costa Rica, Panama, Vietnam
/// (source: `GoAlert`).
const NO_WAY_BACK: [&str; 6] = ["+91", "+86", "+502", "+506", "+507", "+84"];

/// Calling codes of countries whose carriers drop texts with links in them: China.
const NO_LINKS: [&str; 1] = ["+86"];

/// Whether the holder of that phone can write back.
pub fn can_write_back(phone: &PhoneNumber) -> bool {
    !NO_WAY_BACK.iter().any(|code| phone.as_str().starts_with(code))
}

/// Whether a text to that phone may hold a link.
pub fn takes_links(phone: &PhoneNumber) -> bool {
    !NO_LINKS.iter().any(|code| phone.as_str().starts_with(code))
}

/// How many times a phone that writes nothing that is known here is answered, before it has to do something that is: two
/// programs that answer each other come to an end by that.
pub const MOST_SORRIES: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACK: Deed = Deed::Acknowledge;

    #[test]
    fn g14_short_numbers_are_read_however_they_are_written() {
        for text in
            ["1a", "'1a'", "1 a", "ack 1", "a1", "A 1", "“1A”.", " 1a \n", "ack '1'", "1ack", "ACK 1!"]
        {
            assert_eq!(parse(text), Reply::Do(ACK, Which::Short(1)), "{text}");
        }
        assert_eq!(parse("'1c'"), Reply::Do(Deed::Resolve, Which::Short(1)));
        assert_eq!(parse("close 4"), Reply::Do(Deed::Resolve, Which::Short(4)));
        assert_eq!(parse("4e"), Reply::Do(Deed::Escalate, Which::Short(4)));
    }

    #[test]
    fn g13_the_number_of_an_alert_may_be_marked() {
        assert_eq!(parse("ack198"), Reply::Do(ACK, Which::Short(198)));
        assert_eq!(parse("ack #198"), Reply::Do(ACK, Which::Number(198)));
        assert_eq!(parse("#198 c"), Reply::Do(Deed::Resolve, Which::Number(198)));
    }

    #[test]
    fn g15_g16_a_word_alone_means_the_latest_alert() {
        for text in ["a", "ack", "Ack ", "\"ACK\"", "a.", "acknowledge"] {
            assert_eq!(parse(text), Reply::Do(ACK, Which::Latest), "{text}");
        }
        for text in ["c", "Close", "close!"] {
            assert_eq!(parse(text), Reply::Do(Deed::Resolve, Which::Latest), "{text}");
        }
        assert_eq!(parse("e"), Reply::Do(Deed::Escalate, Which::Latest));
    }

    #[test]
    fn g30_all_of_them() {
        assert_eq!(parse("aa"), Reply::Do(ACK, Which::All));
        assert_eq!(parse("ack all"), Reply::Do(ACK, Which::All));
        assert_eq!(parse("CC"), Reply::Do(Deed::Resolve, Which::All));
        assert_eq!(parse("escalate all"), Reply::Unknown);
        for text in ["100aa", "'100 aa'", "aa 100", "#100 aa"] {
            assert_eq!(parse(text), Reply::Do(ACK, Which::All), "{text}");
        }
        assert_eq!(parse("100CC"), Reply::Do(Deed::Resolve, Which::All));
        assert_eq!(parse("100ee"), Reply::Unknown);
    }

    #[test]
    fn g20_stop_and_start_count_only_as_the_whole_text() {
        for text in ["STOP", "stop.", "Unsubscribe", "END", "quit", "cancel", "stopall"] {
            assert_eq!(parse(text), Reply::Stop, "{text}");
        }
        for text in ["START", "unstop"] {
            assert_eq!(parse(text), Reply::Start, "{text}");
        }
        for text in ["please stop", "stop it", "don't start", "the end", "stop 1"] {
            assert_eq!(parse(text), Reply::Unknown, "{text}");
        }
    }

    #[test]
    fn anything_else_is_nothing_that_is_known() {
        for text in
            ["", " ", "1", "198", "1a 2a", "a-1", "1.5a", "99999999999a", "ja", "k", "ack 1 2", "👍", "# 1a"]
        {
            assert_eq!(parse(text), Reply::Unknown, "{text}");
        }
    }

    #[test]
    fn g21_some_countries_have_no_way_back_and_china_no_links() {
        let of = |text: &str| {
            let phone = PhoneNumber::parse(text).unwrap();
            (can_write_back(&phone), takes_links(&phone))
        };
        for text in ["+919876543210", "+50222334455", "+50688887777", "+50760001234", "+84912345678"] {
            assert_eq!(of(text), (false, true), "{text}");
        }
        assert_eq!(of("+8613812345678"), (false, false));
        for text in ["+4915112345678", "+15550100", "+50312345678"] {
            assert_eq!(of(text), (true, true), "{text}");
        }
    }

    #[test]
    fn a_short_number_is_the_smallest_that_is_free() {
        assert_eq!(smallest_free([]), 1);
        assert_eq!(smallest_free([2, 1, 4]), 3);
        assert_eq!(smallest_free([2, 3]), 1);
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "\\PC{0,60}") {
            let _reply = parse(&text);
        }

        #[test]
        fn quotes_and_blanks_around_it_never_count(text in "[ace]{1,2}[0-9]{0,3}", around in "[ '\"“”]{0,3}") {
            prop_assert_eq!(parse(&format!("{around}{text}{around}")), parse(&text));
        }
    }
}
