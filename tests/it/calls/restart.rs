//! A gateway that stops in the middle of a call and comes back on the same data.

use crate::world::World;
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::twiml::signature::{Key, SIGNATURE_HEADER, SignedBody, sign};
use jiff::SignedDuration;
use serde_json::Value;

/// One webhook of a carrier.
struct Webhook {
    url: String,
    fields: Vec<(String, String)>,
}

impl Webhook {
    fn new(url: String, fields: &[(&str, &str)]) -> Self {
        let always = [("CallSid", "CA1"), ("From", "+15550101")];
        let fields = always.iter().chain(fields).map(|(name, value)| ((*name).into(), (*value).into()));
        Self { url, fields: fields.collect() }
    }

    /// Delivers it; answers the document.
    async fn deliver(&self, world: &World) -> String {
        let signature = sign(&self.url, &SignedBody::Form(&self.fields), &Key::account_token("tests only"));
        let request = world.http.post(&self.url).header(SIGNATURE_HEADER, signature).form(&self.fields);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }
}

/// Where the carrier goes from a document.
fn action(document: &str) -> String {
    let (_, rest) = document.split_once("action=\"").unwrap();
    let (url, _) = rest.split_once('"').unwrap();
    url.split('#').next().unwrap_or_default().to_owned()
}

async fn alerts(world: &World) -> Vec<Value> {
    world.api("/api/alerts").await["alerts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn p48_a_webhook_repeated_after_a_restart_gets_the_stored_answer_and_no_second_alert() {
    let mut world = World::start("one-group").await;
    let mut sent = vec![Webhook::new(world.url("/voice"), &[])];
    let mut answers = vec![sent[0].deliver(&world).await];
    let recorded = [
        ("RecordingUrl", "http://127.0.0.1:9/Recordings/RE1"),
        ("RecordingSid", "RE1"),
        ("RecordingDuration", "1"),
        ("Digits", "1"),
    ];
    for fields in [&[("Digits", "1")][..], &recorded[..]] {
        let webhook = Webhook::new(action(answers.last().unwrap()), fields);
        answers.push(webhook.deliver(&world).await);
        sent.push(webhook);
    }
    assert!(answers[2].contains("Your alert for Database is open"), "{}", answers[2]);
    assert_eq!(alerts(&world).await.len(), 1);

    world.restart().await;

    for (webhook, answer) in sent.iter().zip(&answers) {
        assert_eq!(webhook.deliver(&world).await, *answer);
    }
    world.wait(30).await;
    assert_eq!(alerts(&world).await.len(), 1);
    let texts = world.exchange.arrived(0).into_iter().filter(|message| message.to == "+15550102");
    assert_eq!(texts.count(), 1);
}

#[tokio::test]
async fn a_call_goes_on_where_it_was_when_the_gateway_comes_back() {
    let mut world = World::start("one-group").await;
    let call = world.exchange.dial(Dial { from: Some("+15550101".to_owned()), attestation: None });
    world.settle().await;
    world.exchange.press(&call, "1").unwrap();
    world.settle().await;
    let is_recording =
        |world: &World| world.exchange.line(&call, 0).unwrap().iter().any(|event| event.kind == Kind::Beep);
    while !is_recording(&world) {
        world.pass(SignedDuration::from_secs(1)).await;
    }
    world.exchange.say(&call, "The pumps are down", SignedDuration::from_secs(4)).unwrap();
    world.wait(4).await;

    world.restart().await;
    world.exchange.press(&call, "1").unwrap();
    world.settle().await;
    world.restart().await;
    world.wait(60).await;

    let alerts = alerts(&world).await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["message"]["text"], "The pumps are down");
    assert_eq!(alerts[0]["message"]["audio"], true);
    let kept = std::fs::read_dir(world.folder().join("recordings")).unwrap();
    assert_eq!(kept.count(), 1, "the sound is fetched once");
}
