//! Alerts that end.

use super::*;
use dutyline::domain::access::Scope;
use dutyline::service::keys;
use std::process::Command;

async fn resolve(world: &World, id: &str, key: &str) -> Response {
    request(world, Method::POST, &format!("/api/alerts/{id}/resolve")).bearer_auth(key).send().await.unwrap()
}

async fn key(world: &World, name: &str, scope: Scope) -> String {
    let scopes = [scope].into_iter().collect();
    keys::add(&world.store, &*world.app.ids, world.now(), name, scopes, None).await.unwrap()
}

#[tokio::test]
async fn an_alert_is_resolved_once_and_its_story_says_by_whom() {
    let world = alerted("").await;
    let alert = only_alert(&world).await;
    assert_eq!((&alert["state"], &alert["resolved"]), (&"open".into(), &Value::Null));
    let id = alert["id"].as_str().unwrap();
    let night = key(&world, "night shift", Scope::Respond).await;
    let answer = resolve(&world, id, &night).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let resolved: Value = answer.json().await.unwrap();
    let at = world.now().to_string();
    assert_eq!(resolved["state"], "resolved");
    assert_eq!(resolved["resolved"], serde_json::json!({ "at": at, "by": "night shift", "from": "api" }));
    let last = resolved["log"].as_array().unwrap().last().unwrap();
    assert_eq!(
        *last,
        serde_json::json!({ "at": at, "what": "resolved", "by": "night shift", "from": "api" })
    );
    world.wait(60).await;
    let (code, message) = error(resolve(&world, id, &world.key).await, StatusCode::CONFLICT).await;
    assert_eq!(code, "already_resolved");
    assert_eq!(message, format!("the alert was resolved at {at} by night shift"));
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await, resolved, "nothing of it has changed");
}

#[tokio::test]
async fn two_who_resolve_at_once_leave_one_entry() {
    let world = alerted("").await;
    let id = only_alert(&world).await["id"].as_str().unwrap().to_owned();
    let answers = futures_util::future::join_all((0..8).map(|_| resolve(&world, &id, &world.key))).await;
    let won = answers.iter().filter(|answer| answer.status() == StatusCode::OK).count();
    let lost = answers.iter().filter(|answer| answer.status() == StatusCode::CONFLICT).count();
    assert_eq!((won, lost), (1, 7));
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let entries = alert["log"].as_array().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry["what"] == "resolved").count(), 1);
}

#[tokio::test]
async fn only_a_key_to_respond_resolves_and_only_what_there_is() {
    let world = alerted("").await;
    let id = only_alert(&world).await["id"].as_str().unwrap().to_owned();
    for scope in [Scope::Read, Scope::Admin] {
        let other = key(&world, scope.word(), scope).await;
        let (code, message) = error(resolve(&world, &id, &other).await, StatusCode::FORBIDDEN).await;
        assert_eq!((code.as_str(), message.as_str()), ("scope_missing", "the key lacks the scope respond"));
    }
    assert_eq!(only_alert(&world).await["state"], "open");
    for id in ["x", "01900000-0000-7000-8000-0000000000ff"] {
        assert_eq!(error(resolve(&world, id, &world.key).await, StatusCode::NOT_FOUND).await.0, "not_found");
    }
}

#[tokio::test]
async fn a_list_shows_those_of_a_state_page_by_page() {
    let world = alerted("").await;
    for _ in 0..3 {
        world.wait(60).await;
        let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"More\" for 14 seconds\npress 1\nhangs up\n";
        let script = script::parse("more", text).unwrap();
        world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    }
    let ids = |list: &Value| -> Vec<String> {
        list["alerts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids(&world.api("/api/alerts?state=").await);
    assert_eq!(all.len(), 4);
    for id in [&all[1], &all[2]] {
        assert_eq!(resolve(&world, id, &world.key).await.status(), StatusCode::OK);
    }
    for (state, expected) in [("open", [&all[0], &all[3]]), ("resolved", [&all[1], &all[2]])] {
        assert_eq!(ids(&world.api(&format!("/api/alerts?state={state}")).await), expected.map(Clone::clone));
        let first = world.api(&format!("/api/alerts?state={state}&limit=1")).await;
        assert_eq!(ids(&first), [expected[0].clone()]);
        let next = first["next"].as_str().unwrap();
        let second = world.api(&format!("/api/alerts?state={state}&limit=1&after={next}")).await;
        assert_eq!((ids(&second), &second["next"]), (vec![expected[1].clone()], &Value::Null));
    }
}

#[tokio::test]
async fn the_command_line_resolves_and_lists() {
    let world = alerted("").await;
    let id = only_alert(&world).await["id"].as_str().unwrap().to_owned();
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
    let (done, said) = run(&["alerts", "resolve", &id]).await;
    assert!(done && said.contains("resolved") && said.contains("by test"), "{said}");
    let (done, said) = run(&["alerts", "resolve", &id]).await;
    assert!(!done && said.contains("the gateway refused: the alert was resolved at"), "{said}");
    assert_eq!(run(&["alerts", "--state", "open"]).await, (true, "no such alerts\n".to_owned()));
    let (done, said) = run(&["alerts", "--state", "resolved"]).await;
    assert!(done && said.contains(&id), "{said}");
    let (done, said) = run(&["alerts", &id]).await;
    assert!(done && said.contains("resolved by"), "{said}");
}
