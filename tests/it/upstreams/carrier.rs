//! The carrier's API: its webhooks and our documents go on, since they do not need it.

use super::{MESSAGE, call, has_failed, in_every_way, left_undone};
use crate::world::{Broken, ListedAlerts as _, World};
use dutyline::exchange::line::Road;

in_every_way! {
    the_alert_opens_and_sound_and_messages_come_later
}

async fn the_alert_opens_and_sound_and_messages_come_later(how: Broken) {
    let world = World::start_gated("one-group", |_| {}).await;
    world.gates().carrier.shut(how).await;
    call(&world, MESSAGE).await;
    let undone = left_undone(&world).await;
    assert!(has_failed(&undone, "fetch_recording") && has_failed(&undone, "send_sms"), "{undone:?}");
    let sms = || world.exchange.arrived(0).iter().filter(|one| one.kind == Road::Sms).count();
    assert_eq!(sms(), 0);

    world.gates().carrier.open().await;
    world.wait(120).await;
    assert_eq!(left_undone(&world).await, [""; 0]);
    assert!(sms() >= 2, "everyone is told: {}", sms());
    let story = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0);
    assert!(story.recording.unwrap().audio.is_some(), "the sound is here");
    assert_eq!(world.gates().carrier.betrayed(), 0, "nobody follows a redirect with our token");
}
