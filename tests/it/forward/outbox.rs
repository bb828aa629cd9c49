//! When they are told, and how often.

use super::*;
use crate::voice_edge;
use crate::world::ListedAlerts as _;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::effect::{Effect, Lane};
use dutyline::exchange::behaviour::{Behaviour, Transcribing};
use dutyline::service::{effects, voice};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A recorded message of a call in progress that waits for its text: opened, with nothing forwarded yet.
async fn open_alert(world: &World, call: &str) {
    let app = &world.app;
    voice_edge::call(app, call, "+15550101").await;
    for key in ["1", "1"] {
        let at = voice_edge::stored(app, call).await.unwrap();
        voice_edge::post(app, &voice_edge::place(&at), &[("CallSid", call), ("Digits", key)]).await;
    }
    let at = voice_edge::stored(app, call).await.unwrap();
    let recording = format!("RE{call}");
    let url = format!("http://127.0.0.1:8090/Recordings/{recording}");
    let said = [
        ("RecordingUrl", url.as_str()),
        ("RecordingSid", &recording),
        ("RecordingDuration", "14"),
        ("Digits", "1"),
    ];
    voice_edge::post(app, &voice_edge::place(&at), &said).await;
    assert_eq!(voice_edge::stored(app, call).await.unwrap().state.word(), "awaiting_transcription");
}

/// The text of that message comes.
async fn text_comes(world: &World, call: &str, text: Option<&str>) {
    let id = voice_edge::stored(&world.app, call).await.unwrap().id;
    voice::transcription_ready(&world.app, id, &format!("RE{call}"), text).await.unwrap();
}

#[tokio::test]
async fn p23_an_alert_is_passed_on_once_to_each_target_when_its_text_is_there() {
    let server = taking().await;
    let world = world("forward", &server).await;
    play(&world, CALL).await;
    world.wait(300).await;
    for target in ["West", "East"] {
        let told = told(&server, &format!("/{target}/alert")).await;
        assert_eq!(told.len(), 1, "{target}: {told:?}");
        assert_eq!(told[0]["transcriptionText"], "The cluster is gone");
    }
    assert_eq!(server.received_requests().await.unwrap().len(), 2, "the conferences' URLs are not asked");
    let mut log = log(&world).await;
    log.sort_by_key(|entry| entry["to"].to_string());
    let of = |index: usize| {
        (log[index]["what"].as_str(), log[index]["to"].as_str(), log[index]["reference"].as_str())
    };
    assert_eq!(of(0), (Some("forwarded"), Some("East"), Some("req-1")));
    assert_eq!(of(1), (Some("forwarded"), Some("West"), Some("req-1")));
}

#[tokio::test]
async fn p23_a_target_that_fails_is_told_again_and_the_caller_knows_that_it_is_under_way() {
    let server = MockServer::start().await;
    let first = ResponseTemplate::new(500).set_body_string("Internal error");
    Mock::given(method("POST")).respond_with(first).up_to_n_times(4).mount(&server).await;
    answer(&server, taken()).await;
    let world = world("forward", &server).await;
    let heard =
        CALL.replace("call ends", "hears \"Your alert is stored and is being forwarded.\"\ncall ends");
    play(&world, &heard).await;
    world.wait(60).await;
    assert_eq!(told(&server, "/West/alert").await.len(), 3, "two failed, one was taken");
    assert_eq!(told(&server, "/East/alert").await.len(), 3);
    assert_eq!(log(&world).await.len(), 2);
    assert_eq!(world.app.outbox.next_due(None).await.unwrap(), None);
}

#[tokio::test]
async fn an_alert_without_its_text_waits_no_longer_than_each_target_wants() {
    let server = taking().await;
    let world = world("forward", &server).await;
    world.exchange.behave(Behaviour { transcription: Transcribing::Never, ..Behaviour::default() });
    open_alert(&world, "CA1").await;
    let opened = world.now();
    let counts =
        async || (told(&server, "/East/alert").await.len(), told(&server, "/West/alert").await.len());
    for (seconds, wanted) in [(9, (0, 0)), (10, (1, 0)), (59, (1, 0)), (60, (1, 1)), (200, (1, 1))] {
        world.clock.set(opened + jiff::SignedDuration::from_secs(seconds));
        world.run_effects().await;
        assert_eq!(counts().await, wanted, "after {seconds} s");
    }
    let told = told(&server, "/East/alert").await;
    assert_eq!(told[0]["transtatus"], "in-progress");
    text_comes(&world, "CA1", Some("Pumps")).await;
    world.run_effects().await;
    assert_eq!(counts().await, (1, 1), "who has been told is not told again");
}

#[tokio::test]
async fn p25_a_text_that_fails_is_not_waited_for() {
    let server = taking().await;
    let world = world("forward", &server).await;
    open_alert(&world, "CA1").await;
    world.run_effects().await;
    assert_eq!(told(&server, "/West/alert").await.len(), 0);
    text_comes(&world, "CA1", None).await;
    world.run_effects().await;
    let told = told(&server, "/West/alert").await;
    assert_eq!(told.len(), 1);
    let words = "Listen to the recording, there was a transcription error.";
    assert_eq!(told[0]["properties"]["Description"], words);
    assert_eq!(told[0]["properties"]["Short Description"], words);
    assert_eq!(told[0]["transcriptionText"], "");
    assert_eq!(told[0]["transtatus"], "failed");
}

#[tokio::test]
async fn a_message_without_a_text_is_passed_on_at_once() {
    let server = taking().await;
    let world = World::start_with("forward", |settings| {
        settings.menu.transcribe = false;
        aim(settings, &server.uri());
    })
    .await;
    play(&world, &CALL.replace("alerts 1\n", "")).await;
    assert_eq!(told(&server, "/West/alert").await.len(), 1);
}

#[tokio::test]
async fn a_text_that_comes_while_the_alert_is_being_passed_on_goes_along_and_doubles_nothing() {
    let server = taking().await;
    let world = world("forward", &server).await;
    open_alert(&world, "CA1").await;
    world.clock.set(world.now() + jiff::SignedDuration::from_secs(60));
    let taken = effects::claim(&world.app).await.unwrap();
    text_comes(&world, "CA1", Some("Pumps")).await;
    world.run_effects().await;
    assert_eq!(server.received_requests().await.unwrap().len(), 0, "those taken are nobody else's");
    for one in taken {
        effects::run(&world.app, one, std::future::pending).await;
    }
    world.run_effects().await;
    let told = told(&server, "/West/alert").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["transcriptionText"], "Pumps");
}

#[tokio::test]
async fn what_a_dead_process_did_not_note_is_told_again_under_the_same_id() {
    let server = taking().await;
    let world = world("forward", &server).await;
    open_alert(&world, "CA1").await;
    text_comes(&world, "CA1", Some("Pumps")).await;
    let taken = effects::claim(&world.app).await.unwrap();
    let forward = |one: &&effects::TakenEffect| matches!(&one.claimed.effect, Effect::ForwardAlert { target, .. } if target.0 == "West");
    let until = taken.iter().find(forward).unwrap().claimed.until;
    world.clock.set(until);
    world.run_effects().await;
    for late in taken {
        effects::run(&world.app, late, std::future::pending).await;
    }
    let told = told(&server, "/West/alert").await;
    assert_eq!(told.len(), 1, "who comes late sees that it is done");
    let alert = &world.api("/api/alerts").await["alerts"][0];
    assert_eq!(told[0]["alertId"], alert["id"]);
}

#[tokio::test]
async fn a_target_that_refuses_is_given_up_and_the_other_is_told() {
    let logs = crate::world::Logs::caught();
    let server = MockServer::start().await;
    let no = format!("{{\"message\":\"no such recipient, asked with apiKey={KEY}\"}}");
    answer_at(&server, "West", ResponseTemplate::new(400).set_body_string(no)).await;
    answer_at(&server, "East", taken()).await;
    let world = world("forward", &server).await;
    play(&world, CALL).await;
    assert_eq!(told(&server, "/West/alert").await.len(), 1, "never again");
    let log = log(&world).await;
    assert_eq!(log.len(), 2, "{log:?}");
    let lost = log.iter().find(|entry| entry["what"] == "not_forwarded").unwrap();
    assert_eq!(lost["to"], "West");
    assert!(lost["why"].as_str().unwrap().contains("refused it (400)"), "{lost}");
    let errors = logs.of("ERROR");
    assert!(
        errors.iter().any(|line| line.contains("effect given up") && line.contains("West")),
        "{errors:?}"
    );
    assert!(!logs.text().contains(KEY) && !lost.to_string().contains(KEY), "{lost}");
    let outbox = world.api("/api/outbox").await;
    let lanes = outbox["lanes"].as_array().unwrap();
    let of = |lane: &str| lanes.iter().find(|one| one["lane"] == lane).unwrap()["failed"].as_u64();
    assert_eq!((of("forward:West"), of("forward:East")), (Some(1), Some(0)));
}

#[tokio::test]
async fn who_does_not_let_us_in_is_asked_again_because_an_operator_mends_it() {
    for status in [401, 408, 425, 429, 503] {
        let server = MockServer::start().await;
        answer(&server, ResponseTemplate::new(status)).await;
        let world = world("forward", &server).await;
        open_alert(&world, "CA1").await;
        text_comes(&world, "CA1", Some("Pumps")).await;
        world.run_effects().await;
        let count = world.app.outbox.count().await.unwrap();
        assert_eq!(count.failed, 0, "{status}");
        assert_eq!(told(&server, "/West/alert").await.len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_process_that_does_not_have_a_target_leaves_it_to_one_that_does() {
    let server = taking().await;
    let world = world("forward", &server).await;
    open_alert(&world, "CA1").await;
    let mut other = world.app.clone();
    other.forwards = Arc::default();
    text_comes(&world, "CA1", Some("Pumps")).await;
    for one in effects::claim(&other).await.unwrap() {
        effects::run(&other, one, std::future::pending).await;
    }
    assert_eq!(log(&world).await, [""; 0], "nothing is given up");
    let waiting = world.api("/api/outbox").await["effects"].to_string();
    assert!(waiting.contains("the settings have no [[forward]] \\\"West\\\""), "{waiting}");
    world.wait(10).await;
    assert_eq!((told(&server, "/West/alert").await.len(), told(&server, "/East/alert").await.len()), (1, 1));
}

#[tokio::test]
async fn an_alert_that_was_resolved_before_is_not_passed_on() {
    let server = taking().await;
    let world = world("forward", &server).await;
    open_alert(&world, "CA1").await;
    let alert = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).alert.id;
    let night_shift = Actor { who: Who::Key("night shift".to_owned()), from: Channel::Api };
    crate::world::acts::resolve(&world.app, alert, &night_shift).await.unwrap();
    text_comes(&world, "CA1", Some("Pumps")).await;
    world.settle().await;
    assert_eq!(told(&server, "/West/alert").await.len(), 0);
    let log = log(&world).await;
    assert!(log.iter().all(|entry| entry["why"] == "the alert was resolved before"), "{log:?}");
    assert_eq!(log.len(), 2, "{log:?}");
}

#[tokio::test]
async fn a_target_without_a_url_for_an_action_gets_none_of_those() {
    let server = taking().await;
    let world = World::start_with("forward", |settings| {
        aim(settings, &server.uri());
        settings.menu.forwards[0].actions = vec![dutyline::domain::voice::action::Action::Alert];
    })
    .await;
    play(&world, &CALL.replacen("press 1", "press 2", 1)).await;
    assert_eq!(told(&server, "/West/conference").await.len(), 0);
    let told = told(&server, "/East/conference").await;
    assert_eq!((told.len(), told[0]["what"].as_str()), (1, Some("Conference")));
}

#[tokio::test]
async fn a_target_that_hangs_fills_its_own_lane_only() {
    let server = taking().await;
    let world = world("forward", &server).await;
    let number = 40;
    for call in 0..number {
        let call = format!("CA{call}");
        world.clock.set(world.now() + jiff::SignedDuration::from_mins(1));
        open_alert(&world, &call).await;
        text_comes(&world, &call, Some("Pumps")).await;
    }
    let (hanging, others): (Vec<_>, Vec<_>) = effects::claim(&world.app)
        .await
        .unwrap()
        .into_iter()
        .partition(|one| one.claimed.effect.lane().word() == "forward:West");
    assert!(
        !hanging.is_empty() && hanging.len() < number,
        "no more than may be under way: {}",
        hanging.len()
    );
    futures_util::future::join_all(
        others.into_iter().map(|one| effects::run(&world.app, one, std::future::pending)),
    )
    .await;
    let mut lanes = BTreeMap::<Lane, usize>::new();
    loop {
        let taken = effects::claim(&world.app).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for one in taken {
            *lanes.entry(one.claimed.effect.lane()).or_default() += 1;
            effects::run(&world.app, one, std::future::pending).await;
        }
    }
    assert!(!lanes.keys().any(|lane| lane.word() == "forward:West"), "{lanes:?}");
    assert_eq!(told(&server, "/East/alert").await.len(), number);
    assert_eq!(told(&server, "/West/alert").await.len(), 0);
}
