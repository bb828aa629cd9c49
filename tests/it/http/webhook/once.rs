//! Requests that come twice.

use super::*;
use futures_util::future::join_all;
use jiff::SignedDuration;
use reqwest::header::HeaderValue;

fn keyed(world: &World, key: &str, body: &Value) -> RequestBuilder {
    let key = HeaderValue::from_bytes(key.as_bytes()).unwrap();
    posted(world, "").header("idempotency-key", key).json(body)
}

fn unnamed() -> Value {
    json!({ "title": "Pump" })
}

#[tokio::test]
async fn the_same_request_is_done_once_and_answered_as_before() {
    let world = world().await;
    let mut answers = vec![];
    for replayed in ["", "true", "true"] {
        let answer = keyed(&world, "k1", &unnamed()).send().await.unwrap();
        assert_eq!(header(&answer, "idempotent-replayed"), replayed);
        assert_eq!(header(&answer, "content-type"), "application/json");
        assert_eq!(answer.status(), StatusCode::CREATED);
        answers.push(answer.text().await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(alerts(&world).await.len(), 1);
    assert_ne!(event(&world, unnamed()).await["alertId"], Value::Null, "without the key it is another one");
    assert_eq!(alerts(&world).await.len(), 2);
}

#[tokio::test]
async fn it_outlives_a_restart() {
    let mut world = world().await;
    keyed(&world, "k1", &unnamed()).send().await.unwrap();
    world.restart().await;
    let answer = keyed(&world, "k1", &unnamed()).send().await.unwrap();
    assert_eq!(header(&answer, "idempotent-replayed"), "true");
}

#[tokio::test]
async fn a_key_that_was_another_requests_is_refused() {
    let world = world().await;
    keyed(&world, "k1", &unnamed()).send().await.unwrap();
    let answer = keyed(&world, "k1", &json!({ "title": "Fan" })).send().await.unwrap();
    assert_eq!(error(answer, StatusCode::UNPROCESSABLE_ENTITY).await.0, "idempotency_key_reused");
    let elsewhere = posted(&world, "?ExtIdParam=id").header("idempotency-key", "k1").json(&unnamed());
    let answer = elsewhere.send().await.unwrap();
    assert_eq!(error(answer, StatusCode::UNPROCESSABLE_ENTITY).await.0, "idempotency_key_reused");
    let office = post(&world, "/webhook/office-secret-of-tests").header("idempotency-key", "k1");
    let answer = office.json(&json!({ "title": "Fan" })).send().await.unwrap();
    assert_eq!(
        said(answer, StatusCode::CREATED).await["outcome"],
        "opened",
        "another sender's key is another"
    );
    assert_eq!(alerts(&world).await.len(), 2);
}

#[tokio::test]
async fn what_could_not_be_read_may_be_sent_again_with_its_key() {
    let world = world().await;
    let broken = posted(&world, "").header("idempotency-key", "k1").body("{");
    assert_eq!(broken.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let answer = keyed(&world, "k1", &unnamed()).send().await.unwrap();
    assert_eq!(said(answer, StatusCode::CREATED).await["outcome"], "opened");
}

#[tokio::test]
async fn of_many_at_the_same_time_one_is_done() {
    let world = world().await;
    let answers = join_all((0..24).map(|_| keyed(&world, "k1", &unnamed()).send())).await;
    let mut bodies = vec![];
    for answer in answers {
        bodies.push(said(answer.unwrap(), StatusCode::CREATED).await);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert_eq!(alerts(&world).await.len(), 1);
}

#[tokio::test]
async fn many_of_one_matter_at_the_same_time_are_one_alert() {
    let world = world().await;
    let answers = join_all((0..64).map(|_| event(&world, critical()))).await;
    let opened = answers.iter().filter(|answer| answer["outcome"] == "opened").count();
    assert_eq!(opened, 1);
    let alerts = alerts(&world).await;
    assert_eq!((alerts.len(), &alerts[0]["repeats"]), (1, &json!(63)));
}

#[tokio::test]
async fn it_is_kept_for_a_day() {
    let world = world().await;
    keyed(&world, "k1", &unnamed()).send().await.unwrap();
    let (_run, stop) = tokio::sync::watch::channel(false);
    let mut replayed = vec![];
    for hours in [23, 2] {
        world.clock.set(world.now() + SignedDuration::from_hours(hours));
        dutyline::service::retention::pass(&world.app, &stop).await.unwrap();
        let answer = keyed(&world, "k1", &unnamed()).send().await.unwrap();
        replayed.push(header(&answer, "idempotent-replayed").to_owned());
    }
    assert_eq!(replayed, ["true", ""]);
}

#[tokio::test]
async fn a_key_is_short_and_plain() {
    let world = world().await;
    for key in ["", "k\u{e9}y", "a\tb", &"k".repeat(256)] {
        let answer = keyed(&world, key, &unnamed()).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::BAD_REQUEST).await.0, "idempotency_key_invalid", "{key}");
    }
    let longest = "k".repeat(255);
    assert_eq!(keyed(&world, &longest, &unnamed()).send().await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(alerts(&world).await.len(), 1);
}
