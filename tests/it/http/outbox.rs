//! What is to be done outside, in the hands of operators.

use super::*;
use crate::voice_edge;
use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::domain::access::{ApiKey, Scope, TokenHash};
use dutyline::ports::telephony::Telephony;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// A world with a message whose sound can't be fetched, because nobody is where the carrier should be; and the
/// carrier that works.
async fn without_a_carrier() -> (World, Arc<dyn Telephony>) {
    let mut world = World::start("one-group").await;
    let account = TwilioAccount {
        api_url: "http://127.0.0.1:9/".parse().unwrap(),
        account_sid: "AC1".to_owned(),
        login: TwilioLogin::Token("token".to_owned()),
        number: world.app.live().settings.carrier.number.clone(),
        texts_from: world.app.live().settings.carrier.number.clone(),
        conferences: true,
    };
    let nobody = Twilio::new(http_client::build(Duration::from_secs(2)).unwrap(), account);
    let carrier = std::mem::replace(&mut world.app.telephony, Arc::new(nobody));
    leave_message(&world, "").await;
    (world, carrier)
}

/// The effects of that kind in the list.
async fn listed(world: &World, query: &str, kind: &str) -> Vec<Value> {
    let list = world.api(&format!("/api/outbox{query}")).await;
    let all = list["effects"].as_array().unwrap().clone();
    all.into_iter().filter(|effect| effect["kind"] == kind).collect()
}

/// The one effect that fetches the sound.
async fn fetching(world: &World) -> Value {
    let all = listed(world, "", "fetch_recording").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

fn place(effect: &Value) -> String {
    format!("/api/outbox/{}", effect["id"].as_str().unwrap())
}

async fn asked(world: &World, method: Method, path: &str) -> Response {
    request(world, method, path).bearer_auth(&world.key).send().await.unwrap()
}

/// Moves the clock from one attempt to the next until the next is further off than that.
async fn attempts_until(world: &World, seconds: i64) {
    while let Some(due) = world.app.outbox.next_due(None).await.unwrap() {
        if due.duration_since(world.now()).as_secs() > seconds {
            return;
        }
        world.clock.set(due.max(world.now()));
        world.run_effects().await;
    }
}

async fn give_up(world: &World) {
    attempts_until(world, i64::MAX).await;
}

#[tokio::test]
async fn what_waits_is_listed_with_its_next_attempt_and_its_cause() {
    let (world, _) = without_a_carrier().await;
    let list = world.api("/api/outbox").await;
    let kinds: Vec<_> = list["effects"].as_array().unwrap().iter().map(|effect| &effect["kind"]).collect();
    assert_eq!(kinds, ["fetch_recording", "ask_for_text"]);
    assert_eq!((&list["waiting"], &list["failed"]), (&Value::from(2), &Value::from(0)), "{list}");
    let effect = fetching(&world).await;
    assert_eq!(effect["state"], "waiting");
    assert!(effect["attempts"].as_u64().unwrap() >= 1, "{effect}");
    let cause = effect["cause"].as_str().unwrap();
    assert!(cause.starts_with("for now: the carrier can't be reached"), "{cause}");
    let due: jiff::Timestamp = effect["due_at"].as_str().unwrap().parse().unwrap();
    assert!(due > world.now(), "{effect}");
    assert!(effect["asked_at"].is_string() && effect["of"].is_string(), "{effect}");
    assert_eq!(listed(&world, "?state=failed", "fetch_recording").await, [Value::Null; 0]);
}

#[tokio::test]
async fn what_was_given_up_begins_anew_and_is_done_once_the_carrier_is_back() {
    let (mut world, carrier) = without_a_carrier().await;
    give_up(&world).await;
    let effect = fetching(&world).await;
    assert_eq!((&effect["state"], &effect["due_at"]), (&Value::from("failed"), &Value::Null), "{effect}");
    assert_eq!(listed(&world, "?state=failed", "fetch_recording").await, std::slice::from_ref(&effect));
    let retry = format!("{}/retry", place(&effect));
    let answer = asked(&world, Method::POST, &retry).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        (&answer["state"], &answer["attempts"]),
        (&Value::from("waiting"), &Value::from(0)),
        "{answer}"
    );
    assert_eq!(answer["due_at"], world.now().to_string());
    assert_eq!(fetching(&world).await, answer, "the answer is what is stored");
    world.run_effects().await;
    assert_eq!(fetching(&world).await["attempts"], 1, "a whole schedule is before it");
    world.app.telephony = carrier;
    attempts_until(&world, i64::MAX).await;
    assert_eq!(error(asked(&world, Method::POST, &retry).await, StatusCode::NOT_FOUND).await.0, "not_found");
    let alert = only_alert(&world).await;
    let story = world.api(&format!("/api/alerts/{}", alert["id"].as_str().unwrap())).await;
    let log: Vec<_> = story["log"].as_array().unwrap().iter().map(|entry| entry["what"].clone()).collect();
    assert!(log.ends_with(&["audio_lost".into(), "audio_stored".into()]), "{log:?}");
}

#[tokio::test]
async fn what_waits_long_is_tried_now_and_what_may_be_under_way_is_not() {
    let (world, _) = without_a_carrier().await;
    let effect = fetching(&world).await;
    let retry = format!("{}/retry", place(&effect));
    let soon = error(asked(&world, Method::POST, &retry).await, StatusCode::CONFLICT).await;
    assert_eq!(soon.0, "due_soon");
    assert!(soon.1.contains(effect["due_at"].as_str().unwrap()), "{}", soon.1);
    attempts_until(&world, 300).await;
    let before = fetching(&world).await["attempts"].as_u64().unwrap();
    assert_eq!(asked(&world, Method::POST, &retry).await.status(), StatusCode::OK);
    assert_eq!(fetching(&world).await["due_at"], world.now().to_string());
    assert_eq!(world.run_effects().await, 1);
    assert_eq!(fetching(&world).await["attempts"].as_u64(), Some(before + 1), "its schedule goes on");
    // Taken by a worker: its lease has not ended.
    attempts_until(&world, 300).await;
    world.clock.set(world.app.outbox.next_due(None).await.unwrap().unwrap());
    let claimed = dutyline::service::effects::claim(&world.app).await.unwrap().remove(0);
    assert_eq!(error(asked(&world, Method::POST, &retry).await, StatusCode::CONFLICT).await.0, "due_soon");
    dutyline::service::effects::run(&world.app, claimed, std::future::pending).await;
}

#[tokio::test]
async fn what_was_given_up_can_be_dropped_and_nothing_else() {
    let (world, _) = without_a_carrier().await;
    let path = place(&fetching(&world).await);
    let waiting = error(asked(&world, Method::DELETE, &path).await, StatusCode::CONFLICT).await;
    assert_eq!(
        (waiting.0.as_str(), waiting.1.as_str()),
        ("not_given_up", "only what was given up can be dropped")
    );
    give_up(&world).await;
    assert_eq!(asked(&world, Method::DELETE, &path).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(error(asked(&world, Method::DELETE, &path).await, StatusCode::NOT_FOUND).await.0, "not_found");
    let list = world.api("/api/outbox").await;
    assert_eq!((&list["waiting"], &list["failed"]), (&Value::from(0), &Value::from(0)), "{list}");
    for id in ["01900000-0000-7000-8000-000000000000", "x"] {
        let path = format!("/api/outbox/{id}");
        assert_eq!(asked(&world, Method::DELETE, &path).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_list_goes_on_where_a_page_ends() {
    let world = World::start("one-group").await;
    for (call, recording) in [("CA1", "RE1"), ("CA2", "RE2"), ("CA3", "RE3")] {
        voice_edge::leave_message(&world.app, call, recording).await;
    }
    let whole = world.api("/api/outbox").await["effects"].as_array().unwrap().clone();
    assert!(whole.len() >= 6, "{whole:?}");
    assert!(whole.iter().all(|effect| effect["attempts"] == 0 && effect["cause"].is_null()), "{whole:?}");
    let mut paged = vec![];
    let mut after = String::new();
    loop {
        let page = world.api(&format!("/api/outbox?limit=2&after={after}")).await;
        paged.extend(page["effects"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(paged, whole);
    assert!(paged.is_sorted_by_key(|effect| effect["id"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_question_is_told() {
    let world = World::start("one-group").await;
    let answer = asked(&world, Method::GET, "/api/outbox?state=waiting&limit=0&after=x&before=1").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let body: Value = answer.json().await.unwrap();
    let fields = body["error"]["fields"].as_array().unwrap();
    let wrong: Vec<_> = fields.iter().map(|field| field["loc"][1].as_str().unwrap()).collect();
    assert_eq!(wrong, ["state", "limit", "after", "before"]);
}

#[tokio::test]
async fn only_a_key_for_it_hastens_and_drops() {
    let world = World::start_with("one-group", |settings| {
        settings.api_keys.push(ApiKey {
            name: "board".to_owned(),
            hash: TokenHash::of("dl_board"),
            scopes: [Scope::Read].into_iter().collect(),
            expires: None,
        });
    })
    .await;
    for (method, path) in [
        (Method::GET, "/api/outbox"),
        (Method::POST, "/api/outbox/x/retry"),
        (Method::DELETE, "/api/outbox/x"),
    ] {
        let nobody = request(&world, method.clone(), path).send().await.unwrap();
        assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED, "{path}");
        let board = request(&world, method, path).bearer_auth("dl_board").send().await.unwrap();
        assert_eq!(error(board, StatusCode::FORBIDDEN).await.0, "scope_missing", "{path}");
    }
}

#[tokio::test]
async fn the_command_lists_hastens_and_drops() {
    let (world, _) = without_a_carrier().await;
    give_up(&world).await;
    let effect = fetching(&world).await;
    let id = effect["id"].as_str().unwrap().to_owned();
    let client = world.folder().join("client.toml");
    let text = format!("url = \"{}\"\napi_key = \"{}\"\n", world.url(""), world.key);
    std::fs::write(&client, text).unwrap();
    let run = async |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.arg("outbox").args(arguments).arg("--client").arg(&client);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (code, listed) = run(&["--failed"]).await;
    assert_eq!(code, Some(0), "{listed}");
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines[0], "0 waiting, 1 given up");
    assert_eq!(lines[1], format!("{id}  fetch_recording  tried 13 times, given up"));
    assert!(lines[2].starts_with("  asked for at 20"), "{listed}");
    assert!(lines[3].starts_with("  for now: the carrier can't be reached: "), "{listed}");
    assert_eq!(run(&["retry", &id]).await, (Some(0), format!("{id} is due now\n")));
    let (code, refused) = run(&["drop", &id]).await;
    assert_eq!(
        (code, refused.as_str()),
        (Some(1), "the gateway refused: only what was given up can be dropped\n")
    );
    give_up(&world).await;
    assert_eq!(run(&["drop", &id]).await, (Some(0), format!("{id} is forgotten\n")));
    assert_eq!(run(&[]).await, (Some(0), "0 waiting, 0 given up\n".to_owned()));
}
