//! Alerts that were raised when every alert had a message.

use dutyline::domain::access::TokenHash;
use dutyline::domain::alerting::actor::{Channel, Who};
use dutyline::domain::alerting::alert::Progress;
use dutyline::domain::alerting::alert::{Alert, Closed};
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::log::{Happened, LogEntry, Release};
use dutyline::domain::alerting::origin::{FromCall, Origin};
use dutyline::domain::alerting::place::Escalation;
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::alerting::state::AlertState;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::delivery::Purpose;
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::ids::{AlertId, NotificationId};
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::call::Caller;
use dutyline::domain::voice::recording::Transcript;
use dutyline::domain::voice::story::CallPhase;
use dutyline::ports::answers::AnswerStore;
use dutyline::ports::store::{AlertStore, CallHistory, LinkStore};
use dutyline::storage::SqlStore;
use dutyline::storage::sqlite::{SqliteDriver, SqliteOptions};
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::Arc;

use crate::world::{ListedAlerts as _, TestIds};

/// The schema as it was.
const BEFORE: [&str; 13] = [
    include_str!("../../../src/storage/migrations/V1__voice.sql"),
    include_str!("../../../src/storage/migrations/V2__alerting.sql"),
    include_str!("../../../src/storage/migrations/V3__outbox.sql"),
    include_str!("../../../src/storage/migrations/V4__links.sql"),
    include_str!("../../../src/storage/migrations/V5__keys.sql"),
    include_str!("../../../src/storage/migrations/V6__probe.sql"),
    include_str!("../../../src/storage/migrations/V7__retention.sql"),
    include_str!("../../../src/storage/migrations/V8__lanes.sql"),
    include_str!("../../../src/storage/migrations/V9__forwards.sql"),
    include_str!("../../../src/storage/migrations/V10__short_links.sql"),
    include_str!("../../../src/storage/migrations/V11__directory.sql"),
    include_str!("../../../src/storage/migrations/V12__overrides.sql"),
    include_str!("../../../src/storage/migrations/V13__on_call_elsewhere.sql"),
];

const OPEN: &str = "01940000-0000-7000-8000-0000000000a1";
const CLOSED: &str = "01940000-0000-7000-8000-0000000000a2";
const CALLS: [&str; 2] = ["01940000-0000-7000-8000-0000000000c1", "01940000-0000-7000-8000-0000000000c2"];
const CODES: [&str; 2] = ["23456789ABCDEFGHJKLMNP", "3456789ABCDEFGHJKLMNPQ"];

/// What was in it: an alert that is open, and one that is closed, of a stranger.
fn rows() -> String {
    [OPEN, CLOSED].into_iter().enumerate().map(|(n, alert)| rows_of(n, alert)).collect()
}

fn rows_of(n: usize, alert: &str) -> String {
    let recordings = ["01940000-0000-7000-8000-0000000000e1", "01940000-0000-7000-8000-0000000000e2"];
    let (call, recording, code) = (CALLS[n], recordings[n], CODES[n]);
    let (person, name, number) =
        if n == 0 { ("'ada'", "'Ada Łukasiewicz'", "'+15550101'") } else { ("null", "null", "null") };
    let closed = if n == 0 { "null, null" } else { "8000000, 'night shift'" };
    format!(
            "insert into calls (id, carrier_call, leg_id, state, version, document, caller_person, caller_name,
                caller_number, caller_language, started_at, due_at)
             values ('{call}', 'CA{n}', '{call}', '{{\"at\":\"ended\",\"ending\":\"alerted\",\"unsent\":null}}',
                4, 4, {person}, {name}, {number}, 'en', 1000000, null);
             insert into recordings (id, call_id, source_url, seconds, status, alert_id, transcript,
                transcript_text, made_at)
             values ('{recording}', '{call}', 'https://carrier.example/RE{n}', 4, 'released', '{alert}', 'text',
                'Zwölf Pumpen', 2000000);
             insert into links (code, recording_id, expires_at) values ('{code}', '{recording}', 9000000);
             insert into alerts (id, call_id, action, recipients, severity, caller_person, caller_name,
                caller_number, caller_language, recording_id, link_code, opened_at, closed_at, closed_by)
             values ('{alert}', '{call}', 'alert', '[{{\"group\":\"Öffentlich\"}}]', 'high', {person}, {name},
                {number}, 'en', '{recording}', '{code}', 300000{n}, {closed});
             insert into alert_log (id, alert_id, at, entry)
             values ('{alert}', '{alert}', 3000000, '{{\"what\":\"opened\",\"release\":\"confirmed\"}}');\n"
        )
}

fn moment(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap()
}

/// Everything is there as it was, and what is new says so.
async fn is_all_there(store: &SqlStore) {
    let listed = store.alerts(None, None, 10).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|story| story.alert.id.to_string()).collect();
    assert_eq!(ids, [CLOSED, OPEN]);
    let told = store.alert(OPEN.parse().unwrap()).await.unwrap().unwrap();
    let recording = told.recording.unwrap();
    let message = told.alert.message.clone().unwrap();
    assert_eq!((message.recording, message.link.code.as_str()), (recording.id, CODES[0]));
    assert_eq!(message.link.expires_at, moment(9_000_000));
    assert_eq!(recording.transcript, Transcript::Text("Zwölf Pumpen".to_owned()));
    assert_eq!(
        told.alert,
        Alert {
            id: OPEN.parse().unwrap(),
            version: 1,
            origin: Origin::Call(FromCall {
                call: CALLS[0].parse().unwrap(),
                action: Action::Alert,
                caller: Caller {
                    person: Some(PersonId("ada".to_owned())),
                    name: Some("Ada Łukasiewicz".to_owned()),
                    number: Some(PhoneNumber::parse("+15550101").unwrap()),
                    language: "en".to_owned(),
                },
            }),
            team: None,
            matter: None,
            content: Content::default(),
            recipients: vec![Recipient::Group(GroupName("Öffentlich".to_owned()))],
            severity: Severity::High,
            message: Some(message.clone()),
            opened_at: moment(3_000_000),
            is_held: false,
            scenario: Scenario::SingleAck,
            acknowledged: None,
            closed: None,
            progress: Progress {
                escalation: Escalation { has_begun: true, ..Escalation::default() },
                ..Progress::default()
            },
            due_at: None,
        }
    );
    assert_eq!(listed.iter().map(|story| story.number).collect::<Vec<_>>(), [2, 1], "by their age");
    let opened = Happened::Opened { release: Release::Confirmed };
    assert_eq!(told.log, [LogEntry { at: moment(3_000_000), what: opened }]);
    assert_eq!(store.link(&message.link.code).await.unwrap().unwrap().1.id, recording.id);

    let closed = store.alerts(Some(AlertState::Resolved), None, 10).await.unwrap().remove(0).alert;
    assert_eq!(closed.id.to_string(), CLOSED);
    assert_eq!(
        closed.closed,
        Some(Closed { at: moment(8_000_000), by: Who::Key("night shift".to_owned()), from: Channel::Api })
    );
    let caller = &closed.origin.call().unwrap().caller;
    assert_eq!((&caller.person, &caller.number), (&None, &None));
    assert_eq!(store.alerts(Some(AlertState::Acknowledged), None, 10).await.unwrap(), []);

    let call = store.story(CALLS[0].parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((call.record.ended_at, call.alerts.len(), call.legs), (None, 1, vec![]));
    assert_eq!(store.calls(Some(CallPhase::Ended), None, 10).await.unwrap().len(), 2);
    store.close().await;
}

/// The schema in which calls ring people up, and what was in it: an alert that was ended on the phone by whom its call
/// had rung up, and one that a key of the same name ended.
const WITH_LEGS: &str = include_str!("../../../src/storage/migrations/V14__legs.sql");

fn legs() -> String {
    let leg = format!(
        "insert into legs (id, call_id, person, name, language, number, planned_at, accepted_at, end_word)
         values ('01940000-0000-7000-8000-0000000000f1', '{}', 'ben', 'Ben', 'en', '+15550102', 2000000, 3000000,
            'talked');\n",
        CALLS[0]
    );
    let ended = "update alerts set closed_at = 8000000, closed_by = 'ben';\n";
    format!("{leg}{ended}")
}

/// Who ended what, and from where.
async fn is_told_who_ended_it(store: &SqlStore) {
    let closed = async |id: &str| store.alert(id.parse().unwrap()).await.unwrap().unwrap().alert.closed;
    let by = |by, from| Some(Closed { at: moment(8_000_000), by, from });
    assert_eq!(closed(OPEN).await, by(Who::Person(PersonId("ben".to_owned())), Channel::Phone));
    assert_eq!(closed(CLOSED).await, by(Who::Key("ben".to_owned()), Channel::Api));
    store.close().await;
}

/// A database that was last used when its schema was of that version, and what has made it so.
fn upgraded(version: i32, texts: &[&str]) -> (SqlStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let old = Connection::open(&file).unwrap();
    for text in texts {
        old.execute_batch(&text.replace("{blob}", "blob")).unwrap();
    }
    // What was applied is known from a database of today.
    let today = folder.path().join("today.db");
    drop(SqliteDriver::open(&SqliteOptions::file(&today)).unwrap());
    old.execute("attach ?1 as today", [today.to_str().unwrap()]).unwrap();
    let applied = format!(
        "create table refinery_schema_history as select * from today.refinery_schema_history where version <= {version}"
    );
    old.execute_batch(&applied).unwrap();
    drop(old);
    let store = SqlStore::open_sqlite(&SqliteOptions::file(&file), Arc::new(TestIds::from(1))).unwrap();
    (store, folder)
}

#[tokio::test]
async fn alerts_of_an_older_version_are_all_there() {
    let (store, _folder) = upgraded(13, &[&BEFORE[..], &[&rows()]].concat());
    is_all_there(&store).await;
}

#[tokio::test]
async fn who_ended_an_alert_on_the_phone_is_a_person() {
    let (store, _folder) = upgraded(14, &[&BEFORE[..], &[&rows(), WITH_LEGS, &legs()]].concat());
    is_told_who_ended_it(&store).await;
}

/// Before version 22, what whoever answers knew of was told by a clock.
#[tokio::test]
async fn what_was_known_by_the_clock_is_known_in_steps() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::file(folder.path().join("test.db"));
    drop(SqliteDriver::open(&options).unwrap());
    let old = Connection::open(folder.path().join("test.db")).unwrap();
    old.execute_batch(
        "drop table reply_codes; drop table texters; drop table texts_in; drop table answer_links",
    )
    .unwrap();
    old.execute_batch(include_str!("../../../src/storage/migrations/V18__answering.sql")).unwrap();
    let hash = TokenHash::of("23456789ABCDEFGHJKLMNP");
    let escalated = |at: u32, step: u32| {
        format!(
            "insert into alert_log (id, alert_id, at, entry) values ('{at}', '{OPEN}', {at},
             '{{\"what\":\"escalated\",\"step\":{step}}}');"
        )
    };
    let rows = format!(
        "{}{}
         insert into reply_codes (phone, code, alert_id, told_at) values ('+15550101', 1, '{OPEN}', 1000);
         insert into answer_links (hash, alert_id, person, made_at, expires_at)
         values ('{hash}', '{OPEN}', 'ada', 2500, 9000);
         insert into texters (phone, stopped_at, sorries)
         values ('+15550101', 5000, 0), ('+15550102', null, 3), ('+15550103', null, 0);
         drop index outbox_by_lane; create index outbox_due on outbox (state, due_at, lane);
         {BEFORE_PURPOSES}
         delete from refinery_schema_history where version >= 22;",
        escalated(1_000, 1),
        escalated(2_000, 2),
    );
    old.execute_batch(&rows).unwrap();
    drop(old);
    let store = SqlStore::open_sqlite(&options, Arc::new(TestIds::from(1))).unwrap();
    let phone = |text: &str| PhoneNumber::parse(text).unwrap();
    assert_eq!(store.reply_codes(&phone("+15550101")).await.unwrap()[0].steps, 1);
    assert_eq!(store.answer_link(&hash).await.unwrap().unwrap().steps, 2);
    assert!(store.texter(&phone("+15550101")).await.unwrap().stopped_at.is_some());
    assert_eq!(store.texter(&phone("+15550102")).await.unwrap().errors, 3);
    store.close().await;
}

/// What version 24 has changed, the other way round.
const BEFORE_PURPOSES: &str = "alter table notifications add column is_update bigint not null default 0;
    alter table notifications drop column purpose;";

#[tokio::test]
async fn what_a_message_was_for_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::file(folder.path().join("test.db"));
    drop(SqliteDriver::open(&options).unwrap());
    let old = Connection::open(folder.path().join("test.db")).unwrap();
    let message = |id: &str, is_update: u32| {
        format!(
            "insert into notifications (id, alert_id, person, device_kind, address, is_update, state, due_at)
             values ('{id}', '{OPEN}', 'ada', 'sms', '+15550101', {is_update}, 'sent', 1000);"
        )
    };
    let rows = [BEFORE_PURPOSES, &message(CALLS[0], 0), &message(CALLS[1], 1)].concat();
    old.execute_batch(&rows).unwrap();
    old.execute_batch("delete from refinery_schema_history where version >= 24").unwrap();
    drop(old);
    let store = SqlStore::open_sqlite(&options, Arc::new(TestIds::from(1))).unwrap();
    let [first, second] = CALLS.map(|id| NotificationId(id.parse().unwrap()));
    let purpose = async |id| store.notification(id).await.unwrap().unwrap().purpose;
    assert_eq!((purpose(first).await, purpose(second).await), (Purpose::Alert, Purpose::Text));
    let told = store.told(AlertId(OPEN.parse().unwrap())).await.unwrap();
    assert_eq!(told.iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
    store.close().await;
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::database::TestDatabase;
    use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};

    async fn open(database: &TestDatabase) -> SqlStore {
        let driver = PostgresDriver::open(&PostgresOptions::new(database.url())).await.unwrap();
        SqlStore::new(Arc::new(driver), Arc::new(TestIds::from(1)))
    }

    async fn upgraded(version: i32, texts: &[&str]) -> Option<(SqlStore, TestDatabase)> {
        let database = TestDatabase::new().await?;
        let today = TestDatabase::new().await.unwrap();
        open(&today).await.close().await;
        let old = database.stranger().await;
        for text in texts {
            old.batch_execute(&text.replace("{blob}", "bytea")).await.unwrap();
        }
        old.batch_execute(
            "create table refinery_schema_history (version int4 primary key, name varchar(255), \
             applied_on varchar(255), checksum varchar(255))",
        )
        .await
        .unwrap();
        // What was applied is known from a database of today.
        let applied =
            "select version, name, applied_on, checksum from refinery_schema_history where version <= $1";
        for row in today.stranger().await.query(applied, &[&version]).await.unwrap() {
            let (version, texts) =
                (row.get::<_, i32>(0), [1, 2, 3].map(|column| row.get::<_, String>(column)));
            let insert = "insert into refinery_schema_history values ($1, $2, $3, $4)";
            old.execute(insert, &[&version, &texts[0], &texts[1], &texts[2]]).await.unwrap();
        }
        Some((open(&database).await, database))
    }

    #[tokio::test]
    async fn alerts_of_an_older_version_are_all_there() {
        let rows = rows();
        let texts = [&BEFORE[..], &[&rows]].concat();
        let Some((store, _database)) = upgraded(13, &texts).await else { return };
        is_all_there(&store).await;
    }

    #[tokio::test]
    async fn who_ended_an_alert_on_the_phone_is_a_person() {
        let (rows, legs) = (rows(), legs());
        let texts = [&BEFORE[..], &[&rows, WITH_LEGS, &legs]].concat();
        let Some((store, _database)) = upgraded(14, &texts).await else { return };
        is_told_who_ended_it(&store).await;
    }
}
