use super::*;
use crate::domain::contact::{EmailAddress, PhoneNumber, WebhookUrl};
use crate::domain::directory::absence::Absence;
use crate::domain::directory::group::Group;
use crate::domain::directory::overrides::Override;
use crate::domain::directory::schedule::{Every, Rotation, Schedule, Unit};
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn person(id: &str) -> Person {
    Person {
        id: PersonId(id.to_owned()),
        name: id.to_owned(),
        language: None,
        zone: None,
        may_call: true,
        devices: Vec::new(),
        rules: vec![],
        quiet: None,
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
        match &skipped.reason {
            Reason::AwayReplacedBy(id) => format!("{name}: see {id}"),
            Reason::ReplacedBy(id) => format!("{name}: see {id} by override"),
            reason @ (Reason::Away
            | Reason::Removed
            | Reason::NotOnCall
            | Reason::NoSuchPerson
            | Reason::NoSuchGroup
            | Reason::NoSuchSchedule
            | Reason::Cycle
            | Reason::Duplicate
            | Reason::Elsewhere
            | Reason::DynamicTeam(_)
            | Reason::Strange(_)
            | Reason::Inactive
            | Reason::Unknown
            | Reason::NoDevice) => format!("{name}: {reason:?}"),
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

/// On call from the given hour of 5 January on, in weekly turns.
fn schedule(name: &str, rotations: &[(&str, i8)]) -> Schedule {
    let rotation = |(members, hour): &(&str, i8)| Rotation {
        members: members.split_whitespace().map(|id| PersonId(id.to_owned())).collect(),
        every: Every { unit: Unit::Weekly, length: 1 },
        starts_at: jiff::civil::date(2026, 1, 5).at(*hour, 0, 0, 0),
        zone: TimeZone::UTC,
        restriction: vec![],
    };
    Schedule {
        name: ScheduleName(name.to_owned()),
        zone: TimeZone::UTC,
        rotations: rotations.iter().map(rotation).collect(),
    }
}

/// The whole of 5 January.
fn change(schedule: &str, change: OverrideChange) -> Override {
    Override {
        id: None,
        schedule: ScheduleName(schedule.to_owned()),
        change,
        from: "2026-01-05T00:00:00Z".parse().unwrap(),
        until: "2026-01-06T00:00:00Z".parse().unwrap(),
    }
}

fn id(name: &str) -> PersonId {
    PersonId(name.to_owned())
}

fn on_schedule(name: &str) -> Member {
    Member::Schedule(ScheduleName(name.to_owned()))
}

/// A phone of that person.
fn phone(name: &str, last: u8) -> Member {
    let number = PhoneNumber::parse(&format!("+155501{last:02}")).unwrap();
    Member::Device(id(name), Device::Voice(number))
}

fn levels(found: &OnCall) -> String {
    let levels = found.responders.iter().map(|responder| format!("{}:{}", responder.person, responder.level));
    levels.collect::<Vec<_>>().join(" ")
}

/// P32.
#[test]
fn p32_an_absent_person_is_replaced_or_skipped() {
    let groups = [("All", "ada ben")];
    check(&groups, "ada>cleo", "All", "cleo for ada, ben | ada: see cleo");
    check(&groups, "ada>", "All", "ben | ada: Away");
}

/// P33: the original dropped people with an absence to come.
#[test]
fn p33_an_absence_to_come_changes_nothing_yet() {
    let mut directory = directory(&[("All", "ada ben")], "ada>cleo");
    directory.absences[0].from = "2026-01-05T12:00:01Z".parse().unwrap();
    assert_eq!(show(&on_call(&directory, &recipient("All"), noon())), "ada, ben | ");
}

/// P34: a vacancy is an absence without anybody who stands in, and without an end.
#[test]
fn p34_a_vacancy_is_skipped() {
    let mut directory = directory(&[("All", "ada ben")], "ada>");
    directory.absences[0].until = None;
    let later = "2036-01-05T12:00:00Z".parse().unwrap();
    assert_eq!(show(&on_call(&directory, &recipient("All"), later)), "ben | ada: Away");
}

/// P35.
#[test]
fn p35_nested_groups_keep_the_order() {
    check(&[("All", "ada G dan"), ("G", "ben H"), ("H", "cleo")], "", "All", "ada, ben, cleo, dan | ");
}

/// P36: the original gave up at one kind of empty group.
#[test]
fn p36_an_empty_group_between_two_people_is_nobody() {
    check(&[("All", "ada Empty dan"), ("Empty", "")], "", "All", "ada, dan | ");
}

/// P37: the original went round for ever.
#[test]
fn p37_a_cycle_of_groups_ends() {
    check(&[("G", "ada H"), ("H", "ben G")], "", "G", "ada, ben | G: Cycle");
}

/// P39: who can't be rung is told apart from who is not there.
#[test]
fn p39_people_without_a_phone_are_left_out_and_told() {
    let mut directory = directory(&[("All", "ada ben cleo")], "cleo>");
    directory.people[0].devices = vec![Device::Email(EmailAddress::parse("ada@example.com").unwrap())];
    directory.people[1].devices = vec![
        Device::Webhook(WebhookUrl::parse("https://hooks.example.com/ben").unwrap()),
        Device::Voice(PhoneNumber::parse("+15550102").unwrap()),
    ];
    let found = on_call(&directory, &recipient("All"), noon());
    assert_eq!(show(&found), "ada, ben | cleo: Away");
    let (reached, skipped) = reachable(&directory, &found.responders, &[DeviceKind::Voice]);
    assert_eq!(reached.iter().map(|one| one.person.id.0.as_str()).collect::<Vec<_>>(), ["ben"]);
    assert_eq!(reached[0].devices, [&directory.people[1].devices[1]]);
    assert_eq!(skipped, [Skipped { recipient: recipient("ada"), reason: Reason::NoDevice }]);
}

/// P38: a member that is a device is dialled by that device, and by no other of the same person.
#[test]
fn p38_a_device_stands_for_its_person() {
    let mut directory = directory(&[("All", "ben")], "ada>dan");
    directory.people[1].devices = vec![Device::Voice(PhoneNumber::parse("+15550199").unwrap())];
    directory.groups[0].members =
        vec![phone("cleo", 3), phone("ben", 2), phone("ada", 1), on_schedule("None")];
    directory.groups[0].members.push(recipient("ben").into());
    let found = on_call(&directory, &recipient("All"), noon());
    assert_eq!(
        show(&found),
        "cleo, ben, dan for ada | ada: see dan, None: NoSuchSchedule, ben: Duplicate",
        "of two ways to be met the first counts"
    );
    let only: Vec<_> = found.responders.iter().map(|one| one.only.is_some()).collect();
    assert_eq!(only, [true, true, false], "who stands in is reached by all of their devices");
    let (reached, _) = reachable(&directory, &found.responders, &[DeviceKind::Voice]);
    let devices: Vec<_> = reached.iter().flat_map(|one| &one.devices).collect();
    let Member::Device(_, ben) = phone("ben", 2) else { panic!("a device") };
    assert_eq!(devices.len(), 2, "dan has none");
    assert_eq!(**devices[1], ben);
}

/// P42: the original asked the first of two shifts only.
#[test]
fn p42_all_rotations_of_a_schedule_are_on_call_in_their_order() {
    let mut directory = directory(&[("All", "dan")], "");
    directory.schedules = vec![schedule("Primary", &[("ada ben", 9), ("cleo", 9), ("dan", 13)])];
    directory.groups[0].members.insert(0, on_schedule("Primary"));
    assert_eq!(show(&on_call(&directory, &recipient("All"), noon())), "ada, cleo, dan | ");
    let asked = Recipient::Schedule(ScheduleName("Primary".to_owned()));
    let at = |text: &str| show(&on_call(&directory, &asked, text.parse().unwrap()));
    assert_eq!(at("2026-01-05T12:00:00Z"), "ada, cleo | ");
    assert_eq!(at("2026-01-12T09:00:00Z"), "ben, cleo, dan | ");
    assert_eq!(at("2026-01-05T08:59:59Z"), " | Primary: NotOnCall");
    assert_eq!(show(&everyone_in(&directory, &asked)), "ada, ben, cleo, dan | ");
}

#[test]
fn overrides_say_whom_they_leave_out() {
    let mut directory = directory(&[("All", "")], "cleo>dan");
    directory.schedules =
        vec![schedule("Primary", &[("ada", 9), ("ben", 9)]), schedule("Second", &[("ada", 9)])];
    directory.groups[0].members = vec![on_schedule("Primary"), on_schedule("Second"), on_schedule("Primary")];
    let check = |overrides: Vec<Override>, expected: &str| {
        let directory = Directory { overrides, ..directory.clone() };
        assert_eq!(show(&on_call(&directory, &recipient("All"), noon())), expected);
    };
    let removed = change("Primary", OverrideChange::Remove(id("ada")));
    check(vec![removed.clone()], "ben, ada | ada: Removed, Primary: Duplicate");
    let replaced = change("Primary", OverrideChange::Replace { out: id("ben"), by: id("cleo") });
    check(
        vec![removed, replaced],
        "dan for ben, ada | ada: Removed, ben: see cleo by override, cleo: see dan, Primary: Duplicate",
    );
    let added = change("Second", OverrideChange::Add(id("dan")));
    check(vec![added], "ada, ben, dan | ada: Duplicate, Primary: Duplicate");
    let off = change("Second", OverrideChange::Remove(id("ada")));
    check(vec![off], "ada, ben | ada: Removed, Second: NotOnCall, Primary: Duplicate");
}

#[test]
fn of_two_overrides_of_one_place_the_later_one_counts() {
    let mut directory = directory(&[], "");
    directory.schedules = vec![schedule("Primary", &[("ada", 9)])];
    directory.overrides = vec![
        change("Primary", OverrideChange::Add(id("ada"))),
        change("Primary", OverrideChange::Remove(id("ada"))),
    ];
    let asked = Recipient::Schedule(ScheduleName("Primary".to_owned()));
    directory.overrides[1].from = "2026-01-05T11:00:00Z".parse().unwrap();
    assert_eq!(show(&on_call(&directory, &asked, noon())), " | ada: Removed, Primary: NotOnCall");
    directory.overrides[0].from = "2026-01-05T11:30:00Z".parse().unwrap();
    assert_eq!(show(&on_call(&directory, &asked, noon())), "ada | ada: Duplicate");
}

#[test]
fn side_by_side_is_one_level_and_each_group_or_schedule_its_own() {
    let groups = [
        ("People", "ada ben"),
        ("Two", "P S"),
        ("Three", "ada S ben"),
        ("P", "ada ben"),
        ("S", "cleo Deep"),
        ("Deep", "dan"),
        ("Hollow", "ada Empty ben"),
        ("Empty", ""),
        ("Twice", "ada Empty P S"),
    ];
    let mut directory = directory(&groups, "");
    directory.schedules = vec![schedule("Primary", &[("ada", 9), ("ben", 9)])];
    directory.groups.push(Group {
        name: GroupName("Mixed".to_owned()),
        members: vec![recipient("cleo").into(), phone("dan", 4), on_schedule("Primary")],
        is_elsewhere: false,
    });
    let of = |asked: &Recipient| levels(&on_call(&directory, asked, noon()));
    assert_eq!(of(&recipient("People")), "ada:0 ben:0");
    assert_eq!(of(&recipient("Two")), "ada:0 ben:0 cleo:1 dan:1");
    assert_eq!(of(&recipient("Three")), "ada:0 cleo:1 dan:1 ben:2");
    assert_eq!(of(&recipient("Hollow")), "ada:0 ben:1", "a level of nobody is not counted");
    assert_eq!(of(&recipient("Twice")), "ada:0 ben:1 cleo:2 dan:2", "ada was met before");
    assert_eq!(of(&recipient("Mixed")), "cleo:0 dan:0 ada:1 ben:1");
    assert_eq!(of(&Recipient::Schedule(ScheduleName("Primary".to_owned()))), "ada:0 ben:0");
    assert_eq!(of(&recipient("ada")), "ada:0");
}

/// What is asked for takes less than a millisecond where it is measured, by `benches/run`; here it is only seen that
/// it does not grow with the square of its size, in a build that is not optimised.
#[test]
fn a_thousand_members_are_no_matter_of_seconds() {
    let (directory, asked) = large();
    let started = std::time::Instant::now();
    let found = on_call(&directory, &asked, noon());
    assert!(started.elapsed() < std::time::Duration::from_millis(250), "{:?}", started.elapsed());
    assert_eq!((found.responders.len(), found.skipped.len()), (900, 200));
}

/// A group of 1,000 members, nested five deep; 200 people are away, and every other one has somebody who stands in.
fn large() -> (Directory, Recipient) {
    let name = |n: usize| format!("p{n}");
    let people = (0..1_100).map(|n| person(&name(n))).collect();
    let member = |n: usize| Member::Person(PersonId(name(n)));
    let group = |depth: usize| Group {
        name: GroupName(format!("G{depth}")),
        members: (depth * 200..(depth + 1) * 200)
            .map(member)
            .chain((depth < 4).then(|| Member::Group(GroupName(format!("G{}", depth + 1)))))
            .collect(),
        is_elsewhere: false,
    };
    let absences = (0..200_usize).map(|n| {
        let replacement = if n.is_multiple_of(2) { name(1_000 + n / 2) } else { String::new() };
        absence(&format!("{}>{replacement}", name(n * 5)))
    });
    let directory = Directory {
        people,
        groups: (0..5).map(group).collect(),
        absences: absences.collect(),
        ..Directory::default()
    };
    (directory, Recipient::Group(GroupName("G0".to_owned())))
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
