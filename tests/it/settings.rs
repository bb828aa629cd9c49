//! Every bad settings file prints exactly what is beside it, and every world can be used.

use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::category::Matching;
use dutyline::domain::alerting::policy::{Repeats, Target};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::device::{Device, DeviceKind};
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::severity::Severity;
use dutyline::settings::{self, Loaded, Problems, Secret, Settings};
use jiff::SignedDuration;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/settings")
}

fn load(name: &str) -> Result<Loaded, Problems> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    settings::parse(name, &text, &folder())
}

fn files(extension: &str) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|own| own == extension))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

/// What `dutyline check` has to say about that file, in lines.
fn report(name: &str) -> String {
    let lines = match load(&format!("{name}.toml")) {
        Ok(loaded) => loaded.warnings.iter().map(ToString::to_string).collect(),
        Err(problems) => vec![problems.to_string()],
    };
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// A file with a `.txt` beside it prints that text; one without prints nothing. To see what a new file
/// prints, put an empty `.txt` beside it.
#[test]
fn every_file_prints_what_is_beside_it() {
    let expected =
        |name: &str| std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap_or_default();
    let different: Vec<_> = files("toml")
        .into_iter()
        .filter(|name| report(name) != expected(name))
        .map(|name| format!("{name}.toml prints\n{}", report(&name)))
        .collect();
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// The file as such is in order: a gap depends on when one looks.
#[test]
fn a_schedule_that_leaves_a_gap_is_named_with_its_line() {
    let now = "2026-03-20T12:00:00Z".parse().unwrap();
    let loaded = settings::load_at(Path::new("tests/settings/gaps.toml"), now).unwrap();
    let told: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Sat 2026-04-11 09:00 until Sun 2026-04-12 09:00 (Europe/Berlin)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Mon 2026-04-13 09:00 until Tue 2026-04-14 09:00 (Europe/Berlin)
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call from Wed 2026-04-15 09:00 until Thu 2026-04-16 09:00 (Europe/Berlin)
    tests/settings/gaps.toml:28:8: warning: schedule[1]: nobody is on call 2 more times in the 30 days from now
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from now until Fri 2026-03-20 18:00 (Europe/Berlin)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from Sun 2026-03-22 08:00 until Sun 2026-03-22 18:00 (Europe/Berlin)
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call from Mon 2026-03-23 08:00 until Mon 2026-03-23 18:00 (Europe/Berlin)
    tests/settings/gaps.toml:36:8: warning: schedule[2]: nobody is on call 27 more times in the 30 days from now
    tests/settings/gaps.toml:45:8: warning: schedule[3]: nobody is on call from Fri 2026-04-10 08:00 (America/New_York) on
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:53:8: warning: schedule[4]: nobody is on call from now until Wed 2026-04-01 18:00 (UTC)
       hint: add a rotation or hours; overrides that were made at run time are not known here
    tests/settings/gaps.toml:61:8: warning: schedule[5]: nobody is on call in the 30 days from now
       hint: add a rotation or hours; overrides that were made at run time are not known here
    "#);
}

#[test]
fn no_problem_repeats_a_secret() {
    for name in files("toml") {
        let report = report(&name);
        for secret in ["hunter2", "the-token-itself", "20261122", "3c469e9d"] {
            assert!(!report.contains(secret), "{name}.toml: {report}");
        }
    }
}

#[test]
fn a_file_says_who_is_told_of_an_alert_when() {
    let Settings { teams, policies, integrations, menu, directory, .. } =
        load("teams.toml").unwrap().settings;
    let [standard, at_once] = policies.as_slice() else { panic!("two policies") };
    let minutes = SignedDuration::from_mins;
    assert_eq!((standard.repeats, standard.last_resort_every), (Repeats::Times(2), Some(minutes(15))));
    assert_eq!((at_once.repeats, at_once.last_resort_every), (Repeats::Forever, None));
    let waits: Vec<_> = standard.steps.iter().map(|step| step.wait).collect();
    assert_eq!(waits, [minutes(1), minutes(5)]);
    let ben = Recipient::Person(PersonId("ben".to_owned()));
    let operations = Recipient::Group(GroupName("Operations".to_owned()));
    let then = [Target::Everyone, Target::Recipient(ben.clone()), Target::Recipient(operations.clone())];
    assert_eq!(
        (&*standard.steps[0].targets, &*standard.steps[1].targets),
        (&[Target::OnDuty][..], &then[..])
    );

    let [plant, office] = teams.as_slice() else { panic!("two teams") };
    assert_eq!(
        (&plant.members, plant.acknowledge_timeout),
        (&vec![operations.clone(), ben.clone()], Some(minutes(60)))
    );
    let (days, never) = (|days: i64| Some(SignedDuration::from_hours(24 * days)), None);
    assert_eq!((plant.close_after, plant.close_acknowledged_after), (days(7), days(30)));
    assert_eq!((office.close_after, office.close_acknowledged_after), (never, never));
    assert_eq!((&plant.subscribers, plant.tells_the_told), (&vec![operations], true));
    assert!(!office.has_subscribers(), "nobody, unless it is said");
    assert_eq!(
        (&office.members, &office.on_call),
        (&vec![ben.clone()], &vec![ben]),
        "left out: those of on_call"
    );
    let [database, default] = plant.categories.as_slice() else { panic!("two categories") };
    assert_eq!((database.matching, default.matching), (Matching::All, Matching::Any));
    assert_eq!(database.policy.as_ref(), Some(&at_once.name));
    assert_eq!(database.severities, [("P1".to_owned(), Severity::Critical)]);
    assert_eq!(database.scenario, Some(Scenario::MultiAck));
    let during = "2026-12-25T00:00:00+01:00".parse().unwrap();
    assert_eq!(database.maintenance_ends(during), Some("2026-12-25T02:00:00+01:00".parse().unwrap()));
    assert_eq!(plant.default_category().map(|category| &category.name), Some(&default.name));
    assert!(default.is_emergency && plant.integrations[0].is_strict);

    let [prtg] = integrations.as_slice() else { panic!("one way in") };
    let next = "sha256:3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0";
    let secrets = [TokenHash::of("a secret of more than enough"), TokenHash::parse(next).unwrap()];
    assert_eq!((&prtg.team, &*prtg.secrets), (&plant.name, &secrets[..]));
    assert_eq!(prtg.hmac.as_ref().map(Secret::expose), Some("a key to sign with"));

    let of_targets: Vec<_> = menu.targets.iter().map(|target| target.team.as_ref()).collect();
    assert_eq!((menu.team, of_targets), (Some(plant.name.clone()), vec![None, Some(&office.name)]));

    let ada = &directory.people[0];
    let [first, second] = ada.rules.as_slice() else { panic!("two rules") };
    let kinds: Vec<_> = first.devices.iter().map(Device::kind).collect();
    assert_eq!(kinds, [DeviceKind::Sms, DeviceKind::Voice], "counted from 1");
    assert_eq!((second.devices.len(), second.after, second.severities.len()), (1, minutes(10), 0));
    let night = "2026-01-05T22:30:00Z".parse().unwrap();
    let morning = "2026-01-06T06:00:00Z".parse().unwrap();
    assert_eq!(ada.quiet_until(Severity::High, night), Some(morning), "07:00 in Berlin");
    assert_eq!(ada.quiet_until(Severity::Critical, night), None, "which is so where nothing is said");
}
