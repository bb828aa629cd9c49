//! Texts that are made of our own recordings.

use super::{alerts, call, lane, story, until_nothing_is_due};
use crate::broken::{Broken, Way};
use crate::world::{ListedAlerts as _, Logs, World};
use dutyline::exchange::script;
use dutyline::settings::{Settings, TranscriberBy};
use futures_util::future::join_all;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Texts are made by that one.
fn by(by: TranscriberBy) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settings.menu.carrier_transcribes = false;
        settings.transcriber.by = by;
        settings.transcriber.timeout = Duration::from_millis(400);
    }
}

fn service(url: &str) -> TranscriberBy {
    TranscriberBy::Http {
        url: url.parse().unwrap(),
        api_key: None,
        model: "large-v3".to_owned(),
        send_language: true,
    }
}

async fn answering(text: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "text": text }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn p20_a_service_makes_the_text_while_the_caller_waits() {
    let server = answering(" Pumps are down. ").await;
    let world = World::start_with("one-group", by(service(&server.uri()))).await;
    call(
        &world,
        "press 1\nhears \"put into writing\"\nhears \"with your recording and its text\"\ncall ends\n\
         alert for \"Database\" saying \"Pumps are down.\"\nsms to ben containing \"Pumps are down.\"\n",
    )
    .await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert_eq!(alert["message"]["text"], "Pumps are down.");
    let story = story(&alert);
    assert_eq!(story.iter().filter(|what| **what == "text_arrived").count(), 1, "{story:?}");
    assert_eq!(world.app.outbox.next_due(None).await.unwrap(), None, "the carrier is not asked for a text");
    let request = server.received_requests().await.unwrap().remove(0);
    let story = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0);
    let sound = story.recording.unwrap().audio.unwrap();
    let form = String::from_utf8_lossy(&request.body);
    assert!(form.contains("name=\"language\"\r\n\r\nen\r\n"), "the caller's language");
    assert!(form.contains("filename=\"message.wav\"\r\nContent-Type: audio/wav"));
    assert!(request.body.len() as u64 > sound.bytes && form.contains("RIFF"), "our own recording, whole");
}

/// The carrier is not asked to make a text: it would cost money, and be heard in English.
#[tokio::test]
async fn b118_the_carrier_is_not_asked_for_texts_that_somebody_else_makes() {
    let server = answering("Die Pumpen stehen.").await;
    let world = World::start_with("german", by(service(&server.uri()))).await;
    let text = "settings german\ncaller ada\ndial\npress 1\npress 1\nrecords \"Die Pumpen\" for 9 seconds\npress 1\n\
                call ends\nalert for \"Datenbank\" saying \"Die Pumpen stehen.\"\n";
    let script = script::parse("german", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    let alert = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).alert;
    let leg = world.app.calls.call(alert.origin.call().unwrap().call).await.unwrap().unwrap().leg;
    let mut documents = vec![];
    while let Some(document) = world.app.calls.reply(leg, documents.len().try_into().unwrap()).await.unwrap()
    {
        documents.push(document);
    }
    let record = documents.iter().find(|document| document.contains("<Record ")).unwrap();
    assert!(!record.contains("transcribe"), "{record}");
    let request = server.received_requests().await.unwrap().remove(0);
    assert!(String::from_utf8_lossy(&request.body).contains("name=\"language\"\r\n\r\nde\r\n"));
}

#[tokio::test]
async fn p20_a_program_makes_the_text_while_the_caller_waits() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("transcribe");
    std::fs::write(&program, "#!/bin/sh\nhead -c 4 \"$1\"; echo ' is what it begins with'\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let command = TranscriberBy::Command { program, arguments: vec!["{wav}".to_owned()] };
    let world = World::start_with("one-group", |settings| {
        by(command)(settings);
        settings.transcriber.timeout = Duration::from_secs(8);
    })
    .await;
    call(&world, "press 1\ncall ends\nalert for \"Database\" saying \"RIFF is what it begins with\"\n").await;
}

/// A short message stays sound only, whoever makes the texts.
#[tokio::test]
async fn p22_a_message_that_needs_no_text_is_not_given_to_the_service() {
    let server = answering("never").await;
    let world = World::start_with("one-group", |settings| {
        by(service(&server.uri()))(settings);
        settings.menu.shortest_transcribed = 30;
    })
    .await;
    call(&world, "press 1\ncall ends\nalerts 1\n").await;
    until_nothing_is_due(&world).await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert_eq!(alert["message"]["transcript"], "unwanted");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

/// A service that hears nothing in a message has done its work: it is not asked again.
#[tokio::test]
async fn p21_a_text_without_a_word_is_none() {
    let server = answering("  \n").await;
    let world = World::start_with("one-group", by(service(&server.uri()))).await;
    call(&world, "press 1\nhears \"with your recording\"\ncall ends\nalerts 1\n").await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert_eq!(story(&alert).iter().filter(|what| **what == "text_failed").count(), 1, "{alert}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

async fn with_a_broken_service(way: Way) {
    let broken = Broken::start(way).await;
    let world = World::start_with("one-group", by(service(&broken.url))).await;
    call(&world, "press 1\nhears \"Your alert for Database is open\"\ncall ends\nalerts 1\n").await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    let told = story(&alert);
    assert!(told.contains(&"audio_stored") && told.contains(&"notified"), "{way:?}: {told:?}");
    assert!(!told.contains(&"text_failed"), "{way:?}: {told:?}");
    assert_eq!(lane(&world, "transcriber").await, (1, 0), "{way:?}: what is tried again is to be seen");
    until_nothing_is_due(&world).await;
    assert_eq!(lane(&world, "transcriber").await, (0, 1), "{way:?}");
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert_eq!(*story(&alert).last().unwrap(), "text_failed", "{way:?}");
    if way != Way::Refused {
        assert_eq!(broken.asked(), 8, "{way:?}: not beyond an hour");
    }
    let last: jiff::Timestamp =
        alert["log"].as_array().unwrap().last().unwrap()["at"].as_str().unwrap().parse().unwrap();
    let opened: jiff::Timestamp = alert["opened_at"].as_str().unwrap().parse().unwrap();
    assert!(last.duration_since(opened).as_mins() < 60, "{way:?}");
    assert_eq!(broken.followed(), 0, "{way:?}");
}

#[tokio::test]
async fn p21_with_a_transcriber_that_is_broken_the_call_goes_on_and_the_alert_is_stored() {
    join_all(Way::ALL.map(with_a_broken_service)).await;
}

#[tokio::test]
async fn p21_more_messages_than_may_wait_stay_without_text_and_that_is_told() {
    let silent = Broken::start(Way::Silent).await;
    let world = World::start_with("one-group", |settings| {
        by(service(&silent.url))(settings);
        settings.transcriber.queue = 0;
    })
    .await;
    call(&world, "press 1\nhears \"added as soon as it is ready\"\ncall ends\nalerts 1\n").await;
    assert_eq!(lane(&world, "transcriber").await, (1, 0));
    let logs = Logs::caught();
    call(&world, "press 1\nnever hears \"added as soon as it is ready\"\ncall ends\nalerts 2\n").await;
    let warnings = logs.of("WARN");
    assert_eq!(
        warnings.iter().filter(|line| line.contains("too many recordings wait")).count(),
        1,
        "{warnings:?}"
    );
    let [second, first] = alerts(&world).await.try_into().unwrap();
    assert!(story(&second).contains(&"text_failed"), "{second}");
    assert!(!story(&first).contains(&"text_failed"), "{first}");
    assert_eq!(lane(&world, "transcriber").await, (1, 0));
    let figures = world.http.get(world.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("dutyline_texts_refused_total "), "{figures}");
}

#[tokio::test]
async fn p21_a_sound_that_can_not_be_had_has_no_text_either() {
    let server = answering("never").await;
    let world = World::start_with("one-group", by(service(&server.uri()))).await;
    crate::voice_edge::leave_message(&world.app, "CA1", "RE1").await;
    until_nothing_is_due(&world).await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    let told = story(&alert);
    assert!(told.contains(&"audio_lost") && told.contains(&"text_failed"), "{told:?}");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}
