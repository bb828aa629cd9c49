//! What can't be read, and what is too much.

use super::*;
use crate::world::Logs;
use reqwest::header::CONTENT_TYPE;
use std::fmt::Write;
use std::time::Instant;

async fn refused(world: &World, kind: &str, body: impl Into<Vec<u8>>, status: StatusCode) -> Value {
    let answer = posted(world, "").header(CONTENT_TYPE, kind).body(body.into()).send().await.unwrap();
    let said = said(answer, status).await;
    assert!(said["request_id"].is_string(), "{said}");
    said["error"].clone()
}

#[tokio::test]
async fn s25_what_is_no_json_is_answered_with_the_place() {
    let world = world().await;
    for (body, line, column) in [("{\n  \"title\": \"Pump\",\n  oops\n}", 3, 3), ("{\"title\": \"Pu", 1, 13)]
    {
        let error = refused(&world, "application/json", body, StatusCode::BAD_REQUEST).await;
        assert_eq!(error["code"], "malformed_json");
        assert_eq!((&error["line"], &error["column"]), (&json!(line), &json!(column)), "{error}");
        assert!(
            !error["message"].as_str().unwrap().contains("Pu"),
            "its own words are not repeated: {error}"
        );
    }
    let error =
        refused(&world, "application/xml", "<event>\n<title>Pump</event>", StatusCode::BAD_REQUEST).await;
    assert_eq!((&error["code"], &error["line"]), (&json!("malformed_xml"), &json!(2)), "{error}");
    let kind = "multipart/form-data; boundary=x";
    let error = refused(&world, kind, "--x\r\nno part at all", StatusCode::BAD_REQUEST).await;
    assert_eq!(error["code"], "malformed_multipart");
    assert!(alerts(&world).await.is_empty());
}

#[tokio::test]
async fn a_body_may_have_a_mebibyte_and_no_byte_more() {
    let world = world().await;
    let body = |length: usize| {
        let rest = length - r#"{"title":""}"#.len();
        format!(r#"{{"title":"{}"}}"#, "x".repeat(rest))
    };
    let fits = posted(&world, "").header(CONTENT_TYPE, "application/json").body(body(1_048_576));
    said(fits.send().await.unwrap(), StatusCode::CREATED).await;
    let error = refused(&world, "application/json", body(1_048_577), StatusCode::PAYLOAD_TOO_LARGE).await;
    assert_eq!(error["code"], "too_large");
    assert!(error["message"].as_str().unwrap().contains("1048576 bytes"), "g37: {error}");
    // One that does not say how long it is, is cut off where it is read.
    let pieces = (0..40).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024]));
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let answer = posted(&world, "").header(CONTENT_TYPE, "text/plain").body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(alerts(&world).await.len(), 1);
}

#[tokio::test]
async fn only_a_form_with_files_may_be_longer() {
    let world = world().await;
    let part =
        format!("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n{}", "x".repeat(2 * 1_048_576));
    for kind in ["multipart/mixed; boundary=x", "multipart/form-data-of-ours; boundary=x"] {
        let error = refused(&world, kind, part.clone(), StatusCode::PAYLOAD_TOO_LARGE).await;
        assert_eq!(error["code"], "too_large", "{kind}");
        assert!(error["message"].as_str().unwrap().contains("1048576 bytes"), "{error}");
    }
    assert!(alerts(&world).await.is_empty());
}

/// Each of them is small to send; a reader that believes it would be busy with it for long, or out of memory.
#[tokio::test]
async fn bombs_cost_nothing_and_are_refused() {
    let world = world().await;
    let deep = 10_000;
    let mut entities = String::from("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">\n");
    let names: Vec<char> = ('a'..='z').collect();
    for pair in names.windows(2) {
        let (before, entity) = (pair[0], pair[1]);
        let tenfold = format!("&{before};").repeat(10);
        writeln!(entities, "<!ENTITY {entity} \"{tenfold}\">").unwrap();
    }
    entities.push_str("]><event><title>&z;</title></event>");
    let begun = Instant::now();
    for (kind, body) in [
        ("application/json", "[".repeat(deep)),
        ("application/json", format!("{}{}", "[".repeat(deep), "]".repeat(deep))),
        ("application/json", format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep))),
        ("application/xml", format!("{}{}", "<a>".repeat(deep), "</a>".repeat(deep))),
        ("application/xml", entities),
        ("application/xml", "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x>a</x>".to_owned()),
    ] {
        let error = refused(&world, kind, body, StatusCode::BAD_REQUEST).await;
        assert!(error["code"].as_str().unwrap().starts_with("malformed_"), "{error}");
    }
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    assert!(alerts(&world).await.is_empty());
    event(&world, critical()).await;
}

/// Accepted, noted, never dropped without a word.
#[tokio::test]
async fn what_makes_no_sense_in_an_event_is_noted_and_is_in_the_log_of_its_alert() {
    let world = world().await;
    let answer = event(
        &world,
        json!({
            "title": "Pump",
            "X-S4-Location": "somewhere",
            "X-S4-Service": "No such",
            "X-S4-AlertingScenario": "whoever",
            "X-S4-Filtering": "perhaps",
        }),
    )
    .await;
    assert_eq!(answer["outcome"], "opened");
    let notes: Vec<_> =
        answer["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect();
    for about in ["X-S4-Location", "X-S4-Service", "X-S4-AlertingScenario", "X-S4-Filtering"] {
        assert!(notes.iter().any(|note| note.contains(about)), "{about}: {notes:?}");
    }
    let alert = world.api(&format!("/api/alerts/{}", answer["alertId"].as_str().unwrap())).await;
    let log = alert["log"].to_string();
    assert!(notes.iter().all(|note| log.contains(&json!(note).to_string())), "{log}");
}

#[tokio::test]
async fn other_methods_and_paths_are_answered_in_the_one_shape() {
    let world = world().await;
    let answer = get(&world, &format!("/webhook/{SECRET}")).send().await.unwrap();
    assert_eq!(header(&answer, "allow"), "POST");
    assert_eq!(error(answer, StatusCode::METHOD_NOT_ALLOWED).await.0, "method_not_allowed");
    for path in ["/webhook", "/webhook/", "/webhook/a/b", "/api/v2/events", "/api/v2/events/a/b"] {
        let answer = post(&world, path).json(&critical()).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
    }
}

#[tokio::test]
async fn nothing_is_promised_while_the_store_is_away() {
    let logs = Logs::caught();
    let world = world().await;
    world.store.close().await;
    let answer = posted(&world, "").json(&critical()).send().await.unwrap();
    assert_eq!(header(&answer, "retry-after"), "5");
    assert_eq!(error(answer, StatusCode::SERVICE_UNAVAILABLE).await.0, "store_unavailable");
    let batch = post(&world, &format!("/webhook/{SECRET}")).json(&json!([critical(), critical()]));
    let answer = batch.send().await.unwrap();
    assert_eq!(header(&answer, "retry-after"), "5", "the whole comes again");
    assert_eq!(error(answer, StatusCode::SERVICE_UNAVAILABLE).await.0, "store_unavailable");
    assert_eq!(logs.of("ERROR").len(), 2, "{}", logs.text());
}
