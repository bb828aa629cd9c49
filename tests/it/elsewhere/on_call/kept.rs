//! What was said of who is on call is kept: it spares questions, and it counts while the other directory is down.

use super::{GROUP, TOMORROW, at, now, server, world};
use crate::world::{Logs, inner, member, shift, voice};
use dutyline::service::directory;
use jiff::SignedDuration;
use serde_json::json;
use wiremock::ResponseTemplate;

const DOWN: u16 = 503;

#[tokio::test]
async fn a_fresh_answer_is_not_asked_for_again_and_a_new_one_replaces_it() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    let mut world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    world.clock.set(world.now() + SignedDuration::from_mins(9));
    world.restart().await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    assert_eq!(server.asked_on_call(GROUP).await.len(), 1);
    server.forgets().await;
    server.on_call(GROUP, &[shift(&[member("b")])]).await;
    server.knows("b", &[voice("+15550181")]).await;
    world.clock.set(world.now() + SignedDuration::from_mins(1));
    assert_eq!(now(&world, GROUP).await, "b 0181");
}

#[tokio::test]
async fn a_shift_that_has_ended_is_asked_for_again_however_fresh() {
    let server = server().await;
    let mut ending = shift(&[member("a")]);
    ending["end"] = "2026-01-05T09:02:00Z".into();
    server.on_call(GROUP, &[ending]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    world.clock.set("2026-01-05T09:01:59Z".parse().unwrap());
    assert_eq!(now(&world, GROUP).await, "a 0160");
    assert_eq!(server.asked_on_call(GROUP).await.len(), 1);
    world.clock.set("2026-01-05T09:02:00Z".parse().unwrap());
    // It is the same answer: whoever was on call last is better than nobody.
    assert_eq!(now(&world, GROUP).await, "a 0160");
    assert_eq!(server.asked_on_call(GROUP).await.len(), 2);
}

#[tokio::test]
async fn what_was_said_counts_while_the_directory_is_down_and_not_for_ever() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), inner("H")])]).await;
    server.on_call("H", &[shift(&[member("b")])]).await;
    let mut world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161");
    server.forgets().await;
    for group in [GROUP, "H"] {
        server.answers_on_call(group, ResponseTemplate::new(DOWN)).await;
    }
    for id in ["a", "b"] {
        server.answers(id, ResponseTemplate::new(DOWN)).await;
    }
    world.restart().await;
    world.clock.set(world.now() + SignedDuration::from_hours(71));
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161");
    assert_eq!(server.asked_on_call(GROUP).await.len(), 1, "an old answer is asked for anew");
    world.clock.set(world.now() + SignedDuration::from_hours(1));
    assert_eq!(now(&world, GROUP).await, format!("; {GROUP} unknown"));
    let place = world.app.elsewhere.as_ref().unwrap().people.place().to_owned();
    assert_eq!(world.app.directory.on_call_answers(&place).await.unwrap().len(), 2);
    directory::refresh(&world.app).await.unwrap();
    assert_eq!(
        world.app.directory.on_call_answers(&place).await.unwrap(),
        [],
        "what counts no more is not kept"
    );
}

#[tokio::test]
async fn of_other_moments_what_is_true_now_says_nothing() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    server.forgets().await;
    server.answers_on_call(GROUP, ResponseTemplate::new(DOWN)).await;
    assert_eq!(at(&world, GROUP, TOMORROW.parse().unwrap()).await, format!("; {GROUP} unknown"));
    server.forgets().await;
    server.on_call(GROUP, &[shift(&[member("b")])]).await;
    server.knows("b", &[voice("+15550181")]).await;
    assert_eq!(at(&world, GROUP, TOMORROW.parse().unwrap()).await, "b 0181");
    assert_eq!(now(&world, GROUP).await, "a 0160", "and it is not kept as what is true now");
}

#[tokio::test]
async fn with_nothing_kept_it_is_unknown_and_never_nobody() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), inner("H"), member("x"), member("b")])]).await;
    server.answers_on_call("H", ResponseTemplate::new(DOWN)).await;
    server.answers("x", ResponseTemplate::new(DOWN)).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161; H unknown; x unknown");
    assert_eq!(now(&world, "Everybody").await, "ada 0101 / a 0160, b 0161 / ben 0102; H unknown; x unknown");
}

#[tokio::test]
async fn one_that_hangs_holds_up_no_other() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("x"), inner("H"), member("a")])]).await;
    server.on_call("H", &[shift(&[inner("J"), member("b")])]).await;
    server.on_call("J", &[shift(&[member("c")])]).await;
    server.hangs("x").await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "c 0162, b 0161, a 0160; x unknown");
}

#[tokio::test]
async fn a_group_that_it_does_not_have_is_told_once() {
    let logs = Logs::caught();
    let server = server().await;
    server.answers_on_call(GROUP, ResponseTemplate::new(404)).await;
    let world = world(&server).await;
    for _ in 0..2 {
        assert_eq!(now(&world, GROUP).await, format!("; {GROUP} no_such_group"));
        world.clock.set(world.now() + SignedDuration::from_mins(11));
    }
    let warnings = logs.of("WARN");
    assert_eq!(warnings.iter().filter(|line| line.contains("no such group")).count(), 1, "{warnings:?}");
}

#[tokio::test]
async fn a_malformed_answer_is_unknown_and_told_once_with_its_field() {
    let logs = Logs::caught();
    let server = server().await;
    let odd = json!({"data": [{"members": {"data": [{"member": {"targetName": "+15550160", "recipientType": 5}}]}}]});
    server.answers_on_call(GROUP, ResponseTemplate::new(200).set_body_json(odd)).await;
    let world = world(&server).await;
    for _ in 0..3 {
        assert_eq!(now(&world, GROUP).await, format!("; {GROUP} unknown"));
    }
    let errors = logs.of("ERROR");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("data[0].members.data[0].member.recipientType"), "{errors:?}");
    assert!(errors[0].contains(GROUP), "{errors:?}");

    server.forgets().await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    server.knows("a", &[voice("+15550160")]).await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    let well = logs.of("INFO");
    assert_eq!(well.iter().filter(|line| line.contains("says who is on call again")).count(), 1, "{well:?}");
    assert!(!logs.text().contains("15550160"), "{}", logs.text());
}

#[tokio::test]
async fn groups_that_callers_reach_are_asked_about_before_they_are_needed() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), inner("H")])]).await;
    server.on_call("H", &[shift(&[member("b")])]).await;
    let world = world(&server).await;
    for (minutes, asked) in [(0, 1), (4, 1), (1, 2), (4, 2), (60, 3)] {
        world.clock.set(world.now() + SignedDuration::from_mins(minutes));
        directory::refresh(&world.app).await.unwrap();
        for group in [GROUP, "H"] {
            assert_eq!(
                server.asked_on_call(group).await.len(),
                asked,
                "{group} after {minutes} more minutes"
            );
        }
        assert_eq!(server.asked("b").await, asked, "after {minutes} more minutes");
    }
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161");
    assert_eq!(server.asked_on_call(GROUP).await.len(), 3);
}

#[tokio::test]
async fn groups_that_no_caller_reaches_are_not_asked_about_before() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    let world = crate::world::World::start_with("on-call", |settings| {
        server.set(settings);
        settings.menu.targets.clear();
    })
    .await;
    directory::refresh(&world.app).await.unwrap();
    assert_eq!(server.asked_on_call(GROUP).await, [] as [&str; 0]);
    assert_eq!(now(&world, GROUP).await, "a 0160");
}

#[tokio::test]
async fn a_directory_that_asks_for_rest_is_not_asked_about_groups_either() {
    let server = server().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "300");
    server.answers_on_call(GROUP, busy).await;
    let world = world(&server).await;
    for (seconds, asked) in [(0, 1), (299, 1), (1, 2)] {
        world.clock.set(world.now() + SignedDuration::from_secs(seconds));
        directory::refresh(&world.app).await.unwrap();
        assert_eq!(server.asked_on_call(GROUP).await.len(), asked, "after {seconds} more seconds");
    }
}

#[tokio::test]
async fn an_alert_for_such_a_group_says_who_was_left_out() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), member("ben")])]).await;
    let world = world(&server).await;
    let text = "caller ada\ndial\npress 1\npress 1\nrecords \"The site is dark\" for 4 seconds\npress 1\ncall ends\n\
                wait 30 seconds\nalerts 1";
    let script = dutyline::exchange::script::parse("on-call", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    let list = world.api("/api/alerts").await;
    let id = list["alerts"][0]["id"].as_str().unwrap();
    let alert = world.api(&format!("/api/alerts/{id}")).await.to_string();
    assert!(alert.contains("a: has no device for messages") && !alert.contains("ben: "), "{alert}");
}
