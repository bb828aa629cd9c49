//! Effects that were queued before there were lanes.

use dutyline::adapters::random_ids::RandomIds;
use dutyline::adapters::system_clock::SystemClock;
use dutyline::domain::effect::{Effect, Lane};
use dutyline::ports::store::Outbox;
use dutyline::storage::SqlStore;
use dutyline::storage::sqlite::SqliteOptions;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

fn open(file: &Path) -> SqlStore {
    let ids = Arc::new(RandomIds::new(Arc::new(SystemClock)));
    SqlStore::open_sqlite(&SqliteOptions::file(file), ids).unwrap()
}

/// The schema as it was before, with what was in it.
fn before_lanes(file: &Path, rows: &[(&str, &str)]) {
    const FILES: [&str; 6] = [
        include_str!("../../../src/storage/migrations/V1__voice.sql"),
        include_str!("../../../src/storage/migrations/V2__alerting.sql"),
        include_str!("../../../src/storage/migrations/V3__outbox.sql"),
        include_str!("../../../src/storage/migrations/V4__links.sql"),
        include_str!("../../../src/storage/migrations/V5__keys.sql"),
        include_str!("../../../src/storage/migrations/V6__probe.sql"),
    ];
    let old = Connection::open(file).unwrap();
    for text in FILES {
        old.execute_batch(&text.replace("{blob}", "blob")).unwrap();
    }
    // What was applied is known from a database of today.
    let today = file.with_extension("today");
    drop(open(&today));
    old.execute("attach ?1 as today", [today.to_str().unwrap()]).unwrap();
    old.execute_batch(
        "create table refinery_schema_history as select * from today.refinery_schema_history where version < 7",
    )
    .unwrap();
    for (index, (kind, of)) in rows.iter().enumerate() {
        let id = format!("00000000-0000-7000-8000-00000000000{index}");
        let effect = format!("{{\"kind\":\"{kind}\",\"of\":\"{of}\"}}");
        old.execute(
            "insert into outbox (id, effect, due_at, failed, state) values (?1, ?2, 0, 0, 'waiting')",
            [&id, &effect],
        )
        .unwrap();
    }
    for (id, kind) in [(SMS, "sms"), (MAIL, "email")] {
        old.execute(
            "insert into notifications (id, alert_id, person, device_kind, address, is_update, sent)
             values (?1, ?1, 'ada', ?2, 'somewhere', 0, 0)",
            [id, kind],
        )
        .unwrap();
    }
}

const SMS: &str = "01940000-0000-7000-8000-0000000000a1";
const MAIL: &str = "01940000-0000-7000-8000-0000000000a2";
const GONE: &str = "01940000-0000-7000-8000-0000000000a3";

#[tokio::test]
async fn effects_of_an_older_version_find_their_lanes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    before_lanes(
        &file,
        &[
            ("fetch_recording.v1", SMS),
            ("delete_at_carrier.v1", SMS),
            ("find_recording.v1", SMS),
            ("ask_for_text.v1", SMS),
            ("announce_alert.v1", SMS),
            ("announce_text.v1", SMS),
            ("send_notification.v1", SMS),
            ("send_notification.v1", MAIL),
            ("send_notification.v1", GONE),
        ],
    );
    let store = open(&file);
    let now = "2026-01-05T09:00:00Z".parse().unwrap();
    let until = "2026-01-05T09:02:00Z".parse().unwrap();
    let mut lanes = store.due_lanes(now).await.unwrap();
    lanes.sort();
    assert_eq!(lanes, [Lane::Own, Lane::Carrier, Lane::Recordings, Lane::Deletions, Lane::Sms, Lane::Mail]);
    let mut found = vec![];
    for lane in lanes {
        for one in store.claim(&lane, now, until, 10).await.unwrap() {
            assert_eq!(one.effect.lane(), lane);
            found.push(one.effect);
        }
    }
    assert!(found.contains(&Effect::SendSms(SMS.parse().unwrap())), "{found:?}");
    assert!(found.contains(&Effect::SendMail(MAIL.parse().unwrap())), "{found:?}");
    assert_eq!(found.len(), 8, "{found:?}");
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.failed), (8, 1), "a message that is not there can't be sent");
}

/// A row of a newer version that runs beside this one: it must neither be given up nor keep the others from being
/// done.
#[tokio::test]
async fn what_this_version_does_not_know_is_left_to_one_that_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let store = open(&file);
    let other = Connection::open(&file).unwrap();
    let insert =
        "insert into outbox (id, effect, lane, due_at, failed, state) values (?1, '{}', ?2, 0, 0, 'waiting')";
    other.execute(insert, [SMS, "telepathy"]).unwrap();
    other.execute(insert, [MAIL, "mail"]).unwrap();
    let now = "2026-01-05T09:00:00Z".parse().unwrap();
    let until = "2026-01-05T09:02:00Z".parse().unwrap();
    assert_eq!(store.due_lanes(now).await.unwrap(), [Lane::Mail]);
    assert_eq!(store.due_lanes(now).await.unwrap(), [Lane::Mail]);
    assert_eq!(store.claim(&Lane::Mail, now, until, 10).await.unwrap(), [], "nobody knows what it is");
    assert_eq!(store.due_lanes(now).await.unwrap(), [], "it is left alone for a while");
    assert_eq!(store.due_lanes(until).await.unwrap(), [Lane::Mail]);
    let count = store.count().await.unwrap();
    assert_eq!((count.waiting, count.failed), (2, 0));
}
