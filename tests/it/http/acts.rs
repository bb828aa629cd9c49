//! What programs do to alerts: to one, to many, and what the audit keeps of it.

mod command_line;
mod phone;

use super::*;
use dutyline::domain::access::Scope;
use dutyline::service::keys;
use serde_json::json;

async fn world() -> World {
    World::start("events").await
}

/// Opens an alert of the team Plant; answers its id.
async fn opened(world: &World, title: &str) -> String {
    let url = world.url("/webhook/plant-secret-of-tests");
    let answer = world.http.post(url).json(&json!({ "Title": title })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    world.settle().await;
    let list = world.api("/api/alerts?limit=1").await;
    list["alerts"][0]["id"].as_str().unwrap().to_owned()
}

async fn post(world: &World, path: &str, body: Value) -> Response {
    request(world, Method::POST, path).bearer_auth(&world.key).json(&body).send().await.unwrap()
}

async fn done(world: &World, path: &str, body: Value) -> Value {
    let answer = post(world, path, body).await;
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

/// What happened to an alert, in words.
fn words(alert: &Value) -> Vec<&str> {
    alert["log"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn an_alert_is_acted_on_and_its_log_and_the_audit_say_so() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let path = |deed: &str| format!("/api/alerts/{id}/{deed}");
    let taken = done(&world, &path("acknowledge"), json!({ "as": "ada" })).await;
    assert_eq!((&taken["state"], &taken["acknowledged"]["by"]), (&"acknowledged".into(), &"ada".into()));
    assert_eq!(taken["acknowledged"]["from"], "api");
    done(&world, &path("notes"), json!({ "text": "On my way" })).await;
    let until = "2026-01-05T10:00:00Z";
    let snoozed = done(&world, &path("snooze"), json!({ "minutes": 60 })).await;
    assert_eq!(snoozed["snoozed_until"], until);
    let resolved =
        request(&world, Method::POST, &path("resolve")).bearer_auth(&world.key).send().await.unwrap();
    let resolved: Value = resolved.json().await.unwrap();
    assert_eq!((&resolved["state"], &resolved["resolved"]["by"]), (&"resolved".into(), &"test".into()));
    let log = world.api(&path("log")).await;
    assert_eq!(log["log"], resolved["log"]);
    assert_eq!(
        words(&resolved)[words(&resolved).len() - 4..],
        ["acknowledged", "noted", "snoozed", "resolved"]
    );
    let at = world.now().to_string();
    let note = json!({ "at": at, "by": "test", "from": "api", "text": "On my way" });
    assert_eq!(world.api(&path("notes")).await, json!({ "notes": [note] }));

    let audit = world.api("/api/audit").await;
    let entries = audit["entries"].as_array().unwrap();
    let what: Vec<_> = entries.iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["alert_resolved", "alert_snoozed", "alert_noted", "alert_acknowledged"]);
    let first = &entries[3];
    assert_eq!((&first["by"], &first["at"]), (&"test".into(), &at.as_str().into()));
    assert_eq!((&first["after"]["as"], &first["after"]["from"]), (&"ada".into(), &"api".into()));
    let standing = |entry: &Value, when: &str, name: &str| entry[when]["alert"][name].clone();
    assert_eq!(standing(first, "before", "state"), "open");
    assert_eq!(standing(first, "before", "id"), id.as_str());
    assert_eq!(standing(first, "after", "state"), "acknowledged");
    assert_eq!(
        (standing(&entries[2], "before", "notes"), standing(&entries[2], "after", "notes")),
        (0.into(), 1.into())
    );
    assert_eq!(standing(&entries[1], "after", "snoozed_until"), until);
    assert_eq!(
        (&entries[0]["after"]["as"], standing(&entries[0], "after", "resolved_by")),
        (&Value::Null, "key:test".into())
    );
    assert!(!audit.to_string().contains("On my way"), "the audit is kept for longer than alerts are");

    let narrowed = async |query: &str| -> Vec<Value> {
        let page = world.api(&format!("/api/audit?{query}")).await;
        page["entries"].as_array().unwrap().clone()
    };
    assert_eq!(narrowed("what=alert_noted").await, [entries[2].clone()]);
    assert_eq!(narrowed("by=test&until=2026-01-05T09:00:00Z").await, [] as [Value; 0]);
    assert_eq!(narrowed("by=test&from=2026-01-05T09:00:00Z").await.len(), 4);
    assert_eq!(narrowed("by=ada").await, [] as [Value; 0]);
}

#[tokio::test]
async fn what_is_said_wrongly_is_refused_and_changes_nothing() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let before = world.api(&format!("/api/alerts/{id}")).await;
    for (deed, body, wrong) in [
        ("acknowledge", json!({ "as": "nobody" }), "body.as unknown_person"),
        ("acknowledge", json!({ "by": "ada" }), "body.by unknown_field"),
        ("snooze", json!({}), "body.until one_of"),
        ("snooze", json!({ "minutes": 0 }), "body.minutes no_number"),
        ("snooze", json!({ "minutes": 5, "until": "2026-01-06T09:00Z" }), "body.until one_of"),
        ("notes", json!({}), "body.text missing"),
        ("notes", json!({ "text": "x".repeat(4_001) }), "body.text too_long"),
        ("notes", json!({ "text": "a\u{0}b" }), "body.text nul"),
    ] {
        let answer = post(&world, &format!("/api/alerts/{id}/{deed}"), body.clone()).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{deed} {body}");
        let error: Value = answer.json().await.unwrap();
        assert_eq!(error["error"]["fields"].as_array().unwrap().len(), 1, "{deed} {body}: {error}");
        let field = &error["error"]["fields"][0];
        let loc: Vec<_> =
            field["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert_eq!(format!("{} {}", loc.join("."), field["code"].as_str().unwrap()), wrong);
    }
    let past = json!({ "until": "2026-01-05T08:00Z" });
    let answer = post(&world, &format!("/api/alerts/{id}/snooze"), past).await;
    assert_eq!(error(answer, StatusCode::UNPROCESSABLE_ENTITY).await.0, "past");
    for long in [json!({ "minutes": 31 * 24 * 60 + 1 }), json!({ "until": "2026-02-05T09:01Z" })] {
        let answer = post(&world, &format!("/api/alerts/{id}/snooze"), long).await;
        let (code, message) = error(answer, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!((&*code, &*message), ("too_long", "the alert is to be snoozed for more than 31 days"));
    }
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await, before);
    assert_eq!(world.api("/api/audit").await["entries"], json!([]));
}

#[tokio::test]
async fn only_a_key_to_respond_acts() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let scopes = [Scope::Read].into_iter().collect();
    let reader = keys::add(&world.store, &*world.app.ids, world.now(), "board", scopes, None).await.unwrap();
    for deed in ["acknowledge", "undo-acknowledge", "resolve", "undo-resolve", "escalate", "snooze", "notes"]
    {
        for path in [format!("/api/alerts/{id}/{deed}"), "/api/alerts/acknowledge".to_owned()] {
            let answer = request(&world, Method::POST, &path).bearer_auth(&reader).json(&json!({})).send();
            assert_eq!(
                error(answer.await.unwrap(), StatusCode::FORBIDDEN).await.0,
                "scope_missing",
                "{path}"
            );
        }
    }
}

/// Behaviour 8: an acknowledged alert that somebody escalates is acknowledged no more, and its next step is made.
#[tokio::test]
async fn b8_who_escalates_takes_the_acknowledgement_back_and_has_the_next_told() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    done(&world, &format!("/api/alerts/{id}/acknowledge"), json!({})).await;
    let escalated = done(&world, &format!("/api/alerts/{id}/escalate"), json!({ "as": "ada" })).await;
    assert_eq!((&escalated["state"], &escalated["acknowledged"]), (&"open".into(), &Value::Null));
    world.settle().await;
    let log = world.api(&format!("/api/alerts/{id}/log")).await;
    let asked: Vec<_> =
        log["log"].as_array().unwrap().iter().filter(|one| one["asked_by"] == "ada").collect();
    assert_eq!(asked.len(), 1, "{log}");
    let said = log["log"].as_array().unwrap().iter().find(|one| one["what"] == "escalation_asked").unwrap();
    assert_eq!((&said["by"], &said["from"]), (&"ada".into(), &"api".into()));
    assert_eq!((&asked[0]["what"], &asked[0]["policy"]), (&"escalated".into(), &"standard".into()));
}

/// S31: of many that are closed, those that nobody has acknowledged stay open, and the answer says so.
#[tokio::test]
async fn s31_closing_all_leaves_open_what_nobody_has_acknowledged() {
    let world = world().await;
    let (seen, unseen) = (opened(&world, "Seen").await, opened(&world, "Unseen").await);
    done(&world, &format!("/api/alerts/{seen}/acknowledge"), json!({})).await;
    let nowhere = "01900000-0000-7000-8000-0000000000ff";
    let answer = post(&world, "/api/alerts/close", json!({ "ids": [seen, unseen, nowhere, seen] })).await;
    assert_eq!(answer.status(), StatusCode::MULTI_STATUS);
    let answer: Value = answer.json().await.unwrap();
    let results = answer["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["status"].as_u64().unwrap(), one["state"].as_str()))
        .collect();
    let expected = [(&*seen, 200, Some("resolved")), (&*unseen, 409, Some("open")), (nowhere, 404, None)];
    assert_eq!(told, expected);
    assert_eq!((&results[1]["error"]["code"], &answer["more"]), (&"not_acknowledged".into(), &false.into()));
    let states = async |state: &str| -> Vec<String> {
        let list = world.api(&format!("/api/alerts?state={state}")).await;
        let ids = list["alerts"].as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((states("open").await, states("resolved").await), (vec![unseen.clone()], vec![seen]));

    let other = opened(&world, "Boiler").await;
    let filter = json!({ "filter": { "state": ["open"], "team": "Plant", "q": "unSEEN" }, "as": "ben" });
    let answer: Value = done(&world, "/api/alerts/acknowledge", filter).await;
    assert_eq!(answer["results"].as_array().unwrap().len(), 1);
    assert_eq!((states("acknowledged").await, states("open").await), (vec![unseen.clone()], vec![other]));
    let everything = json!({ "filter": {} });
    let answer: Value = done(&world, "/api/alerts/close", everything).await;
    let closed: Vec<_> = answer["results"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(closed, [409, 200], "the newest first; what has ended is passed over");
    let audit = world.api("/api/audit?what=alert_resolved").await;
    assert_eq!(audit["entries"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn many_alerts_are_named_or_described_and_not_too_many() {
    let world = world().await;
    let id = |n: u32| format!("01900000-0000-7000-8000-{n:012}");
    for (body, wrong) in [
        (json!({}), "ids one_of"),
        (json!({ "ids": [], "filter": {} }), "ids one_of"),
        (json!({ "ids": ["x"] }), "ids no_id"),
        (json!({ "ids": [7] }), "ids no_text"),
        (json!({ "ids": "7" }), "ids no_array"),
        (json!({ "ids": (0..501).map(id).collect::<Vec<_>>() }), "ids too_many"),
        (json!({ "filter": { "state": ["closed"] } }), "filter.state unknown_state"),
        (json!({ "filter": { "severity": "bad" } }), "filter.severity unknown_severity"),
        (json!({ "filter": { "limit": 7 } }), "filter.limit unknown_field"),
        (json!({ "filter": 7 }), "filter no_object"),
    ] {
        let answer = post(&world, "/api/alerts/acknowledge", body.clone()).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let error: Value = answer.json().await.unwrap();
        let field = &error["error"]["fields"][0];
        let loc: Vec<_> =
            field["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert_eq!(format!("{} {}", loc[1..].join("."), field["code"].as_str().unwrap()), wrong, "{body}");
    }
    assert_eq!(
        done(&world, "/api/alerts/close", json!({ "ids": [] })).await,
        json!({ "results": [], "more": false })
    );
}

/// S32: an acknowledgement that is taken back leaves the alert open again, and a note can be added.
#[tokio::test]
async fn s32_what_was_done_is_taken_back() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let path = |deed: &str| format!("/api/alerts/{id}/{deed}");
    let refused = post(&world, &path("undo-acknowledge"), json!({})).await;
    assert_eq!(error(refused, StatusCode::CONFLICT).await.0, "not_acknowledged");
    let refused = post(&world, &path("undo-resolve"), json!({})).await;
    assert_eq!(error(refused, StatusCode::CONFLICT).await.0, "not_resolved");
    done(&world, &path("acknowledge"), json!({})).await;
    let twice = post(&world, &path("acknowledge"), json!({})).await;
    assert_eq!(error(twice, StatusCode::CONFLICT).await.0, "already_acknowledged");
    assert_eq!(done(&world, &path("undo-acknowledge"), json!({})).await["state"], "open");
    assert_eq!(done(&world, &path("resolve"), json!({})).await["state"], "resolved");
    let noted = done(&world, &path("notes"), json!({ "text": "Belt replaced" })).await;
    assert_eq!(words(&noted).last(), Some(&"noted"), "over or not");
    assert_eq!(done(&world, &path("undo-resolve"), json!({})).await["state"], "open");
    let audit = world.api("/api/audit?limit=2&what=alert_acknowledgement_undone").await;
    assert_eq!(audit["entries"][0]["before"]["alert"]["state"], "acknowledged");
}

#[tokio::test]
async fn an_alert_is_found_by_its_number() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let number = alert["number"].as_u64().unwrap();
    assert_eq!(world.api(&format!("/api/alerts/by-number/{number}")).await, alert);
    for number in ["0", "99999", "-1", "x", "99999999999"] {
        let answer = get(&world, &format!("/api/alerts/by-number/{number}")).bearer_auth(&world.key).send();
        assert_eq!(error(answer.await.unwrap(), StatusCode::NOT_FOUND).await.0, "not_found", "{number}");
    }
}

#[tokio::test]
async fn alerts_are_listed_by_what_they_are() {
    let world = world().await;
    let fan = opened(&world, "Fan stopped").await;
    let database = opened(&world, "postgres replication lag").await;
    let listed = async |query: &str| -> Vec<String> {
        let list = world.api(&format!("/api/alerts?{query}")).await;
        list["alerts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        ("", vec![&database, &fan]),
        ("team=Plant", vec![&database, &fan]),
        ("team=Elsewhere", vec![]),
        ("category=Database", vec![&database]),
        ("severity=critical&state=open&state=acknowledged", vec![&database]),
        ("source=prtg&q=FAN", vec![&fan]),
        ("person=ada", vec![&database, &fan]),
        ("person=nobody", vec![]),
        ("from=2026-01-05T09:00Z&until=2026-01-05T09:00:01Z", vec![&database, &fan]),
        ("until=2026-01-05T09:00Z", vec![]),
    ] {
        assert_eq!(listed(query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_says_whether_it_has_changed() {
    let world = world().await;
    opened(&world, "Fan stopped").await;
    let asked = async |tag: &str| {
        get(&world, "/api/alerts").bearer_auth(&world.key).header("if-none-match", tag).send().await.unwrap()
    };
    let first = asked("\"none\"").await;
    assert_eq!(first.status(), StatusCode::OK);
    let tag = header(&first, "etag").to_owned();
    for known in [tag.clone(), format!("\"x\", W/{tag}")] {
        let again = asked(&known).await;
        assert_eq!((again.status(), header(&again, "etag")), (StatusCode::NOT_MODIFIED, &*tag));
        assert_eq!(again.bytes().await.unwrap(), "");
    }
    opened(&world, "Fan stopped again").await;
    let changed = asked(&tag).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(header(&changed, "etag"), tag);
    let unknown = get(&world, "/api/alerts").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED, "nothing is said without a key");
}

#[tokio::test]
async fn the_command_line_acts_by_number_or_id() {
    let world = world().await;
    let id = opened(&world, "Fan stopped").await;
    let number = world.api(&format!("/api/alerts/{id}")).await["number"].to_string();
    let client = world.folder().join("client.toml");
    std::fs::write(&client, format!("url = \"{}\"\napi_key = \"{}\"\n", world.url(""), world.key)).unwrap();
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.arg("alerts").args(words).arg("--client").arg(&client);
        async move {
            let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            (output.status.success(), text(output.stdout) + &text(output.stderr))
        }
    };
    for (words, said) in [
        (&["acknowledge", &*number, "--as", "ada"][..], "acknowledged 2026-01-05T09:00:00Z by ada"),
        (&["note", &id, "On my way"], "for Plant, acknowledged"),
        (&["snooze", &number, "--minutes", "30"], "nobody is told until 2026-01-05T09:30:00Z"),
        (&["escalate", &number], "for Plant, open"),
        (&["resolve", &number], "resolved 2026-01-05T09:00:00Z by test"),
        (&[&number], "noted by \"test\", from \"api\", text \"On my way\""),
        (&["--search", "FAN", "--team", "Plant"], "Fan stopped"),
    ] {
        let (is_done, text) = run(words).await;
        assert!(is_done && text.contains(said), "{words:?}: {text}");
        assert!(text.starts_with(&format!("{number}  {id}  ")), "{words:?}: {text}");
    }
    assert_eq!(run(&["--search", "boiler"]).await, (true, "no such alerts\n".to_owned()));
    for words in
        [&["snooze", &*number][..], &["acknowledge", "99999"], &["acknowledge", &number, "--as", "nobody"]]
    {
        assert!(!run(words).await.0, "{words:?}");
    }
}
