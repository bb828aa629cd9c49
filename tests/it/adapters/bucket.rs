//! Recordings in a bucket.

use crate::broken::{Broken, Way};
use crate::bucket::{BUCKET, Bucket, KEY_ID, REGION, SECRET};
use bytes::Bytes;
use dutyline::adapters::http_client;
use dutyline::adapters::recordings::{S3Bucket, SoundStore};
use dutyline::domain::voice::recording::Audio;
use dutyline::ports::error::VendorError;
use dutyline::ports::recordings::Recordings;
use dutyline::ports::telephony::Sound;
use futures_util::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use std::time::Duration;

const KEY: &str = "0194a1b2";
const PATIENCE: Duration = Duration::from_millis(500);

fn settings(url: &str) -> S3Bucket {
    S3Bucket {
        bucket: BUCKET.to_owned(),
        prefix: None,
        region: REGION.to_owned(),
        endpoint: Some(url.parse().unwrap()),
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        path_style: true,
    }
}

fn store(settings: S3Bucket) -> SoundStore {
    SoundStore::s3(settings, http_client::build(Duration::from_mins(1)).unwrap(), PATIENCE).unwrap()
}

fn sound(pieces: Vec<Result<Bytes, VendorError>>) -> Sound {
    Sound { media_type: "audio/wav".to_owned(), bytes: stream::iter(pieces).boxed() }
}

fn word() -> Sound {
    sound(vec![Ok(Bytes::from_static(b"a word"))])
}

async fn bytes(store: &SoundStore, audio: &Audio, range: std::ops::Range<u64>) -> Vec<u8> {
    store.open(audio, range).await.unwrap().try_collect::<Vec<_>>().await.unwrap().concat()
}

#[tokio::test]
async fn a_sound_is_kept_whole_and_read_in_ranges() {
    let bucket = Bucket::start().await;
    let store = store(settings(&bucket.url));
    let audio = store.put(KEY, word()).await.unwrap();
    assert_eq!((audio.bytes, audio.sha256), (6, Sha256::digest(b"a word").into()));
    assert_eq!(bytes(&store, &audio, 0..6).await, b"a word");
    assert_eq!(bytes(&store, &audio, 2..4).await, b"wo");
    assert_eq!(store.delete(KEY).await, Ok(()));
    assert_eq!(store.delete(KEY).await, Ok(()), "what is gone is deleted");
    assert_eq!(bucket.objects(), []);
    let asked = ["PUT", "GET", "GET", "DELETE", "DELETE"].map(|method| format!("{method} {KEY}"));
    assert_eq!(bucket.asked(), asked);
}

#[tokio::test]
async fn a_long_sound_goes_up_in_parts() {
    let bucket = Bucket::start().await;
    let store = store(S3Bucket { prefix: Some("line/one".to_owned()), ..settings(&bucket.url) });
    let whole: Vec<u8> = (0..=255).cycle().take(11 * 1024 * 1024 + 7).collect();
    let pieces = whole.chunks(300_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let audio = store.put(KEY, sound(pieces)).await.unwrap();
    assert_eq!(audio.sha256, <[u8; 32]>::from(Sha256::digest(&whole)));
    assert_eq!(audio.key, KEY, "the prefix is the bucket's affair");
    assert_eq!(bucket.objects(), [(format!("line/one/{KEY}"), whole.len())]);
    assert_eq!(bucket.unfinished(), 0);
    let edge = 5 * 1024 * 1024;
    assert_eq!(bytes(&store, &audio, edge - 2..edge + 2).await, [254, 255, 0, 1]);
    assert_eq!(bucket.asked().iter().filter(|asked| asked.ends_with("partNumber uploadId")).count(), 3);
}

#[tokio::test]
async fn a_long_sound_that_breaks_off_leaves_nothing_behind() {
    let bucket = Bucket::start().await;
    let store = store(settings(&bucket.url));
    let broken = VendorError::temporary("the carrier's answer broke off");
    let pieces = vec![Ok(Bytes::from(vec![1; 6 * 1024 * 1024])), Err(broken.clone())];
    assert_eq!(store.put(KEY, sound(pieces)).await, Err(broken));
    assert_eq!((bucket.objects(), bucket.unfinished()), (vec![], 0));
    let empty = store.put(KEY, sound(vec![])).await;
    assert_eq!(empty, Err(VendorError::temporary("the recording has no sound yet")));
}

#[tokio::test]
async fn a_sound_that_was_removed_stays_away_and_a_bucket_that_was_may_come_back() {
    let bucket = Bucket::start().await;
    let here = store(settings(&bucket.url));
    let audio = here.put(KEY, word()).await.unwrap();
    here.delete(KEY).await.unwrap();
    let error = here.open(&audio, 0..1).await.err();
    assert_eq!(
        error,
        Some(VendorError::permanent("the recording is not in the recordings' bucket any more"))
    );
    let elsewhere = store(S3Bucket { bucket: "another".to_owned(), ..settings(&bucket.url) });
    let error = VendorError::temporary("the recordings' bucket: it says NoSuchBucket");
    assert_eq!(elsewhere.open(&audio, 0..1).await.err(), Some(error.clone()));
    assert_eq!(elsewhere.put(KEY, word()).await, Err(error.clone()));
    assert_eq!(elsewhere.ready().await, Err(error));
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_shown() {
    let bucket = Bucket::start().await;
    for (wrong, code) in [
        (
            S3Bucket { secret_access_key: "hunter2".to_owned(), ..settings(&bucket.url) },
            "SignatureDoesNotMatch",
        ),
        (S3Bucket { access_key_id: "AKIAWRONG".to_owned(), ..settings(&bucket.url) }, "InvalidAccessKeyId"),
    ] {
        let shown = format!("{wrong:?}");
        let store = store(wrong);
        let error = store.put(KEY, word()).await.unwrap_err();
        assert_eq!(error, VendorError::temporary(format!("the recordings' bucket: it says {code}")));
        let shown = format!("{shown} {store:?}");
        for secret in [SECRET, "hunter2", KEY_ID] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert_eq!(bucket.objects(), []);
}

#[tokio::test]
async fn a_bucket_is_ready_as_long_as_it_takes_objects() {
    let bucket = Bucket::start().await;
    assert_eq!(store(settings(&bucket.url)).ready().await, Ok(()));
    assert_eq!(bucket.objects(), []);
}

/// The name of a bucket may stand in the host: then the path is the key alone.
#[tokio::test]
async fn a_bucket_may_be_a_part_of_the_hosts_name() {
    let bucket = Bucket::start().await;
    let url = bucket.url.replace("127.0.0.1", "s3.example.com");
    let address = bucket.url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
    http_client::build(PATIENCE).unwrap();
    #[expect(clippy::disallowed_methods, reason = "this one must be told where a name leads")]
    let client =
        reqwest::Client::builder().resolve(&format!("{BUCKET}.s3.example.com"), address).build().unwrap();
    let own = S3Bucket { path_style: false, ..settings(&url) };
    let store = SoundStore::s3(own, client, PATIENCE).unwrap();
    let audio = store.put(KEY, word()).await.unwrap();
    assert_eq!(bytes(&store, &audio, 2..6).await, b"word");
    assert_eq!(bucket.objects(), [(KEY.to_owned(), 6)]);
}

#[tokio::test]
async fn p19_a_bucket_that_is_broken_in_any_way_is_asked_again() {
    for way in Way::ALL {
        let broken = Broken::start(way).await;
        let store = store(settings(&broken.url));
        let audio =
            Audio { key: KEY.to_owned(), media_type: "audio/wav".to_owned(), bytes: 6, sha256: [0; 32] };
        let read = async {
            let mut sound = store.open(&audio, 0..6).await?;
            while sound.try_next().await?.is_some() {}
            Ok(())
        };
        let results = [
            ("put", store.put(KEY, word()).await.map(drop)),
            ("open", read.await),
            ("ready", store.ready().await),
        ];
        for (what, result) in results {
            let error = result.expect_err(&format!("{way:?} {what}"));
            assert!(matches!(error, VendorError::Temporary { .. }), "{way:?} {what}: {error}");
            assert!(error.to_string().contains("the recordings' bucket"), "{way:?} {what}: {error}");
        }
        assert_eq!(broken.followed(), 0, "{way:?}");
        assert!(way == Way::Refused || broken.asked() > 0, "{way:?}");
    }
}
