//! Three processes on one database: events reach all of them at the same time, and each looks after everything.

use super::*;
use crate::world::acts;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use dutyline::app::App;
use dutyline::service::{auditing, effects};
use futures_util::future::join_all;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use tower::ServiceExt as _;

/// Matters of which every process hears several times at once.
const MATTERS: usize = 12;

/// Posts an event to one of the processes; answers what it has said.
async fn post_to(app: &App, event: &Value) -> Value {
    let request = Request::post(format!("/webhook/{SECRET}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(event.to_string()))
        .unwrap();
    let answer = dutyline::http::router(app.clone()).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap()
}

/// All of them do whatever is due, at the same time, for so many seconds.
async fn wait(world: &World, apps: &[App], seconds: i64) {
    let until = world.now() + SignedDuration::from_secs(seconds);
    loop {
        world.exchange.settle().await;
        let done = join_all(apps.iter().map(async |app| {
            let (looked, taken) = tokio::join!(acts::due(app), effects::claim(app));
            let taken = taken.unwrap();
            let count = looked.unwrap() + taken.len();
            join_all(taken.into_iter().map(|one| effects::run(app, one, std::future::pending))).await;
            count
        }))
        .await;
        if done.into_iter().sum::<usize>() > 0 {
            continue;
        }
        if world.now() >= until {
            return;
        }
        world.clock.set(world.now() + SignedDuration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_open_each_alert_once_tell_everybody_once_and_repair_nothing() {
    let Some(mut world) = World::start_on_postgres("demo", |settings| {
        settings.sms.as_mut().unwrap().per_number = 10_000;
        settings.sms.as_mut().unwrap().bundle_above = 10_000;
    })
    .await
    else {
        return;
    };
    let apps = [world.app.clone(), world.beside().await, world.beside().await];
    let event =
        |n: usize| json!({ "title": format!("Matter {n} stands"), "X-S4-ExternalID": format!("m{n}") });
    let answers = join_all((0..MATTERS).flat_map(|n| {
        let event = event(n);
        apps.iter().cycle().take(6).map(move |app| {
            let event = event.clone();
            async move { (n, post_to(app, &event).await) }
        })
    }))
    .await;
    let mut outcomes: BTreeMap<usize, BTreeMap<String, usize>> = BTreeMap::new();
    for (n, answer) in answers {
        let outcome = answer["outcome"].as_str().unwrap().to_owned();
        *outcomes.entry(n).or_default().entry(outcome).or_default() += 1;
    }
    for (n, of_matter) in &outcomes {
        assert_eq!((of_matter["opened"], of_matter["repeated"]), (1, 5), "matter {n}: {of_matter:?}");
    }
    wait(&world, &apps, 30).await;
    let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
    for one in world.exchange.arrived(0) {
        let matter = one.text.split("Matter ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
        *told.entry((one.to, matter)).or_default() += 1;
    }
    assert_eq!(told.len(), MATTERS * 3, "two texts and a mail each: {told:?}");
    assert!(told.values().all(|times| *times == 1), "{told:?}");
    // Nobody answers: the steps that follow are made by one of them, once.
    wait(&world, &apps, 150).await;
    let alerts = world.api("/api/alerts?limit=100").await;
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), MATTERS);
    for alert in alerts["alerts"].as_array().unwrap() {
        let story = world.api(&format!("/api/alerts/{}", alert["id"].as_str().unwrap())).await;
        let log = story["log"].as_array().unwrap();
        let mut steps: Vec<_> =
            log.iter().filter(|entry| entry["what"] == "escalated").map(Value::to_string).collect();
        let made = steps.len();
        steps.dedup();
        assert!(made >= 2 && steps.len() == made, "{log:#?}");
    }
    let passes = join_all(apps.iter().map(auditing::pass)).await;
    for pass in passes {
        let pass = pass.unwrap();
        assert_eq!((pass.open, pass.repaired, pass.left), (u32::try_from(MATTERS).unwrap(), 0, 0));
    }
}
