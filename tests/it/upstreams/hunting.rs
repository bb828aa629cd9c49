//! The carrier's API, while people are called: documents go on, phones are not rung, or not stopped. No caller is
//! stranded by it, and no phone rings for longer than it was asked to.

use super::{call, has_failed, in_every_way, left_undone};
use crate::world::{Broken, World};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use jiff::Timestamp;

in_every_way! {
    a_caller_for_whom_no_phone_can_be_called_is_offered_a_message_in_time
    whoever_picked_up_before_it_broke_is_put_through
    a_phone_rings_no_longer_than_it_was_asked_to
}

const BEN: &str = "+15550102";
const CLEO: &str = "+15550103";
/// Seconds that the caller waits for somebody, by the settings, and a sentence or two more.
const DEADLINE: i64 = 20 + 15;

/// Ada asks to talk to Ben or Cleo.
async fn asks(world: &World) -> String {
    let call = world.exchange.dial(Dial { from: Some("+15550101".to_owned()), attestation: None });
    world.settle().await;
    for key in ["3", "1"] {
        world.exchange.press(&call, key).unwrap();
        world.settle().await;
    }
    call
}

/// When the words were said on the line, if they were.
fn heard(world: &World, call: &str, words: &str) -> Option<Timestamp> {
    let line = world.exchange.line(call, 0).unwrap();
    line.iter().find(|event| event.kind == Kind::Heard && event.text.contains(words)).map(|event| event.at)
}

async fn a_caller_for_whom_no_phone_can_be_called_is_offered_a_message_in_time(how: Broken) {
    let world = World::start_gated("live-deadline", |_| {}).await;
    world.gates().carrier.shut(how).await;
    let began = world.now();
    let line = asks(&world).await;
    world.wait(DEADLINE).await;
    let offered = heard(&world, &line, "Press 1 to leave a message.").expect("something else is offered");
    assert!(offered.duration_since(began).as_secs() <= DEADLINE);
    world.exchange.press(&line, "1").unwrap();
    world.wait(60).await;
    assert!(heard(&world, &line, "Record your message").is_some());

    world.gates().carrier.open().await;
    world.exchange.hang_up(&line).unwrap();
    world.wait(180).await;
    assert_eq!(world.exchange.ringing(), 0);
    assert_eq!((world.exchange.calls_to(BEN, 0).len(), world.exchange.calls_to(CLEO, 0).len()), (0, 0));
    // What concerned people on the phone was given up at once: it would help nobody now.
    assert_eq!(world.app.outbox.count().await.unwrap().waiting, 0);
    let alerts = world.api("/api/alerts").await;
    assert_eq!(alerts["alerts"][0]["held"], false, "{alerts}");
    assert!(world.app.legs.legs_under_way().await.unwrap().is_empty());
    assert_eq!(world.gates().carrier.betrayed(), 0);
}

async fn whoever_picked_up_before_it_broke_is_put_through(how: Broken) {
    let world = World::start_gated("live-deadline", |_| {}).await;
    let line = asks(&world).await;
    let phone = world.exchange.calls_to(BEN, 0).remove(0).sid;
    world.exchange.pick_up(&phone).unwrap();
    world.settle().await;
    world.gates().carrier.shut(how).await;
    world.exchange.press(&phone, "5").unwrap();
    // Nobody can have the caller's line ask for news, so it does by itself.
    world.wait(20).await;
    let connected =
        |call: &str| world.exchange.line(call, 0).unwrap().iter().any(|one| one.kind == Kind::Connected);
    assert!(connected(&line) && connected(&phone));
    world.wait(10).await;
    world.exchange.hang_up(&line).unwrap();
    world.wait(10).await;
    assert!(world.exchange.line(&phone, 0).unwrap().last().unwrap().kind.is_end(), "nobody sits there alone");
    assert!(world.app.legs.legs_under_way().await.unwrap().is_empty());
    let alerts = world.api("/api/alerts").await;
    assert_eq!(alerts["alerts"][0]["acknowledged"]["by"], "ben", "{alerts}");
}

async fn a_phone_rings_no_longer_than_it_was_asked_to(how: Broken) {
    let world = World::start_gated("live-deadline", |_| {}).await;
    let line = asks(&world).await;
    assert_eq!(world.exchange.ringing(), 1);
    world.gates().carrier.shut(how).await;
    world.exchange.hang_up(&line).unwrap();
    world.settle().await;
    assert!(has_failed(&left_undone(&world).await, "release_leg"));
    world.wait(15).await;
    assert_eq!(world.exchange.ringing(), 0);
    world.gates().carrier.open().await;
    world.wait(180).await;
    assert_eq!(left_undone(&world).await, [""; 0]);
    assert_eq!(world.exchange.calls_to(CLEO, 0).len(), 0);
    // The next call goes as ever.
    call(
        &world,
        "settings live-deadline\ncaller ada\nben answers\ndial\npress 3\npress 1\nben presses 5\nconnected\nhangs up\n",
    )
    .await;
}
