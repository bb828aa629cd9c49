//! Texts by way of the carrier: from a phone to the gateway, and back.

use super::*;
use dutyline::exchange::behaviour::{Behaviour, Fault};

#[tokio::test]
async fn g13_a_text_goes_through_the_carrier_and_is_answered_there() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    world.exchange.text(ADA, "1a");
    world.settle().await;
    assert!(texts_to(&world, ADA)[1].starts_with("Acknowledged #"), "{:?}", texts_to(&world, ADA));
    assert_eq!(state(&world, &alert).await, "acknowledged");
}

#[tokio::test]
async fn a_webhook_that_comes_twice_escalates_once() {
    let world = world().await;
    event(&world, "Pump 1").await;
    world.exchange.behave(Behaviour { faults: [Fault::WebhooksRepeated].into(), ..Behaviour::default() });
    world.exchange.text(ADA, "e");
    world.settle().await;
    assert_eq!((texts_to(&world, ADA).len(), texts_to(&world, BEN).len()), (2, 1));
    assert!(texts_to(&world, ADA)[1].starts_with("Escalated #"));
    assert_eq!(texts_to(&world, CLEO).len(), 0);
}
