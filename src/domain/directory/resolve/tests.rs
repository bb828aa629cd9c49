use super::*;
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::directory::absence::Absence;
use crate::domain::directory::group::Group;
use proptest::prelude::*;

fn person(id: &str) -> Person {
    Person {
        id: PersonId(id.to_owned()),
        name: id.to_owned(),
        language: None,
        zone: None,
        may_call: true,
        devices: Vec::new(),
    }
}

/// Names with a capital are groups.
fn recipient(name: &str) -> Recipient {
    if name.starts_with(char::is_uppercase) {
        Recipient::Group(GroupName(name.to_owned()))
    } else {
        Recipient::Person(PersonId(name.to_owned()))
    }
}

fn group(name: &str, members: &str) -> Group {
    let members = members.split_whitespace().map(|name| recipient(name).into()).collect();
    Group { name: GroupName(name.to_owned()), members, is_elsewhere: false }
}

/// `ada>ben`: ada is away all day, ben stands in; `ada>`: nobody does.
fn absence(text: &str) -> Absence {
    let (person, replacement) = text.split_once('>').unwrap();
    Absence {
        id: None,
        person: PersonId(person.to_owned()),
        from: "2026-01-05T00:00:00Z".parse().unwrap(),
        until: Some("2026-01-06T00:00:00Z".parse().unwrap()),
        replacement: (!replacement.is_empty()).then(|| PersonId(replacement.to_owned())),
    }
}

fn noon() -> Timestamp {
    "2026-01-05T12:00:00Z".parse().unwrap()
}

fn directory(groups: &[(&str, &str)], absences: &str) -> Directory {
    Directory {
        people: ["ada", "ben", "cleo", "dan"].into_iter().map(person).collect(),
        groups: groups.iter().map(|(name, members)| group(name, members)).collect(),
        absences: absences.split_whitespace().map(absence).collect(),
        ..Directory::default()
    }
}

fn show(found: &OnCall) -> String {
    let name = |recipient: &Recipient| match recipient {
        Recipient::Group(name) => name.to_string(),
        Recipient::Person(id) => id.to_string(),
        Recipient::Schedule(name) => name.to_string(),
    };
    let responders = found.responders.iter().map(|responder| match &responder.stands_in_for {
        Some(absent) => format!("{} for {absent}", responder.person),
        None => responder.person.to_string(),
    });
    let skipped = found.skipped.iter().map(|skipped| {
        let name = name(&skipped.recipient);
        if let Reason::AwayReplacedBy(id) = &skipped.reason {
            format!("{name}: see {id}")
        } else {
            format!("{name}: {:?}", skipped.reason)
        }
    });
    format!("{} | {}", responders.collect::<Vec<_>>().join(", "), skipped.collect::<Vec<_>>().join(", "))
}

fn check(groups: &[(&str, &str)], absences: &str, asked: &str, expected: &str) {
    assert_eq!(show(&on_call(&directory(groups, absences), &recipient(asked), noon())), expected);
}

#[test]
fn one_person_is_that_person() {
    check(&[], "", "ada", "ada | ");
    check(&[], "", "eve", " | eve: NoSuchPerson");
    check(&[], "", "Nowhere", " | Nowhere: NoSuchGroup");
}

#[test]
fn nested_groups_are_flattened_in_place() {
    let groups = [("All", "ada Night dan"), ("Night", "ben cleo")];
    check(&groups, "", "All", "ada, ben, cleo, dan | ");
}

#[test]
fn nobody_comes_twice() {
    let groups = [("All", "ben Night Night ada"), ("Night", "ada ben")];
    check(&groups, "", "All", "ben, ada | ben: Duplicate, Night: Duplicate, ada: Duplicate");
}

#[test]
fn cycles_are_cut() {
    check(&[("A", "ada B"), ("B", "ben A cleo")], "", "A", "ada, ben, cleo | A: Cycle");
    check(&[("A", "A ada")], "", "A", "ada | A: Cycle");
}

#[test]
fn a_replacement_stands_in_the_same_place() {
    let groups = [("All", "ada ben cleo")];
    check(&groups, "ben>dan", "All", "ada, dan for ben, cleo | ben: see dan");
    check(&groups, "ben>", "All", "ada, cleo | ben: Away");
}

#[test]
fn a_replacement_who_is_away_is_replaced() {
    check(&[], "ada>ben ben>cleo", "ada", "cleo for ada | ada: see ben, ben: see cleo");
    check(&[], "ada>ben ben>ada", "ada", " | ada: see ben, ben: Away");
    check(&[], "ada>ada", "ada", " | ada: Away");
    check(&[], "ada>eve", "ada", " | ada: see eve, eve: NoSuchPerson");
}

#[test]
fn a_replacement_who_is_there_already_does_not_come_twice() {
    let groups = [("All", "ben ada")];
    check(&groups, "ada>ben", "All", "ben | ada: see ben, ben: Duplicate");
}

#[test]
fn of_two_absences_the_later_one_counts() {
    let mut directory = directory(&[], "ada>ben ada>cleo");
    directory.absences[0].from = "2026-01-05T08:00:00Z".parse().unwrap();
    assert_eq!(show(&on_call(&directory, &recipient("ada"), noon())), "ben for ada | ada: see ben");
}

#[test]
fn an_absence_ends_at_its_end() {
    let directory = directory(&[], "ada>ben");
    let at = |text: &str| show(&on_call(&directory, &recipient("ada"), text.parse().unwrap()));
    assert_eq!(at("2026-01-05T23:59:59.999999Z"), "ben for ada | ada: see ben");
    assert_eq!(at("2026-01-06T00:00:00Z"), "ada | ");
}

#[test]
fn everyone_in_does_not_ask_who_is_away() {
    let directory = directory(&[("All", "ada ben")], "ada>cleo ben>");
    assert_eq!(show(&everyone_in(&directory, &recipient("All"))), "ada, ben | ");
}

#[test]
fn a_deep_nest_needs_no_deep_stack() {
    let mut directory = directory(&[], "");
    let name = |n: usize| GroupName(format!("G{n}"));
    directory.groups = (0..3_000)
        .map(|n| Group {
            name: name(n),
            members: vec![Member::Group(name(n + 1)), recipient("ada").into()],
            is_elsewhere: false,
        })
        .collect();
    assert_eq!(on_call(&directory, &recipient("G0"), noon()).responders.len(), 1);
}

#[test]
fn people_without_a_wanted_device_are_told() {
    let mut directory = directory(&[("All", "ada ben cleo")], "");
    let number = PhoneNumber::parse("+15550100").unwrap();
    let address = EmailAddress::parse("ben@example.com").unwrap();
    directory.people[0].devices = vec![Device::Voice(number.clone()), Device::Sms(number.clone())];
    directory.people[1].devices = vec![Device::Email(address)];
    let found = on_call(&directory, &recipient("All"), noon());
    let (reached, skipped) = reachable(&directory, &found.responders, &[DeviceKind::Sms]);
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].person.id.0, "ada");
    assert_eq!(reached[0].devices, [&Device::Sms(number)]);
    let without: Vec<_> = skipped.iter().map(|skipped| (&skipped.recipient, &skipped.reason)).collect();
    assert_eq!(without, [(&recipient("ben"), &Reason::NoDevice), (&recipient("cleo"), &Reason::NoDevice)]);
}

fn any_name() -> impl Strategy<Value = Recipient> {
    "[a-f]|[A-F]".prop_map(|name| recipient(&name))
}

fn any_directory() -> impl Strategy<Value = Directory> {
    let groups = prop::collection::vec(prop::collection::vec(any_name().prop_map(Member::from), 0..5), 6);
    let absences = prop::collection::vec(("[a-f]", prop::option::of("[a-f]"), 0..30i64, 0..30i64), 0..8);
    (groups, absences).prop_map(|(groups, absences)| Directory {
        people: ["a", "b", "c", "d", "e"].into_iter().map(person).collect(),
        groups: groups
            .into_iter()
            .zip(["A", "B", "C", "D", "E", "F"])
            .map(|(members, name)| Group { name: GroupName(name.to_owned()), members, is_elsewhere: false })
            .collect(),
        absences: absences
            .into_iter()
            .map(|(person, replacement, from, length)| Absence {
                id: None,
                person: PersonId(person),
                from: hours(from),
                until: (length > 0).then(|| hours(from + length)),
                replacement: replacement.map(PersonId),
            })
            .collect(),
        ..Directory::default()
    })
}

fn hours(n: i64) -> Timestamp {
    Timestamp::from_second(1_767_571_200 + n * 3_600).unwrap()
}

proptest! {
    #[test]
    fn nested_groups_end_nobody_absent_is_resolved_and_nobody_twice(
        directory in any_directory(),
        asked in any_name(),
        hour in 0..60i64,
    ) {
        let at = hours(hour);
        let found = on_call(&directory, &asked, at);
        let mut seen = HashSet::new();
        for responder in &found.responders {
            prop_assert!(directory.person(&responder.person).is_some());
            prop_assert!(seen.insert(responder.person.clone()), "twice: {}", responder.person);
            let away = directory.absences.iter().any(|absence| {
                absence.person == responder.person && absence.covers(at)
            });
            prop_assert!(!away, "absent: {}", responder.person);
        }
    }

    #[test]
    fn without_absences_everyone_in_is_on_call(directory in any_directory(), asked in any_name()) {
        let everyone = everyone_in(&directory, &asked);
        let present = Directory { absences: Vec::new(), ..directory };
        prop_assert_eq!(everyone, on_call(&present, &asked, hours(0)));
    }
}
