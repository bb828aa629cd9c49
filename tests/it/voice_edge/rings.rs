//! Phones rung about alerts, as the carrier's webhooks tell of them.

use super::*;
use crate::world::{ListedAlerts as _, World, acts};
use async_trait::async_trait;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::Effect;
use dutyline::domain::ids::{NotificationId, RingId};
use dutyline::domain::voice::ring::{Ring, RingState};
use dutyline::exchange::script;
use dutyline::ports::deliveries::BegunMessage;
use dutyline::ports::error::{Outage, StoreError};
use dutyline::ports::store::{RecordedRing, RingStore};
use dutyline::service::{effects, ringing};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const RAISED: &str =
    "settings rings\ncaller ada\ndial\npress 1\npress 1\nrecords \"Pumps\" for 5 seconds\npress 1\n";

/// Plays these lines after somebody has raised an alert for Ben.
async fn raised(lines: &str) -> World {
    let world = World::start("rings").await;
    let script = script::parse("raised", &format!("{RAISED}{lines}")).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world
}

async fn only(world: &World) -> Ring {
    let [ring] = world.app.rings.rings_under_way().await.unwrap().try_into().unwrap();
    ring
}

fn at(ring: &Ring, document: u32) -> String {
    format!("/voice/rings/{}/documents/{document}", ring.id)
}

async fn state(world: &World) -> AlertState {
    world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).alert.state()
}

/// What the alert's log says of Ben.
async fn log(world: &World) -> Vec<String> {
    let list = world.api("/api/alerts").await;
    let alert = world.api(&format!("/api/alerts/{}", list["alerts"][0]["id"].as_str().unwrap())).await;
    let entries = alert["log"].as_array().unwrap().iter();
    let of_ben = entries.filter(|entry| entry["person"] == "ben");
    of_ben.map(|entry| format!("{} {}", entry["what"].as_str().unwrap(), entry["why"])).collect()
}

/// A store of such calls whose next writes fail.
struct Failing {
    rings: Arc<dyn RingStore>,
    failures: AtomicU32,
}

#[async_trait]
impl RingStore for Failing {
    async fn ring(&self, id: RingId) -> Result<Option<Ring>, StoreError> {
        self.rings.ring(id).await
    }
    async fn rings(&self, notification: NotificationId) -> Result<Vec<Ring>, StoreError> {
        self.rings.rings(notification).await
    }
    async fn rings_under_way(&self) -> Result<Vec<Ring>, StoreError> {
        self.rings.rings_under_way().await
    }
    async fn rings_since(&self, since: Timestamp) -> Result<Vec<String>, StoreError> {
        self.rings.rings_since(since).await
    }
    async fn rung(
        &self,
        number: &PhoneNumber,
        window: (Timestamp, Timestamp),
    ) -> Result<Vec<BegunMessage>, StoreError> {
        self.rings.rung(number, window).await
    }
    async fn begin_ring(&self, ring: &Ring) -> Result<(), StoreError> {
        self.rings.begin_ring(ring).await
    }
    async fn ask_for_ring(&self, ring: &Ring, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        self.rings.ask_for_ring(ring, now, until).await
    }
    async fn ring_placed(&self, id: RingId, carrier_call: &str) -> Result<(), StoreError> {
        self.rings.ring_placed(id, carrier_call).await
    }
    async fn forget_ring(&self, id: RingId) -> Result<(), StoreError> {
        self.rings.forget_ring(id).await
    }
    async fn ring_reply(&self, id: RingId, document: u32) -> Result<Option<String>, StoreError> {
        self.rings.ring_reply(id, document).await
    }
    async fn record_ring(&self, turn: RecordedRing<'_>) -> Result<(), StoreError> {
        let left = self.failures.load(Ordering::Relaxed);
        if left > 0 {
            self.failures.store(left - 1, Ordering::Relaxed);
            return Err(StoreError::Unavailable { outage: Outage::Failing, source: None });
        }
        self.rings.record_ring(turn).await
    }
}

/// Where a document leads that asks for a moment.
fn after_a_moment(answer: &Answer, app: &App) -> String {
    let verbs = answer.verbs();
    let [Verb::Say(say), Verb::Pause(_), Verb::Redirect(redirect)] = verbs.as_slice() else {
        panic!("{}", answer.body)
    };
    assert_eq!(say.text, "One moment, please.");
    let url = redirect.url.split('#').next().unwrap();
    format!("/{}", url.strip_prefix(app.public_url.as_str()).unwrap())
}

#[tokio::test]
async fn g23_a_key_is_kept_while_the_store_fails_and_counts_when_it_is_back() {
    for (failures, is_kept) in [(1, true), (3, true), (4, false)] {
        let world = raised("ben picks up\nben hears \"Press 4\"\n").await;
        let ring = only(&world).await;
        let mut app = world.app.clone();
        let failing = Failing { rings: app.rings.clone(), failures: AtomicU32::new(failures) };
        app.rings = Arc::new(failing);
        let said = [("CallSid", "CA9"), ("Digits", "4")];
        let mut answer = post(&app, &at(&ring, ring.document), &said).await;
        for _ in 0..failures.min(3) {
            assert_eq!(state(&world).await, AlertState::Open);
            answer = post(&app, &after_a_moment(&answer, &app), &[("CallSid", "CA9")]).await;
        }
        if is_kept {
            assert_eq!(answer.last_words(), "Thank you. The alert is acknowledged. Goodbye.");
            assert_eq!(state(&world).await, AlertState::Acknowledged);
        } else {
            assert!(answer.last_words().starts_with("Sorry, something went wrong"), "{}", answer.body);
            assert_eq!(state(&world).await, AlertState::Open);
        }
    }
}

#[tokio::test]
async fn g22_a_webhook_that_comes_twice_gets_the_same_answer_and_counts_once() {
    let world = raised("ben picks up\nben hears \"Press 4\"\n").await;
    let ring = only(&world).await;
    let said = [("CallSid", "CA9"), ("Digits", "4")];
    let first = post(&world.app, &at(&ring, ring.document), &said).await;
    let second = post(&world.app, &at(&ring, ring.document), &said).await;
    assert_eq!(first.last_words(), "Thank you. The alert is acknowledged. Goodbye.");
    assert_eq!(first.body, second.body);
    assert_eq!(log(&world).await, ["called null", "notified null"]);
    for path in [at(&ring, 99), "/voice/rings/x/documents/0".to_owned(), at(&ring, 0).replace("s/0", "s/-1")]
    {
        assert!(post(&world.app, &path, &said).await.last_words().starts_with("Sorry"), "{path}");
    }
}

#[tokio::test]
async fn g22_a_machine_that_is_recognised_is_hung_up_on_and_the_log_says_so() {
    let world = raised("ben picks up\nben hears \"Press 4\"\n").await;
    let ring = only(&world).await;
    let machine = format!("/voice/rings/{}/machine", ring.id);
    for (by, is_over) in [("human", false), ("machine_start", true), ("machine_start", true)] {
        let answer = post(&world.app, &machine, &[("CallSid", "CA9"), ("AnsweredBy", by)]).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        let now = world.app.rings.ring(ring.id).await.unwrap().unwrap();
        assert_eq!(now.state.is_over(), is_over, "{by}");
    }
    world.settle().await;
    assert_eq!(world.exchange.ringing(), 0);
    assert_eq!(log(&world).await, ["called null", "not_reached \"a machine picked up\""]);
    assert_eq!(state(&world).await, AlertState::Open);
}

#[tokio::test]
async fn a_phone_of_which_nothing_more_is_heard_is_asked_for_at_the_carrier() {
    let world = raised("status callback lost\nben's phone rings\nben's phone stops ringing\n").await;
    let ring = only(&world).await;
    assert_eq!(ringing::reconcile(&world.app).await.unwrap(), 0, "it is not time yet");
    world.clock.set(world.now() + SignedDuration::from_mins(5));
    assert_eq!(ringing::reconcile(&world.app).await.unwrap(), 1);
    assert!(matches!(world.app.rings.ring(ring.id).await.unwrap().unwrap().state, RingState::Ended { .. }));
    assert_eq!(log(&world).await, ["called null", "not_reached \"did not pick up\""]);
}

#[tokio::test]
async fn a_phone_is_rung_once_where_the_carriers_answer_is_lost() {
    let world = World::start("rings").await;
    let script = format!(
        "{}ben answers\nplacing answers lost\n{}ben hears \"Press 4\"\nben presses 4\nben hears \"acknowledged\"\n",
        "settings rings\n",
        RAISED.trim_start_matches("settings rings\n")
    );
    world.play(&script::parse("lost", &script).unwrap()).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(120).await;
    assert_eq!(world.exchange.calls_to("+15550102", 0).len(), 1);
    assert_eq!(log(&world).await, ["called null", "notified null"]);
}

#[tokio::test]
async fn g87_a_phone_that_a_program_did_not_live_to_ring_is_rung_and_the_ledger_says_how_it_ended() {
    let world = World::start("rings").await;
    let (lines, key) = RAISED.rsplit_once("press ").unwrap();
    world.play(&script::parse("raised", lines).unwrap()).await.unwrap_or_else(|failure| panic!("{failure}"));
    let call = world.app.calls.calls_under_way().await.unwrap().remove(0);
    world.exchange.press(&call.carrier_call, key.trim()).unwrap();
    world.exchange.settle().await;
    let ring = loop {
        acts::due(&world.app).await.unwrap();
        let mut rings = vec![];
        for one in effects::claim(&world.app).await.unwrap() {
            if let Effect::RingPerson(id) = one.claimed.effect {
                rings.push(id);
            } else {
                effects::run(&world.app, one, std::future::pending).await;
            }
        }
        if let Some(id) = rings.pop() {
            break id;
        }
    };
    // What the program writes before it asks the carrier; then it is gone.
    let one = world.app.alerts.notification(ring).await.unwrap().unwrap();
    let ring = Ring {
        id: RingId::next(&*world.app.ids),
        notification: one.id,
        alert: one.alert,
        person: one.person,
        name: "Ben".to_owned(),
        language: "en".to_owned(),
        number: PhoneNumber::parse("+15550102").unwrap(),
        attempt: 1,
        carrier_call: None,
        state: RingState::Ringing,
        version: 1,
        document: 0,
        asked_at: world.now(),
        due_at: Some(world.now() + SignedDuration::from_secs(72)),
    };
    world.app.rings.begin_ring(&ring).await.unwrap();
    for _ in 0..3 {
        world.wait(30).await;
        ringing::reconcile(&world.app).await.unwrap();
    }
    assert_eq!(world.exchange.calls_to("+15550102", 0).len(), 1, "another rings it");
    assert_eq!(log(&world).await, ["called null", "not_reached \"did not pick up\""]);
    let failed = world.api("/api/notifications?state=failed").await;
    let voice = failed["notifications"].as_array().unwrap().iter().find(|one| one["by"] == "voice").unwrap();
    assert_eq!((voice["person"].as_str(), voice["cause"].as_str()), (Some("ben"), Some("did not pick up")));
}

#[tokio::test]
async fn who_is_on_the_line_with_us_is_rung_as_soon_as_they_are_free() {
    let world = raised(
        "call ends\ncaller dmitri\ndial\npress 1\npress 1\nrecords \"Disks are full\" for 110 seconds\n\
         wait 1 seconds\n",
    )
    .await;
    assert!(world.exchange.calls_to("+15550104", 0).is_empty(), "he speaks");
    let calls = world.app.calls.calls_under_way().await.unwrap();
    for call in calls {
        world.exchange.hang_up(&call.carrier_call).unwrap();
    }
    world.wait(20).await;
    assert_eq!(world.exchange.calls_to("+15550104", 0).len(), 1);
}

#[tokio::test]
async fn g22_who_has_picked_up_is_told_who_was_first_and_not_cut_off() {
    let world = raised("ben's phone rings\n").await;
    let alert = only(&world).await.alert;
    let eva = Actor { who: Who::Person(PersonId("eva".to_owned())), from: Channel::Api };
    // Ben picks up when Eva has acknowledged it, before his phone is made to stop.
    acts::acknowledge(&world.app, alert, &eva).await.unwrap();
    let call = world.exchange.calls_to("+15550102", 0).remove(0);
    world.exchange.pick_up(&call.sid).unwrap();
    world.exchange.settle().await;
    world.settle().await;
    world.wait(60).await;
    let heard: Vec<_> = world.exchange.line(&call.sid, 0).unwrap().into_iter().map(|one| one.text).collect();
    let heard = heard.join(" ");
    assert!(heard.contains("already acknowledged by Eva Ek"), "{heard}");
    assert!(heard.contains("Goodbye"), "{heard}");
    assert_eq!(log(&world).await, ["called null", "notified null"]);
}

#[tokio::test]
async fn who_is_hearing_an_alert_hears_it_to_the_end_though_somebody_else_answers() {
    let world = raised("ben picks up\nben hears \"Press 4\"\n").await;
    let ring = only(&world).await;
    let eva = Actor { who: Who::Person(PersonId("eva".to_owned())), from: Channel::Api };
    acts::acknowledge(&world.app, ring.alert, &eva).await.unwrap();
    world.settle().await;
    assert_eq!(only(&world).await.id, ring.id, "he is on the line");
    let answer = post(&world.app, &at(&ring, ring.document), &[("CallSid", "CA9"), ("Digits", "4")]).await;
    assert!(answer.last_words().contains("already acknowledged by Eva Ek"), "{}", answer.body);
}
