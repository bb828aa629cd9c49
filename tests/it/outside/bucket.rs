//! Recordings in a bucket.

use super::{alerts, call, lane, story};
use crate::broken::{Broken, Way};
use crate::bucket::{BUCKET, Bucket, KEY_ID, REGION, SECRET};
use crate::world::{World, load};
use dutyline::adapters::http_client;
use dutyline::adapters::recordings::{S3Bucket, SoundStore};
use dutyline::service::online::{self, PATIENCE};
use dutyline::settings::{S3, Secret, Settings};
use dutyline::start::{self, Source};
use futures_util::StreamExt;
use futures_util::future::join_all;
use reqwest::StatusCode;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn in_it(bucket: &Bucket) -> impl FnOnce(&mut Settings) {
    let s3 = S3 {
        bucket: BUCKET.to_owned(),
        prefix: Some("line-1".to_owned()),
        region: REGION.to_owned(),
        endpoint: Some(bucket.url.parse().unwrap()),
        path_style: true,
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: Secret::new(SECRET.to_owned()),
    };
    move |settings| settings.store.s3 = Some(s3)
}

/// The sound of an alert, as somebody with its link hears it.
async fn sound(world: &World, alert: &serde_json::Value) -> (StatusCode, Vec<u8>) {
    let answer = world.http.get(format!("{}/audio", alert["link"].as_str().unwrap())).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_message_is_kept_in_the_bucket_and_heard_from_there() {
    let bucket = Bucket::start().await;
    let world = World::start_with("one-group", in_it(&bucket)).await;
    call(&world, "press 1\ncall ends\nalerts 1\n").await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    let (status, bytes) = sound(&world, &alert).await;
    assert_eq!((status, &bytes[..4]), (StatusCode::OK, &b"RIFF"[..]));
    let [(key, length)] = bucket.objects().try_into().unwrap();
    assert!(key.starts_with("line-1/"), "{key}");
    assert_eq!(length, bytes.len());
    assert!(!world.folder().join("recordings").exists(), "and nowhere else");
    let ready = world.http.get(world.url("/ready")).send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK);
}

async fn with_a_broken_bucket(way: Way) {
    let (bucket, broken) = (Bucket::start().await, Broken::start(way).await);
    let mut world = World::start_with("one-group", in_it(&bucket)).await;
    let well = world.app.recordings.clone();
    let settings = S3Bucket {
        bucket: BUCKET.to_owned(),
        prefix: None,
        region: REGION.to_owned(),
        endpoint: Some(broken.url.parse().unwrap()),
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        path_style: true,
    };
    let client = http_client::build(Duration::from_secs(5)).unwrap();
    let store = SoundStore::s3(settings, client, Duration::from_millis(400)).unwrap();
    world.app.recordings = Arc::new(store);
    call(&world, "press 1\nhears \"Your alert for Database is open\"\ncall ends\nalerts 1\n").await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    let told = story(&alert);
    assert!(told.contains(&"notified") && !told.contains(&"audio_stored"), "{way:?}: {told:?}");
    assert_eq!(lane(&world, "recordings").await, (1, 0), "{way:?}: what is tried again is to be seen");
    let (status, said) = sound(&world, &alert).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "{way:?}: {}", String::from_utf8_lossy(&said));
    world.app.recordings = well;
    world.wait(900).await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert!(story(&alert).contains(&"audio_stored"), "{way:?}: {alert}");
    assert_eq!(sound(&world, &alert).await.0, StatusCode::OK, "{way:?}");
    assert_eq!(broken.followed(), 0, "{way:?}");
}

#[tokio::test]
async fn p19_with_a_bucket_that_is_broken_the_call_goes_on_and_the_sound_is_stored_later() {
    join_all(Way::ALL.map(with_a_broken_bucket)).await;
}

/// What `check --online` says of the recordings.
async fn looked(set: impl FnOnce(&mut Settings), folder: &Path) -> String {
    let mut loaded = load("one-group");
    loaded.settings.store.database = folder.join("none.db");
    loaded.settings.store.recordings = folder.join("recordings");
    set(&mut loaded.settings);
    let probes = start::probes(loaded, Source::Demo(folder.to_owned())).unwrap();
    let findings: Vec<_> = online::run(probes, PATIENCE).collect().await;
    findings.iter().find(|finding| finding.what == "recordings").unwrap().to_string()
}

#[tokio::test]
async fn a_bucket_is_tried_by_the_check_and_no_folder_is_made() {
    let (bucket, folder) = (Bucket::start().await, tempfile::tempdir().unwrap());
    assert_eq!(looked(in_it(&bucket), folder.path()).await, "ok       recordings: recordings can be stored");
    assert_eq!(bucket.objects(), [], "what was tried is gone");
    let elsewhere = |settings: &mut Settings| {
        in_it(&bucket)(settings);
        settings.store.s3.as_mut().unwrap().bucket = "no-such-bucket".to_owned();
    };
    let told = looked(elsewhere, folder.path()).await;
    assert!(told.starts_with("FAILED   recordings: the recordings' bucket: "), "{told}");
    assert!(told.contains("-> check bucket, region, endpoint and keys of [store.s3]"), "{told}");
    assert!(!told.contains(SECRET), "{told}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}
