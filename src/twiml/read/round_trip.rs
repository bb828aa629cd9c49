//! Whatever is written is read back the same.

use super::*;
use crate::twiml::write::is_xml_char;
use crate::twiml::{Conference, Dial, DialTo, Number};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Text of every kind that escaping can get wrong, with characters that XML can't carry where asked for.
fn text(legal: bool) -> impl Strategy<Value = String> + Clone {
    let tricky = select(" \t\r\n&<>\"']-;#!?/=\u{85}\u{2028}\u{FEFF}\u{FFFD}".chars().collect::<Vec<_>>());
    let illegal = select("\0\u{1}\u{B}\u{1F}\u{FFFE}\u{FFFF}".chars().collect::<Vec<_>>());
    let char = prop_oneof![3 => tricky, 2 => any::<char>(), 1 => illegal]
        .prop_map(move |c| if legal && !is_xml_char(c) { '&' } else { c });
    vec(char, 0..24).prop_map(String::from_iter)
}

fn url(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    text.prop_map(|rest| format!("https://example.org/{rest}"))
}

fn say(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Say> {
    (text.clone(), text.clone(), text).prop_map(|(voice, language, text)| Say { voice, language, text })
}

fn pause() -> impl Strategy<Value = Pause> {
    (1..=u32::MAX).prop_map(|length| Pause { length })
}

fn gather(text: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = Gather> {
    let prompt = prop_oneof![
        say(text.clone()).prop_map(Prompt::Say),
        url(text.clone()).prop_map(|url| Prompt::Play(Play { url })),
        pause().prop_map(Prompt::Pause),
    ];
    (url(text), option::of(1..=u32::MAX), "[0-9*#]?", any::<u32>(), vec(prompt, 0..4)).prop_map(
        |(action, num_digits, finish_on_key, timeout, prompts)| Gather {
            action,
            num_digits,
            finish_on_key,
            timeout,
            prompts,
        },
    )
}

fn record(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Record> {
    let numbers = (any::<u32>(), 1..=u32::MAX);
    let callbacks = (option::of(url(text.clone())), option::of(url(text.clone())));
    (url(text), "[0-9*#]{0,12}", numbers, any::<bool>(), callbacks).prop_map(
        |(action, finish_on_key, (timeout, max_length), play_beep, callbacks)| Record {
            action,
            timeout,
            finish_on_key,
            max_length,
            play_beep,
            recording_status_callback: callbacks.0,
            transcribe_callback: callbacks.1,
        },
    )
}

fn phone() -> impl Strategy<Value = String> {
    r"\+[0-9]{1,15}"
}

fn number(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Number> {
    let keys = option::of("[0-9*#wW]{1,12}");
    (phone(), option::of(url(text.clone())), keys, option::of(url(text))).prop_map(
        |(number, url, send_digits, status_callback)| Number { number, url, send_digits, status_callback },
    )
}

fn conference(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Conference> {
    let wait_url = option::of(prop_oneof![url(text.clone()), Just(String::new())]);
    (text, any::<[bool; 3]>(), wait_url).prop_map(|(name, [start_on_enter, end_on_exit, beep], wait_url)| {
        // What XML can't carry is left out, and a name of nothing else is none.
        Conference { name: format!("room {name}"), start_on_enter, end_on_exit, beep, wait_url }
    })
}

fn dial(text: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = Dial> {
    let to = prop_oneof![
        vec(number(text.clone()), 1..=MAX_NUMBERS).prop_map(DialTo::Numbers),
        conference(text.clone()).prop_map(DialTo::Conference),
    ];
    (option::of(url(text)), 5..=600_u32, option::of(1..=u32::MAX), option::of(phone()), to).prop_map(
        |(action, timeout, time_limit, caller_id, to)| Dial { action, timeout, time_limit, caller_id, to },
    )
}

fn response(legal: bool) -> impl Strategy<Value = Response> {
    let verb = prop_oneof![
        say(text(legal)).prop_map(Verb::Say),
        url(text(legal)).prop_map(|url| Verb::Play(Play { url })),
        pause().prop_map(Verb::Pause),
        gather(text(legal)).prop_map(Verb::Gather),
        record(text(legal)).prop_map(Verb::Record),
        dial(text(legal)).prop_map(Verb::Dial),
        url(text(legal)).prop_map(|url| Verb::Redirect(Redirect { url })),
        Just(Verb::Hangup),
    ];
    vec(verb, 0..6).prop_map(|verbs| Response { verbs })
}

proptest! {
    #[test]
    fn what_is_written_is_read(response in response(true)) {
        prop_assert_eq!(read(&response.to_xml()), Ok(response));
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_left_out(text in text(false)) {
        let say = |text| Say { voice: "man".to_owned(), language: "en-US".to_owned(), text };
        let written = Response { verbs: vec![Verb::Say(say(text.clone()))] };
        let expected = Response { verbs: vec![Verb::Say(say(text.replace(|c| !is_xml_char(c), "")))] };
        prop_assert_eq!(read(&written.to_xml()), Ok(expected));
    }

    #[test]
    fn whatever_is_written_is_well_formed(response in response(false)) {
        prop_assert!(read(&response.to_xml()).is_ok());
    }

    /// A document with a piece cut out or doubled is read or refused, and what is read can be written.
    #[test]
    fn damaged_documents_are_no_trouble(
        response in response(true),
        place in any::<Index>(),
        length in 0..40_usize,
        double in any::<bool>(),
    ) {
        let whole: Vec<char> = response.to_xml().chars().collect();
        let start = place.index(whole.len());
        let end = (start + length).min(whole.len());
        let (kept, rest) = if double { (end, start) } else { (start, end) };
        let damaged: String = whole[..kept].iter().chain(&whole[rest..]).collect();
        if let Ok(survived) = read(&damaged) {
            prop_assert_eq!(read(&survived.to_xml()), Ok(survived));
        }
    }
}
