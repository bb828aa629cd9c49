//! Recordings in a folder.

use bytes::Bytes;
use dutyline::adapters::recordings::SoundStore;
use dutyline::domain::voice::recording::Audio;
use dutyline::ports::error::VendorError;
use dutyline::ports::recordings::Recordings;
use dutyline::ports::telephony::Sound;
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const KEY: &str = "0194/0194a1b2.wav";

fn sound(pieces: Vec<Result<Bytes, VendorError>>) -> Sound {
    Sound { media_type: "audio/wav".to_owned(), bytes: stream::iter(pieces).boxed() }
}

/// A folder that does not exist yet, in one that is removed in the end.
fn folder() -> (TempDir, SoundStore) {
    let outer = tempfile::tempdir().unwrap();
    let recordings = SoundStore::folder(&outer.path().join("a/b"), Duration::from_secs(5)).unwrap();
    (outer, recordings)
}

/// Every file below a folder, by its path in it.
fn files(folder: &Path) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn bytes(recordings: &SoundStore, audio: &Audio, range: std::ops::Range<u64>) -> Vec<u8> {
    let opened = recordings.open(audio, range).await.unwrap();
    opened.try_collect::<Vec<_>>().await.unwrap().concat()
}

#[tokio::test]
async fn a_sound_is_kept_whole_and_read_in_ranges() {
    let (_outer, recordings) = folder();
    let whole: Vec<u8> = (0..=255).cycle().take(700_000).collect();
    let pieces = whole.chunks(9_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let audio = recordings.put(KEY, sound(pieces)).await.unwrap();
    let expected = Audio {
        key: KEY.to_owned(),
        media_type: "audio/wav".to_owned(),
        bytes: 700_000,
        sha256: Sha256::digest(&whole).into(),
    };
    assert_eq!(audio, expected);
    assert_eq!(bytes(&recordings, &audio, 0..700_000).await, whole);
    assert_eq!(bytes(&recordings, &audio, 262_143..262_146).await, &whole[262_143..262_146]);
    assert_eq!(bytes(&recordings, &audio, 699_999..700_000).await, &whole[699_999..]);
    assert_eq!(bytes(&recordings, &audio, 5..5).await, [0; 0]);
}

#[tokio::test]
async fn a_sound_that_is_stored_again_takes_the_place_of_the_first() {
    let (outer, recordings) = folder();
    recordings.put(KEY, sound(vec![Ok(Bytes::from_static(b"first"))])).await.unwrap();
    let audio = recordings.put(KEY, sound(vec![Ok(Bytes::from_static(b"second"))])).await.unwrap();
    assert_eq!(bytes(&recordings, &audio, 0..6).await, b"second");
    assert_eq!(files(outer.path()).len(), 1);
}

#[tokio::test]
async fn a_sound_that_breaks_off_leaves_nothing_behind() {
    let (outer, recordings) = folder();
    let broken = VendorError::temporary("the carrier's answer broke off");
    let pieces = vec![Ok(Bytes::from(vec![1; 300_000])), Err(broken.clone())];
    assert_eq!(recordings.put(KEY, sound(pieces)).await, Err(broken));
    assert_eq!(files(outer.path()), [""; 0]);
}

#[tokio::test]
async fn a_sound_without_end_is_refused_and_leaves_nothing_behind() {
    let (outer, recordings) = folder();
    let mebibyte = Bytes::from(vec![0; 1024 * 1024]);
    let pieces = (0..101).map(|_| Ok(mebibyte.clone())).collect();
    let error = recordings.put(KEY, sound(pieces)).await.unwrap_err();
    assert_eq!(error, VendorError::permanent("the recording is longer than 100 MiB"));
    assert_eq!(files(outer.path()), [""; 0]);
}

#[tokio::test]
async fn an_empty_sound_may_be_whole_later() {
    let (outer, recordings) = folder();
    let error = recordings.put(KEY, sound(vec![])).await.unwrap_err();
    assert_eq!(error, VendorError::temporary("the recording has no sound yet"));
    assert_eq!(files(outer.path()), [""; 0]);
}

#[tokio::test]
async fn a_key_does_not_lead_out_of_the_folder() {
    let (outer, recordings) = folder();
    for key in ["../x", "a/../../x", "a//x", "a/./x"] {
        let put = recordings.put(key, sound(vec![Ok(Bytes::from_static(b"x"))])).await;
        assert_eq!(put, Err(VendorError::permanent("that can't be the name of a recording")), "{key}");
    }
    assert_eq!(files(outer.path()), [""; 0]);
}

#[tokio::test]
async fn a_sound_that_was_removed_stays_away() {
    let (outer, recordings) = folder();
    let audio = recordings.put(KEY, sound(vec![Ok(Bytes::from_static(b"x"))])).await.unwrap();
    std::fs::remove_file(outer.path().join("a/b").join(KEY)).unwrap();
    let error = recordings.open(&audio, 0..1).await.err();
    assert_eq!(
        error,
        Some(VendorError::permanent("the recording is not in the recordings' folder any more"))
    );
}

#[tokio::test]
async fn a_sound_is_deleted_and_may_be_gone_before() {
    let (outer, recordings) = folder();
    let audio = recordings.put(KEY, sound(vec![Ok(Bytes::from_static(b"x"))])).await.unwrap();
    assert_eq!(recordings.delete(&audio.key).await, Ok(()));
    assert_eq!(files(outer.path()), [""; 0]);
    assert_eq!(recordings.delete(&audio.key).await, Ok(()));
    assert_eq!(recordings.delete("never/there").await, Ok(()));
}

#[tokio::test]
async fn a_folder_is_ready_as_long_as_it_takes_files() {
    let (outer, recordings) = folder();
    assert_eq!(recordings.ready().await, Ok(()));
    assert_eq!(files(outer.path()), [""; 0]);
    std::fs::remove_dir(outer.path().join("a/b")).unwrap();
    std::fs::write(outer.path().join("a/b"), "in the way").unwrap();
    assert!(matches!(recordings.ready().await, Err(VendorError::Temporary { .. })));
}

#[cfg(unix)]
#[test]
fn a_new_folder_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let (outer, _recordings) = folder();
    let mode = std::fs::metadata(outer.path().join("a/b")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
