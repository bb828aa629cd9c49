//! The program ends between the word that a vendor is about to be asked, and the word of what came of it.

use super::*;
use async_trait::async_trait;
use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::app::App;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::delivery::ledger::OnUnknown;
use dutyline::domain::ids::NotificationId;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::vendor::{Body, Known, Message, SingleSender, Sought};
use dutyline::service::effects;
use jiff::SignedDuration;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// A vendor at which the program ends: when it is asked, or when it has taken the message.
struct Deadly {
    vendor: Arc<dyn SingleSender>,
    name: &'static str,
    takes_it: bool,
    ends: Arc<Notify>,
}

#[async_trait]
impl SingleSender for Deadly {
    fn name(&self) -> &'static str {
        self.name
    }

    fn trace(&self, message: &Message) -> Option<String> {
        self.vendor.trace(message)
    }

    async fn knows(&self, sought: &Sought<'_>) -> Result<Known, VendorError> {
        self.vendor.knows(sought).await
    }

    async fn send(&self, message: &Message) -> Result<Option<String>, Undone> {
        if self.takes_it {
            self.vendor.send(message).await?;
        }
        self.ends.notify_one();
        pending().await
    }

    async fn probe(&self) -> Result<(), VendorError> {
        Ok(())
    }
}

/// The carrier, which is not asked to tell what becomes of a message.
fn silent_carrier(app: &App) -> Arc<dyn SingleSender> {
    let carrier = &app.live().settings.carrier;
    let account = TwilioAccount {
        api_url: carrier.api_url.clone(),
        account_sid: carrier.account_sid.clone(),
        login: TwilioLogin::Token(carrier.auth_token.as_ref().unwrap().expose().to_owned()),
        texts_from: carrier.number.clone(),
        number: carrier.number.clone(),
        conferences: true,
    };
    Arc::new(Twilio::new(http_client::build(Duration::from_secs(5)).unwrap(), account))
}

/// Ben is told of an alert by a program that ends on the way, and by another one after its lease.
async fn killed(world: &World, name: &'static str, takes_it: bool) -> AlertId {
    killed_before(world, name, takes_it, 0).await
}

/// The same, and so many other messages go to Ben before another program is there.
async fn killed_before(world: &World, name: &'static str, takes_it: bool, others: usize) -> AlertId {
    let id = post(world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    let ben = messages(world, id, "ben").await.remove(0);
    let mut app = world.app.clone();
    let ends = Arc::new(Notify::new());
    let vendor = silent_carrier(&app);
    app.sms = Some(Arc::new(Deadly { vendor, name, takes_it, ends: ends.clone() }));
    for one in effects::claim(&app).await.unwrap() {
        let of_ben = one.claimed.effect.notification().is_some_and(|of| ben["id"] == of.to_string());
        if !of_ben {
            effects::run(&world.app, one, pending).await;
            continue;
        }
        let app = app.clone();
        let process = tokio::spawn(async move { effects::run(&app, one, pending).await });
        ends.notified().await;
        process.abort();
    }
    assert_eq!(states(world, id, "ben").await, ["sending"]);
    assert_eq!(texts(world, BEN).len(), usize::from(takes_it));
    world.settle().await;
    assert_eq!(states(world, id, "ben").await, ["sending"], "the lease holds");
    world.clock.set(world.now() + SignedDuration::from_secs(46));
    let carrier = silent_carrier(&world.app);
    for n in 0..others {
        let body = Body::Sms { to: PhoneNumber::parse(BEN).unwrap(), text: format!("Another one: {n}") };
        carrier.send(&Message { id: NotificationId(Uuid::from_u128(n as u128)), body }).await.unwrap();
    }
    while world.run_effects().await > 0 {}
    id
}

fn once(settings: &mut Settings) {
    settings.policies.clear();
}

#[tokio::test]
async fn g87_what_a_vendor_has_taken_is_not_sent_again() {
    let world = World::start_with("demo", once).await;
    let id = killed(&world, "carrier", true).await;
    assert_eq!(states(&world, id, "ben").await, ["sent"]);
    assert_eq!(texts(&world, BEN).len(), 1);
    let ben = messages(&world, id, "ben").await.remove(0);
    assert!(ben["vendor_id"].as_str().unwrap().starts_with("SM"), "{ben}");
    assert_eq!(log(&world, id, "ben").await.iter().filter(|entry| entry["what"] == "notified").count(), 1);
    let metrics = (world.app.metrics)();
    assert!(metrics.contains("dutyline_deliveries_unknown_total"), "it is counted");
}

#[tokio::test]
async fn g87_what_a_vendor_has_taken_is_found_among_all_that_came_later() {
    let world = World::start_with("demo", once).await;
    let id = killed_before(&world, "carrier", true, 450).await;
    assert_eq!(states(&world, id, "ben").await, ["sent"]);
    assert_eq!(texts(&world, BEN).len(), 451);
}

#[tokio::test]
async fn g87_what_no_vendor_has_taken_is_not_lost() {
    let world = World::start_with("demo", once).await;
    let id = killed(&world, "carrier", false).await;
    world.settle().await;
    assert_eq!(states(&world, id, "ben").await, ["delivered"]);
    assert_eq!(texts(&world, BEN).len(), 1);
    let ben = messages(&world, id, "ben").await.remove(0);
    let outcomes: Vec<&Value> =
        ben["attempts"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["unknown", "sent"]);
}

#[tokio::test]
async fn what_nobody_can_tell_is_held_for_an_operator() {
    let world = World::start_with("demo", once).await;
    let id = killed(&world, "a vendor of before", true).await;
    assert_eq!(states(&world, id, "ben").await, ["unknown"]);
    assert_eq!(texts(&world, BEN).len(), 1);
    assert!(log(&world, id, "ben").await.iter().any(|entry| entry["what"] == "maybe_notified"));

    let outbox = world.api("/api/outbox?state=failed").await;
    let effect = outbox["effects"][0]["id"].as_str().unwrap();
    let retry = world.http.post(world.url(&format!("/api/outbox/{effect}/retry"))).bearer_auth(&world.key);
    assert!(retry.send().await.unwrap().status().is_success());
    world.settle().await;
    assert_eq!(states(&world, id, "ben").await, ["delivered"], "the operator wants it sent");
}

#[tokio::test]
async fn what_nobody_can_tell_is_sent_again_where_the_settings_say_so() {
    let world = World::start_with("demo", |settings| {
        once(settings);
        settings.sms.as_mut().unwrap().on_unknown = OnUnknown::Resend;
    })
    .await;
    let id = killed(&world, "a vendor of before", true).await;
    assert_eq!(texts(&world, BEN).len(), 2);
    assert_eq!(states(&world, id, "ben").await, ["sent"]);
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_not_sent_again() {
    let world = World::start_with("demo", |settings| {
        once(settings);
        settings.sms.as_mut().unwrap().on_unknown = OnUnknown::Resend;
    })
    .await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    let ben = messages(&world, id, "ben").await.remove(0);
    let ready = dutyline::service::ledger::open(&world.app, ben["id"].as_str().unwrap().parse().unwrap())
        .await
        .unwrap();
    let dutyline::service::ledger::Opened::Ready(mut ready) = ready else { panic!("{ready:?}") };
    dutyline::service::ledger::begin(&world.app, &mut ready, "carrier", None, None).await.unwrap();
    crate::world::acts::resolve(&world.app, id, &person("ada")).await.unwrap();
    while world.run_effects().await > 0 {}
    assert_eq!(texts(&world, BEN).len(), 0);
    assert_eq!(states(&world, id, "ben").await, ["dropped"]);
}
