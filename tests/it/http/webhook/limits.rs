//! How much of a sender is too much.

use super::*;

#[tokio::test]
async fn each_way_in_has_its_own_rate() {
    let world = World::start_with("events", |settings| {
        settings.limits.events_per_integration_per_minute = 2;
    })
    .await;
    let send = async |secret: &str| {
        let path = format!("/webhook/{secret}");
        post(&world, &path).json(&json!({ "title": "Pump" })).send().await.unwrap()
    };
    for secret in [SECRET, "plant-secret-that-comes-next"] {
        assert_eq!(send(secret).await.status(), StatusCode::CREATED);
    }
    let refused = send(SECRET).await;
    assert_eq!(header(&refused, "retry-after"), "30");
    assert_eq!(error(refused, StatusCode::TOO_MANY_REQUESTS).await.0, "too_many_events");
    assert_eq!(send("office-secret-of-tests").await.status(), StatusCode::CREATED);
    world.wait(30).await;
    assert_eq!(send(SECRET).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn there_is_room_for_so_many_at_once_and_the_others_come_again() {
    let world = world().await;
    let taken = world.app.event_room.take(u64::MAX).unwrap();
    let refused = posted(&world, "").json(&critical()).send().await.unwrap();
    assert_eq!(header(&refused, "retry-after"), "1");
    assert_eq!(error(refused, StatusCode::SERVICE_UNAVAILABLE).await.0, "busy");
    drop(taken);
    event(&world, critical()).await;
    assert_eq!(alerts(&world).await.len(), 1);
}
