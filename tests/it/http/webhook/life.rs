//! Who must acknowledge what an event has opened, and who is told.

use super::*;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::directory::person::PersonId;

async fn acknowledged_by(world: &World, alert: &Value, person: &str) -> String {
    let by = Actor { who: Who::Person(PersonId(person.to_owned())), from: Channel::Api };
    let id = alert.as_str().unwrap().parse().unwrap();
    let story = crate::world::acts::acknowledge(&world.app, id, &by).await.unwrap();
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
async fn g05_a_schedule_that_starts_later_has_nobody_on_call_and_holds_up_nothing_else() {
    let world = World::start("later").await;
    let plant = event(&world, critical()).await;
    let office = post(&world, "/webhook/office-secret-of-tests").json(&critical()).send();
    said(office.await.unwrap(), StatusCode::CREATED).await;
    world.settle().await;
    assert_eq!(
        told(&world),
        ["ada@test.example", "cleo@test.example"],
        "the last resort, and the office's own"
    );
    let log = world.api(&format!("/api/alerts/{}/log", plant["alertId"].as_str().unwrap())).await;
    let skipped = log["log"].as_array().unwrap().iter().find(|one| one["what"] == "step_skipped").unwrap();
    assert_eq!(
        (&skipped["step"], &skipped["skipped"]),
        (&json!(1), &json!(["schedule Later: nobody is on call"]))
    );
}

#[tokio::test]
async fn s22_g83_an_emergency_reaches_everybody_on_duty_or_not() {
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

/// Whoever used another product's API has `action=close` in their events: the address says what that means.
#[tokio::test]
async fn g36_an_action_closes_where_the_address_says_so() {
    let world = world().await;
    let query = "?ExtIdParam=dedup&ExtStatusParam=action&ResolvedStatus=close";
    let said = |action: Option<&str>| {
        let mut said = json!({ "summary": "Pump 3 stands", "dedup": "pump-3" });
        if let Some(action) = action {
            said["action"] = action.into();
        }
        said
    };
    assert_eq!(event_by(&world, query, said(Some("close"))).await["outcome"], "unmatched");
    assert!(alerts(&world).await.is_empty(), "the end of nothing opens nothing");
    // That end is forgotten by then.
    world.wait(601).await;
    let first = event_by(&world, query, said(Some("trigger"))).await;
    assert_eq!(first["outcome"], "opened");
    let closed = event_by(&world, query, said(Some("close"))).await;
    assert_eq!((&closed["outcome"], &closed["alertId"]), (&json!("resolved"), &first["alertId"]));
    let again = event_by(&world, query, said(Some("trigger"))).await;
    assert_eq!(again["outcome"], "opened");
    assert_ne!(again["alertId"], first["alertId"]);
}

#[tokio::test]
async fn whoever_is_on_duty_is_told_at_once() {
    let world = world().await;
    event(&world, critical()).await;
    world.settle().await;
    assert_eq!(told(&world), ["+15550102", "ada@test.example"]);
}

/// Ids that differ in their last digit only are two matters, however long they are.
#[tokio::test]
async fn a_long_number_is_an_id_in_all_its_digits() {
    let world = world().await;
    for id in ["36893488147419103232", "36893488147419103233"] {
        let body = format!(r#"{{"title": "Pump", "X-S4-ExternalID": {id}, "X-S4-Status": "new"}}"#);
        let answer = posted(&world, "").header("content-type", "application/json").body(body);
        let answer = said(answer.send().await.unwrap(), StatusCode::CREATED).await;
        assert_eq!(answer["outcome"], "opened", "{id}");
    }
    let ended = event(&world, status("36893488147419103233", "resolved")).await;
    assert_eq!(ended["outcome"], "resolved");
    assert_eq!(states(&world).await, ["open", "resolved"]);
}

#[tokio::test]
async fn alerts_that_events_open_are_counted_as_those_of_calls_are() {
    let world = world().await;
    for _ in 0..2 {
        event(&world, json!({ "Title": "Pump", "X-S4-ExternalID": "p3", "X-S4-Status": "New" })).await;
    }
    let figures = get(&world, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("dutyline_alerts_opened_total{action=\"event\"} 1\n"), "{figures}");
}
