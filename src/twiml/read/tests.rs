use super::*;
use crate::twiml::{Conference, Dial, DialTo, Number};

#[track_caller]
fn verbs(xml: &str) -> Vec<Verb> {
    read(&format!("<Response>{xml}</Response>")).expect("a document").verbs
}

/// The refusal of a document, where a `|` in it marks the byte that the error must name.
#[track_caller]
fn refuse(marked: &str, expected: &str) {
    let xml = marked.replacen('|', "", 1);
    let at = marked.find('|').expect("a mark");
    let message = read(&xml).expect_err("refused").to_string();
    assert_eq!(message, format!("byte {at}: {expected}"), "{xml}");
}

fn say(text: &str) -> Verb {
    Verb::Say(Say { voice: "man".to_owned(), language: "en-US".to_owned(), text: text.to_owned() })
}

#[test]
fn every_verb_as_the_carrier_spells_it() {
    let say = Say { voice: "Polly.Joanna".to_owned(), language: "en-US".to_owned(), text: "R&D".to_owned() };
    let response = Response {
        verbs: vec![
            Verb::Gather(Gather {
                action: "https://example.org/1?a=b&c=d#rc=2".to_owned(),
                num_digits: Some(1),
                finish_on_key: String::new(),
                timeout: 5,
                prompts: vec![Prompt::Say(say.clone()), Prompt::Pause(Pause { length: 2 })],
            }),
            Verb::Record(Record {
                action: "https://example.org/2".to_owned(),
                timeout: 0,
                finish_on_key: "#".to_owned(),
                max_length: 120,
                play_beep: true,
                recording_status_callback: Some("https://example.org/3".to_owned()),
                transcribe_callback: Some("https://example.org/4".to_owned()),
            }),
            Verb::Say(say),
            Verb::Play(Play { url: "https://example.org/6?a=b&c=d".to_owned() }),
            Verb::Redirect(Redirect { url: "https://example.org/5?a=b&c=d".to_owned() }),
            Verb::Hangup,
        ],
    };
    let expected = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#,
        r##"<Gather input="dtmf" action="https://example.org/1?a=b&amp;c=d#rc=2" method="POST" "##,
        r#"numDigits="1" finishOnKey="" timeout="5">"#,
        r#"<Say voice="Polly.Joanna" language="en-US">R&amp;D</Say><Pause length="2"/></Gather>"#,
        r##"<Record action="https://example.org/2" method="POST" timeout="0" finishOnKey="#" "##,
        r#"maxLength="120" playBeep="true" recordingStatusCallback="https://example.org/3" "#,
        r#"recordingStatusCallbackEvent="completed absent" transcribe="true" "#,
        r#"transcribeCallback="https://example.org/4"/>"#,
        r#"<Say voice="Polly.Joanna" language="en-US">R&amp;D</Say>"#,
        "<Play>https://example.org/6?a=b&amp;c=d</Play>",
        r#"<Redirect method="POST">https://example.org/5?a=b&amp;c=d</Redirect><Hangup/></Response>"#,
    );
    assert_eq!(response.to_xml(), expected);
    assert_eq!(read(expected), Ok(response));
}

#[test]
fn dialling_as_the_carrier_spells_it() {
    let phones = Dial {
        action: Some("https://example.org/1?a=b&c=d#rc=2".to_owned()),
        timeout: 12,
        time_limit: Some(3600),
        caller_id: Some("+15550100".to_owned()),
        to: DialTo::Numbers(vec![
            Number {
                number: "+15550101".to_owned(),
                url: Some("https://example.org/2".to_owned()),
                send_digits: Some("ww12#".to_owned()),
                status_callback: Some("https://example.org/3".to_owned()),
            },
            Number { number: "+15550102".to_owned(), url: None, send_digits: None, status_callback: None },
        ]),
    };
    let room = Dial {
        action: None,
        timeout: 30,
        time_limit: None,
        caller_id: None,
        to: DialTo::Conference(Conference {
            name: "R&D".to_owned(),
            start_on_enter: false,
            end_on_exit: true,
            beep: false,
            wait_url: Some("https://example.org/4".to_owned()),
        }),
    };
    let response = Response { verbs: vec![Verb::Dial(phones), Verb::Dial(room)] };
    let expected = concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#,
        r##"<Dial action="https://example.org/1?a=b&amp;c=d#rc=2" method="POST" timeout="12" "##,
        r#"timeLimit="3600" callerId="+15550100">"#,
        r##"<Number url="https://example.org/2" method="POST" sendDigits="ww12#" "##,
        r#"statusCallback="https://example.org/3" statusCallbackMethod="POST" "#,
        r#"statusCallbackEvent="initiated ringing answered completed">+15550101</Number>"#,
        r#"<Number>+15550102</Number></Dial>"#,
        r#"<Dial timeout="30"><Conference startConferenceOnEnter="false" endConferenceOnExit="true" "#,
        r#"beep="false" waitUrl="https://example.org/4" waitMethod="POST">R&amp;D</Conference></Dial>"#,
        r#"</Response>"#,
    );
    assert_eq!(response.to_xml(), expected);
    assert_eq!(read(expected), Ok(response));
}

#[test]
fn a_dialling_shows_no_number_and_no_code() {
    let xml = r#"<Dial callerId="+15550100"><Number sendDigits="4711">+15550101</Number></Dial>"#;
    let shown = format!("{:?}", verbs(xml));
    for secret in ["15550100", "15550101", "4711"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn empty_documents() {
    for xml in
        ["<Response/>", "<Response></Response>", "\u{FEFF}<?xml version='1.0'?>\n<Response>\n</Response>\n"]
    {
        assert_eq!(read(xml), Ok(Response::default()), "{xml}");
    }
    assert_eq!(
        Response::default().to_xml(),
        r#"<?xml version="1.0" encoding="UTF-8"?><Response></Response>"#
    );
}

#[test]
fn defaults_of_the_carrier() {
    let expected = vec![
        Verb::Pause(Pause { length: 1 }),
        Verb::Gather(Gather {
            action: "/".to_owned(),
            num_digits: None,
            finish_on_key: "#".to_owned(),
            timeout: 5,
            prompts: vec![],
        }),
        Verb::Record(Record {
            action: "/".to_owned(),
            timeout: 5,
            finish_on_key: "1234567890*#".to_owned(),
            max_length: 3600,
            play_beep: true,
            recording_status_callback: None,
            transcribe_callback: None,
        }),
        Verb::Dial(Dial {
            action: None,
            timeout: 30,
            time_limit: None,
            caller_id: None,
            to: DialTo::Conference(Conference {
                name: "a".to_owned(),
                start_on_enter: true,
                end_on_exit: false,
                beep: true,
                wait_url: None,
            }),
        }),
        Verb::Redirect(Redirect { url: "/".to_owned() }),
        say(""),
    ];
    let dial = "<Dial><Conference>a</Conference></Dial>";
    let xml =
        format!(r#"<Pause/><Gather action="/"/><Record action="/"/>{dial}<Redirect>/</Redirect><Say/>"#);
    assert_eq!(verbs(&xml), expected);
}

#[test]
fn blanks_between_verbs_and_comments_mean_nothing() {
    assert_eq!(verbs("\r\n\t<!-- a --><Hangup> <!-- b --> </Hangup>\n"), [Verb::Hangup]);
    assert_eq!(verbs("<Say>a<!-- b -->c</Say>"), [say("ac")]);
}

#[test]
fn text_is_kept_as_it_is() {
    assert_eq!(verbs("<Say> a\tb \n</Say>"), [say(" a\tb \n")]);
    assert_eq!(verbs("<Say>a\r\nb\rc&#13;d</Say>"), [say("a\nb\nc\rd")]);
    assert_eq!(verbs("<Say>&lt;&gt;&amp;&quot;&apos;&#x41;&#66;</Say>"), [say("<>&\"'AB")]);
    assert_eq!(verbs("<Say><![CDATA[a & <b>]]></Say>"), [say("a & <b>")]);
}

#[test]
fn names_are_case_sensitive_and_known() {
    refuse("<Response>|<say>a</say></Response>", "unknown verb <say>");
    refuse("<Response><Hangup/>|<Enqueue/></Response>", "unknown verb <Enqueue>");
    refuse("<Response><Say>é</Say>|<Reject/></Response>", "unknown verb <Reject>");
    refuse(r#"<Response>|<Pause Length="2"/></Response>"#, r#"<Pause> has no attribute "Length" here"#);
    refuse(r#"<Response>|<Play digits="1"/></Response>"#, r#"<Play> has no attribute "digits" here"#);
    refuse(r#"<Response>|<Say loop="2"/></Response>"#, r#"<Say> has no attribute "loop" here"#);
    refuse(r#"|<Response a="b"/>"#, r#"<Response> has no attribute "a" here"#);
}

#[test]
fn verbs_in_the_wrong_place() {
    let gather = r#"<Response><Gather action="/">|<Record action="/"/></Gather></Response>"#;
    refuse(gather, "<Record> can't stand inside <Gather>");
    refuse("<Response><Say>a|<Pause/></Say></Response>", "<Pause> can't stand inside <Say>");
    refuse("<Response><Say>a|<break/></Say></Response>", "unknown verb <break>");
    refuse("<Response><Hangup>|<Hangup/></Hangup></Response>", "<Hangup> can't stand inside <Hangup>");
    refuse("<Response>|<Number>+1</Number></Response>", "<Number> can't stand inside <Response>");
    refuse("<Response><Dial>|<Say>a</Say></Dial></Response>", "<Say> can't stand inside <Dial>");
    refuse("<Response><Dial>|<Sip>a</Sip></Dial></Response>", "unknown verb <Sip>");
    let gather = r#"<Response><Gather action="/">|<Dial/></Gather></Response>"#;
    refuse(gather, "<Dial> can't stand inside <Gather>");
    refuse("<Response>|<Response/></Response>", "<Response> can't stand inside <Response>");
}

#[test]
fn text_in_the_wrong_place() {
    refuse("<Response>|hello<Hangup/></Response>", "<Response> can't hold text");
    refuse("<Response><Dial>|+15550100</Dial></Response>", "<Dial> can't hold text");
    refuse("<Response><Pause>|1</Pause></Response>", "<Pause> can't hold text");
    refuse(r#"<Response><Gather action="/">|a</Gather></Response>"#, "<Gather> can't hold text");
}

#[test]
fn one_response_and_nothing_else() {
    let expected = "a document is one <Response> and nothing else";
    refuse("|", expected);
    refuse("|An error has occurred", expected);
    refuse("|<html><body>Bad gateway</body></html>", expected);
    refuse("|<response/>", expected);
    refuse("<Response/>|<Response/>", expected);
    refuse("<Response/>|trailing", expected);
}

#[test]
fn attributes_that_we_cannot_do_without() {
    refuse("<Response>|<Gather/></Response>", r#"<Gather> needs the attribute "action""#);
    refuse("<Response>|<Record/></Response>", r#"<Record> needs the attribute "action""#);
    refuse(
        r#"<Response>|<Record action="/" transcribe="true"/></Response>"#,
        r#"<Record> needs the attribute "transcribeCallback""#,
    );
    refuse(
        r#"<Response>|<Record action="/" recordingStatusCallback="/"/></Response>"#,
        r#"<Record> needs the attribute "recordingStatusCallbackEvent""#,
    );
    refuse("<Response>|<Redirect/></Response>", "<Redirect> has no URL");
    refuse("<Response>|<Play/></Response>", "<Play> has no URL");
}

#[test]
fn who_is_dialled_is_one_room_or_some_phones() {
    let refuse = |inside: &str| {
        let xml = format!("<Response>|<Dial>{inside}</Dial></Response>");
        refuse(&xml, "<Dial> must hold one <Conference>, or one to 10 <Number>s");
    };
    let (number, room) = ("<Number>+1</Number>", "<Conference>a</Conference>");
    refuse("");
    refuse(&number.repeat(11));
    refuse(&room.repeat(2));
    refuse(&[number, room].concat());
    assert_eq!(verbs(&format!("<Dial>{}</Dial>", number.repeat(10))).len(), 1);
}

#[test]
fn phones_have_numbers_and_rooms_have_names() {
    refuse("<Response><Dial>|<Number/></Dial></Response>", "<Number> has no number");
    refuse("<Response><Dial>|<Conference/></Dial></Response>", "<Conference> has no name");
    for number in ["15550100", "+", "+1 555 0100", "+1234567890123456", "client:ada"] {
        let xml = format!("<Response><Dial>|<Number>{number}</Number></Dial></Response>");
        refuse(&xml, "<Number> must hold a number as +15550100");
    }
}

#[test]
fn attributes_without_effect_are_unknown() {
    let record = r#"<Response>|<Record action="/" transcribeCallback="/"/></Response>"#;
    refuse(record, r#"<Record> has no attribute "transcribeCallback" here"#);
    refuse(r#"<Response>|<Dial method="POST"/></Response>"#, r#"<Dial> has no attribute "method" here"#);
    let number = r#"<Response><Dial>|<Number method="POST">+1</Number></Dial></Response>"#;
    refuse(number, r#"<Number> has no attribute "method" here"#);
    let room = r#"<Response><Dial>|<Conference waitMethod="POST">a</Conference></Dial></Response>"#;
    refuse(room, r#"<Conference> has no attribute "waitMethod" here"#);
    let record = r#"<Response>|<Record action="/" recordingStatusCallbackEvent="absent"/></Response>"#;
    refuse(record, r#"<Record> has no attribute "recordingStatusCallbackEvent" here"#);
}

#[test]
fn values_that_cannot_be() {
    let cases = [
        (r#"Pause length="0""#, "length", "a whole number from 1"),
        (r#"Pause length="1.5""#, "length", "a whole number from 1"),
        (r#"Gather action="/" numDigits="0""#, "numDigits", "a whole number from 1"),
        (r#"Gather action="/" timeout="auto""#, "timeout", "a whole number from 0"),
        (r#"Gather action="/" finishOnKey="x""#, "finishOnKey", "one key of 0-9, * and #, or nothing"),
        (r#"Gather action="/" finishOnKey="*#""#, "finishOnKey", "one key of 0-9, * and #, or nothing"),
        (r#"Gather action="/" input="speech""#, "input", "dtmf"),
        (r#"Gather action="/" method="GET""#, "method", "POST"),
        (r#"Record action="/" maxLength="0""#, "maxLength", "a whole number from 1"),
        (r#"Record action="/" playBeep="yes""#, "playBeep", "true or false"),
        (r#"Record action="/" finishOnKey="1 2""#, "finishOnKey", "keys of 0-9, * and #, or nothing"),
        (
            r#"Record action="/" recordingStatusCallback="/" recordingStatusCallbackEvent="completed""#,
            "recordingStatusCallbackEvent",
            "completed absent",
        ),
        (r#"Dial timeout="4""#, "timeout", "a whole number from 5 to 600"),
        (r#"Dial timeout="601""#, "timeout", "a whole number from 5 to 600"),
        (r#"Dial timeout="soon""#, "timeout", "a whole number from 5 to 600"),
        (r#"Dial timeLimit="0""#, "timeLimit", "a whole number from 1"),
        (r#"Dial callerId="Ada""#, "callerId", "a number as +15550100"),
        (r#"Dial action="/" method="GET""#, "method", "POST"),
        (r#"Redirect method="GET""#, "method", "POST"),
    ];
    for (tag, attribute, expected) in cases {
        let (verb, _) = tag.split_once(' ').expect("a verb with attributes");
        refuse(
            &format!("<Response>|<{tag}/></Response>"),
            &format!("the attribute {attribute:?} of <{verb}> must be {expected}"),
        );
    }
}

#[test]
fn values_that_cannot_be_within_a_dialling() {
    let events = "initiated ringing answered completed";
    let cases = [
        (r#"Number url="/" method="GET""#, "method", "POST"),
        (r#"Number sendDigits="12a""#, "sendDigits", "keys of 0-9, * and #, and pauses w and W"),
        (r#"Number sendDigits="""#, "sendDigits", "keys of 0-9, * and #, and pauses w and W"),
        (r#"Number statusCallback="/" statusCallbackEvent="completed""#, "statusCallbackEvent", events),
        (r#"Conference beep="onEnter""#, "beep", "true or false"),
        (r#"Conference waitUrl="/" waitMethod="GET""#, "waitMethod", "POST"),
    ];
    for (tag, attribute, expected) in cases {
        let (element, _) = tag.split_once(' ').expect("an element with attributes");
        refuse(
            &format!("<Response><Dial>|<{tag}>+1</{element}></Dial></Response>"),
            &format!("the attribute {attribute:?} of <{element}> must be {expected}"),
        );
    }
}

#[test]
fn document_types_and_entities_are_refused() {
    refuse(
        r#"|<!DOCTYPE Response [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>"#,
        "a document type is not allowed in a document",
    );
    let entity = "an entity beside the predefined ones is not allowed in a document";
    refuse("<Response><Say>a|&nbsp;</Say></Response>", entity);
    refuse(
        "<?xml version='1.0'?>|<?php ?><Response/>",
        "a processing instruction is not allowed in a document",
    );
    refuse(
        r#"<Response>|<Say voice="&a;"/></Response>"#,
        "not well-formed XML: unknown reference in an attribute",
    );
}

#[test]
fn what_is_no_xml() {
    let cases = [
        ("<Response><Say>a|</Response>", "an end tag that matches no start tag"),
        ("<Response><Say>a |& b</Say></Response>", "a bare `&`"),
        ("<Response><Say>|&#0;</Say></Response>", "character reference without a character"),
        ("<Response><Say>|&#1;</Say></Response>", "character that XML can't carry"),
        ("<Response><Say>|a\u{1}b</Say></Response>", "character that XML can't carry"),
        ("<Response>|<Say voice='&#xFFFF;'/></Response>", "character that XML can't carry"),
        ("<Response>|<Say voice='a<b'/></Response>", "`<` in an attribute"),
        ("<Response>|<Say voice='a' voice='b'/></Response>", "attributes are name=\"value\", each name once"),
        ("<Response>|<Say voice=a/></Response>", "attributes are name=\"value\", each name once"),
        ("<Response><Say>|a]]>b</Say></Response>", "`]]>` in a text"),
        ("<Response>|<Say", "markup that is not closed"),
        ("<Response/>|<?xml version='1.0'?>", "an XML declaration can only come first"),
    ];
    for (marked, reason) in cases {
        refuse(marked, &format!("not well-formed XML: {reason}"));
    }
}

#[test]
fn a_document_that_breaks_off() {
    refuse("<Response>|", "<Response> is not closed");
    refuse("<Response><Say>a|", "<Say> is not closed");
}

#[test]
fn sixty_four_kilobytes_are_the_limit() {
    let around = "<Response><Say></Say></Response>".len();
    let document = |size: usize| format!("<Response><Say>{}</Say></Response>", "a".repeat(size - around));
    assert!(read(&document(MAX_BYTES)).is_ok());
    assert_eq!(read(&document(MAX_BYTES + 1)).err(), Some(ReadError::TooLarge { size: 65_537 }));
}

#[test]
fn errors_repeat_no_value() {
    let xml = r#"<Response><Pause length="+15550100"/></Response>"#;
    let error = read(xml).expect_err("refused");
    assert!(!format!("{error} {error:?}").contains("15550100"), "{error:?}");
}
