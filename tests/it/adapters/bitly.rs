//! Bitly's API, played by a mock server.

use crate::broken::{Broken, Way};
use dutyline::adapters::bitly::Bitly;
use dutyline::adapters::http_client;
use dutyline::ports::error::VendorError;
use dutyline::ports::shortener::Shortener;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const TOKEN: &str = "a-token-that-nobody-else-may-see";
const LONG: &str = "https://dutyline.example.com/l/23456789ABCDEFGHJKLMNP";

fn bitly(url: &str) -> Bitly {
    let client = http_client::build(Duration::from_millis(500)).unwrap();
    Bitly::new(client, format!("{}/", url.trim_end_matches('/')).parse().unwrap(), TOKEN.to_owned())
}

async fn answering(answer: ResponseTemplate) -> (MockServer, Bitly) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let bitly = bitly(&server.uri());
    (server, bitly)
}

async fn refused(answer: ResponseTemplate) -> VendorError {
    let (_server, bitly) = answering(answer).await;
    bitly.shorten(&LONG.parse().unwrap()).await.unwrap_err()
}

#[tokio::test]
async fn a_link_is_made_short() {
    let body = json!({ "link": "https://bit.ly/3xyz", "id": "bit.ly/3xyz", "long_url": LONG });
    let (server, bitly) = answering(ResponseTemplate::new(201).set_body_json(body)).await;
    assert_eq!(bitly.shorten(&LONG.parse().unwrap()).await.unwrap().as_str(), "https://bit.ly/3xyz");
    let [request] = server.received_requests().await.unwrap().try_into().unwrap();
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/v4/shorten"));
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), json!({ "long_url": LONG }));
}

#[tokio::test]
async fn refusals_say_what_helps() {
    let status = ResponseTemplate::new;
    let forbidden = json!({ "message": "FORBIDDEN" });
    assert_snapshot!(refused(status(403).set_body_json(&forbidden)).await, @r#"for good: the link service refused it (403: FORBIDDEN)"#);
    assert_snapshot!(refused(status(401)).await, @"for now: the link service does not know us (401); check links.token");
    assert_snapshot!(refused(status(400)).await, @"for good: the link service refused it (400)");
    assert_snapshot!(refused(status(429).insert_header("Retry-After", "7")).await, @"for now: the link service is busy (429)");
    assert_snapshot!(refused(status(500)).await, @"for now: the link service failed (500)");
}

#[tokio::test]
async fn what_is_no_link_is_not_passed_on() {
    for link in ["javascript:alert(1)", "bit.ly/3xyz", "", "mailto:somebody@example.com"] {
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "link": link }));
        let error = VendorError::temporary("the link service answered with something that is no link");
        assert_eq!(refused(answer).await, error, "{link}");
    }
}

#[tokio::test]
async fn p19_a_link_service_that_is_broken_in_any_way_is_an_error() {
    for way in Way::ALL {
        let broken = Broken::start(way).await;
        let bitly = bitly(&broken.url);
        let error = bitly.shorten(&LONG.parse().unwrap()).await.expect_err(&format!("{way:?}"));
        assert!(matches!(error, VendorError::Temporary { .. }), "{way:?}: {error}");
        assert!(error.to_string().contains("the link service"), "{way:?}: {error}");
        assert!(!error.to_string().contains("23456789"), "{way:?}: {error}");
        assert_eq!(broken.followed(), 0, "{way:?}");
    }
}

#[tokio::test]
async fn who_we_are_can_be_asked_without_making_a_link() {
    let (server, well) = answering(ResponseTemplate::new(200).set_body_json(json!({ "login": "ops" }))).await;
    assert_eq!(well.probe().await, Ok(()));
    let [request] = server.received_requests().await.unwrap().try_into().unwrap();
    assert_eq!((request.method.as_str(), request.url.path()), ("GET", "/v4/user"));
    assert_eq!(request.headers["authorization"], format!("Bearer {TOKEN}"));
    let (_server, unknown) = answering(ResponseTemplate::new(401)).await;
    assert_snapshot!(unknown.probe().await.unwrap_err(), @"for now: the link service does not know us (401); check links.token");
    assert!(!format!("{unknown:?}").contains(TOKEN));
}
