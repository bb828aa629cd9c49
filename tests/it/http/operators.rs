//! Health, readiness and figures.

use super::*;

#[tokio::test]
async fn a_program_that_can_take_calls_is_alive_and_ready() {
    let world = World::start("one-group").await;
    for (path, word) in [("/health", "alive\n"), ("/ready", "ready\n")] {
        let answer = get(&world, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.text().await.unwrap(), word);
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_named() {
    let world = World::start("one-group").await;
    world.store.close().await;
    let (code, message) =
        error(get(&world, "/ready").send().await.unwrap(), StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!((code.as_str(), message.as_str()), ("not_ready", "the store does not answer"));
    assert_eq!(get(&world, "/health").send().await.unwrap().status(), StatusCode::OK, "it lives");
}

#[tokio::test]
async fn a_folder_that_takes_nothing_is_named() {
    let world = World::start("one-group").await;
    let folder = world.folder().join("recordings");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let answer = get(&world, "/ready").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "calls go on");
    assert_eq!(answer.text().await.unwrap(), "ready; recordings can't be stored\n");
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(get(&world, "/ready").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn the_figures_tell_of_routes_and_of_no_path() {
    let world = alerted("").await;
    let alert = only_alert(&world).await;
    let link = alert["link"].as_str().unwrap();
    let code = link.rsplit('/').next().unwrap();
    world.http.get(link).send().await.unwrap();
    get(&world, &format!("/nowhere/{code}")).send().await.unwrap();
    let answer = get(&world, "/metrics").send().await.unwrap();
    assert!(header(&answer, "content-type").starts_with("text/plain; version=0.0.4"));
    let figures = answer.text().await.unwrap();
    for figure in [
        "dutyline_http_requests_total{route=\"/l/{code}\",status=\"200\"}",
        "dutyline_http_requests_total{route=\"unmatched\",status=\"404\"}",
        "dutyline_http_request_duration_seconds_bucket{route=\"/voice\",le=\"0.1\"}",
        "dutyline_alerts_opened_total{action=\"alert\"}",
        "dutyline_effects_total{kind=\"fetch_recording\",result=\"done\"}",
        "dutyline_turns_total{to=\"recording\"}",
        "dutyline_outbox_effects{lane=\"mail\",state=\"failed\"}",
        "dutyline_outbox_overdue_seconds ",
        "dutyline_effects_under_way{lane=\"own\"}",
    ] {
        assert!(figures.contains(figure), "{figure} in\n{figures}");
    }
    for never in [code, alert["id"].as_str().unwrap(), "1555", "nowhere"] {
        assert!(!figures.contains(never), "{never} in\n{figures}");
    }
}
