//! Phones rung about alerts: not too often, not twice for the same, and not for nothing.

use super::*;
use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::policy::Repeats;
use dutyline::domain::alerting::team::TeamName;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::group::Member;
use jiff::SignedDuration;

/// Opens the way in of another team.
const OFFICE: &str = "office-only";

const ADA: &str = "+15550101";
const BENS_OTHER: &str = "+15550112";

fn phone(number: &str) -> Device {
    Device::Voice(PhoneNumber::parse(number).unwrap())
}

/// Ben alone is on duty, and has nothing but a phone, which is rung three times in a quarter of an hour. Nobody follows him
/// within the hour. Another team has him on duty as well.
fn ben_is_rung(settings: &mut Settings) {
    settings.carrier.calls_per_number = 3;
    on_duty(settings, &["ben"]);
    let mut office = settings.teams[0].clone();
    office.name = TeamName("Office".to_owned());
    settings.teams.push(office);
    let mut access = settings.integrations[0].clone();
    access.team = TeamName("Office".to_owned());
    access.secrets = vec![TokenHash::of(OFFICE)];
    settings.integrations.push(access);
}

/// They are on duty, each with one phone and nothing else, and nobody follows them within the hour.
fn on_duty(settings: &mut Settings, people: &[&str]) {
    let group = settings.directory.groups.iter_mut().find(|group| group.name.0 == "Cloud DevOps").unwrap();
    group.members = people.iter().map(|id| Member::Person(PersonId((*id).to_owned()))).collect();
    for one in &mut settings.directory.people {
        one.devices.retain(|device| matches!(device, Device::Voice(_)));
        one.devices.truncate(1);
    }
    settings.policies[0].steps[0].wait = SignedDuration::from_hours(1);
}

/// An alert is opened, and Ben's phone rings until it stops, where it is its turn.
async fn pump(world: &World, title: &str, severity: &str, secret: &str) -> AlertId {
    let event = json!({ "title": title, "X-S4-ExternalID": title, "severity": severity });
    let request = world.http.post(world.url(&format!("/webhook/{secret}"))).json(&event);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    world.wait(60).await;
    answer["alertId"].as_str().unwrap().parse().unwrap()
}

/// The calls about an alert to a person, as the API shows them.
async fn calls(world: &World, id: AlertId, person: &str) -> Vec<Value> {
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let all = alert["notifications"].as_array().unwrap();
    all.iter().filter(|one| one["person"] == person && one["by"] == "voice").cloned().collect()
}

fn rung(world: &World, number: &str) -> usize {
    world.exchange.calls_to(number, 0).len()
}

/// Whoever's phone rings picks up, and presses that key.
async fn answers(world: &World, number: &str, key: &str) {
    world.settle().await;
    let call = world.exchange.calls_to(number, 0).pop().unwrap();
    world.exchange.pick_up(&call.sid).unwrap();
    world.settle().await;
    world.exchange.press(&call.sid, key).unwrap();
    world.settle().await;
}

#[tokio::test]
async fn g33_a_number_is_rung_three_times_in_a_quarter_of_an_hour_and_then_the_oldest_first() {
    let world = World::start_with("demo", ben_is_rung).await;
    let begun = world.now();
    let mut all = vec![];
    for n in 1..=4 {
        all.push(pump(&world, &format!("Pump {n}"), "high", SECRET).await);
    }
    assert_eq!(rung(&world, BEN), 2, "one is kept for what is critical, or another team's");
    let waiting = calls(&world, all[2], "ben").await.remove(0);
    let frees = (begun + SignedDuration::from_mins(15)).to_string();
    assert_eq!(
        (waiting["state"].as_str(), waiting["throttled_until"].as_str()),
        (Some("waiting"), Some(&*frees))
    );
    pump(&world, "Fire", "critical", SECRET).await;
    assert_eq!(rung(&world, BEN), 3);
    pump(&world, "Flood", "critical", SECRET).await;
    assert_eq!(rung(&world, BEN), 3, "it waits like the others");
    world.wait(25 * 60).await;
    let mut order = vec![];
    for id in &all {
        let call = calls(&world, *id, "ben").await.remove(0);
        assert_eq!(
            (call["state"].as_str(), call["cause"].as_str()),
            (Some("failed"), Some("did not pick up"))
        );
        order.push(call["sent_at"].as_str().unwrap().to_owned());
    }
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(rung(&world, BEN), 6, "nothing is lost");
}

#[tokio::test]
async fn g32_the_first_alert_of_another_team_overtakes_those_that_wait() {
    let world = World::start_with("demo", ben_is_rung).await;
    for n in 1..=3 {
        pump(&world, &format!("Pump {n}"), "high", SECRET).await;
    }
    assert_eq!(rung(&world, BEN), 2);
    let office = pump(&world, "Printer", "high", OFFICE).await;
    assert_eq!(rung(&world, BEN), 3);
    assert_eq!(calls(&world, office, "ben").await[0]["state"], "failed", "it rang");
}

#[tokio::test]
async fn g33_a_call_that_waits_and_is_needed_no_more_is_not_made() {
    let world = World::start_with("demo", ben_is_rung).await;
    let mut last = None;
    for n in 1..=3 {
        last = Some(pump(&world, &format!("Pump {n}"), "high", SECRET).await);
    }
    crate::world::acts::acknowledge(&world.app, last.unwrap(), &person("ada")).await.unwrap();
    world.wait(20 * 60).await;
    assert_eq!(rung(&world, BEN), 2);
    let call = calls(&world, last.unwrap(), "ben").await.remove(0);
    assert_eq!(
        (call["state"].as_str(), call["cause"].as_str()),
        (Some("dropped"), Some("acknowledged meanwhile"))
    );
}

#[tokio::test]
async fn g11_an_outage_longer_than_the_wait_between_two_steps_rings_a_phone_once() {
    let world = World::start_with("demo", |settings| {
        on_duty(settings, &["ben"]);
        settings.policies[0].steps[0].wait = SignedDuration::from_secs(60);
        settings.policies[0].steps[1].wait = SignedDuration::from_hours(1);
    })
    .await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    // Nobody rings anybody while the second step comes due.
    world.clock.set(world.now() + SignedDuration::from_secs(90));
    crate::world::acts::due(&world.app).await.unwrap();
    world.wait(120).await;
    let states: Vec<_> = calls(&world, id, "ben").await.iter().map(|call| call["state"].clone()).collect();
    assert_eq!(states, ["failed", "dropped"]);
    assert_eq!(rung(&world, BEN), 1);
}

#[tokio::test]
async fn a_phone_that_rings_stops_when_somebody_else_has_answered() {
    let world = World::start_with("demo", |settings| on_duty(settings, &["ada", "ben"])).await;
    let id = opened(&world, "Pumps").await;
    assert_eq!(world.exchange.ringing(), 2);
    answers(&world, ADA, "4").await;
    assert_eq!(world.exchange.ringing(), 0);
    world.wait(120).await;
    let call = calls(&world, id, "ben").await.remove(0);
    assert_eq!(
        (call["state"].as_str(), call["cause"].as_str()),
        (Some("dropped"), Some("acknowledged meanwhile"))
    );
    let told: Vec<_> = log(&world, id, "ben").await.iter().map(|entry| entry["what"].clone()).collect();
    assert_eq!(told, ["called", "dropped"]);
    assert_eq!(calls(&world, id, "ada").await[0]["state"], "delivered");
    assert_eq!(rung(&world, BEN), 1);
}

#[tokio::test]
async fn s21_of_several_who_must_answer_the_phones_of_those_who_have_not_ring_on() {
    let world = World::start_with("demo", |settings| on_duty(settings, &["ada", "ben"])).await;
    let id = post(&world, json!({ "title": "Leak", "X-S4-AlertingScenario": "multi_ack" })).await;
    world.settle().await;
    assert_eq!(world.exchange.ringing(), 2);
    crate::world::acts::acknowledge(&world.app, id, &person("ada")).await.unwrap();
    world.settle().await;
    assert_eq!(world.exchange.ringing(), 1, "Ben's");
    crate::world::acts::resolve(&world.app, id, &person("cleo")).await.unwrap();
    world.settle().await;
    assert_eq!(world.exchange.ringing(), 0);
    assert_eq!(calls(&world, id, "ben").await[0]["cause"], "resolved meanwhile");
}

#[tokio::test]
async fn g22_who_escalates_on_one_phone_is_not_rung_on_the_other_by_the_same_step() {
    let world = World::start_with("demo", |settings| {
        on_duty(settings, &["ben"]);
        let ben = settings.directory.people.iter_mut().find(|one| one.id.0 == "ben").unwrap();
        ben.devices.push(phone(BENS_OTHER));
        settings.policies[0].repeats = Repeats::Times(1);
        settings.policies[0].steps[1].targets = settings.policies[1].steps[0].targets.clone();
        settings.policies[0].steps[1].wait = SignedDuration::from_mins(10);
    })
    .await;
    let id = opened(&world, "Pumps").await;
    answers(&world, BEN, "5").await;
    world.wait(9 * 60).await;
    assert_eq!(rung(&world, BENS_OTHER), 0, "he knows");
    let other = calls(&world, id, "ben").await.remove(1);
    assert_eq!(
        (other["state"].as_str(), other["cause"].as_str()),
        (Some("dropped"), Some("they have escalated it"))
    );
    world.wait(5 * 60).await;
    assert_eq!(
        (rung(&world, BEN), rung(&world, BENS_OTHER)),
        (2, 1),
        "the next step that names him tells him"
    );
}
