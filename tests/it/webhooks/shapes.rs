//! What is sent, word by word.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dutyline::adapters::webhook::sign::SigningKey;
use dutyline::domain::alerting::act::Act;
use dutyline::exchange::script;
use dutyline::service::alerting;
use serde_json::json as value;

#[tokio::test]
async fn s30_new_acknowledged_and_resolved_are_200_then_201_2_then_201_4_each_with_its_own_id() {
    let server = program(ok()).await;
    let world = world(vec![webhook("tickets", WebhookKind::Signl4, &server.uri())]).await;
    let (id, event) = take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    world.wait(60).await;
    crate::world::acts::acknowledge(&world.app, id, &ada()).await.unwrap();
    world.wait(60).await;
    take_in(&world, Transition::Resolve, "a1").await;
    world.settle().await;
    let told = bodies(&server).await;
    let kinds: Vec<_> =
        told.iter().map(|one| (one["eventType"].as_u64(), one["alert"]["statusCode"].as_u64())).collect();
    assert_eq!(kinds, [(Some(200), Some(1)), (Some(201), Some(2)), (Some(201), Some(4))]);
    let ids: Vec<_> = told.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    assert_eq!(told[0]["alert"]["eventId"], event.as_str(), "what the sender of the event was answered");
    let expected = value!({
        "eventType": 201,
        "eventRaisedUtc": "2026-01-05T09:02:00Z",
        "subscription": {"id": "tickets"},
        "branch": null,
        "team": {"teamname": "Plant", "id": "Plant"},
        "user": {"username": "prtg", "displayname": "prtg", "mailaddress": null, "id": "prtg"},
        "alert": {
            "statusCode": 4,
            "eventId": event,
            "shortId": 1,
            "externalEventId": "a1",
            "acknowledgedUserIds": ["ada"],
            "acknowledgedAt": "2026-01-05T09:01:00Z",
            "category": null,
            "closedAt": "2026-01-05T09:02:00Z",
            "closedBy": "prtg",
            "createdAt": "2026-01-05T09:00:00Z",
            "eventSeverity": 2,
            "lastModified": "2026-01-05T09:02:00Z",
            "parameters": [{"name": "Sensor", "type": 8, "value": "P3"}],
            "title": "Pump 3 stands still",
            "text": "No pressure since 08:58",
            "workflow": 3,
            "id": id.to_string(),
        },
        "annotation": null,
        "id": ids[2],
    });
    assert_eq!(told[2], expected);
    assert_eq!(left(&world, "tickets").await, LaneCount::default());
}

#[tokio::test]
async fn s32_an_annotation_is_event_203_and_what_is_taken_back_is_open_again() {
    let server = program(ok()).await;
    let world = world(vec![webhook("tickets", WebhookKind::Signl4, &server.uri())]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    crate::world::acts::acknowledge(&world.app, id, &ada()).await.unwrap();
    alerting::act(&world.app, id, &Act::UndoAcknowledge, &ada(), None).await.unwrap();
    alerting::act(&world.app, id, &Act::Note("OK, I’ll check".to_owned()), &ada(), None).await.unwrap();
    world.wait(2).await;
    let told = bodies(&server).await;
    let kinds: Vec<_> =
        told.iter().map(|one| (one["eventType"].as_u64(), one["alert"]["statusCode"].as_u64())).collect();
    assert_eq!(kinds[..3], [(Some(200), Some(1)), (Some(201), Some(2)), (Some(201), Some(1))]);
    let note = told.iter().find(|one| one["eventType"] == 203).unwrap();
    assert_eq!(note["annotation"]["message"], "OK, I’ll check");
    assert_eq!(note["user"]["username"], "ada");
    assert_eq!(note["user"]["displayname"], "Ada Admin");
    assert_eq!(note["user"]["mailaddress"], "ada@test.example");
    assert!(told[0]["annotation"].is_null());
}

#[tokio::test]
async fn the_standard_shape_says_what_happened_and_how_the_alert_was_then() {
    let server = program(ok()).await;
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    // All of it is told late, and as it was.
    crate::world::acts::acknowledge(&world.app, id, &ada()).await.unwrap();
    crate::world::acts::resolve(&world.app, id, &ada()).await.unwrap();
    world.wait(5).await;
    let told = bodies(&server).await;
    let types: Vec<_> = told
        .iter()
        .map(|one| (one["type"].as_str().unwrap(), one["data"]["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        types,
        [("alert.opened", "open"), ("alert.acknowledged", "acknowledged"), ("alert.resolved", "resolved")]
    );
    let expected = value!({
        "type": "alert.acknowledged",
        "timestamp": "2026-01-05T09:00:00Z",
        "data": {
            "id": id.to_string(),
            "number": 1,
            "state": "acknowledged",
            "severity": "high",
            "team": "Plant",
            "category": null,
            "title": "Pump 3 stands still",
            "text": "No pressure since 08:58",
            "details": [{"name": "Sensor", "value": "P3"}],
            "is_truncated": false,
            "latitude": null,
            "longitude": null,
            "origin": "event",
            "caller": null,
            "source": "PRTG",
            "external_id": "a1",
            "recording_url": null,
            "opened_at": "2026-01-05T09:00:00Z",
            "acknowledged_at": "2026-01-05T09:00:00Z",
            "acknowledged_by": ["ada"],
            "resolved_at": null,
            "resolved_by": null,
            "by": "ada",
            "note": null,
        },
    });
    assert_eq!(told[1], expected);
}

#[tokio::test]
async fn every_message_is_signed_by_each_secret_at_the_moment_of_its_sending() {
    let server = program(ok()).await;
    let mut rotating = webhook("tickets", WebhookKind::Standard, &server.uri());
    let next = format!("whsec_{}", STANDARD.encode([7; 32]));
    rotating.keys.push(SigningSecret::parse(&next).unwrap());
    let world = world(vec![rotating]).await;
    take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    let request = requests(&server).await.remove(0);
    let (id, at) = (header(&request, "webhook-id"), world.now().as_second());
    assert_eq!(header(&request, "webhook-timestamp"), at.to_string());
    assert_eq!(header(&request, "content-type"), "application/json");
    let body = String::from_utf8(request.body.clone()).unwrap();
    let first = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let signatures =
        [first.as_slice(), &[7; 32]].map(|key| SigningKey::new(key).sign(&id, at, &body)).join(" ");
    assert_eq!(header(&request, "webhook-signature"), signatures);
}

#[tokio::test]
async fn a_long_alert_is_cut_to_less_than_20_kilobytes_and_says_so() {
    let server = program(ok()).await;
    let world = world(vec![
        webhook("one", WebhookKind::Standard, &server.uri()),
        webhook("two", WebhookKind::Signl4, &server.uri()),
    ])
    .await;
    let mut long = event(&world, Transition::Open, "a1");
    long.content.text = Some("ä\"".repeat(30_000));
    let detail = |n: usize| Detail { name: format!("Name {n}"), value: "\u{1}".repeat(300) };
    long.content.details = (0..300).map(detail).collect();
    taken_in(&world, &long).await;
    world.settle().await;
    let requests = requests(&server).await;
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!((5_000..20_000).contains(&request.body.len()), "{}", request.body.len());
        let told = json(&request);
        if told["type"].is_string() {
            assert_eq!(told["data"]["is_truncated"], true);
        }
    }
}

#[tokio::test]
async fn alerts_of_calls_are_told_of_as_well() {
    let server = program(ok()).await;
    let world = world(vec![webhook("tickets", WebhookKind::Standard, &server.uri())]).await;
    let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps are down\" for 14 seconds\npress 1\ncall ends\n";
    world.play(&script::parse("call", text).unwrap()).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(30).await;
    let told = bodies(&server).await;
    let types: Vec<_> = told.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["alert.opened"]);
    assert_eq!(told[0]["data"]["title"], "Call by Ada Admin");
    assert_eq!(told[0]["data"]["origin"], "call");
    assert!(told[0]["data"]["recording_url"].as_str().unwrap().contains("/l/"));
}
