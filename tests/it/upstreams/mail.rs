//! The mail server.

use super::{call, has_failed, in_every_way, left_undone};
use crate::world::{Broken, World};
use dutyline::exchange::line::Road;

in_every_way! {
    mails_come_later_and_hold_up_nothing_else
}

async fn mails_come_later_and_hold_up_nothing_else(how: Broken) {
    let world = World::start_gated("one-group", |_| {}).await;
    world.gates().mail.shut(how).await;
    let lines = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps are down\" for 14 seconds\n\
                 press 1\nhears \"is open\"\ncall ends\nalerts 1\nsms to ben containing \"Pumps are down\"\n";
    call(&world, lines).await;
    let undone = left_undone(&world).await;
    assert!(has_failed(&undone, "send_mail"), "{undone:?}");
    let mails = || world.exchange.arrived(0).iter().filter(|one| one.kind == Road::Mail).count();
    assert_eq!(mails(), 0);

    world.gates().mail.open().await;
    world.wait(120).await;
    assert_eq!(left_undone(&world).await, [""; 0]);
    assert!(mails() >= 2, "everyone is told: {}", mails());
}
