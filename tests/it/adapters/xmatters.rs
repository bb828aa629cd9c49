//! The directory of xMatters, played by a mock server.

mod on_call;

use dutyline::adapters::http_client;
use dutyline::adapters::xmatters::directory::XmattersDirectory;
use dutyline::domain::directory::elsewhere::Entry;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::ports::error::VendorError;
use dutyline::ports::people::People;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::{any, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const PASSWORD: &str = "a-password-that-nobody-else-may-see";

fn directory(url: &str) -> XmattersDirectory {
    let client = http_client::build(Duration::from_millis(500)).unwrap();
    XmattersDirectory::new(client, url.parse().unwrap(), "dutyline".to_owned(), PASSWORD.to_owned())
}

/// A server that gives that answer to whatever it is asked, and an adapter for it.
async fn answering(answer: ResponseTemplate) -> (MockServer, XmattersDirectory) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let directory = directory(&format!("{}/", server.uri()));
    (server, directory)
}

fn id(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

fn phone(number: &str) -> Value {
    json!({"deviceType": "VOICE", "phoneNumber": number})
}

/// A part of a list, at the place where it begins.
async fn page(server: &MockServer, offset: &str, body: Value) {
    Mock::given(path("/api/xm/1/people/u1/devices"))
        .and(query_param("offset", offset))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

fn numbers(entry: Option<Entry>) -> Vec<String> {
    entry.unwrap().voice.iter().map(|number| number.as_str().to_owned()).collect()
}

#[tokio::test]
async fn a_person_is_asked_for_by_id_with_our_credentials() {
    let owner = json!({"firstName": " Uma ", "lastName": "Underhill"});
    let device = json!({"deviceType": "VOICE", "phoneNumber": "+15550155", "owner": owner});
    let body = json!({"count": 1, "total": 1, "data": [device]});
    let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    let entry = directory.person(&id("uma@acme.example/../x?y")).await.unwrap().unwrap();
    assert_eq!(entry.name.as_deref(), Some("Uma Underhill"));
    let request = &server.received_requests().await.unwrap()[0];
    let login = "Basic ZHV0eWxpbmU6YS1wYXNzd29yZC10aGF0LW5vYm9keS1lbHNlLW1heS1zZWU=";
    assert_eq!(request.headers["authorization"], login);
    assert_eq!(
        request.url[url::Position::BeforePath..].to_owned(),
        "/api/xm/1/people/uma@acme.example%2F..%2Fx%3Fy/devices?offset=0&limit=100"
    );
}

#[tokio::test]
async fn a_name_is_made_of_what_there_is_of_it() {
    for (owner, name) in [
        (json!({"lastName": "Underhill"}), Some("Underhill")),
        (json!({"firstName": "Uma", "lastName": " "}), Some("Uma")),
        (json!({"targetName": "u1"}), None),
        (Value::Null, None),
    ] {
        let body = json!({"data": [{"deviceType": "EMAIL", "owner": owner}]});
        let (_server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        assert_eq!(directory.person(&id("u1")).await.unwrap().unwrap().name.as_deref(), name);
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_is_not_the_end_of_it() {
    let server = MockServer::start().await;
    page(&server, "0", json!({"total": 2, "data": [phone("+15550155")], "links": {}})).await;
    let directory = directory(&format!("{}/", server.uri()));
    let error = directory.person(&id("u1")).await.unwrap_err();
    assert!(
        matches!(&error, VendorError::Temporary { cause, .. } if cause.contains("breaks off")),
        "{error}"
    );
}

#[tokio::test]
async fn p43_devices_come_in_the_order_in_which_they_are_tried() {
    let voice = |number: &str, sequence: Option<i64>| json!({"deviceType": "VOICE", "phoneNumber": number, "sequence": sequence});
    for (second, first, order) in [
        (Some(2), Some(1), ["+15550156", "+15550155"]),
        (None, None, ["+15550155", "+15550156"]),
        (None, Some(7), ["+15550156", "+15550155"]),
    ] {
        let devices = [voice("+15550155", second), voice("+15550156", first)];
        let (_server, directory) =
            answering(ResponseTemplate::new(200).set_body_json(json!({"data": devices}))).await;
        assert_eq!(numbers(directory.person(&id("u1")).await.unwrap()), order);
    }
}

#[tokio::test]
async fn every_page_of_a_list_is_read() {
    let next = |server: &MockServer| {
        let path = "/api/xm/1/people/u1/devices?offset=1&limit=1";
        [json!({"next": path}), json!({"next": format!("{}{path}", server.uri())}), json!({})]
    };
    for kind in 0..3 {
        let server = MockServer::start().await;
        let links = next(&server)[kind].clone();
        page(&server, "0", json!({"total": 2, "data": [phone("+15550155")], "links": links})).await;
        page(&server, "1", json!({"total": 2, "data": [phone("+15550156")], "links": {}})).await;
        let directory = directory(&format!("{}/", server.uri()));
        let entry = directory.person(&id("u1")).await.unwrap();
        assert_eq!(numbers(entry), ["+15550155", "+15550156"], "{links}");
    }
}

#[tokio::test]
async fn a_list_that_leads_to_another_place_is_not_followed() {
    let (elsewhere, _) = answering(ResponseTemplate::new(200)).await;
    for next in [
        format!("{}/api/xm/1/people/u1/devices?offset=1", elsewhere.uri()),
        "//127.0.0.1:9/api/xm/1/people/u1/devices?offset=1".to_owned(),
        "http://[".to_owned(),
    ] {
        let body = json!({"data": [phone("+15550155")], "links": {"next": next}});
        let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
        let error = directory.person(&id("u1")).await.unwrap_err();
        assert!(matches!(&error, VendorError::Temporary { cause, .. } if cause.contains("links.next")));
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_list_without_an_end_is_no_answer() {
    let body = json!({"total": 1_000_000, "data": [phone("+15550155")]});
    let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    let error = directory.person(&id("u1")).await.unwrap_err();
    assert!(error.to_string().contains("does not end"), "{error}");
    assert!(server.received_requests().await.unwrap().len() < 50);
}

#[tokio::test]
async fn an_empty_page_ends_a_list_whatever_its_total() {
    let body = json!({"total": 5, "data": [], "links": {"next": "/api/xm/1/people/u1/devices?offset=0"}});
    let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(directory.person(&id("u1")).await.unwrap(), Some(Entry::default()));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_went_wrong_is_told_without_secrets_and_numbers() {
    let said = json!({"code": 1, "message": format!("no {PASSWORD}? +15550155 bob@example.com")});
    let cases = [
        (400, false, "refused it (400"),
        (401, true, "check xmatters.user and xmatters.password"),
        (403, false, "refused it (403"),
        (408, true, "is busy (408"),
        (429, true, "is busy (429"),
        (500, true, "failed (500"),
        (302, true, "check xmatters.url"),
    ];
    for (status, is_temporary, words) in cases {
        let answer = ResponseTemplate::new(status).set_body_json(&said).insert_header("retry-after", "7");
        let (_server, directory) = answering(answer).await;
        let error = directory.person(&id("u1")).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        let told = ["15550155", PASSWORD, "bob"].into_iter().find(|secret| text.contains(secret));
        assert_eq!(told, None, "{text}");
        assert_eq!(matches!(error, VendorError::Temporary { .. }), is_temporary, "{text}");
        if status == 429 {
            let wait = Some(SignedDuration::from_secs(7));
            assert!(matches!(error, VendorError::Temporary { retry_after, .. } if retry_after == wait));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_otherwise_is_no_answer_and_its_field_is_named() {
    for (body, field) in [
        (r#"{"data": [{"deviceType": "VOICE", "phoneNumber": 15550155}]}"#, "at data[0].phoneNumber"),
        (r#"{"data": [{"deviceType": "VOICE"}, {"phoneNumber": "+15550155"}]}"#, "at data[1]"),
        (r#"{"data": {"deviceType": "VOICE"}}"#, "at data"),
        (r#"{"devices": []}"#, "can't be understood"),
        (r#"{"data": [], "links": {"next": 5}}"#, "at links.next"),
        ("<html>", "can't be understood"),
        ("", "can't be understood"),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        let (_server, directory) = answering(answer).await;
        let error = directory.person(&id("u1")).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(field) && !text.contains("15550155"), "{text}");
        assert!(matches!(error, VendorError::Temporary { .. }), "{text}");
    }
}

#[tokio::test]
async fn silence_and_a_closed_door_are_no_answer() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_mins(10));
    let (_server, slow) = answering(slow).await;
    let error = slow.person(&id("u1")).await.unwrap_err();
    assert!(error.to_string().contains("did not answer in time"), "{error}");
    let error = directory("http://127.0.0.1:1/").person(&id("u1")).await.unwrap_err();
    assert!(error.to_string().contains("can't be reached"), "{error}");
}

#[tokio::test]
async fn the_probe_tells_whether_we_are_let_in() {
    let people = json!({"count": 1, "total": 9, "data": [{"id": "x"}], "links": {"next": "/elsewhere"}});
    let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(people)).await;
    directory.probe().await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].url.path(), "/api/xm/1/people");
    assert_eq!(requests.len(), 1);
    for (status, words) in [(401, "xmatters.password"), (403, "403"), (404, "check xmatters.url")] {
        let (_server, directory) = answering(ResponseTemplate::new(status)).await;
        let error = directory.probe().await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let (_server, directory) = answering(ResponseTemplate::new(200).set_body_string("<html>")).await;
    directory.probe().await.unwrap_err();
}

#[tokio::test]
async fn a_group_is_there_or_is_not() {
    let group = |name: &str| GroupName(name.to_owned());
    let (server, there) = answering(ResponseTemplate::new(200).set_body_json(json!({}))).await;
    assert!(there.has_group(&group("R&D #1 50%")).await.unwrap());
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.path(), "/api/xm/1/groups/R&D%20%231%2050%25");
    let (_server, absent) = answering(ResponseTemplate::new(404)).await;
    assert!(!absent.has_group(&group("Database")).await.unwrap());
    let (_server, closed) = answering(ResponseTemplate::new(401)).await;
    closed.has_group(&group("Database")).await.unwrap_err();
}

#[test]
fn nothing_shows_the_password() {
    let shown = format!("{:?}", directory("http://127.0.0.1:1/"));
    assert!(!shown.contains(PASSWORD) && !shown.contains("dutyline"), "{shown}");
}
