use super::*;
use crate::domain::alerting::actor::{Actor, Channel};
use crate::domain::alerting::alert::Progress;
use crate::domain::alerting::content::Content;
use crate::domain::alerting::life;
use crate::domain::alerting::origin::{FromEvent, Origin};
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::{IntegrationName, TeamName};
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::directory::device::Device;
use crate::domain::directory::person::{Person, Quiet, Rule};
use crate::domain::ids::AlertId;
use crate::domain::severity::Severity;
use jiff::civil::time;
use jiff::tz::TimeZone;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Ids for Counting {
    fn next(&self) -> Uuid {
        Uuid::from_u128(self.0.fetch_add(1, Ordering::Relaxed).into())
    }

    fn secret(&self) -> [u8; 32] {
        [0; 32]
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(60 * minutes).unwrap()
}

fn phone(n: u32) -> Device {
    Device::Sms(PhoneNumber::parse(&format!("+155501{n:02}")).unwrap())
}

fn mail(id: &str) -> Device {
    Device::Email(EmailAddress::parse(&format!("{id}@duty.example")).unwrap())
}

fn person(id: &str, devices: Vec<Device>) -> Person {
    Person {
        id: PersonId(id.to_owned()),
        name: id.to_owned(),
        language: None,
        zone: Some(TimeZone::UTC),
        may_call: true,
        devices,
        rules: vec![],
        quiet: None,
    }
}

fn recipient(id: &str) -> Recipient {
    Recipient::Person(PersonId(id.to_owned()))
}

/// Ada and Ben are subscribers, and somebody whose phone only rings. Cleo is none.
struct Case {
    directory: Directory,
    team: Team,
    story: AlertStory,
    ids: Counting,
}

impl Case {
    fn new() -> Self {
        let voice = Device::Voice(PhoneNumber::parse("+15550199").unwrap());
        let people = vec![
            person(
                "ada",
                vec![mail("ada"), phone(1), Device::Voice(PhoneNumber::parse("+15550101").unwrap())],
            ),
            person("ben", vec![phone(2)]),
            person("cleo", vec![mail("cleo")]),
            person("dan", vec![voice]),
        ];
        let team = Team {
            name: TeamName("Plant".to_owned()),
            on_call: vec![],
            members: vec![],
            policy: PolicyName("standard".to_owned()),
            subscribers: ["ada", "ben", "dan"].map(recipient).to_vec(),
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
            recipients: vec![],
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
        let directory = Directory { people, ..Directory::default() };
        Self { directory, team, story, ids: Counting::default() }
    }

    fn takes(&mut self, change: Change) {
        self.story.alert = change.alert;
        self.story.log.extend(change.log);
    }

    fn acknowledged(&mut self, by: &str, minutes: i64) {
        self.takes(life::acknowledge(self.story.alert.clone(), &actor(by), at(minutes)).unwrap());
    }

    fn resolved(&mut self, by: &str, minutes: i64) {
        self.takes(life::resolve(self.story.alert.clone(), &actor(by), at(minutes)).unwrap());
    }

    fn reopened(&mut self, by: &str, minutes: i64) {
        self.takes(life::undo_resolve(self.story.alert.clone(), false, &actor(by), at(minutes)).unwrap());
    }

    /// To whom messages go then: `ada sms acknowledged`.
    fn told(&mut self, minutes: i64) -> Vec<String> {
        let mut change = Change::of(self.story.alert.clone());
        let Some(status) = untold(&self.story, &change, at(minutes)) else { return vec![] };
        let can = [DeviceKind::Sms, DeviceKind::Email, DeviceKind::Voice, DeviceKind::Webhook];
        let audience = Audience { team: &self.team, directory: &self.directory, can: &can };
        tell(&mut change, &self.story, status, audience, at(minutes), &self.ids);
        assert_eq!(change.effects.len(), change.notifications.len());
        let shown = |one: &Notification| {
            format!("{} {} {}", one.person, one.device.kind().word(), one.purpose.word())
        };
        let told = change.notifications.iter().map(shown).collect();
        self.takes(change);
        told
    }

    fn person(&mut self, id: &str) -> &mut Person {
        self.directory.people.iter_mut().find(|one| one.id.0 == id).unwrap()
    }

    /// Who was left out the last time, in words.
    fn skipped(&self) -> Vec<String> {
        let last = self.story.log.last().map(|entry| entry.what.clone());
        match last {
            Some(Happened::SubscribersTold { skipped, .. }) => skipped,
            other => panic!("{other:?}"),
        }
    }
}

fn actor(id: &str) -> Actor {
    Actor { who: Who::Person(PersonId(id.to_owned())), from: Channel::Sms }
}

#[test]
fn g34_subscribers_are_told_by_text_and_mail_once_a_change() {
    let mut case = Case::new();
    assert_eq!(case.told(1), Vec::<String>::new(), "that it is open is no news");
    case.acknowledged("cleo", 2);
    assert_eq!(case.told(2), ["ada email acknowledged", "ada sms acknowledged", "ben sms acknowledged"]);
    assert_eq!(case.skipped(), ["dan: has no device for messages"]);
    assert_eq!(case.told(3), Vec::<String>::new());
    case.resolved("cleo", 4);
    assert_eq!(case.told(4), ["ada email resolved", "ada sms resolved", "ben sms resolved"]);
    case.reopened("ben", 5);
    assert_eq!(case.told(5), ["ada email acknowledged", "ada sms acknowledged"], "Cleo has it again");
}

#[test]
fn g34_never_whoever_has_caused_it() {
    let mut case = Case::new();
    case.acknowledged("ada", 2);
    assert_eq!(case.told(2), ["ben sms acknowledged"]);
    case.takes(life::undo_acknowledge(case.story.alert.clone(), &actor("ben"), at(3)).unwrap());
    assert_eq!(case.told(3), ["ada email open", "ada sms open"]);
    case.team.subscribers = vec![recipient("ben")];
    case.acknowledged("ben", 4);
    assert_eq!(case.told(4), Vec::<String>::new());
    case.takes(life::escalate(case.story.alert.clone(), &actor("cleo"), at(5)).unwrap());
    assert_eq!(case.told(5), ["ben sms open"], "what he did himself he knows");
}

#[test]
fn g34_what_was_taken_back_at_once_is_told_to_nobody() {
    let mut case = Case::new();
    case.resolved("cleo", 2);
    case.reopened("cleo", 2);
    assert_eq!(case.told(2), Vec::<String>::new());
    case.acknowledged("cleo", 3);
    assert_eq!(case.told(3).len(), 3);
    case.resolved("cleo", 4);
    case.reopened("cleo", 4);
    assert_eq!(case.told(4), Vec::<String>::new(), "Cleo has it as before");
}

#[test]
fn g34_an_alert_to_which_nothing_has_happened_for_a_week_is_no_news() {
    let mut case = Case::new();
    case.resolved("cleo", 7 * DAY - 1);
    assert_eq!(case.told(7 * DAY - 1).len(), 3);
    let mut case = Case::new();
    case.resolved("cleo", 7 * DAY);
    assert_eq!(case.told(7 * DAY), Vec::<String>::new());
    let mut case = Case::new();
    case.takes(life::note(case.story.alert.clone(), "spare part is ordered", &actor("cleo"), at(DAY)));
    case.resolved("cleo", 7 * DAY);
    assert_eq!(case.told(7 * DAY).len(), 3, "something has happened");
}

#[test]
fn g34_after_an_hour_it_is_no_news_any_more() {
    let mut case = Case::new();
    case.acknowledged("cleo", 2);
    assert_eq!(case.told(2 + HOUR + 1), Vec::<String>::new(), "subscribers came later");
    let one = Notification {
        id: NotificationId(Uuid::nil()),
        alert: case.story.alert.id,
        person: PersonId("ada".to_owned()),
        device: phone(1),
        purpose: Purpose::News(AlertState::Acknowledged),
        due: at(2),
    };
    assert_eq!(drops(&one, &case.story, at(2 + HOUR)), None);
    assert_eq!(drops(&one, &case.story, at(2 + HOUR + 1)), Some(Dropped::Old));
    let alert = Notification { purpose: Purpose::Alert, ..one.clone() };
    assert_eq!(drops(&alert, &case.story, at(DAY)), None, "an alert is told late, if need be");
    let own = Notification { person: PersonId("cleo".to_owned()), ..one };
    assert_eq!(drops(&own, &case.story, at(2)), Some(Dropped::Answered));
}

#[test]
fn g34_quiet_hours_and_rules_of_their_own_count() {
    let mut case = Case::new();
    let quiet = Quiet { from: time(0, 0, 0, 0), until: time(8, 0, 0, 0), unless: vec![Severity::Critical] };
    case.person("ben").quiet = Some(quiet);
    let only_mail =
        Rule { severities: vec![], devices: vec![mail("ada")], after: SignedDuration::from_mins(10) };
    case.person("ada").rules = vec![only_mail.clone(), only_mail];
    case.acknowledged("cleo", 2);
    assert_eq!(case.told(2), ["ada email acknowledged"]);
    assert_eq!(case.skipped(), ["dan: has no device for messages", "ben: in their quiet hours"]);
    case.person("ada").rules[0].severities = vec![Severity::Critical];
    case.person("ada").rules.truncate(1);
    case.story.alert.severity = Severity::Critical;
    case.resolved("cleo", 3);
    assert_eq!(case.told(3), ["ada email resolved", "ben sms resolved"], "this is bad enough for both");
}

#[test]
fn g34_who_was_told_of_the_alert_hears_of_it_where_the_team_wants_that() {
    let mut case = Case::new();
    let told = |person: &str| LogEntry {
        at: at(1),
        what: Happened::Notified { person: person.to_owned(), by: "email".to_owned() },
    };
    case.team.subscribers = vec![recipient("ben")];
    case.story.log.extend([told("cleo"), told("ada"), told("cleo")]);
    case.acknowledged("ada", 2);
    assert_eq!(case.told(2), ["ben sms acknowledged"]);
    case.team.tells_the_told = true;
    case.resolved("ada", 3);
    assert_eq!(case.told(3), ["ben sms resolved", "cleo email resolved"]);
}

#[test]
fn g34_what_came_by_itself_was_nobody() {
    let mut case = Case::new();
    let rule = Actor { who: Who::Rule("close_hours".to_owned()), from: Channel::Settings };
    let change = life::resolve(case.story.alert.clone(), &rule, at(HOUR)).unwrap();
    case.takes(change);
    assert_eq!(status(&case.story.alert, case.story.log.iter()).unwrap().by, None);
    assert_eq!(case.told(HOUR).len(), 3);
}
