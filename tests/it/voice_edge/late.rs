//! A phone that is picked up when its call is wanted no longer: the carrier's cancel and the answer crossed.

use super::post;
use crate::world::World;
use dutyline::domain::ids::CallId;
use dutyline::exchange::script;
use dutyline::ports::store::LegStore;

/// Plays the lines; answers the call of the one alert that there is then.
async fn played(world: &World, lines: &str) -> CallId {
    let script = script::parse("late.call", lines).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.api("/api/alerts").await["alerts"][0]["call"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn p50_an_answer_after_the_caller_has_hung_up_hears_so_and_changes_nothing() {
    let world = World::start("demo").await;
    let gives_up = "caller dmitri\ndial\npress 3\npress 1\nada's phone rings\nhangs up\nnobody's phone rings";
    let call = played(&world, gives_up).await;
    let before = world.api("/api/alerts").await;
    let legs = world.store.legs(call).await.unwrap();
    let [leg] = legs.as_slice() else { panic!("{legs:?}") };
    let base = format!("/voice/calls/{call}/legs/{}/documents", leg.id);
    let carrier_call = leg.carrier_call.clone().unwrap();
    let picked_up = post(&world.app, &format!("{base}/0"), &[("CallSid", &carrier_call)]).await;
    assert_eq!(picked_up.last_words(), "The caller is no longer waiting. Goodbye.");
    let said = [("CallSid", carrier_call.as_str()), ("Digits", "1")];
    let pressed = post(&world.app, &format!("{base}/1"), &said).await;
    assert_eq!(pressed.last_words(), "The caller is no longer waiting. Goodbye.");
    world.settle().await;
    assert_eq!(world.api("/api/alerts").await, before, "the call stays missed");
    assert_eq!(world.store.legs(call).await.unwrap().len(), 1, "nobody else is called");
}

#[tokio::test]
async fn p28_an_answer_after_another_has_taken_the_call_hears_who_has_it() {
    let world = World::start("live-level").await;
    let taken = "caller ada\ndial\npress 3\npress 1\ncleo picks up\ncleo presses 1\nben's phone stops ringing\n\
                 cleo is connected";
    let call = played(&world, taken).await;
    let legs = world.store.legs(call).await.unwrap();
    let ben = legs.iter().find(|leg| leg.name == "Ben Brook").unwrap();
    let path = format!("/voice/calls/{call}/legs/{}/documents/0", ben.id);
    let picked_up = post(&world.app, &path, &[("CallSid", ben.carrier_call.as_deref().unwrap())]).await;
    assert_eq!(picked_up.last_words(), "Cleo Castell has taken the call. Thank you. Goodbye.");
    world.settle().await;
    let alerts = world.api("/api/alerts").await;
    assert_eq!(alerts["alerts"][0]["acknowledged"]["by"], "cleo");
}
