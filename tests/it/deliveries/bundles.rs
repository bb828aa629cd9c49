//! A text about several alerts is answered like one about a single alert: for all of them, or for one by its number.

use super::*;
use jiff::SignedDuration;

/// A phone gets five texts in a quarter of an hour, of which one is kept for what is urgent or new; and nobody is told of an
/// alert twice.
fn few(settings: &mut Settings) {
    at_most(5)(settings);
    settings.policies.clear();
}

/// Nine alerts, of which Ben was told: of the first four one by one, and of the others by one text.
async fn bundled(world: &World) -> Vec<AlertId> {
    let mut all = vec![];
    for number in 0..9 {
        all.push(opened(world, &format!("Pump {number}")).await);
        world.clock.set(world.now() + SignedDuration::from_secs(1));
    }
    world.wait(16 * 60).await;
    assert!(texts(world, BEN).last().unwrap().starts_with("5 open alerts: #"), "{:?}", texts(world, BEN));
    all
}

/// What somebody writes is answered with.
async fn answer(world: &World, text: &str) -> String {
    let before = texts(world, BEN).len();
    world.exchange.text(BEN, text);
    world.settle().await;
    let told = texts(world, BEN);
    assert_eq!(told.len(), before + 1, "`{text}`: {told:?}");
    told.last().unwrap().clone()
}

async fn alert(world: &World, id: AlertId) -> Value {
    world.api(&format!("/api/alerts/{id}")).await
}

/// How many of those alerts are in which state.
async fn count(world: &World, all: &[AlertId], state: &str) -> usize {
    let mut count = 0;
    for id in all {
        count += usize::from(alert(world, *id).await["state"] == state);
    }
    count
}

#[tokio::test]
async fn g30_aa_reaches_all_alerts_of_a_bundle_and_the_log_says_by_whom() {
    let world = World::start_with("demo", few).await;
    let all = bundled(&world).await;
    let said = answer(&world, "aa").await;
    assert!(said.starts_with("Acknowledged 9 alerts: #"), "{said}");
    for id in &all {
        let alert = alert(&world, *id).await;
        assert_eq!(
            (&alert["acknowledged"]["by"], &alert["acknowledged"]["from"]),
            (&json!("ben"), &json!("sms"))
        );
        let entry = alert["log"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["what"] == "acknowledged")
            .unwrap()
            .clone();
        assert_eq!((&entry["by"], &entry["from"]), (&json!("ben"), &json!("sms")), "{entry}");
        assert!(said.contains(&format!("#{}", alert["number"])), "{said}");
    }
    assert_eq!(answer(&world, "aa").await, "There is no open alert left for that.");
    assert!(answer(&world, "cc").await.starts_with("Closed 9 alerts: #"));
    assert_eq!(count(&world, &all, "resolved").await, 9);
}

#[tokio::test]
async fn g30_cc_closes_what_is_open_and_leaves_alone_what_has_ended_meanwhile() {
    let world = World::start_with("demo", few).await;
    let all = bundled(&world).await;
    crate::world::acts::acknowledge(&world.app, all[5], &person("ada")).await.unwrap();
    let first = alert(&world, all[6]).await["number"].clone();
    assert!(
        answer(&world, &format!("close #{first}")).await.starts_with(&format!("Closed #{first}: Pump 6"))
    );
    let said = answer(&world, "aa").await;
    assert!(said.starts_with("Acknowledged 7 alerts: #"), "one is closed, and one is Ada's: {said}");
    assert_eq!(alert(&world, all[5]).await["acknowledged"]["by"], "ada");
    let said = answer(&world, "cc").await;
    assert!(said.starts_with("Closed 8 alerts: #") && !said.contains(&format!("#{first},")), "{said}");
    assert_eq!(count(&world, &all, "resolved").await, 9);
}

#[tokio::test]
async fn a_word_alone_after_a_bundle_is_asked_back_and_does_nothing() {
    let world = World::start_with("demo", few).await;
    let all = bundled(&world).await;
    for (word, how) in [
        ("a", "Reply aa to acknowledge all of them, or ack #NUMBER for one."),
        ("close", "Reply cc to close all of them, or close #NUMBER for one."),
        ("e", "Reply escalate #NUMBER."),
    ] {
        let said = answer(&world, word).await;
        assert!(said.starts_with("Which one? ") && said.ends_with(how), "{word}: {said}");
    }
    assert_eq!(count(&world, &all, "open").await, 9);
    let number = alert(&world, all[8]).await["number"].clone();
    assert!(
        answer(&world, &format!("a #{number}")).await.starts_with(&format!("Acknowledged #{number}: Pump 8"))
    );
    assert_eq!((count(&world, &all, "open").await, count(&world, &all, "acknowledged").await), (8, 1));
    // The next text is about one alert again.
    let next = opened(&world, "Fans").await;
    assert!(texts(&world, BEN).last().unwrap().contains("Fans"));
    assert!(answer(&world, "a").await.ends_with(": Fans"));
    assert_eq!(
        (count(&world, &all, "open").await, &alert(&world, next).await["state"]),
        (8, &json!("acknowledged"))
    );
}

#[tokio::test]
async fn a_word_alone_after_a_bundle_of_which_nothing_is_open_any_more_is_told_so() {
    let world = World::start_with("demo", few).await;
    bundled(&world).await;
    assert!(answer(&world, "cc").await.starts_with("Closed 9 alerts"));
    assert_eq!(answer(&world, "a").await, "There is no open alert that you were told of here.");
}

#[tokio::test]
async fn g17_who_asks_for_the_next_step_by_a_bundle_means_the_step_that_they_were_told_by() {
    let world = World::start_with("demo", few).await;
    let all = bundled(&world).await;
    let (id, number) = (all[6], alert(&world, all[6]).await["number"].clone());
    crate::world::acts::escalate(&world.app, id, &person("ada")).await.unwrap();
    world.exchange.text(BEN, &format!("escalate #{number}"));
    world.settle().await;
    let said = format!("#{number} has been escalated since you were told of it. Nothing more was done.");
    assert!(texts(&world, BEN).contains(&said), "{:?}", texts(&world, BEN));
    let alert = alert(&world, id).await;
    let asked = alert["log"].as_array().unwrap().iter().filter(|one| one["by"] == "ben").count();
    assert_eq!(asked, 0, "{alert}");
}

#[tokio::test]
async fn where_replies_are_not_read_a_bundle_does_not_ask_for_them() {
    let world = World::start_with("demo", |settings| {
        few(settings);
        settings.sms.as_mut().unwrap().replies = false;
    })
    .await;
    let all = bundled(&world).await;
    assert!(texts(&world, BEN).last().unwrap().ends_with("and 1 more"));
    assert!(answer(&world, "aa").await.starts_with("Replies to this number are not read"));
    assert_eq!(count(&world, &all, "open").await, 9);
}
