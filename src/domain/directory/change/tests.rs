use super::*;
use crate::domain::directory::person::Person;
use crate::domain::directory::schedule::{Schedule, ScheduleName};
use jiff::tz::TimeZone;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

fn directory() -> Directory {
    let known = |id: &str| Person {
        id: person(id),
        name: id.to_owned(),
        language: None,
        zone: None,
        may_call: true,
        devices: vec![],
        rules: vec![],
        quiet: None,
    };
    let name = ScheduleName("Primary".to_owned());
    Directory {
        people: ["ada", "ben"].map(known).to_vec(),
        schedules: vec![Schedule { name, zone: TimeZone::UTC, rotations: vec![] }],
        ..Directory::default()
    }
}

fn absence(who: &str, replacement: Option<&str>) -> Absence {
    Absence {
        id: None,
        person: person(who),
        from: at("2026-01-05T09:00:00Z"),
        until: None,
        replacement: replacement.map(person),
    }
}

fn replaced(out: &str, by: &str) -> Override {
    Override {
        id: None,
        schedule: ScheduleName("Primary".to_owned()),
        change: OverrideChange::Replace { out: person(out), by: person(by) },
        from: at("2026-01-05T09:00:00Z"),
        until: at("2026-01-05T10:00:00Z"),
    }
}

#[test]
fn what_has_no_id_of_its_own_is_known_by_what_it_says() {
    let one = absence("ada", Some("ben"));
    assert_eq!(absence_id(&one), absence_id(&one.clone()));
    let others = [
        absence("ada", None),
        absence("ben", Some("ada")),
        Absence { until: Some(at("2026-01-06T09:00:00Z")), ..one.clone() },
        Absence { from: at("2026-01-05T09:00:01Z"), ..one.clone() },
    ];
    for other in &others {
        assert_ne!(absence_id(other), absence_id(&one), "{other:?}");
    }
    assert_eq!(absence_id(&one).0.get_version_num(), 8);
    let one = replaced("ada", "ben");
    let add = Override { change: OverrideChange::Add(person("ada")), ..one.clone() };
    let remove = Override { change: OverrideChange::Remove(person("ada")), ..one.clone() };
    let ids = [&one, &add, &remove, &replaced("ben", "ada")].map(override_id);
    assert!(ids.iter().enumerate().all(|(n, id)| !ids[..n].contains(id)), "{ids:?}");
    let own = OverrideId(Uuid::from_u128(7));
    assert_eq!(override_id(&Override { id: Some(own), ..one }), own);
}

#[test]
fn what_names_somebody_gone_is_left_out() {
    let stored = RunTime {
        absences: vec![absence("ada", Some("zoe")), absence("zoe", Some("ada"))],
        overrides: vec![
            replaced("ada", "ben"),
            replaced("ada", "zoe"),
            replaced("zoe", "ada"),
            Override { schedule: ScheduleName("Night".to_owned()), ..replaced("ada", "ben") },
        ],
    };
    let (with, left_out) = directory().with(stored.clone());
    assert_eq!(with.absences, stored.absences[..1], "ada is away, whoever stands in");
    assert_eq!(with.overrides, stored.overrides[..1]);
    let what: Vec<_> = left_out.iter().map(|one| one.what).collect();
    assert_eq!(what, ["absence", "override", "override", "override"]);
}

#[test]
fn an_absence_of_the_past_that_goes_on_can_be_entered() {
    let now = at("2026-02-01T00:00:00Z");
    let long = absence("ada", None);
    assert_eq!(add_absence(&directory(), long.clone(), now), Ok(Changed::AbsenceAdded(long.clone())));
    let over = Absence { until: Some(now), ..long };
    let wrong = Wrong { field: "until", fault: Fault::IsOver };
    assert_eq!(add_absence(&directory(), over, now), Err(NotAdded::Wrong(vec![wrong])));
}

#[test]
fn an_override_of_the_same_place_is_named() {
    let now = at("2026-01-05T09:00:00Z");
    let there = replaced("ada", "ben");
    let directory = Directory { overrides: vec![there.clone()], ..directory() };
    let second = Override { change: OverrideChange::Remove(person("ada")), ..there.clone() };
    let why = NotAdded::Overlaps(Box::new(there.clone()));
    assert_eq!(add_override(&directory, second, now), Err(why));
    let swapped = replaced("ben", "ada");
    assert_eq!(add_override(&directory, swapped.clone(), now), Ok(Changed::OverrideAdded(swapped)));
    let id = override_id(&there);
    assert_eq!(remove_override(&directory, None, id), Err(NotRemoved::DefinedInSettings));
    assert_eq!(remove_override(&directory, None, OverrideId(Uuid::nil())), Err(NotRemoved::Unknown));
}
