//! Alerts, who is told of them, and links to their recordings.

use super::{Store, at, recording_of, store};
use crate::storage::subject::on_every_driver;
use crate::world::ListedAlerts as _;
use dutyline::domain::alerting::actor::{Channel, Who};
use dutyline::domain::alerting::alert::{Alert, Closed};
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::log::{Happened, LogEntry, Release};
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::alerting::team::TeamName;
use dutyline::domain::contact::{EmailAddress, PhoneNumber, WebhookUrl};
use dutyline::domain::delivery::ledger::Entry;
use dutyline::domain::delivery::{Notification, Purpose};
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::effect::{Effect, Lane};
use dutyline::domain::ids::{AlertId, Ids, NotificationId};
use dutyline::domain::links::LinkCode;
use dutyline::domain::voice::recording::{Audio, DraftStatus};
use dutyline::ports::error::StoreError;
use dutyline::ports::store::{AlertCursor, AlertStore, CallStore, Consequence, LinkStore, Outbox};

on_every_driver! {
    store;
    an_alert_tells_its_story
    lists_go_on_where_they_ended
    who_was_told_is_known
    sound_is_known_once_it_is_stored
    a_link_leads_to_its_recording
    open_alerts_of_teams_are_looked_at_when_asked_for
}

async fn an_alert_tells_its_story(s: &Store) {
    let alert = s.alerted("CA1", at(5), vec![]).await;
    let story = s.store.alert(alert.id).await.unwrap().unwrap();
    assert_eq!(story.alert, alert);
    assert_eq!(story.recording.unwrap().status, DraftStatus::Released(alert.id));
    let opened = LogEntry { at: at(5), what: Happened::Opened { release: Release::Confirmed } };
    assert_eq!(story.log, [opened]);
    assert_eq!(s.store.alert(AlertId::next(&*s.ids)).await.unwrap(), None);
}

async fn lists_go_on_where_they_ended(s: &Store) {
    let mut expected = vec![];
    for n in 0..7 {
        // Some are opened at the same moment: the id decides then.
        expected.push(s.alerted(&format!("CA{n}"), at(n / 3), vec![]).await);
    }
    expected.sort_by_key(|alert| std::cmp::Reverse((alert.opened_at, alert.id)));
    let (mut seen, mut after) = (vec![], None);
    loop {
        let page = s.store.alerts(None, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id });
        seen.extend(page.into_iter().map(|story| story.alert));
    }
    assert_eq!(seen, expected);
    assert_eq!(s.store.alerts(None, None, 100).await.unwrap().len(), 7);
}

async fn who_was_told_is_known(s: &Store) {
    let announce = |id| vec![Effect::AnnounceAlert(id).at(at(5))];
    let alert = s.alerted("CA1", at(5), announce(AlertId::next(&*s.ids))).await;
    let devices = [
        Device::Sms(PhoneNumber::parse("+15550102").unwrap()),
        Device::Email(EmailAddress::parse("ben@example.com").unwrap()),
        Device::Voice(PhoneNumber::parse("+15550103").unwrap()),
        Device::Webhook(WebhookUrl::parse("https://hooks.example.com/ben?key=1").unwrap()),
    ];
    let notification = |device: &Device, purpose| Notification {
        id: NotificationId::next(&*s.ids),
        alert: alert.id,
        person: PersonId("ben".to_owned()),
        device: device.clone(),
        purpose,
        due: at(5),
    };
    let told: Vec<_> = devices.iter().map(|device| notification(device, Purpose::Alert)).collect();
    let update = notification(&devices[0], Purpose::Text);
    let news = notification(&devices[1], Purpose::News(AlertState::Resolved));
    let queued = told.iter().chain([&update, &news]).cloned().map(Consequence::Queued);
    let logged = LogEntry {
        at: at(6),
        what: Happened::Announced { messages: 3, with_text: false, skipped: vec!["cleo".to_owned()] },
    };
    let sent = |id, vendor_ref| Consequence::Delivery(id, Entry::Sent { at: at(6), vendor_ref });
    let consequences: Vec<_> = queued
        .chain([sent(told[0].id, Some("SM1".to_owned())), sent(told[1].id, None)])
        .chain([Consequence::Logged(alert.id, logged.clone())])
        .collect();
    let [claimed] = s.store.claim(&Lane::Own, at(5), at(65), 10).await.unwrap().try_into().unwrap();
    s.store.complete(&claimed, &consequences).await.unwrap();
    assert_eq!(s.store.told(alert.id).await.unwrap(), told);
    assert_eq!(s.store.notification(update.id).await.unwrap(), Some(update));
    assert_eq!(s.store.notification(news.id).await.unwrap(), Some(news));
    assert_eq!(s.store.notification(NotificationId::next(&*s.ids)).await.unwrap(), None);
    assert_eq!(s.store.alert(alert.id).await.unwrap().unwrap().log.last(), Some(&logged));
}

async fn sound_is_known_once_it_is_stored(s: &Store) {
    let recording = recording_of(&s.alerted("CA1", at(5), vec![]).await);
    let fetch = vec![Effect::FetchRecording(recording).at(at(5))];
    s.alerted("CA2", at(5), fetch).await;
    let audio = Audio {
        key: "2026/01/sound.wav".to_owned(),
        media_type: "audio/wav".to_owned(),
        bytes: 64_044,
        sha256: s.ids.secret(),
    };
    let [claimed] = s.store.claim(&Lane::Recordings, at(5), at(65), 10).await.unwrap().try_into().unwrap();
    s.store.complete(&claimed, &[Consequence::AudioStored(recording, audio.clone())]).await.unwrap();
    assert_eq!(s.store.recording(recording).await.unwrap().unwrap().audio, Some(audio));
}

async fn a_link_leads_to_its_recording(s: &Store) {
    let alert = s.alerted("CA1", at(5), vec![]).await;
    s.alerted("CA2", at(5), vec![]).await;
    let message = alert.message.unwrap();
    let (link, recording) = s.store.link(&message.link.code).await.unwrap().unwrap();
    assert_eq!((link, recording.id), (message.link, message.recording));
    assert_eq!(s.store.link(&LinkCode::of([0; 32])).await.unwrap(), None);
}

async fn open_alerts_of_teams_are_looked_at_when_asked_for(s: &Store) {
    let team = || Some(TeamName("Plant".to_owned()));
    let of_a_team = s.alerted_of(team(), "CA1", at(5), vec![]).await;
    let of_none = s.alerted("CA2", at(5), vec![]).await;
    let over = s.alerted_of(team(), "CA3", at(5), vec![]).await;
    let end = Closed { at: at(6), by: Who::Key("board".to_owned()), from: Channel::Api };
    s.store.change(&Change::of(Alert { closed: Some(end), ..over.clone() })).await.unwrap();
    let over = s.store.alert(over.id).await.unwrap().unwrap().alert;
    assert_eq!(s.store.claim_due_alerts(at(7), at(60), 10).await.unwrap(), []);
    s.store.look_at_open(at(8)).await.unwrap();
    assert_eq!(s.store.claim_due_alerts(at(7), at(60), 10).await.unwrap(), [], "not before that moment");
    assert_eq!(s.store.claim_due_alerts(at(8), at(60), 10).await.unwrap(), [of_a_team.id]);
    for alert in [&of_none, &over] {
        assert_eq!(s.store.alert(alert.id).await.unwrap().unwrap().alert, *alert);
    }
    // What was decided before, by other settings, is not written any more.
    let late = s.store.change(&Change::of(of_a_team)).await;
    assert!(matches!(late, Err(StoreError::Conflict)), "{late:?}");
}
