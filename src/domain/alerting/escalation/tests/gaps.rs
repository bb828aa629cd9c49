//! Nobody can be reached for a while, or not as they want to be.

use super::*;

/// Ada is the only one of the policy, and has no device until somebody gives her one.
fn gap(repeats: Repeats, every: Option<i64>) -> Case {
    let policy = Policy {
        repeats,
        last_resort_every: every.map(|every| MINUTE * i32::try_from(every).unwrap()),
        ..policy("standard", vec![step(&[to("ada")]), step(&[to("dan")])])
    };
    let mut case = Case::new(Some(policy));
    case.directory.people[0].devices.clear();
    case
}

#[test]
fn g09_a_gap_does_not_turn_for_ever_into_the_last_resort_alone() {
    let mut case = gap(Repeats::Forever, Some(10));
    assert_eq!((case.told(0), case.next()), (vec!["grace".to_owned()], Some(10)));
    assert_eq!((case.told(10), case.next()), (vec!["grace".to_owned()], Some(20)));
    case.directory.people[0].devices.push(mail("ada"));
    assert_eq!(case.told(20), ["ada"], "she can be reached again");
    assert_eq!(case.told(25), ["ada"], "and for ever");
}

#[test]
fn g09_a_last_resort_that_is_told_once_is_not_told_at_every_try_of_the_steps() {
    let mut case = gap(Repeats::Forever, None);
    assert_eq!((case.told(0), case.next()), (vec!["grace".to_owned()], Some(1)));
    let mut tries = vec![];
    while let Some(next) = case.next().filter(|next| *next < 120) {
        assert_eq!(case.told(next), nobody());
        tries.push(next);
    }
    assert_eq!(
        tries,
        [1, 2, 4, 8, 16, 31, 46, 61, 76, 91, 106],
        "less and less often, and every quarter of an hour"
    );
    let said = case.words().iter().filter(|word| *word == "step_skipped").count();
    assert_eq!(said, 4, "two steps before she was told, and once after that");
    case.directory.people[0].devices.push(mail("ada"));
    assert_eq!(case.told(121), ["ada"]);
    case.directory.people[0].devices.clear();
    assert_eq!(case.told(126), ["grace"], "once for each gap");
}

#[test]
fn g08_whoever_asks_for_help_in_a_gap_has_the_last_resort_told_again() {
    let mut case = gap(Repeats::Forever, None);
    assert_eq!(case.told(0), ["grace"]);
    case.changed(life::escalate(case.story.alert.clone(), &by("ben"), at(1)));
    assert_eq!(case.told(1), ["grace"]);
    case.acknowledge("grace", 2);
    assert_eq!(case.told(2), nobody());
    case.changed(life::undo_acknowledge(case.story.alert.clone(), &by("grace"), at(3)));
    let told: Vec<_> = (3..9).map(|minute| case.told(minute).join(" ")).collect();
    assert_eq!(told, ["grace", "", "", "", "", ""], "nobody takes care of it any more");
}

#[test]
fn g09_rounds_that_reach_nobody_count_where_the_last_resort_has_heard_of_them() {
    let mut case = gap(Repeats::Times(1), Some(10));
    assert_eq!(case.told(0), ["grace"]);
    assert!(!case.story.alert.progress.escalation.is_exhausted, "there is one more");
    assert_eq!(case.told(10), ["grace"]);
    case.directory.people[0].devices.push(mail("ada"));
    assert_eq!(case.told(20), ["grace"], "both rounds have been made");

    let mut case = gap(Repeats::Times(0), Some(10));
    case.directory.people[3].devices.clear();
    assert_eq!((case.told(0), case.next()), (nobody(), Some(1)));
    case.directory.people[0].devices.push(mail("ada"));
    assert_eq!(case.told(1), ["ada"], "nobody has heard of it yet");
    case.directory.people[3].devices.push(mail("grace"));
    assert_eq!(case.told(6), ["grace"]);
}

#[test]
fn g05_a_last_resort_that_nobody_can_reach_is_said_once_and_tried_less_and_less_often() {
    let mut case = Case::new(Some(Policy { last_resort: vec![to("dan")], ..policy("standard", vec![]) }));
    let mut tries = vec![];
    assert_eq!(case.told(0), nobody());
    while let Some(next) = case.next().filter(|next| *next < 60) {
        assert_eq!(case.told(next), nobody());
        tries.push(next);
    }
    assert_eq!(tries, [1, 2, 4, 8, 16, 31, 46]);
    assert_eq!(case.words(), ["step_skipped"]);
    case.directory.people[4].devices.push(mail("dan"));
    assert_eq!(case.told(61), ["dan"]);
}

fn rule(severities: &[Severity], devices: &[Device], minutes: i32) -> Rule {
    Rule { severities: severities.to_vec(), devices: devices.to_vec(), after: MINUTE * minutes }
}

#[test]
fn a_last_resort_with_any_device_is_told_whatever_its_rules_say() {
    let alone = Policy { last_resort_every: Some(MINUTE * 10), ..policy("standard", vec![]) };
    let due = |rules: Vec<Rule>| {
        let mut case = Case::new(Some(alone.clone()));
        case.directory.people[3].rules = rules;
        let Look::Do(change) = case.look(0) else { panic!("not yet") };
        change.effects.iter().map(|one| (one.effect.word(), one.due)).collect::<Vec<_>>()
    };
    let own = mail("grace");
    let late = rule(&[], std::slice::from_ref(&own), 30);
    assert_eq!(due(vec![late]), [("send_mail", at(30))], "as late as she wants it");
    let other = rule(&[Severity::Critical], &[own], 0);
    assert_eq!(due(vec![other]), [("send_mail", at(0))], "no rule is for this severity");
    assert_eq!(due(vec![rule(&[], &[sms(9)], 0)]), [("send_mail", at(0))], "she has no such device");
}

#[test]
fn who_is_passed_over_for_their_rules_is_passed_over_for_the_right_reason() {
    let why = |rules: Vec<Rule>| {
        let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
        case.directory.people[0].rules = rules;
        assert_eq!(case.told(0), ["grace"]);
        serde_json::to_value(&case.story.log[0].what).unwrap()["skipped"].clone()
    };
    let named = serde_json::json!(["ada: no device that their rules name can be used"]);
    assert_eq!(why(vec![rule(&[], &[sms(9)], 0)]), named);
    let severity = serde_json::json!(["ada: no rule of theirs is for this severity"]);
    assert_eq!(why(vec![rule(&[Severity::Low], &[mail("ada")], 0)]), severity);
}

#[test]
fn who_has_nothing_but_phones_is_called_at_once_and_by_the_next_later() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    case.directory.people[0].devices = vec![voice(1), voice(2)];
    let Look::Do(change) = case.look(0) else { panic!("not yet") };
    let due: Vec<_> = change.effects.iter().map(|one| (one.effect.word(), one.due)).collect();
    assert_eq!(due, [("ring_person", at(0)), ("ring_person", at(2))]);
}

/// G02: of three rules the third waits for its time; the others are at once.
#[test]
fn g02_a_rule_that_waits_a_minute_is_kept_to_after_those_that_do_not_wait() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    case.directory.people[0].devices = vec![sms(1), voice(2), sms(3)];
    case.directory.people[0].rules =
        vec![rule(&[], &[sms(1)], 0), rule(&[], &[voice(2)], 0), rule(&[], &[sms(3)], 1)];
    let Look::Do(change) = case.look(0) else { panic!("not yet") };
    let due: Vec<_> = change.effects.iter().map(|one| (one.effect.word(), one.due)).collect();
    assert_eq!(due, [("send_sms", at(0)), ("ring_person", at(0)), ("send_sms", at(1))]);
}

#[test]
fn g07_a_policy_that_is_gone_for_a_while_begins_again() {
    let standard = policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])]);
    let mut case = Case::new(Some(standard.clone()));
    assert_eq!(case.told(0), ["ada"]);
    case.policy = None;
    case.told(1);
    assert_eq!(case.told(5), ["ada", "ben"], "its people hear of it once more");
    assert_eq!(case.next(), None);
    case.policy = Some(standard);
    assert_eq!((case.told(60), case.next()), (vec!["ada".to_owned()], Some(65)));
    assert_eq!(case.told(65), ["ben"]);
    let changes = case.story.log.iter().filter_map(|entry| {
        let Happened::PolicyChanged { from, to } = &entry.what else { return None };
        Some((from.as_deref(), to.as_deref()))
    });
    assert_eq!(changes.collect::<Vec<_>>(), [(Some("standard"), None), (None, Some("standard"))]);
}
