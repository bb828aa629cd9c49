//! Alerts, read by programs.

use super::*;
use crate::voice_edge;
use std::collections::HashSet;

/// A world with that many alerts, all of one moment.
async fn crowded(count: usize) -> World {
    let world =
        World::start_with("one-group", |settings| settings.limits.calls_per_number_per_minute = 100).await;
    for number in 0..count {
        voice_edge::leave_message(&world.app, &format!("CA{number}"), &format!("RE{number}")).await;
    }
    world
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap_or_a_repetition() {
    let world = crowded(5).await;
    let all = world.api("/api/alerts").await;
    assert_eq!(all["next"], Value::Null);
    let ids = |page: &Value| -> Vec<String> {
        page["alerts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let newest_first = ids(&all);
    assert_eq!(newest_first.iter().collect::<HashSet<_>>().len(), 5);
    let moments: HashSet<_> =
        all["alerts"].as_array().unwrap().iter().map(|one| one["opened_at"].as_str().unwrap()).collect();
    assert_eq!(moments.len(), 1, "all of one moment: their ids decide");
    assert!(newest_first.is_sorted_by(|a, b| a > b), "{newest_first:?}");
    for limit in 1..=6 {
        let mut seen = vec![];
        let mut path = format!("/api/alerts?limit={limit}");
        loop {
            let page = world.api(&path).await;
            assert!(page["alerts"].as_array().unwrap().len() <= limit);
            seen.extend(ids(&page));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/alerts?limit={limit}&after={next}");
        }
        assert_eq!(seen, newest_first, "{limit} a page");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_page_is_said_at_once() {
    let world = World::start("one-group").await;
    for (query, wrong) in [
        ("limit=0", &["limit"][..]),
        ("limit=101", &["limit"]),
        ("limit=ten", &["limit"]),
        ("after=x", &["after"]),
        ("after=AAAAAAAA", &["after"]),
        ("state=closed", &["state"]),
        ("limit=0&after=x&before=1", &["limit", "after", "before"]),
    ] {
        let path = format!("/api/alerts?{query}");
        let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let body: Value = answer.json().await.unwrap();
        let names: Vec<_> = body["error"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["loc"][1].as_str().unwrap())
            .collect();
        assert_eq!(names, wrong, "{query}");
    }
    for query in ["limit=1", "limit=100", "limit=&after="] {
        assert_eq!(world.api(&format!("/api/alerts?{query}")).await["alerts"], serde_json::json!([]));
    }
}

#[tokio::test]
async fn one_alert_comes_with_its_story() {
    let world = alerted("").await;
    let listed = only_alert(&world).await;
    let id = listed["id"].as_str().unwrap();
    let mut alert = world.api(&format!("/api/alerts/{id}")).await;
    let log = alert.as_object_mut().unwrap().remove("log").unwrap();
    let messages = alert.as_object_mut().unwrap().remove("notifications").unwrap();
    assert!(!messages.as_array().unwrap().is_empty(), "the messages to its people");
    assert_eq!(alert, listed);
    assert_eq!(alert["caller"]["name"], "Ada Admin");
    assert_eq!(alert["message"]["transcript"], "text");
    assert_eq!(alert["message"]["text"], "Pumps <b>down</b>");
    assert_eq!(alert["message"]["audio"], true);
    let what: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(what[0], "opened", "{what:?}");
    for happened in ["announced", "text_arrived", "audio_stored", "notified"] {
        assert!(what.contains(&happened), "{happened} in {what:?}");
    }
    let times: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[tokio::test]
async fn an_alert_that_there_is_not_is_not_found() {
    let world = World::start("one-group").await;
    for id in ["x", "01900000-0000-7000-8000-0000000000ff", "%FF", "..%2F..%2Fetc"] {
        for path in [format!("/api/alerts/{id}"), format!("/api/alerts/{id}/recording")] {
            let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
            assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
        }
    }
}

#[tokio::test]
async fn a_transcript_says_how_it_stands() {
    for (behaviour, state) in [("transcription never comes", "pending"), ("transcription fails", "failed")] {
        let alert = only_alert(&alerted(behaviour).await).await;
        assert_eq!(alert["message"]["transcript"], state);
        assert_eq!(alert["message"]["text"], Value::Null);
    }
    let world = World::start_with("one-group", |settings| settings.menu.transcribe = false).await;
    leave_message(&world, "").await;
    assert_eq!(only_alert(&world).await["message"]["transcript"], "unwanted");
}
