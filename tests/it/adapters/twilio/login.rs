//! Who we are to the API: the account with its token, or a key.

use super::recordings::{named, sound};
use super::{ACCOUNT, answering, twilio_by};
use dutyline::adapters::twilio::TwilioLogin;
use dutyline::ports::telephony::Telephony;
use serde_json::json;
use wiremock::ResponseTemplate;

const SECRET: &str = "a-secret-that-nobody-else-may-see";

fn key() -> TwilioLogin {
    TwilioLogin::Key { sid: "SK1".to_owned(), secret: SECRET.to_owned() }
}

#[tokio::test]
async fn a_key_opens_the_accounts_resources_in_the_tokens_place() {
    let (server, _) = answering(ResponseTemplate::new(200).set_body_raw(b"RIFF".to_vec(), "audio/wav")).await;
    sound(&twilio_by(&server.uri(), key()), &named("RE1")).await.unwrap();
    let asked = server.received_requests().await.unwrap();
    assert_eq!(asked[0].url.path(), format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.wav"));
    // "SK1:a-secret-that-nobody-else-may-see"
    let expected = "Basic U0sxOmEtc2VjcmV0LXRoYXQtbm9ib2R5LWVsc2UtbWF5LXNlZQ==";
    assert_eq!(asked[0].headers["authorization"], expected);
}

#[tokio::test]
async fn a_key_that_is_not_known_is_an_operators_to_mend() {
    let body = json!({ "code": 20003, "message": "Authenticate" });
    let (server, _) = answering(ResponseTemplate::new(401).set_body_json(body)).await;
    let twilio = twilio_by(&server.uri(), key());
    let error = sound(&twilio, &named("RE1")).await.unwrap_err().to_string();
    let told = "check carrier.account_sid, carrier.api_key and carrier.api_secret";
    assert!(error.starts_with("for now: ") && error.ends_with(told), "{error}");
    assert!(!format!("{error} {twilio:?}").contains(SECRET));
}

/// The account itself is closed to keys that are not main keys, so that a key is tried on something else.
#[tokio::test]
async fn each_login_is_tried_on_what_it_opens() {
    for (login, path) in [
        (TwilioLogin::Token("t".to_owned()), format!("/2010-04-01/Accounts/{ACCOUNT}.json")),
        (key(), format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings.json")),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "status": "active" }));
        let (server, _) = answering(answer).await;
        assert_eq!(Telephony::probe(&twilio_by(&server.uri(), login)).await, Ok(()));
        assert_eq!(server.received_requests().await.unwrap()[0].url.path(), path);
    }
}
