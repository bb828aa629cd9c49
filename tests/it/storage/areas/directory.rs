//! What another system's directory has said.

use super::{Store, at, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::elsewhere::on_call::{
    GroupOnCall, KeptOnCall, Leave, MemberOnCall, Named, ShiftOnCall, Who,
};
use dutyline::domain::directory::elsewhere::{Entry, Kept};
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::ports::store::DirectoryStore;

on_every_driver! {
    store;
    who_is_on_call_comes_back_as_it_was_said
    of_several_answers_the_one_that_was_given_last_stays
    what_one_place_says_is_not_what_another_does
    what_is_too_old_is_forgotten
}

const PLACE: &str = "https://acme.xmatters.example/";

fn named(id: &str) -> Named {
    Named { id: PersonId(id.to_owned()), name: Some("Ł. \"Quote\"".to_owned()) }
}

fn kept(group: &str, answer: Option<GroupOnCall>, seconds: i64) -> KeptOnCall {
    KeptOnCall { group: GroupName(group.to_owned()), answer, at: at(seconds) }
}

/// A shift with somebody of every kind.
fn shift() -> ShiftOnCall {
    let leave = Leave { from: at(1), until: Some(at(2)), replacement: Some(named("ben")) };
    let number = PhoneNumber::parse("+15550155").unwrap();
    let all = [
        Who::Person(named("ada")),
        Who::Phone { owner: named("ben"), number: Some(number) },
        Who::Phone { owner: Named { name: None, ..named("cleo") }, number: None },
        Who::Silent(named("dan")),
        Who::Group(GroupName("R&D #1 50%".to_owned())),
        Who::DynamicTeam("Those of the day".to_owned()),
        Who::Strange("A service".to_owned()),
    ];
    let member = |who| MemberOnCall { who, is_active: true, absences: vec![leave.clone()] };
    let mut members: Vec<_> = all.into_iter().map(member).collect();
    members[0].is_active = false;
    members[1].absences = vec![Leave { until: None, replacement: None, ..leave.clone() }];
    ShiftOnCall { until: Some(at(3)), members }
}

async fn who_is_on_call_comes_back_as_it_was_said(s: &Store) {
    let shifts = vec![shift(), ShiftOnCall::default()];
    let all = [
        kept("A \u{1f4de} group", Some(GroupOnCall { shifts }), 1),
        kept("Nobody", Some(GroupOnCall::default()), 2),
        kept("Not there", None, 3),
    ];
    for one in &all {
        s.store.keep_on_call_answer(PLACE, one).await.unwrap();
    }
    assert_eq!(s.store.on_call_answers(PLACE).await.unwrap(), all);
}

async fn of_several_answers_the_one_that_was_given_last_stays(s: &Store) {
    let filled = || Some(GroupOnCall { shifts: vec![shift()] });
    for (answer, seconds, stays) in [(None, 5, 5), (filled(), 4, 5), (filled(), 6, 6), (None, 6, 6)] {
        s.store.keep_on_call_answer(PLACE, &kept("Group", answer.clone(), seconds)).await.unwrap();
        let all = s.store.on_call_answers(PLACE).await.unwrap();
        assert_eq!((all.len(), all[0].at), (1, at(stays)));
        assert_eq!(all[0].answer.is_some(), seconds == 6 && answer.is_some());
    }
}

async fn what_one_place_says_is_not_what_another_does(s: &Store) {
    let (here, there) = (kept("Group", None, 1), kept("Group", Some(GroupOnCall::default()), 2));
    s.store.keep_on_call_answer(PLACE, &here).await.unwrap();
    s.store.keep_on_call_answer("https://other.example/", &there).await.unwrap();
    assert_eq!(s.store.on_call_answers(PLACE).await.unwrap(), [here]);
    assert_eq!(s.store.on_call_answers("https://other.example/").await.unwrap(), [there]);
}

async fn what_is_too_old_is_forgotten(s: &Store) {
    let person = |id: &str, seconds| Kept {
        person: PersonId(id.to_owned()),
        entry: Entry { name: None, voice: vec![PhoneNumber::parse("+15550155").unwrap()] },
        at: at(seconds),
    };
    for (name, seconds) in [("old", 1), ("young", 2)] {
        s.store.keep_on_call_answer(PLACE, &kept(name, None, seconds)).await.unwrap();
        s.store.keep_answer(PLACE, &person(name, seconds)).await.unwrap();
    }
    s.store.forget_answers(at(1)).await.unwrap();
    assert_eq!(s.store.on_call_answers(PLACE).await.unwrap(), [kept("young", None, 2)]);
    assert_eq!(s.store.answers(PLACE).await.unwrap(), [person("young", 2)]);
}
