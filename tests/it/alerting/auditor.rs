//! Every open alert is checked, and what was missed is put right.

use super::*;
use dutyline::domain::alerting::category::Window;
use dutyline::domain::alerting::change::Change;
use dutyline::domain::effect::Effect;
use dutyline::domain::ids::{NotificationId, RecordingId};
use dutyline::service::auditing;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn engine(world: &World) -> (StatusCode, Value) {
    let answer = world.http.get(world.url("/health/engine")).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// The alert's next look is forgotten, or far away.
async fn lose(world: &World, id: AlertId, due: Option<Timestamp>) {
    let alert = world.app.alerts.alert(id).await.unwrap().unwrap().alert;
    let mut change = Change::of(alert);
    change.alert.due_at = due;
    world.app.alerts.change(&change).await.unwrap();
}

#[tokio::test]
async fn g63_what_is_overdue_is_put_right_and_counted() {
    let world = World::start("demo").await;
    let id = opened(&world).await;
    let mut messages = Messages(0);
    messages.more(&world).await;
    lose(&world, id, Some(world.now() + SignedDuration::from_hours(10))).await;
    world.wait(90).await;
    assert_eq!(messages.more(&world).await.len(), 0, "nobody has noticed");
    let pass = auditing::pass(&world.app).await.unwrap();
    assert_eq!((pass.open, pass.repaired, pass.left, pass.is_good()), (1, 0, 0, true), "not late enough");
    world.wait(40).await;
    let pass = auditing::pass(&world.app).await.unwrap();
    assert_eq!((pass.open, pass.repaired, pass.left, pass.is_good()), (1, 1, 0, true));
    assert_eq!(messages.more(&world).await.len(), 8);
    let pass = auditing::pass(&world.app).await.unwrap();
    assert_eq!((pass.open, pass.repaired), (1, 0), "once");
    let figures = world.http.get(world.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let faults: Vec<_> =
        figures.lines().filter(|line| line.starts_with("dutyline_audit_faults_total{")).collect();
    let counted: Vec<_> = faults.iter().copied().filter(|line| !line.ends_with(" 0")).collect();
    assert!(faults.len() > 1, "each fault has its figure from the beginning: {faults:?}");
    assert_eq!(counted, [r#"dutyline_audit_faults_total{fault="overdue"} 1"#], "{faults:?}");
}

#[tokio::test]
async fn g63_an_alert_that_nobody_watches_is_watched_again() {
    let world = World::start("demo").await;
    let id = opened(&world).await;
    let mut messages = Messages(0);
    messages.more(&world).await;
    world.wait(62).await;
    messages.more(&world).await;
    lose(&world, id, None).await;
    let pass = auditing::pass(&world.app).await.unwrap();
    assert_eq!((pass.open, pass.repaired), (1, 1));
    world.wait(130).await;
    assert_eq!(messages.more(&world).await.len(), 3, "the next step, at its time");
}

#[tokio::test]
async fn g63_an_alert_in_maintenance_is_no_fault_however_often_it_is_looked_at() {
    let world = World::start_with("demo", |settings| {
        let from = "2026-01-01T00:00:00Z".parse().unwrap();
        let until = "2027-12-31T00:00:00Z".parse().unwrap();
        let team = settings.teams.iter_mut().find(|team| team.name.0 == "Operations").unwrap();
        for category in &mut team.categories {
            category.maintenance.push(Window { from, until });
        }
    })
    .await;
    opened(&world).await;
    for _ in 0..3 {
        world.clock.set(world.now() + SignedDuration::from_mins(5));
        let pass = auditing::pass(&world.app).await.unwrap();
        assert_eq!((pass.open, pass.repaired, pass.left), (1, 0, 0));
    }
}

#[tokio::test]
async fn g63_only_what_people_are_told_by_makes_a_pass_bad() {
    let world = World::start("demo").await;
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ada")).await.unwrap();
    let recording = RecordingId::next(&*world.app.ids);
    for (effect, is_good) in [
        (Effect::Transcribe(recording), true),
        (Effect::DeleteSound("x".to_owned()), true),
        (Effect::SendSms(NotificationId::next(&*world.app.ids)), false),
    ] {
        world.settle().await;
        let mut change = Change::of(world.app.alerts.alert(id).await.unwrap().unwrap().alert);
        change.effects.push(effect.clone().at(world.now()));
        world.app.alerts.change(&change).await.unwrap();
        world.clock.set(world.now() + SignedDuration::from_mins(4));
        let pass = auditing::pass(&world.app).await.unwrap();
        assert_eq!(pass.is_good(), is_good, "{effect:?}: {pass:?}");
    }
}

#[tokio::test]
async fn the_proof_of_a_good_pass_ages() {
    let world = World::start("demo").await;
    let (status, body) = engine(&world).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::SERVICE_UNAVAILABLE, &"engine_stale".into()));
    opened(&world).await;
    auditing::pass(&world.app).await.unwrap();
    let (status, body) = engine(&world).await;
    assert_eq!((status, body["open"].as_u64()), (StatusCode::OK, Some(1)));
    assert_eq!(body["at"], world.now().to_string());
    world.clock.set(world.now() + SignedDuration::from_secs(181));
    assert_eq!(engine(&world).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn g63_the_sign_of_life_goes_out_after_a_good_pass_only() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/ping/1"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let url = format!("{}/ping/1", server.uri()).parse().unwrap();
    let world = World::start_with("demo", |settings| {
        settings.auditor.ping_url = Some(dutyline::settings::SecretUrl::new(url));
    })
    .await;
    opened(&world).await;
    auditing::pass(&world.app).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    // Messages are due, and nobody sends them.
    event(&world, json!({ "title": "Another" })).await;
    let request =
        world.http.post(world.url(&format!("/webhook/{SECRET}"))).json(&json!({ "title": "A third" }));
    request.send().await.unwrap();
    world.clock.set(world.now() + SignedDuration::from_mins(4));
    let pass = auditing::pass(&world.app).await.unwrap();
    assert!(pass.is_stuck && !pass.is_good());
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "whoever watches raises the alarm");
}
