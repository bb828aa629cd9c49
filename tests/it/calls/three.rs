//! Three processes on one database, and every webhook reaches all of them at the same time.

use crate::world::{ListedAlerts as _, World};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use dutyline::app::App;
use dutyline::domain::alerting::log::Happened;
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::service::{effects, voice};
use futures_util::future::join_all;
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt as _;

const CALLS: u32 = 36;

/// What stands in front of the processes.
#[derive(Clone)]
pub(super) struct Front {
    routers: Arc<[Router]>,
    turn: Arc<AtomicUsize>,
    /// Documents that were not the same from all of them.
    pub(super) different: Arc<Mutex<Vec<String>>>,
}

impl Front {
    pub(super) fn of(apps: &[App]) -> Self {
        let routers = apps.iter().map(|app| dutyline::http::router(app.clone())).collect();
        Self { routers, turn: Arc::default(), different: Arc::default() }
    }

    pub(super) fn router(&self) -> Router {
        let front = self.clone();
        Router::new().fallback(move |request: Request| front.clone().pass_on(request))
    }

    /// A webhook goes to all of them at once, anything else to one after another.
    async fn pass_on(self, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let ask = async |router: &Router| {
            let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
            router.clone().oneshot(request).await.unwrap()
        };
        if !path.starts_with("/voice") {
            let next = self.turn.fetch_add(1, Ordering::Relaxed) % self.routers.len();
            return ask(&self.routers[next]).await;
        }
        let answers = join_all(self.routers.iter().map(ask)).await;
        let mut documents: Vec<(StatusCode, Bytes)> = vec![];
        for answer in answers {
            let status = answer.status();
            documents.push((status, to_bytes(answer.into_body(), usize::MAX).await.unwrap()));
        }
        if documents.windows(2).any(|two| two[0] != two[1]) {
            self.different.lock().unwrap().push(format!("{path}: {documents:#?}"));
        }
        let (status, document) = documents.swap_remove(0);
        let mut response = Response::new(Body::from(document));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"));
        response
    }
}

/// Lets so much time pass; all processes do what is due at the same time. Answers how many deadlines there were.
pub(super) async fn wait(world: &World, apps: &[App], seconds: i64) -> usize {
    let until = world.now() + SignedDuration::from_secs(seconds);
    let mut deadlines = 0;
    loop {
        world.exchange.settle().await;
        let mut effects = 0;
        for done in join_all(apps.iter().map(work)).await {
            effects += done.0;
            deadlines += done.1;
        }
        if effects > 0 || world.exchange.next_due().is_some_and(|due| due <= world.now()) {
            continue;
        }
        if world.now() >= until {
            return deadlines;
        }
        world.clock.set(world.now() + SignedDuration::from_secs(1));
    }
}

/// How many effects one process does, and how many deadlines.
async fn work(app: &App) -> (usize, usize) {
    let (claimed, deadlines) = tokio::join!(effects::claim(app), voice::deadlines(app));
    let claimed = claimed.unwrap();
    let count = claimed.len();
    join_all(claimed.into_iter().map(|one| effects::run(app, one, std::future::pending))).await;
    (count, deadlines.unwrap())
}

/// A stranger's number.
fn number(n: u32) -> String {
    format!("+155510{n:02}")
}

fn text(n: u32) -> String {
    format!("This is message number {n}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_on_one_database_lose_and_double_nothing() {
    let Some(mut world) = World::start_on_postgres("open", |settings| {
        settings.menu.longest_message = 10;
        settings.menu.draft_deadline = 60;
    })
    .await
    else {
        return;
    };
    let apps = [world.app.clone(), world.beside().await, world.beside().await];
    let front = Front::of(&apps);
    world.serve(front.router()).await;
    // Who hangs up without having decided is noticed by the call's deadline only.
    let faults = [Fault::StatusCallbackLost].into();
    world.exchange.behave(Behaviour { faults, ..Behaviour::default() });

    let dial = |n| world.exchange.dial(Dial { from: Some(number(n)), attestation: None });
    let calls: Vec<(u32, String)> = (0..CALLS).map(|n| (n, dial(n))).collect();
    wait(&world, &apps, 0).await;
    for key in ["1", "2"] {
        for (_, call) in &calls {
            world.exchange.press(call, key).unwrap();
        }
        wait(&world, &apps, 0).await;
    }
    let beeped = |call: &str| world.exchange.line(call, 0).unwrap().iter().any(|one| one.kind == Kind::Beep);
    while !calls.iter().all(|(_, call)| beeped(call)) {
        wait(&world, &apps, 1).await;
    }
    for (n, call) in &calls {
        world.exchange.say(call, &text(*n), SignedDuration::from_secs(4)).unwrap();
    }
    wait(&world, &apps, 4).await;
    for (n, call) in &calls {
        match n % 3 {
            0 => drop(world.exchange.hang_up(call).unwrap()),
            1 => drop(world.exchange.press(call, "1").unwrap()),
            // Says nothing: the recording ends by itself, with the question whether to send it.
            _ => {}
        }
    }
    wait(&world, &apps, 8).await;
    for (n, call) in &calls {
        // Half of those who are being asked hang up then, and nobody is told.
        if n % 3 == 2 && n % 2 == 0 {
            world.exchange.hang_up(call).unwrap();
        }
    }
    let deadlines = wait(&world, &apps, 120).await;
    assert_eq!(deadlines, 6, "of those who hung up, once each");

    assert_eq!(*front.different.lock().unwrap(), [""; 0]);
    let alerts = world.app.alerts.alerts(None, None, 200).await.unwrap();
    let mut texts: Vec<_> = alerts.iter().map(|story| story.text().unwrap().to_owned()).collect();
    texts.sort();
    let mut expected: Vec<_> = (0..CALLS).map(text).collect();
    expected.sort();
    assert_eq!(texts, expected, "one alert of each call");
    for story in &alerts {
        let log = world.app.alerts.alert(story.alert.id).await.unwrap().unwrap().log;
        let count = |is: fn(&Happened) -> bool| log.iter().filter(|entry| is(&entry.what)).count();
        let counts = [
            count(|what| matches!(what, Happened::Opened { .. })),
            count(|what| matches!(what, Happened::TextArrived)),
            count(|what| matches!(what, Happened::AudioStored)),
        ];
        // The text may come before anybody has been told: then it is told once, with it.
        let announced = count(|what| matches!(what, Happened::Announced { .. }));
        assert!(counts.iter().all(|count| *count <= 1) && counts[0] == 1, "{log:#?}");
        assert!((1..=2).contains(&announced), "{log:#?}");
        let told = count(|what| matches!(what, Happened::Notified { .. }));
        assert_eq!(told, announced * 2, "by SMS and by mail: {log:#?}");
    }
    let arrived = world.exchange.arrived(0);
    let different: BTreeSet<_> = arrived.iter().map(|one| (one.to.clone(), one.text.clone())).collect();
    assert_eq!(different.len(), arrived.len(), "no message arrives twice");
    let outbox = world.app.outbox.count().await.unwrap();
    assert_eq!((outbox.waiting, outbox.failed), (0, 0));
    for app in &apps {
        assert_eq!(voice::deadlines(app).await.unwrap(), 0);
    }
}
