//! Alerts that are passed on to other systems: what those are told, when, and how often.

mod outbox;
mod payload;
mod upstream;

use crate::world::World;
use dutyline::exchange::script;
use dutyline::settings::{SecretUrl, Settings};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A key in a URL that nobody may see.
const KEY: &str = "f58a9959-7233-4aff-95ff-eec3c7443e2f";

/// The call of somebody who waits for the text; what was said is its text four seconds later.
const CALL: &str = "caller ada\ndial\npress 1\npress 2\nrecords \"The cluster is gone\" for 5 seconds\npress 1\n\
                    call ends\nalerts 1\n";

/// An xMatters that takes what it is told.
async fn taking() -> MockServer {
    let server = MockServer::start().await;
    answer(&server, taken()).await;
    server
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(202).set_body_json(serde_json::json!({ "requestId": "req-1" }))
}

async fn answer(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(method("POST")).respond_with(answer).mount(server).await;
}

/// Answers so at that target's alerts only.
async fn answer_at(server: &MockServer, target: &str, answer: ResponseTemplate) {
    let at = path(format!("/{target}/alert"));
    Mock::given(method("POST")).and(at).respond_with(answer).mount(server).await;
}

/// Lets every target of the settings be at that server, below its name.
fn aim(settings: &mut Settings, server: &str) {
    for forward in &mut settings.forwards {
        let url =
            |what| SecretUrl::new(format!("{server}/{}/{what}?apiKey={KEY}", forward.name).parse().unwrap());
        (forward.alert_url, forward.conference_url) = (Some(url("alert")), Some(url("conference")));
    }
}

async fn world(settings: &str, server: &MockServer) -> World {
    World::start_with(settings, |settings| aim(settings, &server.uri())).await
}

async fn play(world: &World, text: &str) {
    let script = script::parse("forward", text).unwrap_or_else(|errors| panic!("{errors:?}"));
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
}

/// What that server was told at that place.
async fn told(server: &MockServer, at: &str) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    let here = requests.iter().filter(|request| request.url.path() == at);
    here.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

/// What the log of the only alert says of forwarding.
async fn log(world: &World) -> Vec<Value> {
    let list = world.api("/api/alerts").await;
    let id = list["alerts"][0]["id"].as_str().unwrap();
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let log = alert["log"].as_array().unwrap().iter();
    log.filter(|entry| entry["what"].as_str().unwrap().ends_with("forwarded")).cloned().collect()
}
