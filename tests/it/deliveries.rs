//! What becomes of a message to a person: the ledger, by way of the whole program, with time moved by hand.

mod bundles;
mod calls;
mod crash;
mod throttle;
mod vendors;

use crate::world::World;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::AlertId;
use dutyline::exchange::line::Road;
use dutyline::settings::Settings;
use serde_json::{Value, json};

/// Opens the way in of the demo's team.
const SECRET: &str = "demo-only-operations";

/// Ben has nothing but a phone for texts.
const BEN: &str = "+15550102";

/// Posts an event, which is taken in, and does nothing yet; answers the alert that it belongs to.
async fn post(world: &World, event: Value) -> AlertId {
    let request = world.http.post(world.url(&format!("/webhook/{SECRET}"))).json(&event);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let answer: Value = answer.json().await.unwrap();
    answer["alertId"].as_str().unwrap().parse().unwrap()
}

/// An alert is opened, and its people are told.
async fn opened(world: &World, title: &str) -> AlertId {
    let id = post(world, json!({ "title": title, "X-S4-ExternalID": title })).await;
    world.settle().await;
    id
}

/// The written messages about an alert to a person, as the API shows them.
async fn messages(world: &World, id: AlertId, person: &str) -> Vec<Value> {
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let all = alert["notifications"].as_array().unwrap();
    all.iter().filter(|one| one["person"] == person && one["by"] != "voice").cloned().collect()
}

/// The states of those.
async fn states(world: &World, id: AlertId, person: &str) -> Vec<String> {
    let all = messages(world, id, person).await;
    all.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

/// What happened to an alert, as far as it is about a person.
async fn log(world: &World, id: AlertId, person: &str) -> Vec<Value> {
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let all = alert["log"].as_array().unwrap();
    all.iter().filter(|entry| entry["person"] == person).cloned().collect()
}

/// The texts that a phone has got.
fn texts(world: &World, to: &str) -> Vec<String> {
    let all = world.exchange.arrived(0);
    all.into_iter().filter(|one| one.kind == Road::Sms && one.to == to).map(|one| one.text).collect()
}

fn person(id: &str) -> Actor {
    Actor { who: Who::Person(PersonId(id.to_owned())), from: Channel::Api }
}

/// So many texts a number, at most.
fn at_most(per_number: u32) -> impl FnOnce(&mut Settings) {
    move |settings| settings.sms.as_mut().unwrap().per_number = per_number
}

#[tokio::test]
async fn g01_g03_everybody_on_duty_is_told_at_once_and_the_ledger_says_how_far_each_message_is() {
    let world = World::start("demo").await;
    let id = opened(&world, "Pumps").await;
    assert_eq!(states(&world, id, "ada").await, ["delivered", "sent"], "a text and a mail");
    let [ben] = <[Value; 1]>::try_from(messages(&world, id, "ben").await).unwrap();
    assert_eq!((ben["by"].as_str(), ben["state"].as_str()), (Some("sms"), Some("delivered")));
    assert_eq!(
        (ben["sent_at"].as_str(), ben["delivered_at"].as_str()),
        (ben["due_at"].as_str(), ben["due_at"].as_str())
    );
    assert_eq!(ben["vendor"], "carrier");
    assert!(ben["vendor_id"].as_str().unwrap().starts_with("SM"), "{ben}");
    assert_eq!(ben["attempts"][0]["outcome"], "sent");
    assert!(!ben.to_string().contains(BEN), "whom it is to says enough: {ben}");
}

#[tokio::test]
async fn g54_the_message_log_shows_every_message_newest_first_and_by_its_state() {
    let world = World::start_with("demo", |settings| settings.policies.clear()).await;
    opened(&world, "Pumps").await;
    opened(&world, "Fans").await;
    let all = world.api("/api/notifications").await;
    let all: Vec<&Value> = all["notifications"].as_array().unwrap().iter().collect();
    assert_eq!(all.len(), 6);
    let ids: Vec<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, next| one > next), "newest first: {ids:?}");
    let page = world.api("/api/notifications?limit=4").await;
    let next = page["next"].as_str().unwrap();
    let rest = world.api(&format!("/api/notifications?limit=4&after={next}")).await;
    let shown = |page: &Value| {
        page["notifications"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    let shown: Vec<Value> = [&page, &rest].into_iter().flat_map::<Vec<Value>, _>(shown).collect();
    assert_eq!((shown, &rest["next"]), (ids.into_iter().map(Value::from).collect(), &Value::Null));
    let sent = world.api("/api/notifications?state=sent").await;
    assert_eq!(
        sent["notifications"].as_array().unwrap().len(),
        2,
        "mails, of which nobody says that they arrived"
    );
}

#[tokio::test]
async fn g04_who_is_about_to_be_told_of_what_somebody_has_answered_is_left_alone() {
    let world = World::start("demo").await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    // The messages are decided on, and not sent yet.
    crate::world::acts::due(&world.app).await.unwrap();
    crate::world::acts::acknowledge(&world.app, id, &person("ada")).await.unwrap();
    world.settle().await;
    assert_eq!(states(&world, id, "ben").await, ["dropped"]);
    assert_eq!(messages(&world, id, "ben").await[0]["cause"], "acknowledged meanwhile");
    assert_eq!(messages(&world, id, "ada").await[0]["cause"], "answered meanwhile");
    assert_eq!(world.exchange.arrived(0).len(), 0);
    let [entry] = <[Value; 1]>::try_from(log(&world, id, "ben").await).unwrap();
    assert_eq!(
        (entry["what"].as_str(), entry["why"].as_str()),
        (Some("dropped"), Some("acknowledged meanwhile"))
    );
}

#[tokio::test]
async fn g11_an_outage_longer_than_the_delays_between_the_messages_comes_to_one() {
    let world = World::start("demo").await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    // Nobody sends anything while the second step comes due.
    world.clock.set(world.now() + jiff::SignedDuration::from_secs(90));
    crate::world::acts::due(&world.app).await.unwrap();
    assert_eq!(states(&world, id, "ben").await, ["waiting", "waiting"]);
    world.settle().await;
    assert_eq!(states(&world, id, "ben").await, ["delivered", "dropped"]);
    assert_eq!(texts(&world, BEN).len(), 1);
}

#[tokio::test]
async fn g27_what_arrives_late_is_said_to() {
    let world = World::start("demo").await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    world.clock.set(world.now() + jiff::SignedDuration::from_mins(5));
    while world.run_effects().await > 0 {}
    world.exchange.settle().await;
    let entries = log(&world, id, "ben").await;
    let late = entries.iter().find(|entry| entry["what"] == "delivered_late").unwrap();
    assert_eq!(late["after_seconds"], 300);
}

#[tokio::test]
async fn news_of_a_message_that_come_in_the_wrong_order_change_nothing() {
    let world = World::start("demo").await;
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    let (own, sid) = (ben["id"].as_str().unwrap(), ben["vendor_id"].as_str().unwrap());
    for (sid, status) in [(sid, "sent"), (sid, "undelivered"), ("SM0", "failed"), (sid, "a new word")] {
        let fields = [("MessageSid", sid), ("MessageStatus", status)];
        let answer = crate::voice_edge::post(&world.app, &format!("/sms/status/{own}"), &fields).await;
        assert_eq!(answer.status, 204, "{status}");
        assert_eq!(states(&world, id, "ben").await, ["delivered"], "{status}");
    }
}
