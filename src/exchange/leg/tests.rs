use jiff::ToSpan;
use proptest::prelude::*;

use super::*;
use crate::twiml::{Conference, Number, Pause, Play, Prompt, Record, Redirect, Say, Verb};

/// Ten characters a second, so that lengths can be read off the text.
const PACE: Pace = Pace { characters_per_second: 10.0, speed: 1.0 };

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + milliseconds.milliseconds()
}

fn say(text: &str) -> Say {
    Say { voice: "alice".to_owned(), language: "en-US".to_owned(), text: text.to_owned() }
}

fn gather(num_digits: Option<u32>, finish_on_key: &str, prompts: &[&str]) -> Verb {
    Verb::Gather(Gather {
        action: "/keys".to_owned(),
        num_digits,
        finish_on_key: finish_on_key.to_owned(),
        timeout: 5,
        prompts: prompts.iter().map(|text| Prompt::Say(say(text))).collect(),
    })
}

fn record(timeout: u32, max_length: u32) -> Verb {
    Verb::Record(Record {
        action: "/recorded".to_owned(),
        timeout,
        finish_on_key: "1234567890*#".to_owned(),
        max_length,
        play_beep: true,
        recording_status_callback: None,
        transcribe_callback: None,
    })
}

fn redirect() -> Verb {
    Verb::Redirect(Redirect { url: "/next".to_owned() })
}

fn play(url: &str) -> Verb {
    Verb::Play(Play { url: url.to_owned() })
}

fn dial(action: Option<&str>, to: DialTo) -> Verb {
    Verb::Dial(Dial { action: action.map(str::to_owned), timeout: 12, time_limit: None, caller_id: None, to })
}

fn numbers() -> DialTo {
    let number =
        Number { number: "+15550101".to_owned(), url: None, send_digits: None, status_callback: None };
    DialTo::Numbers(vec![number])
}

fn room(wait_url: Option<&str>) -> DialTo {
    DialTo::Conference(Conference {
        name: "room".to_owned(),
        start_on_enter: true,
        end_on_exit: false,
        beep: false,
        wait_url: wait_url.map(str::to_owned),
    })
}

fn sound(url: &str, length: Option<i64>) -> Input {
    Input::Sound { url: url.to_owned(), length: length.map(SignedDuration::from_secs) }
}

fn over(status: &'static str) -> Input {
    Input::DialOver(Dialled { status, sid: None, duration: None, bridged: None })
}

/// A leg on the line, and what happened on it in words: `milliseconds: event`.
struct Line {
    leg: Leg,
    log: Vec<String>,
}

impl Line {
    fn plays(verbs: Vec<Verb>) -> Self {
        Self::plays_at(PACE, verbs)
    }

    fn plays_at(pace: Pace, verbs: Vec<Verb>) -> Self {
        let mut line = Self { leg: Leg::new(pace, at(0)), log: Vec::new() };
        line.does(0, Input::Document(Response { verbs }));
        line
    }

    fn does(&mut self, milliseconds: i64, input: Input) -> &mut Self {
        let outputs = self.leg.take(at(milliseconds), input);
        self.write(outputs);
        self
    }

    fn presses(&mut self, milliseconds: i64, key: char) -> &mut Self {
        self.does(milliseconds, Input::Key(key))
    }

    fn speaks(&mut self, milliseconds: i64, text: &str, seconds: i64) -> &mut Self {
        let length = SignedDuration::from_secs(seconds);
        self.does(milliseconds, Input::Speech { text: text.to_owned(), length })
    }

    fn hears_the_document(&mut self, milliseconds: i64, verbs: Vec<Verb>) -> &mut Self {
        self.does(milliseconds, Input::Document(Response { verbs }))
    }

    /// Nobody does anything until nothing is due any more.
    fn waits(&mut self) -> &mut Self {
        while let Some(due) = self.leg.next_due() {
            let outputs = self.leg.advance(due);
            self.write(outputs);
        }
        self
    }

    fn write(&mut self, outputs: Vec<Output>) {
        for Output { at: when, what } in outputs {
            let when = when.duration_since(at(0)).as_millis();
            let what = match what {
                What::Heard(text) => format!("heard {text}"),
                What::Cut => "cut".to_owned(),
                What::Recording(beep) => format!("recording, beep {beep}"),
                What::Recorded(Take { text, seconds, digits, interrupted, .. }) => {
                    let end = if interrupted { ", interrupted" } else { "" };
                    format!("recorded {text:?} {seconds} s, digits {digits:?}{end}")
                }
                What::Fetch(Fetch { url, digits, dialled: None }) => format!("fetch {url} {digits:?}"),
                What::Fetch(Fetch { url, dialled: Some(dialled), .. }) => {
                    format!("fetch {url} after {}", dialled.status)
                }
                What::Load(url) => format!("load {url}"),
                What::Dial(_) => "dial".to_owned(),
                What::RanOut => "ran out".to_owned(),
                What::Ended(by_caller) => format!("ended, by caller {by_caller}"),
            };
            self.log.push(format!("{when}: {what}"));
        }
    }

    #[track_caller]
    fn happened(&self, expected: &[&str]) {
        assert_eq!(self.log, expected);
    }
}

#[test]
fn speech_takes_time_and_the_end_of_the_document_ends_the_call() {
    let verbs = vec![Verb::Say(say("0123456789")), Verb::Pause(Pause { length: 2 }), Verb::Say(say("01234"))];
    Line::plays(verbs).waits().happened(&[
        "0: heard 0123456789",
        "3000: heard 01234",
        "3500: ended, by caller false",
    ]);
}

#[test]
fn the_first_key_stops_the_prompts_and_is_input() {
    let verbs = vec![gather(Some(1), "", &["Press 1 or 2", "Or wait"]), redirect()];
    Line::plays(verbs).presses(400, '2').waits().happened(&[
        "0: heard Press 1 or 2",
        "400: cut",
        "400: fetch /keys Some(\"2\")",
    ]);
}

#[test]
fn a_key_before_the_gather_is_lost() {
    let verbs = vec![Verb::Say(say("0123456789")), gather(Some(1), "", &[]), redirect()];
    Line::plays(verbs).presses(400, '2').waits().happened(&["0: heard 0123456789", "6000: fetch /next None"]);
}

#[test]
fn the_timeout_counts_from_the_end_of_the_prompts_and_then_the_next_verb_runs() {
    let verbs = vec![gather(Some(1), "", &["0123456789"]), Verb::Say(say("Nothing?")), redirect()];
    Line::plays(verbs).waits().happened(&[
        "0: heard 0123456789",
        "6000: heard Nothing?",
        "6800: fetch /next None",
    ]);
}

#[test]
fn each_key_restarts_the_timeout() {
    let verbs = vec![gather(Some(3), "", &[]), redirect()];
    Line::plays(verbs)
        .presses(4000, '1')
        .presses(8000, '2')
        .waits()
        .happened(&["13000: fetch /keys Some(\"12\")"]);
}

#[test]
fn the_finishing_key_ends_input_and_is_no_part_of_it() {
    let verbs = vec![gather(None, "#", &[]), redirect()];
    Line::plays(verbs)
        .presses(100, '1')
        .presses(200, '2')
        .presses(300, '#')
        .waits()
        .happened(&["300: fetch /keys Some(\"12\")"]);
}

#[test]
fn the_finishing_key_alone_is_no_input() {
    let verbs = vec![gather(Some(1), "#", &["Press 1"]), redirect()];
    Line::plays(verbs).presses(100, '#').waits().happened(&[
        "0: heard Press 1",
        "100: cut",
        "100: fetch /next None",
    ]);
}

#[test]
fn without_a_finishing_key_hash_is_input() {
    let verbs = vec![gather(Some(1), "", &[]), redirect()];
    Line::plays(verbs).presses(100, '#').waits().happened(&["100: fetch /keys Some(\"#\")"]);
}

#[test]
fn a_key_ends_a_recording() {
    let mut line = Line::plays(vec![Verb::Say(say("0123456789")), record(0, 120), redirect()]);
    line.speaks(1500, "Pumps are down", 14).presses(17_000, '1').waits().happened(&[
        "0: heard 0123456789",
        "1000: recording, beep true",
        "17000: recorded \"Pumps are down\" 14 s, digits Some(\"1\")",
    ]);
}

#[test]
fn a_key_that_is_not_listed_does_not_end_a_recording() {
    let Verb::Record(mut verb) = record(3, 120) else { unreachable!() };
    verb.finish_on_key = "1".to_owned();
    let mut line = Line::plays(vec![Verb::Record(verb)]);
    line.speaks(0, "Pumps", 5)
        .presses(2000, '5')
        .waits()
        .happened(&["0: recording, beep true", "8000: recorded \"Pumps\" 5 s, digits None"]);
}

#[test]
fn silence_after_speech_ends_a_recording() {
    Line::plays(vec![record(3, 120)])
        .speaks(1000, "Pumps", 5)
        .waits()
        .happened(&["0: recording, beep true", "9000: recorded \"Pumps\" 5 s, digits None"]);
}

#[test]
fn p15_without_a_timeout_silence_goes_on_until_the_length_limit() {
    Line::plays(vec![record(0, 120)])
        .speaks(1000, "Pumps", 5)
        .waits()
        .happened(&["0: recording, beep true", "120000: recorded \"Pumps\" 5 s, digits None"]);
}

#[test]
fn p17_the_length_limit_cuts_what_is_said() {
    Line::plays(vec![record(0, 120)])
        .speaks(0, "one two three four", 240)
        .waits()
        .happened(&["0: recording, beep true", "120000: recorded \"one two\" 120 s, digits None"]);
}

#[test]
fn p54_an_empty_recording_calls_nothing_and_the_next_verb_runs() {
    Line::plays(vec![record(3, 120), redirect()]).waits().happened(&[
        "0: recording, beep true",
        "3000: recorded \"\" 0 s, digits None",
        "3000: fetch /next None",
    ]);
}

#[test]
fn p18_hanging_up_keeps_what_was_said() {
    let mut line = Line::plays(vec![record(0, 120)]);
    line.speaks(0, "Pumps are down", 14).does(20_000, Input::HangUp).waits().happened(&[
        "0: recording, beep true",
        "20000: recorded \"Pumps are down\" 14 s, digits Some(\"hangup\")",
        "20000: ended, by caller true",
    ]);
}

#[test]
fn a_faster_line_keeps_the_length_that_was_spoken() {
    let fast = Pace { characters_per_second: 10.0, speed: 4.0 };
    let mut line = Line::plays_at(fast, vec![Verb::Say(say("0123456789")), record(2, 120)]);
    line.speaks(250, "Pumps are down", 14).waits().happened(&[
        "0: heard 0123456789",
        "250: recording, beep true",
        "5750: recorded \"Pumps are down\" 14 s, digits None",
    ]);
}

#[test]
fn what_is_said_bit_by_bit_is_one_recording() {
    let mut line = Line::plays(vec![record(3, 120)]);
    line.speaks(0, "Pumps", 2)
        .speaks(1000, "are", 1)
        .speaks(5000, "down", 1)
        .waits()
        .happened(&["0: recording, beep true", "9000: recorded \"Pumps are down\" 6 s, digits None"]);
}

#[test]
fn without_a_document_the_caller_hears_the_application_error() {
    let mut line = Line { leg: Leg::new(PACE, at(0)), log: Vec::new() };
    line.does(10, Input::NoDocument).waits();
    assert_eq!(line.log[0], format!("10: heard {APPLICATION_ERROR}"));
    assert_eq!(line.log[1..], ["10: ended, by caller false"]);
}

#[test]
fn hanging_up_ends_everything_and_a_late_document_is_not_played() {
    let verbs = vec![gather(Some(1), "", &["Press 1"])];
    let mut line = Line::plays(verbs.clone());
    line.does(100, Input::HangUp).does(200, Input::Document(Response { verbs })).presses(300, '1');
    line.does(400, Input::HangUp).waits().happened(&["0: heard Press 1", "100: ended, by caller true"]);
}

#[test]
fn a_document_that_leads_nowhere_without_time_passing_ends_the_call() {
    let mut line = Line::plays(vec![redirect()]);
    while !line.leg.is_over() {
        line.does(0, Input::Document(Response { verbs: vec![redirect()] }));
    }
    assert_eq!(line.log.last().map(String::as_str), Some("0: ended, by caller false"));
    assert_eq!(line.log.len(), usize::try_from(DOCUMENTS_AT_ONCE).unwrap() + 2);
}

#[test]
fn a_sound_is_heard_once_it_is_there_and_lasts_as_long_as_it_is() {
    let mut line = Line::plays(vec![play("http://g/ring.wav?x=1"), Verb::Say(say("01234"))]);
    line.does(200, sound("http://g/other.wav", Some(1)));
    line.does(300, sound("http://g/ring.wav?x=1", Some(5))).waits().happened(&[
        "0: load http://g/ring.wav?x=1",
        "300: heard ♪ ring.wav",
        "5300: heard 01234",
        "5800: ended, by caller false",
    ]);
}

#[test]
fn a_sound_that_can_not_be_had_is_left_out() {
    let mut line = Line::plays(vec![play("/a.wav"), redirect()]);
    line.does(300, sound("/a.wav", None)).happened(&["0: load /a.wav", "300: fetch /next None"]);
}

#[test]
fn a_key_stops_a_sound_and_one_that_is_on_its_way() {
    let verbs = || {
        let Verb::Gather(mut verb) = gather(Some(1), "", &[]) else { unreachable!() };
        verb.prompts = vec![Prompt::Play(Play { url: "/a.wav".to_owned() }), Prompt::Say(say("Press 1"))];
        vec![Verb::Gather(verb), redirect()]
    };
    let mut line = Line::plays(verbs());
    line.does(100, sound("/a.wav", Some(5))).presses(900, '1').waits().happened(&[
        "0: load /a.wav",
        "100: heard ♪ a.wav",
        "900: cut",
        "900: fetch /keys Some(\"1\")",
    ]);
    let mut line = Line::plays(verbs());
    line.presses(50, '1').does(100, sound("/a.wav", Some(5))).waits();
    line.happened(&["0: load /a.wav", "50: fetch /keys Some(\"1\")"]);
}

#[test]
fn a_dialling_is_followed_by_its_action_or_by_the_next_verb() {
    let mut line = Line::plays(vec![dial(Some("/dialled"), numbers())]);
    line.presses(100, '1').does(9000, over("busy")).happened(&["0: dial", "9000: fetch /dialled after busy"]);
    let mut line = Line::plays(vec![dial(None, numbers()), redirect()]);
    line.does(9000, over("busy")).happened(&["0: dial", "9000: fetch /next None"]);
}

#[test]
fn a_whisper_that_runs_out_puts_through_and_one_that_hangs_up_does_not() {
    let whisper = |verbs| {
        let mut line = Line { leg: Leg::whispered_to(PACE, at(0)), log: Vec::new() };
        line.hears_the_document(0, verbs).waits();
        line
    };
    let mut line = whisper(vec![gather(Some(1), "", &[]), Verb::Hangup]);
    line.happened(&["5000: ended, by caller false"]);
    line = whisper(vec![Verb::Say(say("01234"))]);
    assert!(!line.leg.is_over());
    line.does(9000, Input::Completed);
    line.happened(&["0: heard 01234", "500: ran out", "9000: ended, by caller false"]);
}

#[test]
fn whoever_waits_for_a_conference_hears_a_document_over_and_over() {
    let mut line = Line::plays(vec![dial(None, room(Some("/wait"))), Verb::Say(say("01234"))]);
    let music = || vec![play("/a.wav")];
    line.does(0, Input::MusicStarts);
    line.hears_the_document(100, music()).does(100, sound("/a.wav", Some(5))).waits();
    line.hears_the_document(5200, music()).does(5200, sound("/a.wav", Some(5)));
    line.does(6000, Input::MusicStops).waits().does(9000, over("answered")).waits().happened(&[
        "0: dial",
        "0: fetch /wait None",
        "100: load /a.wav",
        "100: heard ♪ a.wav",
        "5100: fetch /wait None",
        "5200: load /a.wav",
        "5200: heard ♪ a.wav",
        "6000: cut",
        "9000: heard 01234",
        "9500: ended, by caller false",
    ]);
}

#[test]
fn music_that_takes_no_time_or_is_none_is_silence() {
    for input in [Input::Document(Response::default()), Input::NoDocument] {
        let mut line = Line::plays(vec![dial(None, room(Some("/wait")))]);
        line.does(0, Input::MusicStarts).does(100, input).waits();
        line.does(200, Input::MusicStops).does(300, Input::HangUp);
        line.happened(&["0: dial", "0: fetch /wait None", "300: ended, by caller true"]);
    }
    let mut line = Line::plays(vec![dial(None, room(Some("")))]);
    line.does(0, Input::MusicStarts).does(200, Input::MusicStops).happened(&["0: dial"]);
    let mut line = Line::plays(vec![dial(None, room(None))]);
    line.does(0, Input::MusicStarts).does(200, Input::MusicStops);
    line.happened(&["0: dial", "0: heard ♪ music", "200: cut"]);
}

#[test]
fn a_call_can_be_told_to_do_something_else() {
    let elsewhere = || Input::Redirect("/elsewhere".to_owned());
    let mut line = Line::plays(vec![Verb::Say(say("0123456789")), redirect()]);
    line.does(300, elsewhere()).waits();
    line.happened(&["0: heard 0123456789", "300: cut", "300: fetch /elsewhere None"]);

    let mut line = Line::plays(vec![record(0, 120)]);
    line.speaks(0, "Pumps", 2).does(5000, Input::Replace(Response { verbs: vec![Verb::Say(say("01234"))] }));
    line.waits().happened(&[
        "0: recording, beep true",
        "5000: recorded \"Pumps\" 2 s, digits None, interrupted",
        "5000: heard 01234",
        "5500: ended, by caller false",
    ]);

    let mut line = Line::plays(vec![dial(Some("/dialled"), numbers())]);
    line.does(300, elsewhere()).does(400, over("completed"));
    line.happened(&["0: dial", "300: fetch /elsewhere None"]);

    let mut line = Line::plays(vec![]);
    line.does(300, elsewhere()).happened(&["0: ended, by caller false"]);
}

fn any_verb() -> impl Strategy<Value = Verb> {
    prop_oneof![
        "[a-z ]{0,30}".prop_map(|text| Verb::Say(say(&text))),
        (1_u32..4).prop_map(|length| Verb::Pause(Pause { length })),
        (1_u32..4, "#?").prop_map(|(digits, finish)| gather(Some(digits), &finish, &["Press a key"])),
        (0_u32..4, 1_u32..20).prop_map(|(timeout, length)| record(timeout, length)),
        Just(play("/a.wav")),
        prop_oneof![Just(numbers()), Just(room(None)), Just(room(Some("/wait")))]
            .prop_map(|to| dial(None, to)),
        Just(redirect()),
        Just(Verb::Hangup),
    ]
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => prop::collection::vec(any_verb(), 0..5).prop_map(|verbs| Input::Document(Response { verbs })),
        1 => Just(Input::NoDocument),
        4 => "[0-9*#]".prop_map(|key| Input::Key(key.chars().next().unwrap())),
        2 => ("[a-z ]{0,30}", 0_i64..30).prop_map(|(text, seconds)| Input::Speech {
            text,
            length: SignedDuration::from_secs(seconds),
        }),
        3 => (0_i64..9).prop_map(|length| sound("/a.wav", Some(length))),
        2 => Just(over("busy")),
        2 => Just(Input::MusicStarts),
        1 => Just(Input::MusicStops),
        1 => Just(Input::Redirect("/elsewhere".to_owned())),
        1 => Just(Input::HangUp),
        1 => Just(Input::Completed),
    ]
}

proptest! {
    /// Whatever happens on a line, in whatever order: events come in the order of time, the call ends once and
    /// nothing follows its end, and a recording is never longer than its limit.
    #[test]
    fn a_call_makes_sense(inputs in prop::collection::vec((0_i64..8_000, any_input()), 0..40)) {
        let mut leg = Leg::new(PACE, at(0));
        let mut now = 0;
        let mut outputs = Vec::new();
        for (later, input) in inputs {
            now += later;
            outputs.extend(leg.take(at(now), input));
            prop_assert!(leg.next_due().is_none_or(|due| due >= at(now)));
        }
        prop_assert!(outputs.is_sorted_by_key(|output| output.at));
        let ends = outputs.iter().position(|output| matches!(output.what, What::Ended(_)));
        prop_assert_eq!(ends.is_some(), leg.is_over());
        prop_assert!(ends.is_none_or(|end| end + 1 == outputs.len()));
        for output in outputs {
            if let What::Recorded(take) = output.what {
                prop_assert!(take.seconds <= take.record.max_length);
            }
        }
    }
}
