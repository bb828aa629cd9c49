//! The mail server.

use super::{MESSAGE, call, has_failed, in_every_way, left_undone};
use crate::world::{Broken, World};
use dutyline::exchange::line::Road;

in_every_way! {
    mails_come_later_and_hold_up_nothing_else
}

async fn mails_come_later_and_hold_up_nothing_else(how: Broken) {
    let world = World::start_gated("one-group", |_| {}).await;
    world.gates().mail.shut(how).await;
    call(&world, &format!("{MESSAGE}sms to ben containing \"Pumps are down\"\n")).await;
    let undone = left_undone(&world).await;
    assert!(has_failed(&undone, "send_mail"), "{undone:?}");
    let mails = || world.exchange.arrived(0).iter().filter(|one| one.kind == Road::Mail).count();
    assert_eq!(mails(), 0);

    world.gates().mail.open().await;
    world.wait(120).await;
    assert_eq!(left_undone(&world).await, [""; 0]);
    assert!(mails() >= 2, "everyone is told: {}", mails());
}
