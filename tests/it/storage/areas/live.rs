//! The alerts of live calls: opened without a message, held, taken by somebody, or missed.

use super::{Store, ada, at, choosing, conflict, store, turn};
use crate::storage::subject::on_every_driver;
use crate::world::ListedAlerts as _;
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::alerting::alert::Progress;
use dutyline::domain::alerting::alert::{Acknowledged, Alert, Closed};
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::life;
use dutyline::domain::alerting::log::{Happened, Release};
use dutyline::domain::alerting::origin::{FromCall, Origin};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::AlertId;
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::call::Call;
use dutyline::domain::voice::recording::DraftStatus;
use dutyline::domain::voice::step::{Turn, VoiceChange};
use dutyline::ports::store::{AlertCursor, AlertStore, CallStore, LinkStore};

on_every_driver! {
    store;
    an_alert_without_a_message_comes_back
    a_missed_one_is_held_no_longer
    a_message_comes_to_it_once
    the_first_who_takes_it_has_it
    who_was_gone_gives_it_back
    the_end_of_a_call_can_end_it_once
    what_has_ended_meanwhile_stays_as_it_is_and_its_log_too
    lists_hold_what_is_of_their_state
}

fn ben() -> PersonId {
    PersonId("ben".to_owned())
}

impl Store {
    /// A call whose alert is open and held.
    async fn live(&self, carrier_call: &str, opened: i64) -> (Call, Alert) {
        let call = self.call(carrier_call, None).await;
        let alert = Alert {
            id: AlertId::next(&*self.ids),
            version: 1,
            origin: Origin::Call(FromCall { call: call.id, action: Action::Live, caller: ada() }),
            team: None,
            matter: None,
            content: Content::default(),
            recipients: vec![],
            severity: Severity::High,
            message: None,
            opened_at: at(opened),
            is_held: true,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress::default(),
            due_at: None,
        };
        let opens = VoiceChange::Opened(Box::new(alert.clone()), Release::LiveCall);
        self.change(&call, opened, vec![opens]).await;
        (call, alert)
    }

    /// What it says. Its version, and when it is to be looked at, are the change's own matter.
    async fn told(&self, alert: &Alert) -> Alert {
        let told = self.store.alert(alert.id).await.unwrap().unwrap().alert;
        assert!(told.version >= alert.version);
        Alert { version: alert.version, due_at: alert.due_at, ..told }
    }

    async fn last_entry(&self, alert: &Alert) -> (i64, Happened) {
        let entry = self.store.alert(alert.id).await.unwrap().unwrap().log.pop().unwrap();
        (entry.at.duration_since(at(0)).as_secs(), entry.what)
    }
}

async fn an_alert_without_a_message_comes_back(s: &Store) {
    let (_, alert) = s.live("CA1", 5).await;
    let story = s.store.alert(alert.id).await.unwrap().unwrap();
    assert_eq!((&story.alert, &story.recording), (&alert, &None));
    assert_eq!(s.last_entry(&alert).await, (5, Happened::Opened { release: Release::LiveCall }));
    let (_, other) = s.live("CA2", 6).await;
    let listed = s.store.alerts(None, None, 10).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|story| story.alert).collect();
    assert_eq!(listed, [other, alert], "two without a message are no contradiction");
}

async fn a_missed_one_is_held_no_longer(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    let (_, other) = s.live("CA2", 5).await;
    s.change(&call, 9, vec![VoiceChange::Missed(alert.id)]).await;
    assert_eq!(s.told(&alert).await, Alert { is_held: false, ..alert.clone() });
    assert_eq!(s.last_entry(&alert).await, (9, Happened::Missed));
    assert!(s.told(&other).await.is_held);
}

async fn a_message_comes_to_it_once(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    let recording = s.recording(&call, at(7));
    let message = s.message(&recording, at(99));
    let left = VoiceChange::MessageLeft(alert.id, message.clone(), Release::HungUp);
    s.change(&call, 8, vec![VoiceChange::Drafted(Box::new(recording.clone())), left]).await;
    let with = Alert { is_held: false, message: Some(message.clone()), ..alert.clone() };
    let story = s.store.alert(alert.id).await.unwrap().unwrap();
    assert_eq!(story.alert, Alert { version: 2, ..with.clone() });
    assert_eq!(story.recording.unwrap().status, DraftStatus::Released(alert.id));
    assert_eq!(s.last_entry(&alert).await, (8, Happened::MessageLeft { release: Release::HungUp }));
    let (link, _) = s.store.link(&message.link.code).await.unwrap().unwrap();
    assert_eq!(link, message.link);

    let another = s.recording(&call, at(8));
    let message = s.message(&another, at(99));
    let changes = vec![
        VoiceChange::Drafted(Box::new(another.clone())),
        VoiceChange::MessageLeft(alert.id, message, Release::Confirmed),
    ];
    let call = s.store.call(call.id).await.unwrap().unwrap();
    conflict(s.take(&call, &Turn { changes, ..turn(choosing()) }, None).await);
    assert_eq!(s.told(&alert).await, with);
    assert_eq!(s.store.recording(another.id).await.unwrap(), None);
}

async fn the_first_who_takes_it_has_it(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    s.change(&call, 9, vec![VoiceChange::Acknowledged(alert.id, ben())]).await;
    let taken = Alert {
        is_held: false,
        acknowledged: Some(Acknowledged { at: at(9), by: Who::Person(ben()), from: Channel::Phone }),
        ..alert.clone()
    };
    assert_eq!(s.told(&alert).await, taken);
    let entry = Happened::Acknowledged { by: "ben".to_owned(), from: "phone".to_owned() };
    assert_eq!(s.last_entry(&alert).await, (9, entry));
    s.change(&call, 10, vec![VoiceChange::Acknowledged(alert.id, PersonId("cleo".to_owned()))]).await;
    assert_eq!(s.told(&alert).await, taken);
}

async fn who_was_gone_gives_it_back(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    s.change(&call, 9, vec![VoiceChange::Acknowledged(alert.id, ben())]).await;
    s.change(&call, 11, vec![VoiceChange::Unacknowledged(alert.id, ben())]).await;
    assert_eq!(s.told(&alert).await, alert);
    assert_eq!(s.last_entry(&alert).await, (11, Happened::Unacknowledged { by: "ben".to_owned() }));
    let cleo = PersonId("cleo".to_owned());
    s.change(&call, 20, vec![VoiceChange::Acknowledged(alert.id, cleo.clone())]).await;
    assert_eq!(
        s.told(&alert).await.acknowledged,
        Some(Acknowledged { at: at(20), by: Who::Person(cleo), from: Channel::Phone })
    );
}

async fn the_end_of_a_call_can_end_it_once(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    s.change(&call, 9, vec![VoiceChange::Acknowledged(alert.id, ben())]).await;
    s.change(&call, 60, vec![VoiceChange::Resolved(alert.id, ben())]).await;
    let closed = Some(Closed { at: at(60), by: Who::Person(ben()), from: Channel::Phone });
    assert_eq!(s.told(&alert).await.closed, closed);
    assert_eq!(
        s.last_entry(&alert).await,
        (60, Happened::Resolved { by: "ben".to_owned(), from: "phone".to_owned() })
    );
    s.change(&call, 70, vec![VoiceChange::Resolved(alert.id, PersonId("cleo".to_owned()))]).await;
    assert_eq!(s.told(&alert).await.closed, closed);
}

async fn what_has_ended_meanwhile_stays_as_it_is_and_its_log_too(s: &Store) {
    let (call, alert) = s.live("CA1", 5).await;
    let story = s.store.alert(alert.id).await.unwrap().unwrap();
    let cleo = Actor { who: Who::Person(PersonId("cleo".to_owned())), from: Channel::Api };
    s.store.change(&life::resolve(story.alert, &cleo, at(8)).unwrap()).await.unwrap();
    let ended = s.store.alert(alert.id).await.unwrap().unwrap();
    for (second, change) in [
        (9, VoiceChange::Missed(alert.id)),
        (10, VoiceChange::Acknowledged(alert.id, ben())),
        (11, VoiceChange::Unacknowledged(alert.id, ben())),
        (12, VoiceChange::Resolved(alert.id, ben())),
    ] {
        s.change(&call, second, vec![change]).await;
        assert_eq!(s.store.alert(alert.id).await.unwrap().unwrap(), ended, "{second}");
    }
}

async fn lists_hold_what_is_of_their_state(s: &Store) {
    let mut of_state = [AlertState::Open, AlertState::Acknowledged, AlertState::Resolved]
        .map(|state| (state, Vec::<AlertId>::new()));
    for number in 0..9 {
        let (call, alert) = s.live(&format!("CA{number}"), number / 2).await;
        let changes = match number % 4 {
            0 => vec![],
            1 => vec![VoiceChange::Missed(alert.id)],
            2 => vec![VoiceChange::Acknowledged(alert.id, ben())],
            // One that nobody has taken is resolved from an open state, too.
            _ => vec![VoiceChange::Resolved(alert.id, ben())],
        };
        s.change(&call, 20, changes).await;
        of_state[[0, 0, 1, 2][usize::try_from(number % 4).unwrap()]].1.push(alert.id);
    }
    for (state, expected) in of_state {
        let (mut seen, mut after) = (vec![], None);
        loop {
            let page = s.store.alerts(Some(state), after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id });
            assert!(page.iter().all(|story| story.alert.state() == state));
            seen.extend(page.into_iter().map(|story| story.alert.id));
        }
        // Each was opened later than the one before, or at the same moment with a higher id.
        seen.reverse();
        assert_eq!(seen, expected, "{state:?}");
    }
}
