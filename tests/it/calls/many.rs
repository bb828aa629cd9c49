//! Many calls at the same time.

use crate::world::World;
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use jiff::SignedDuration;
use std::collections::BTreeSet;

const CALLS: u32 = 50;

/// A stranger's number.
fn number(n: u32) -> String {
    format!("+155510{n:02}")
}

fn text(n: u32) -> String {
    format!("This is message number {n} of fifty")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p47_fifty_calls_at_once_do_not_mix() {
    let world = World::start("open").await;
    let dial = |n| world.exchange.dial(Dial { from: Some(number(n)), attestation: None });
    let calls: Vec<(u32, String)> = (0..CALLS).map(|n| (n, dial(n))).collect();
    world.settle().await;
    for (n, call) in &calls {
        world.exchange.press(call, if n % 2 == 0 { "1" } else { "2" }).unwrap();
    }
    world.settle().await;
    for (n, call) in &calls {
        world.exchange.press(call, if n % 3 == 0 { "1" } else { "2" }).unwrap();
    }
    world.settle().await;
    let beeped = |call: &str| {
        let line = world.exchange.line(call, 0).unwrap();
        line.iter().any(|event| event.kind == Kind::Beep)
    };
    while !calls.iter().all(|(_, call)| beeped(call)) {
        world.pass(SignedDuration::from_secs(1)).await;
    }
    for (n, call) in &calls {
        world.exchange.say(call, &text(*n), SignedDuration::from_secs(4)).unwrap();
    }
    world.wait(4).await;
    for (n, call) in &calls {
        // Some send it, some hang up: both open the alert.
        if n % 5 == 0 {
            world.exchange.hang_up(call).unwrap();
        } else {
            world.exchange.press(call, "1").unwrap();
        }
    }
    world.wait(60).await;
    let answer = world.api("/api/alerts?limit=100").await;
    let alerts = answer["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), calls.len());
    let mut seen = BTreeSet::new();
    for alert in alerts {
        let from = alert["caller"]["number"].as_str().unwrap();
        let n = (0..CALLS).find(|n| number(*n) == from).unwrap();
        assert!(seen.insert(n), "two alerts of call {n}");
        assert_eq!(alert["message"]["text"], text(n), "call {n}: {alert}");
        assert_eq!(alert["recipients"][0]["group"], if n % 3 == 0 { "Database" } else { "Network" });
        assert_eq!(alert["action"], if n % 2 == 0 { "alert" } else { "conference" });
    }
}
