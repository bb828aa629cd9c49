//! Calls as they are told afterwards, and forgotten in the end.

use super::legs::leg;
use super::{Store, ada, at, ended, store, turn};
use crate::storage::subject::on_every_driver;
use dutyline::domain::alerting::alert::Alert;
use dutyline::domain::alerting::alert::Progress;
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::log::{Happened, Release};
use dutyline::domain::alerting::origin::{FromCall, Origin};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::{AlertId, CallId};
use dutyline::domain::retention::Forgettable;
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::call::{Call, Ending};
use dutyline::domain::voice::leg::{LegEnd, LegNote};
use dutyline::domain::voice::step::{Turn, VoiceChange};
use dutyline::domain::voice::story::{CallPhase, What};
use dutyline::ports::store::{
    AlertStore, CallCursor, CallHistory, CallStore, LegStore, RecordedTurn, RetentionStore,
};

on_every_driver! {
    store;
    a_call_is_told_with_everything_that_came_of_it
    the_moment_of_its_end_is_kept
    lists_go_on_where_they_ended
    a_forgotten_call_takes_its_phones_with_it
    an_alert_without_a_message_is_forgotten_after_its_time
}

/// A call with an open alert, a phone and a recording, which goes on.
async fn full(s: &Store, carrier_call: &str) -> (Call, Alert) {
    let call = s.call(carrier_call, Some(at(300))).await;
    let alert = Alert {
        id: AlertId::next(&*s.ids),
        version: 1,
        origin: Origin::Call(FromCall { call: call.id, action: Action::Live, caller: ada() }),
        team: None,
        matter: None,
        content: Content::default(),
        recipients: vec![],
        severity: Severity::High,
        message: None,
        opened_at: at(1),
        is_held: true,
        scenario: Scenario::SingleAck,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    };
    let changes = vec![
        VoiceChange::Opened(Box::new(alert.clone()), Release::LiveCall),
        VoiceChange::Called(Box::new(leg(s, &call, "ben", 2))),
        VoiceChange::Drafted(Box::new(s.recording(&call, at(3)))),
    ];
    s.change(&call, 3, changes).await;
    (s.store.call(call.id).await.unwrap().unwrap(), alert)
}

/// The same, over: nobody was reached, and its phone is free again.
async fn missed(s: &Store, carrier_call: &str) -> (Call, Alert) {
    let (call, alert) = full(s, carrier_call).await;
    let leg = s.store.legs(call.id).await.unwrap().remove(0);
    let changes =
        vec![VoiceChange::Heard(leg.id, LegNote::Ended(LegEnd::NoAnswer)), VoiceChange::Missed(alert.id)];
    s.take(&call, &Turn { at: at(20), changes, ..turn(ended()) }, None).await.unwrap();
    (s.store.call(call.id).await.unwrap().unwrap(), alert)
}

async fn a_call_is_told_with_everything_that_came_of_it(s: &Store) {
    let (call, alert) = full(s, "CA1").await;
    full(s, "CA2").await;
    let story = s.store.story(call.id).await.unwrap().unwrap();
    assert_eq!((&story.record.call, story.record.ended_at), (&call, None));
    assert_eq!(story.legs, s.store.legs(call.id).await.unwrap());
    assert_eq!(story.recordings, s.store.recordings(call.id).await.unwrap());
    assert_eq!((story.legs.len(), story.recordings.len()), (1, 1));
    let whole = s.store.alert(alert.id).await.unwrap().unwrap();
    assert_eq!(whole.log.len(), 1);
    assert_eq!(story.alerts, [whole]);
    let opened = What::ToAlert(alert.id, Happened::Opened { release: Release::LiveCall });
    assert!(story.events().iter().any(|event| event.what == opened && event.at == at(1)));
    assert_eq!(s.store.story(CallId::next(&*s.ids)).await.unwrap(), None);
}

async fn the_moment_of_its_end_is_kept(s: &Store) {
    let (call, _) = missed(s, "CA1").await;
    let record = s.store.story(call.id).await.unwrap().unwrap().record;
    assert_eq!((record.ended_at, record.ending()), (Some(at(20)), Some(Ending::Alerted)));
    // What turns up later changes nothing of it.
    let late = Turn { at: at(50), ..turn(ended()) };
    s.store.record(RecordedTurn { call: &call, turn: &late, reply: None, hooks: &[] }).await.unwrap();
    assert_eq!(s.store.story(call.id).await.unwrap().unwrap().record.ended_at, Some(at(20)));
}

async fn lists_go_on_where_they_ended(s: &Store) {
    let (mut all, mut under_way) = (vec![], vec![]);
    for n in 0..7 {
        // All begin at the same moment: the id decides.
        let call = s.call(&format!("CA{n}"), Some(at(300))).await;
        if n % 3 == 0 {
            under_way.push(call.id);
        } else {
            s.take(&call, &turn(ended()), None).await.unwrap();
        }
        all.push(call.id);
    }
    let over: Vec<_> = all.iter().copied().filter(|id| !under_way.contains(id)).collect();
    for (phase, mut expected) in
        [(None, all), (Some(CallPhase::UnderWay), under_way), (Some(CallPhase::Ended), over)]
    {
        expected.reverse();
        let (mut seen, mut after) = (vec![], None);
        loop {
            let page = s.store.calls(phase, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(CallCursor { started_at: last.call.started_at, id: last.call.id });
            assert!(page.iter().all(|record| record.call.caller == Some(ada())));
            seen.extend(page.into_iter().map(|record| record.call.id));
        }
        assert_eq!(seen, expected, "{phase:?}");
    }
}

async fn a_forgotten_call_takes_its_phones_with_it(s: &Store) {
    let (call, alert) = missed(s, "CA1").await;
    let (other, _) = full(s, "CA2").await;
    let leg = s.store.legs(call.id).await.unwrap().remove(0);
    let forget = async || s.store.forget(Forgettable::Call, at(1_000), at(1_000)).await.unwrap();
    assert!(forget().await.is_empty(), "an alert of it is open");
    s.change(&call, 30, vec![VoiceChange::Resolved(alert.id, PersonId("ben".to_owned()))]).await;
    assert_eq!(forget().await, [call.id.0.to_string()]);
    assert_eq!(s.store.story(call.id).await.unwrap(), None);
    assert_eq!(s.store.leg(leg.id).await.unwrap(), None);
    assert_eq!(s.store.recordings(call.id).await.unwrap(), []);
    assert_eq!(s.store.legs(other.id).await.unwrap().len(), 1);
    assert!(s.store.alert(alert.id).await.unwrap().is_some(), "alerts have a time of their own");
}

async fn an_alert_without_a_message_is_forgotten_after_its_time(s: &Store) {
    let (call, alert) = missed(s, "CA1").await;
    let (_, open) = missed(s, "CA2").await;
    s.change(&call, 30, vec![VoiceChange::Resolved(alert.id, PersonId("ben".to_owned()))]).await;
    let forget =
        async |before| s.store.forget(Forgettable::ClosedAlert, at(before), at(1_000)).await.unwrap();
    assert!(forget(29).await.is_empty(), "not yet");
    assert_eq!(forget(30).await, [alert.id.0.to_string()]);
    assert_eq!(s.store.alert(alert.id).await.unwrap(), None);
    assert!(s.store.alert(open.id).await.unwrap().is_some());
    let log = s.store.story(call.id).await.unwrap().unwrap();
    assert_eq!((log.alerts, log.legs.len()), (vec![], 1));
}
