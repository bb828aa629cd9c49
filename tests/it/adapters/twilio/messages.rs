use super::{answering, asked, twilio};
use dutyline::domain::contact::{EmailAddress, PhoneNumber};
use dutyline::domain::directory::device::Device;
use dutyline::domain::ids::NotificationId;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::vendor::{Body, Known, Message, SingleSender, Sought};
use insta::assert_snapshot;
use serde_json::json;
use uuid::Uuid;
use wiremock::ResponseTemplate;

pub(super) fn sms(text: &str) -> Message {
    let to = PhoneNumber::parse("+15550101").unwrap();
    Message { id: NotificationId(Uuid::from_u128(1)), body: Body::Sms { to, text: text.to_owned() } }
}

#[tokio::test]
async fn a_short_message_is_posted_and_its_sid_comes_back() {
    let answer = ResponseTemplate::new(201).set_body_json(json!({ "sid": "SM1", "status": "queued" }));
    let (server, twilio) = answering(answer).await;
    let id = twilio.send(&sms("Pumps & pipes are down: 100 %")).await;
    assert_eq!(id, Ok(Some("SM1".to_owned())));
    assert_snapshot!(asked(&server).await, @r"
    POST /2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json
    authorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjphLXRva2VuLXRoYXQtbm9ib2R5LWVsc2UtbWF5LXNlZQ==
    content-type: application/x-www-form-urlencoded
    user-agent: dutyline/0.1.0
    To=%2B15550101&From=%2B15550198&Body=Pumps+%26+pipes+are+down%3A+100+%25
    ");
}

#[tokio::test]
async fn a_text_beyond_the_carriers_limit_is_cut() {
    let answer = ResponseTemplate::new(201).set_body_json(json!({ "sid": "SM1" }));
    let (server, twilio) = answering(answer).await;
    twilio.send(&sms(&"x".repeat(2_000))).await.unwrap();
    let asked = asked(&server).await;
    assert!(asked.ends_with(&format!("&Body={}...\n", "x".repeat(1_597))), "{asked}");
}

#[tokio::test]
async fn a_mail_is_not_for_the_carrier() {
    let mail = Body::Mail {
        to: EmailAddress::parse("ada@duty.example").unwrap(),
        subject: String::new(),
        text: String::new(),
        html: String::new(),
    };
    let message = Message { id: NotificationId(Uuid::from_u128(1)), body: mail };
    let answer = twilio("http://127.0.0.1:9").send(&message).await;
    assert_eq!(answer, Err(Undone::Certainly(VendorError::permanent("the carrier takes no mail"))));
}

#[tokio::test]
async fn what_becomes_of_a_message_is_told_under_our_own_id() {
    let answer = ResponseTemplate::new(201).set_body_json(json!({ "sid": "SM1" }));
    let (server, twilio) = answering(answer).await;
    let twilio = twilio.with_texts_status("https://duty.example/base/sms/status".parse().unwrap());
    let message = sms("Pumps");
    twilio.send(&message).await.unwrap();
    let url = format!("https%3A%2F%2Fduty.example%2Fbase%2Fsms%2Fstatus%2F{}", message.id);
    let asked = asked(&server).await;
    assert!(asked.ends_with(&format!("&StatusCallback={url}\n")), "{asked}");
}

#[tokio::test]
async fn a_message_is_found_by_its_number_its_time_and_the_hash_of_its_words() {
    let listed = |sid: &str, to: &str, body: &str, direction: &str, minute: u32| {
        let date = format!("Mon, 05 Jan 2026 09:{minute:02}:00 +0000");
        json!({ "sid": sid, "to": to, "body": body, "direction": direction, "date_created": date })
    };
    let messages = json!([
        listed("SM5", "+15550102", "Pumps", "outbound-api", 10),
        listed("SM4", "+15550101", "Fans", "outbound-api", 9),
        listed("SM3", "+15550101", "Pumps", "inbound", 8),
        listed("SM2", "+15550101", "Pumps", "outbound-api", 5),
        listed("SM1", "+15550101", "Pumps", "outbound-api", 1),
    ]);
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "messages": messages }));
    let (_server, twilio) = answering(answer).await;
    let trace = twilio.trace(&sms("Pumps"));
    assert!(!trace.as_deref().unwrap().contains("Pumps"), "no words of it are kept");
    let to = Device::Sms(PhoneNumber::parse("+15550101").unwrap());
    let known = async |trace: Option<&str>, since: &str| {
        let sought =
            Sought { id: NotificationId(Uuid::nil()), to: &to, trace, since: since.parse().unwrap() };
        twilio.knows(&sought).await.unwrap()
    };
    let found = Known::Taken(Some("SM2".to_owned()));
    assert_eq!(known(trace.as_deref(), "2026-01-05T09:05:00.9Z").await, found, "it dates to the second");
    assert_eq!(known(trace.as_deref(), "2026-01-05T09:05:05Z").await, found, "its clock may be slow");
    assert_eq!(
        known(trace.as_deref(), "2026-01-05T09:05:06Z").await,
        Known::CannotTell,
        "the same words before?"
    );
    assert_eq!(known(trace.as_deref(), "2026-01-05T09:06:00Z").await, Known::CannotTell);
    assert_eq!(known(trace.as_deref(), "2026-01-05T09:06:01Z").await, Known::Never);
    assert_eq!(known(twilio.trace(&sms("Valves")).as_deref(), "2026-01-05T09:00:00Z").await, Known::Never);
    assert_eq!(known(None, "2026-01-05T09:00:00Z").await, Known::CannotTell);
}
