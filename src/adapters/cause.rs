//! What is said of errors of other people's crates.

use crate::ports::error::VendorError;
use std::error::Error;

/// The innermost of an error's sources: it says what happened on the wire, and those around it repeat what
/// was asked of whom.
pub(super) fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

/// Somebody who is asked by HTTP has not answered, or the answer broke off.
pub(super) fn silence(who: &str, error: reqwest::Error) -> VendorError {
    let what = if error.is_timeout() {
        " did not answer in time"
    } else if error.is_connect() {
        " can't be reached"
    } else {
        "'s answer broke off"
    };
    VendorError::temporary(format!("{who}{what}: {}", innermost(&error.without_url())))
}

/// The text with every run of seven or more digits, however grouped, left out: it may be a phone number.
pub(super) fn without_numbers(text: &str) -> String {
    const FEWEST_DIGITS: usize = 7;
    let in_number =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}');
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (run, _) = from.split_at(from.find(|c| !in_number(c)).unwrap_or(from.len()));
        let run = run.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '+');
        let digits = run.chars().filter(char::is_ascii_digit).count();
        kept.push_str(before);
        kept.push_str(if digits < FEWEST_DIGITS { run } else { "…" });
        rest = from.split_at(run.len()).1;
    }
    kept + rest
}

/// What another says, as it may stand in our log: on one line, not long, and without numbers and mail addresses that
/// may be somebody's.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    let text = text.replace(char::is_control, " ");
    let words =
        text.split(' ').map(|word| if word.contains('@') || word.contains("%40") { "…" } else { word });
    without_numbers(&words.collect::<Vec<_>>().join(" ")).chars().take(LONGEST).collect()
}

/// The last line of what another says that is not blank, as it may stand in our log.
pub(super) fn last_line(text: &str) -> Option<String> {
    text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_left_out_and_it_stays_one_line() {
        assert_eq!(short("no person bob@example.com,\nor bob%40example.com there"), "no person … or … there");
    }

    #[test]
    fn numbers_are_left_out_of_the_carriers_words() {
        for (given, kept) in [
            ("The 'To' number +15550100 is not valid.", "The 'To' number … is not valid."),
            ("To: +1 (555) 010-0100, From: 4915550100", "To: …, From: …"),
            ("%2B15550100", "%2B…"),
            ("body exceeds the 1600 character limit", "body exceeds the 1600 character limit"),
            ("+", "+"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(given), kept);
        }
    }
}
