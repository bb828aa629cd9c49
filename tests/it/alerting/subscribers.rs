//! Who is told how an alert stands, besides those who are to answer it.

use super::*;
use dutyline::domain::alerting::act::Act;
use dutyline::domain::directory::Recipient;
use dutyline::exchange::line::{Arrived, Road};
use dutyline::exchange::script;
use dutyline::service::alerting;
use dutyline::settings::Settings;
use jiff::SignedDuration;

/// Has a phone for texts, and is written in German.
const EVA: &str = "+4930123125";
const EVAS_MAIL: &str = "eva@demo.example";
const GRACE: &str = "grace@demo.example";

/// Who is on duty is told once, and nobody after them; these are subscribers.
fn subscribed(people: &[&str]) -> impl FnOnce(&mut Settings) {
    let people: Vec<_> = people.iter().map(|id| Recipient::Person(PersonId((*id).to_owned()))).collect();
    move |settings| {
        settings.policies.clear();
        settings.teams[0].subscribers = people;
    }
}

/// What has come to a number or an address since `after`.
fn come(world: &World, to: &str, after: usize) -> Vec<Arrived> {
    world.exchange.arrived(after).into_iter().filter(|one| one.to == to).collect()
}

/// The news of an alert, as the API shows them: to whom, by what, what they tell, and how far they are.
async fn news(world: &World, id: AlertId) -> Vec<[String; 4]> {
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let all = alert["notifications"].as_array().unwrap().iter().filter(|one| !one["news"].is_null());
    let said = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    all.map(|one| ["person", "by", "news", "state"].map(|key| said(one, key))).collect()
}

#[tokio::test]
async fn g34_subscribers_hear_who_has_it_and_that_it_is_over() {
    let world = World::start_with("demo", subscribed(&["grace", "eva", "ben"])).await;
    let id = opened(&world).await;
    assert!(come(&world, GRACE, 0).is_empty() && come(&world, EVA, 0).is_empty());
    let before = world.exchange.arrived(0).len();
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.settle().await;
    let mail = come(&world, GRACE, before).remove(0);
    assert_eq!(
        (mail.kind, mail.subject.as_str()),
        (Road::Mail, "[HIGH] acknowledged by Ben Brook: Pumps are down")
    );
    assert_eq!(mail.text.trim(), "#1 acknowledged by Ben Brook: HIGH Pumps are down");
    let text = come(&world, EVA, before).remove(0).text;
    assert_eq!(text, "#1 übernommen von Ben Brook: HOCH Pumps are down");
    assert_eq!(world.exchange.arrived(before).len(), 3, "not Ben, who has done it, nor Ada, who is on duty");
    let before = world.exchange.arrived(0).len();
    event(&world, json!({ "X-S4-ExternalID": "pumps", "X-S4-Status": "resolved" })).await;
    let text = come(&world, EVA, before).remove(0).text;
    assert!(text.starts_with("#1 abgeschlossen von "), "{text}");
    assert_eq!(come(&world, BEN, before).len(), 1, "the program has resolved it");
    let expected = [
        ["grace", "email", "acknowledged", "sent"],
        ["eva", "sms", "acknowledged", "delivered"],
        ["eva", "email", "acknowledged", "sent"],
        ["grace", "email", "resolved", "sent"],
        ["eva", "sms", "resolved", "delivered"],
        ["eva", "email", "resolved", "sent"],
        ["ben", "sms", "resolved", "delivered"],
    ];
    assert_eq!(news(&world, id).await, expected);
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let told = alert["log"].as_array().unwrap().iter().find(|one| one["what"] == "subscribers_told").unwrap();
    assert_eq!(
        (&told["state"], &told["by"], &told["messages"]),
        (&json!("acknowledged"), &json!("ben"), &json!(3))
    );
}

const BEN: &str = "+15550102";

#[tokio::test]
async fn g34_who_has_sent_stop_gets_no_text() {
    let world = World::start_with("demo", subscribed(&["eva"])).await;
    world.exchange.text(EVA, "STOP");
    world.settle().await;
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.settle().await;
    assert_eq!(come(&world, EVA, 0).len(), 0);
    assert_eq!(come(&world, EVAS_MAIL, 0).len(), 1, "mail goes on");
    assert_eq!(news(&world, id).await[0], ["eva", "sms", "acknowledged", "dropped"]);
}

#[tokio::test]
async fn g34_what_was_taken_back_before_it_went_out_is_not_sent() {
    let world = World::start_with("demo", subscribed(&["grace"])).await;
    let id = opened(&world).await;
    crate::world::acts::resolve(&world.app, id, &person("ben")).await.unwrap();
    // The message is queued, and not sent yet.
    crate::world::acts::due(&world.app).await.unwrap();
    assert_eq!(news(&world, id).await, [["grace", "email", "resolved", "waiting"]]);
    alerting::act(&world.app, id, &Act::UndoResolve, &person("ben"), None).await.unwrap();
    world.settle().await;
    assert_eq!(come(&world, GRACE, 0).len(), 0);
    let expected = [["grace", "email", "resolved", "dropped"], ["grace", "email", "open", "dropped"]];
    assert_eq!(news(&world, id).await, expected, "and that it is open again is no news to her");
    crate::world::acts::resolve(&world.app, id, &person("ben")).await.unwrap();
    world.settle().await;
    alerting::act(&world.app, id, &Act::UndoResolve, &person("ada"), None).await.unwrap();
    world.settle().await;
    let subjects: Vec<_> = come(&world, GRACE, 0).into_iter().map(|one| one.subject).collect();
    assert_eq!(
        subjects,
        ["[HIGH] resolved by Ben Brook: Pumps are down", "[HIGH] open again by Ada Admin: Pumps are down"]
    );
}

#[tokio::test]
async fn g34_after_seven_idle_days_nobody_is_told() {
    let ends = async |after: SignedDuration| {
        let world = World::start_with("demo", subscribed(&["grace"])).await;
        let id = opened(&world).await;
        world.clock.set(world.now() + after);
        crate::world::acts::resolve(&world.app, id, &person("ben")).await.unwrap();
        world.settle().await;
        assert_eq!(world.api(&format!("/api/alerts/{id}")).await["state"], "resolved");
        come(&world, GRACE, 0).len()
    };
    let week = SignedDuration::from_hours(7 * 24);
    assert_eq!((ends(week - SignedDuration::from_mins(1)).await, ends(week).await), (1, 0));
}

#[tokio::test]
async fn g34_what_could_not_be_sent_for_an_hour_is_no_news_any_more() {
    let world = World::start_with("demo", subscribed(&["grace"])).await;
    let id = opened(&world).await;
    crate::world::acts::resolve(&world.app, id, &person("ben")).await.unwrap();
    crate::world::acts::due(&world.app).await.unwrap();
    world.clock.set(world.now() + SignedDuration::from_mins(61));
    world.settle().await;
    assert_eq!(come(&world, GRACE, 0).len(), 0);
    assert_eq!(news(&world, id).await, [["grace", "email", "resolved", "dropped"]]);
}

#[tokio::test]
async fn g34_what_closes_by_itself_is_told_too() {
    let closes = |settings: &mut Settings| {
        subscribed(&["grace"])(settings);
        settings.teams[0].close_after = Some(SignedDuration::from_hours(1));
    };
    let world = World::start_with("demo", closes).await;
    opened(&world).await;
    world.clock.set(world.now() + SignedDuration::from_hours(1));
    world.settle().await;
    assert_eq!(come(&world, GRACE, 0).remove(0).subject, "[HIGH] resolved by itself: Pumps are down");
}

#[tokio::test]
async fn g34_who_was_told_of_the_alert_hears_that_somebody_has_it() {
    let world = World::start_with("demo", |settings| {
        subscribed(&[])(settings);
        settings.teams[0].tells_the_told = true;
    })
    .await;
    let id = opened(&world).await;
    let before = world.exchange.arrived(0).len();
    crate::world::acts::acknowledge(&world.app, id, &person("ada")).await.unwrap();
    world.settle().await;
    let to: Vec<_> = world.exchange.arrived(before).into_iter().map(|one| (one.to, one.text)).collect();
    assert_eq!(to, [(BEN.to_owned(), "#1 acknowledged by Ada Admin: HIGH Pumps are down".to_owned())]);
}

#[tokio::test]
async fn g34_news_take_no_place_from_alerts() {
    let world = World::start_with("demo", |settings| {
        subscribed(&["eva"])(settings);
        settings.teams[0].on_call.push(Recipient::Person(PersonId("eva".to_owned())));
        settings.sms.as_mut().unwrap().per_number = 4;
    })
    .await;
    let texts = || come(&world, EVA, 0).into_iter().map(|one| one.text).collect::<Vec<_>>();
    let event = async |title: &str| event(&world, json!({ "title": title, "X-S4-ExternalID": title })).await;
    let first = event("Pump 1").await;
    crate::world::acts::acknowledge(&world.app, first, &person("ben")).await.unwrap();
    world.settle().await;
    crate::world::acts::resolve(&world.app, first, &person("ben")).await.unwrap();
    world.settle().await;
    assert_eq!(texts().len(), 2, "half of what there may be is left to alerts");
    assert_eq!(news(&world, first).await[2], ["eva", "sms", "resolved", "waiting"]);
    for title in ["Pump 2", "Pump 3"] {
        event(title).await;
    }
    let told = texts();
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[3].contains("Pump 3"), "as if there were no news");
    world.wait(16 * 60).await;
    let told = texts();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[4].starts_with("#1 abgeschlossen von Ben Brook"), "{told:?}");
}

/// Calls change their alerts without reading them.
#[tokio::test]
async fn g34_what_a_talk_does_to_its_alert_is_told() {
    let world = World::start_with("demo", |settings| {
        subscribed(&["grace"])(settings);
        settings.menu.hunt.resolves_at_end = true;
    })
    .await;
    let talk = "settings demo\ncaller ada\ndial\npress 3\npress 1\nben picks up\nben presses 1\nconnected\n\
                wait 5 seconds\nhangs up\n";
    let transcript = world.play(&script::parse("talk.call", talk).unwrap()).await;
    assert!(transcript.is_ok(), "{transcript:?}");
    world.wait(10).await;
    let subjects: Vec<_> = come(&world, GRACE, 0).into_iter().map(|one| one.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(
        subjects[0].contains("acknowledged by Ben Brook") && subjects[1].contains("resolved by Ben Brook")
    );
}

#[tokio::test]
async fn g34_who_has_only_heard_the_news_can_not_answer_the_alert() {
    let world = World::start_with("demo", subscribed(&["eva"])).await;
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.settle().await;
    for text in ["cc", "c", "close #1"] {
        world.exchange.text(EVA, text);
        world.settle().await;
        assert!(come(&world, EVA, 0).len() > 1, "`{text}` is answered");
        assert_eq!(world.api(&format!("/api/alerts/{id}")).await["state"], "acknowledged", "`{text}`");
    }
}
