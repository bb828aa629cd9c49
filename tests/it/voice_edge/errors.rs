//! What goes wrong inside a call is said, and never read out by the carrier as an error.

use super::troubled::{Trouble, Troubled};
use super::*;
use crate::world::{ListedAlerts as _, Logs, World};
use std::time::Duration;

const CONTACT: &str = "the control room";

/// A program whose store fails on request, and names a contact when it does.
async fn troubled() -> (World, App, std::sync::Arc<Troubled>) {
    let world = World::start_with("one-group", |settings| {
        settings.menu.fallback_contact = Some(CONTACT.to_owned());
    })
    .await;
    let mut app = world.app.clone();
    let store = Troubled::between(&mut app);
    (world, app, store)
}

const SORRY: &str = "Sorry, something went wrong on our side. Please call again. Goodbye.";

#[tokio::test]
async fn what_we_never_handed_out_ends_the_call_with_an_apology() {
    let World { app, .. } = &World::start("one-group").await;
    call(app, "CA1", "+15550101").await;
    let known = stored(app, "CA1").await.unwrap();
    let (id, leg) = (known.id, known.leg);
    let other = "01900000-0000-7000-8000-0000000000ff";
    for path in [
        format!("/voice/calls/{other}/legs/{leg}/documents/1"),
        format!("/voice/calls/{id}/legs/{other}/documents/1"),
        format!("/voice/calls/{id}/legs/{leg}/documents/2"),
        format!("/voice/calls/{id}/legs/{leg}/documents/99999999999"),
        format!("/voice/calls/{id}/legs/{leg}/documents/-1"),
        format!("/voice/calls/{id}/legs/{leg}/documents/one"),
        format!("/voice/calls/x/legs/{leg}/documents/1"),
        format!("/voice/calls/{id}/legs/x/documents/1"),
        format!("/voice/calls/%FF/legs/{leg}/documents/1"),
        format!("/voice/calls/..%2F..%2Fetc/legs/{leg}/documents/1"),
    ] {
        let answer = post(app, &path, &[("CallSid", "CA1"), ("Digits", "1")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.last_words(), SORRY, "{path}");
    }
    assert_eq!(post(app, "/voice", &[("From", "+15550101")]).await.last_words(), SORRY);
    assert_eq!(stored(app, "CA1").await.unwrap(), known);
}

#[tokio::test]
async fn a_callback_about_nothing_is_taken_note_of() {
    let World { app, .. } = &World::start("one-group").await;
    let other = "01900000-0000-7000-8000-0000000000ff";
    for (path, said) in [
        ("/voice/status".to_owned(), ("CallStatus", "completed")),
        ("/voice/status".to_owned(), ("CallStatus", "ringing")),
        (format!("/voice/calls/{other}/legs/{other}/recording"), ("RecordingStatus", "completed")),
        (format!("/voice/calls/x/legs/{other}/transcription"), ("TranscriptionStatus", "completed")),
        (format!("/voice/calls/{other}/legs/{other}/transcription"), ("TranscriptionStatus", "failed")),
    ] {
        let answer = post(app, &path, &[&SENT[..], &[("CallSid", "CA1"), said]].concat()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_without_a_word() {
    let World { app, .. } = &World::start("one-group").await;
    let long = "9".repeat(70 * 1024);
    let said = [("CallSid", "CA1"), ("Digits", long.as_str())];
    assert_refused(&post(app, "/voice", &said).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(stored(app, "CA1").await, None);
}

#[tokio::test]
async fn a_caller_hears_that_nothing_was_stored_and_whom_to_call() {
    let (_world, app, store) = troubled().await;
    let at = recording(&app, "CA1").await;
    for trouble in [Trouble::Full, Trouble::Away] {
        store.now(trouble);
        let logs = Logs::caught();
        let words = post(&app, &place(&at), &[&SENT[..], &[("CallSid", "CA1")]].concat()).await.last_words();
        assert_eq!(words, "Your alert could not be stored. Please call the control room. Goodbye.");
        assert_eq!(logs.of("ERROR").len(), 1, "{}", logs.text());
    }
    store.now(Trouble::Gone);
    let answer = post(&app, &place(&at), &[&SENT[..], &[("CallSid", "CA1")]].concat()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        app.alerts.alerts(None, None, 10).await.unwrap().len(),
        1,
        "the carrier asked again, and all is well"
    );
}

#[tokio::test]
async fn a_caller_of_a_store_that_fails_hears_an_apology_and_the_next_is_served() {
    let (_world, app, store) = troubled().await;
    let menu = {
        call(&app, "CA1", "+15550101").await;
        stored(&app, "CA1").await.unwrap()
    };
    store.now(Trouble::Away);
    let logs = Logs::caught();
    let sorry =
        "Sorry, something went wrong on our side. Please call again, or call the control room. Goodbye.";
    assert_eq!(call(&app, "CA2", "+15550101").await.last_words(), sorry);
    assert_eq!(post(&app, &place(&menu), &[("Digits", "1")]).await.last_words(), sorry);
    assert_eq!(logs.of("ERROR").len(), 2, "{}", logs.text());
    let status = post(&app, "/voice/status", &[("CallSid", "CA1"), ("CallStatus", "completed")]).await;
    assert_eq!(status.status, StatusCode::SERVICE_UNAVAILABLE, "the carrier asks again");
    store.now(Trouble::Gone);
    assert!(call(&app, "CA3", "+15550101").await.body.contains("<Gather"));
}

#[tokio::test]
async fn a_turn_that_takes_too_long_ends_in_an_apology_before_the_carrier_gives_up() {
    let (_world, app, store) = troubled().await;
    store.now(Trouble::Silent);
    let logs = Logs::caught();
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let words = call(&app, "CA1", "+15550101").await.last_words();
    let took = before.elapsed();
    assert!(words.contains("call the control room"), "{words}");
    assert!(took < Duration::from_millis(4_500), "{took:?}");
    assert_eq!(logs.of("ERROR").len(), 1, "{}", logs.text());
}

#[tokio::test]
async fn a_turn_that_panics_ends_in_an_apology_and_its_words_are_not_logged() {
    let (_world, app, store) = troubled().await;
    store.now(Trouble::Panics);
    let logs = Logs::caught();
    let words = call(&app, "CA1", "+15550101").await.last_words();
    assert!(words.contains("call the control room"), "{words}");
    assert_eq!(logs.of("ERROR").len(), 1, "{}", logs.text());
    assert!(!logs.text().contains("15550101"), "{}", logs.text());
    store.now(Trouble::Gone);
    assert!(call(&app, "CA2", "+15550101").await.body.contains("<Gather"));
}

#[tokio::test]
async fn a_stranger_never_hears_the_contact() {
    let (_world, app, store) = troubled().await;
    for trouble in [Trouble::Away, Trouble::Panics] {
        store.now(trouble);
        let answer = send(&app, form("/voice", &[("CallSid", "CA1")], None)).await;
        assert_refused(&answer, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_database_that_is_full_says_so_and_goes_on_when_there_is_room() {
    let world = World::start_with("one-group", |settings| {
        settings.store.max_bytes = Some(800_000);
        settings.limits.calls_per_number_per_minute = 10_000;
    })
    .await;
    let mut calls = 0;
    let words = loop {
        let answer = call(&world.app, &format!("CA{calls}"), "+15550101").await;
        assert_eq!(answer.status, StatusCode::OK);
        if !answer.body.contains("<Gather") {
            break answer.last_words();
        }
        calls += 1;
        assert!(calls < 5_000, "it never fills");
    };
    assert!(words.starts_with("Sorry, something went wrong on our side."), "{words}");
    let ready = async || world.http.get(world.url("/ready")).send().await.unwrap().status();
    assert_eq!(ready().await, StatusCode::SERVICE_UNAVAILABLE, "what can't take a call is not ready");
    let database = rusqlite::Connection::open(world.folder().join("dutyline.db")).unwrap();
    database.execute_batch("delete from documents; delete from calls;").unwrap();
    assert!(call(&world.app, "CAlast", "+15550101").await.body.contains("<Gather"));
    assert_eq!(ready().await, StatusCode::OK);
}

#[tokio::test]
async fn a_store_that_is_closed_ends_calls_with_an_apology() {
    let world = World::start("one-group").await;
    world.store.close().await;
    assert!(call(&world.app, "CA1", "+15550101").await.last_words().starts_with("Sorry"));
}
