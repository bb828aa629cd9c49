use super::body;
use crate::domain::alerting::alert::{Alert, AlertStory, Message};
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::delivery::Notification;
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
use crate::ports::vendor::Body;
use insta::assert_snapshot;
use uuid::Uuid;

const LINK: &str = "https://duty.example/l/23456789ABCDEFGHJKLMNP";

/// Ada has raised an alert for the database people and for Grace; its text is there.
fn sample() -> AlertStory {
    let id = AlertId(Uuid::from_u128(1));
    let call = CallId(Uuid::from_u128(2));
    let recording = RecordingId(Uuid::from_u128(3));
    AlertStory {
        alert: Alert {
            id,
            call,
            action: Action::Alert,
            recipients: vec![
                Recipient::Group(GroupName("R&D <Database>".to_owned())),
                Recipient::Person(PersonId("grace".to_owned())),
            ],
            severity: Severity::Critical,
            caller: Caller {
                person: Some(PersonId("ada".to_owned())),
                name: Some("Ada Lovelace".to_owned()),
                number: PhoneNumber::parse("+15550100").ok(),
                language: "en".to_owned(),
            },
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
            acknowledged: None,
            closed: None,
        },
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
    };
    Directory { people: vec![grace], ..Directory::default() }
}

fn written(story: &AlertStory, device: Device, is_update: bool) -> Body {
    let notification = Notification {
        id: NotificationId(Uuid::from_u128(4)),
        alert: story.alert.id,
        person: PersonId("grace".to_owned()),
        device,
        is_update,
    };
    let link = story.alert.message.is_some().then_some(LINK);
    body(story, &notification, link, &directory(), None).unwrap()
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
    story.alert.action = Action::Conference;
    story.alert.severity = Severity::Low;
    story.alert.recipients = vec![];
    story.alert.caller = Caller { person: None, name: None, number: None, language: "en".to_owned() };
    set_text(&mut story, Transcript::Pending);
    story
}

/// Ada wanted to talk to somebody, and nobody took her call.
fn missed_call() -> AlertStory {
    let mut story = sample();
    story.alert.action = Action::Live;
    (story.alert.message, story.recording) = (None, None);
    story
}

#[test]
fn sms_says_how_bad_for_whom_by_whom_and_what() {
    assert_snapshot!(sms(&sample(), false), @r#"CRITICAL alert for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100): "Pumps are down & water > 2 m" Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
    assert_snapshot!(sms(&sample(), true), @r#"Transcript of the CRITICAL alert for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100): "Pumps are down & water > 2 m" Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
    assert_snapshot!(sms(&missed_call(), false), @"CRITICAL missed call for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100): nobody took the call, and no message was left.");
    assert_snapshot!(sms(&conference_by_a_stranger(), false), @r#"LOW conference by an unknown caller: voice message, 12 s: https://duty.example/l/23456789ABCDEFGHJKLMNP"#);
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
    story.alert.caller.name = Some("Ada\r\nBcc: eve@evil.example\u{0}\u{2028}x".to_owned());
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
    Alert:  00000000-0000-0000-0000-000000000001
    "#);
    assert_snapshot!(mail(&missed_call(), false).1, @r"
    CRITICAL missed call for R&D <Database>, Grace Hopper by Ada Lovelace (+15550100):

    Nobody took the call, and no message was left. Please call back.

    Opened: 2026-01-05 09:00 UTC
    Alert:  00000000-0000-0000-0000-000000000001
    ");
    assert_snapshot!(mail(&conference_by_a_stranger(), false).1, @r#"
    LOW conference by an unknown caller:

    A voice message of 12 s. Its text is being made and will follow.

    Listen: https://duty.example/l/23456789ABCDEFGHJKLMNP
    The link works until 2026-02-04 09:00 UTC.

    Opened: 2026-01-05 09:00 UTC
    Alert:  00000000-0000-0000-0000-000000000001
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
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: 00000000-0000-0000-0000-000000000001</p>
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
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: 00000000-0000-0000-0000-000000000001</p>
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
    <p>Opened: 2026-01-05 09:00 UTC<br>Alert: 00000000-0000-0000-0000-000000000001</p>
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
        is_update: false,
    };
    let error = body(&story, &notification, Some(LINK), &directory(), None).unwrap_err();
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
        is_update: false,
    };
    let sms = notification(Device::Sms(PhoneNumber::parse("+15550102").unwrap()));
    let text =
        |story: &AlertStory, code| match body(story, &sms, Some(LINK), &directory(), Some(&bridge(code))) {
            Ok(Body::Sms { text, .. }) => text,
            other => panic!("{other:?}"),
        };
    assert!(!text(&story, "ww4711#").contains("Conference:"), "it is an alert");
    story.alert.action = Action::Conference;
    assert!(text(&story, "ww4711#").ends_with(" Conference: +15550190, code 4711#"));
    assert!(text(&story, "").ends_with(" Conference: +15550190"));
}
