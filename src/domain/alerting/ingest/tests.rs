use super::*;
use crate::domain::alerting::content::Content;
use crate::domain::alerting::event::Discarded;
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::{IntegrationName, TeamName};
use crate::domain::directory::Directory;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::EventId;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

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

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_767_600_000 + seconds).unwrap()
}

fn event(transition: Transition) -> Event {
    Event {
        id: EventId(Uuid::from_u128(9)),
        team: TeamName("Plant".to_owned()),
        integration: IntegrationName("prtg".to_owned()),
        source: None,
        external_id: Some("e3b0c44".to_owned()),
        transition,
        content: Content { title: Some("Critical production failure".to_owned()), ..Content::default() },
        severity: None,
        scenario: Scenario::SingleAck,
        notes: vec![],
        attachments: vec![],
    }
}

/// One matter of one team.
#[derive(Default)]
struct Case {
    open: Option<AlertStory>,
    early: Option<EarlyEnd>,
    ids: Counting,
}

impl Case {
    /// What it does, and what is there afterwards.
    fn take(&mut self, event: &Event, seconds: i64) -> Ingested {
        let team = Team {
            name: TeamName("Plant".to_owned()),
            on_call: vec![],
            members: vec![],
            policy: PolicyName("none".to_owned()),
            subscribers: vec![],
            tells_the_told: false,
            acknowledge_timeout: None,
            close_after: None,
            close_acknowledged_after: None,
            categories: vec![],
            integrations: vec![],
        };
        let facts = Facts { directory: &Directory::default(), team: Some(&team), policy: None, can: &[] };
        let early = self.early.filter(|early| early.at + EARLY >= at(seconds));
        let done = ingest(event, self.open.as_ref(), early, &team, &facts, at(seconds), &self.ids);
        if let Some(change) = &done.change {
            let alert = Alert { version: change.alert.version + 1, ..change.alert.clone() };
            self.open =
                alert.closed.is_none().then(|| AlertStory { alert, number: 1, recording: None, log: vec![] });
        }
        match done.early_end {
            Some(true) => self.early = Some(EarlyEnd { at: at(seconds) }),
            Some(false) => self.early = None,
            None => {}
        }
        done
    }

    fn outcome(&mut self, transition: Transition, seconds: i64) -> Outcome {
        self.take(&event(transition), seconds).outcome
    }
}

#[test]
fn s01_to_s03_an_alert_is_opened_acknowledged_and_resolved() {
    let mut case = Case::default();
    assert_eq!(case.outcome(Transition::Open, 0), Outcome::Opened);
    assert_eq!(case.outcome(Transition::Acknowledge, 1), Outcome::Acknowledged);
    let ack = case.open.as_ref().unwrap().alert.acknowledged.clone().unwrap();
    assert_eq!((ack.by, ack.from), (Who::Integration(IntegrationName("prtg".to_owned())), Channel::Webhook));
    assert_eq!(case.outcome(Transition::Acknowledge, 2), Outcome::Unchanged);
    assert_eq!(case.outcome(Transition::Resolve, 3), Outcome::Resolved);
    assert!(case.open.is_none());
}

#[test]
fn s07_what_is_discarded_changes_nothing() {
    let mut case = Case::default();
    let discarded = case.take(&event(Transition::Discard(Discarded::Status("IDENTIFIED".to_owned()))), 0);
    assert_eq!((discarded.outcome, discarded.change, discarded.alert), (Outcome::Discarded, None, None));
}

#[test]
fn s08_an_answer_to_nothing_opens_nothing() {
    let mut case = Case::default();
    for transition in [Transition::Acknowledge, Transition::Resolve] {
        let done = case.take(&event(transition), 0);
        assert_eq!((done.outcome, done.change), (Outcome::Unmatched, None));
    }
}

#[test]
fn s09_the_same_matter_once_more_is_the_same_alert_and_s10_a_new_one_after_its_end() {
    let mut case = Case::default();
    let first = case.take(&event(Transition::Open), 0).alert.unwrap();
    for n in 1..=3 {
        let done = case.take(&event(Transition::Open), n);
        assert_eq!((done.outcome, done.alert), (Outcome::Repeated, Some(first)));
        assert_eq!(done.change.unwrap().log, [], "what says nothing new adds nothing to the log");
    }
    assert_eq!(case.open.as_ref().unwrap().alert.progress.repeats, 3);
    assert_eq!(case.outcome(Transition::Resolve, 9), Outcome::Resolved);
    let second = case.take(&event(Transition::Open), 10);
    assert_eq!(second.outcome, Outcome::Opened);
    assert_ne!(second.alert, Some(first));
}

#[test]
fn g35_another_text_of_the_same_matter_is_in_the_log_and_no_flood_of_them() {
    let mut case = Case::default();
    case.take(&event(Transition::Open), 0);
    let mut other = event(Transition::Open);
    other.content.title = Some("Line C stands".to_owned());
    let logged: usize = (1..=200).map(|n| case.take(&other, n).change.unwrap().log.len()).sum();
    assert_eq!(logged, 50);
}

#[test]
fn worse_than_before_counts_as_not_answered() {
    let mut case = Case::default();
    case.take(&event(Transition::Open), 0);
    case.take(&event(Transition::Acknowledge), 1);
    let severe = |severity| Event { severity: Some(severity), ..event(Transition::Open) };
    let milder = case.take(&severe(Severity::Low), 2).change.unwrap();
    assert!(matches!(
        milder.log[..],
        [crate::domain::alerting::log::LogEntry { what: Happened::SeverityChanged { .. }, .. }]
    ));
    assert!(milder.alert.acknowledged.is_some());
    let worse = case.take(&severe(Severity::Critical), 3).change.unwrap();
    assert_eq!((worse.alert.acknowledged, worse.alert.due_at), (None, Some(at(3))));
    assert_eq!(worse.alert.severity, Severity::Critical);
}

#[test]
fn an_end_that_comes_before_its_beginning_is_remembered_for_a_while() {
    let mut case = Case::default();
    assert_eq!(case.outcome(Transition::Resolve, 0), Outcome::Unmatched);
    let done = case.take(&event(Transition::Open), 599);
    assert_eq!(done.outcome, Outcome::OpenedResolved);
    let change = done.change.unwrap();
    assert!(change.alert.closed.is_some());
    assert_eq!((change.notifications.len(), case.early), (0, None), "it counts once");
    assert_eq!(case.outcome(Transition::Resolve, 1_000), Outcome::Unmatched);
    assert_eq!(case.outcome(Transition::Open, 1_601), Outcome::Opened, "ten minutes");
}

#[test]
fn worse_than_before_ends_a_rest_and_an_answer_that_is_not_yet_complete() {
    let ada = Actor { who: Who::Person(PersonId("ada".to_owned())), from: Channel::Api };
    let severe = |severity| Event { severity: Some(severity), ..event(Transition::Open) };
    let mut case = Case::default();
    case.take(&event(Transition::Open), 0);
    let open = case.open.take().unwrap();
    let snoozed = life::snooze(open.alert.clone(), at(3_600), &ada, at(1)).unwrap().alert;
    case.open = Some(AlertStory { alert: snoozed, ..open.clone() });
    let milder = case.take(&severe(Severity::Low), 2).change.unwrap().alert;
    assert_eq!(milder.progress.snoozed_until, Some(at(3_600)));
    let worse = case.take(&severe(Severity::Critical), 3).change.unwrap();
    assert_eq!((worse.alert.progress.snoozed_until, worse.alert.due_at), (None, Some(at(3))));
    assert_eq!(worse.alert.progress.escalation.next_at, Some(at(3)));

    let mut several = open.alert.clone();
    several.scenario = Scenario::MultiAck;
    several.progress.on_duty = ["ada", "ben"].map(|id| PersonId(id.to_owned())).to_vec();
    let part = life::acknowledge(several, &ada, at(1)).unwrap().alert;
    assert!(part.acknowledged.is_none() && part.progress.acks.len() == 1);
    case.open = Some(AlertStory { alert: part, ..open });
    let worse = case.take(&severe(Severity::Critical), 2).change.unwrap();
    assert_eq!((worse.alert.progress.acks, worse.alert.due_at), (vec![], Some(at(2))));
    assert!(matches!(worse.log[0].what, Happened::Reopened { .. }));
}
