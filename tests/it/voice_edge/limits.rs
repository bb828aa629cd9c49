//! How often a number may call.

use super::*;
use crate::world::World;
use jiff::SignedDuration;

#[tokio::test]
async fn a_number_may_call_so_often_and_a_repeated_request_is_no_call() {
    let world = World::start_with("one-group", |settings| {
        settings.limits.calls_per_number_per_minute = 2;
    })
    .await;
    let first = call(&world.app, "CA1", "+15550101").await;
    for _ in 0..5 {
        assert_eq!(call(&world.app, "CA1", "+15550101").await.body, first.body, "the same answer again");
    }
    assert!(call(&world.app, "CA2", "+15550101").await.body.contains("<Gather"));
    let refused = call(&world.app, "CA3", "+15550101").await;
    assert!(refused.last_words().contains("too many calls"), "{}", refused.body);
    assert_eq!(call(&world.app, "CA3", "+15550101").await.body, refused.body);
    assert!(call(&world.app, "CA4", "+15550102").await.body.contains("<Gather"), "another number");
    world.clock.set(world.now() + SignedDuration::from_secs(30));
    assert!(call(&world.app, "CA5", "+15550101").await.body.contains("<Gather"), "half a minute later");
}

#[tokio::test]
async fn whoever_can_not_sign_is_answered_so_often() {
    let world = World::start_with("one-group", |settings| {
        settings.limits.requests_per_source_per_minute = 2;
    })
    .await;
    for _ in 0..2 {
        assert_refused(&send(&world.app, form("/voice", &[], None)).await, StatusCode::FORBIDDEN);
    }
    let answer = send(&world.app, form("/voice", &[], None)).await;
    assert_refused(&answer, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers[header::RETRY_AFTER], "30");
    assert!(
        call(&world.app, "CA1", "+15550101").await.body.contains("<Gather"),
        "the carrier is not held up"
    );
}
