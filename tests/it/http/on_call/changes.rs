//! Absences and overrides while the program runs.

use super::*;
use crate::world::Logs;
use dutyline::app::Live;
use dutyline::domain::directory::absence::Absence;
use dutyline::domain::directory::overrides::{Override, OverrideChange};
use std::sync::Arc;

/// P32, P34: an absent person is replaced in place, and left out where nobody stands in.
#[tokio::test]
async fn p32_p34_an_absence_counts_at_once_and_until_it_is_taken_back() {
    let world = world().await;
    let group = &[("group", "Database")];
    assert_eq!(on_call(&world, group).await, ["ada", "ben"]);
    let absence = json!({ "person": "ada", "until": "2026-01-06T09:00Z", "replacement": "cleo" });
    let absence = added(&world, "/api/absences", absence).await;
    let expected = json!({
        "id": absence["id"], "person": "ada", "replacement": "cleo", "from": world.now().to_string(),
        "until": "2026-01-06T09:00:00Z", "in_force": true, "defined_in": "store",
    });
    assert_eq!(absence, expected);
    assert_eq!(on_call(&world, group).await, ["cleo for ada", "ben"]);
    assert_eq!(on_call(&world, &[("person", "ada")]).await, ["cleo for ada"]);
    let until = [("group", "Database"), ("at", "2026-01-06T09:00Z")];
    assert_eq!(on_call(&world, &until).await, ["ada", "ben"], "the end is no part of it");
    added(&world, "/api/absences", json!({ "person": "ben" })).await;
    assert_eq!(on_call(&world, group).await, ["cleo for ada"]);
    assert_eq!(delete(&world, "/api/absences", &absence["id"]).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(on_call(&world, group).await, ["ada"]);
    let again = delete(&world, "/api/absences", &absence["id"]).await;
    assert_eq!(error(again, StatusCode::NOT_FOUND).await.0, "not_found");
}

/// P33: an absence that is to come changes nothing yet.
#[tokio::test]
async fn p33_an_absence_to_come_is_not_in_force() {
    let world = world().await;
    let absence = json!({ "person": "ada", "from": "2026-01-05T12:00Z", "until": "2026-01-05T13:00Z" });
    assert_eq!(added(&world, "/api/absences", absence).await["in_force"], false);
    assert_eq!(on_call(&world, &[("group", "Database")]).await, ["ada", "ben"]);
    for (at, expected) in [
        ("2026-01-05T11:59:59.999999Z", &["ada", "ben"][..]),
        ("2026-01-05T13:00:00+01:00", &["ben"]),
        ("2026-01-05T13:00Z", &["ada", "ben"]),
    ] {
        assert_eq!(on_call(&world, &[("group", "Database"), ("at", at)]).await, expected, "{at}");
    }
    world.clock.set("2026-01-05T12:00:00Z".parse().unwrap());
    assert_eq!(on_call(&world, &[("group", "Database")]).await, ["ben"]);
    let later = world.api("/api/absences?state=to_come").await;
    assert_eq!(later["absences"], json!([]));
}

#[tokio::test]
async fn an_override_changes_who_is_on_call_by_a_schedule() {
    let world = world().await;
    let primary = &[("schedule", "Primary")];
    assert_eq!(on_call(&world, primary).await, ["ada"]);
    let until = "2026-01-05T18:00:00Z";
    for (change, expected) in [
        (json!({ "replace": "ada", "by": "cleo" }), &["cleo for ada"][..]),
        (json!({ "remove": "ada" }), &[]),
        (json!({ "add": "cleo" }), &["ada", "cleo"]),
    ] {
        let mut body = change.clone();
        body["schedule"] = "Primary".into();
        body["until"] = until.into();
        let one = added(&world, "/api/overrides", body).await;
        for (name, value) in change.as_object().unwrap() {
            assert_eq!(&one[name], value);
        }
        assert_eq!(on_call(&world, primary).await, expected, "{change}");
        assert_eq!(world.api("/api/overrides").await, json!({ "overrides": [one], "next": null }));
        assert_eq!(delete(&world, "/api/overrides", &one["id"]).await.status(), StatusCode::NO_CONTENT);
        assert_eq!(on_call(&world, primary).await, ["ada"], "{change}");
    }
}

#[tokio::test]
async fn of_overrides_that_contradict_each_other_one_is_taken() {
    let world = world().await;
    let body =
        |by: &str| json!({ "schedule": "Primary", "replace": "ada", "by": by, "until": "2026-01-05T18:00Z" });
    let bodies: Vec<_> = (0..8).map(|n| body(if n % 2 == 0 { "ben" } else { "cleo" })).collect();
    let answers =
        futures_util::future::join_all(bodies.iter().map(|body| post(&world, "/api/overrides", body))).await;
    let mut won = vec![];
    for answer in answers {
        if answer.status() == StatusCode::CREATED {
            won.push(answer.json::<Value>().await.unwrap());
        } else {
            let (code, message) = error(answer, StatusCode::CONFLICT).await;
            assert_eq!(code, "overlap");
            assert!(
                message.contains("changes the same person's place from 2026-01-05T09:00:00Z"),
                "{message}"
            );
        }
    }
    assert_eq!(won.len(), 1, "{won:?}");
    assert_eq!(world.api("/api/overrides").await["overrides"], json!(won));
    assert_eq!(world.api("/api/audit").await["entries"].as_array().unwrap().len(), 1);
    // Another time, and another person's place, is no contradiction.
    let later = json!({ "schedule": "Primary", "remove": "ada", "from": "2026-01-05T18:00Z", "until": "2026-01-06T09:00Z" });
    added(&world, "/api/overrides", later).await;
    added(
        &world,
        "/api/overrides",
        json!({ "schedule": "Primary", "add": "cleo", "until": "2026-01-05T18:00Z" }),
    )
    .await;
}

#[tokio::test]
async fn who_changed_what_is_kept() {
    let world = world().await;
    let absence = added(&world, "/api/absences", json!({ "person": "ada", "replacement": "ben" })).await;
    world.wait(60).await;
    assert_eq!(delete(&world, "/api/absences", &absence["id"]).await.status(), StatusCode::NO_CONTENT);
    let body = json!({ "schedule": "Primary", "replace": "ada", "by": "cleo", "until": "2026-01-05T18:00Z" });
    let one = added(&world, "/api/overrides", body).await;
    assert_eq!(delete(&world, "/api/overrides", &one["id"]).await.status(), StatusCode::NO_CONTENT);
    let audit = world.api("/api/audit").await;
    let entries = audit["entries"].as_array().unwrap();
    let what: Vec<_> = entries.iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["override_removed", "override_added", "absence_removed", "absence_added"]);
    let subject = json!({ "absence": {
        "id": absence["id"], "person": "ada", "replacement": "ben", "from": absence["from"], "until": null,
    } });
    assert_eq!((&entries[3]["before"], &entries[3]["after"]), (&Value::Null, &subject));
    assert_eq!((&entries[2]["before"], &entries[2]["after"]), (&subject, &Value::Null));
    assert_eq!(entries[1]["after"]["override"]["by"], "cleo");
    assert_eq!(entries[1]["after"], entries[0]["before"]);
    assert_eq!((&entries[3]["by"], &entries[3]["at"]), (&"test".into(), &absence["from"]));
    assert_eq!(entries[2]["at"], world.now().to_string());
    let first = world.api("/api/audit?limit=3").await;
    assert_eq!(first["entries"].as_array().unwrap()[..], entries[..3]);
    let rest = world.api(&format!("/api/audit?limit=3&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!(rest, json!({ "entries": [entries[3]], "next": null }));
}

#[tokio::test]
async fn each_key_does_what_it_is_for() {
    let world = world().await;
    let body = json!({ "person": "ada" }).to_string();
    let one = added(&world, "/api/absences", json!({ "person": "ben" })).await;
    let one = format!("/api/absences/{}", one["id"].as_str().unwrap());
    for (scope, allowed) in [
        (Scope::Read, [200, 200, 200, 403, 403, 403]),
        (Scope::Schedule, [403, 403, 403, 201, 204, 403]),
        (Scope::Admin, [403, 403, 403, 403, 403, 200]),
    ] {
        let key = key(&world, scope).await;
        let mut statuses = vec![];
        for (method, path) in [
            (Method::GET, "/api/on-call?group=Database"),
            (Method::GET, "/api/on-call/gaps"),
            (Method::GET, "/api/absences"),
            (Method::POST, "/api/absences"),
            (Method::DELETE, &*one),
            (Method::GET, "/api/audit"),
        ] {
            let request = request(&world, method, path).bearer_auth(&key).body(body.clone());
            statuses.push(request.send().await.unwrap().status().as_u16());
        }
        assert_eq!(statuses, allowed, "{}", scope.word());
    }
    let nobody = get(&world, "/api/absences").send().await.unwrap();
    assert_eq!(header(&nobody, "www-authenticate"), "Bearer");
    assert_eq!(error(nobody, StatusCode::UNAUTHORIZED).await.0, "key_missing");
}

#[tokio::test]
async fn everything_wrong_with_an_absence_is_said_at_once() {
    let world = world().await;
    for (body, expected) in [
        (json!({}), &["body.person missing"][..]),
        (
            json!({ "person": "zoe", "replacement": "yan" }),
            &["body.person unknown_person", "body.replacement unknown_person"],
        ),
        (json!({ "person": "ada", "replacement": "ada" }), &["body.replacement same_person"]),
        (
            json!({ "person": 1, "from": "soon", "until": [], "reason": "x" }),
            &["body.person no_text", "body.from no_time", "body.until no_text", "body.reason unknown_field"],
        ),
        (
            json!({ "person": "ada", "from": "2026-01-06T09:00Z", "until": "2026-01-06T09:00Z" }),
            &["body.until ends_before_it_begins"],
        ),
        (
            json!({ "person": "ada", "from": "2026-01-05T08:00Z", "until": "2026-01-05T09:00Z" }),
            &["body.until is_over"],
        ),
        (json!({ "person": "ada\u{0}" }), &["body.person nul"]),
    ] {
        assert_eq!(wrong(post(&world, "/api/absences", &body).await).await, expected, "{body}");
    }
    for (body, code) in [
        ("", "malformed_json"),
        ("{", "malformed_json"),
        ("[]", "malformed_json"),
        ("\u{fe}", "malformed_json"),
    ] {
        let request = request(&world, Method::POST, "/api/absences").bearer_auth(&world.key).body(body);
        assert_eq!(error(request.send().await.unwrap(), StatusCode::BAD_REQUEST).await.0, code, "{body}");
    }
    assert_eq!(world.api("/api/absences").await["absences"], json!([]));
    assert_eq!(world.api("/api/audit").await["entries"], json!([]));
}

#[tokio::test]
async fn everything_wrong_with_an_override_is_said_at_once() {
    let world = world().await;
    let until = "2026-01-05T18:00Z";
    for (body, expected) in [
        (json!({}), &["body.schedule missing", "body.until missing", "body.add one_of"][..]),
        (
            json!({ "schedule": "Night", "add": "zoe", "until": until }),
            &["body.schedule unknown_schedule", "body.add unknown_person"],
        ),
        (json!({ "schedule": "Primary", "replace": "ada", "until": until }), &["body.by missing"]),
        (json!({ "schedule": "Primary", "by": "ada", "until": until }), &["body.replace missing"]),
        (
            json!({ "schedule": "Primary", "replace": "ada", "by": "ada", "until": until }),
            &["body.by same_person"],
        ),
        (
            json!({ "schedule": "Primary", "add": "ada", "remove": "ben", "until": until }),
            &["body.add one_of"],
        ),
        (
            json!({ "schedule": "Primary", "remove": "ada", "until": "2026-01-05T08:00Z" }),
            &["body.until ends_before_it_begins"],
        ),
    ] {
        assert_eq!(wrong(post(&world, "/api/overrides", &body).await).await, expected, "{body}");
    }
    assert_eq!(world.api("/api/overrides").await["overrides"], json!([]));
}

#[tokio::test]
async fn what_the_settings_define_is_shown_and_stays() {
    let world = World::start_with("one-group", |settings| {
        with_schedule(settings);
        settings.directory.absences.push(Absence {
            id: None,
            person: PersonId("ben".to_owned()),
            from: "2026-01-01T00:00:00Z".parse().unwrap(),
            until: None,
            replacement: None,
        });
        settings.directory.overrides.push(Override {
            id: None,
            schedule: ScheduleName("Primary".to_owned()),
            change: OverrideChange::Add(PersonId("cleo".to_owned())),
            from: "2026-01-05T12:00:00Z".parse().unwrap(),
            until: "2026-01-05T13:00:00Z".parse().unwrap(),
        });
    })
    .await;
    added(&world, "/api/absences", json!({ "person": "ada", "from": "2026-01-07T00:00Z" })).await;
    let absences = world.api("/api/absences").await["absences"].clone();
    let places: Vec<_> = absences.as_array().unwrap().iter().map(|one| &one["defined_in"]).collect();
    assert_eq!(places, ["settings", "store"]);
    for (path, name) in [("/api/absences", "absences"), ("/api/overrides", "overrides")] {
        let one = &world.api(path).await[name][0];
        assert_eq!(one["defined_in"], "settings");
        let (code, message) = error(delete(&world, path, &one["id"]).await, StatusCode::CONFLICT).await;
        assert_eq!((code.as_str(), message.contains("defined in settings")), ("defined_in_settings", true));
        assert_eq!(world.api(path).await[name][0], *one);
    }
    let twice = json!({ "schedule": "Primary", "add": "cleo", "until": "2026-01-05T12:30Z" });
    assert_eq!(error(post(&world, "/api/overrides", &twice).await, StatusCode::CONFLICT).await.0, "overlap");
}

#[tokio::test]
async fn a_list_goes_on_where_its_page_ended() {
    let world = world().await;
    for (person, from) in [("ben", "12"), ("ada", "11"), ("cleo", "11"), ("ada", "10")] {
        added(&world, "/api/absences", json!({ "person": person, "from": format!("2026-01-05T{from}:00Z") }))
            .await;
    }
    added(&world, "/api/absences", json!({ "person": "ben", "until": "2026-01-05T10:00Z" })).await;
    let all = world.api("/api/absences").await["absences"].as_array().unwrap().clone();
    let begin: Vec<_> = all.iter().map(|one| one["from"].as_str().unwrap()).collect();
    assert_eq!(begin.len(), 5);
    assert!(begin.is_sorted(), "{begin:?}");
    for limit in 1..=5 {
        let (mut seen, mut path) = (vec![], format!("/api/absences?limit={limit}"));
        loop {
            let page = world.api(&path).await;
            seen.extend(page["absences"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/absences?limit={limit}&after={next}");
        }
        assert_eq!(seen, all, "{limit} a page");
    }
    assert_eq!(world.api("/api/absences?state=in_force").await["absences"], json!([all[0]]));
    assert_eq!(world.api("/api/absences?state=to_come").await["absences"], json!(all[1..]));
    world.clock.set("2026-01-05T10:30:00Z".parse().unwrap());
    assert_eq!(world.api("/api/absences").await["absences"].as_array().unwrap().len(), 4, "one is over");
}

#[tokio::test]
async fn a_restart_keeps_what_was_entered() {
    let mut world = world().await;
    added(&world, "/api/absences", json!({ "person": "cleo" })).await;
    let body = json!({ "schedule": "Primary", "replace": "ada", "by": "ben", "until": "2026-01-05T18:00Z" });
    added(&world, "/api/overrides", body).await;
    let before =
        [world.api("/api/absences").await, world.api("/api/overrides").await, world.api("/api/audit").await];
    world.restart().await;
    let after =
        [world.api("/api/absences").await, world.api("/api/overrides").await, world.api("/api/audit").await];
    assert_eq!(before, after);
    assert_eq!(on_call(&world, &[("group", ODD)]).await, ["ben for ada"]);
}

/// Messages go to whom the API names.
#[tokio::test]
async fn an_alert_tells_who_stands_in() {
    let world = world().await;
    added(&world, "/api/absences", json!({ "person": "ada", "replacement": "cleo" })).await;
    leave_message(&world, "").await;
    let id = only_alert(&world).await["id"].as_str().unwrap().to_owned();
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let log = alert["log"].as_array().unwrap();
    let announced = log.iter().find(|entry| entry["what"] == "announced").unwrap();
    assert_eq!(announced["skipped"], json!(["ada: away, cleo stands in"]));
    let told: Vec<_> = log.iter().filter_map(|entry| entry["person"].as_str()).collect();
    assert!(told.contains(&"cleo") && told.contains(&"ben") && !told.contains(&"ada"), "{told:?}");
}

#[tokio::test]
async fn what_names_somebody_gone_is_left_out_and_said_once() {
    let logs = Logs::caught();
    let world = world().await;
    added(&world, "/api/absences", json!({ "person": "ada", "replacement": "ben" })).await;
    added(&world, "/api/absences", json!({ "person": "ben" })).await;
    let body = json!({ "schedule": "Primary", "replace": "ada", "by": "ben", "until": "2026-01-05T18:00Z" });
    let one = added(&world, "/api/overrides", body).await;
    let live = world.app.live();
    let mut settings = live.settings.clone();
    settings.directory.people.retain(|person| person.id.0 != "ben");
    world.app.live.store(Arc::new(Live { settings, phrases: live.phrases.clone() }));
    for _ in 0..3 {
        // The replacement is gone, and ada is away all the same; the override that names ben counts no more.
        assert_eq!(on_call(&world, &[("person", "ada")]).await, [""; 0]);
        assert_eq!(on_call(&world, &[("schedule", "Primary")]).await, [""; 0]);
    }
    assert_eq!(world.api("/api/overrides").await["overrides"], json!([]));
    let warnings = logs.of("WARN");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings.iter().any(|line| line.contains(one["id"].as_str().unwrap())), "{warnings:?}");
    // It can be taken away all the same.
    assert_eq!(delete(&world, "/api/overrides", &one["id"]).await.status(), StatusCode::NO_CONTENT);
}
