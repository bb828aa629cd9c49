//! The sound of a message, for programs.

use super::*;
use crate::voice_edge;
use sha2::{Digest, Sha256};

#[tokio::test]
async fn the_sound_is_sent_whole_in_parts_or_not_again() {
    let world = alerted("").await;
    let path = format!("/api/alerts/{}/recording", only_alert(&world).await["id"].as_str().unwrap());
    let ask = |method: Method, headers: &[(&str, &str)]| {
        let request = request(&world, method, &path).bearer_auth(&world.key);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    let whole = ask(Method::GET, &[]).await.unwrap();
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(header(&whole, "content-type"), "audio/wav");
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    assert_eq!(header(&whole, "x-content-type-options"), "nosniff");
    let tag = header(&whole, "etag").to_owned();
    let length = header(&whole, "content-length").to_owned();
    let sound = whole.bytes().await.unwrap();
    assert_eq!(length, sound.len().to_string());
    assert_eq!(tag, format!("\"{}\"", hex::encode(Sha256::digest(&sound))), "what arrived is what was kept");

    let part = ask(Method::GET, &[("range", "bytes=4-9")]).await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(header(&part, "content-range"), format!("bytes 4-9/{length}"));
    assert_eq!(part.bytes().await.unwrap(), sound.slice(4..10));
    let end = ask(Method::GET, &[("range", "bytes=-5")]).await.unwrap();
    assert_eq!(end.bytes().await.unwrap(), sound.slice(sound.len() - 5..));
    let changed = ask(Method::GET, &[("range", "bytes=4-9"), ("if-range", "\"other\"")]).await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);

    let beyond = ask(Method::GET, &[("range", &format!("bytes={length}-"))]).await.unwrap();
    assert_eq!(header(&beyond, "content-range"), format!("bytes */{length}"));
    assert_eq!(error(beyond, StatusCode::RANGE_NOT_SATISFIABLE).await.0, "range_not_satisfiable");

    let head = ask(Method::HEAD, &[]).await.unwrap();
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, length.as_str()));
    assert!(head.bytes().await.unwrap().is_empty());

    let known = ask(Method::GET, &[("if-none-match", &tag)]).await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert!(known.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn sound_that_has_not_arrived_is_not_there() {
    let world = World::start("one-group").await;
    voice_edge::leave_message(&world.app, "CA1", "RE1").await;
    let alert = only_alert(&world).await;
    assert_eq!(alert["message"]["audio"], false);
    let path = format!("/api/alerts/{}/recording", alert["id"].as_str().unwrap());
    let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "recording_not_here");
}
