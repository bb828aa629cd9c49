//! The same on the command line.

use super::*;
use crate::world::acts;
use std::process::Command;

#[tokio::test]
async fn a_preview_in_a_language_that_is_not_there_says_so() {
    for (language, code) in [("en", 0), ("de", 0), ("fr", 2)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.args(["preview", "--settings", "tests/settings/teams.toml", "--language", language]);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(said.contains("there are no prompts for \"fr\"; there are de, en"), code == 2, "{said}");
    }
}

/// `dutyline alerts` with some words: how it ends, and what it says.
async fn command(world: &World, words: &str) -> (i32, String) {
    let client = world.folder().join("client.toml");
    std::fs::write(&client, format!("url = \"{}\"\napi_key = \"{}\"\n", world.url(""), world.key)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
    command.arg("alerts").args(words.split(' ')).arg("--client").arg(&client);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout) + &text(output.stderr))
}

#[tokio::test]
async fn the_command_line_shows_what_has_not_gone_out_yet() {
    let world = world().await;
    let url = world.url("/webhook/plant-secret-of-tests");
    world.http.post(url).json(&json!({ "Title": "Pump stopped" })).send().await.unwrap();
    acts::due(&world.app).await.unwrap();

    let is_waiting = |said: &str| said.lines().any(|line| line.contains("email for ada: waiting"));
    let said = command(&world, "1").await.1;
    assert!(is_waiting(&said), "{said}");
    world.settle().await;
    let said = command(&world, "1").await.1;
    assert!(!is_waiting(&said), "{said}");
}

#[tokio::test]
async fn the_command_line_finds_alerts_and_acts_on_one_and_on_many() {
    let world = world().await;
    let run = async |words: &str| command(&world, words).await;
    let done = async |words: &str| {
        let (code, said) = run(words).await;
        assert_eq!(code, 0, "{words}: {said}");
        said
    };
    let fan = opened(&world, "Fan stopped").await;
    let pump = opened(&world, "Pump stopped").await;

    let said = done("acknowledge 1 --as ada").await;
    assert!(said.contains("acknowledged") && said.contains("by ada"), "{said}");
    assert!(done("undo-acknowledge 1").await.contains("Plant, open"));
    assert!(done("resolve 1").await.contains("Plant, resolved"));
    assert!(done("undo-resolve 1").await.contains("Plant, open"));

    for (filter, found) in [
        ("--team Plant", &[&pump, &fan][..]),
        ("--team Office", &[]),
        ("--search pump", &[&pump]),
        ("--person ada --severity critical", &[]),
        ("--source nobody", &[]),
        ("--category Water", &[]),
        ("--from 2026-01-05T00:00Z --until 2026-01-06T00:00Z", &[&pump, &fan]),
        ("--from 2026-01-06T00:00Z", &[]),
    ] {
        let said = done(filter).await;
        for id in [&fan, &pump] {
            assert_eq!(said.contains(id.as_str()), found.contains(&id), "{filter}: {said}");
        }
    }

    let said = done("acknowledge-all --search fan --as ada").await;
    assert_eq!(said, format!("1  {fan}  acknowledged\n"));
    let said = done("close-all --team Plant").await;
    assert!(said.contains(&format!("1  {fan}  resolved\n")), "{said}");
    assert!(said.contains(&format!("2  {pump}  refused: ")), "nobody has acknowledged it: {said}");
    assert_eq!(done("close-all --team Office").await, "there is no such alert\n");
    assert_eq!(run("close-all").await.0, 2, "not all that there are by a slip");
    assert_eq!(run("1 --team Plant").await.0, 2);
}
