use super::*;
use crate::exchange::{handsets::USUAL_GREETING, line::Road};

fn steps(text: &str) -> Vec<Step> {
    parse("test.call", text).unwrap().lines.into_iter().map(|line| line.step).collect()
}

fn errors(text: &str) -> String {
    let errors = parse("test.call", text).unwrap_err();
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_script_is_read_line_by_line() {
    let script = parse("a.call", "# a comment\nsettings twelve-groups\n\ncaller ada  # who\ndial\n").unwrap();
    assert_eq!(script.settings, "twelve-groups");
    let lines: Vec<_> = script.lines.iter().map(|line| (line.number, line.text.as_str())).collect();
    assert_eq!(lines, [(4, "caller ada  # who"), (5, "dial")]);
    assert_eq!(parse("a.call", "dial").unwrap().settings, "demo");
}

#[test]
fn callers_are_people_numbers_or_nothing() {
    let raw = |value: &str| Step::Caller(CallerId::Raw(value.to_owned()));
    assert_eq!(
        steps("caller ada\ncaller +15550100\ncaller \"sip:a@b\"\ncaller withheld\ncaller absent"),
        [
            Step::Caller(CallerId::Person("ada".to_owned())),
            raw("+15550100"),
            raw("sip:a@b"),
            raw("anonymous"),
            Step::Caller(CallerId::Absent),
        ]
    );
}

#[test]
fn keys_may_be_hash_and_star() {
    let press = |keys: &str| Step::Press(keys.to_owned());
    assert_eq!(
        steps("dial\npress #\npress 12#\npress *  # a comment\npress hash\npress star")[1..],
        [press("#"), press("12#"), press("*"), press("#"), press("*")]
    );
}

#[test]
fn texts_may_hold_quotes_and_come_from_a_word_processor() {
    let hears = |text: &str| Step::Hears(text.to_owned());
    assert_eq!(
        steps("dial\nhears \"say \\\"1\\\" # now\"\nhears “Press 1”")[1..],
        [hears("say \"1\" # now"), hears("Press 1")]
    );
}

#[test]
fn what_the_carrier_does_is_said_in_words() {
    assert_eq!(
        steps(
            "transcription after 3 seconds\ntranscription after 1 second\ntranscription fails\n\
             transcription never comes\ntranscription as usual\nwebhooks repeated\nwebhooks swapped\n\
             recording callback lost\ntranscription callback lost\nstatus callback lost\n\
             placing answers lost\n\
             text answers lost"
        ),
        [
            Step::Transcription(Transcribing::AfterSeconds(3)),
            Step::Transcription(Transcribing::AfterSeconds(1)),
            Step::Transcription(Transcribing::Fails),
            Step::Transcription(Transcribing::Never),
            Step::Transcription(Transcribing::Usual),
            Step::Fault(Fault::WebhooksRepeated),
            Step::Fault(Fault::WebhooksSwapped),
            Step::Fault(Fault::RecordingCallbackLost),
            Step::Fault(Fault::TranscriptionCallbackLost),
            Step::Fault(Fault::StatusCallbackLost),
            Step::Fault(Fault::PlacingAnswersLost),
            Step::Fault(Fault::TextAnswersLost),
        ]
    );
}

/// The phone of one person.
fn of(person: &str) -> Vec<Phone> {
    vec![Phone { of: person.to_owned(), place: 1 }]
}

#[test]
fn what_phones_do_is_said_in_words() {
    let handsets = |text| {
        let steps = steps(text).into_iter().map(|step| {
            let Step::Handset { phones, handset } = step else { panic!("{step:?}") };
            (phones, handset)
        });
        steps.collect::<Vec<_>>()
    };
    let voicemail = |after, greeting: &str| Handset::Voicemail { after, greeting: greeting.to_owned() };
    assert_eq!(
        handsets(
            "ben answers\nben answers after 5 seconds\nben does not answer\nben is busy\nben is out of reach\n\
             ben declines after 3 seconds\nben's number is dead\nben has voicemail\n\
             ben has voicemail saying \"Speak\" after 9 seconds"
        ),
        [
            Handset::Answers { after: 2 },
            Handset::Answers { after: 5 },
            Handset::Rings,
            Handset::Busy,
            Handset::Fails,
            Handset::Declines { after: 3 },
            Handset::Dead,
            voicemail(4, USUAL_GREETING),
            voicemail(9, "Speak"),
        ]
        .map(|handset| (of("ben"), handset))
    );
    let phone = |of: &str, place| Phone { of: of.to_owned(), place };
    assert_eq!(
        handsets("ben's second phone and +15550102 and cleo’s phone are busy"),
        [(vec![phone("ben", 2), phone("+15550102", 1), phone("cleo", 1)], Handset::Busy)]
    );
}

#[test]
fn other_people_do_what_a_caller_does_and_more() {
    let deeds = |text| {
        let steps = steps(text).into_iter().map(|step| {
            let Step::Others { phones, deed } = step else { panic!("{step:?}") };
            assert_eq!(phones, of("ben"));
            deed
        });
        steps.collect::<Vec<_>>()
    };
    assert_eq!(
        deeds(
            "ben's phone rings\nben's phone does not ring\nben's phone stops ringing\nben picks up\nben declines\n\
             ben hears \"Press 1\"\nben does not hear \"Press 2\"\nben presses 1\nben says \"Ben here\"\n\
             ben is connected\nben hangs up\nben is cut off\nben texts \"1a\""
        ),
        [
            Deed::Rings,
            Deed::DoesNotRing,
            Deed::StopsRinging,
            Deed::PicksUp,
            Deed::Declines,
            Deed::Hears("Press 1".to_owned()),
            Deed::DoesNotHear("Press 2".to_owned()),
            Deed::Presses("1".to_owned()),
            Deed::Says { text: "Ben here".to_owned(), seconds: 1 },
            Deed::IsConnected,
            Deed::HangsUp,
            Deed::IsCutOff,
            Deed::Texts("1a".to_owned()),
        ]
    );
    let both = [of("ben"), of("cleo")].concat();
    assert_eq!(
        steps("ben and cleo press 1\nnobody's phone rings\ndial\nconnected\nsays \"Ada here\""),
        [
            Step::Others { phones: both, deed: Deed::Presses("1".to_owned()) },
            Step::NobodyRings,
            Step::Dial,
            Step::Connected,
            Step::Says { text: "Ada here".to_owned(), seconds: 1 },
        ]
    );
}

#[test]
fn a_line_about_other_people_that_is_wrong_is_explained() {
    insta::assert_snapshot!(
        errors("ben pcks up\nben's tenth phone rings\nben's rings\nben presses a\nben is busy after 3 seconds\nben and"),
        @r#"
    test.call:1: `ben pcks up` is not a step of a call
       hint: write `PERSON picks up`
    test.call:2: `tenth` is no place; a person has a first, second, third, fourth phone
    test.call:3: `ben's rings` is not a step of a call
    test.call:4: `a` is not a key; keys are 0 to 9, * and #
    test.call:5: `ben is busy after 3 seconds` is not a step of a call
       hint: write `PERSON is busy`
    test.call:6: `ben and` is not a step of a call
    "#
    );
}

#[test]
fn alerts_are_described_in_any_order() {
    let wanted = WantedAlert {
        recipient: Some("Database".to_owned()),
        from: Some("Ada Admin".to_owned()),
        saying: Some("Pumps".to_owned()),
        severity: Some("high".to_owned()),
        ..WantedAlert::default()
    };
    let alert = Step::Alert(wanted);
    assert_eq!(
        steps(
            "alert for \"Database\" from \"Ada Admin\" saying \"Pumps\" severity high\n\
             alert severity high saying \"Pumps\" from \"Ada Admin\" for Database\nalert\nno alert\nalerts 2"
        ),
        [alert.clone(), alert, Step::Alert(WantedAlert::default()), Step::Alerts(0), Step::Alerts(2)]
    );
}

#[test]
fn messages_go_to_people() {
    let message = |road, text: Option<&str>| WantedMessage {
        road,
        to: "ben".to_owned(),
        containing: text.map(str::to_owned),
    };
    assert_eq!(
        steps("sms to ben containing \"Pumps\"\nmail to ben\nno mail to ben"),
        [
            Step::Message(message(Road::Sms, Some("Pumps"))),
            Step::Message(message(Road::Mail, None)),
            Step::NoMessage(message(Road::Mail, None)),
        ]
    );
}

#[test]
fn a_recording_takes_as_long_as_it_says_or_as_such_a_text_takes() {
    let records = |seconds| Step::Records { text: "Pumps are down again".to_owned(), seconds };
    assert_eq!(
        steps("dial\nrecords \"Pumps are down again\" for 14 seconds\nrecords \"Pumps are down again\"")[1..],
        [records(14), records(2)]
    );
}

#[test]
fn every_bad_line_is_reported_with_its_number_and_a_hint() {
    let text = "pres 1\ndial\nhers \"x\"\nhears \"x\npress a\nwait long seconds\nalert for \"a\" for \"b\"\nfoo bar\n";
    insta::assert_snapshot!(errors(text), @r#"
    test.call:1: `pres 1` is not a step of a call
       hint: write `press KEYS`
    test.call:3: `hers "x"` is not a step of a call
       hint: write `hears "…"`
    test.call:4: a text has no closing quote
    test.call:5: `a` is not a key; keys are 0 to 9, * and #
    test.call:6: `long` is not a whole number: invalid digit found in string
    test.call:7: `for` stands here twice
    test.call:8: `foo bar` is not a step of a call
    "#);
}

#[test]
fn a_step_on_the_phone_needs_a_call() {
    insta::assert_snapshot!(errors("hears \"x\"\nwait 1 second\nhangs up"), @r#"
    test.call:1: `hears "x"` comes before any `dial`
    test.call:3: `hangs up` comes before any `dial`
    "#);
}
