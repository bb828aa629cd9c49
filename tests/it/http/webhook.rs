//! Events of other programs, as these programs post them.

mod bad;
mod batch;
mod cases;
mod files;
mod formats;
mod life;
mod limits;
mod once;
mod secrets;
mod simulate;

use super::{error, get, header, request};
use crate::world::World;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// Opens the way in `prtg` of the team Plant.
const SECRET: &str = "plant-secret-of-tests";

async fn world() -> World {
    World::start("events").await
}

fn post(world: &World, path: &str) -> RequestBuilder {
    request(world, Method::POST, path)
}

/// A request with an event, by the way in that most tests use; `query` has its question mark.
fn posted(world: &World, query: &str) -> RequestBuilder {
    post(world, &format!("/webhook/{SECRET}{query}"))
}

/// What an answer says, which must have that status.
async fn said(answer: Response, status: StatusCode) -> Value {
    let is = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(is, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Posts an event, which is taken in; answers what its sender is told.
async fn event(world: &World, event: Value) -> Value {
    said(posted(world, "").json(&event).send().await.unwrap(), StatusCode::CREATED).await
}

/// The same with a query.
async fn event_by(world: &World, query: &str, event: Value) -> Value {
    said(posted(world, query).json(&event).send().await.unwrap(), StatusCode::CREATED).await
}

/// All alerts, oldest first.
async fn alerts(world: &World) -> Vec<Value> {
    let mut alerts = world.api("/api/alerts").await["alerts"].as_array().unwrap().clone();
    alerts.reverse();
    alerts
}

/// Their states, oldest first.
async fn states(world: &World) -> Vec<String> {
    alerts(world).await.iter().map(|alert| alert["state"].as_str().unwrap().to_owned()).collect()
}

/// The value of that detail of an alert.
fn detail<'a>(alert: &'a Value, name: &str) -> Option<&'a str> {
    let details = alert["details"].as_array().unwrap();
    details.iter().find(|detail| detail["name"] == name).map(|detail| detail["value"].as_str().unwrap())
}

/// The event that the seed of the webhook's documentation begins with.
fn critical() -> Value {
    json!({
        "Title": "Critical production failure",
        "Message": "Line 3 stands still.",
        "Severity": "Critical",
        "Business Details": { "Impact": "high", "Customers": 12 },
        "X-S4-ExternalID": "a1",
        "X-S4-Status": "New",
    })
}

/// The same matter in another status, and nothing besides.
fn status(id: &str, status: &str) -> Value {
    json!({ "X-S4-ExternalID": id, "X-S4-Status": status })
}
