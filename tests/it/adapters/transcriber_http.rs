//! A transcriber with the usual HTTP interface, played by a mock server.

use crate::broken::{Broken, Way};
use bytes::Bytes;
use dutyline::adapters::http_client;
use dutyline::adapters::transcriber_http::{HttpTranscriber, TranscriberService};
use dutyline::ports::error::VendorError;
use dutyline::ports::telephony::Sound;
use dutyline::ports::transcriber::{Speech, Transcriber};
use futures_util::{StreamExt, stream};
use insta::assert_snapshot;
use serde_json::json;
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const API_KEY: &str = "a-key-that-nobody-else-may-see";

fn transcriber(url: &str, change: impl FnOnce(&mut TranscriberService)) -> HttpTranscriber {
    let mut service = TranscriberService {
        url: format!("{}/", url.trim_end_matches('/')).parse().unwrap(),
        api_key: Some(API_KEY.to_owned()),
        model: "large-v3".to_owned(),
        sends_language: true,
    };
    change(&mut service);
    HttpTranscriber::new(http_client::build(Duration::from_millis(500)).unwrap(), service)
}

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn speech(media_type: &str) -> Speech {
    let pieces = [Ok(Bytes::from_static(b"RIFF ")), Ok(Bytes::from_static(b"and so on"))];
    Speech {
        sound: Sound { media_type: media_type.to_owned(), bytes: stream::iter(pieces).boxed() },
        bytes: 14,
        language: Some("de".to_owned()),
    }
}

/// The request's form, with a fixed boundary.
async fn form(server: &MockServer) -> String {
    let request = server.received_requests().await.unwrap().remove(0);
    assert_eq!((request.method.as_str(), request.url.path()), ("POST", "/v1/audio/transcriptions"));
    let content = request.headers["content-type"].to_str().unwrap();
    let boundary = content.strip_prefix("multipart/form-data; boundary=").unwrap();
    String::from_utf8(request.body).unwrap().replace(boundary, "BOUNDARY").replace("\r\n", "\n")
}

fn text(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "text": text }))
}

async fn failed(answer: ResponseTemplate) -> VendorError {
    let server = answering(answer).await;
    transcriber(&server.uri(), |_| {}).text_of(speech("audio/wav")).await.unwrap_err()
}

#[tokio::test]
async fn a_sound_is_posted_as_the_usual_form() {
    let server = answering(text("Die Pumpen stehen.")).await;
    let transcriber = transcriber(&server.uri(), |_| {});
    assert_eq!(transcriber.text_of(speech("audio/wav")).await.unwrap(), "Die Pumpen stehen.");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.headers["authorization"], format!("Bearer {API_KEY}"));
    assert_snapshot!(form(&server).await, @r#"
    --BOUNDARY
    Content-Disposition: form-data; name="file"; filename="message.wav"
    Content-Type: audio/wav

    RIFF and so on
    --BOUNDARY
    Content-Disposition: form-data; name="model"

    large-v3
    --BOUNDARY
    Content-Disposition: form-data; name="response_format"

    json
    --BOUNDARY
    Content-Disposition: form-data; name="language"

    de
    --BOUNDARY--
    "#);
    assert!(!format!("{transcriber:?}").contains(API_KEY));
}

#[tokio::test]
async fn a_server_of_ones_own_needs_no_key_and_may_find_the_language_itself() {
    let server = answering(text("Pumps are down")).await;
    let transcriber = transcriber(&server.uri(), |service| {
        service.api_key = None;
        service.sends_language = false;
    });
    transcriber.text_of(speech("audio/mpeg")).await.unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    assert!(!request.headers.contains_key("authorization"));
    let form = form(&server).await;
    assert!(!form.contains("language"), "{form}");
    assert!(form.contains("filename=\"message.mp3\"\nContent-Type: audio/mpeg\n"), "{form}");
}

#[tokio::test]
async fn a_service_may_be_in_a_folder_of_its_host() {
    let server = answering(text("")).await;
    let transcriber = transcriber(&format!("{}/speech", server.uri()), |_| {});
    assert_eq!(transcriber.text_of(speech("audio/wav")).await.unwrap(), "");
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.path(), "/speech/v1/audio/transcriptions");
}

#[tokio::test]
async fn answers_are_for_now_or_for_good() {
    let status = ResponseTemplate::new;
    assert_snapshot!(failed(status(401)).await, @"for now: the transcriber does not know us (401); check transcriber.api_key");
    assert_snapshot!(failed(status(400).set_body_string("audio too short\n")).await, @"for good: the transcriber refused it (400: audio too short)");
    assert_snapshot!(failed(status(413)).await, @"for good: the transcriber refused it (413)");
    assert_snapshot!(failed(status(429)).await, @"for now: the transcriber is busy (429)");
    assert_snapshot!(failed(status(500).set_body_string("out of memory")).await, @"for now: the transcriber failed (500: out of memory)");
    assert_snapshot!(failed(status(200).set_body_json(json!({ "text": 7 }))).await, @"for now: the transcriber's answer can't be understood at text");
    assert_snapshot!(failed(status(200).set_body_bytes(vec![b' '; 2 * 1024 * 1024])).await, @"for now: the transcriber's answer does not end");
}

#[tokio::test]
async fn p19_a_transcriber_that_is_broken_in_any_way_is_an_error() {
    for way in Way::ALL {
        let broken = Broken::start(way).await;
        let error = transcriber(&broken.url, |_| {}).text_of(speech("audio/wav")).await;
        let error = error.expect_err(&format!("{way:?}"));
        assert!(matches!(error, VendorError::Temporary { .. }), "{way:?}: {error}");
        assert!(error.to_string().contains("the transcriber"), "{way:?}: {error}");
        assert_eq!(broken.followed(), 0, "{way:?}");
    }
}

#[tokio::test]
async fn a_sound_that_breaks_off_on_its_way_through_us_is_an_error_for_now() {
    let server = answering(text("half of it")).await;
    let pieces = [Ok(Bytes::from_static(b"RIFF ")), Err(VendorError::temporary("the folder is gone"))];
    let sound = Sound { media_type: "audio/wav".to_owned(), bytes: stream::iter(pieces).boxed() };
    let broken = Speech { sound, bytes: 14, language: None };
    let error = transcriber(&server.uri(), |_| {}).text_of(broken).await.unwrap_err();
    assert!(matches!(error, VendorError::Temporary { .. }), "{error}");
}

#[tokio::test]
async fn whether_it_could_be_asked_is_known_without_a_sound() {
    for (status, is_well) in [(200, true), (404, true), (405, true), (401, false), (500, false)] {
        let server = answering(ResponseTemplate::new(status)).await;
        let result = transcriber(&server.uri(), |_| {}).probe().await;
        assert_eq!(result.is_ok(), is_well, "{status}: {result:?}");
        let request = &server.received_requests().await.unwrap()[0];
        assert_eq!((request.method.as_str(), request.url.path()), ("GET", "/v1/models"));
    }
    let nobody = Broken::start(Way::Refused).await;
    assert!(transcriber(&nobody.url, |_| {}).probe().await.is_err());
}
