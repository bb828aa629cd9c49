//! What is to be done outside.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use crate::world::ListedAlerts as _;
use dutyline::domain::alerting::log::{Happened, LogEntry};
use dutyline::domain::effect::{Effect, Lane};
use dutyline::domain::ids::AlertId;
use dutyline::ports::store::{AlertStore, Consequence, Outbox};
use futures_util::future::join_all;
use std::collections::BTreeSet;

on_every_driver! {
    store;
    effects_are_claimed_once_and_oldest_first
    a_lease_that_has_ended_is_nobodys_any_more
    what_is_done_is_gone_and_its_consequences_stand
    what_failed_comes_again_and_what_was_given_up_stays
    the_next_moment_is_known
}

/// So many effects, due one second after the other.
async fn queue(s: &Store, count: i64) {
    let effects = (0..count).map(|n| Effect::AnnounceAlert(AlertId::next(&*s.ids)).at(at(n))).collect();
    s.alerted("CA1", at(0), effects).await;
}

async fn effects_are_claimed_once_and_oldest_first(s: &Store) {
    queue(s, 40).await;
    let claims = join_all((0..6).map(|_| s.store.claim(&Lane::Own, at(29), at(90), 4))).await;
    let mut seen = BTreeSet::new();
    for claim in claims {
        let claimed = claim.unwrap();
        assert!(claimed.len() <= 4);
        assert!(claimed.is_sorted_by_key(|one| one.id));
        for one in claimed {
            assert_eq!((one.until, one.failed), (at(90), 0));
            assert!(seen.insert(one.id), "{} is claimed twice", one.id);
        }
    }
    // A claim that met another's rows may have passed them by.
    for one in s.store.claim(&Lane::Own, at(29), at(90), 100).await.unwrap() {
        assert!(seen.insert(one.id), "{} is claimed twice", one.id);
    }
    assert_eq!(seen.len(), 30, "what is not due yet waits");
    assert_eq!(s.store.claim(&Lane::Own, at(39), at(90), 100).await.unwrap().len(), 10);
}

async fn a_lease_that_has_ended_is_nobodys_any_more(s: &Store) {
    queue(s, 1).await;
    let [first] = s.store.claim(&Lane::Own, at(0), at(60), 10).await.unwrap().try_into().unwrap();
    assert_eq!(s.store.claim(&Lane::Own, at(59), at(119), 10).await.unwrap(), []);
    let [second] = s.store.claim(&Lane::Own, at(60), at(120), 10).await.unwrap().try_into().unwrap();
    assert_eq!((second.id, second.until), (first.id, at(120)));
    conflict(s.store.complete(&first, &[]).await);
    conflict(s.store.fail(&first, None, "late", &[]).await);
    s.store.complete(&second, &[]).await.unwrap();
    conflict(s.store.complete(&second, &[]).await);
}

async fn what_is_done_is_gone_and_its_consequences_stand(s: &Store) {
    queue(s, 2).await;
    let alert = s.store.alerts(None, None, 1).await.unwrap().remove(0).alert;
    let [one, other] = s.store.claim(&Lane::Own, at(9), at(60), 10).await.unwrap().try_into().unwrap();
    let entry = LogEntry { at: at(9), what: Happened::AudioStored };
    let next = Effect::AnnounceText(alert.id).at(at(30));
    let consequences = [Consequence::Logged(alert.id, entry.clone()), Consequence::Next(next.clone())];
    s.store.complete(&one, &consequences).await.unwrap();
    conflict(s.store.complete(&one, &consequences).await);
    s.store.complete(&other, &[]).await.unwrap();
    let log = s.store.alert(alert.id).await.unwrap().unwrap().log;
    assert_eq!(log.iter().filter(|one| **one == entry).count(), 1);
    let [follows] = s.store.claim(&Lane::Own, at(30), at(60), 10).await.unwrap().try_into().unwrap();
    assert_eq!(follows.effect, next.effect);
}

async fn what_failed_comes_again_and_what_was_given_up_stays(s: &Store) {
    queue(s, 2).await;
    let [one, other] = s.store.claim(&Lane::Own, at(9), at(60), 10).await.unwrap().try_into().unwrap();
    s.store.fail(&one, Some(at(20)), "for now", &[]).await.unwrap();
    s.store.fail(&other, None, "for good", &[]).await.unwrap();
    let count = s.store.count().await.unwrap();
    assert_eq!((count.waiting, count.failed), (1, 1));
    assert_eq!(s.store.claim(&Lane::Own, at(19), at(60), 10).await.unwrap(), []);
    let [again] = s.store.claim(&Lane::Own, at(1000), at(1060), 10).await.unwrap().try_into().unwrap();
    assert_eq!((again.id, again.failed), (one.id, 1));
}

async fn the_next_moment_is_known(s: &Store) {
    assert_eq!(s.store.next_due(None).await.unwrap(), None);
    queue(s, 3).await;
    assert_eq!(s.store.next_due(None).await.unwrap(), Some(at(0)));
    let claimed = s.store.claim(&Lane::Own, at(1), at(60), 10).await.unwrap();
    assert_eq!(s.store.next_due(None).await.unwrap(), Some(at(2)));
    for one in claimed {
        s.store.fail(&one, None, "for good", &[]).await.unwrap();
    }
    let [last] = s.store.claim(&Lane::Own, at(2), at(60), 10).await.unwrap().try_into().unwrap();
    assert_eq!(s.store.next_due(None).await.unwrap(), Some(at(60)), "when the lease ends");
    s.store.complete(&last, &[]).await.unwrap();
    assert_eq!(s.store.next_due(None).await.unwrap(), None);
}
