use super::messages::sms;
use super::recordings::{named, sound};
use super::{OUR_NUMBER, TOKEN, answering, twilio};
use dutyline::adapters::twilio::Twilio;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::telephony::Telephony;
use dutyline::ports::vendor::SingleSender;
use insta::assert_snapshot;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::ResponseTemplate;

/// What becomes of a short message.
async fn sent(answer: ResponseTemplate) -> VendorError {
    let (_server, twilio) = answering(answer).await;
    twilio.send(&sms("Pumps are down")).await.unwrap_err().error().clone()
}

/// What becomes of a recording that is fetched.
async fn fetched(answer: ResponseTemplate) -> VendorError {
    let (_server, twilio) = answering(answer).await;
    sound(&twilio, &named("RE1")).await.unwrap_err()
}

/// What becomes of the question for a call's recordings.
async fn listed(answer: ResponseTemplate) -> VendorError {
    let (_server, twilio) = answering(answer).await;
    twilio.recordings_of("CA1").await.unwrap_err()
}

fn status(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status)
}

#[tokio::test]
async fn credentials_that_are_turned_away_need_an_operator() {
    let body = json!({ "code": 20003, "message": "Authenticate", "status": 401 });
    assert_snapshot!(sent(status(401).set_body_json(body)).await, @"for now: the carrier does not know us (401, code 20003: Authenticate); check carrier.account_sid and carrier.auth_token");
    assert_snapshot!(fetched(status(403)).await, @"for good: the carrier refused it (403)");
}

#[tokio::test]
async fn a_refusal_is_final_and_tells_why_without_the_number() {
    let body = json!({ "code": 21211, "message": "The 'To' number +15550101 is not a valid phone number." });
    assert_snapshot!(sent(status(400).set_body_json(body)).await, @"for good: the carrier refused it (400, code 21211: The 'To' number … is not a valid phone number.)");
    assert_snapshot!(sent(status(404)).await, @"for good: the carrier refused it (404)");
    assert_snapshot!(listed(status(404).set_body_string("<html>")).await, @"for good: the carrier refused it (404)");
    assert_snapshot!(fetched(status(410)).await, @"for good: the carrier refused it (410)");
}

#[tokio::test]
async fn a_sound_that_is_not_there_may_come_yet() {
    assert_snapshot!(fetched(status(404)).await, @"for now: the carrier does not have the sound yet, or not any more (404)");
}

#[tokio::test]
async fn a_carrier_that_is_busy_names_its_pace() {
    let busy = |wait: &str| status(429).insert_header("Retry-After", wait);
    let pace = |wait: Option<i64>| VendorError::Temporary {
        retry_after: wait.map(jiff::SignedDuration::from_secs),
        cause: "the carrier is busy (429)".to_owned(),
    };
    assert_eq!(sent(busy("30")).await, pace(Some(30)));
    assert_eq!(fetched(busy("30")).await, pace(Some(30)));
    assert_eq!(sent(busy("999999999")).await, pace(Some(3_600)));
    assert_eq!(sent(busy("Mon, 05 Jan 2026 09:00:00 GMT")).await, pace(None));
    assert_eq!(sent(status(429)).await, pace(None));
}

#[tokio::test]
async fn a_carrier_that_fails_is_asked_again() {
    assert_snapshot!(sent(status(500)).await, @"for now: the carrier failed (500)");
    assert_snapshot!(fetched(status(502).set_body_string("Bad Gateway")).await, @"for now: the carrier failed (502: Bad Gateway)");
    assert_snapshot!(listed(status(503)).await, @"for now: the carrier failed (503)");
    let (_server, twilio) = answering(status(500)).await;
    assert_snapshot!(twilio.delete_recording(&named("RE1")).await.unwrap_err(), @"for now: the carrier failed (500)");
}

#[tokio::test]
async fn garbage_is_asked_for_again() {
    assert_snapshot!(sent(status(201).set_body_string("welcome to the hotel's network")).await, @"for now: the carrier's answer can't be understood");
    assert_snapshot!(listed(status(200).set_body_json(json!({ "recordings": 7 }))).await, @"for now: the carrier's answer can't be understood at recordings");
    assert_snapshot!(fetched(status(200).set_body_string("<html>")).await, @"for now: the carrier answered with something that is no sound");
    assert_snapshot!(listed(status(200).set_body_bytes(vec![b' '; 2 * 1024 * 1024])).await, @"for now: the carrier's answer does not end");
}

#[tokio::test]
async fn a_redirect_of_anything_but_sound_is_not_followed() {
    let (elsewhere, _) = answering(status(200)).await;
    let error = listed(status(302).insert_header("Location", elsewhere.uri())).await;
    assert_snapshot!(error, @"for now: the carrier sent us elsewhere (302); check carrier.api_url");
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_slow_carrier_is_asked_again() {
    let slow = status(200).set_delay(Duration::from_secs(30));
    assert_snapshot!(sent(slow).await, @"for now: the carrier did not answer in time: operation timed out");
}

#[tokio::test]
async fn a_carrier_that_is_not_there_is_asked_again() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = twilio(&format!("http://{nobody}")).send(&sms("Pumps are down")).await.unwrap_err();
    assert!(matches!(error, Undone::Certainly(_)), "without a connection there is no request");
    let text = error.to_string();
    assert!(text.starts_with("for now: the carrier can't be reached: Connection refused"), "{text}");
}

#[tokio::test]
async fn what_the_carrier_may_have_taken_is_told_from_what_it_has_refused() {
    let slow = status(201).set_delay(Duration::from_secs(30));
    let garbage = status(201).set_body_string("welcome to the hotel's network");
    for (answer, is_known) in [
        (status(400), true),
        (status(401), true),
        (status(429), true),
        (status(302), true),
        (status(503), true),
        (status(500), false),
        (status(502), false),
        (garbage, false),
        (slow, false),
    ] {
        let (_server, twilio) = answering(answer.clone()).await;
        let undone = twilio.send(&sms("Pumps are down")).await.unwrap_err();
        assert_eq!(matches!(undone, Undone::Certainly(_)), is_known, "{answer:?}: {undone}");
    }
}

#[tokio::test]
async fn a_sound_that_breaks_off_is_an_error() {
    let twilio = half_a_sound().await;
    let error = sound(&twilio, &named("RE1")).await.unwrap_err();
    assert!(matches!(error, VendorError::Temporary { .. }), "{error}");
    assert!(error.to_string().starts_with("for now: the carrier's answer broke off: "), "{error}");
}

#[tokio::test]
async fn no_error_shows_a_secret_or_a_number() {
    let echo = format!("{OUR_NUMBER} +1 555-010-1 (+15550101)");
    for number in [400, 401, 403, 404, 409, 429, 500, 503] {
        let body = json!({ "code": 1, "message": echo });
        let error = sent(status(number).set_body_json(body)).await;
        let shown = format!("{error} {error:?}");
        for hidden in [TOKEN, "5550199", "5550101", "555-010-1"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
    let shown = format!("{:?}", twilio("http://127.0.0.1:9"));
    assert!(!shown.contains(TOKEN) && !shown.contains(OUR_NUMBER), "{shown}");
}

/// A carrier that promises a hundred bytes of sound and sends four.
async fn half_a_sound() -> Twilio {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = [0; 4_096];
        let _read = connection.read(&mut request).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 100\r\n\r\nRIFF";
        connection.write_all(head.as_bytes()).await.unwrap();
    });
    twilio(&format!("http://{address}"))
}
