//! The other directory that knows who is on call.

use super::{CARRIER_WAITS, call, in_every_way};
use crate::world::{Broken, Gate, PeopleServer, World, inner, member, shift, voice};
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::reason::Reason;
use dutyline::domain::directory::resolve::OnCall;
use dutyline::service::{directory, on_call};
use jiff::SignedDuration;
use std::time::{Duration, Instant};

in_every_way! {
    who_is_on_call_is_known_by_what_it_said_before
    without_that_it_is_unknown_within_a_turn_and_never_nobody
    it_is_known_again_when_it_answers
    a_caller_leaves_a_message_for_such_a_group_all_the_same
}

const GROUP: &str = "R&D #1 50%";

/// A world whose other directory knows who is on call, and the gate in front of it.
async fn world() -> (World, Gate, PeopleServer) {
    let server = PeopleServer::start().await;
    server.on_call(GROUP, &[shift(&[member("u1"), inner("Inside")])]).await;
    server.on_call("Inside", &[shift(&[member("u2")])]).await;
    server.knows("u1", &[voice("+15550155")]).await;
    server.knows("u2", &[voice("+15550156")]).await;
    let gate = Gate::before(server.address()).await;
    let world = World::start_gated("on-call", |settings| {
        settings.xmatters.as_mut().unwrap().url = format!("http://{}/", gate.address()).parse().unwrap();
        settings.elsewhere.as_mut().unwrap().patience = Duration::from_millis(200);
    })
    .await;
    (world, gate, server)
}

/// Who is on call, found out within the time that a carrier waits.
async fn who(world: &World) -> OnCall {
    let (began, group) = (Instant::now(), Recipient::Group(GroupName(GROUP.to_owned())));
    let answer = on_call::on_call(&world.app, &group, world.now()).await.unwrap();
    assert!(began.elapsed() < CARRIER_WAITS);
    answer.on_call
}

fn ids(found: &OnCall) -> Vec<&str> {
    found.responders.iter().map(|responder| responder.person.0.as_str()).collect()
}

fn is_unknown(found: &OnCall) -> bool {
    found.responders.is_empty()
        && found.skipped.iter().all(|skipped| skipped.reason == Reason::Unknown)
        && !found.skipped.is_empty()
}

async fn who_is_on_call_is_known_by_what_it_said_before(how: Broken) {
    let (world, gate, _server) = world().await;
    directory::refresh(&world.app).await.unwrap();
    gate.shut(how).await;
    world.clock.set(world.now() + SignedDuration::from_hours(2));
    let found = who(&world).await;
    assert_eq!((ids(&found), found.skipped.len()), (vec!["u1", "u2"], 0));
}

async fn without_that_it_is_unknown_within_a_turn_and_never_nobody(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    let found = who(&world).await;
    assert!(is_unknown(&found), "{found:?}");
    assert_eq!(gate.followed(), 0, "nobody follows a redirect with our password");
}

async fn it_is_known_again_when_it_answers(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    assert!(is_unknown(&who(&world).await));
    gate.open().await;
    // A question that hangs is over when its time is.
    directory::refresh(&world.app).await.unwrap();
    directory::refresh(&world.app).await.unwrap();
    assert_eq!(ids(&who(&world).await), ["u1", "u2"]);
}

async fn a_caller_leaves_a_message_for_such_a_group_all_the_same(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    let lines = "settings on-call\ncaller ada\ndial\npress 1\npress 1\nrecords \"Pumps are down\" for 14 seconds\n\
                 press 1\nhears \"is open\"\ncall ends\nalerts 1\n";
    call(&world, lines).await;
}
