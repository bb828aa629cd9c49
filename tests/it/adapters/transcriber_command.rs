//! A program of this machine as transcriber.
#![cfg(unix)]

use bytes::Bytes;
use dutyline::adapters::transcriber_command::CommandTranscriber;
use dutyline::ports::error::VendorError;
use dutyline::ports::telephony::Sound;
use dutyline::ports::transcriber::{Speech, Transcriber};
use futures_util::{StreamExt, stream};
use insta::assert_snapshot;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A program that does those lines of shell; `$1` is the sound's file.
fn program(folder: &TempDir, lines: &str) -> PathBuf {
    let path = folder.path().join("transcribe");
    std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

fn transcriber(program: PathBuf, patience: Duration) -> CommandTranscriber {
    CommandTranscriber::new(program, vec!["{wav}".to_owned(), "--to={wav}.txt".to_owned()], patience)
}

fn speech(media_type: &str) -> Speech {
    let pieces = [Ok(Bytes::from_static(b"RIFF ")), Ok(Bytes::from_static(b"and so on"))];
    let sound = Sound { media_type: media_type.to_owned(), bytes: stream::iter(pieces).boxed() };
    Speech { sound, bytes: 14, language: None }
}

async fn run(lines: &str) -> Result<String, VendorError> {
    let folder = tempfile::tempdir().unwrap();
    let transcriber = transcriber(program(&folder, lines), Duration::from_secs(8));
    transcriber.text_of(speech("audio/wav")).await
}

#[tokio::test]
async fn a_program_gets_the_sound_as_a_file_and_prints_the_text() {
    assert_eq!(run("cat \"$1\"; echo noise >&2").await.unwrap(), "RIFF and so on");
    let arguments = run("echo \"$# $1 $2\"; stat -c %a \"$1\"").await.unwrap();
    let (names, mode) = arguments.trim().split_once('\n').unwrap();
    let [count, file, to] = names.split(' ').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((count, to), ("2", format!("--to={file}.txt").as_str()));
    assert!(Path::new(file).extension().is_some_and(|ending| ending == "wav"), "{file}");
    assert_eq!(mode, "600", "nobody else reads it");
    assert!(!Path::new(file).exists(), "it goes with the run");
}

#[tokio::test]
async fn no_shell_reads_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(&folder, "printf '%s|' \"$@\"");
    let arguments = ["$(touch /tmp/never); x", "{wav}"].map(str::to_owned).to_vec();
    let transcriber = CommandTranscriber::new(program, arguments, Duration::from_secs(8));
    let text = transcriber.text_of(speech("audio/mpeg")).await.unwrap();
    assert!(text.starts_with("$(touch /tmp/never); x|") && text.ends_with(".mp3|"), "{text}");
}

#[tokio::test]
async fn a_program_that_fails_is_tried_again_and_its_last_words_are_for_who_looks_for_them() {
    let lines = "echo loading >&2; echo 'no model for +15550101' >&2; echo >&2; exit 3";
    assert_snapshot!(run(lines).await.unwrap_err(), @r#"for now: the transcriber failed (exit status: 3); log.level = "debug" shows its last words"#);
    assert_snapshot!(run("kill -9 $$").await.unwrap_err(), @r#"for now: the transcriber failed (signal: 9 (SIGKILL)); log.level = "debug" shows its last words"#);
    let endless = run("head -c 3000000 /dev/zero >&2; exit 1").await.unwrap_err().to_string();
    assert!(endless.starts_with("for now: the transcriber failed (exit status: 1); ") && endless.len() < 300);
}

#[tokio::test]
async fn a_text_without_end_is_cut_off() {
    let text = run("head -c 3000000 /dev/zero | tr '\\0' x").await.unwrap();
    assert_eq!(text.len(), 1024 * 1024);
    let garbage = run("printf 'caf\\351 x'").await.unwrap_err().to_string();
    assert!(garbage.contains("printed what is no text"), "{garbage}");
}

/// Whether a process is there and no mere remnant of one.
fn lives(id: &str) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = state.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_killed_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("ids");
    let lines = format!("sleep 60 & echo $! > {0}; echo $$ >> {0}; sleep 60", ids.display());
    let transcriber = transcriber(program(&folder, &lines), Duration::from_secs(1));
    let begun = Instant::now();
    let error = transcriber.text_of(speech("audio/wav")).await.unwrap_err();
    assert_snapshot!(error, @"for now: the transcriber was not done within 1 seconds and was killed");
    assert!(begun.elapsed() < Duration::from_secs(5));
    let ids = std::fs::read_to_string(ids).unwrap();
    assert_eq!(ids.lines().count(), 2);
    let died = async {
        while ids.lines().any(lives) {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), died).await.is_ok(), "{ids}");
}

#[tokio::test]
async fn a_child_that_keeps_the_output_open_is_killed_too() {
    let folder = tempfile::tempdir().unwrap();
    let ids = folder.path().join("ids");
    let lines = format!("sleep 60 & echo $! > {}; echo done", ids.display());
    let transcriber = transcriber(program(&folder, &lines), Duration::from_secs(1));
    assert!(transcriber.text_of(speech("audio/wav")).await.is_err());
    let id = std::fs::read_to_string(ids).unwrap();
    let died = async {
        while lives(id.trim()) {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(5), died).await.is_ok(), "{id}");
}

#[tokio::test]
async fn a_program_that_is_not_there_can_be_installed_yet() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = transcriber(folder.path().join("nowhere"), Duration::from_secs(1));
    let error = nowhere.text_of(speech("audio/wav")).await.unwrap_err().to_string();
    assert!(error.starts_with("for now: the transcriber can't be started: "), "{error}");
    let missing =
        "for now: the transcriber's program is not there, or may not be run; check transcriber.command";
    assert_eq!(nowhere.probe().await.unwrap_err().to_string(), missing);
    let there = program(&folder, "true");
    assert_eq!(transcriber(there.clone(), Duration::from_secs(1)).probe().await, Ok(()));
    std::fs::set_permissions(&there, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(transcriber(there, Duration::from_secs(1)).probe().await.is_err());
    assert_eq!(
        transcriber("sh".into(), Duration::from_secs(1)).probe().await,
        Ok(()),
        "where the system looks"
    );
    assert!(transcriber("no-such-program-here".into(), Duration::from_secs(1)).probe().await.is_err());
}
