//! Who is told what, in which order, how often, and when no more.

use super::*;
use crate::world::{Broken, Gate, Logs};
use dutyline::domain::alerting::act::Act;
use dutyline::service::alerting;

#[tokio::test]
async fn s30_g57_what_fails_is_sent_again_as_it_was_and_what_comes_later_waits_for_it() {
    let server = program(ResponseTemplate::new(503)).await;
    let world = world(vec![webhook("tickets", WebhookKind::Signl4, &server.uri())]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    world.wait(1).await;
    crate::world::acts::acknowledge(&world.app, id, &ada()).await.unwrap();
    world.wait(1).await;
    crate::world::acts::resolve(&world.app, id, &ada()).await.unwrap();
    world.wait(40).await;
    let tried = requests(&server).await;
    assert!(tried.len() > 2, "{}", tried.len());
    assert!(tried.iter().all(|one| one.body == tried[0].body), "only the first, and always the same");
    let ids: Vec<_> = tried.iter().map(|one| header(one, "webhook-id")).collect();
    assert!(ids.iter().all(|one| *one == ids[0]));
    let times: Vec<_> = tried.iter().map(|one| header(one, "webhook-timestamp")).collect();
    assert_ne!(times[0], times[1], "each attempt is signed anew");
    server.reset().await;
    answers(&server, ok()).await;
    world.wait(60).await;
    let told = bodies(&server).await;
    let kinds: Vec<_> =
        told.iter().map(|one| (one["eventType"].as_u64(), one["alert"]["statusCode"].as_u64())).collect();
    assert_eq!(kinds, [(Some(200), Some(1)), (Some(201), Some(2)), (Some(201), Some(4))]);
    assert_eq!(header(&requests(&server).await[0], "webhook-id"), ids[0]);
    assert_eq!(left(&world, "tickets").await, LaneCount::default());
}

#[tokio::test]
async fn what_waits_for_another_is_no_failed_attempt_and_is_sent_as_soon_as_that_is_taken() {
    let server = program(ResponseTemplate::new(503)).await;
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    crate::world::acts::acknowledge(&world.app, id, &ada()).await.unwrap();
    // The first has failed for hours.
    world.wait(2 * 3_600).await;
    let listed = world.app.outbox.listed(false, None, 10).await.unwrap();
    let attempts: Vec<_> = listed.iter().filter(|one| one.effect.as_ref().is_some_and(is_told)).collect();
    assert_eq!(attempts.len(), 2);
    assert!(attempts[0].failed > 5, "{}", attempts[0].failed);
    assert_eq!(attempts[1].failed, 0);
    server.reset().await;
    answers(&server, ok()).await;
    world.clock.set(attempts[0].due.unwrap());
    world.settle().await;
    assert_eq!(bodies(&server).await.len(), 2, "both at the same moment");
}

fn is_told(effect: &dutyline::domain::effect::Effect) -> bool {
    effect.word() == "tell_webhook"
}

#[tokio::test]
async fn another_alert_and_another_program_wait_for_nothing() {
    let (broken, well) = (program(ResponseTemplate::new(500)).await, program(ok()).await);
    let world = world(vec![
        webhook("tickets", WebhookKind::Standard, &broken.uri()),
        webhook("board", WebhookKind::Standard, &well.uri()),
    ])
    .await;
    let (first, _) = take_in(&world, Transition::Open, "a1").await;
    crate::world::acts::resolve(&world.app, first, &ada()).await.unwrap();
    world.settle().await;
    take_in(&world, Transition::Open, "a2").await;
    world.settle().await;
    assert_eq!(bodies(&well).await.len(), 3);
    let tried = bodies(&broken).await;
    let of: std::collections::BTreeSet<_> = tried.iter().map(|one| one["data"]["id"].to_string()).collect();
    assert_eq!(of.len(), 2, "the second alert does not wait for the first");
    assert!(tried.iter().all(|one| one["type"] == "alert.opened"));
}

#[tokio::test]
async fn a_refusal_ends_a_message_and_the_next_follows() {
    let logs = Logs::caught();
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(400))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    answers(&server, ok()).await;
    let url = format!("{}/key-that-nobody-sees?token=hidden", server.uri());
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &url)]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    crate::world::acts::resolve(&world.app, id, &ada()).await.unwrap();
    world.wait(5).await;
    let types: Vec<_> = bodies(&server).await.iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types, ["alert.opened", "alert.resolved"]);
    assert_eq!(left(&world, "tickets").await, LaneCount { waiting: 0, failed: 1 });
    let story = world.api(&format!("/api/alerts/{id}")).await;
    let log = story["log"].as_array().unwrap();
    let failed = log.iter().find(|entry| entry["what"] == "webhook_not_told").unwrap();
    assert_eq!((&failed["to"], &failed["news"]), (&"tickets".into(), &"opened".into()));
    let said = logs.text();
    assert!(!said.contains("nobody-sees") && !said.contains("hidden"), "{said}");
    assert!(!failed.to_string().contains("hidden"));
}

#[tokio::test]
async fn a_program_that_is_gone_is_told_so_once_in_the_log_and_asked_no_more() {
    let logs = Logs::caught();
    let server = program(ResponseTemplate::new(410)).await;
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    for matter in ["a1", "a2", "a3"] {
        take_in(&world, Transition::Open, matter).await;
        world.wait(2).await;
    }
    assert_eq!(requests(&server).await.len(), 1);
    assert_eq!(left(&world, "tickets").await, LaneCount { waiting: 0, failed: 3 });
    assert_eq!(logs.text().matches("this process tells it nothing until it restarts").count(), 1);
}

#[tokio::test]
async fn who_is_busy_says_when_he_wants_to_be_asked_again() {
    let server = program(ResponseTemplate::new(429).insert_header("retry-after", "90")).await;
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    take_in(&world, Transition::Open, "a1").await;
    world.wait(89).await;
    assert_eq!(requests(&server).await.len(), 1);
    world.wait(2).await;
    assert_eq!(requests(&server).await.len(), 2);
}

#[tokio::test]
async fn g57_whatever_is_broken_is_told_later_and_no_redirect_is_followed() {
    for how in [Broken::Down, Broken::Slow, Broken::Redirecting] {
        let server = program(ok()).await;
        let gate = Gate::before(*server.address()).await;
        let at = format!("http://{}/", gate.address());
        let world = World::start_gated("one-group", |settings| {
            settings.teams = vec![team()];
            settings.policies = vec![policy()];
            settings.webhooks = vec![webhook("tickets", WebhookKind::Standard, &at)];
        })
        .await;
        gate.shut(how).await;
        take_in(&world, Transition::Open, "a1").await;
        world.wait(30).await;
        assert_eq!(left(&world, "tickets").await, LaneCount { waiting: 1, failed: 0 }, "{how:?}");
        gate.open().await;
        world.wait(60).await;
        assert_eq!(bodies(&server).await.len(), 1, "{how:?}");
        assert_eq!(gate.followed(), 0, "{how:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_into_our_own_network_unless_the_settings_say_so() {
    let server = program(ok()).await;
    let port = server.address().port();
    let mut hooks = vec![];
    for (name, host) in [("number", "127.0.0.1"), ("name", "localhost"), ("other", "[::ffff:127.0.0.1]")] {
        let mut hook = webhook(name, WebhookKind::Standard, &format!("http://{host}:{port}/"));
        hook.allow_private = false;
        hooks.push(hook);
    }
    let world = world(hooks).await;
    take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    assert_eq!(requests(&server).await.len(), 0);
    for name in ["number", "name", "other"] {
        assert_eq!(
            left(&world, name).await,
            LaneCount { waiting: 0, failed: 1 },
            "{name}: not tried for a day"
        );
    }
    let causes: Vec<_> = world.app.outbox.listed(true, None, 10).await.unwrap();
    let causes: Vec<_> = causes.iter().filter_map(|one| one.cause.as_deref()).collect();
    assert_eq!(causes.len(), 3);
    assert!(causes.iter().all(|cause| cause.contains("private address")), "{causes:?}");
}

#[tokio::test]
async fn a_program_is_told_of_its_teams_and_its_topics_only() {
    let (plant, other, ends) = (program(ok()).await, program(ok()).await, program(ok()).await);
    let mut hooks: Vec<_> = [("plant", &plant), ("other", &other), ("ends", &ends)]
        .map(|(name, server)| webhook(name, WebhookKind::Standard, &server.uri()))
        .into();
    hooks[0].rule.teams = Some(vec![TeamName("Plant".to_owned())]);
    hooks[1].rule.teams = Some(vec![TeamName("Office".to_owned())]);
    hooks[2].rule.topics = vec![Topic::Status];
    let world = world(hooks).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    alerting::act(&world.app, id, &Act::Note("looks bad".to_owned()), &ada(), None).await.unwrap();
    crate::world::acts::resolve(&world.app, id, &ada()).await.unwrap();
    world.wait(5).await;
    assert_eq!(bodies(&plant).await.len(), 3);
    assert_eq!(bodies(&other).await.len(), 0);
    assert_eq!(bodies(&ends).await.len(), 1);
}

#[tokio::test]
async fn a_step_of_a_policy_tells_a_program_once_and_that_is_an_escalation() {
    let server = program(ok()).await;
    let world = world(vec![webhook("tickets", WebhookKind::Signl4, &server.uri())]).await;
    take_in(&world, Transition::Open, "a1").await;
    world.wait(290).await;
    assert_eq!(bodies(&server).await.len(), 1, "that its people are told belongs to its opening");
    world.wait(20).await;
    let told = bodies(&server).await;
    let kinds: Vec<_> = told.iter().map(|one| one["eventType"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [200, 202]);
}

/// A program that is a target of the first step is told by that step, whatever else it is told; and whoever asks for more
/// people is told of once.
#[tokio::test]
async fn a_first_step_tells_a_program_too_and_an_escalation_that_somebody_asks_for_is_told_once() {
    let (target, other) = (program(ok()).await, program(ok()).await);
    let mut hooks: Vec<_> = [("target", &target), ("other", &other)]
        .map(|(name, server)| webhook(name, WebhookKind::Standard, &server.uri()))
        .into();
    hooks[0].rule.topics = vec![];
    hooks[1].rule.topics = vec![Topic::Escalated];
    let world = world_with(hooks, |settings| {
        settings.policies[0].steps[0].targets.push(Target::Webhook(WebhookName("target".to_owned())));
    })
    .await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    world.wait(5).await;
    assert_eq!(bodies(&target).await[0]["type"], "alert.escalated");
    assert_eq!(bodies(&other).await.len(), 0);
    crate::world::acts::escalate(&world.app, id, &ada()).await.unwrap();
    world.wait(5).await;
    assert_eq!(bodies(&other).await.len(), 1);
}

#[tokio::test]
async fn what_was_not_sent_survives_a_restart() {
    let server = program(ResponseTemplate::new(500)).await;
    let mut world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    crate::world::acts::resolve(&world.app, id, &ada()).await.unwrap();
    let first = requests(&server).await.remove(0);
    world.restart().await;
    server.reset().await;
    answers(&server, ok()).await;
    world.wait(300).await;
    let again = requests(&server).await;
    assert_eq!(again.len(), 2);
    assert_eq!(header(&again[0], "webhook-id"), header(&first, "webhook-id"));
    assert_eq!(again[0].body, first.body);
    assert_eq!(json(&again[1])["type"], "alert.resolved");
}
