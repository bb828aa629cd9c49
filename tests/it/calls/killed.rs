//! A gateway that is gone at one exact moment of a live call, and what the next one makes of it when it starts. Time
//! stands still meanwhile: nothing is left to a deadline unless a test says so.

mod late;

use crate::world::{World, acts};
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::directory::device::DeviceKind;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::voice::input::LegInput;
use dutyline::domain::voice::leg::{Leg, LegEnd};
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::handsets::Handset;
use dutyline::exchange::line::Kind;
use dutyline::ports::error::StoreError;
use dutyline::service::{calling, effects, voice};
use late::Late;
use serde_json::{Value, json};
use std::sync::Arc;

const ADA: &str = "+15550101";
const BEN: &str = "+15550102";
const CLEO: &str = "+15550103";

/// A world in which Ben and then Cleo are on call, and Ada calls.
async fn world(faults: &[Fault]) -> World {
    let world = World::start("live-machines").await;
    let faults = faults.iter().copied().collect();
    world.exchange.behave(Behaviour { faults, ..Behaviour::default() });
    world
}

/// Ada asks for the people on call. Nothing is done yet of what that leads to.
async fn asks(world: &World) -> String {
    let call = world.exchange.dial(Dial { from: Some(ADA.to_owned()), attestation: None });
    world.settle().await;
    world.exchange.press(&call, "3").unwrap();
    world.settle().await;
    world.exchange.press(&call, "1").unwrap();
    world.exchange.settle().await;
    call
}

/// Every phone that was ever called.
async fn legs(world: &World) -> Vec<Leg> {
    world.app.legs.legs_since(jiff::Timestamp::MIN).await.unwrap()
}

fn rang(world: &World, number: &str) -> usize {
    world.exchange.calls_to(number, 0).len()
}

/// The phone of that number picks up, and its owner says yes.
async fn takes_it(world: &World, number: &str) -> String {
    let phone = world.exchange.calls_to(number, 0).last().unwrap().sid.clone();
    assert!(world.exchange.pick_up(&phone).unwrap(), "it rings");
    world.settle().await;
    world.exchange.press(&phone, "5").unwrap();
    world.settle().await;
    phone
}

fn is_connected(world: &World, call: &str) -> bool {
    world.exchange.line(call, 0).unwrap().iter().any(|event| event.kind == Kind::Connected)
}

async fn alert(world: &World) -> Value {
    let answer = world.api("/api/alerts").await;
    let alerts = answer["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 1, "{answer}");
    alerts[0].clone()
}

/// Starts again, and looks at what there is, as a process does first of all.
async fn starts_again(world: &mut World) {
    world.restart().await;
    calling::reconcile(&world.app).await.unwrap();
    world.settle().await;
}

#[tokio::test]
async fn p48_a_phone_whose_call_was_asked_for_and_never_heard_of_is_adopted() {
    let mut world = world(&[Fault::PlacingAnswersLost, Fault::StatusCallbackLost]).await;
    let call = asks(&world).await;
    world.settle().await;
    assert_eq!(legs(&world).await[0].carrier_call, None);
    assert_eq!(world.exchange.ringing(), 1);

    starts_again(&mut world).await;
    let leg = legs(&world).await.remove(0);
    assert!(leg.carrier_call.is_some() && leg.ringing_at.is_some(), "{leg:?}");
    takes_it(&world, BEN).await;
    world.wait(5).await;
    assert!(is_connected(&world, &call));
    assert_eq!((rang(&world, BEN), rang(&world, CLEO)), (1, 0));
    // Its end reaches nobody either.
    world.exchange.hang_up(&call).unwrap();
    world.settle().await;
    starts_again(&mut world).await;
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::Talked));
    assert_eq!(alert(&world).await["acknowledged"]["by"], "ben");
}

#[tokio::test]
async fn p48_a_phone_that_nobody_has_heard_of_by_its_deadline_stops_and_the_next_is_called() {
    let world = world(&[Fault::PlacingAnswersLost, Fault::StatusCallbackLost]).await;
    world.exchange.behave(Behaviour {
        faults: [Fault::PlacingAnswersLost, Fault::StatusCallbackLost].into(),
        ..Behaviour::default()
    });
    let call = asks(&world).await;
    world.wait(40).await;
    assert_eq!((rang(&world, BEN), rang(&world, CLEO)), (1, 1), "each once");
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::Lost));
    takes_it(&world, CLEO).await;
    world.wait(5).await;
    assert!(is_connected(&world, &call));
    assert_eq!(world.exchange.ringing(), 0);
}

#[tokio::test]
async fn p48_a_call_whose_answer_is_lost_is_adopted_by_its_status_callback() {
    let world = world(&[Fault::PlacingAnswersLost]).await;
    let call = asks(&world).await;
    world.settle().await;
    let leg = legs(&world).await.remove(0);
    assert!(leg.carrier_call.is_some() && leg.ringing_at.is_some(), "{leg:?}");
    let phone = world.exchange.calls_to(BEN, 0).remove(0).sid;
    world.exchange.decline(&phone).unwrap();
    world.settle().await;
    takes_it(&world, CLEO).await;
    world.wait(5).await;
    assert!(is_connected(&world, &call));
    assert_eq!((rang(&world, BEN), rang(&world, CLEO)), (1, 1));
}

#[tokio::test]
async fn a_phone_that_was_to_be_let_go_when_the_gateway_died_stops_at_the_start() {
    for faults in [&[][..], &[Fault::PlacingAnswersLost, Fault::StatusCallbackLost][..]] {
        let mut world = world(faults).await;
        let call = asks(&world).await;
        world.settle().await;
        assert_eq!(world.exchange.ringing(), 1);
        if faults.is_empty() {
            world.exchange.hang_up(&call).unwrap();
        } else {
            // Nobody tells of a hang-up then; star says the same.
            world.exchange.press(&call, "*").unwrap();
        }
        world.exchange.settle().await;
        assert_eq!(legs(&world).await[0].end, Some(LegEnd::CallerGone));
        let under_way = effects::claim(&world.app).await.unwrap();
        assert!(under_way.iter().any(|one| one.claimed.effect.word() == "release_leg"));
        drop(under_way);
        assert_eq!(world.exchange.ringing(), 1);
        starts_again(&mut world).await;
        assert_eq!(world.exchange.ringing(), 0, "with {faults:?}");
        assert_eq!(rang(&world, CLEO), 0);
        world.wait(200).await;
        assert_eq!(alert(&world).await["held"], false);
    }
}

#[tokio::test]
async fn p50_a_caller_who_was_gone_before_the_gateway_came_back_is_waited_for_no_longer() {
    let mut world = world(&[Fault::StatusCallbackLost]).await;
    let call = asks(&world).await;
    world.settle().await;
    world.exchange.hang_up(&call).unwrap();
    world.settle().await;
    assert_eq!(world.exchange.ringing(), 1, "nobody has told us");
    starts_again(&mut world).await;
    assert_eq!(world.exchange.ringing(), 0);
    assert_eq!(rang(&world, CLEO), 0);
    let alert = alert(&world).await;
    assert_eq!((&alert["held"], &alert["state"]), (&Value::Bool(false), &"open".into()));
}

#[tokio::test]
async fn p50_a_caller_whose_end_nobody_tells_is_found_gone_when_there_is_news_for_them() {
    let world = world(&[Fault::StatusCallbackLost]).await;
    let call = asks(&world).await;
    world.settle().await;
    world.exchange.hang_up(&call).unwrap();
    // The first counts as lost; the next is called, and the caller is to be told.
    world.wait(30).await;
    assert_eq!(world.exchange.ringing(), 0);
    let legs = legs(&world).await;
    assert!(legs.iter().all(Leg::is_over), "{legs:?}");
    assert_eq!(alert(&world).await["held"], false);
}

#[tokio::test]
async fn a_phone_that_was_over_before_the_gateway_came_back_leads_to_the_next() {
    let mut world = world(&[Fault::StatusCallbackLost]).await;
    let call = asks(&world).await;
    world.settle().await;
    let phone = world.exchange.calls_to(BEN, 0).remove(0).sid;
    world.exchange.decline(&phone).unwrap();
    world.settle().await;
    assert_eq!(rang(&world, CLEO), 0);
    starts_again(&mut world).await;
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::Busy));
    takes_it(&world, CLEO).await;
    world.wait(5).await;
    assert!(is_connected(&world, &call));
}

#[tokio::test]
async fn a_phone_that_the_carrier_does_not_know_is_lost_and_one_that_rings_is_left_alone() {
    let mut world = world(&[]).await;
    world.exchange.behave(Behaviour {
        handsets: {
            let mut handsets = Behaviour::default().handsets;
            handsets.set(BEN, Handset::Dead);
            handsets
        },
        faults: [Fault::PlacingAnswersLost, Fault::StatusCallbackLost].into(),
        ..Behaviour::default()
    });
    asks(&world).await;
    world.settle().await;
    let leg = legs(&world).await.remove(0);
    voice::legs::news(&world.app, leg.call, leg.id, LegInput::Ringing, "CAunknown").await.unwrap();
    starts_again(&mut world).await;
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::Lost));
    assert_eq!((world.exchange.ringing(), rang(&world, CLEO)), (1, 1));
    starts_again(&mut world).await;
    assert_eq!((world.exchange.ringing(), rang(&world, CLEO)), (1, 1));
}

#[tokio::test]
async fn somebody_who_has_said_yes_is_put_through_by_the_next_gateway() {
    let mut world = world(&[]).await;
    let call = asks(&world).await;
    world.settle().await;
    let phone = world.exchange.calls_to(BEN, 0).remove(0).sid;
    world.exchange.pick_up(&phone).unwrap();
    world.settle().await;
    world.exchange.press(&phone, "5").unwrap();
    world.exchange.settle().await;
    let under_way = effects::claim(&world.app).await.unwrap();
    assert!(under_way.iter().any(|one| one.claimed.effect.word() == "recall_caller"));
    drop(under_way);
    starts_again(&mut world).await;
    // The caller's line asks by itself within seconds.
    world.wait(20).await;
    assert!(is_connected(&world, &call));
    world.exchange.hang_up(&phone).unwrap();
    world.wait(5).await;
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::Talked));
    assert_eq!(alert(&world).await["acknowledged"]["by"], "ben");
}

#[tokio::test]
async fn p50_a_phone_that_is_let_go_while_the_carrier_still_answers_does_not_ring_on() {
    let mut world = world(&[Fault::StatusCallbackLost]).await;
    let call = asks(&world).await;
    let (exchange, app) = (world.exchange.clone(), world.app.clone());
    let late = Late::new(world.app.telephony.clone(), async move {
        // The carrier's own list is behind: the phone is let go, and nothing is found.
        exchange.press(&call, "*").unwrap();
        exchange.settle().await;
        drop(effects::claim(&app).await.unwrap());
    });
    world.app.telephony = Arc::new(late);
    world.run_effects().await;
    assert_eq!(legs(&world).await[0].end, Some(LegEnd::CallerGone));
    world.settle().await;
    assert_eq!((rang(&world, BEN), world.exchange.ringing()), (1, 0));
}

/// Somebody acknowledges an alert while the carrier is asked to ring people about it.
#[tokio::test]
async fn a_phone_rung_about_what_is_answered_while_the_carrier_still_answers_does_not_ring_on() {
    let mut world = World::start_with("demo", |settings| {
        for one in &mut settings.directory.people {
            one.devices.retain(|device| device.kind() == DeviceKind::Voice);
            one.devices.truncate(1);
        }
    })
    .await;
    let url = world.url("/webhook/demo-only-operations");
    let answer = world.http.post(url).json(&json!({ "title": "Pumps" })).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let alert = answer["alertId"].as_str().unwrap().parse().unwrap();
    acts::due(&world.app).await.unwrap();
    let app = world.app.clone();
    let late = Late::new(world.app.telephony.clone(), async move {
        let cleo = Actor { who: Who::Person(PersonId("cleo".to_owned())), from: Channel::Api };
        acts::acknowledge(&app, alert, &cleo).await.unwrap();
    });
    world.app.telephony = Arc::new(late);
    world.run_effects().await;
    world.wait(5).await;
    assert_eq!(world.exchange.ringing(), 0);
    world.wait(120).await;
    assert!(rang(&world, ADA) <= 1 && rang(&world, BEN) <= 1);
    let told = world.api(&format!("/api/alerts/{alert}")).await["notifications"].to_string();
    assert_eq!(told.matches("\"dropped\"").count(), 2, "{told}");
}

#[tokio::test]
async fn a_phone_is_asked_for_once_whoever_asks() {
    let world = world(&[]).await;
    asks(&world).await;
    let leg = legs(&world).await.remove(0);
    world.app.legs.ask_for_leg(leg.id, world.now()).await.unwrap();
    let again = world.app.legs.ask_for_leg(leg.id, world.now()).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    // Whoever asked first died before the carrier heard of it: nothing is found there, and the next is called.
    world.settle().await;
    assert_eq!((rang(&world, BEN), rang(&world, CLEO)), (0, 1));
}
