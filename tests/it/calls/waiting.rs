//! How long a caller waits, and what they hear meanwhile.

use crate::world::World;
use dutyline::exchange::behaviour::{Behaviour, Transcribing};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::{Kind, LineEvent};
use jiff::SignedDuration;

/// The caller of the world with one group.
fn ada() -> Dial {
    Dial { from: Some("+15550101".to_owned()), attestation: None }
}

/// Dials, chooses the alert, and speaks for four seconds.
async fn speaks(world: &World) -> String {
    let call = world.exchange.dial(ada());
    world.settle().await;
    world.exchange.press(&call, "1").unwrap();
    world.settle().await;
    begins_to_record(world, &call).await;
    world.exchange.say(&call, "The pumps are down", SignedDuration::from_secs(4)).unwrap();
    world.wait(4).await;
    call
}

async fn begins_to_record(world: &World, call: &str) {
    let beeps = |line: Vec<LineEvent>| line.iter().filter(|event| event.kind == Kind::Beep).count();
    let before = beeps(world.exchange.line(call, 0).unwrap());
    while beeps(world.exchange.line(call, 0).unwrap()) == before {
        world.pass(SignedDuration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn p20_wait_lines_differ_and_end_after_the_longest_wait() {
    for patience in [60, 200] {
        let world =
            World::start_with("one-group", |settings| settings.menu.transcription_wait = patience).await;
        world.exchange.behave(Behaviour { transcription: Transcribing::Never, ..Behaviour::default() });
        let call = speaks(&world).await;
        world.exchange.press(&call, "1").unwrap();
        let confirmed = world.now();
        world.wait(i64::from(patience) + 60).await;
        let line = world.exchange.line(&call, 0).unwrap();
        let heard: Vec<_> =
            line.iter().filter(|event| event.at >= confirmed && event.kind == Kind::Heard).collect();
        for pair in heard.windows(2) {
            assert_ne!(pair[0].text, pair[1].text);
        }
        let last = heard.last().unwrap();
        assert!(last.text.contains("added as soon as it is ready"), "{}", last.text);
        let waited = last.at.duration_since(confirmed).as_secs();
        // No wait is begun that would end too late; a line that has begun is spoken to its end.
        assert!((i64::from(patience) - 15..=i64::from(patience) + 5).contains(&waited), "{waited} s");
    }
}

#[tokio::test]
async fn p18_a_first_take_is_sent_within_a_minute_of_a_hang_up_without_a_second() {
    let world = World::start("one-group").await;
    let call = speaks(&world).await;
    world.exchange.press(&call, "5").unwrap();
    world.settle().await;
    begins_to_record(&world, &call).await;
    world.exchange.hang_up(&call).unwrap();
    world.wait(60).await;
    let alerts = world.api("/api/alerts").await;
    assert_eq!(alerts["alerts"].as_array().unwrap().len(), 1);
}
