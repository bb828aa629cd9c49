//! Three processes on one database, and two people who say yes at the same moment: every webhook reaches all of the
//! processes at once, and all of them do what is due.

use super::three::{Front, wait};
use crate::world::{ListedAlerts as _, World};
use dutyline::app::App;
use dutyline::domain::alerting::log::Happened;
use dutyline::domain::voice::leg::LegEnd;
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::service::calling;
use futures_util::future::join_all;

const CALLS: usize = 8;
const PHONES: [&str; 2] = ["+15550102", "+15550103"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p28_of_two_who_press_at_once_in_three_processes_exactly_one_talks() {
    let Some(mut world) = World::start_on_postgres("live-level", |_| {}).await else { return };
    let apps = [world.app.clone(), world.beside().await, world.beside().await];
    let front = Front::of(&apps);
    world.serve(front.router()).await;
    for n in 0..CALLS {
        // Now and again nobody is told how a phone is getting on; whoever looks first finds out.
        let faults = if n % 2 == 1 { [Fault::StatusCallbackLost].into() } else { [].into() };
        world.exchange.behave(Behaviour { faults, ..Behaviour::default() });
        one_call(&world, &apps, n).await;
        assert_eq!(*front.different.lock().unwrap(), [""; 0], "of call {n}");
        // Callers are not let in too often.
        wait(&world, &apps, 60).await;
    }
    let outbox = world.app.outbox.count().await.unwrap();
    assert_eq!((outbox.waiting, outbox.failed), (0, 0));
    for phone in PHONES {
        assert_eq!(world.exchange.calls_to(phone, 0).len(), CALLS, "each phone rings once a call");
    }
}

async fn one_call(world: &World, apps: &[App], n: usize) {
    let call = world.exchange.dial(Dial { from: Some("+15550101".to_owned()), attestation: None });
    wait(world, apps, 0).await;
    for key in ["3", "1"] {
        world.exchange.press(&call, key).unwrap();
        wait(world, apps, 0).await;
    }
    let phones = PHONES.map(|phone| world.exchange.calls_to(phone, 0).last().unwrap().sid.clone());
    for phone in &phones {
        assert!(world.exchange.pick_up(phone).unwrap(), "call {n}");
    }
    wait(world, apps, 0).await;
    for phone in &phones {
        world.exchange.press(phone, "5").unwrap();
    }
    wait(world, apps, 6).await;
    let has =
        |call: &str, kind: Kind| world.exchange.line(call, 0).unwrap().iter().any(|one| one.kind == kind);
    let talking = phones.iter().filter(|phone| has(phone, Kind::Connected)).count();
    assert_eq!((talking, has(&call, Kind::Connected)), (1, true), "call {n}");
    world.exchange.hang_up(&call).unwrap();
    wait(world, apps, 20).await;
    for looked in join_all(apps.iter().map(calling::reconcile)).await {
        looked.unwrap();
    }
    wait(world, apps, 5).await;

    assert_eq!(world.exchange.ringing(), 0);
    let alert = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).alert;
    let log = world.app.alerts.alert(alert.id).await.unwrap().unwrap().log;
    let count = |is: fn(&Happened) -> bool| log.iter().filter(|entry| is(&entry.what)).count();
    assert_eq!(count(|what| matches!(what, Happened::Acknowledged { .. })), 1, "call {n}: {log:#?}");
    assert_eq!(count(|what| matches!(what, Happened::Called { .. })), 2, "call {n}: {log:#?}");
    let call = alert.origin.call().unwrap().call;
    let mut ends: Vec<_> = world.app.legs.legs(call).await.unwrap().into_iter().map(|leg| leg.end).collect();
    ends.sort_by_key(|end| end.map(LegEnd::word));
    assert_eq!(ends, [Some(LegEnd::Taken), Some(LegEnd::Talked)], "call {n}");
}
