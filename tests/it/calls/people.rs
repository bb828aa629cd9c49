//! Who is told of an alert, and how often.

use crate::world::World;
use dutyline::exchange::line::Road;
use dutyline::exchange::script;
use serde_json::Value;
use std::collections::BTreeMap;

/// Plays a call to the group at that key; answers the world when all is done.
async fn alerted(settings: &str, key: u32) -> World {
    let world = World::start(settings).await;
    let text = format!(
        "caller ben\ndial\npress 1\npress {key}\nrecords \"The site is dark\" for 4 seconds\npress 1\ncall ends\n\
         wait 30 seconds\nalerts 1"
    );
    let script = script::parse("people", &text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world
}

/// How many messages there were to each phone and mailbox.
fn told(world: &World) -> BTreeMap<(String, String), usize> {
    let mut told = BTreeMap::new();
    for message in world.exchange.arrived(0) {
        let road = if message.kind == Road::Sms { "sms" } else { "mail" };
        *told.entry((road.to_owned(), message.to)).or_default() += 1;
    }
    told
}

async fn log(world: &World) -> Vec<Value> {
    let list = world.api("/api/alerts").await;
    let id = list["alerts"][0]["id"].as_str().unwrap();
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    alert["log"].as_array().unwrap().clone()
}

fn skipped(log: &[Value]) -> Vec<&str> {
    let announced = log.iter().find(|entry| entry.get("skipped").is_some()).unwrap();
    announced["skipped"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn p35_everyone_of_nested_groups_is_told_once() {
    let world = alerted("nested", 1).await;
    let told = told(&world);
    // Each is told that the alert is open, and then its text.
    assert!(told.values().all(|count| *count == 2), "{told:?}");
    let sms: Vec<_> = told.keys().filter(|(road, _)| road == "sms").map(|(_, to)| to.as_str()).collect();
    assert_eq!(sms, ["+15550101", "+15550102"]);
    let log = log(&world).await;
    assert!(skipped(&log).contains(&"ada: already told"), "{log:?}");
}

#[tokio::test]
async fn p32_an_absent_person_is_replaced_and_the_log_says_so() {
    let world = alerted("demo", 3).await;
    let told = told(&world);
    assert!(told.contains_key(&("sms".to_owned(), "+15550104".to_owned())), "{told:?}");
    assert!(!told.contains_key(&("sms".to_owned(), "+15550103".to_owned())), "{told:?}");
    let log = log(&world).await;
    assert!(skipped(&log).contains(&"cleo: away, dmitri stands in"), "{log:?}");
}

#[tokio::test]
async fn p39_a_person_without_a_device_is_skipped_and_the_log_says_so() {
    let world = alerted("nested", 2).await;
    let told = told(&world);
    assert!(told.contains_key(&("sms".to_owned(), "+15550102".to_owned())), "{told:?}");
    let log = log(&world).await;
    assert!(skipped(&log).contains(&"dora: has no device for messages"), "{log:?}");
}

#[tokio::test]
async fn a_schedule_tells_who_is_on_and_the_log_says_who_is_not() {
    let world = alerted("hand-off", 1).await;
    let told = told(&world);
    let of = |wanted: &str| -> Vec<&str> {
        told.keys().filter(|(road, _)| road == wanted).map(|(_, to)| to.as_str()).collect()
    };
    assert_eq!(of("sms"), ["+15550102", "+15550104"]);
    assert_eq!(of("mail"), ["ben@test.example", "dmitri@test.example", "eva@test.example"]);
    let log = log(&world).await;
    assert_eq!(skipped(&log), ["schedule Nights: nobody is on call", "cleo: dmitri has taken the shift"]);
}

#[tokio::test]
async fn p48_nobody_is_told_twice_when_everything_is_delivered_twice() {
    let world = World::start("one-group").await;
    let text = "webhooks repeated\ncaller ada\ndial\npress 1\nrecords \"Disk full\" for 4 seconds\npress 1\n\
                call ends\nwait 30 seconds\nalerts 1";
    let script = script::parse("p48", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    let told = told(&world);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told.values().all(|count| *count == 2), "{told:?}");
}
