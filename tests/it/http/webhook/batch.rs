//! Several events in one request.

use super::*;

fn to_batch(world: &World) -> RequestBuilder {
    post(world, &format!("/api/v2/events/{SECRET}/batch"))
}

async fn results(answer: Response) -> Vec<Value> {
    said(answer, StatusCode::MULTI_STATUS).await["results"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<u64> {
    results.iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn each_event_is_answered_by_itself_and_in_order() {
    let world = world().await;
    let events =
        json!([critical(), 7, status("a1", "Acknowledged"), { "title": "Fan" }, status("a1", "Resolved")]);
    for request in [to_batch(&world), posted(&world, "")] {
        let results = results(request.json(&events).send().await.unwrap()).await;
        assert_eq!(statuses(&results), [201, 400, 201, 201, 201]);
        assert_eq!(results[1]["error"]["code"], "no_object");
        let outcomes: Vec<_> =
            results.iter().map(|result| result["outcome"].as_str().unwrap_or("-")).collect();
        assert_eq!(
            outcomes,
            ["opened", "-", "acknowledged", "opened", "resolved"],
            "each matter in its order"
        );
        assert!(results[3]["eventId"].is_string());
    }
    assert_eq!(states(&world).await.iter().filter(|state| *state == "resolved").count(), 2);
    assert_eq!(alerts(&world).await.len(), 4);
}

#[tokio::test]
async fn a_batch_has_a_thousand_events_at_most() {
    let world = world().await;
    let events = |count: usize| (0..count).map(|id| status(&id.to_string(), "New")).collect::<Value>();
    let answer = to_batch(&world).json(&events(1_001)).send().await.unwrap();
    let (code, message) = error(answer, StatusCode::PAYLOAD_TOO_LARGE).await;
    assert!(code == "too_many_events" && message.contains("1000"), "{message}");
    let answer = to_batch(&world).json(&json!([])).send().await.unwrap();
    assert_eq!(error(answer, StatusCode::BAD_REQUEST).await.0, "empty_batch");
    let answer = to_batch(&world).json(&critical()).send().await.unwrap();
    assert_eq!(error(answer, StatusCode::BAD_REQUEST).await.0, "no_array");
    assert!(alerts(&world).await.is_empty());
    let answer = to_batch(&world).json(&events(1_000)).send().await.unwrap();
    assert_eq!(statuses(&results(answer).await), [201; 1_000]);
}

#[tokio::test]
async fn a_batch_that_comes_again_is_done_once() {
    let world = world().await;
    let events = json!([{ "title": "Pump" }, 7, { "title": "Fan" }]);
    let keyed = |events: &Value| to_batch(&world).header("idempotency-key", "k1").json(events).send();
    let first = keyed(&events).await.unwrap();
    assert_eq!(header(&first, "idempotent-replayed"), "");
    let first = results(first).await;
    let second = keyed(&events).await.unwrap();
    assert_eq!(header(&second, "idempotent-replayed"), "true");
    assert_eq!(results(second).await, first);
    let other = keyed(&json!([7, { "title": "Pump" }])).await.unwrap();
    assert_eq!(error(other, StatusCode::UNPROCESSABLE_ENTITY).await.0, "idempotency_key_reused");
    assert_eq!(alerts(&world).await.len(), 2);
}

#[tokio::test]
async fn each_event_of_a_batch_counts() {
    let world = World::start_with("events", |settings| {
        settings.limits.events_per_integration_per_minute = 3;
    })
    .await;
    let events: Value = (0..5).map(|id| status(&id.to_string(), "New")).collect();
    let results = results(to_batch(&world).json(&events).send().await.unwrap()).await;
    assert_eq!(statuses(&results), [201, 201, 201, 429, 429]);
    assert_eq!(results[4]["error"]["code"], "too_many_events");
    assert_eq!(alerts(&world).await.len(), 3);
}

#[tokio::test]
async fn a_batch_can_be_tried_out() {
    let world = world().await;
    let path = format!("/api/v2/events/{SECRET}/batch?simulate=1");
    let answer = post(&world, &path).json(&json!([critical(), 7])).send().await.unwrap();
    let results = said(answer, StatusCode::OK).await["results"].as_array().unwrap().clone();
    assert_eq!(statuses(&results), [200, 400]);
    assert_eq!((&results[0]["simulated"], &results[0]["outcome"]), (&json!(true), &json!("opened")));
    assert!(alerts(&world).await.is_empty());
}
