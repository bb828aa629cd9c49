//! A directory of people in another system, played by a mock server.

use dutyline::settings::Settings;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// `dutyline` and `tests only`, as the settings of the world have them.
const LOGIN: &str = "Basic ZHV0eWxpbmU6dGVzdHMgb25seQ==";

/// The server.
pub(crate) struct PeopleServer(MockServer);

/// A device of that kind.
pub(crate) fn device(kind: &str, number: Option<&str>) -> Value {
    let mut device = json!({
        "deviceType": kind,
        "name": "Work",
        "status": "ACTIVE",
        "owner": {"targetName": "u1", "firstName": "Uma", "lastName": "Underhill", "recipientType": "PERSON"},
    });
    if let Some(number) = number {
        device["phoneNumber"] = number.into();
    }
    device
}

/// A phone that somebody calls from.
pub(crate) fn voice(number: &str) -> Value {
    device("VOICE", Some(number))
}

impl PeopleServer {
    /// One that knows nobody.
    pub(crate) async fn start() -> Self {
        Self(MockServer::start().await)
    }

    /// Tells the settings where it is.
    pub(crate) fn set(&self, settings: &mut Settings) {
        settings.xmatters.as_mut().unwrap().url = format!("{}/", self.0.uri()).parse().unwrap();
    }

    /// Where it is.
    pub(crate) fn address(&self) -> SocketAddr {
        *self.0.address()
    }

    /// From now on it has these devices of a person; `id` is percent-encoded.
    pub(crate) async fn knows(&self, id: &str, devices: &[Value]) {
        let page = json!({"count": devices.len(), "total": devices.len(), "data": devices, "links": {}});
        self.answers(id, ResponseTemplate::new(200).set_body_json(page)).await;
    }

    /// From now on this is its answer about a person.
    pub(crate) async fn answers(&self, id: &str, answer: ResponseTemplate) {
        Mock::given(method("GET"))
            .and(path(format!("/api/xm/1/people/{id}/devices")))
            .and(header("authorization", LOGIN))
            .respond_with(answer)
            .mount(&self.0)
            .await;
    }

    /// It says nothing about a person.
    pub(crate) async fn hangs(&self, id: &str) {
        self.answers(id, ResponseTemplate::new(200).set_delay(Duration::from_mins(10))).await;
    }

    /// Forgets what it knew, and whom it was asked about.
    pub(crate) async fn forgets(&self) {
        self.0.reset().await;
    }

    /// How often it was asked about a person.
    pub(crate) async fn asked(&self, id: &str) -> usize {
        let about = format!("/people/{id}/");
        let requests = self.0.received_requests().await.unwrap();
        requests.iter().filter(|request| request.url.path().contains(&about)).count()
    }
}
