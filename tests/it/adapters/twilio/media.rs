//! Sound that the API keeps elsewhere.

use super::recordings::{named, sound};
use super::{answering, twilio};
use dutyline::ports::error::VendorError;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn to(status: u16, place: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("location", place)
}

fn wav() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(b"RIFF and so on".to_vec(), "audio/x-wav")
}

/// A store of sounds, which has one at `/sound`; from `/again` it leads there, and `/round` leads to itself.
async fn store() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/sound")).respond_with(wav()).mount(&server).await;
    Mock::given(path("/again")).respond_with(to(307, "sound?signed=yes")).mount(&server).await;
    Mock::given(path("/round")).respond_with(to(302, "/round")).mount(&server).await;
    server
}

#[tokio::test]
async fn sound_is_fetched_from_where_the_carrier_sends_us_and_nobody_there_is_told_who_we_are() {
    for status in [301, 302, 303, 307, 308] {
        for (place, asked) in [("sound?signed=yes", 1), ("again", 2)] {
            let store = store().await;
            let (server, twilio) = answering(to(status, &format!("{}/{place}", store.uri()))).await;
            let got = sound(&twilio, &named("RE1")).await;
            assert_eq!(got, Ok(("audio/wav".to_owned(), b"RIFF and so on".to_vec())), "{status}");
            let at_carrier = server.received_requests().await.unwrap();
            assert_eq!(at_carrier.len(), 1);
            assert!(at_carrier[0].headers.contains_key("authorization"));
            let at_store = store.received_requests().await.unwrap();
            assert_eq!(at_store.len(), asked);
            assert_eq!(at_store.last().unwrap().url.query(), Some("signed=yes"), "the whole address is used");
            for request in at_store {
                assert!(!request.headers.contains_key("authorization"), "{}", request.url);
            }
        }
    }
}

#[tokio::test]
async fn sound_at_another_path_of_the_api_is_asked_for_without_the_token_too() {
    let server = MockServer::start().await;
    Mock::given(path("/media/RE1")).respond_with(wav()).mount(&server).await;
    Mock::given(any()).respond_with(to(302, "/media/RE1")).mount(&server).await;
    assert!(sound(&twilio(&server.uri()), &named("RE1")).await.is_ok());
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked[1].url.path(), "/media/RE1");
    assert!(!asked[1].headers.contains_key("authorization"));
}

#[tokio::test]
async fn nobody_is_followed_for_ever_nor_to_what_is_no_web_server() {
    let store = store().await;
    let (_server, twilio) = answering(to(302, &format!("{}/round", store.uri()))).await;
    let error = sound(&twilio, &named("RE1")).await.unwrap_err();
    assert_eq!(error, VendorError::permanent("the carrier sends us from place to place for the sound"));
    assert_eq!(store.received_requests().await.unwrap().len(), 2);
    for place in ["file:///etc/passwd", "ftp://store.example/sound", "data:audio/wav,RIFF"] {
        let (_server, twilio) = answering(to(302, place)).await;
        let error = sound(&twilio, &named("RE1")).await.unwrap_err();
        let told = "the carrier sends us to an open connection for the sound";
        assert_eq!(error, VendorError::permanent(told), "{place}");
    }
}

#[tokio::test]
async fn an_address_that_has_ended_is_asked_for_again() {
    for answer in [ResponseTemplate::new(403), ResponseTemplate::new(404), ResponseTemplate::new(503)] {
        let (store, _) = answering(answer).await;
        let (_server, twilio) = answering(to(302, &format!("{}/sound?secret", store.uri()))).await;
        let error = sound(&twilio, &named("RE1")).await.unwrap_err();
        assert!(matches!(error, VendorError::Temporary { .. }), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    for nowhere in [ResponseTemplate::new(302), to(302, "http://[")] {
        let (_server, twilio) = answering(nowhere).await;
        let error = sound(&twilio, &named("RE1")).await.unwrap_err();
        assert!(matches!(error, VendorError::Temporary { .. }), "{error}");
    }
}

#[tokio::test]
async fn nothing_but_sound_is_ever_sought_elsewhere() {
    use dutyline::ports::telephony::Telephony;
    let store = store().await;
    let (_server, twilio) = answering(to(302, &format!("{}/sound", store.uri()))).await;
    assert!(twilio.recordings_of("CA1").await.is_err());
    assert!(twilio.text_of(&named("RE1")).await.is_err());
    assert!(twilio.delete_recording(&named("RE1")).await.is_err());
    assert!(Telephony::probe(&twilio).await.is_err());
    assert_eq!(store.received_requests().await.unwrap().len(), 0);
}
