//! What is done outside: again when it fails, by somebody else when its process died, and beside what is slow.

use crate::voice_edge;
use crate::world::{ListedAlerts as _, World};
use async_trait::async_trait;
use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::domain::delivery::RETRIES;
use dutyline::exchange::line::Road;
use dutyline::exchange::script;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::vendor::{Known, Message, SingleSender, Sought};
use dutyline::service::effects;
use dutyline::worker;
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What happened to the only alert, in words.
async fn story(world: &World) -> Vec<String> {
    let list = world.api("/api/alerts").await;
    let alert = world.api(&format!("/api/alerts/{}", list["alerts"][0]["id"].as_str().unwrap())).await;
    let log = alert["log"].as_array().unwrap();
    log.iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_recording_is_deleted_at_the_carrier_after_its_time_and_stays_here() {
    let world = World::start_with("one-group", |settings| {
        settings.menu.carrier_keeps_hours = Some(2);
    })
    .await;
    let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps\" for 14 seconds\npress 1\ncall ends\n";
    world.play(&script::parse("delete", text).unwrap()).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(10).await;
    let recording = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).recording.unwrap();
    let (source, audio) = (recording.source, recording.audio.unwrap());
    assert!(world.app.telephony.open_recording(&source).await.is_ok());
    world.clock.set(world.now() + SignedDuration::from_secs(7_100));
    world.settle().await;
    assert!(world.app.telephony.open_recording(&source).await.is_ok(), "not yet");
    world.clock.set(world.now() + SignedDuration::from_secs(100));
    world.settle().await;
    assert!(world.app.telephony.open_recording(&source).await.is_err(), "gone at the carrier");
    let bytes = audio.bytes;
    assert!(world.app.recordings.open(&audio, 0..bytes).await.is_ok(), "still here");
    assert_eq!(world.app.outbox.next_due(None).await.unwrap(), None);
}

#[tokio::test]
async fn a_carrier_that_can_not_be_reached_is_asked_again_for_a_day_and_then_the_log_says_so() {
    let world = World::start_with("one-group", |settings| settings.menu.transcribe = false).await;
    voice_edge::leave_message(&world.app, "CA1", "RE1").await;
    let mut app = world.app.clone();
    let number = world.app.live().settings.carrier.number.clone();
    let account = TwilioAccount {
        api_url: "http://127.0.0.1:9/".parse().unwrap(),
        account_sid: "AC1".to_owned(),
        login: TwilioLogin::Token("token".to_owned()),
        texts_from: number.clone(),
        number,
        conferences: true,
    };
    app.telephony = Arc::new(Twilio::new(http_client::build(Duration::from_secs(2)).unwrap(), account));
    world.run_effects().await;
    world.run_effects().await;
    let mut attempts = vec![];
    while let Some(due) = app.outbox.next_due(None).await.unwrap() {
        assert!(!story(&world).await.contains(&"audio_lost".to_owned()));
        world.clock.set(due);
        attempts.push(due);
        for one in effects::claim(&app).await.unwrap() {
            effects::run(&app, one, std::future::pending).await;
        }
    }
    let waits: Vec<_> = attempts.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).collect();
    assert_eq!(waits, RETRIES);
    assert_eq!(story(&world).await.last().unwrap(), "audio_lost");
    let count = app.outbox.count().await.unwrap();
    assert_eq!((count.waiting, count.failed), (0, 1));
}

#[tokio::test]
async fn what_a_dead_process_had_taken_is_done_after_its_lease() {
    let world = World::start("one-group").await;
    voice_edge::leave_message(&world.app, "CA1", "RE1").await;
    let taken = effects::claim(&world.app).await.unwrap();
    assert_eq!(taken.len(), 1, "the announcement; the sound is due later");
    assert_eq!(world.run_effects().await, 0, "nobody else gets it meanwhile");
    world.clock.set(taken[0].claimed.until);
    world.settle().await;
    let told = story(&world).await;
    assert_eq!(told.iter().filter(|what| *what == "announced").count(), 1, "{told:?}");
    assert_eq!(
        told.iter().filter(|what| *what == "notified").count(),
        4,
        "two people, two devices: {told:?}"
    );
    for late in taken {
        effects::run(&world.app, late, std::future::pending).await;
    }
    world.settle().await;
    assert_eq!(story(&world).await, told, "who comes back too late changes nothing");
    assert_eq!(world.exchange.arrived(0).len(), 4);
}

/// A mail server that takes the connection and says nothing.
struct Silent;

#[async_trait]
impl SingleSender for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    fn trace(&self, _message: &Message) -> Option<String> {
        None
    }

    async fn knows(&self, _sought: &Sought<'_>) -> Result<Known, VendorError> {
        Ok(Known::CannotTell)
    }

    async fn probe(&self) -> Result<(), VendorError> {
        Ok(())
    }

    async fn send(&self, _message: &Message) -> Result<Option<String>, Undone> {
        std::future::pending().await
    }
}

/// More mails than may be under way hang; whoever is reached otherwise is told all the same.
#[tokio::test]
async fn a_vendor_who_says_nothing_holds_up_nobody_else() {
    const CALLS: usize = 20;
    let world = World::start_with("one-group", |settings| {
        settings.limits.calls_per_number_per_minute = 100;
    })
    .await;
    let mut app = world.app.clone();
    app.mail = Some(Arc::new(Silent));
    let (_stop, stopped) = watch::channel(false);
    let workers = tokio::spawn(worker::run(app.clone(), stopped));
    for call in 0..CALLS {
        voice_edge::leave_message(&app, &format!("CA{call}"), &format!("RE{call}")).await;
    }
    let arrived = async {
        while world.exchange.arrived(0).iter().filter(|one| one.kind == Road::Sms).count() < 2 * CALLS {
            worker::patience(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(8), arrived).await.is_ok());
    let outbox = world.api("/api/outbox").await;
    let lanes = outbox["lanes"].as_array().unwrap();
    let mail = lanes.iter().find(|lane| lane["lane"] == "mail").unwrap();
    let (waiting, under_way) = (mail["waiting"].as_u64().unwrap(), mail["under_way"].as_u64().unwrap());
    assert_eq!((waiting, under_way), (2 * CALLS as u64, 32), "a lane has a bound: {outbox}");
    workers.abort();
}

#[tokio::test]
async fn a_first_take_is_sent_at_once_when_the_carrier_knows_nothing_of_the_call() {
    let world = World::start("one-group").await;
    let app = &world.app;
    let at = voice_edge::recording(app, "CA-nobody-knows").await;
    let take =
        [("RecordingUrl", "https://elsewhere.example/RE1"), ("RecordingDuration", "6"), ("Digits", "5")];
    voice_edge::post(app, &voice_edge::place(&at), &take).await;
    voice_edge::post(app, "/voice/status", &[("CallSid", "CA-nobody-knows"), ("CallStatus", "completed")])
        .await;
    world.wait(9).await;
    assert_eq!(app.alerts.alerts(None, None, 10).await.unwrap().len(), 0, "there may be a second take");
    world.wait(6).await;
    let alerts = app.alerts.alerts(None, None, 10).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].recording.as_ref().unwrap().seconds, 6);
}
