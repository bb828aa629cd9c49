//! Twilio's API, played by a mock server.

mod calls;
mod failures;
mod login;
mod media;
mod messages;
mod openapi;
mod recordings;

use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::domain::contact::PhoneNumber;
use std::fmt::Write;
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "a-token-that-nobody-else-may-see";
const OUR_NUMBER: &str = "+15550199";
const TEXTS_FROM: &str = "+15550198";

/// An adapter for the API at that address; it gives up after half a second.
fn twilio(api_url: &str) -> Twilio {
    twilio_by(api_url, TwilioLogin::Token(TOKEN.to_owned()))
}

/// The same, with another login.
fn twilio_by(api_url: &str, login: TwilioLogin) -> Twilio {
    Twilio::new(http_client::build(Duration::from_millis(500)).unwrap(), account(api_url, login))
}

fn account(api_url: &str, login: TwilioLogin) -> TwilioAccount {
    TwilioAccount {
        api_url: api_url.parse().unwrap(),
        account_sid: ACCOUNT.to_owned(),
        login,
        number: PhoneNumber::parse(OUR_NUMBER).unwrap(),
        texts_from: PhoneNumber::parse(TEXTS_FROM).unwrap(),
        conferences: true,
    }
}

/// A server that gives that answer to whatever it is asked, and an adapter for it.
async fn answering(answer: ResponseTemplate) -> (MockServer, Twilio) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let twilio = twilio(&server.uri());
    (server, twilio)
}

/// What the server was asked: request lines, the headers that we set, bodies.
async fn asked(server: &MockServer) -> String {
    let mut asked = String::new();
    for request in server.received_requests().await.unwrap() {
        let Request { method, url, headers, body } = request;
        writeln!(asked, "{method} {}", url.path()).unwrap();
        assert_eq!(url.query(), None);
        for name in ["authorization", "content-type", "user-agent"] {
            if let Some(value) = headers.get(name) {
                writeln!(asked, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        writeln!(asked, "{}", String::from_utf8(body).unwrap()).unwrap();
    }
    asked
}
