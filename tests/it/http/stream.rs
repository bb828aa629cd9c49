//! What happens to alerts, followed as it happens.

use super::*;
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::log::Happened;
use dutyline::domain::ids::{AlertId, LogId};
use dutyline::ports::store::AlertStore;
use dutyline::service::feed;
use serde_json::json;
use std::collections::BTreeSet;
use tokio::sync::mpsc;

/// Somebody who follows.
struct Follower {
    answer: Response,
    text: String,
}

/// One event.
#[derive(Debug)]
struct News {
    id: String,
    kind: String,
    data: Value,
}

impl Follower {
    async fn begin(world: &World, last: Option<&str>) -> Self {
        let mut request = get(world, "/api/stream").bearer_auth(&world.key);
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header(&answer, "content-type"), "text/event-stream");
        let mut follower = Self { answer, text: String::new() };
        assert_eq!(follower.block().await.as_deref(), Some("retry: 2000\n: what happens to alerts"));
        follower
    }

    /// The next lines up to an empty one; `None`: it is over.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let bytes = self.answer.chunk().await.unwrap()?;
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    async fn next(&mut self) -> Option<News> {
        let block = self.block().await?;
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {block}")).to_owned()
        };
        let data = serde_json::from_str(&field("data: ")).unwrap();
        Some(News { id: field("id: "), kind: field("event: "), data })
    }

    async fn until(&mut self, what: &str) -> Vec<News> {
        let mut all = vec![];
        loop {
            all.push(self.next().await.unwrap());
            if all.last().unwrap().data["entry"]["what"] == what {
                return all;
            }
        }
    }
}

async fn event(world: &World, title: &str) {
    let url = world.url("/webhook/plant-secret-of-tests");
    let answer = world.http.post(url).json(&json!({ "Title": title })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
}

async fn act(world: &World, deed: &str, body: Value) {
    let id = world.api("/api/alerts?limit=1").await["alerts"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/alerts/{id}/{deed}");
    let answer =
        request(world, Method::POST, &path).bearer_auth(&world.key).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    world.settle().await;
}

#[tokio::test]
async fn whatever_happens_to_an_alert_is_told_at_once() {
    let world = World::start("events").await;
    event(&world, "Before").await;
    world.settle().await;
    let mut follower = Follower::begin(&world, None).await;
    event(&world, "Fan stopped").await;
    world.settle().await;
    let opened = follower.next().await.unwrap();
    assert_eq!(opened.kind, "alert");
    let alert = world.api("/api/alerts?limit=1").await["alerts"][0].clone();
    let short = json!({
        "id": alert["id"], "number": alert["number"], "state": "open", "severity": alert["severity"],
        "team": "Plant", "title": "Fan stopped",
    });
    assert_eq!(opened.data["alert"], short);
    let log = world.api(&format!("/api/alerts/{}/log", alert["id"].as_str().unwrap())).await;
    assert_eq!(opened.data["entry"], log["log"][0]);
    act(&world, "acknowledge", json!({ "as": "ada" })).await;
    let news = follower.until("acknowledged").await;
    let last = news.last().unwrap();
    assert_eq!(
        (&last.data["alert"]["state"], &last.data["entry"]["by"]),
        (&"acknowledged".into(), &"ada".into())
    );
    let told: Vec<_> = std::iter::once(&opened).chain(&news).map(|one| &one.data["entry"]).collect();
    let log = world.api(&format!("/api/alerts/{}/log", alert["id"].as_str().unwrap())).await;
    assert_eq!(told, log["log"].as_array().unwrap().iter().collect::<Vec<_>>(), "everything, once, in order");
}

#[tokio::test]
async fn who_comes_back_has_missed_nothing() {
    let world = World::start("events").await;
    let mut follower = Follower::begin(&world, None).await;
    event(&world, "First").await;
    world.settle().await;
    let last = follower.next().await.unwrap();
    drop(follower);
    act(&world, "acknowledge", json!({})).await;
    event(&world, "Second").await;
    world.settle().await;
    let mut follower = Follower::begin(&world, Some(&last.id)).await;
    act(&world, "notes", json!({ "text": "Seen" })).await;
    let news = follower.until("noted").await;
    let mut told: BTreeSet<_> = news.iter().map(|one| one.id.clone()).collect();
    assert_eq!(told.len(), news.len(), "one that is told again is told once");
    told.insert(last.id);
    let mut entries = 0;
    for alert in world.api("/api/alerts").await["alerts"].as_array().unwrap() {
        let log = world.api(&format!("/api/alerts/{}/log", alert["id"].as_str().unwrap())).await;
        entries += log["log"].as_array().unwrap().len();
    }
    assert_eq!(told.len(), entries);
}

#[tokio::test]
async fn a_hundred_can_follow_and_nobody_without_a_key() {
    let world = World::start_with("events", |settings| {
        settings.limits.requests_per_source_per_minute = 10_000;
    })
    .await;
    let mut all = vec![];
    for _ in 0..100 {
        all.push(Follower::begin(&world, None).await);
    }
    let another = get(&world, "/api/stream").bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(header(&another, "retry-after"), "15");
    assert_eq!(error(another, StatusCode::SERVICE_UNAVAILABLE).await.0, "too_many_streams");
    assert_eq!(get(&world, "/api/stream").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let unknown = get(&world, "/api/stream").bearer_auth(&world.key).header("Last-Event-ID", "7");
    assert_eq!(error(unknown.send().await.unwrap(), StatusCode::BAD_REQUEST).await.0, "invalid_request");
}

#[tokio::test]
async fn whoever_follows_is_let_go_when_the_program_stops() {
    let world = World::start("events").await;
    let mut follower = Follower::begin(&world, None).await;
    event(&world, "Fan stopped").await;
    world.settle().await;
    assert!(follower.next().await.is_some());
    world.app.feed.end();
    while follower.block().await.is_some() {}
}

/// So much more is written about the one alert that there is.
async fn written(world: &World, count: usize) {
    let id: AlertId = world.api("/api/alerts").await["alerts"][0]["id"].as_str().unwrap().parse().unwrap();
    let mut change = Change::of(world.store.alert(id).await.unwrap().unwrap().alert);
    for _ in 0..count {
        change.note(change.alert.opened_at, Happened::Missed);
    }
    world.store.change(&change).await.unwrap();
}

#[tokio::test]
async fn who_has_missed_very_much_comes_again_for_the_rest() {
    let world = World::start("events").await;
    event(&world, "Fan stopped").await;
    world.settle().await;
    written(&world, feed::MOST_MISSED + 500).await;
    act(&world, "notes", json!({ "text": "Seen" })).await;
    let mut follower = Follower::begin(&world, Some(&LogId::default().to_string())).await;
    let (mut told, mut last) = (BTreeSet::new(), None);
    while let Some(news) = follower.next().await {
        told.insert(news.id.clone());
        last = Some(news.id);
    }
    assert_eq!(told.len(), feed::MOST_MISSED);
    let mut follower = Follower::begin(&world, last.as_deref()).await;
    told.extend(follower.until("noted").await.into_iter().map(|news| news.id));
    let alert = world.api("/api/alerts").await["alerts"][0]["id"].as_str().unwrap().to_owned();
    let log = world.api(&format!("/api/alerts/{alert}/log")).await;
    assert_eq!(told.len(), log["log"].as_array().unwrap().len(), "all of it");
}

#[tokio::test]
async fn who_is_told_what_they_have_missed_is_let_go_as_well_when_the_program_stops() {
    let world = World::start("events").await;
    event(&world, "Fan stopped").await;
    written(&world, 200).await;
    let follower = feed::follow(&world.app).await.unwrap().unwrap();
    let (to, mut from) = mpsc::channel(1);
    let passing = tokio::spawn(feed::pass_on(world.app.clone(), follower, Some(LogId::default()), to));
    assert!(from.recv().await.is_some());
    world.app.feed.end();
    let mut rest = 0;
    while from.recv().await.is_some() {
        rest += 1;
    }
    passing.await.unwrap();
    assert!(rest < 20, "{rest}");
}
