//! The same on the command line.

use super::*;
use std::process::Command;

#[tokio::test]
async fn the_command_line_shows_and_changes_who_is_on_call() {
    let world = world().await;
    let client = world.folder().join("client.toml");
    std::fs::write(&client, format!("url = \"{}\"\napi_key = \"{}\"\n", world.url(""), world.key)).unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.args(words).arg("--client").arg(&client);
        async move {
            let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (output.status.success(), text(output.stdout) + &text(output.stderr))
        }
    };
    let done = async |words: &[&str]| {
        let (done, said) = run(words).await;
        assert!(done, "{words:?}: {said}");
        said
    };
    assert_eq!(done(&["absences", "list"]).await, "nobody is away\n");
    assert_eq!(done(&["overrides", "list"]).await, "no schedule is overridden\n");
    let said = done(&["absences", "add", "cleo", "--until", "2026-01-05T18:00Z"]).await;
    let (absence, rest) = said.split_once("  ").unwrap();
    assert_eq!(rest, "cleo away from 2026-01-05T09:00:00Z until 2026-01-05T18:00:00Z, nobody stands in\n");
    let replace =
        ["overrides", "add", "Primary", "--replace", "ada", "--by", "ben", "--until", "2026-01-05T18:00Z"];
    let said = done(&replace).await;
    let (one, rest) = said.split_once("  ").unwrap();
    assert_eq!(rest, "Primary: ben for ada from 2026-01-05T09:00:00Z until 2026-01-05T18:00:00Z\n");
    assert_eq!(done(&["overrides", "list"]).await, said);
    assert_eq!(
        done(&["on-call", ODD, "--at", "2026-01-05T10:00Z"]).await,
        format!(
            "{ODD} at 2026-01-05T10:00:00Z\n  1. Ben Brook (ben), level 0, stands in for ada: voice, sms, email\n\
             left out\n  ada is replaced by ben by an override\n  cleo is away, and nobody present stands in\n"
        )
    );
    let (refused, said) = run(&replace).await;
    assert!(!refused && said.contains("the gateway refused: the override"), "{said}");
    let (refused, said) = run(&["absences", "add", "zoe"]).await;
    assert!(!refused && said.contains("person: there is no such person"), "{said}");
    assert_eq!(done(&["overrides", "remove", one]).await, format!("{one} is forgotten\n"));
    assert_eq!(done(&["absences", "remove", absence]).await, format!("{absence} is forgotten\n"));
    let said = done(&["on-call", ODD]).await;
    assert!(said.ends_with("  2. Cleo Castell (cleo), level 1: voice, sms, email\n"), "{said}");
    assert!(!run(&["overrides", "add", "Primary", "--until", "2026-01-05T18:00Z"]).await.0, "nothing said");
    assert!(!run(&["on-call", "Nobody"]).await.0);
}
