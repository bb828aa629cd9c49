//! What programs are told of calls.

use super::*;
use crate::world::acts;
use dutyline::exchange::carrier::Dial;

/// Somebody else has dealt with it while the phone of whoever is on call still rang: they talk to the caller, and
/// nothing is said to have happened to the alert.
#[tokio::test]
async fn of_an_alert_that_ended_before_somebody_took_its_call_nothing_more_is_told() {
    let server = program(ok()).await;
    let world = World::start_with("live-machines", |settings| {
        settings.webhooks = vec![webhook("tickets", WebhookKind::Standard, &server.uri())];
    })
    .await;
    let call = world.exchange.dial(Dial { from: Some("+15550101".to_owned()), attestation: None });
    world.settle().await;
    for key in ["3", "1"] {
        world.exchange.press(&call, key).unwrap();
        world.settle().await;
    }
    let alert = world.api("/api/alerts").await["alerts"][0].clone();
    let id: AlertId = alert["id"].as_str().unwrap().parse().unwrap();
    acts::resolve(&world.app, id, &ada()).await.unwrap();
    let ended = world.app.alerts.alert(id).await.unwrap().unwrap();
    let phone = world.exchange.calls_to("+15550102", 0).last().unwrap().sid.clone();
    assert!(world.exchange.pick_up(&phone).unwrap(), "it rings");
    world.settle().await;
    world.exchange.press(&phone, "5").unwrap();
    world.wait(5).await;
    world.exchange.hang_up(&call).unwrap();
    world.wait(30).await;

    let story = world.app.alerts.alert(id).await.unwrap().unwrap();
    assert_eq!((story.alert.acknowledged, &story.alert.closed), (None, &ended.alert.closed));
    let words: Vec<_> = story.log.iter().map(|entry| serde_json::to_value(&entry.what).unwrap()).collect();
    let count = |word: &str| words.iter().filter(|what| what["what"] == word).count();
    assert_eq!((count("acknowledged"), count("resolved"), count("missed")), (0, 1, 0), "{words:?}");
    let legs = world.app.legs.legs_since(jiff::Timestamp::MIN).await.unwrap();
    assert!(legs.iter().any(|leg| leg.accepted_at.is_some()), "they have talked all the same");
    let told: Vec<_> = bodies(&server).await.iter().map(|one| one["type"].clone()).collect();
    assert_eq!(told, ["alert.opened", "alert.resolved"]);
}
