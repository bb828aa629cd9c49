//! What is told beside the line: recordings, transcriptions, and what goes wrong with telling.

use dutyline::exchange::behaviour::{Behaviour, Fault, Transcribing};
use dutyline::exchange::line::Kind;
use jiff::SignedDuration;

use super::world::{Reply, World, xml};

const RECORD: &str = "<Record action=\"HOST/recorded\" method=\"POST\" timeout=\"0\" maxLength=\"120\" \
                      recordingStatusCallback=\"HOST/recording\" recordingStatusCallbackEvent=\"completed absent\" \
                      transcribe=\"true\" transcribeCallback=\"HOST/transcribed\"/>";

async fn world(behaviour: Behaviour) -> World {
    let world = World::start(|seen| match seen.path.as_str() {
        "/voice" => xml(RECORD),
        "/recorded" => xml("<Pause length=\"30\"/>"),
        _ => Reply::Status(204),
    })
    .await;
    world.exchange.behave(behaviour);
    world
}

/// A call with a recording of so many seconds, to its very end. Returns its sid.
async fn record(world: &World, seconds: i64) -> String {
    let sid = world.dial().await;
    world.exchange.say(&sid, "Pumps are down", SignedDuration::from_secs(seconds)).unwrap();
    world.pass(seconds).await;
    world.press(&sid, "1").await;
    world.pass_all().await;
    sid
}

/// The behaviour with one fault.
fn with(fault: Fault) -> Behaviour {
    Behaviour { faults: [fault].into(), ..Behaviour::default() }
}

fn transcribing(transcription: Transcribing) -> Behaviour {
    Behaviour { transcription, ..Behaviour::default() }
}

#[tokio::test]
async fn the_file_comes_first_then_the_text() {
    let world = world(Behaviour::default()).await;
    let sid = record(&world, 14).await;
    assert_eq!(world.paths(), ["/voice", "/recorded", "/recording", "/transcribed", "/status"]);
    let sound = world.at("/recording");
    assert_eq!(sound.field("CallSid"), Some(sid.as_str()));
    assert_eq!(sound.field("RecordingStatus"), Some("completed"));
    assert_eq!(sound.field("RecordingDuration"), Some("14"));
    assert_eq!(sound.field("RecordingSource"), Some("RecordVerb"));
    assert_eq!(sound.field("RecordingStartTime"), Some("Mon, 05 Jan 2026 09:00:00 +0000"));
    assert_eq!(sound.field("From"), None);
    let text = world.at("/transcribed");
    assert_eq!(text.field("TranscriptionStatus"), Some("completed"));
    assert_eq!(text.field("TranscriptionText"), Some("Pumps are down"));
    assert_eq!(text.field("RecordingSid"), sound.field("RecordingSid"));
    assert!(text.field("TranscriptionSid").unwrap().starts_with("TR"));
    assert!(text.field("TranscriptionUrl").unwrap().ends_with(text.field("TranscriptionSid").unwrap()));
}

#[tokio::test]
async fn the_text_takes_its_time() {
    let world = world(transcribing(Transcribing::AfterSeconds(20))).await;
    let sid = world.dial().await;
    world.exchange.say(&sid, "Pumps", SignedDuration::from_secs(3)).unwrap();
    world.pass(3).await;
    world.press(&sid, "1").await;
    world.pass(19).await;
    assert!(!world.paths().contains(&"/transcribed".to_owned()));
    world.pass(1).await;
    assert!(world.paths().contains(&"/transcribed".to_owned()));
}

#[tokio::test]
async fn p21_a_transcription_can_fail() {
    let world = world(transcribing(Transcribing::Fails)).await;
    record(&world, 14).await;
    let text = world.at("/transcribed");
    assert_eq!(text.field("TranscriptionStatus"), Some("failed"));
    assert_eq!(text.field("TranscriptionText"), None);
}

#[tokio::test]
async fn a_transcription_can_stay_away_for_ever() {
    let world = world(transcribing(Transcribing::Never)).await;
    record(&world, 14).await;
    assert_eq!(world.paths(), ["/voice", "/recorded", "/recording", "/status"]);
}

#[tokio::test]
async fn recordings_out_of_range_are_not_transcribed() {
    for (seconds, transcribed) in [(1, false), (2, true), (119, true), (120, false)] {
        let world = world(Behaviour::default()).await;
        record(&world, seconds).await;
        assert_eq!(world.paths().contains(&"/transcribed".to_owned()), transcribed, "{seconds} s");
    }
}

#[tokio::test]
async fn an_empty_recording_is_reported_absent() {
    let world = world(Behaviour::default()).await;
    let sid = world.dial().await;
    world.press(&sid, "1").await;
    world.pass_all().await;
    assert_eq!(world.paths(), ["/voice", "/status", "/recording"]);
    assert_eq!(world.at("/recording").field("RecordingStatus"), Some("absent"));
}

#[tokio::test]
async fn p48_repeated_webhooks_carry_the_same_token() {
    let world = world(with(Fault::WebhooksRepeated)).await;
    record(&world, 14).await;
    let seen = world.seen();
    assert_eq!(seen.len(), 10);
    for pair in seen.chunks(2) {
        assert_eq!((&pair[0].path, &pair[0].token), (&pair[1].path, &pair[1].token));
        assert_eq!(pair[0].fields, pair[1].fields);
    }
    assert_ne!(seen[0].token, seen[2].token);
}

#[tokio::test]
async fn callbacks_can_be_lost() {
    let world_1 = world(with(Fault::RecordingCallbackLost)).await;
    record(&world_1, 14).await;
    assert_eq!(world_1.paths(), ["/voice", "/recorded", "/transcribed", "/status"]);
    let world_2 = world(with(Fault::StatusCallbackLost)).await;
    record(&world_2, 14).await;
    assert_eq!(world_2.paths(), ["/voice", "/recorded", "/recording", "/transcribed"]);
}

#[tokio::test]
async fn callbacks_can_overtake_one_another() {
    let world = world(with(Fault::WebhooksSwapped)).await;
    let sid = world.dial().await;
    world.exchange.say(&sid, "Pumps are down", SignedDuration::from_secs(14)).unwrap();
    world.pass(14).await;
    world.exchange.hang_up(&sid).unwrap();
    world.pass_all().await;
    assert_eq!(world.paths(), ["/voice", "/status", "/recorded", "/transcribed", "/recording"]);
}

#[tokio::test]
async fn a_callback_that_is_refused_is_trouble_on_the_line_but_no_end() {
    let world = World::start(|seen| match seen.path.as_str() {
        "/voice" => xml(RECORD),
        "/recorded" => xml("<Pause length=\"30\"/>"),
        _ => Reply::Status(500),
    })
    .await;
    let sid = record(&world, 14).await;
    let line = world.exchange.line(&sid, 0).unwrap();
    let trouble = line.iter().filter(|event| event.kind == Kind::Trouble).count();
    assert_eq!(trouble, 3, "{line:#?}");
}
