use super::{answering, asked, twilio};
use dutyline::domain::contact::{EmailAddress, PhoneNumber};
use dutyline::domain::ids::NotificationId;
use dutyline::ports::error::VendorError;
use dutyline::ports::vendor::{Body, Message, SingleSender};
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
    assert_eq!(answer, Err(VendorError::permanent("the carrier takes no mail")));
}
