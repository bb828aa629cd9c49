//! What is forgotten after its time, and what never is.

use crate::voice_edge;
use crate::world::{ListedAlerts as _, Logs, World};
use dutyline::domain::alerting::actor::{Actor, Channel, Who};
use dutyline::domain::effect::Effect;
use dutyline::domain::ids::AlertId;
use dutyline::domain::retention::Retention;
use dutyline::service::retention;
use dutyline::settings::Settings;
use dutyline::start::{self, Ground, Source};
use dutyline::worker;
use futures_util::future::join_all;
use jiff::SignedDuration;
use reqwest::StatusCode;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

const ALL: Retention = Retention {
    calls: Some(2),
    recordings: Some(2),
    closed_alerts: Some(2),
    log: Some(2),
    absences: Some(2),
    audit: Some(2),
};

/// A world in which so many alerts were raised, and in which nothing is due any more.
async fn world(alerts: usize, retention: Retention) -> World {
    let world = World::start_with("one-group", |settings| {
        settings.limits.calls_per_number_per_minute = 1_000;
        settings.retention = retention;
    })
    .await;
    for number in 0..alerts {
        leave_message(&world).await;
        assert_eq!(open_alerts(&world).await.len(), number + 1);
    }
    world
}

async fn leave_message(world: &World) {
    let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps\" for 14 seconds\npress 1\nhangs up\n";
    let script = dutyline::exchange::script::parse("message", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(70).await;
}

async fn open_alerts(world: &World) -> Vec<AlertId> {
    let open = world.app.alerts.alerts(None, None, 200).await.unwrap();
    open.into_iter().filter(|story| story.alert.closed.is_none()).map(|story| story.alert.id).collect()
}

fn night_shift() -> Actor {
    Actor { who: Who::Key("night shift".to_owned()), from: Channel::Api }
}

async fn resolve_all(world: &World) {
    for id in open_alerts(world).await {
        crate::world::acts::resolve(&world.app, id, &night_shift()).await.unwrap();
    }
}

fn pass_days(world: &World, days: i64) {
    world.clock.set(world.now() + SignedDuration::from_hours(24 * days));
}

/// One pass, and the effects that it led to.
async fn clean(world: &World) {
    let (_run, stop) = watch::channel(false);
    retention::pass(&world.app, &stop).await.unwrap();
    world.run_effects().await;
}

/// How many rows each table has, empty ones and those of the schema and the test's own key left out.
fn rows(folder: &Path) -> BTreeMap<String, i64> {
    let database = Connection::open(folder.join("dutyline.db")).unwrap();
    let sql = "select name from sqlite_master where type = 'table' and name not in \
               ('refinery_schema_history', 'api_keys', 'counters')";
    let mut tables = database.prepare(sql).unwrap();
    let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    names
        .filter_map(|name| {
            let sql = format!("select count(*) from \"{name}\"");
            let count = database.query_one(&sql, [], |row| row.get(0)).unwrap();
            (count > 0).then_some((name, count))
        })
        .collect()
}

fn sounds(world: &World) -> usize {
    std::fs::read_dir(world.folder().join("recordings")).unwrap().count()
}

async fn status(world: &World, path: &str) -> StatusCode {
    world.http.get(world.url(path)).bearer_auth(&world.key).send().await.unwrap().status()
}

#[tokio::test]
async fn nothing_of_an_open_alert_is_ever_forgotten() {
    let world = world(1, ALL).await;
    let before = rows(world.folder());
    assert!(
        ["alerts", "alert_log", "calls", "documents", "links", "recordings"]
            .iter()
            .all(|table| before.contains_key(*table)),
        "{before:?}"
    );
    pass_days(&world, 4_000);
    clean(&world).await;
    assert_eq!(rows(world.folder()), before);
    assert_eq!(sounds(&world), 1);
}

#[tokio::test]
async fn of_a_resolved_alert_nothing_remains_after_its_time() {
    let world = world(1, ALL).await;
    resolve_all(&world).await;
    pass_days(&world, 1);
    let before = rows(world.folder());
    clean(&world).await;
    assert_eq!(rows(world.folder()), before, "not yet");
    pass_days(&world, 1);
    clean(&world).await;
    assert_eq!(rows(world.folder()), BTreeMap::new());
    assert_eq!(sounds(&world), 0);
}

#[tokio::test]
async fn nothing_is_forgotten_where_no_time_is_given() {
    let world = world(1, Retention::default()).await;
    resolve_all(&world).await;
    let before = rows(world.folder());
    pass_days(&world, 40_000);
    clean(&world).await;
    assert_eq!(rows(world.folder()), before);
}

/// Whichever goes last takes with it what the others had left for it.
#[tokio::test]
async fn in_whatever_order_things_go_nothing_is_left_behind() {
    let none = Retention::default();
    let calls = Retention { calls: Some(1), ..none };
    let recordings = Retention { recordings: Some(1), ..none };
    let alerts = Retention { closed_alerts: Some(1), ..none };
    for order in [
        [calls, recordings, alerts],
        [calls, alerts, recordings],
        [recordings, calls, alerts],
        [recordings, alerts, calls],
        [alerts, calls, recordings],
        [alerts, recordings, calls],
    ] {
        let world = world(1, none).await;
        resolve_all(&world).await;
        pass_days(&world, 2);
        for (number, kept) in order.into_iter().enumerate() {
            let mut settings = world.app.live().settings.clone();
            settings.retention = kept;
            put_in_force(&world, settings);
            clean(&world).await;
            // The audit has a time of its own.
            let left = rows(world.folder()).into_keys().any(|table| table != "audit");
            assert_eq!(!left, number == 2, "{order:?} {number} {:?}", rows(world.folder()));
        }
        assert_eq!(sounds(&world), 0, "{order:?}");
    }
}

fn put_in_force(world: &World, settings: Settings) {
    let live = world.app.live();
    world
        .app
        .live
        .store(std::sync::Arc::new(dutyline::app::Live { settings, phrases: live.phrases.clone() }));
}

#[tokio::test]
async fn a_sound_goes_before_its_alert_and_everybody_is_told_so() {
    let world = world(1, Retention { recordings: Some(2), ..Retention::default() }).await;
    let alert = world.api("/api/alerts").await["alerts"][0].clone();
    let link = alert["link"].as_str().unwrap().strip_prefix(&world.url("")).unwrap().to_owned();
    let sound = format!("/api/alerts/{}/recording", alert["id"].as_str().unwrap());
    assert_eq!(status(&world, &sound).await, StatusCode::OK);
    resolve_all(&world).await;
    pass_days(&world, 3);
    clean(&world).await;
    assert_eq!(sounds(&world), 0);
    assert_eq!(status(&world, &sound).await, StatusCode::GONE);
    assert_eq!(status(&world, &format!("{link}/audio")).await, StatusCode::GONE);
    let page = world.http.get(world.url(&link)).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("was deleted") && page.contains("Pumps") && !page.contains("refresh"), "{page}");
    let alert = world.api("/api/alerts").await["alerts"][0].clone();
    assert_eq!((&alert["message"]["audio"], &alert["message"]["text"]), (&false.into(), &"Pumps".into()));
    assert_eq!(alert["message"]["audio_deleted_at"], world.now().to_string());
    // An effect that an operator starts again does not bring it back.
    let story = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0);
    let recording = story.recording.unwrap().id;
    let effect = Effect::FetchRecording(recording);
    let row =
        "insert into outbox (id, effect, due_at, failed, state, lane) values (?1, ?2, 0, 0, 'waiting', ?3)";
    let text = serde_json::to_string(&effect).unwrap();
    let id = world.app.ids.next().to_string();
    let database = Connection::open(world.folder().join("dutyline.db")).unwrap();
    database.execute(row, [&id, &text, &*effect.lane().word()]).unwrap();
    assert_eq!(world.run_effects().await, 1);
    assert_eq!(sounds(&world), 0);
}

#[tokio::test]
async fn refused_calls_and_discarded_messages_go_as_calls() {
    let world = world(0, Retention { calls: Some(2), ..Retention::default() }).await;
    voice_edge::call(&world.app, "CA-refused", "+15559999").await;
    let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"One\" for 14 seconds\npress 5\n\
                records \"Two\" for 14 seconds\npress *\nhangs up\n";
    let script = dutyline::exchange::script::parse("discarded", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(70).await;
    let before = rows(world.folder());
    assert_eq!((before["calls"], before["recordings"]), (2, 2), "{before:?}");
    pass_days(&world, 1);
    clean(&world).await;
    assert_eq!(rows(world.folder()), before, "not yet");
    pass_days(&world, 1);
    clean(&world).await;
    assert_eq!(rows(world.folder()), BTreeMap::new());
}

#[tokio::test]
async fn a_call_that_goes_on_is_not_forgotten() {
    let world = world(0, ALL).await;
    voice_edge::recording(&world.app, "CA1").await;
    pass_days(&world, 10);
    clean(&world).await;
    assert!(voice_edge::stored(&world.app, "CA1").await.is_some());
}

#[tokio::test]
async fn given_up_effects_and_old_log_entries_go_as_log() {
    let world = world(1, Retention { log: Some(2), ..Retention::default() }).await;
    // The carrier knows nothing of this call: what is asked of it is given up in the end.
    voice_edge::leave_message(&world.app, "CA1", "RE1").await;
    while let Some(due) = world.app.outbox.next_due(None).await.unwrap() {
        world.clock.set(due);
        world.run_effects().await;
    }
    resolve_all(&world).await;
    leave_message(&world).await;
    let before = rows(world.folder());
    assert!(before["outbox"] >= 1, "{before:?}");
    pass_days(&world, 3);
    clean(&world).await;
    let after = rows(world.folder());
    assert_eq!(after.get("outbox"), None);
    let open = open_alerts(&world).await;
    assert_eq!(open.len(), 1);
    let story = world.app.alerts.alert(open[0]).await.unwrap().unwrap();
    assert_eq!(after["alert_log"], i64::try_from(story.log.len()).unwrap(), "the open one's log stays whole");
    assert!(after["alert_log"] < before["alert_log"]);
}

#[tokio::test]
async fn several_processes_at_once_forget_each_thing_once() {
    let world = world(12, ALL).await;
    resolve_all(&world).await;
    pass_days(&world, 3);
    let live = world.app.live();
    let beside = start::open_store(&live.settings, world.app.ids.clone()).await.unwrap();
    let ground = Ground {
        clock: world.clock.clone(),
        ids: world.app.ids.clone(),
        source: Source::Demo(std::path::PathBuf::new()),
        address: "127.0.0.1:1".parse().unwrap(),
        vendor_timeout: start::VENDOR_TIMEOUT,
    };
    let loaded = dutyline::settings::Loaded {
        settings: live.settings.clone(),
        phrases: live.phrases.clone(),
        warnings: vec![],
    };
    let other = start::assemble(loaded, beside.clone(), ground).unwrap();
    let (_run, stop) = watch::channel(false);
    for done in
        join_all([&world.app, &other, &world.app, &other].map(|app| retention::pass(app, &stop))).await
    {
        done.unwrap();
    }
    assert_eq!(rows(world.folder()), BTreeMap::from([("outbox".to_owned(), 12)]), "a sound each");
    world.run_effects().await;
    assert_eq!((sounds(&world), rows(world.folder())), (0, BTreeMap::new()));
    beside.close().await;
}

#[tokio::test]
async fn a_pass_says_what_went_in_one_line_a_kind() {
    let world = world(2, ALL).await;
    resolve_all(&world).await;
    pass_days(&world, 3);
    let logs = Logs::caught();
    clean(&world).await;
    let lines: Vec<_> = logs.of("INFO").into_iter().filter(|line| line.contains("forgotten")).collect();
    assert_eq!(lines.len(), 4, "logs go with their alerts: {lines:#?}");
    for (line, kind) in lines.iter().zip(["closed_alerts", "sounds", "calls", "audit_entries"]) {
        assert!(line.contains(&format!("kind=\"{kind}\" count=2")), "{line}");
    }
    assert_eq!(logs.of("DEBUG").iter().filter(|line| line.contains("forgotten")).count(), 8);
    assert!((world.app.metrics)().contains("dutyline_forgotten_total{kind=\"closed_alerts\"}"));
}

#[tokio::test]
async fn a_running_gateway_begins_with_a_pass() {
    let world = world(1, ALL).await;
    resolve_all(&world).await;
    pass_days(&world, 3);
    let (_run, stop) = watch::channel(false);
    let workers = tokio::spawn(worker::run(world.app.clone(), stop));
    let gone = async {
        while !rows(world.folder()).is_empty() || sounds(&world) > 0 {
            worker::patience(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(8), gone).await.is_ok(), "{:?}", rows(world.folder()));
    workers.abort();
}
