//! What holds of every request: its id, its errors, its rate.

use super::*;

#[tokio::test]
async fn a_plain_id_is_sent_back_and_any_other_is_replaced() {
    let world = World::start("one-group").await;
    for (sent, kept) in [("req-7.A_b", true), ("a b", false), ("", false), (&*"x".repeat(65), false)] {
        let answer = get(&world, "/health").header("x-request-id", sent).send().await.unwrap();
        let id = header(&answer, "x-request-id");
        assert_eq!(id == sent, kept, "{sent}: {id}");
        assert!(!id.is_empty());
    }
    let first = get(&world, "/health").send().await.unwrap();
    let second = get(&world, "/health").send().await.unwrap();
    assert_ne!(header(&first, "x-request-id"), header(&second, "x-request-id"));
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_one_shape() {
    let world = World::start("one-group").await;
    for path in ["/", "/nowhere", "/api", "/api/alerts/", "/voice/nowhere", "/l", "/l/"] {
        let answer = get(&world, path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
    }
    for (method, path, allowed) in [
        (Method::POST, "/api/alerts", "GET,HEAD"),
        (Method::GET, "/api/reload", "POST"),
        (Method::DELETE, "/health", "GET,HEAD"),
        (Method::PUT, "/l/23456789ABCDEFGHJKLMNP", "GET,HEAD"),
    ] {
        let answer = request(&world, method, path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(header(&answer, "allow"), allowed, "{path}");
        assert_eq!(error(answer, StatusCode::METHOD_NOT_ALLOWED).await.0, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let world = World::start("one-group").await;
    let large = vec![b'x'; 70 * 1024];
    let answer = request(&world, Method::POST, "/api/reload").body(large).send().await.unwrap();
    assert_eq!(error(answer, StatusCode::PAYLOAD_TOO_LARGE).await.0, "too_large");
}

async fn limited(requests: u32) -> World {
    World::start_with("one-group", |settings| settings.limits.requests_per_source_per_minute = requests).await
}

#[tokio::test]
async fn each_key_has_its_own_rate_and_health_has_none() {
    let world = limited(2).await;
    let with_key = || get(&world, "/api/alerts").bearer_auth(&world.key).send();
    for _ in 0..2 {
        assert_eq!(with_key().await.unwrap().status(), StatusCode::OK);
    }
    let refused = with_key().await.unwrap();
    assert_eq!(header(&refused, "retry-after"), "30");
    assert_eq!(error(refused, StatusCode::TOO_MANY_REQUESTS).await.0, "too_many_requests");
    let without_key = get(&world, "/api/alerts").send().await.unwrap();
    assert_eq!(without_key.status(), StatusCode::UNAUTHORIZED, "another source");
    for _ in 0..10 {
        assert_eq!(get(&world, "/health").send().await.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn each_address_has_its_own_rate() {
    let world = limited(2).await;
    let link = || get(&world, "/l/23456789ABCDEFGHJKLMNP").send();
    for _ in 0..2 {
        assert_eq!(link().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(link().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn readiness_has_a_rate_apart_from_what_people_ask() {
    let world = limited(2).await;
    for _ in 0..3 {
        get(&world, "/l/23456789ABCDEFGHJKLMNP").send().await.unwrap();
    }
    let mut seen = vec![];
    for path in ["/ready", "/metrics", "/ready"] {
        seen.push(get(&world, path).send().await.unwrap().status().as_u16());
    }
    assert_eq!(seen, [200, 200, 429]);
}

#[tokio::test]
async fn nobody_can_try_key_after_key() {
    let world = limited(3).await;
    let mut seen = vec![];
    for number in 0..5 {
        let answer = get(&world, "/api/alerts").bearer_auth(format!("dl_{number}")).send().await.unwrap();
        seen.push(answer.status().as_u16());
    }
    assert_eq!(seen, [401, 401, 401, 429, 429]);
}
