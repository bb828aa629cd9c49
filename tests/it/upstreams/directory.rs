//! The other directory that callers are looked up in.

use super::{call, in_every_way};
use crate::world::{Broken, Gate, PeopleServer, World, voice};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::service::directory;
use std::time::Duration;

in_every_way! {
    known_callers_of_ours_are_let_in_at_once
    callers_of_the_other_directory_hold_and_are_told_why
    callers_of_the_other_directory_hold_and_are_let_in_when_it_answers
    callers_of_the_other_directory_are_let_in_by_what_it_said_before
}

/// A world whose other directory knows one caller, and the gate in front of it.
async fn world() -> (World, Gate, PeopleServer) {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice("+15550155")]).await;
    server.knows("u%2F2", &[]).await;
    let gate = Gate::before(server.address()).await;
    let world = World::start_gated("xmatters", |settings| {
        settings.xmatters.as_mut().unwrap().url = format!("http://{}/", gate.address()).parse().unwrap();
        settings.elsewhere.as_mut().unwrap().patience = Duration::from_millis(200);
    })
    .await;
    (world, gate, server)
}

const ALERT: &str =
    "press 1\nrecords \"Pumps are down\" for 14 seconds\npress 1\nhears \"is open\"\ncall ends\n";

async fn known_callers_of_ours_are_let_in_at_once(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    let lines = "caller ada\ndial\nhears \"Hello Ada Admin\"\nnever hears \"One moment\"\n";
    call(&world, &format!("settings xmatters\n{lines}{ALERT}alerts 1\n")).await;
}

async fn callers_of_the_other_directory_hold_and_are_told_why(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    let lines = "settings xmatters\ncaller +15550155\ndial\nhears \"One moment, please\"\n\
                 hears \"still checking\"\nhears \"cannot be checked\"\ncall ends\nno alert\n";
    call(&world, lines).await;
    assert_eq!(gate.followed(), 0, "nobody follows a redirect with our password");
}

async fn callers_of_the_other_directory_hold_and_are_let_in_when_it_answers(how: Broken) {
    let (world, gate, _server) = world().await;
    gate.shut(how).await;
    let call = world.exchange.dial(Dial { from: Some("+15550155".to_owned()), attestation: None });
    world.settle().await;
    let heard = || {
        let line = world.exchange.line(&call, 0).unwrap();
        line.into_iter().filter(|event| event.kind == Kind::Heard).map(|event| event.text).collect::<String>()
    };
    assert_eq!(heard(), "One moment, please.");
    gate.open().await;
    world.wait(8).await;
    assert!(heard().contains("Hello Uma Underhill."), "{}", heard());
}

async fn callers_of_the_other_directory_are_let_in_by_what_it_said_before(how: Broken) {
    let (world, gate, _server) = world().await;
    directory::refresh(&world.app).await.unwrap();
    gate.shut(how).await;
    let lines = "caller +15550155\ndial\nhears \"Hello Uma Underhill\"\nnever hears \"One moment\"\n";
    call(&world, &format!("settings xmatters\n{lines}{ALERT}alerts 1\n")).await;
}
