//! A target broken in every way.

use super::*;
use crate::world::{Broken, Gate};
use dutyline::domain::alerting::forward::ForwardName;
use dutyline::domain::effect::Lane;

async fn is_told_later(how: Broken) {
    let server = taking().await;
    let gate = Gate::before(*server.address()).await;
    let at = format!("http://{}", gate.address());
    let world = World::start_gated("forward", |settings| aim(settings, &at)).await;
    gate.shut(how).await;
    play(&world, CALL).await;
    world.wait(30).await;
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
    let lanes = world.app.outbox.count().await.unwrap().lanes;
    for target in ["West", "East"] {
        let lane = lanes[&Lane::Forward(ForwardName(target.to_owned()))];
        assert_eq!((lane.waiting, lane.failed), (1, 0), "{how:?}");
    }
    gate.open().await;
    world.wait(120).await;
    for target in ["West", "East"] {
        assert_eq!(told(&server, &format!("/{target}/alert")).await.len(), 1, "{how:?}");
    }
    assert_eq!(gate.followed(), 0, "nobody follows a redirect with an alert");
}

#[tokio::test]
async fn down() {
    is_told_later(Broken::Down).await;
}

#[tokio::test]
async fn slow() {
    is_told_later(Broken::Slow).await;
}

#[tokio::test]
async fn garbage() {
    is_told_later(Broken::Garbage).await;
}

#[tokio::test]
async fn redirecting() {
    is_told_later(Broken::Redirecting).await;
}

#[tokio::test]
async fn closing_half_way() {
    is_told_later(Broken::ClosingHalfWay).await;
}
