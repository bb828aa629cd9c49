//! Calls of ours to people about alerts.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::alerting::alert::Alert;
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::life;
use dutyline::domain::alerting::log::Happened;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::Effect;
use dutyline::domain::ids::{CallId, NotificationId, RingId};
use dutyline::domain::retention::Forgettable;
use dutyline::domain::voice::call::Asked;
use dutyline::domain::voice::leg::LegEnd;
use dutyline::domain::voice::ring::step::RingTurn;
use dutyline::domain::voice::ring::{Ring, RingEnd, RingState};
use dutyline::ports::store::{
    AlertCursor, AlertStore, LegStore, Outbox, RecordedRing, RetentionStore, RingStore,
};

on_every_driver! {
    store;
    a_ring_comes_back_as_it_was_written
    nobody_is_rung_about_two_alerts_at_once
    nobody_is_rung_about_what_is_answered
    what_the_carrier_calls_it_is_written_once
    a_turn_is_written_all_of_it_or_nothing
    one_that_was_not_placed_is_forgotten
    it_goes_with_its_alert
    open_alerts_come_newest_first
}

fn number() -> PhoneNumber {
    PhoneNumber::parse("+15550102").unwrap()
}

fn asking() -> RingState {
    RingState::Asking { asked: Asked { silent: 1, wrong: 2 } }
}

impl Store {
    /// A message for that person's phone about an alert, and the call that brings it.
    async fn planned(&self, alert: &Alert, person: &str) -> Ring {
        let alert = self.store.alert(alert.id).await.unwrap().unwrap().alert;
        let one = Notification {
            id: NotificationId::next(&*self.ids),
            alert: alert.id,
            person: PersonId(person.to_owned()),
            device: Device::Voice(number()),
            purpose: Purpose::Alert,
            due: at(0),
        };
        let id = alert.id;
        let change = Change { notifications: vec![one.clone()], ..Change::of(alert) };
        self.store.change(&change).await.unwrap();
        Ring {
            id: RingId::next(&*self.ids),
            notification: one.id,
            alert: id,
            person: one.person,
            name: "Ł. \"Quote\"".to_owned(),
            language: "de".to_owned(),
            number: number(),
            attempt: 1,
            carrier_call: None,
            state: RingState::Ringing,
            version: 1,
            document: 0,
            asked_at: at(1),
            due_at: Some(at(60)),
        }
    }

    async fn ring(&self, ring: &Ring) -> Ring {
        self.store.ring(ring.id).await.unwrap().unwrap()
    }

    async fn log(&self, ring: &Ring) -> Vec<Happened> {
        let story = self.store.alert(ring.alert).await.unwrap().unwrap();
        story.log.into_iter().map(|entry| entry.what).collect()
    }
}

fn turn(next: RingState) -> RingTurn {
    let due_at = (!next.is_over()).then(|| at(300));
    RingTurn {
        at: at(5),
        next,
        plan: None,
        due_at,
        log: vec![],
        change: None,
        is_delivered: false,
        dropped: None,
        effects: vec![],
    }
}

const fn written<'a>(ring: &'a Ring, turn: &'a RingTurn, reply: Option<&'a str>) -> RecordedRing<'a> {
    RecordedRing { ring, turn, carrier_call: Some("CA9"), reply }
}

async fn a_ring_comes_back_as_it_was_written(s: &Store) {
    let alert = s.alerted("CA1", at(0), vec![]).await;
    let ring = s.planned(&alert, "ben").await;
    assert_eq!(s.store.ring(ring.id).await.unwrap(), None);
    s.store.begin_ring(&ring).await.unwrap();
    assert_eq!(s.ring(&ring).await, ring);
    assert_eq!(s.store.rings(ring.notification).await.unwrap(), std::slice::from_ref(&ring));
    assert_eq!(s.store.rings_under_way().await.unwrap(), std::slice::from_ref(&ring));
    assert_eq!(s.log(&ring).await.last(), Some(&Happened::Called { person: "ben".to_owned() }));
    let nobody = CallId::next(&*s.ids);
    assert!(s.store.busy(nobody).await.unwrap().contains(&ring.person), "hunts pass them over");
}

async fn nobody_is_rung_about_two_alerts_at_once(s: &Store) {
    let one = s.planned(&s.alerted("CA1", at(0), vec![]).await, "ben").await;
    let other = s.planned(&s.alerted("CA2", at(0), vec![]).await, "ben").await;
    s.store.begin_ring(&one).await.unwrap();
    conflict(s.store.begin_ring(&other).await);
    assert!(!s.log(&other).await.contains(&Happened::Called { person: "ben".to_owned() }));
    let end = RingState::Ended { end: RingEnd::Unreached(LegEnd::NoAnswer) };
    s.store.record_ring(written(&one, &turn(end), None)).await.unwrap();
    s.store.begin_ring(&other).await.unwrap();
}

async fn nobody_is_rung_about_what_is_answered(s: &Store) {
    let cleo = Actor { who: Who::Person(PersonId("cleo".to_owned())), from: Channel::Api };
    let alert = s.alerted("CA1", at(0), vec![]).await;
    let ring = s.planned(&alert, "ben").await;
    let read = s.store.alert(alert.id).await.unwrap().unwrap().alert;
    s.store.change(&life::acknowledge(read, &cleo, at(2)).unwrap()).await.unwrap();
    conflict(s.store.begin_ring(&ring).await);
    assert_eq!(s.store.ring(ring.id).await.unwrap(), None);
}

async fn what_the_carrier_calls_it_is_written_once(s: &Store) {
    let ring = s.planned(&s.alerted("CA1", at(0), vec![]).await, "ben").await;
    s.store.begin_ring(&ring).await.unwrap();
    assert!(s.store.rings_since(at(0)).await.unwrap().is_empty());
    s.store.ask_for_ring(&ring, at(9), at(90)).await.unwrap();
    let asked = s.ring(&ring).await;
    assert_eq!((asked.asked_at, asked.version), (at(9), 2));
    conflict(s.store.ask_for_ring(&ring, at(10), at(90)).await);
    for id in ["CA7", "CA8"] {
        s.store.ring_placed(ring.id, id).await.unwrap();
    }
    assert_eq!(s.ring(&ring).await.carrier_call.as_deref(), Some("CA7"));
    conflict(s.store.ask_for_ring(&asked, at(11), at(90)).await);
    assert_eq!(s.store.rings_since(at(9)).await.unwrap(), ["CA7"]);
    assert!(s.store.rings_since(at(10)).await.unwrap().is_empty());
}

async fn a_turn_is_written_all_of_it_or_nothing(s: &Store) {
    let alert = s.alerted("CA1", at(0), vec![]).await;
    let ring = s.planned(&alert, "ben").await;
    s.store.begin_ring(&ring).await.unwrap();
    s.store.record_ring(written(&ring, &turn(asking()), Some("<one/>"))).await.unwrap();
    let after = s.ring(&ring).await;
    assert_eq!((&after.state, after.version, after.document), (&asking(), 2, 1));
    assert_eq!((after.carrier_call.as_deref(), after.due_at), (Some("CA9"), Some(at(300))));
    assert_eq!(s.store.ring_reply(ring.id, 0).await.unwrap().as_deref(), Some("<one/>"));
    assert_eq!(s.store.ring_reply(ring.id, 1).await.unwrap(), None);
    // Somebody else has changed the alert since it was read: nothing of the turn counts.
    let stale = Change::of(alert.clone());
    let answered = RingState::Ended { end: RingEnd::Answered };
    let told = Happened::Notified { person: "ben".to_owned(), by: "voice".to_owned() };
    let last = RingTurn {
        log: vec![told.clone()],
        change: Some(Box::new(stale)),
        is_delivered: true,
        effects: vec![Effect::ReleaseRing(ring.id).at(at(5))],
        ..turn(answered.clone())
    };
    conflict(s.store.record_ring(written(&after, &last, Some("<two/>"))).await);
    assert_eq!(s.ring(&ring).await, after);
    assert_eq!(s.store.next_due(None).await.unwrap(), None);
    let mut alert = s.store.alert(alert.id).await.unwrap().unwrap().alert;
    alert.is_held = true;
    let last = RingTurn { change: Some(Box::new(Change::of(alert))), ..last };
    s.store.record_ring(written(&after, &last, Some("<two/>"))).await.unwrap();
    assert_eq!(s.ring(&ring).await.state, answered);
    assert!(s.store.alert(ring.alert).await.unwrap().unwrap().alert.is_held);
    assert_eq!(s.log(&ring).await.last(), Some(&told));
    assert_eq!(s.store.next_due(None).await.unwrap(), Some(at(5)));
    assert!(s.store.rings_under_way().await.unwrap().is_empty());
    // The turn before came twice.
    conflict(s.store.record_ring(written(&after, &turn(asking()), Some("<two/>"))).await);
}

async fn one_that_was_not_placed_is_forgotten(s: &Store) {
    let ring = s.planned(&s.alerted("CA1", at(0), vec![]).await, "ben").await;
    s.store.begin_ring(&ring).await.unwrap();
    s.store.forget_ring(ring.id).await.unwrap();
    assert_eq!(s.store.ring(ring.id).await.unwrap(), None);
    s.store.begin_ring(&ring).await.unwrap();
    s.store.ring_placed(ring.id, "CA7").await.unwrap();
    s.store.forget_ring(ring.id).await.unwrap();
    assert!(s.store.ring(ring.id).await.unwrap().is_some(), "it was placed");
}

async fn it_goes_with_its_alert(s: &Store) {
    let ring = s.planned(&s.alerted("CA1", at(0), vec![]).await, "ben").await;
    s.store.begin_ring(&ring).await.unwrap();
    s.store.record_ring(written(&ring, &turn(asking()), Some("<one/>"))).await.unwrap();
    let mut alert = s.store.alert(ring.alert).await.unwrap().unwrap().alert;
    let by = Who::Person(PersonId("ben".to_owned()));
    let from = Channel::Phone;
    alert.closed = Some(dutyline::domain::alerting::alert::Closed { at: at(6), by, from });
    s.store.change(&Change::of(alert)).await.unwrap();
    let gone = RetentionStore::forget(&s.store, Forgettable::ClosedAlert, at(7), at(8)).await;
    assert_eq!(gone.unwrap(), [ring.alert.to_string()]);
    assert_eq!(s.store.ring(ring.id).await.unwrap(), None);
    assert_eq!(s.store.ring_reply(ring.id, 0).await.unwrap(), None);
}

async fn open_alerts_come_newest_first(s: &Store) {
    let mut alerts = vec![];
    for (call, seconds) in [("CA1", 0), ("CA2", 1), ("CA3", 2), ("CA4", 3)] {
        alerts.push(s.alerted(call, at(seconds), vec![]).await);
    }
    let mut held = s.store.alert(alerts[1].id).await.unwrap().unwrap().alert;
    held.is_held = true;
    s.store.change(&Change::of(held)).await.unwrap();
    let page = s.store.latest_open(None, 2).await.unwrap();
    let ids = |page: &[dutyline::domain::alerting::alert::AlertStory]| {
        page.iter().map(|story| story.alert.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&page), [alerts[3].id, alerts[2].id]);
    let after = AlertCursor { opened_at: alerts[2].opened_at, id: alerts[2].id };
    assert_eq!(ids(&s.store.latest_open(Some(after), 2).await.unwrap()), [alerts[0].id]);
}
