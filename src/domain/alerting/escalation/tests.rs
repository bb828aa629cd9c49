mod gaps;
mod times;

use super::*;
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::alert::Progress;
use crate::domain::alerting::category::{Category, Matching, Window};
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::content::Content;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::origin::{FromEvent, Origin};
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::policy::Step;
use crate::domain::alerting::team::{IntegrationName, TeamName};
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::directory::device::Device;
use crate::domain::directory::group::{Group, GroupName, Member};
use crate::domain::directory::person::{Person, PersonId, Quiet, Rule};
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;
use jiff::tz::TimeZone;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Counts.
#[derive(Default)]
struct Counting(AtomicU64);

impl Ids for Counting {
    fn next(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)) + 1)
    }

    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn at(minutes: i64) -> Timestamp {
    let monday: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    monday + SignedDuration::from_mins(minutes)
}

fn person(id: &str, devices: Vec<Device>) -> Person {
    Person {
        id: PersonId(id.to_owned()),
        name: id.to_owned(),
        language: None,
        zone: None,
        may_call: true,
        devices,
        rules: vec![],
        quiet: None,
    }
}

fn mail(id: &str) -> Device {
    Device::Email(EmailAddress::parse(&format!("{id}@duty.example")).unwrap())
}

fn sms(n: u32) -> Device {
    Device::Sms(PhoneNumber::parse(&format!("+155501{n:02}")).unwrap())
}

fn voice(n: u32) -> Device {
    Device::Voice(PhoneNumber::parse(&format!("+155501{n:02}")).unwrap())
}

fn to(id: &str) -> Target {
    Target::Recipient(Recipient::Person(PersonId(id.to_owned())))
}

fn step(targets: &[Target]) -> Step {
    Step { targets: targets.to_vec(), wait: SignedDuration::from_mins(5) }
}

fn policy(name: &str, steps: Vec<Step>) -> Policy {
    Policy {
        name: PolicyName(name.to_owned()),
        steps,
        repeats: Repeats::Times(0),
        last_resort: vec![to("grace")],
        last_resort_every: None,
    }
}

/// Ada and Ben are on duty in the plant's team, Cleo belongs to it, Dan has no device, Grace is the last resort.
struct Case {
    directory: Directory,
    team: Team,
    policy: Option<Policy>,
    story: AlertStory,
    ids: Counting,
}

impl Case {
    fn new(policy: Option<Policy>) -> Self {
        let group = Group {
            name: GroupName("Duty".to_owned()),
            members: ["ada", "ben"].map(|id| Member::Person(PersonId(id.to_owned()))).to_vec(),
            is_elsewhere: false,
        };
        let people = ["ada", "ben", "cleo", "grace"].map(|id| person(id, vec![mail(id)]));
        let directory = Directory {
            people: people.into_iter().chain([person("dan", vec![])]).collect(),
            groups: vec![
                group,
                Group { name: GroupName("Empty".to_owned()), members: vec![], is_elsewhere: false },
            ],
            ..Directory::default()
        };
        let duty = Recipient::Group(GroupName("Duty".to_owned()));
        let team = Team {
            name: TeamName("Plant".to_owned()),
            on_call: vec![duty.clone()],
            members: vec![duty.clone(), Recipient::Person(PersonId("cleo".to_owned()))],
            policy: PolicyName("standard".to_owned()),
            subscribers: vec![],
            tells_the_told: false,
            acknowledge_timeout: None,
            close_after: None,
            close_acknowledged_after: None,
            categories: vec![],
            integrations: vec![],
        };
        let alert = Alert {
            id: AlertId(Uuid::from_u128(1)),
            version: 1,
            origin: Origin::Event(FromEvent {
                integration: IntegrationName("prtg".to_owned()),
                source: None,
                external_id: None,
                event: None,
            }),
            team: Some(team.name.clone()),
            matter: None,
            content: Content::default(),
            recipients: vec![duty],
            severity: Severity::High,
            message: None,
            opened_at: at(0),
            is_held: false,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress::default(),
            due_at: None,
        };
        let story = AlertStory { alert, number: 1, recording: None, log: vec![] };
        Self { directory, team, policy, story, ids: Counting::default() }
    }

    /// Looks, and takes what comes of it as read.
    fn look(&mut self, minutes: i64) -> Look {
        let can = [DeviceKind::Sms, DeviceKind::Email, DeviceKind::Voice];
        let facts = Facts {
            directory: &self.directory,
            team: Some(&self.team),
            policy: self.policy.as_ref(),
            can: &can,
        };
        let look = look(&self.story, &facts, at(minutes), &self.ids);
        if let Look::Do(change) = &look {
            self.story.alert = change.alert.clone();
            self.story.log.extend(change.log.iter().cloned());
        }
        look
    }

    /// Who is told then, and by what.
    fn told(&mut self, minutes: i64) -> Vec<String> {
        match self.look(minutes) {
            Look::Do(change) => change.notifications.iter().map(|one| one.person.0.clone()).collect(),
            Look::NotYet => panic!("not yet"),
        }
    }

    /// When it is looked at next, in minutes.
    fn next(&self) -> Option<i64> {
        self.story.alert.due_at.map(|due| due.duration_since(at(0)).as_mins())
    }

    fn changed(&mut self, change: Result<Change, Refused>) {
        let change = change.unwrap();
        self.story.alert = change.alert;
        self.story.log.extend(change.log);
    }

    fn acknowledge(&mut self, who: &str, minutes: i64) {
        self.changed(life::acknowledge(self.story.alert.clone(), &by(who), at(minutes)));
    }

    fn words(&self) -> Vec<String> {
        let word = |what: &Happened| serde_json::to_value(what).unwrap()["what"].as_str().unwrap().to_owned();
        self.story.log.iter().map(|entry| word(&entry.what)).collect()
    }
}

fn by(who: &str) -> Actor {
    Actor { who: Who::Person(PersonId(who.to_owned())), from: Channel::Api }
}

fn nobody() -> Vec<String> {
    vec![]
}

#[test]
fn g03_two_people_of_one_step_are_both_told_and_g04_the_next_after_its_wait() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[Target::OnDuty]), step(&[to("cleo")])])));
    assert_eq!(case.told(0), ["ada", "ben"]);
    assert_eq!(case.next(), Some(5));
    assert_eq!(case.told(4), nobody());
    assert_eq!(case.told(5), ["cleo"]);
    assert_eq!(case.told(10), ["grace"], "the last resort");
    assert_eq!((case.told(100), case.next()), (nobody(), None), "told once");
}

#[test]
fn g04_who_has_answered_ends_the_search() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[Target::OnDuty]), step(&[to("cleo")])])));
    assert_eq!(case.told(0), ["ada", "ben"]);
    case.acknowledge("ben", 3);
    assert_eq!((case.told(5), case.next()), (nobody(), None));
    assert_eq!(case.told(50), nobody());
}

#[test]
fn g05_steps_that_reach_nobody_are_skipped_at_once_with_the_reason() {
    let empty = Target::Recipient(Recipient::Group(GroupName("Empty".to_owned())));
    let steps = vec![step(&[]), step(&[empty]), step(&[to("dan")]), step(&[to("cleo")])];
    let mut case = Case::new(Some(policy("standard", steps)));
    assert_eq!(case.told(0), ["cleo"]);
    assert_eq!(case.next(), Some(5));
    assert_eq!(case.words(), ["step_skipped", "step_skipped", "step_skipped", "escalated", "announced"]);
    assert_eq!(case.told(5), ["grace"]);
}

#[test]
fn g05_without_steps_the_last_resort_is_told_at_once_and_one_that_nobody_can_reach_is_tried_again() {
    let mut case = Case::new(Some(policy("standard", vec![])));
    assert_eq!(case.told(0), ["grace"]);
    let mut case = Case::new(Some(Policy { last_resort: vec![to("dan")], ..policy("standard", vec![]) }));
    assert_eq!(case.told(0), nobody());
    assert_eq!((case.words().pop().as_deref(), case.next()), (Some("step_skipped"), Some(1)));
    case.directory.people[4].devices.push(mail("dan"));
    assert_eq!(case.told(1), ["dan"], "as soon as it can be reached");
}

#[test]
fn g06_a_step_that_is_removed_gives_its_place_to_the_next_and_after_the_last_comes_what_follows() {
    let steps = vec![step(&[to("ada")]), step(&[to("ben")]), step(&[to("cleo")])];
    let mut case = Case::new(Some(policy("standard", steps)));
    assert_eq!(case.told(0), ["ada"]);
    case.policy.as_mut().unwrap().steps.remove(1);
    assert_eq!(case.told(5), ["cleo"]);
    let again = Policy { repeats: Repeats::Forever, ..policy("standard", vec![step(&[to("ada")])]) };
    case.policy = Some(again);
    assert_eq!(case.told(10), ["ada"], "the last was removed: it begins again");
}

#[test]
fn g07_another_policy_begins_at_once_and_so_does_the_first_when_it_is_back() {
    let standard = policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])]);
    let mut case = Case::new(Some(standard.clone()));
    assert_eq!(case.told(0), ["ada"]);
    case.policy = Some(policy("other", vec![step(&[to("cleo")])]));
    assert_eq!((case.told(1), case.next()), (vec!["cleo".to_owned()], Some(6)));
    case.policy = Some(standard);
    assert_eq!(case.told(2), ["ada"]);
    assert_eq!(case.words().iter().filter(|word| *word == "policy_changed").count(), 2);
}

#[test]
fn g08_somebody_escalates_and_the_acknowledgement_counts_no_longer() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    assert_eq!(case.told(0), ["ada"]);
    case.acknowledge("ada", 1);
    case.changed(life::escalate(case.story.alert.clone(), &by("ada"), at(2)));
    assert_eq!(case.told(2), ["ben"]);
    assert_eq!(case.story.alert.acknowledged, None);
    let is_asked =
        |what: &Happened| matches!(what, Happened::Escalated { asked_by: Some(who), .. } if who == "ada");
    assert!(case.story.log.iter().any(|entry| is_asked(&entry.what)));
    assert_eq!(case.told(7), ["grace"], "the clock goes on from there");
}

#[test]
fn g09_repeats_are_counted_and_forever_is_for_ever() {
    let twice = Policy {
        repeats: Repeats::Times(1),
        last_resort_every: Some(MINUTE * 10),
        ..policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])
    };
    let mut case = Case::new(Some(twice.clone()));
    let told: Vec<_> = (0..=8).map(|n| case.told(n * 5).join(" ")).collect();
    assert_eq!(told, ["ada", "ben", "ada", "ben", "grace", "", "grace", "", "grace"]);
    let mut case = Case::new(Some(Policy { repeats: Repeats::Forever, ..twice }));
    let told: Vec<_> = (0..200).map(|n| case.told(n * 5).join(" ")).collect();
    assert!(told.iter().enumerate().all(|(n, told)| *told == ["ada", "ben"][n % 2]), "{told:?}");
}

#[test]
fn g10_rules_count_as_they_are_when_a_step_is_made() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    let rule =
        |minutes, device: Device| Rule { severities: vec![], devices: vec![device], after: MINUTE * minutes };
    case.directory.people[0].devices = vec![mail("ada"), sms(1)];
    case.directory.people[0].rules = vec![rule(0, mail("ada")), rule(3, sms(1)), rule(0, sms(9))];
    let Look::Do(change) = case.look(0) else { panic!("not yet") };
    let due: Vec<_> = change.effects.iter().map(|one| (one.effect.word(), one.due)).collect();
    assert_eq!(due, [("send_mail", at(0)), ("send_sms", at(3))]);
    case.directory.people[0].rules.push(rule(0, sms(1)));
    assert_eq!(case.told(1), nobody(), "nothing is sent after the event");
}

#[test]
fn s21_multi_ack_waits_for_those_who_were_on_duty_and_g52_only_for_those() {
    let mut case =
        Case::new(Some(policy("standard", vec![step(&[Target::OnDuty]), step(&[Target::OnDuty])])));
    case.story.alert.scenario = Scenario::MultiAck;
    assert_eq!(case.told(0), ["ada", "ben"]);
    case.directory.groups[0].members.push(Member::Person(PersonId("cleo".to_owned())));
    case.acknowledge("ada", 1);
    assert_eq!(case.story.alert.acknowledged, None);
    assert_eq!(case.told(5), ["ben", "cleo"], "who has acknowledged is left alone");
    case.acknowledge("ben", 6);
    let settled = case.story.alert.acknowledged.clone().unwrap();
    assert_eq!(settled.by, Who::Person(PersonId("ben".to_owned())), "cleo came on duty later");
    assert_eq!(case.told(20), nobody());
    assert_eq!(case.words().iter().filter(|word| word.starts_with("acknowledged")).count(), 2);
    let twice = life::acknowledge(case.story.alert.clone(), &by("ada"), at(7));
    assert!(matches!(twice, Err(Refused::AlreadyAcknowledged(_))));
}

#[test]
fn s22_an_emergency_reaches_everyone_on_duty_or_not() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    case.story.alert.scenario = Scenario::Emergency;
    assert_eq!(case.told(0), ["ada", "ben", "cleo"]);
    assert_eq!(case.told(5), ["ben"]);
    case.acknowledge("cleo", 6);
    assert!(case.story.alert.acknowledged.is_some(), "one is enough");
}

#[test]
fn an_acknowledgement_that_leads_to_nothing_expires() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    case.team.acknowledge_timeout = Some(MINUTE * 30);
    assert_eq!(case.told(0), ["ada"]);
    case.acknowledge("ada", 1);
    assert_eq!((case.told(1), case.next()), (nobody(), Some(31)));
    assert_eq!(case.told(31), ["ben"]);
    assert!(case.words().contains(&"acknowledgement_expired".to_owned()));
}

#[test]
fn snoozed_alerts_rest_and_go_on_with_the_next_step() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    assert_eq!(case.told(0), ["ada"]);
    case.changed(life::snooze(case.story.alert.clone(), at(60), &by("ada"), at(1)));
    assert_eq!((case.told(1), case.next()), (nobody(), Some(60)));
    assert_eq!(case.told(60), ["ben"]);
    assert_eq!(life::snooze(case.story.alert.clone(), at(60), &by("ada"), at(60)), Err(Refused::Past));
}

#[test]
fn what_is_taken_back_goes_on_at_once() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    assert_eq!(case.told(0), ["ada"]);
    case.acknowledge("ada", 1);
    case.changed(life::undo_acknowledge(case.story.alert.clone(), &by("ada"), at(2)));
    assert_eq!(case.told(2), ["ben"]);
    case.changed(life::resolve(case.story.alert.clone(), &by("ada"), at(3)));
    assert_eq!((case.told(10), case.next()), (nobody(), None));
    let followed = life::undo_resolve(case.story.alert.clone(), true, &by("ada"), at(11));
    assert_eq!(followed, Err(Refused::Followed));
    case.changed(life::undo_resolve(case.story.alert.clone(), false, &by("ada"), at(11)));
    assert_eq!(case.told(11), ["grace"]);
}

/// Ada is to be told of an alert of a category with those windows of maintenance, in minutes.
fn in_maintenance(windows: &[(i64, i64)]) -> Case {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    let windows = windows.iter().map(|(from, until)| Window { from: at(*from), until: at(*until) });
    case.team.categories = vec![Category {
        name: CategoryName("Pumps".to_owned()),
        include: vec![],
        exclude: vec![],
        matching: Matching::Any,
        parameter: None,
        is_default: true,
        is_emergency: false,
        colour: None,
        icon: None,
        augment: vec![],
        severity: None,
        severity_parameter: None,
        severities: vec![],
        scenario: None,
        policy: None,
        maintenance: windows.collect(),
    }];
    case.story.alert.content.category = Some(CategoryName("Pumps".to_owned()));
    case
}

#[test]
fn maintenance_keeps_a_new_alert_silent_until_its_end_g41() {
    let window = |from, until| Window { from: at(from), until: at(until) };
    let mut case = in_maintenance(&[(30, 40), (-10, 30)]);
    assert_eq!((case.told(0), case.next()), (nobody(), Some(40)), "windows that touch are one");
    assert_eq!(case.words(), ["in_maintenance"]);
    assert_eq!(case.told(40), ["ada"]);
    case.team.categories[0].maintenance = vec![window(41, 100)];
    assert_eq!(case.told(45), ["grace"], "what has begun goes on");
}

#[test]
fn quiet_hours_are_by_the_clock_where_somebody_lives() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")]), step(&[to("ben")])])));
    // It is 18:00 in Tokyo.
    case.directory.people[0].zone = Some(TimeZone::get("Asia/Tokyo").unwrap());
    case.directory.people[0].quiet = Some(Quiet {
        from: "18:00:00".parse().unwrap(),
        until: "07:00:00".parse().unwrap(),
        unless: vec![Severity::Critical],
    });
    let Look::Do(change) = case.look(0) else { panic!("not yet") };
    let told: Vec<_> = change.notifications.iter().map(|one| (one.person.0.as_str(), one.due)).collect();
    let morning = "2026-01-05T22:00:00Z".parse().unwrap();
    assert_eq!(
        told,
        [("ada", morning), ("ben", at(0))],
        "she would hear of it too late, and hears of it then"
    );
    let skipped = serde_json::to_string(&case.story.log[0].what).unwrap();
    assert!(skipped.contains("ada: not to be told before 2026-01-05T22:00:00Z"), "{skipped}");
    let mut case = Case { story: Case::new(None).story, ..case };
    case.story.alert.severity = Severity::Critical;
    assert_eq!(case.told(0), ["ada"]);
}

#[test]
fn g64_who_rests_through_many_steps_is_told_once_at_the_end() {
    let forever = Policy {
        repeats: Repeats::Forever,
        ..policy("standard", vec![step(&[to("ada"), to("ben")]), step(&[to("ada")])])
    };
    let mut case = Case::new(Some(forever));
    case.directory.people[0].zone = Some(TimeZone::UTC);
    case.directory.people[0].quiet =
        Some(Quiet { from: "08:00:00".parse().unwrap(), until: "10:00:00".parse().unwrap(), unless: vec![] });
    assert_eq!(case.told(0), ["ben", "ada"]);
    for minute in 1..60 {
        let told = case.told(minute);
        assert!(told.iter().all(|who| who == "ben"), "{minute}: {told:?}");
    }
    assert_eq!(case.told(60), ["ada"], "she is awake: the second step reaches her");
}

#[test]
fn phones_ring_later_by_themselves_and_at_once_where_there_is_nothing_else() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada"), to("ben")])])));
    case.directory.people[0].devices = vec![mail("ada"), voice(1)];
    case.directory.people[1].devices = vec![voice(2)];
    let Look::Do(change) = case.look(0) else { panic!("not yet") };
    let due: Vec<_> = change.effects.iter().map(|one| (one.effect.word(), one.due)).collect();
    assert_eq!(due, [("send_mail", at(0)), ("ring_person", at(2)), ("ring_person", at(0))]);
    case.policy = None;
    case.story = Case::new(None).story;
    assert_eq!(case.told(0), ["ada"], "an alert that nobody pursues rings nobody");
}

#[test]
fn an_alert_without_a_policy_is_told_once() {
    let mut case = Case::new(None);
    assert_eq!((case.told(0), case.next()), (vec!["ada".to_owned(), "ben".to_owned()], None));
    assert_eq!(case.told(60), nobody());
    case.story.alert.is_held = true;
    assert_eq!(case.told(61), nobody());
}

#[test]
fn g89_a_clock_that_jumps_makes_no_step_twice_and_leaves_none_out() {
    let steps = vec![step(&[to("ada")]), step(&[to("ben")]), step(&[to("cleo")])];
    let mut case = Case::new(Some(policy("standard", steps)));
    assert_eq!(case.told(0), ["ada"]);
    assert_eq!(case.told(-600), nobody(), "back by ten hours");
    assert_eq!(case.told(600), ["ben"], "forward by twenty: one step, and its wait begins now");
    assert_eq!((case.told(601), case.next()), (nobody(), Some(605)));
    assert_eq!(case.told(605), ["cleo"]);
}

#[test]
fn a_policy_without_waits_ends() {
    let hasty = Policy {
        repeats: Repeats::Forever,
        last_resort_every: Some(SignedDuration::ZERO),
        ..policy("standard", vec![Step { targets: vec![to("dan")], wait: SignedDuration::ZERO }])
    };
    let mut case = Case::new(Some(hasty));
    assert_eq!(case.told(0), ["grace"]);
}

#[test]
fn the_last_resort_is_told_in_its_quiet_hours_too() {
    let mut case = Case::new(Some(policy("standard", vec![])));
    case.directory.people[3].zone = Some(TimeZone::UTC);
    case.directory.people[3].quiet =
        Some(Quiet { from: "08:00:00".parse().unwrap(), until: "10:00:00".parse().unwrap(), unless: vec![] });
    assert_eq!(case.told(0), ["grace"]);
}

#[test]
fn g42_an_alert_that_nobody_wants_is_closed_by_itself_where_the_team_says_so() {
    let mut case = Case::new(Some(policy("standard", vec![step(&[to("ada")])])));
    case.team.close_after = Some(MINUTE * 7);
    case.team.close_acknowledged_after = Some(MINUTE * 60);
    assert_eq!((case.told(0), case.next()), (vec!["ada".to_owned()], Some(5)));
    assert_eq!((case.told(5), case.next()), (vec!["grace".to_owned()], Some(7)));
    assert_eq!((case.told(7), case.next()), (nobody(), None));
    let closed = case.story.alert.closed.clone().unwrap();
    assert_eq!((closed.by.name(), closed.from), ("close_hours", Channel::Settings));
    let mut case = Case { story: Case::new(None).story, ..case };
    assert_eq!(case.told(0), ["ada"]);
    case.acknowledge("ada", 1);
    assert_eq!((case.told(1), case.next()), (nobody(), Some(61)));
    case.told(61);
    assert_eq!(case.story.alert.state(), crate::domain::alerting::state::AlertState::Resolved);
}
