//! `MessageBird`'s API, played by a mock server.

use dutyline::adapters::http_client;
use dutyline::adapters::messagebird::MessageBird;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::device::Device;
use dutyline::domain::ids::NotificationId;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::vendor::{Body, Known, LONGEST_SMS, Message, SingleSender, Sought};
use insta::assert_snapshot;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;
use wiremock::matchers::{any, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "a-key-that-nobody-else-may-see";

fn messagebird(url: &str) -> MessageBird {
    let client = http_client::build(Duration::from_millis(500)).unwrap();
    let url = format!("{}/", url.trim_end_matches('/')).parse().unwrap();
    MessageBird::new(client, url, KEY.to_owned(), "Dutyline".to_owned(), false)
}

const fn id() -> NotificationId {
    NotificationId(Uuid::from_u128(7))
}

fn to() -> PhoneNumber {
    PhoneNumber::parse("+4930123125").unwrap()
}

fn message(text: &str) -> Message {
    Message { id: id(), body: Body::Sms { to: to(), text: text.to_owned() } }
}

async fn undone(answer: ResponseTemplate) -> Undone {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    messagebird(&server.uri()).send(&message("Pumps")).await.unwrap_err()
}

async fn refused(answer: ResponseTemplate) -> VendorError {
    undone(answer).await.error().clone()
}

#[tokio::test]
async fn a_message_carries_our_id() {
    let server = MockServer::start().await;
    let body = json!({ "id": "e8077d803532c0b5937c639b60216938", "reference": id().to_string() });
    Mock::given(any()).respond_with(ResponseTemplate::new(201).set_body_json(body)).mount(&server).await;
    let taken = messagebird(&server.uri()).send(&message("Pumps are down")).await.unwrap();
    assert_eq!(taken.as_deref(), Some("e8077d803532c0b5937c639b60216938"));
    let [request] = server.received_requests().await.unwrap().try_into().unwrap();
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/messages"));
    assert_eq!(request.headers["authorization"], format!("AccessKey {KEY}"));
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({
            "originator": "Dutyline", "recipients": ["+4930123125"], "body": "Pumps are down",
            "reference": id().to_string(), "datacoding": "auto",
        })
    );
    let shown = format!("{:?}", messagebird("http://127.0.0.1:9"));
    assert!(!shown.contains(KEY), "{shown}");
}

#[tokio::test]
async fn the_longest_text_that_is_written_goes_out_to_its_last_letter() {
    let server = MockServer::start().await;
    let taken = json!({ "id": "mb-1" });
    Mock::given(any()).respond_with(ResponseTemplate::new(201).set_body_json(taken)).mount(&server).await;
    let text = format!("{}/a/23456789", "x".repeat(LONGEST_SMS - 11));
    messagebird(&server.uri()).send(&message(&text)).await.unwrap();
    let [request] = server.received_requests().await.unwrap().try_into().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap()["body"], text);
    assert_eq!(LONGEST_SMS, 9 * 153, "what it takes: nine parts");
}

#[tokio::test]
async fn refusals_say_what_helps_and_repeat_no_number() {
    let status = ResponseTemplate::new;
    let no_number =
        json!({ "errors": [{ "code": 9, "description": "no (correct) recipients found: 4930123125" }] });
    assert_snapshot!(refused(status(422).set_body_json(no_number)).await, @"for good: MessageBird refused it (422)");
    assert_snapshot!(refused(status(401)).await, @"for now: MessageBird does not know us (401); check sms.vendor.access_key");
    assert_snapshot!(refused(status(429)).await, @"for now: MessageBird is busy (429)");
    assert_snapshot!(refused(status(500)).await, @"for now: MessageBird failed (500)");
    for (status, is_known) in [(401, true), (429, true), (500, false), (201, false)] {
        let undone = undone(ResponseTemplate::new(status)).await;
        assert_eq!(matches!(undone, Undone::Certainly(_)), is_known, "{status}: {undone}");
    }
    let mail = Body::Mail {
        to: dutyline::domain::contact::EmailAddress::parse("ada@example.com").unwrap(),
        subject: String::new(),
        text: String::new(),
        html: String::new(),
    };
    let error = messagebird("http://127.0.0.1:9").send(&Message { id: id(), body: mail }).await.unwrap_err();
    assert!(matches!(error, Undone::Certainly(VendorError::Permanent { .. })), "{error}");
}

fn listed(number: usize, reference: &str, created: &str) -> Value {
    json!({ "id": format!("mb-{number}"), "reference": reference, "createdDatetime": created, "body": "x" })
}

#[tokio::test]
async fn a_message_is_found_by_our_id_on_whatever_page_it_is() {
    let server = MockServer::start().await;
    let first: Vec<Value> =
        (0..200).map(|number| listed(number, "other", "2026-01-05T09:10:00+00:00")).collect();
    let second = [listed(200, &id().to_string(), "2026-01-05T09:05:00+00:00")];
    let page =
        |items: Value| ResponseTemplate::new(200).set_body_json(json!({ "items": items, "totalCount": 201 }));
    Mock::given(query_param("offset", "0")).respond_with(page(first.into())).mount(&server).await;
    Mock::given(query_param("offset", "200")).respond_with(page(second.to_vec().into())).mount(&server).await;
    let asked = async |id: NotificationId, since: &str| {
        let (since, to) = (since.parse::<Timestamp>().unwrap(), Device::Sms(to()));
        messagebird(&server.uri()).knows(&Sought { id, to: &to, trace: None, since }).await.unwrap()
    };
    let taken = Known::Taken(Some("mb-200".to_owned()));
    assert_eq!(asked(id(), "2026-01-05T09:05:00Z").await, taken);
    assert_eq!(asked(NotificationId(Uuid::from_u128(8)), "2026-01-05T09:05:00Z").await, Known::Never);
    // What was begun later than all of them is not looked for any further.
    assert_eq!(asked(NotificationId(Uuid::from_u128(8)), "2026-01-05T10:00:00Z").await, Known::Never);
}
