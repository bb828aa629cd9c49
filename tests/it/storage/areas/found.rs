//! Alerts that are looked for, and what happens to all of them.

use super::{Store, at, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::alerting::alert::{Alert, Progress};
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::content::CategoryName;
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::filter::AlertFilter;
use dutyline::domain::alerting::life;
use dutyline::domain::alerting::log::{Happened, LogEntry};
use dutyline::domain::alerting::origin::{FromEvent, Origin};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::alerting::team::{IntegrationName, TeamName};
use dutyline::domain::contact::EmailAddress;
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::{AlertId, LogId, NotificationId};
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::recording::{Transcribed, Transcript};
use dutyline::ports::store::{AlertFeed, AlertStore, CallStore};

on_every_driver! {
    store;
    alerts_are_found_by_whatever_is_known_of_them
    what_is_found_is_paged_without_a_gap
    rare_alerts_are_found_further_on
    words_of_a_spoken_message_are_found
    entries_follow_one_another_by_their_ids
}

/// An alert of an event, opened in that second.
fn alert(s: &Store, second: i64, team: &str) -> Alert {
    Alert {
        id: AlertId::next(&*s.ids),
        version: 0,
        origin: Origin::Event(FromEvent {
            integration: IntegrationName("hook".to_owned()),
            source: None,
            external_id: None,
            event: None,
        }),
        team: Some(TeamName(team.to_owned())),
        matter: None,
        content: Content::default(),
        recipients: vec![],
        severity: Severity::High,
        message: None,
        opened_at: at(second),
        is_held: false,
        scenario: Scenario::SingleAck,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    }
}

async fn write(s: &Store, mut change: Change) {
    let opened = Happened::OpenedByEvent { integration: "hook".to_owned(), source: None };
    change.note(change.alert.opened_at, opened);
    s.store.change(&change).await.unwrap();
}

async fn add(s: &Store, alert: Alert) -> AlertId {
    let id = alert.id;
    write(s, Change::of(alert)).await;
    id
}

fn ben() -> Actor {
    Actor { who: Who::Person(PersonId("ben".to_owned())), from: Channel::Api }
}

async fn found(s: &Store, filter: AlertFilter) -> Vec<AlertId> {
    let page = s.store.found(&filter, None, 50).await.unwrap();
    assert_eq!(page.next, None);
    page.stories.iter().map(|story| story.alert.id).collect()
}

async fn alerts_are_found_by_whatever_is_known_of_them(s: &Store) {
    let plain = add(s, alert(s, 1, "Plant")).await;
    let other = add(s, alert(s, 2, "Office")).await;
    let critical = add(s, Alert { severity: Severity::Critical, ..alert(s, 3, "Plant") }).await;
    let content = Content {
        title: Some("PÜMPE 7 down".to_owned()),
        text: Some("100% of the water_line!".to_owned()),
        category: Some(CategoryName("Water".to_owned())),
        ..Content::default()
    };
    let origin = |source: &str| {
        Origin::Event(FromEvent {
            integration: IntegrationName("hook".to_owned()),
            source: Some(source.to_owned()),
            external_id: None,
            event: None,
        })
    };
    let water = add(s, Alert { content, origin: origin("PRTG"), ..alert(s, 4, "Plant") }).await;
    let taken = add(s, alert(s, 5, "Plant")).await;
    let story = s.store.alert(taken).await.unwrap().unwrap();
    s.store.change(&life::acknowledge(story.alert, &ben(), at(6)).unwrap()).await.unwrap();
    let ended = add(s, alert(s, 7, "Office")).await;
    let story = s.store.alert(ended).await.unwrap().unwrap();
    s.store.change(&life::resolve(story.alert, &ben(), at(8)).unwrap()).await.unwrap();
    let mut told = Change::of(alert(s, 9, "Office"));
    told.notifications.push(Notification {
        due: at(5),
        id: NotificationId::next(&*s.ids),
        alert: told.alert.id,
        person: PersonId("ben".to_owned()),
        device: Device::Email(EmailAddress::parse("ben@example.com").unwrap()),
        purpose: Purpose::Alert,
    });
    let told_of = told.alert.id;
    write(s, told).await;

    let all = AlertFilter::default;
    let every = vec![told_of, ended, taken, water, critical, other, plain];
    assert_eq!(found(s, all()).await, every);
    let states = |states: &[AlertState]| AlertFilter { states: states.to_vec(), ..all() };
    assert_eq!(found(s, states(&[AlertState::Acknowledged])).await, [taken]);
    assert_eq!(found(s, states(&[AlertState::Resolved])).await, [ended]);
    assert_eq!(found(s, states(&[AlertState::Resolved, AlertState::Acknowledged])).await, [ended, taken]);
    assert_eq!(found(s, states(&AlertState::ALL)).await, every);
    let open = found(s, states(&[AlertState::Open])).await;
    assert_eq!(open, [told_of, water, critical, other, plain]);
    let severity = Some(Severity::Critical);
    assert_eq!(found(s, AlertFilter { severity, ..all() }).await, [critical]);
    let team = Some(TeamName("Office".to_owned()));
    assert_eq!(found(s, AlertFilter { team: team.clone(), ..all() }).await, [told_of, ended, other]);
    assert_eq!(found(s, AlertFilter { team, ..states(&[AlertState::Open]) }).await, [told_of, other]);
    let category = Some(CategoryName("Water".to_owned()));
    assert_eq!(found(s, AlertFilter { category: category.clone(), ..all() }).await, [water]);
    assert_eq!(found(s, AlertFilter { category, severity, ..all() }).await, []);
    let source = |name: &str| AlertFilter { source: Some(name.to_owned()), ..all() };
    assert_eq!(found(s, source("PRTG")).await, [water]);
    assert_eq!(found(s, source("hook")).await.len(), 6, "those that do not say their program");
    let person = Some(PersonId("ben".to_owned()));
    assert_eq!(found(s, AlertFilter { person, ..all() }).await, [told_of, ended, taken]);
    let (from, until) = (Some(at(3)), Some(at(5)));
    assert_eq!(found(s, AlertFilter { from, until, ..all() }).await, [water, critical]);
    for (words, expected) in [
        ("pümpe", &[water][..]),
        ("PÜMPE 7", &[water]),
        ("100%", &[water]),
        ("water_line!", &[water]),
        ("water%line", &[]),
        ("w_ter", &[]),
    ] {
        let filter = AlertFilter { words: Some(words.to_owned()), ..all() };
        assert_eq!(found(s, filter).await, expected, "{words}");
    }
}

async fn what_is_found_is_paged_without_a_gap(s: &Store) {
    let mut expected = vec![];
    for n in 0..9 {
        let team = if n % 3 == 0 { "Office" } else { "Plant" };
        let id = add(s, alert(s, n / 4, team)).await;
        if team == "Plant" {
            expected.insert(0, (at(n / 4), id));
        }
    }
    expected.sort_unstable_by(|a, b| b.cmp(a));
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
    for severity in [None, Some(Severity::High)] {
        let filter =
            AlertFilter { team: Some(TeamName("Plant".to_owned())), severity, ..AlertFilter::default() };
        let (mut seen, mut after) = (vec![], None);
        loop {
            let page = s.store.found(&filter, after, 2).await.unwrap();
            seen.extend(page.stories.iter().map(|story| story.alert.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected);
    }
}

/// A search stops after ten thousand alerts that are not wanted, and says where it goes on.
async fn rare_alerts_are_found_further_on(s: &Store) {
    let rare = add(s, Alert { severity: Severity::Critical, ..alert(s, 0, "Plant") }).await;
    for thousand in 0..10 {
        let adds = (0..1_001).map(|n| add(s, alert(s, 1 + thousand * 1_001 + n, "Plant")));
        futures_util::future::join_all(adds).await;
    }
    let filter = AlertFilter { severity: Some(Severity::Critical), ..AlertFilter::default() };
    let first = s.store.found(&filter, None, 10).await.unwrap();
    assert_eq!(first.stories, []);
    let rest = s.store.found(&filter, first.next, 10).await.unwrap();
    assert_eq!(rest.stories.iter().map(|story| story.alert.id).collect::<Vec<_>>(), [rare]);
    assert_eq!((first.next.is_some(), rest.next), (true, None));
}

async fn words_of_a_spoken_message_are_found(s: &Store) {
    let spoken = s.alerted("CA1", at(5), vec![]).await;
    s.alerted("CA2", at(6), vec![]).await;
    let recording = spoken.message.unwrap().recording;
    let transcript = Transcript::Text("ÜBERDRUCK: the Boiler leaks".to_owned());
    let transcribed = Transcribed { recording, transcript, log: None, effects: vec![], let_go: None };
    s.store.record_text(&transcribed, None).await.unwrap();
    for words in ["boiler LEAKS", "überdruck", "Überdruck"] {
        let filter = AlertFilter { words: Some(words.to_owned()), ..AlertFilter::default() };
        assert_eq!(found(s, filter).await, [spoken.id], "{words}");
    }
}

async fn entries_follow_one_another_by_their_ids(s: &Store) {
    assert_eq!(s.store.newest_entry().await.unwrap(), None);
    let ids = [add(s, alert(s, 1, "Plant")).await, add(s, alert(s, 2, "Plant")).await];
    let first = s.store.entries_after(LogId::default(), 1).await.unwrap().remove(0);
    assert_eq!((first.alert, first.state, first.severity), (ids[0], AlertState::Open, Severity::High));
    assert_eq!(first.team, Some(TeamName("Plant".to_owned())));
    let what = Happened::OpenedByEvent { integration: "hook".to_owned(), source: None };
    assert_eq!(first.entry, LogEntry { at: at(1), what });
    let rest = s.store.entries_after(first.id, 9).await.unwrap();
    assert_eq!(rest.iter().map(|entry| entry.alert).collect::<Vec<_>>(), [ids[1]]);
    assert_eq!(s.store.entry_ids_after(LogId::default(), 9).await.unwrap(), [first.id, rest[0].id]);
    assert_eq!(s.store.entry(first.id).await.unwrap(), Some(first));
    assert_eq!(s.store.newest_entry().await.unwrap(), Some(rest[0].id));
}
