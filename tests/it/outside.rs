//! The call and its alert beside services of other people: as they should be, and broken in every way.

#[cfg(feature = "object-store-cloud")]
mod bucket;
mod links;
mod texts;

use crate::world::World;
use dutyline::exchange::script;
use serde_json::Value;

/// A call of Ada's in a world with one group: she leaves a message, and does what the lines say then.
async fn call(world: &World, then: &str) -> String {
    let text = format!(
        "settings one-group\ncaller ada\ndial\npress 1\nrecords \"As the carrier heard it\" for 14 seconds\n{then}"
    );
    let script = script::parse("outside", &text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"))
}

/// The alerts with their stories, newest first.
async fn alerts(world: &World) -> Vec<Value> {
    let list = world.api("/api/alerts").await;
    let mut alerts = vec![];
    for alert in list["alerts"].as_array().unwrap() {
        alerts.push(world.api(&format!("/api/alerts/{}", alert["id"].as_str().unwrap())).await);
    }
    alerts
}

/// What happened to an alert, in words.
fn story(alert: &Value) -> Vec<&str> {
    alert["log"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}

/// Effects of a lane that wait, and that were given up.
async fn lane(world: &World, name: &str) -> (u64, u64) {
    let outbox = world.api("/api/outbox").await;
    let lanes = outbox["lanes"].as_array().unwrap();
    let lane = lanes.iter().find(|lane| lane["lane"] == name).unwrap();
    (lane["waiting"].as_u64().unwrap(), lane["failed"].as_u64().unwrap())
}

/// Lets time pass from one thing that is due to the next, until nothing is.
async fn until_nothing_is_due(world: &World) {
    while let Some(due) = world.app.outbox.next_due(None).await.unwrap() {
        world.clock.set(due.max(world.now()));
        world.settle().await;
    }
}
