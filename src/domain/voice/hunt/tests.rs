use super::*;
use crate::domain::directory::Recipient;
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use proptest::prelude::*;
use uuid::Uuid;

fn candidate(name: &str, level: u32) -> Candidate {
    Candidate {
        person: PersonId(name.to_owned()),
        name: name.to_owned(),
        language: "en".to_owned(),
        numbers: vec![PhoneNumber::parse("+15550100").unwrap()],
        level,
    }
}

fn rules(order: HuntOrder, whole_levels: bool) -> HuntRules {
    HuntRules {
        ring_seconds: 12,
        rounds: 1,
        order,
        whole_levels,
        caller_seconds: 180,
        accept_key: None,
        accept_seconds: 10,
        shows_caller: false,
        detects_machines: false,
        wait_sound: WaitSound::Ringing,
        resolves_at_end: false,
    }
}

fn team() -> Vec<Candidate> {
    [("ada", 0), ("ben", 0), ("cleo", 1), ("dan", 1), ("eva", 2)]
        .map(|(name, level)| candidate(name, level))
        .to_vec()
}

fn hunt(waves: Vec<Vec<usize>>) -> Hunt {
    let order = Order {
        action: Action::Live,
        recipients: vec![Recipient::Person(PersonId("ada".to_owned()))],
        spoken: None,
        severity: Severity::High,
        missed: None,
    };
    Hunt {
        order,
        alert: AlertId(Uuid::nil()),
        candidates: team(),
        waves,
        ringing: vec![],
        round: 1,
        until: Timestamp::MAX,
        has_called: false,
        is_taken: false,
        is_untold: false,
    }
}

fn busy(names: &[&str]) -> BTreeSet<PersonId> {
    names.iter().map(|name| PersonId((*name).to_owned())).collect()
}

#[test]
fn one_after_another_as_listed() {
    let found = waves(&team(), &rules(HuntOrder::Listed, false), [0; 32], &BTreeMap::new());
    assert_eq!(found, [[0], [1], [2], [3], [4]]);
}

#[test]
fn everyone_of_a_level_at_once() {
    let found = waves(&team(), &rules(HuntOrder::Listed, true), [0; 32], &BTreeMap::new());
    assert_eq!(found, [vec![0, 1], vec![2, 3], vec![4]]);
}

#[test]
fn a_lot_changes_the_order_within_levels_only() {
    let orders: BTreeSet<_> = (0..32)
        .map(|lot| waves(&team(), &rules(HuntOrder::Random, false), [lot; 32], &BTreeMap::new()).concat())
        .collect();
    assert_eq!(orders.len(), 4, "two people twice, each either way round");
    for order in orders {
        let levels: Vec<_> = order.iter().map(|place| team()[*place].level).collect();
        assert!(levels.is_sorted(), "{levels:?}");
    }
}

#[test]
fn who_was_called_longest_ago_comes_first() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let called = [("ada", 30), ("ben", 20), ("cleo", 10)]
        .map(|(name, second)| (PersonId(name.to_owned()), at(second)))
        .into();
    let found = waves(&team(), &rules(HuntOrder::RoundRobin, false), [0; 32], &called);
    assert_eq!(found.concat(), [1, 0, 3, 2, 4], "dan was never called");
}

#[test]
fn the_busy_are_passed_over_while_others_are_free() {
    let mut hunt = hunt(vec![vec![0], vec![1], vec![2]]);
    assert_eq!(hunt.next_wave(&busy(&["ada"])), Some(vec![1]));
    assert_eq!(hunt.next_wave(&busy(&["ada"])), Some(vec![2]));
    assert_eq!(hunt.next_wave(&busy(&["ada"])), Some(vec![0]), "nobody else is left");
    assert_eq!(hunt.next_wave(&busy(&[])), None);
}

#[test]
fn of_a_level_the_free_are_called_first() {
    let mut hunt = hunt(vec![vec![0, 1], vec![2, 3]]);
    assert_eq!(hunt.next_wave(&busy(&["ada", "dan"])), Some(vec![1]));
    assert_eq!(hunt.next_wave(&busy(&["ada", "dan"])), Some(vec![2]));
    assert_eq!(hunt.next_wave(&busy(&["dan"])), Some(vec![0]));
    assert_eq!(hunt.next_wave(&busy(&[])), Some(vec![3]));
}

proptest! {
    #[test]
    fn everybody_is_called_once_a_round(
        levels in prop::collection::vec(0..3u32, 0..12),
        whole in any::<bool>(),
        lot in any::<[u8; 32]>(),
        busy_ones in prop::collection::btree_set(0..12usize, 0..6),
    ) {
        let candidates: Vec<_> =
            levels.iter().enumerate().map(|(place, level)| candidate(&place.to_string(), *level)).collect();
        let found = waves(&candidates, &rules(HuntOrder::Random, whole), lot, &BTreeMap::new());
        let mut hunt = Hunt { candidates, ..hunt(found) };
        let names: Vec<_> = busy_ones.iter().map(ToString::to_string).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let mut called = vec![];
        while let Some(wave) = hunt.next_wave(&busy(&names)) {
            prop_assert!(!wave.is_empty());
            called.extend(wave);
        }
        called.sort_unstable();
        prop_assert_eq!(called, (0..levels.len()).collect::<Vec<_>>());
    }
}
