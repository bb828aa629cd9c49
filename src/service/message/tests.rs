use super::{Materials, NotWritten, Offer, body, bundle, sample};
use crate::domain::alerting::alert::Progress;
use crate::domain::alerting::alert::{Alert, AlertStory, Message};
use crate::domain::alerting::content::Content;
use crate::domain::alerting::origin::{FromCall, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::delivery::Notification;
use crate::domain::delivery::Purpose;
use crate::domain::directory::device::Device;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::{Person, PersonId};
use crate::domain::directory::{Directory, Recipient};
use crate::domain::ids::{AlertId, CallId, NotificationId, RecordingId};
use crate::domain::links::{Link, LinkCode};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::menu::ExternalBridge;
use crate::domain::voice::recording::{DraftStatus, Recording, Source, Transcript};
use crate::ports::vendor::{Body, LONGEST_SMS};
use crate::settings::Templates;
use insta::assert_snapshot;
use uuid::Uuid;

const LINK: &str = "https://duty.example/l/23456789ABCDEFGHJKLMNP";

fn from_call(story: &mut AlertStory) -> &mut FromCall {
    match &mut story.alert.origin {
        Origin::Call(call) => call,
        Origin::Event(_) => panic!("no call"),
    }
}

/// Ada has raised an alert for the database people and for Grace; its text is there.
fn sample() -> AlertStory {
    let id = AlertId(Uuid::from_u128(1));
    let call = CallId(Uuid::from_u128(2));
    let recording = RecordingId(Uuid::from_u128(3));
    AlertStory {
        alert: Alert {
            id,
            version: 1,
            origin: Origin::Call(FromCall {
                call,
                action: Action::Alert,
                caller: Caller {
                    person: Some(PersonId("ada".to_owned())),
                    name: Some("Ada Lovelace".to_owned()),
                    number: PhoneNumber::parse("+15550100").ok(),
                    language: "en".to_owned(),
                },
            }),
            team: None,
            matter: None,
            content: Content::default(),
            recipients: vec![
                Recipient::Group(GroupName("R&D <Database>".to_owned())),
                Recipient::Person(PersonId("grace".to_owned())),
            ],
            severity: Severity::Critical,
            message: Some(Message {
                recording,
                link: Link {
                    code: LinkCode::of([1; 32]),
                    expires_at: "2026-02-04T09:00:00Z".parse().unwrap(),
                    short_url: None,
                },
            }),
            opened_at: "2026-01-05T09:00:00Z".parse().unwrap(),
            is_held: false,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress::default(),
            due_at: None,
        },
        number: 7,
        recording: Some(Recording {
            id: recording,
            call,
            source: Source { url: "https://carrier.example/RE1".to_owned(), sid: None },
            seconds: 12,
            status: DraftStatus::Released(id),
            transcript: Transcript::Text("Pumps are down &\r\nwater > 2 m".to_owned()),
            audio: None,
            erased_at: None,
            made_at: "2026-01-05T09:00:00Z".parse().unwrap(),
        }),
        log: vec![],
    }
}

fn set_text(story: &mut AlertStory, text: Transcript) {
    story.recording.as_mut().unwrap().transcript = text;
}

fn directory() -> Directory {
    let grace = Person {
        id: PersonId("grace".to_owned()),
        name: "Grace Hopper".to_owned(),
        language: None,
        zone: None,
        may_call: true,
        devices: vec![],
        rules: vec![],
        quiet: None,
    };
    Directory { people: vec![grace], ..Directory::default() }
}

fn notification(story: &AlertStory, device: Device, is_update: bool) -> Notification {
    Notification {
        id: NotificationId(Uuid::from_u128(4)),
        alert: story.alert.id,
        person: PersonId("grace".to_owned()),
        device,
        purpose: if is_update { Purpose::Text } else { Purpose::Alert },
        due: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// What is composed in a house where English is spoken.
fn composed(
    story: &AlertStory,
    notification: &Notification,
    link: Option<&str>,
    bridge: Option<&ExternalBridge>,
    offer: &Offer,
) -> Result<Body, NotWritten> {
    let (templates, directory) = (Templates::default(), directory());
    let materials = Materials { templates: &templates, directory: &directory, bridge, language: "en" };
    body(story, notification, link, materials, offer)
}

fn written(story: &AlertStory, device: Device, is_update: bool) -> Body {
    let link = story.alert.message.is_some().then_some(LINK);
    let notification = notification(story, device, is_update);
    composed(story, &notification, link, None, &Offer::default()).unwrap()
}

fn sms(story: &AlertStory, is_update: bool) -> String {
    match written(story, Device::Sms(PhoneNumber::parse("+15550101").unwrap()), is_update) {
        Body::Sms { text, .. } => text,
        Body::Mail { .. } => panic!("a mail to a phone"),
    }
}

/// Subject, text and HTML.
fn mail(story: &AlertStory, is_update: bool) -> (String, String, String) {
    match written(story, Device::Email(EmailAddress::parse("grace@duty.example").unwrap()), is_update) {
        Body::Mail { subject, text, html, .. } => (subject, text, html),
        Body::Sms { .. } => panic!("a short message to a mailbox"),
    }
}

fn conference_by_a_stranger() -> AlertStory {
    let mut story = sample();
    from_call(&mut story).action = Action::Conference;
    story.alert.severity = Severity::Low;
    story.alert.recipients = vec![];
    from_call(&mut story).caller =
        Caller { person: None, name: None, number: None, language: "en".to_owned() };
    set_text(&mut story, Transcript::Pending);
    story
}

/// Ada wanted to talk to somebody, and nobody took her call.
fn missed_call() -> AlertStory {
    let mut story = sample();
    from_call(&mut story).action = Action::Live;
    (story.alert.message, story.recording) = (None, None);
    story
}

#[test]
fn sms_says_how_bad_for_whom_by_whom_and_what() {
    assert_snapshot!(sms(&sample(), false), @r#"CRITICAL alert for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100), 2026-01-05 09:00 UTC: "Pumps are down & water > 2 m" Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
    assert_snapshot!(sms(&sample(), true), @r#"Transcript of the CRITICAL alert for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100), 2026-01-05 09:00 UTC: "Pumps are down & water > 2 m" Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
    assert_snapshot!(sms(&missed_call(), false), @"CRITICAL missed call for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100), 2026-01-05 09:00 UTC: nobody took the call, and no message was left.");
    assert_snapshot!(sms(&conference_by_a_stranger(), false), @r#"LOW conference by an unknown caller, 2026-01-05 09:00 UTC: voice message, 12 s: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
}

#[test]
fn an_sms_with_a_long_text_keeps_its_link() {
    let mut story = sample();
    set_text(&mut story, Transcript::Text("x".repeat(276)));
    let text = sms(&story, false);
    assert!(text.contains(&format!("\"{}...\"", "x".repeat(274))), "{text}");
    assert!(text.ends_with(LINK), "{text}");
    set_text(&mut story, Transcript::Text("x".repeat(275)));
    assert!(sms(&story, false).contains(&format!("\"{}\"", "x".repeat(275))));
}

#[test]
fn a_subject_is_one_line_without_the_callers_number() {
    assert_snapshot!(mail(&sample(), false).0, @r#"[CRITICAL] alert for R&D <Database>, Grace Hopper by Ada Lovelace: Pumps are down & water > 2 m"#);
    assert_snapshot!(mail(&sample(), true).0, @r#"[CRITICAL] Transcript of the alert for R&D <Database>, Grace Hopper by Ada Lovelace: Pumps are down & water > 2 m"#);
    assert_snapshot!(mail(&missed_call(), false).0, @"[CRITICAL] missed call for R&D <Database>, Grace Hopper by Ada Lovelace: nobody took it");
    assert_snapshot!(mail(&conference_by_a_stranger(), false).0, @r#"[LOW] conference by an unknown caller: voice message, 12 s"#);
}

#[test]
fn a_name_can_not_end_a_subject() {
    let mut story = sample();
    from_call(&mut story).caller.name = Some("Ada\r\nBcc: eve@evil.example\u{0}\u{2028}x".to_owned());
    let (subject, _, _) = mail(&story, false);
    assert!(subject.contains("Ada Bcc: eve@evil.example x"), "{subject}");
    assert!(!subject.contains(char::is_control), "{subject}");
}

#[test]
fn a_mail_as_text() {
    assert_snapshot!(mail(&sample(), true).1, @r#"
    Transcript of the CRITICAL alert for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100):

    "Pumps are down & water > 2 m"

    Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP
    The link works until 2026-02-04 09:00 UTC.

    Opened: 2026-01-05 09:00 UTC
    Alert:  #7, 00000000-0000-0000-0000-000000000001
    "#);
    assert_snapshot!(mail(&missed_call(), false).1, @r"
    CRITICAL missed call for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100):

    Nobody took the call, and no message was left. Please call back.

    Opened: 2026-01-05 09:00 UTC
    Alert:  #7, 00000000-0000-0000-0000-000000000001
    ");
    assert_snapshot!(mail(&conference_by_a_stranger(), false).1, @r#"
    LOW conference by an unknown caller:

    A voice message of 12 s. Its text is being made and will follow.

    Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP
    The link works until 2026-02-04 09:00 UTC.

    Opened: 2026-01-05 09:00 UTC
    Alert:  #7, 00000000-0000-0000-0000-000000000001
    "#);
}

#[test]
fn a_mail_as_html_escapes_what_people_said() {
    assert_snapshot!(mail(&sample(), false).2, @r##"
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>CRITICAL</title></head>
    <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
    <p><strong>CRITICAL</strong> alert for <strong>R&#38;D &#60;Database&#62;, Grace Hopper</strong> by <strong>Ada Lovelace (+15550100)</strong>:</p>
    <blockquote style="border-left: 4px solid #888; margin-left: 0; padding-left: 1em">Pumps are down &#38; water &#62; 2 m</blockquote>
    <p><a href="https://duty.example/l/23456789ABCDEFGHJKLMNP">Listen to the message</a> (12 s). The link works until 2026-02-04 09:00 UTC.</p>
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: #7, 00000000-0000-0000-0000-000000000001</p>
    </body>
    </html>
    "##);
    assert_snapshot!(mail(&missed_call(), false).2, @r##"
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>CRITICAL</title></head>
    <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
    <p><strong>CRITICAL</strong> missed call for <strong>R&#38;D &#60;Database&#62;, Grace Hopper</strong> by <strong>Ada Lovelace (+15550100)</strong>:</p>
    <p>Nobody took the call, and no message was left. Please call back.</p>
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: #7, 00000000-0000-0000-0000-000000000001</p>
    </body>
    </html>
    "##);
    assert_snapshot!(mail(&conference_by_a_stranger(), false).2, @r#"
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>LOW</title></head>
    <body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">
    <p><strong>LOW</strong> conference by <strong>an unknown caller</strong>:</p>
    <p>A voice message of 12 s. Its text is being made and will follow.</p>
    <p><a href="https://duty.example/l/23456789ABCDEFGHJKLMNP">Listen to the message</a> (12 s). The link works until 2026-02-04 09:00 UTC.</p>
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: #7, 00000000-0000-0000-0000-000000000001</p>
    </body>
    </html>
    "#);
}

#[test]
fn a_voice_device_is_written_nothing() {
    let story = sample();
    let notification = Notification {
        id: NotificationId(Uuid::from_u128(4)),
        alert: story.alert.id,
        person: PersonId("grace".to_owned()),
        device: Device::Voice(PhoneNumber::parse("+15550101").unwrap()),
        purpose: Purpose::Alert,
        due: jiff::Timestamp::UNIX_EPOCH,
    };
    let error = composed(&story, &notification, Some(LINK), None, &Offer::default()).unwrap_err();
    assert_eq!(error.to_string(), "a device of this kind takes no written message");
}

#[test]
fn where_a_conference_meets_is_told_without_the_pauses_of_its_code() {
    let mut story = sample();
    let bridge = |code: &str| ExternalBridge {
        number: PhoneNumber::parse("+15550190").unwrap(),
        code: code.to_owned(),
    };
    let notification = |device| Notification {
        id: NotificationId(Uuid::nil()),
        alert: story.alert.id,
        person: PersonId("ben".to_owned()),
        device,
        purpose: Purpose::Alert,
        due: jiff::Timestamp::UNIX_EPOCH,
    };
    let sms = notification(Device::Sms(PhoneNumber::parse("+15550102").unwrap()));
    let text = |story: &AlertStory, code| match composed(
        story,
        &sms,
        Some(LINK),
        Some(&bridge(code)),
        &Offer::default(),
    ) {
        Ok(Body::Sms { text, .. }) => text,
        other => panic!("{other:?}"),
    };
    assert!(!text(&story, "ww4711#").contains("Conference:"), "it is an alert");
    from_call(&mut story).action = Action::Conference;
    assert!(text(&story, "ww4711#").ends_with(" Conference: +15550190, code 4711#"));
    assert!(text(&story, "").ends_with(" Conference: +15550190"));
}

#[test]
fn a_text_says_how_it_is_answered_and_a_mail_where() {
    let story = sample();
    let link = "https://dutyline.example/a/23456789ABCDEFGHJKLMNP";
    let offer = Offer { reply_code: Some(3), answer_link: Some(link.to_owned()) };
    let written = |device| {
        let notification = notification(&story, device, false);
        composed(&story, &notification, Some(LINK), None, &offer).unwrap()
    };
    let Body::Sms { text, .. } = written(Device::Sms(PhoneNumber::parse("+15550101").unwrap())) else {
        panic!()
    };
    let how = format!("Reply 3a to acknowledge, 3c to close, 3e to escalate. Answer: {link}");
    assert!(text.ends_with(&how), "{text}");
    let Body::Mail { text, html, .. } =
        written(Device::Email(EmailAddress::parse("ben@example.org").unwrap()))
    else {
        panic!()
    };
    assert!(text.contains(&format!("Acknowledge, resolve or escalate: {link}\n")), "{text}");
    assert!(html.contains(&format!("<a href=\"{link}\">Acknowledge, resolve or escalate</a>")), "{html}");
    assert!(!text.contains("3a"), "a mail is not answered by writing back: {text}");
}

#[test]
fn g21_a_message_without_its_link_is_told_all_the_same() {
    let story = sample();
    let phone = Device::Sms(PhoneNumber::parse("+8613812345678").unwrap());
    let notification = notification(&story, phone, false);
    let body = composed(&story, &notification, None, None, &Offer::default()).unwrap();
    let Body::Sms { text, .. } = body else { panic!() };
    assert!(!text.contains("http") && !text.contains("Listen") && !text.contains("nobody took"), "{text}");
}

#[test]
fn an_event_is_told_in_its_own_words_and_its_place_is_shown() {
    let story = sample::event("2026-01-05T09:00:00Z".parse().unwrap());
    assert_snapshot!(sms(&story, false), @"HIGH alert for Operations from Monitoring, 2026-01-05 09:00 UTC: Pump 3 stands still. No pressure in line 2. The tank is full in an hour. Map: https://www.openstreetmap.org/?mlat=52.52&mlon=13.405#map=16/52.52/13.405");
    let (subject, text, html) = mail(&story, false);
    assert_snapshot!(subject, @"[HIGH] alert for Operations from Monitoring: Pump 3 stands still. No pressure in line 2. The tank is full in an hour.");
    assert_snapshot!(text, @r"
    HIGH alert for Operations from Monitoring:

    Pump 3 stands still

    No pressure in line 2.
    The tank is full in an hour.

    Sensor: P3 <pressure>
    Limit: 1.5 bar

    Map: https://www.openstreetmap.org/?mlat=52.52&mlon=13.405#map=16/52.52/13.405

    Opened: 2026-01-05 09:00 UTC
    Team:   Plant, Water
    Alert:  #8, 00000000-0000-0000-0000-000000000001
    ");
    assert!(html.contains("<li>Sensor: P3 &#60;pressure&#62;</li>"), "{html}");
}

/// Grace, who speaks German and lives in Berlin.
fn in_berlin() -> Directory {
    let mut directory = directory();
    directory.people[0].language = Some("de".to_owned());
    directory.people[0].zone = Some(jiff::tz::TimeZone::get("Europe/Berlin").unwrap());
    directory
}

#[test]
fn a_person_is_told_in_their_language_and_by_their_clock() {
    let (templates, directory) = (Templates::default(), in_berlin());
    let materials = Materials { templates: &templates, directory: &directory, bridge: None, language: "en" };
    let story = sample();
    let phone = Device::Sms(PhoneNumber::parse("+15550101").unwrap());
    let offer = Offer { reply_code: Some(3), answer_link: None };
    let sent = body(&story, &notification(&story, phone, false), Some(LINK), materials, &offer).unwrap();
    let Body::Sms { text, .. } = sent else { panic!() };
    assert_snapshot!(text, @r#"KRITISCH: Alarm für R&D <Database>, Grace Hopper von Ada Lovelace (+15550100), 2026-01-05 10:00 CET: "Pumps are down & water > 2 m" Anhören: https://duty.example/l/23456789ABCDEFGHJKLMNP Antwort 3a übernimmt, 3c schließt, 3e eskaliert."#);
    let mailbox = Device::Email(EmailAddress::parse("grace@duty.example").unwrap());
    let sent = body(&story, &notification(&story, mailbox, false), Some(LINK), materials, &Offer::default())
        .unwrap();
    let Body::Mail { subject, text, html, .. } = sent else { panic!() };
    assert_snapshot!(subject, @"[KRITISCH] Alarm für R&D <Database>, Grace Hopper von Ada Lovelace: Pumps are down & water > 2 m");
    assert_snapshot!(text, @r#"
    KRITISCH: Alarm für R&D <Database>, Grace Hopper von Ada Lovelace (+15550100):

    "Pumps are down & water > 2 m"

    Anhören: https://duty.example/l/23456789ABCDEFGHJKLMNP
    Der Link gilt bis 2026-02-04 10:00 CET.

    Eröffnet: 2026-01-05 10:00 CET
    Alarm:    #7, 00000000-0000-0000-0000-000000000001
    "#);
    assert!(html.contains("<html lang=\"de\">"), "{html}");
}

#[test]
fn several_alerts_are_told_in_one_message_in_the_language_of_its_reader() {
    let (templates, directory) = (Templates::default(), in_berlin());
    let shown = [sample::event("2026-01-05T09:00:00Z".parse().unwrap()), missed_call()];
    let phone = Device::Sms(PhoneNumber::parse("+15550101").unwrap());
    let text = |person: &str, is_answered: bool| {
        let materials =
            Materials { templates: &templates, directory: &directory, bridge: None, language: "en" };
        let to = Notification {
            person: PersonId(person.to_owned()),
            ..notification(&shown[0], phone.clone(), false)
        };
        match bundle(&shown, 5, &to, materials, is_answered) {
            Ok(Body::Sms { text, .. }) => text,
            other => panic!("{other:?}"),
        }
    };
    assert_snapshot!(text("ben", false), @"5 open alerts: #8 HIGH Pump 3 stands still; #7 CRITICAL by Ada Lovelace and 3 more");
    assert_snapshot!(text("ben", true), @"5 open alerts: #8 HIGH Pump 3 stands still; #7 CRITICAL by Ada Lovelace and 3 more. Reply aa to acknowledge all, cc to close all, or ack #NUMBER for one.");
    assert_snapshot!(text("grace", false), @"5 offene Alarme: #8 HOCH Pump 3 stands still; #7 KRITISCH von Ada Lovelace und 3 weitere");
    assert_snapshot!(text("grace", true), @"5 offene Alarme: #8 HOCH Pump 3 stands still; #7 KRITISCH von Ada Lovelace und 3 weitere. Antwort aa übernimmt alle, cc schließt alle, ack #NUMMER übernimmt einen.");
}

#[test]
fn a_text_is_never_longer_than_any_vendor_takes() {
    let mut story = sample::event("2026-01-05T09:00:00Z".parse().unwrap());
    story.alert.recipients = (0..200).map(|n| Recipient::Group(GroupName(format!("Group {n}")))).collect();
    assert_eq!(sms(&story, false).chars().count(), LONGEST_SMS, "cut, dots and all");
}
