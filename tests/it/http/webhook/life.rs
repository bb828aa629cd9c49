//! Who must acknowledge what an event has opened, and who is told.

use super::*;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::directory::person::PersonId;
use dutyline::service::alerting;

async fn acknowledged_by(world: &World, alert: &Value, person: &str) -> String {
    let by = Actor { who: Who::Person(PersonId(person.to_owned())), from: Channel::Api };
    let id = alert.as_str().unwrap().parse().unwrap();
    let story = alerting::acknowledge(&world.app, id, &by).await.unwrap();
    story.alert.state().word().to_owned()
}

#[tokio::test]
async fn s21_one_acknowledgement_settles_it_or_that_of_everybody_on_duty() {
    let world = world().await;
    let one = event(&world, json!({ "title": "Pump", "X-S4-AlertingScenario": "single_ack" })).await;
    assert_eq!(acknowledged_by(&world, &one["alertId"], "ben").await, "acknowledged");
    let all = event(&world, json!({ "title": "Pump", "X-S4-AlertingScenario": "multi_ack" })).await;
    let id = all["alertId"].as_str().unwrap();
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    assert_eq!((&alert["scenario"], &alert["on_duty"]), (&json!("multi_ack"), &json!(["ada", "ben"])));
    assert_eq!(acknowledged_by(&world, &all["alertId"], "ada").await, "open");
    assert_eq!(acknowledged_by(&world, &all["alertId"], "ben").await, "acknowledged");
}

#[tokio::test]
async fn s22_an_emergency_reaches_everybody_on_duty_or_not() {
    let world = world().await;
    event(&world, json!({ "title": "Pump" })).await;
    world.settle().await;
    assert_eq!(told(&world), ["+15550102", "ada@test.example"], "cleo is not on duty");
    let answer = event(&world, json!({ "title": "Fire", "X-S4-AlertingScenario": "emergency" })).await;
    assert_eq!((&answer["category"], &answer["categoryReason"]), (&json!("Emergency"), &json!("emergency")));
    world.settle().await;
    let people = ["+15550102", "+15550102", "ada@test.example", "ada@test.example", "cleo@test.example"];
    assert_eq!(told(&world), people);
}

/// To whom something has gone, in the order of the letters.
fn told(world: &World) -> Vec<String> {
    let mut to: Vec<_> = world.exchange.arrived(0).into_iter().map(|one| one.to).collect();
    to.sort();
    to
}

#[tokio::test]
async fn g35_the_same_text_on_another_way_in_of_another_team_is_a_matter_of_its_own() {
    let world = world().await;
    let office = || post(&world, "/webhook/office-secret-of-tests").json(&critical()).send();
    event(&world, critical()).await;
    event(&world, critical()).await;
    assert_eq!(said(office().await.unwrap(), StatusCode::CREATED).await["outcome"], "opened");
    let mut reworded = critical();
    reworded["Message"] = "Line 3 stands still, and so does line 4.".into();
    assert_eq!(event(&world, reworded).await["outcome"], "repeated", "another text, the same matter");
    assert_eq!(alerts(&world).await.len(), 2);
}

#[tokio::test]
async fn g36_what_ends_nothing_opens_nothing_and_what_comes_again_is_new() {
    let world = world().await;
    event(&world, critical()).await;
    assert_eq!(event(&world, status("a1", "Closed")).await["outcome"], "resolved");
    assert_eq!(event(&world, status("a1", "Closed")).await["outcome"], "unmatched");
    assert_eq!(states(&world).await, ["resolved"]);
    // That end came after the first beginning: it is not that of the next one.
    assert_ne!(event(&world, critical()).await["alertId"], Value::Null);
    assert_eq!(alerts(&world).await.len(), 2);
}

#[tokio::test]
async fn whoever_is_on_duty_is_told_at_once() {
    let world = world().await;
    event(&world, critical()).await;
    world.settle().await;
    assert_eq!(told(&world), ["+15550102", "ada@test.example"]);
}
