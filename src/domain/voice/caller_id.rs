//! Who a carrier says is calling.

use crate::domain::contact::PhoneNumber;

/// What a carrier's `From` amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerId {
    /// A number. The caller's carrier says so; nothing proves it.
    Number(PhoneNumber),
    /// The caller hides it, or the carrier doesn't know.
    Withheld,
    /// Something else than a number: a SIP address, an app's client name.
    Unusable,
}

/// What carriers write in place of a number that they don't tell ("Twilio: `TwiML` Voice, request
/// parameters" promises `anonymous`, `unknown` "or other descriptions").
const WORDS: [&str; 8] =
    ["anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld", "no-caller-id"];

/// The same words dialled on a keypad: some carriers put them into the shape of a number.
const KEYPAD: [&str; 7] = [
    "266696687",   // anonymous
    "2562533",     // blocked
    "7748283",     // private
    "7378742833",  // restricted
    "86282452253", // unavailable
    "8656696",     // unknown
    "94844353",    // withheld
];

/// Tells what the carrier's `From` amounts to. None at all counts as withheld: it names nobody.
pub fn caller_id(raw: Option<&str>) -> CallerId {
    let raw = raw.unwrap_or_default().trim();
    if raw.is_empty() || WORDS.iter().any(|word| raw.eq_ignore_ascii_case(word)) {
        return CallerId::Withheld;
    }
    if KEYPAD.contains(&raw.strip_prefix('+').unwrap_or(raw)) {
        return CallerId::Withheld;
    }
    PhoneNumber::parse(raw).map_or(CallerId::Unusable, CallerId::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p03_a_withheld_number_is_nobody() {
        for raw in ["anonymous", "Anonymous", "ANONYMOUS", "unknown", "Restricted", "private", "unavailable"]
        {
            assert_eq!(caller_id(Some(raw)), CallerId::Withheld, "{raw}");
        }
        for raw in ["+266696687", "266696687", "+86282452253", "+8656696", "+2562533", "+7378742833"] {
            assert_eq!(caller_id(Some(raw)), CallerId::Withheld, "{raw}");
        }
    }

    #[test]
    fn keypad_spellings_are_what_they_say() {
        let keys = |word: &str| -> String {
            word.chars()
                .map(|c| match c {
                    'a'..='c' => '2',
                    'd'..='f' => '3',
                    'g'..='i' => '4',
                    'j'..='l' => '5',
                    'm'..='o' => '6',
                    'p'..='s' => '7',
                    't'..='v' => '8',
                    _ => '9',
                })
                .collect()
        };
        for word in WORDS.into_iter().filter(|word| !word.contains('-')) {
            assert!(KEYPAD.contains(&keys(word).as_str()), "{word} is {}", keys(word));
        }
    }

    #[test]
    fn p07_a_number_without_plus_is_normalised() {
        assert_eq!(caller_id(Some("15550001")), caller_id(Some("+15550001")));
        assert!(matches!(caller_id(Some("15550001")), CallerId::Number(_)));
    }

    #[test]
    fn p51_no_number_at_all_is_withheld() {
        assert_eq!(caller_id(None), CallerId::Withheld);
        assert_eq!(caller_id(Some("")), CallerId::Withheld);
        assert_eq!(caller_id(Some("  ")), CallerId::Withheld);
    }

    #[test]
    fn what_is_no_number_is_unusable() {
        for raw in ["client:ada", "sip:ada@example.com", "+", "+1555abc", "12"] {
            assert_eq!(caller_id(Some(raw)), CallerId::Unusable, "{raw}");
        }
    }
}
