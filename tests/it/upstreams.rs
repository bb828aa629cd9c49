//! Every upstream broken in every way: the call goes on, the alert is stored, and what could not be done is seen
//! and done later.

mod carrier;
mod directory;
mod hunting;
mod mail;
mod on_call;

use crate::world::World;
use dutyline::exchange::script;
use std::time::{Duration, Instant};

/// A call that leaves a message.
const MESSAGE: &str = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps are down\" for 14 seconds\n\
                       press 1\nhears \"is open\"\ncall ends\nalerts 1\n";

/// What a carrier waits for one document, at most.
const CARRIER_WAITS: Duration = Duration::from_secs(15);

/// Makes a test of each way to break of a case `async fn case(how: Broken)`.
macro_rules! in_every_way {
    ($($case:ident)*) => { $(
        mod $case {
            use crate::world::Broken;

            #[tokio::test]
            async fn down() {
                super::$case(Broken::Down).await;
            }

            #[tokio::test]
            async fn slow() {
                super::$case(Broken::Slow).await;
            }

            #[tokio::test]
            async fn garbage() {
                super::$case(Broken::Garbage).await;
            }

            #[tokio::test]
            async fn redirecting() {
                super::$case(Broken::Redirecting).await;
            }

            #[tokio::test]
            async fn closing_half_way() {
                super::$case(Broken::ClosingHalfWay).await;
            }
        }
    )* };
}

use in_every_way;

/// Plays a call of a script's lines and holds it to the carrier's patience, page by page: no page of it may take
/// longer than a carrier waits, whatever the clock of the world says.
async fn call(world: &World, lines: &str) {
    let script = script::parse("upstream", lines).unwrap_or_else(|errors| panic!("{errors:?}"));
    let began = Instant::now();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(began.elapsed() < CARRIER_WAITS, "the call as a whole took longer than one page may");
}

/// What waits for another attempt, by kind and cause, as operators see it; and nothing was given up.
async fn left_undone(world: &World) -> Vec<String> {
    let answer = world.api("/api/outbox").await;
    assert_eq!(answer["failed"], 0, "{answer}");
    let effects = answer["effects"].as_array().unwrap();
    let line = |effect: &serde_json::Value| {
        format!("{}: {}", effect["kind"].as_str().unwrap(), effect["cause"].as_str().unwrap_or("not tried"))
    };
    effects.iter().map(line).collect()
}

/// Whether one of these lines is about that kind, and says why it is not done yet.
fn has_failed(lines: &[String], kind: &str) -> bool {
    lines.iter().any(|line| line.starts_with(&format!("{kind}: ")) && !line.ends_with("not tried"))
}
