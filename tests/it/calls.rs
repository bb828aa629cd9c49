//! Every script of `tests/calls` goes as it is written. A new test of a call is a new file there.

#[cfg(feature = "postgres")]
mod at_once;
mod killed;
mod many;
mod names;
mod people;
mod restart;
#[cfg(feature = "postgres")]
mod three;
mod waiting;

use crate::world::{World, tests_folder};
use dutyline::exchange::script;
use futures_util::StreamExt;
use std::path::{Path, PathBuf};

/// Scripts that a test plays at the same time, each in a world of its own.
const AT_ONCE: usize = 2;
/// How many tests share the scripts: two for each processor of the smallest machine that we build on.
const SHARES: usize = 4;

#[tokio::test]
async fn every_script_goes_as_written_share_1() {
    play_share(0).await;
}

#[tokio::test]
async fn every_script_goes_as_written_share_2() {
    play_share(1).await;
}

#[tokio::test]
async fn every_script_goes_as_written_share_3() {
    play_share(2).await;
}

#[tokio::test]
async fn every_script_goes_as_written_share_4() {
    play_share(3).await;
}

async fn play_share(share: usize) {
    let paths: Vec<_> = scripts().into_iter().skip(share).step_by(SHARES).collect();
    let played = futures_util::stream::iter(&paths).map(|path| play(path)).buffered(AT_ONCE);
    let failures: Vec<String> = played.filter_map(async |failure| failure).collect().await;
    assert!(
        failures.is_empty(),
        "{} of {} scripts failed\n\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n")
    );
}

#[test]
fn there_are_enough_scripts() {
    assert!(scripts().len() >= 30, "only {} scripts", scripts().len());
}

#[test]
fn every_script_says_first_what_it_shows() {
    for path in scripts() {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy();
        let (case, _) = name.split_once('-').unwrap();
        let first = text.lines().next().unwrap_or_default().to_lowercase();
        let case = case.replacen("b1", "b1.", 1).replace(".0", ".");
        assert!(
            first.starts_with("# ") && first.contains(&case),
            "{name} begins with a comment that names {case} and says what it shows"
        );
    }
}

fn scripts() -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(tests_folder().join("calls"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "call"))
        .collect();
    paths.sort();
    paths
}

/// Plays one script; answers what went otherwise than written.
async fn play(path: &Path) -> Option<String> {
    let name = path.file_name().unwrap().to_string_lossy();
    let text = std::fs::read_to_string(path).unwrap();
    match script::parse(&name, &text) {
        Ok(script) => {
            let world = World::start(&script.settings).await;
            world.play(&script).await.err().map(|failure| failure.to_string())
        }
        Err(errors) => Some(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}
