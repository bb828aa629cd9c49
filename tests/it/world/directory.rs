//! A directory of people in another system, played by a mock server.

use dutyline::settings::Settings;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

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

/// A person who takes part in a shift.
pub(crate) fn member(id: &str) -> Value {
    json!({"member": {"id": format!("uuid of {id}"), "targetName": id, "recipientType": "PERSON", "status": "ACTIVE",
        "firstName": "Somebody", "lastName": id}})
}

/// A group that takes part in a shift.
pub(crate) fn inner(name: &str) -> Value {
    json!({"member": {"id": format!("uuid of {name}"), "targetName": name, "recipientType": "GROUP",
        "status": "ACTIVE"}})
}

/// A shift in which they take part.
pub(crate) fn shift(members: &[Value]) -> Value {
    json!({"group": {"recipientType": "GROUP"}, "members": {"count": members.len(), "data": members}})
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

    /// From now on these are the shifts that are on in a group.
    pub(crate) async fn on_call(&self, group: &str, shifts: &[Value]) {
        let page = json!({"count": shifts.len(), "total": shifts.len(), "data": shifts, "links": {}});
        self.answers_on_call(group, ResponseTemplate::new(200).set_body_json(page)).await;
    }

    /// From now on this is its answer about who is on call in a group.
    pub(crate) async fn answers_on_call(&self, group: &str, answer: ResponseTemplate) {
        Mock::given(method("GET"))
            .and(path("/api/xm/1/on-call"))
            .and(query_param("groups", group))
            .and(header("authorization", LOGIN))
            .respond_with(answer)
            .mount(&self.0)
            .await;
    }

    /// From now on it has a group; `name` is percent-encoded.
    pub(crate) async fn has_group(&self, name: &str) {
        Mock::given(method("GET"))
            .and(path(format!("/api/xm/1/groups/{name}")))
            .and(header("authorization", LOGIN))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "g1", "status": "ACTIVE"})))
            .mount(&self.0)
            .await;
    }

    /// From now on every group there has one person and one more group in it, without an end.
    pub(crate) async fn nests_for_ever(&self) {
        let answer = |request: &Request| {
            let depth = request.url.query_pairs().find_map(|(key, value)| {
                (key == "groups").then(|| value.strip_prefix("Depth ").and_then(|depth| depth.parse().ok()))
            });
            let next: u32 = depth.flatten().unwrap_or(0) + 1;
            let members = [member("a"), inner(&format!("Depth {next}"))];
            ResponseTemplate::new(200).set_body_json(json!({"data": [shift(&members)]}))
        };
        Mock::given(path("/api/xm/1/on-call")).respond_with(answer).mount(&self.0).await;
    }

    /// The moments of which it was asked who is on call in a group.
    pub(crate) async fn asked_on_call(&self, group: &str) -> Vec<String> {
        let requests = self.0.received_requests().await.unwrap();
        let of = |url: &Url, key: &str| {
            url.query_pairs().find_map(|(own, value)| (own == key).then(|| value.into_owned()))
        };
        let about = requests.iter().filter(|request| of(&request.url, "groups").as_deref() == Some(group));
        about.map(|request| of(&request.url, "at").unwrap()).collect()
    }
}
