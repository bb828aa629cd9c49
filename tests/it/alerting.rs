//! From an event to somebody who answers: the whole program, with time moved by hand.

mod auditor;
mod escalation;
mod subscribers;
#[cfg(feature = "postgres")]
mod three;

use crate::world::World;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::AlertId;
use serde_json::{Value, json};

/// Opens the way in of the demo's team.
const SECRET: &str = "demo-only-operations";

/// Posts an event, which is taken in; answers the alert that it belongs to.
async fn event(world: &World, event: Value) -> AlertId {
    let request = world.http.post(world.url(&format!("/webhook/{SECRET}"))).json(&event);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    let answer: Value = answer.json().await.unwrap();
    world.settle().await;
    answer["alertId"].as_str().unwrap().parse().unwrap()
}

/// One that opens an alert.
async fn opened(world: &World) -> AlertId {
    event(world, json!({ "title": "Pumps are down", "X-S4-ExternalID": "pumps" })).await
}

/// To whom messages have gone since the last look: their addresses, sorted.
struct Messages(usize);

impl Messages {
    async fn more(&mut self, world: &World) -> Vec<String> {
        world.settle().await;
        let all = world.exchange.arrived(self.0);
        self.0 += all.len();
        let mut to: Vec<_> = all.into_iter().map(|one| one.to).collect();
        to.sort();
        to
    }
}

/// What happened to an alert, in words.
async fn log(world: &World, id: AlertId) -> Vec<String> {
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    alert["log"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
}

fn person(id: &str) -> Actor {
    Actor { who: Who::Person(PersonId(id.to_owned())), from: Channel::Api }
}
