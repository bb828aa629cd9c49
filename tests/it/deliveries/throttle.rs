//! A phone is not flooded, and nothing is lost by that.

use super::*;
use dutyline::app::Live;
use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::team::TeamName;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// A phone gets five texts in a quarter of an hour, of which one is kept for what is urgent or new; and nobody is told of an
/// alert twice.
fn few(settings: &mut Settings) {
    at_most(5)(settings);
    settings.policies.clear();
}

/// Alerts of one team, one after another, of which the first four are told; answers all of them.
async fn flood(world: &World, count: usize) -> Vec<AlertId> {
    let mut all = vec![];
    for number in 0..count {
        all.push(opened(world, &format!("Pump {number}")).await);
        world.clock.set(world.now() + SignedDuration::from_secs(1));
    }
    all
}

#[tokio::test]
async fn g33_what_is_too_much_waits_visibly_and_goes_on_after_the_window() {
    let world = World::start_with("demo", few).await;
    let begun = world.now();
    let all = flood(&world, 6).await;
    assert_eq!(texts(&world, BEN).len(), 4);
    let waiting = messages(&world, all[4], "ben").await.remove(0);
    let frees = (begun + SignedDuration::from_mins(15)).to_string();
    assert_eq!(
        (waiting["state"].as_str(), waiting["throttled_until"].as_str()),
        (Some("waiting"), Some(&*frees))
    );
    let list = world.api("/api/notifications?state=waiting").await;
    assert_eq!(list["notifications"].as_array().unwrap().len(), 4, "two people's texts of two alerts");
    world.wait(14 * 60).await;
    assert_eq!(texts(&world, BEN).len(), 4);
    world.wait(65).await;
    assert_eq!(states(&world, all[4], "ben").await, ["delivered"]);
    assert_eq!(states(&world, all[5], "ben").await, ["delivered"]);
    let sent = async |id| messages(&world, id, "ben").await[0]["sent_at"].as_str().unwrap().to_owned();
    assert!(sent(all[4]).await < sent(all[5]).await, "the oldest first");
    assert_eq!(messages(&world, all[0], "ada").await.len(), 2);
    let mails = world.exchange.arrived(0).into_iter().filter(|one| one.kind == Road::Mail).count();
    assert_eq!(mails, 6, "mail is not counted");
}

#[tokio::test]
async fn g33_in_a_flood_a_message_waits_from_the_beginning_while_there_is_no_place() {
    let world = World::start_with("demo", few).await;
    let all = flood(&world, 6).await;
    let until = messages(&world, all[5], "ben").await[0]["throttled_until"].clone();
    assert!(until.is_string());
    let told = async |title: &str, severity: &str| {
        let id = post(&world, json!({ "title": title, "severity": severity })).await;
        let message = messages(&world, id, "ben").await.remove(0);
        (id, message["throttled_until"].clone())
    };

    // Nobody has looked at any of these yet.
    let (waits, known) = told("Pump 6", "high").await;
    assert_eq!(known, until);
    assert_eq!(told("Fire", "critical").await.1, Value::Null);
    let live = world.app.live();
    let mut settings = live.settings.clone();
    at_most(10)(&mut settings);
    world.app.live.store(Arc::new(Live { settings, phrases: live.phrases.clone() }));
    let (goes, known) = told("Pump 7", "high").await;
    assert_eq!(known, Value::Null, "the settings say something else by now");

    world.settle().await;
    assert_eq!(states(&world, goes, "ben").await, ["delivered"]);
    assert_eq!(states(&world, waits, "ben").await, ["waiting"]);
    world.wait(16 * 60).await;
    assert_eq!(states(&world, waits, "ben").await, ["delivered"]);
}

#[tokio::test]
async fn g30_more_than_three_that_wait_become_one() {
    let world = World::start_with("demo", few).await;
    let all = flood(&world, 8).await;
    crate::world::acts::acknowledge(&world.app, all[7], &person("ada")).await.unwrap();
    world.wait(16 * 60).await;
    // The one that somebody has taken meanwhile is not among them, and three are not too many.
    assert_eq!(texts(&world, BEN).len(), 7);

    let world = World::start_with("demo", few).await;
    let all = flood(&world, 9).await;
    world.wait(16 * 60).await;
    let told = texts(&world, BEN);
    assert_eq!(told.len(), 5);
    let bundle = told.last().unwrap();
    assert!(bundle.starts_with("5 open alerts: #") && bundle.contains("Pump 4"), "{bundle}");
    let how = "and 1 more. Reply aa to acknowledge all, cc to close all, or ack #NUMBER for one.";
    assert!(bundle.ends_with(how), "{bundle}");
    let first = messages(&world, all[4], "ben").await.remove(0);
    assert_eq!(first["state"], "delivered");
    for id in &all[5..] {
        let other = messages(&world, *id, "ben").await.remove(0);
        assert_eq!((other["state"].as_str(), &other["bundled_in"]), (Some("bundled"), &first["id"]));
        let log = log(&world, *id, "ben").await;
        assert!(log.iter().any(|entry| entry["what"] == "notified"));
        // How late it is counts from its own alert, not from that of the message that says it.
        let late = log.iter().find(|entry| entry["what"] == "delivered_late").unwrap();
        let time = |moment: &Value| moment.as_str().unwrap().parse::<Timestamp>().unwrap();
        let after = time(&first["delivered_at"]).duration_since(time(&other["due_at"]));
        assert_eq!(late["after_seconds"].as_i64(), Some(after.as_secs()));
    }
}

#[tokio::test]
async fn g30_a_bundle_names_each_alert_once_however_many_messages_of_it_wait() {
    let world = World::start_with("demo", at_most(4)).await;
    let mut all = vec![];
    for n in 0..6 {
        all.push(post(&world, json!({ "title": format!("Pump {n}") })).await);
    }
    // Nobody answers: each step adds its messages to those that wait.
    world.wait(20 * 60).await;
    let bundles: Vec<_> =
        texts(&world, BEN).into_iter().filter(|text| text.contains("open alerts")).collect();
    assert!(!bundles.is_empty());
    for bundle in bundles {
        let named: Vec<_> = bundle.split('#').skip(1).filter_map(|part| part.split(' ').next()).collect();
        let mut once = named.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), named.len(), "{bundle}");
        let count: usize = bundle.split(' ').next().unwrap().parse().unwrap();
        assert!(count <= 6, "{bundle}");
    }
    for id in all {
        let log = log(&world, id, "ben").await;
        let told = log.iter().filter(|entry| entry["what"] == "notified" && entry["by"] == "sms");
        let mut moments: Vec<_> = told.map(|entry| entry["at"].as_str().unwrap().to_owned()).collect();
        let count = moments.len();
        moments.dedup();
        assert_eq!(moments.len(), count, "one text is one entry: {log:#?}");
    }
}

#[tokio::test]
async fn g31_nothing_is_sent_of_what_was_all_taken_meanwhile() {
    let world = World::start_with("demo", few).await;
    let all = flood(&world, 9).await;
    for id in &all {
        crate::world::acts::acknowledge(&world.app, *id, &person("ada")).await.unwrap();
    }
    world.wait(16 * 60).await;
    assert_eq!(texts(&world, BEN).len(), 4);
    for id in &all[4..] {
        assert_eq!(states(&world, *id, "ben").await, ["dropped"]);
    }
}

#[tokio::test]
async fn g32_another_team_s_first_message_overtakes_a_flood() {
    let world = World::start_with("demo", |settings| {
        few(settings);
        let mut team = settings.teams[0].clone();
        team.name = TeamName("Fans".to_owned());
        settings.teams.push(team);
        let mut access = settings.integrations[0].clone();
        access.team = TeamName("Fans".to_owned());
        access.secrets = vec![TokenHash::of("the fans of the house")];
        settings.integrations.push(access);
    })
    .await;
    let all = flood(&world, 6).await;
    let url = world.url("/webhook/the fans of the house");
    let answer = world.http.post(url).json(&json!({ "title": "Fans" })).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    world.settle().await;
    let fans = answer["alertId"].as_str().unwrap().parse().unwrap();
    assert_eq!(states(&world, fans, "ben").await, ["delivered"]);
    assert_eq!(states(&world, all[5], "ben").await, ["waiting"]);
}

#[tokio::test]
async fn what_is_critical_goes_first() {
    let world = World::start_with("demo", few).await;
    flood(&world, 6).await;
    let id =
        post(&world, json!({ "title": "Fire", "severity": "critical", "X-S4-Severity": "critical" })).await;
    world.settle().await;
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    assert_eq!(alert["severity"], "critical");
    assert_eq!(states(&world, id, "ben").await, ["delivered"]);
}

#[tokio::test]
async fn g89_what_a_phone_got_before_the_clock_was_put_back_does_not_keep_it_shut() {
    let world = World::start_with("demo", few).await;
    flood(&world, 5).await;
    assert_eq!(texts(&world, BEN).len(), 4);
    world.clock.put_back(SignedDuration::from_hours(5));
    let id = opened(&world, "Fans").await;
    assert_eq!(texts(&world, BEN).len(), 5, "{:?}", messages(&world, id, "ben").await);
}
