//! Who may send events.

use super::*;
use crate::world::Logs;
use dutyline::domain::access::TokenHash;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::process::Command;

const SIGNED: &str = "/webhook/signed-secret-of-tests";
const KEY: &str = "what bodies are signed with";

fn signature(key: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

/// An answer without what is different each time.
async fn plain(answer: Response) -> (StatusCode, String, Value) {
    let (status, challenge) = (answer.status(), header(&answer, "www-authenticate").to_owned());
    let mut body: Value = answer.json().await.unwrap();
    body.as_object_mut().unwrap().remove("request_id");
    (status, challenge, body)
}

#[tokio::test]
async fn s25_unknown_malformed_and_wrong_secrets_are_answered_the_same() {
    let world = world().await;
    let mut answers = vec![];
    for secret in [
        "x",
        "plant-secret-of-testz",
        "Plant-Secret-Of-Tests",
        "plant-secret-of-tests%20",
        "%FF%FE",
        "%00",
        &"y".repeat(4_000),
        // Known, and its body is not signed.
        "signed-secret-of-tests",
    ] {
        for path in [format!("/webhook/{secret}"), format!("/api/v2/events/{secret}")] {
            answers.push(plain(post(&world, &path).json(&critical()).send().await.unwrap()).await);
        }
    }
    // Nor does it help to be wrong in other ways as well.
    answers.push(plain(post(&world, "/webhook/x").body("{").send().await.unwrap()).await);
    answers.push(plain(post(&world, "/api/v2/events/x/batch").body("{").send().await.unwrap()).await);
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    for answer in &answers {
        assert_eq!(*answer, answers[0]);
    }
    assert!(alerts(&world).await.is_empty());
}

#[tokio::test]
async fn secrets_change_in_pairs() {
    let world = world().await;
    for secret in [SECRET, "plant-secret-that-comes-next"] {
        let answer = post(&world, &format!("/webhook/{secret}")).json(&critical()).send().await.unwrap();
        said(answer, StatusCode::CREATED).await;
    }
    assert_eq!(alerts(&world).await[0]["repeats"], 1, "both are the same way in");
}

#[tokio::test]
async fn a_signature_is_asked_for_where_the_settings_say_so() {
    let world = world().await;
    let body = critical().to_string();
    let good = signature(KEY, &body);
    for (name, value, status) in [
        ("x-dutyline-signature", &good, StatusCode::CREATED),
        ("x-hub-signature-256", &good, StatusCode::CREATED),
        ("x-dutyline-signature", &signature("another key", &body), StatusCode::UNAUTHORIZED),
        ("x-dutyline-signature", &signature(KEY, "{}"), StatusCode::UNAUTHORIZED),
        ("x-dutyline-signature", &good[7..].to_owned(), StatusCode::UNAUTHORIZED),
        ("x-hub-signature", &good, StatusCode::UNAUTHORIZED),
    ] {
        let answer = post(&world, SIGNED).header(name, value).body(body.clone()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
    assert_eq!(alerts(&world).await[0]["repeats"], 1);
}

/// Neither good secrets nor those of others by mistake, nor what an event says.
#[tokio::test]
async fn no_secret_is_ever_logged() {
    let logs = Logs::caught();
    let world = world().await;
    event(&world, critical()).await;
    for (path, body) in [
        (format!("/webhook/{SECRET}"), "{"),
        (format!("/webhook/{SECRET}"), "[1]"),
        (format!("/api/v2/events/{SECRET}/batch"), "[{}]"),
        ("/webhook/somebody-elses-secret".to_owned(), "{}"),
        (SIGNED.to_owned(), "{}"),
        (format!("/webhook/{SECRET}/nowhere"), "{}"),
    ] {
        post(&world, &path).header("idempotency-key", "key-of-a-sender").body(body).send().await.unwrap();
    }
    get(&world, &format!("/webhook/{SECRET}")).send().await.unwrap();
    let metrics = get(&world, "/metrics").send().await.unwrap().text().await.unwrap();
    let text = logs.text();
    assert!(text.contains("event taken in") && text.contains("/webhook/{secret}"), "{text}");
    for secret in
        [SECRET, "somebody-elses-secret", "signed-secret-of-tests", KEY, "key-of-a-sender", "stands still"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
        assert!(!metrics.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn nobody_can_try_secret_after_secret() {
    let world = World::start_with("events", |settings| {
        settings.limits.requests_per_source_per_minute = 3;
    })
    .await;
    let mut seen = vec![];
    for number in 0..5 {
        let answer =
            post(&world, &format!("/webhook/guess-{number}")).json(&critical()).send().await.unwrap();
        seen.push(answer.status().as_u16());
    }
    assert_eq!(seen, [401, 401, 401, 429, 429]);
    event(&world, critical()).await;
}

#[tokio::test]
async fn a_new_secret_opens_what_has_its_hash() {
    let (secret, hash) = dutyline::service::intake::new_secret(&crate::world::TestIds::from(7));
    let world = World::start_with("events", |settings| {
        let access = settings.integrations.iter_mut().find(|access| access.name.0 == "strict").unwrap();
        access.secrets = vec![hash];
    })
    .await;
    let send = |secret: &str| post(&world, &format!("/webhook/{secret}")).json(&critical()).send();
    assert_eq!(send(&secret).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(send("strict-secret-of-tests").await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn the_command_line_makes_a_secret_and_its_line() {
    let make = || {
        let made =
            Command::new(env!("CARGO_BIN_EXE_dutyline")).args(["integration", "secret"]).output().unwrap();
        assert!(made.status.success());
        String::from_utf8(made.stdout).unwrap()
    };
    let text = make();
    let (secret, line) = text.trim_end().split_once('\n').unwrap();
    assert_eq!(line, format!("secret_hash = \"{}\"", TokenHash::of(secret)));
    assert_eq!(secret.len(), "dle_".len() + 64);
    assert_ne!(make(), text);
}
