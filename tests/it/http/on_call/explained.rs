//! Who is on call, who is not, and why.

use super::*;

/// P44: a name survives the path and the query, whatever characters it has.
#[tokio::test]
async fn p44_the_answer_says_who_and_why() {
    let world = world().await;
    added(&world, "/api/absences", json!({ "person": "ada", "replacement": "ben" })).await;
    added(&world, "/api/absences", json!({ "person": "cleo" })).await;
    let path = encoded(ODD);
    let answer = world.api(&format!("/api/on-call/{path}/explain?at=2026-01-05T10:00Z")).await;
    let expected = json!({
        "at": "2026-01-05T10:00:00Z",
        "group": ODD,
        "responders": [{
            "person": "ben", "name": "Ben Brook", "stands_in_for": "ada", "level": 0,
            "devices": ["voice", "sms", "email"], "local_time": null,
        }],
        "left_out": [
            { "person": "ada", "code": "away_replaced", "message": "ada is away; ben stands in" },
            { "person": "cleo", "code": "away", "message": "cleo is away, and nobody present stands in" },
        ],
    });
    assert_eq!(answer, expected);
    assert_eq!(on_call(&world, &[("group", ODD), ("at", "2026-01-05T10:00Z")]).await, ["ben for ada"]);
}

#[tokio::test]
async fn levels_and_single_devices_are_shown() {
    let world = World::start_with("one-group", |settings| {
        with_schedule(settings);
        let ben = settings.directory.people[1].clone();
        let odd = settings.directory.groups.last_mut().unwrap();
        odd.members.insert(0, Member::Device(ben.id.clone(), ben.devices[1].clone()));
        odd.members.push(Member::Group(GroupName("Database".to_owned())));
    })
    .await;
    let answer = get(&world, "/api/on-call").query(&[("group", ODD)]).bearer_auth(&world.key);
    let answer: Value = answer.send().await.unwrap().json().await.unwrap();
    let shown: Vec<_> = answer["responders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["person"].as_str().unwrap(), one["level"].as_u64().unwrap(), one["devices"].clone()))
        .collect();
    let all = || json!(["voice", "sms", "email"]);
    assert_eq!(shown, [("ben", 0, json!(["sms"])), ("ada", 1, all()), ("cleo", 2, all())]);
    let text = answer.to_string();
    assert!(!text.contains("+1555") && !text.contains('@'), "{text}");
}

#[tokio::test]
async fn a_question_without_sense_is_answered_so() {
    let world = world().await;
    for (query, expected) in [
        ("", &["query -"][..]),
        ("group=", &["query -"]),
        ("group=Database&person=ada", &["query -"]),
        ("group=Database&at=tomorrow", &["query.at -"]),
        ("group=Database&at=2026-01-05T09:00", &["query.at -"]),
        ("group=Database&when=now", &["query.when -"]),
    ] {
        let path = format!("/api/on-call?{query}");
        let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(wrong(answer).await, expected, "{query}");
    }
    for path in [
        "/api/on-call?group=Nobody",
        "/api/on-call?person=nobody",
        "/api/on-call?schedule=Nobody",
        "/api/on-call/Nobody/explain",
        "/api/on-call/%FF/explain",
    ] {
        let answer = get(&world, path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
    }
    for days in ["0", "367", "-1", "many"] {
        let path = format!("/api/on-call/gaps?days={days}");
        let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(wrong(answer).await, ["query.days -"], "{days}");
    }
}

#[tokio::test]
async fn gaps_are_listed_with_what_was_entered() {
    let world = world().await;
    assert_eq!(world.api("/api/on-call/gaps").await["gaps"], json!([]));
    added(&world, "/api/absences", json!({ "person": "ben", "until": "2026-01-08T00:00Z" })).await;
    let gaps = world.api("/api/on-call/gaps?days=7").await;
    let expected = json!({
        "from": "2026-01-05T09:00:00Z",
        "until": "2026-01-12T09:00:00Z",
        "gaps": [{ "schedule": "Primary", "from": "2026-01-06T09:00:00Z", "until": "2026-01-07T09:00:00Z" }],
    });
    assert_eq!(gaps, expected);
    let body = json!({ "schedule": "Primary", "replace": "ben", "by": "cleo", "until": "2026-01-08T00:00Z" });
    added(&world, "/api/overrides", body).await;
    assert_eq!(world.api("/api/on-call/gaps?days=7").await["gaps"], json!([]));
}

/// What was entered before the moment that is asked for, and is over now, still counts for it.
#[tokio::test]
async fn the_past_is_answered_as_it_was() {
    let world = world().await;
    added(&world, "/api/absences", json!({ "person": "ada", "until": "2026-01-05T10:00Z" })).await;
    world.clock.set("2026-01-05T11:00:00Z".parse().unwrap());
    assert_eq!(on_call(&world, &[("group", "Database")]).await, ["ada", "ben"]);
    assert_eq!(on_call(&world, &[("group", "Database"), ("at", "2026-01-05T09:30Z")]).await, ["ben"]);
    let of = Recipient::Group(GroupName("Database".to_owned()));
    let at = "2026-01-05T09:30:00Z".parse().unwrap();
    let answer = dutyline::service::on_call::on_call(&world.app, &of, at).await.unwrap();
    assert_eq!(answer.on_call.responders.len(), 1, "the phone's answer is the same");
}
