//! Alerts that were raised when every alert had a message.

use dutyline::domain::alerting::actor::{Channel, Who};
use dutyline::domain::alerting::alert::Progress;
use dutyline::domain::alerting::alert::{Alert, AlertState, Closed};
use dutyline::domain::alerting::content::Content;
use dutyline::domain::alerting::escalation::Escalation;
use dutyline::domain::alerting::log::{Happened, LogEntry, Release};
use dutyline::domain::alerting::origin::{FromCall, Origin};
use dutyline::domain::alerting::scenario::Scenario;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::severity::Severity;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::call::Caller;
use dutyline::domain::voice::recording::Transcript;
use dutyline::domain::voice::story::CallPhase;
use dutyline::ports::store::{AlertStore, CallHistory, LinkStore};
use dutyline::storage::SqlStore;
use dutyline::storage::sqlite::{SqliteDriver, SqliteOptions};
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::Arc;

use crate::world::TestIds;

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

#[tokio::test]
async fn alerts_of_an_older_version_are_all_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let old = Connection::open(&file).unwrap();
    for text in BEFORE {
        old.execute_batch(&text.replace("{blob}", "blob")).unwrap();
    }
    // What was applied is known from a database of today.
    let today = folder.path().join("today.db");
    drop(SqliteDriver::open(&SqliteOptions::file(&today)).unwrap());
    old.execute("attach ?1 as today", [today.to_str().unwrap()]).unwrap();
    let applied = "create table refinery_schema_history as select * from today.refinery_schema_history where version < 14";
    old.execute_batch(applied).unwrap();
    old.execute_batch(&rows()).unwrap();
    drop(old);
    let ids = Arc::new(TestIds::from(1));
    is_all_there(&SqlStore::open_sqlite(&SqliteOptions::file(&file), ids).unwrap()).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn alerts_of_an_older_version_are_all_there_on_postgres() {
    use crate::database::TestDatabase;
    use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};

    let Some(database) = TestDatabase::new().await else { return };
    let today = TestDatabase::new().await.unwrap();
    let open = async |database: &TestDatabase| {
        Arc::new(PostgresDriver::open(&PostgresOptions::new(database.url())).await.unwrap())
    };
    SqlStore::new(open(&today).await, Arc::new(TestIds::from(1))).close().await;
    let old = database.stranger().await;
    for text in BEFORE {
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
        "select version, name, applied_on, checksum from refinery_schema_history where version < 14";
    for row in today.stranger().await.query(applied, &[]).await.unwrap() {
        let (version, texts) = (row.get::<_, i32>(0), [1, 2, 3].map(|column| row.get::<_, String>(column)));
        let insert = "insert into refinery_schema_history values ($1, $2, $3, $4)";
        old.execute(insert, &[&version, &texts[0], &texts[1], &texts[2]]).await.unwrap();
    }
    old.batch_execute(&rows()).await.unwrap();
    is_all_there(&SqlStore::new(open(&database).await, Arc::new(TestIds::from(1)))).await;
}
