//! The gateway's own adapter, against the carrier that it is tried out with: both have to mean the same.

use std::time::Duration;

use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use dutyline::domain::contact::PhoneNumber;
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::handsets::Handset;
use dutyline::exchange::serve::router;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::telephony::{CallOver, CallProgress, NewCall, Telephony};
use tokio::net::TcpListener;

use super::world::{ACCOUNT, NUMBER, Reply, TOKEN, World, xml};

const BEN: &str = "+15550101";

async fn world() -> (World, Twilio) {
    let world = World::start(|seen| match seen.path.as_str() {
        "/answered" => xml("<Say>Press 1 to accept.</Say><Pause length=\"60\"/>"),
        "/elsewhere" => xml("<Say>It is taken.</Say>"),
        _ => Reply::Status(204),
    })
    .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let account = TwilioAccount {
        api_url: format!("http://{}", listener.local_addr().unwrap()).parse().unwrap(),
        account_sid: ACCOUNT.to_owned(),
        login: TwilioLogin::Token(TOKEN.to_owned()),
        number: PhoneNumber::parse(NUMBER).unwrap(),
        texts_from: PhoneNumber::parse(NUMBER).unwrap(),
        conferences: true,
    };
    let router = router(&world.exchange);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (world, Twilio::new(http_client::build(Duration::from_secs(5)).unwrap(), account))
}

fn ben() -> PhoneNumber {
    PhoneNumber::parse(BEN).unwrap()
}

fn new_call(world: &World) -> NewCall {
    NewCall {
        to: ben(),
        from: None,
        url: format!("{}/answered", world.gateway),
        status_url: format!("{}/progress", world.gateway),
        machine_url: Some(format!("{}/machine", world.gateway)),
        ring_seconds: 12,
    }
}

fn behaviour(handset: Handset, fault: Option<Fault>) -> Behaviour {
    let mut behaviour = Behaviour { faults: fault.into_iter().collect(), ..Behaviour::default() };
    behaviour.handsets.set(BEN, handset);
    behaviour
}

#[tokio::test]
async fn a_call_is_placed_looked_at_sent_elsewhere_and_ended() {
    let (world, twilio) = world().await;
    world.exchange.behave(behaviour(Handset::Answers { after: 2 }, None));
    let begun = world.now();
    let call = twilio.place_call(&new_call(&world)).await.unwrap();
    assert_eq!(twilio.call_status(&call).await, Ok(Some(CallProgress::Queued)));
    world.exchange.settle().await;
    assert_eq!(twilio.call_status(&call).await, Ok(Some(CallProgress::Ringing)));
    let early = twilio.redirect_call(&call, &format!("{}/elsewhere", world.gateway)).await;
    assert!(matches!(early, Err(VendorError::Permanent { .. })), "{early:?}");
    world.pass(5).await;
    assert_eq!(world.at("/machine").field("AnsweredBy"), Some("human"));
    let found = twilio.calls_to(&ben(), begun).await.unwrap();
    assert_eq!(
        found.iter().map(|found| (&found.carrier_call, found.progress)).collect::<Vec<_>>(),
        [(&call, CallProgress::InProgress)]
    );
    twilio.redirect_call(&call, &format!("{}/elsewhere", world.gateway)).await.unwrap();
    world.exchange.settle().await;
    assert_eq!(world.heard(&call), ["Press 1 to accept.", "It is taken."]);
    twilio.hang_up(&call).await.unwrap();
    twilio.hang_up(&call).await.unwrap();
    assert_eq!(twilio.call_status(&call).await, Ok(Some(CallProgress::Over(CallOver::Completed))));
    assert_eq!(twilio.calls_to(&ben(), begun).await, Ok(Vec::new()));
    twilio.hang_up("CA00000000000000000000000000000000").await.unwrap();
}

#[tokio::test]
async fn a_phone_that_rings_stops_when_the_call_is_ended() {
    let (world, twilio) = world().await;
    let call = twilio.place_call(&new_call(&world)).await.unwrap();
    world.pass(3).await;
    assert_eq!(world.exchange.ringing(), 1);
    twilio.hang_up(&call).await.unwrap();
    world.exchange.settle().await;
    assert_eq!(world.exchange.ringing(), 0);
    assert_eq!(twilio.call_status(&call).await, Ok(Some(CallProgress::Over(CallOver::Canceled))));
    assert_eq!(world.at("/progress").field("CallStatus"), Some("canceled"));
}

#[tokio::test]
async fn however_a_call_ends_both_call_it_the_same() {
    for (handset, over) in [
        (Handset::Busy, CallOver::Busy),
        (Handset::Declines { after: 1 }, CallOver::Busy),
        (Handset::Rings, CallOver::NoAnswer),
        (Handset::Dead, CallOver::Failed),
        (Handset::Fails, CallOver::Failed),
    ] {
        let (world, twilio) = world().await;
        world.exchange.behave(behaviour(handset, None));
        let call = twilio.place_call(&new_call(&world)).await.unwrap();
        world.pass_all().await;
        assert_eq!(twilio.call_status(&call).await, Ok(Some(CallProgress::Over(over))));
    }
}

#[tokio::test]
async fn a_call_whose_answer_was_lost_is_found_again() {
    let (world, twilio) = world().await;
    world.exchange.behave(behaviour(Handset::Rings, Some(Fault::PlacingAnswersLost)));
    let begun = world.now();
    let placed = twilio.place_call(&new_call(&world)).await;
    assert!(matches!(placed, Err(Undone::Perhaps(_))), "{placed:?}");
    world.exchange.settle().await;
    let found = twilio.calls_to(&ben(), begun).await.unwrap();
    assert_eq!(found.len(), 1);
    twilio.hang_up(&found[0].carrier_call).await.unwrap();
    assert_eq!(world.exchange.ringing(), 0);
}
