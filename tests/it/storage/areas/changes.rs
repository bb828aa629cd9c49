//! Absences and overrides, and who made them.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::audit::Audited;
use dutyline::domain::directory::absence::Absence;
use dutyline::domain::directory::change::Changed;
use dutyline::domain::directory::overrides::{Override, OverrideChange};
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::directory::schedule::ScheduleName;
use dutyline::domain::ids::{AbsenceId, AuditId, OverrideId};
use dutyline::domain::retention::Forgettable;
use dutyline::ports::error::StoreError;
use dutyline::ports::store::{AuditCursor, AuditEntry, AuditFilter, ChangeStore, RetentionStore};
use jiff::Timestamp;

on_every_driver! {
    store;
    what_was_entered_is_found_until_it_is_over
    what_was_removed_is_gone_and_removed_once
    overrides_of_one_place_do_not_overlap
    of_two_who_contradict_each_other_at_once_one_is_first
    the_audit_goes_on_where_it_ended
    the_audit_is_narrowed
    what_is_over_is_forgotten
}

fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

fn absence(s: &Store, from: i64, until: Option<i64>) -> Absence {
    Absence {
        id: Some(AbsenceId::next(&*s.ids)),
        person: person("ada"),
        from: at(from),
        until: until.map(at),
        replacement: until.map(|_| person("Zoë")),
    }
}

fn replaced(s: &Store, by: &str, from: i64, until: i64) -> Override {
    Override {
        id: Some(OverrideId::next(&*s.ids)),
        schedule: ScheduleName("R&D #1 50%".to_owned()),
        change: OverrideChange::Replace { out: person("ada"), by: person(by) },
        from: at(from),
        until: at(until),
    }
}

async fn record(s: &Store, changed: Changed, when: Timestamp) -> Result<(), StoreError> {
    let id = AuditId::next(&*s.ids);
    s.store.record_change(&Audited { id, at: when, by: "night shift".to_owned(), changed }).await
}

async fn what_was_entered_is_found_until_it_is_over(s: &Store) {
    let (short, open) = (absence(s, 1, Some(3)), absence(s, 2, None));
    let one = replaced(s, "ben", 1, 3);
    let add = Override { change: OverrideChange::Add(person("ben")), ..replaced(s, "", 5, 6) };
    let remove = Override { change: OverrideChange::Remove(person("cleo")), ..replaced(s, "", 5, 6) };
    for absence in [&short, &open] {
        record(s, Changed::AbsenceAdded(absence.clone()), at(0)).await.unwrap();
    }
    for added in [&one, &add, &remove] {
        record(s, Changed::OverrideAdded(added.clone()), at(0)).await.unwrap();
    }
    let all = s.store.run_time(at(0)).await.unwrap();
    assert_eq!(all.absences, [short.clone(), open.clone()]);
    assert_eq!(all.overrides, [one.clone(), add.clone(), remove.clone()]);
    let later = s.store.run_time(at(3)).await.unwrap();
    assert_eq!((later.absences, later.overrides), (vec![open], vec![add.clone(), remove]));
    assert_eq!(s.store.absence(short.id.unwrap()).await.unwrap(), Some(short));
    assert_eq!(s.store.one_override(add.id.unwrap()).await.unwrap(), Some(add));
    assert_eq!(s.store.absence(AbsenceId::next(&*s.ids)).await.unwrap(), None);
    assert_eq!(s.store.one_override(OverrideId::next(&*s.ids)).await.unwrap(), None);
}

async fn what_was_removed_is_gone_and_removed_once(s: &Store) {
    let (away, one) = (absence(s, 1, None), replaced(s, "ben", 1, 3));
    record(s, Changed::AbsenceAdded(away.clone()), at(0)).await.unwrap();
    record(s, Changed::OverrideAdded(one.clone()), at(0)).await.unwrap();
    record(s, Changed::AbsenceRemoved(away.clone()), at(1)).await.unwrap();
    record(s, Changed::OverrideRemoved(one.clone()), at(1)).await.unwrap();
    let left = s.store.run_time(at(0)).await.unwrap();
    assert!(left.absences.is_empty() && left.overrides.is_empty(), "{left:?}");
    conflict(record(s, Changed::AbsenceRemoved(away), at(2)).await);
    conflict(record(s, Changed::OverrideRemoved(one), at(2)).await);
    let audit = audit(s, None, 9).await.unwrap();
    assert_eq!(audit.len(), 4, "what did not happen is not in it: {audit:?}");
}

async fn overrides_of_one_place_do_not_overlap(s: &Store) {
    record(s, Changed::OverrideAdded(replaced(s, "ben", 10, 20)), at(0)).await.unwrap();
    for (from, until) in [(10, 20), (5, 11), (19, 30), (12, 13), (5, 30)] {
        conflict(record(s, Changed::OverrideAdded(replaced(s, "cleo", from, until)), at(0)).await);
        let away = Override { change: OverrideChange::Remove(person("ada")), ..replaced(s, "", from, until) };
        conflict(record(s, Changed::OverrideAdded(away), at(0)).await);
    }
    for (from, until) in [(5, 10), (20, 30)] {
        record(s, Changed::OverrideAdded(replaced(s, "cleo", from, until)), at(0)).await.unwrap();
    }
    let other = ScheduleName("Other".to_owned());
    let elsewhere = Override { schedule: other, ..replaced(s, "cleo", 10, 20) };
    record(s, Changed::OverrideAdded(elsewhere), at(0)).await.unwrap();
    let of_another = Override { change: OverrideChange::Remove(person("ben")), ..replaced(s, "", 10, 20) };
    record(s, Changed::OverrideAdded(of_another), at(0)).await.unwrap();
    assert_eq!(s.store.run_time(at(0)).await.unwrap().overrides.len(), 5);
}

async fn of_two_who_contradict_each_other_at_once_one_is_first(s: &Store) {
    for round in 0..20 {
        let from = round * 100;
        let added: Vec<_> = (0..6).map(|n| replaced(s, "ben", from + n, from + 50)).collect();
        let writes = added.into_iter().map(|one| record(s, Changed::OverrideAdded(one), at(0)));
        let answers = futures_util::future::join_all(writes).await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{answers:?}");
        answers.into_iter().filter(Result::is_err).for_each(conflict);
    }
    assert_eq!(s.store.run_time(at(0)).await.unwrap().overrides.len(), 20);
    assert_eq!(audit(s, None, 99).await.unwrap().len(), 20);
}

async fn audit(s: &Store, after: Option<AuditCursor>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
    s.store.audit(&AuditFilter::default(), after, limit).await
}

fn place(entry: &AuditEntry) -> AuditCursor {
    AuditCursor { at: entry.at, id: entry.id }
}

async fn the_audit_goes_on_where_it_ended(s: &Store) {
    let away = absence(s, 1, None);
    for second in 0..5 {
        let changed = if second % 2 == 0 { Changed::AbsenceAdded } else { Changed::AbsenceRemoved };
        record(s, changed(away.clone()), at(second)).await.unwrap();
    }
    let all = audit(s, None, 9).await.unwrap();
    let times: Vec<_> = all.iter().map(|entry| entry.at).collect();
    assert_eq!(times, [4, 3, 2, 1, 0].map(at), "newest first");
    assert_eq!((all[0].what.as_str(), all[0].by.as_str()), ("absence_added", "night shift"));
    assert_eq!(all[0].after.as_ref().unwrap()["absence"]["person"], "ada");
    assert_eq!((&all[0].before, &all[1].after), (&None, &None));
    let (first, rest) = (audit(s, None, 2).await.unwrap(), audit(s, Some(place(&all[1])), 9).await.unwrap());
    assert_eq!([first, rest].concat(), all);
}

async fn the_audit_is_narrowed(s: &Store) {
    let away = absence(s, 1, None);
    for second in 0..6 {
        let changed = if second % 2 == 0 { Changed::AbsenceAdded } else { Changed::AbsenceRemoved };
        record(s, changed(away.clone()), at(second)).await.unwrap();
    }
    let found = async |filter: AuditFilter| -> Vec<Timestamp> {
        s.store.audit(&filter, None, 9).await.unwrap().iter().map(|entry| entry.at).collect()
    };
    let what = Some("absence_removed".to_owned());
    let by = Some("night shift".to_owned());
    let none = AuditFilter::default();
    assert_eq!(found(AuditFilter { what: what.clone(), ..none.clone() }).await, [5, 3, 1].map(at));
    assert_eq!(found(AuditFilter { by: by.clone(), ..none.clone() }).await.len(), 6);
    assert_eq!(found(AuditFilter { by: Some("day shift".to_owned()), ..none.clone() }).await, []);
    let until = Some(at(5));
    assert_eq!(found(AuditFilter { from: Some(at(3)), until, ..none.clone() }).await, [4, 3].map(at));
    assert_eq!(found(AuditFilter { what, by, from: Some(at(2)), until }).await, [at(3)]);
}

async fn what_is_over_is_forgotten(s: &Store) {
    let (over, open) = (absence(s, 1, Some(3)), absence(s, 1, None));
    record(s, Changed::AbsenceAdded(over), at(2)).await.unwrap();
    record(s, Changed::AbsenceAdded(open.clone()), at(3)).await.unwrap();
    let later = replaced(s, "ben", 3, 5);
    record(s, Changed::OverrideAdded(replaced(s, "ben", 1, 3)), at(4)).await.unwrap();
    record(s, Changed::OverrideAdded(later.clone()), at(5)).await.unwrap();
    for (kind, before, count) in [
        (Forgettable::Absence, 2, 0),
        (Forgettable::Absence, 3, 1),
        (Forgettable::Override, 2, 0),
        (Forgettable::Override, 3, 1),
        (Forgettable::AuditEntry, 1, 0),
        (Forgettable::AuditEntry, 3, 2),
    ] {
        let gone = s.store.forget(kind, at(before), at(9)).await.unwrap();
        assert_eq!(gone.len(), count, "{kind:?} {before}");
    }
    let left = s.store.run_time(at(0)).await.unwrap();
    assert_eq!((left.absences, left.overrides), (vec![open], vec![later]));
    assert_eq!(audit(s, None, 9).await.unwrap().len(), 2);
}
