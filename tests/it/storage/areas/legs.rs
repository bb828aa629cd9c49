//! The phones that we call.

use super::{Store, at, conflict, store, turn};
use crate::storage::subject::on_every_driver;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::{Effect, Lane};
use dutyline::domain::ids::{AlertId, LegId};
use dutyline::domain::voice::call::Call;
use dutyline::domain::voice::leg::{Leg, LegEnd, LegNote};
use dutyline::domain::voice::step::{Turn, VoiceChange};
use dutyline::ports::store::{CallStore, Consequence, LegStore, Outbox};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet};

on_every_driver! {
    store;
    a_phone_comes_back_as_it_was_written
    news_of_a_phone_are_written_once
    keys_are_kept_in_their_order
    the_carrier_is_asked_for_a_phone_once
    phones_come_in_the_order_of_their_calls
    who_is_in_use_elsewhere_is_known_until_it_is_over
    who_was_called_when_is_known
    news_come_with_effects_as_well
}

/// A phone of that person which is called for that call.
pub(super) fn leg(s: &Store, call: &Call, person: &str, planned: i64) -> Leg {
    Leg {
        id: LegId::next(&*s.ids),
        call: call.id,
        person: PersonId(person.to_owned()),
        name: "Ł. \"Quote\"".to_owned(),
        language: "de".to_owned(),
        number: PhoneNumber::parse("+15550102").unwrap(),
        carrier_call: None,
        planned_at: at(planned),
        asked_at: None,
        ringing_at: None,
        answered_at: None,
        keys: None,
        accepted_at: None,
        ended_at: None,
        end: None,
    }
}

impl Store {
    /// Writes those changes with a turn that leaves the call where it is.
    pub(super) async fn change(&self, call: &Call, seconds: i64, changes: Vec<VoiceChange>) {
        let call = self.store.call(call.id).await.unwrap().unwrap();
        let turn = Turn { at: at(seconds), due_at: call.due_at, changes, ..turn(call.state.clone()) };
        self.take(&call, &turn, None).await.unwrap();
    }

    async fn heard(&self, leg: &Leg, seconds: i64, note: LegNote) {
        let call = self.store.call(leg.call).await.unwrap().unwrap();
        self.change(&call, seconds, vec![VoiceChange::Heard(leg.id, note)]).await;
    }

    async fn now(&self, leg: &Leg) -> Leg {
        self.store.leg(leg.id).await.unwrap().unwrap()
    }

    /// A call with a phone that is called for it.
    async fn ringing(&self, carrier_call: &str, person: &str, planned: i64) -> Leg {
        let call = self.call(carrier_call, None).await;
        let leg = leg(self, &call, person, planned);
        self.change(&call, planned, vec![VoiceChange::Called(Box::new(leg.clone()))]).await;
        leg
    }
}

async fn a_phone_comes_back_as_it_was_written(s: &Store) {
    let leg = s.ringing("CA1", "ben", 1).await;
    assert_eq!(s.now(&leg).await, leg);
    assert_eq!(s.store.leg(LegId::next(&*s.ids)).await.unwrap(), None);
    let notes = [
        (3, LegNote::Placed("CA9".to_owned())),
        (4, LegNote::Ringing),
        (5, LegNote::Answered),
        (6, LegNote::Pressed("5".to_owned())),
        (7, LegNote::Accepted),
        (8, LegNote::Ended(LegEnd::Talked)),
    ];
    s.store.ask_for_leg(leg.id, at(2)).await.unwrap();
    for (seconds, note) in notes {
        s.heard(&leg, seconds, note).await;
    }
    let over = Leg {
        carrier_call: Some("CA9".to_owned()),
        asked_at: Some(at(2)),
        ringing_at: Some(at(4)),
        answered_at: Some(at(5)),
        keys: Some("5".to_owned()),
        accepted_at: Some(at(7)),
        ended_at: Some(at(8)),
        end: Some(LegEnd::Talked),
        ..leg.clone()
    };
    assert_eq!(s.now(&leg).await, over);
    for end in LegEnd::ALL {
        let leg = s.ringing(&format!("CA {}", end.word()), "ben", 1).await;
        s.heard(&leg, 2, LegNote::Ended(end)).await;
        assert_eq!(s.now(&leg).await.end, Some(end));
    }
}

async fn news_of_a_phone_are_written_once(s: &Store) {
    let leg = s.ringing("CA1", "ben", 1).await;
    let firsts = [
        LegNote::Placed("first".to_owned()),
        LegNote::Ringing,
        LegNote::Answered,
        LegNote::Accepted,
        LegNote::Ended(LegEnd::Taken),
    ];
    for note in firsts {
        s.heard(&leg, 5, note).await;
    }
    let before = s.now(&leg).await;
    assert_eq!((before.end, before.carrier_call.as_deref()), (Some(LegEnd::Taken), Some("first")));
    let seconds = [
        LegNote::Placed("second".to_owned()),
        LegNote::Ringing,
        LegNote::Answered,
        LegNote::Accepted,
        LegNote::Ended(LegEnd::Busy),
    ];
    for note in seconds {
        s.heard(&leg, 9, note).await;
    }
    assert_eq!(s.now(&leg).await, before);
}

async fn keys_are_kept_in_their_order(s: &Store) {
    let leg = s.ringing("CA1", "ben", 1).await;
    for keys in ["*", "12", "#"] {
        s.heard(&leg, 5, LegNote::Pressed(keys.to_owned())).await;
    }
    assert_eq!(s.now(&leg).await.keys.as_deref(), Some("*12#"));
}

async fn the_carrier_is_asked_for_a_phone_once(s: &Store) {
    let leg = s.ringing("CA1", "ben", 1).await;
    let asked = join_all((2..8).map(|seconds| s.store.ask_for_leg(leg.id, at(seconds)))).await;
    let won = asked.iter().position(Result::is_ok).unwrap();
    assert_eq!(asked.iter().filter(|answer| answer.is_ok()).count(), 1, "{asked:?}");
    for answer in asked.into_iter().filter(Result::is_err) {
        conflict(answer);
    }
    let second = i64::try_from(won).unwrap() + 2;
    assert_eq!(s.now(&leg).await.asked_at, Some(at(second)));
    let over = s.ringing("CA2", "ben", 1).await;
    s.heard(&over, 2, LegNote::Ended(LegEnd::CallerGone)).await;
    conflict(s.store.ask_for_leg(over.id, at(3)).await);
    assert_eq!(s.now(&over).await.asked_at, None);
    conflict(s.store.ask_for_leg(LegId::next(&*s.ids), at(3)).await);
}

async fn phones_come_in_the_order_of_their_calls(s: &Store) {
    let (call, other) = (s.call("CA1", None).await, s.call("CA2", None).await);
    // The last two are called at the same moment: their ids decide then.
    let legs: Vec<_> = [9, 3, 5, 5].into_iter().map(|planned| leg(s, &call, "ben", planned)).collect();
    let [late, first, second, third] = legs.as_slice() else { panic!("{legs:?}") };
    let called = |leg: &Leg| VoiceChange::Called(Box::new(leg.clone()));
    s.change(&call, 3, legs.iter().map(called).collect()).await;
    let elsewhere = leg(s, &other, "cleo", 4);
    s.change(&other, 4, vec![called(&elsewhere)]).await;
    let expected = [first.clone(), second.clone(), third.clone(), late.clone()];
    assert_eq!(s.store.legs(call.id).await.unwrap(), expected);
    s.heard(second, 6, LegNote::Ended(LegEnd::Busy)).await;
    let under_way: Vec<_> =
        s.store.legs_under_way().await.unwrap().into_iter().map(|leg| leg.planned_at).collect();
    assert_eq!(under_way, [at(3), at(4), at(5), at(9)]);
    assert_eq!(s.store.legs(call.id).await.unwrap().len(), 4, "what is over is told, too");
}

async fn who_is_in_use_elsewhere_is_known_until_it_is_over(s: &Store) {
    let people =
        |names: &[&str]| -> BTreeSet<_> { names.iter().map(|name| PersonId((*name).to_owned())).collect() };
    let ben = s.ringing("CA1", "ben", 1).await;
    let again = s.ringing("CA2", "ben", 2).await;
    let cleo = s.ringing("CA3", "cleo", 3).await;
    assert_eq!(s.store.busy(ben.call).await.unwrap(), people(&["ben", "cleo"]));
    assert_eq!(s.store.busy(cleo.call).await.unwrap(), people(&["ben"]));
    s.heard(&again, 4, LegNote::Ended(LegEnd::NoAnswer)).await;
    assert_eq!(s.store.busy(ben.call).await.unwrap(), people(&["cleo"]));
    assert_eq!(s.store.busy(cleo.call).await.unwrap(), people(&["ben"]));
}

async fn who_was_called_when_is_known(s: &Store) {
    for (number, (person, planned)) in
        [("ben", 1), ("cleo", 5), ("ben", 7), ("cleo", 3), ("eva", 4)].into_iter().enumerate()
    {
        s.ringing(&format!("CA{number}"), person, planned).await;
    }
    let called = |list: &[(&str, i64)]| -> BTreeMap<_, _> {
        list.iter().map(|(person, seconds)| (PersonId((*person).to_owned()), at(*seconds))).collect()
    };
    assert_eq!(s.store.called_since(at(0)).await.unwrap(), called(&[("ben", 7), ("cleo", 5), ("eva", 4)]));
    assert_eq!(s.store.called_since(at(5)).await.unwrap(), called(&[("ben", 7), ("cleo", 5)]));
    assert_eq!(s.store.called_since(at(8)).await.unwrap(), called(&[]));
}

async fn news_come_with_effects_as_well(s: &Store) {
    let leg = s.ringing("CA1", "ben", 1).await;
    s.alerted("CA2", at(1), vec![Effect::AnnounceAlert(AlertId::next(&*s.ids)).at(at(1))]).await;
    let [claimed] = s.store.claim(&Lane::Own, at(1), at(61), 10).await.unwrap().try_into().unwrap();
    let placed = Consequence::Heard(leg.id, LegNote::Placed("CA7".to_owned()), at(2));
    s.store.complete(&claimed, &[placed, Consequence::Heard(leg.id, LegNote::Ringing, at(3))]).await.unwrap();
    let now = s.now(&leg).await;
    assert_eq!((now.carrier_call.as_deref(), now.ringing_at), (Some("CA7"), Some(at(3))));
    // Another process has taken the effect meanwhile: nothing of it stands.
    conflict(s.store.complete(&claimed, &[Consequence::Heard(leg.id, LegNote::Answered, at(4))]).await);
    assert_eq!(s.now(&leg).await.answered_at, None);
}
