//! From when on an alert's times count, and what is asked for by hand.

use super::*;
use crate::domain::alerting::news::{News, StateAt};
use crate::domain::alerting::state::AlertState;

/// Closed by itself after seven minutes, and an hour after it was acknowledged.
fn closing() -> Case {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    case.team.close_after = Some(MINUTE * 7);
    case.team.close_acknowledged_after = Some(MINUTE * 60);
    assert_eq!(case.told(0), ["ada"]);
    case
}

fn state(case: &Case) -> AlertState {
    case.story.alert.state()
}

#[test]
fn g42_nothing_is_closed_for_which_somebody_has_just_asked_for_help() {
    let mut case = closing();
    case.acknowledge("ada", 1);
    case.told(1);
    case.changed(life::escalate(case.story.alert.clone(), &by("ada"), at(30)));
    assert_eq!((case.told(30), case.next()), (vec!["grace".to_owned()], Some(37)));
    case.told(36);
    assert_eq!(state(&case), AlertState::Open);
    case.told(37);
    assert_eq!(state(&case), AlertState::Resolved);
}

#[test]
fn g42_nothing_is_closed_whose_acknowledgement_has_just_ended() {
    let mut case = closing();
    case.team.acknowledge_timeout = Some(MINUTE * 30);
    case.acknowledge("ada", 1);
    case.told(1);
    assert_eq!((case.told(31), case.next()), (vec!["grace".to_owned()], Some(38)));
    let mut case = closing();
    case.acknowledge("ada", 1);
    case.changed(life::undo_acknowledge(case.story.alert.clone(), &by("ada"), at(40)));
    assert_eq!((case.told(40), case.next()), (vec!["grace".to_owned()], Some(47)));
}

#[test]
fn g42_nothing_is_closed_that_has_just_been_opened_again() {
    let mut case = closing();
    case.changed(life::resolve(case.story.alert.clone(), &by("ada"), at(1)));
    case.changed(life::undo_resolve(case.story.alert.clone(), false, &by("ada"), at(90)));
    assert_eq!((case.told(90), case.next()), (vec!["grace".to_owned()], Some(97)));
    let mut case = closing();
    case.acknowledge("ada", 1);
    case.changed(life::resolve(case.story.alert.clone(), &by("ada"), at(2)));
    case.changed(life::undo_resolve(case.story.alert.clone(), false, &by("ada"), at(90)));
    assert_eq!((case.told(90), case.next()), (nobody(), Some(150)), "an hour, from then on");
    case.team.acknowledge_timeout = Some(MINUTE * 10);
    assert_eq!((case.told(91), case.next()), (nobody(), Some(100)));
}

#[test]
fn who_has_an_alert_that_is_open_again_has_it_since_when_they_took_it_and_is_told_of_once() {
    let mut case = closing();
    case.acknowledge("ada", 1);
    case.changed(life::resolve(case.story.alert.clone(), &by("ada"), at(2)));
    case.changed(life::undo_resolve(case.story.alert.clone(), false, &by("ada"), at(90)));
    assert_eq!(case.story.alert.acknowledged.as_ref().unwrap().at, at(1));
    let state = StateAt::now(&case.story);
    assert_eq!((state.acknowledged.len(), state.is_settled), (1, true));
}

#[test]
fn g08_that_somebody_escalates_is_in_the_log_and_told_even_where_nobody_is_reached() {
    let mut case = Case::new(None);
    case.directory.people.clear();
    case.acknowledge("ada", 1);
    case.changed(life::escalate(case.story.alert.clone(), &by("ada"), at(2)));
    assert_eq!(case.told(2), nobody());
    assert_eq!(case.words(), ["acknowledged", "escalation_asked", "announced"]);
    let asked = case.story.log[1].clone();
    assert_eq!(serde_json::to_value(&asked.what).unwrap()["by"], "ada");
    assert_eq!(News::of(&asked.what), Some(News::Escalated));
    assert_eq!(StateAt::after(&case.story, &asked).state(), AlertState::Open);
    let has_escalated = crate::domain::alerting::reply::has_escalated;
    assert!(has_escalated(&case.story, 0) && !has_escalated(&case.story, 1));
}

#[test]
fn g08_programs_are_told_once_of_an_escalation_that_somebody_has_asked_for() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    assert_eq!(case.told(0), ["ada"]);
    case.changed(life::escalate(case.story.alert.clone(), &by("ada"), at(1)));
    assert_eq!(case.told(1), ["ben"]);
    assert_eq!(case.told(6), ["grace"]);
    let news: Vec<_> =
        case.story.log.iter().filter_map(|entry| News::of(&entry.what).map(|_| entry.at)).collect();
    assert_eq!(news, [at(1), at(6)]);
}

#[test]
fn an_alert_rests_for_a_month_at_most() {
    let case = closing();
    let snooze = |until| life::snooze(case.story.alert.clone(), until, &by("ada"), at(0));
    assert!(snooze(at(31 * 24 * 60)).is_ok());
    assert_eq!(snooze(at(31 * 24 * 60 + 1)), Err(Refused::TooLong));
    assert_eq!(snooze(Timestamp::MAX), Err(Refused::TooLong));
}

#[test]
fn maintenance_that_lasts_longer_than_it_was_to_is_said_again_and_once_each() {
    let mut case = in_maintenance(&[(-10, 30)]);
    assert_eq!((case.told(0), case.next()), (nobody(), Some(30)));
    assert_eq!((case.told(5), case.next()), (nobody(), Some(30)));
    case.team.categories[0].maintenance[0].until = at(60);
    assert_eq!((case.told(6), case.next()), (nobody(), Some(60)));
    assert_eq!((case.told(7), case.words()), (nobody(), vec!["in_maintenance".to_owned(); 2]));
    assert_eq!(case.told(60), ["ada"]);
}
