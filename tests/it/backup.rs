//! A backup holds what there was at one moment, and brings it back.

use crate::voice_edge;
use crate::world::{ListedAlerts as _, World, tests_folder};
use dutyline::start;
use dutyline::storage::backup::{self, Backup, BackupError};
use reqwest::multipart::{Form, Part};
use rusqlite::Connection;
use rusqlite::types::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A world in which somebody has talked to Ben, and then left a message, and a settings file for the commands that work beside it.
async fn world() -> (World, PathBuf) {
    let world = World::start("one-group").await;
    for (name, steps) in [
        (
            "live",
            "ben answers\ndial\npress 3\nben hears \"Press any key\"\nben presses 1\nconnected\nwait 5 seconds\nhangs up\n",
        ),
        ("message", "dial\npress 1\nrecords \"Pumps\" for 14 seconds\npress 1\nhangs up\n"),
    ] {
        let text = format!("settings one-group\ncaller ada\n{steps}");
        let script = dutyline::exchange::script::parse(name, &text).unwrap();
        world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    }
    world.wait(30).await;
    let settings = settings(world.folder(), &world.folder().join("settings.toml"));
    (world, settings)
}

/// A settings file for data in that folder.
fn settings(data: &Path, file: &Path) -> PathBuf {
    let team = std::fs::read_to_string(tests_folder().join("settings/one-group.toml")).unwrap();
    std::fs::write(file, format!("[server]\ndata_dir = {:?}\n{team}", data.display().to_string())).unwrap();
    file.to_owned()
}

/// Runs a command; whether it succeeded, and what it said.
async fn run(command: &str, folder: &Path, settings: &Path) -> (bool, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_dutyline"));
    process.arg(command).arg(folder).arg("--settings").arg(settings);
    let output = tokio::task::spawn_blocking(move || process.output()).await.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout) + &text(output.stderr))
}

/// Every row of every table but that of the schema's history.
fn content(database: &Path) -> BTreeMap<String, Vec<Vec<Value>>> {
    let database = Connection::open(database).unwrap();
    let sql = "select name from sqlite_master where type = 'table' and name not like 'refinery%'";
    let mut tables = database.prepare(sql).unwrap();
    let names = tables.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
    names
        .map(|name| {
            let mut rows = database.prepare(&format!("select * from \"{name}\" order by 1, 2")).unwrap();
            let width = rows.column_count();
            let rows = rows.query_map([], |row| (0..width).map(|column| row.get(column)).collect()).unwrap();
            (name, rows.map(Result::unwrap).collect())
        })
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_was_saved_beside_a_running_gateway_comes_back_whole() {
    let (world, running) = world().await;
    let saved = world.folder().join("saved");
    let (done, said) = run("backup", &saved, &running).await;
    assert!(done && said.contains("rows and 1 sounds"), "{said}");
    assert_eq!(names(&saved), ["dutyline.db", "manifest.json", "recordings"]);

    let elsewhere = tempfile::tempdir().unwrap();
    let restored = settings(&elsewhere.path().join("data"), &elsewhere.path().join("settings.toml"));
    let (done, said) = run("restore", &saved, &restored).await;
    assert!(done && said.contains("rows and 1 sounds"), "{said}");
    let before = content(&world.folder().join("dutyline.db"));
    assert!(
        ["alerts", "documents", "legs", "recordings", "notifications"]
            .iter()
            .all(|table| !before[*table].is_empty())
    );
    assert_eq!(content(&elsewhere.path().join("data/dutyline.db")), before);
    assert_eq!(names(&elsewhere.path().join("data")), ["dutyline.db", "recordings"]);

    let loaded = dutyline::settings::load(&restored).unwrap();
    let store = start::open_store(&loaded.settings, world.app.ids.clone()).await.unwrap();
    let alert = store.alerts(None, None, 10).await.unwrap().remove(0);
    assert_eq!(alert.text(), Some("Pumps"));
    let audio = alert.recording.unwrap().audio.unwrap();
    let sound = std::fs::read(elsewhere.path().join("data/recordings").join(&audio.key)).unwrap();
    assert_eq!(Sha256::digest(&sound).as_slice(), audio.sha256);
    store.close().await;

    let (done, said) = run("restore", &saved, &restored).await;
    assert!(!done && said.contains("dutyline.db is there already"), "{said}");
    let (done, said) = run("backup", &saved, &running).await;
    assert!(!done && said.contains("saved is there already"), "{said}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_backup_is_for_its_owner_s_eyes_only() {
    use std::os::unix::fs::PermissionsExt;
    let (world, running) = world().await;
    let saved = world.folder().join("saved");
    assert!(run("backup", &saved, &running).await.0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&saved), mode(&saved.join("recordings"))), (0o700, 0o700));
    assert_eq!((mode(&saved.join("dutyline.db")), mode(&saved.join("manifest.json"))), (0o600, 0o600));
}

#[tokio::test]
async fn a_backup_shows_one_moment_whatever_is_written_meanwhile() {
    let (world, _) = world().await;
    let live = world.app.live();
    let before = content(&world.folder().join("dutyline.db"));
    let snapshot = start::open_snapshot(&live.settings).await.unwrap();
    let saved = world.folder().join("saved");
    let writing = async {
        for number in 0..3 {
            voice_edge::leave_message(&world.app, &format!("CA{number}"), &format!("RE{number}")).await;
        }
    };
    let taking = backup::take(&*snapshot, &*world.app.recordings, &saved, world.now());
    let (manifest, ()) = tokio::join!(taking, writing);
    assert_eq!(manifest.unwrap().rows["alerts"], 2);
    assert_eq!(content(&saved.join("dutyline.db")), before);
    assert!(content(&world.folder().join("dutyline.db")) != before);
}

#[tokio::test]
async fn many_rows_come_page_by_page_and_none_is_lost() {
    let (world, running) = world().await;
    let database = Connection::open(world.folder().join("dutyline.db")).unwrap();
    database.execute_batch("begin").unwrap();
    for number in 0..1_750 {
        // A page ends in the middle of a leg, so that both parts of the key count.
        let leg = format!("leg-{}", number / 700);
        database.execute("insert into documents values (?1, ?2, 'x')", (leg, number)).unwrap();
    }
    database.execute_batch("commit").unwrap();
    let saved = world.folder().join("saved");
    assert!(run("backup", &saved, &running).await.0);
    assert_eq!(content(&saved.join("dutyline.db")), content(&world.folder().join("dutyline.db")));
}

#[tokio::test]
async fn a_sound_that_is_not_there_is_named_and_the_rest_is_saved() {
    let (world, running) = world().await;
    let sounds = world.folder().join("recordings");
    let [key] = names(&sounds).try_into().unwrap();
    for (damage, cause) in [("other", "not as it was stored"), ("gone", "folder any more")] {
        if damage == "gone" {
            std::fs::remove_file(sounds.join(&key)).unwrap();
        } else {
            let length = std::fs::metadata(sounds.join(&key)).unwrap().len();
            std::fs::write(sounds.join(&key), vec![7; usize::try_from(length).unwrap()]).unwrap();
        }
        let saved = world.folder().join(damage);
        let (done, said) = run("backup", &saved, &running).await;
        assert!(!done && said.contains(&key) && said.contains(cause), "{said}");
        assert_eq!(names(&saved.join("recordings")), [""; 0]);
        let elsewhere = tempfile::tempdir().unwrap();
        let restored = settings(elsewhere.path(), &elsewhere.path().join("settings.toml"));
        let (done, said) = run("restore", &saved, &restored).await;
        assert!(
            done && said.contains(&format!("the sound of recording {key} is not in the backup")),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_damaged_or_of_a_newer_program_is_not_put_back() {
    let (world, running) = world().await;
    let saved = world.folder().join("saved");
    assert!(run("backup", &saved, &running).await.0);
    let data = tempfile::tempdir().unwrap();
    let restored = settings(data.path(), &data.path().join("settings.toml"));
    let [key] = names(&saved.join("recordings")).try_into().unwrap();
    let manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(saved.join("manifest.json")).unwrap()).unwrap();
    let changed = |name: &str, value: serde_json::Value| {
        let mut manifest = manifest.clone();
        manifest[name] = value;
        manifest.to_string().into_bytes()
    };
    let mut database = std::fs::read(saved.join("dutyline.db")).unwrap();
    let last = database.last_mut().unwrap();
    *last = !*last;
    for (file, bytes, says) in [
        ("manifest.json", changed("form", 2.into()), "of a newer program"),
        ("manifest.json", changed("schema", 1_000.into()), "of a newer program"),
        ("manifest.json", b"{}".to_vec(), "is no manifest"),
        ("dutyline.db", database, "dutyline.db is not as it was"),
        (&format!("recordings/{key}"), b"RIFF".to_vec(), "is not as it was"),
    ] {
        let path = saved.join(file);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let (done, said) = run("restore", &saved, &restored).await;
        assert!(!done && said.contains(says), "{file}: {said}");
        std::fs::write(&path, before).unwrap();
        let left: Vec<_> =
            names(data.path()).into_iter().filter(|name| name.contains("dutyline.db")).collect();
        assert_eq!(left, [""; 0], "{file}");
        let sounds = data.path().join("recordings");
        assert!(!sounds.exists() || names(&sounds).is_empty(), "{file}");
    }
    assert!(run("restore", &saved, &restored).await.0, "whole again");
}

#[tokio::test]
async fn an_older_backup_is_brought_to_the_program_s_schema() {
    let (world, running) = world().await;
    let saved = world.folder().join("saved");
    assert!(run("backup", &saved, &running).await.0);
    // What a program without any table would have saved.
    std::fs::remove_file(saved.join("dutyline.db")).unwrap();
    let empty = Connection::open(saved.join("dutyline.db")).unwrap();
    empty.execute_batch("vacuum").unwrap();
    drop(empty);
    let hash = hex::encode(Sha256::digest(std::fs::read(saved.join("dutyline.db")).unwrap()));
    let mut manifest: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(saved.join("manifest.json")).unwrap()).unwrap();
    manifest["schema"] = 0.into();
    manifest["database_sha256"] = hash.into();
    std::fs::write(saved.join("manifest.json"), manifest.to_string()).unwrap();
    let data = tempfile::tempdir().unwrap();
    let restored = settings(data.path(), &data.path().join("settings.toml"));
    let (done, said) = run("restore", &saved, &restored).await;
    assert!(done, "{said}");
    assert!(content(&data.path().join("dutyline.db")).contains_key("alerts"));
}

#[tokio::test]
async fn a_database_of_another_version_or_none_is_left_as_it_is() {
    let (world, running) = world().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let nothing = settings(&elsewhere.path().join("data"), &elsewhere.path().join("settings.toml"));
    let (done, said) = run("backup", &elsewhere.path().join("saved"), &nothing).await;
    assert!(!done && said.contains("there is no database"), "{said}");
    assert_eq!(names(elsewhere.path()), ["settings.toml"]);

    let database = Connection::open(world.folder().join("dutyline.db")).unwrap();
    let newest = "select max(version) from refinery_schema_history";
    database.execute(&format!("delete from refinery_schema_history where version = ({newest})"), []).unwrap();
    let saved = world.folder().join("saved");
    let (done, said) = run("backup", &saved, &running).await;
    assert!(!done && said.contains("start this one on it first"), "{said}");
    assert!(!saved.exists() && !world.folder().join("saved.partial").exists());
}

#[tokio::test]
async fn one_that_was_broken_off_is_not_taken_for_whole() {
    let (world, running) = world().await;
    let partial = world.folder().join("saved.partial");
    std::fs::create_dir(&partial).unwrap();
    let (done, said) = run("backup", &world.folder().join("saved"), &running).await;
    assert!(!done && said.contains("was broken off"), "{said}");
    assert!(matches!(Backup::open(&partial), Err(BackupError::File(..))));
}

#[cfg(feature = "postgres")]
mod on_postgres {
    use super::*;
    use crate::database::TestDatabase;

    /// A settings file for a database on the server and sounds in that folder.
    fn of(database: &TestDatabase, folder: &Path) -> PathBuf {
        let file = settings(&folder.join("data"), &folder.join("settings.toml"));
        let team = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{team}\n[store]\npostgres_url = {:?}\n", database.url())).unwrap();
        file
    }

    async fn rows_of(database: &TestDatabase, table: &str) -> i64 {
        let sql = format!("select count(*) from {table}");
        database.stranger().await.query_one(&sql, &[]).await.unwrap().get(0)
    }

    #[tokio::test]
    async fn data_moves_to_postgres_and_back() {
        let Some(database) = TestDatabase::new().await else { return };
        let (world, running) = world().await;
        let connection = Connection::open(world.folder().join("dutyline.db")).unwrap();
        connection.execute_batch("begin").unwrap();
        for number in 0..1_250 {
            let leg = format!("leg-{}", number / 700);
            connection.execute("insert into documents values (?1, ?2, 'ö\n')", (leg, number)).unwrap();
        }
        connection
            .execute_batch("insert into api_keys values ('k', 'board', x'00ff80', 'read', null, 1)")
            .unwrap();
        connection.execute_batch("commit").unwrap();
        drop(connection);
        let before = content(&world.folder().join("dutyline.db"));
        assert!(before.values().filter(|rows| !rows.is_empty()).count() >= 7, "{:?}", before.keys());

        let (first, second) = (world.folder().join("first"), world.folder().join("second"));
        assert!(run("backup", &first, &running).await.0);
        let folder = tempfile::tempdir().unwrap();
        let on_server = of(&database, folder.path());
        let (done, said) = run("restore", &first, &on_server).await;
        assert!(done && said.contains("store.postgres_url: ") && said.contains("and 1 sounds"), "{said}");
        assert_eq!(rows_of(&database, "documents").await, i64::try_from(before["documents"].len()).unwrap());

        let (done, said) = run("backup", &second, &on_server).await;
        assert!(done && said.contains("and 1 sounds"), "{said}");
        assert_eq!(content(&second.join("dutyline.db")), before);
        let elsewhere = tempfile::tempdir().unwrap();
        let back = settings(&elsewhere.path().join("data"), &elsewhere.path().join("settings.toml"));
        assert!(run("restore", &second, &back).await.0);
        assert_eq!(content(&elsewhere.path().join("data/dutyline.db")), before);
        let sounds = |folder: &Path| {
            let path = folder.join("recordings");
            names(&path).into_iter().map(|name| std::fs::read(path.join(name)).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(sounds(&elsewhere.path().join("data")), sounds(world.folder()));
    }

    #[tokio::test]
    async fn a_database_with_rows_takes_no_backup_and_stays_as_it_is() {
        let Some(database) = TestDatabase::new().await else { return };
        let (world, running) = world().await;
        let saved = world.folder().join("saved");
        assert!(run("backup", &saved, &running).await.0);
        let folder = tempfile::tempdir().unwrap();
        let on_server = of(&database, folder.path());
        assert!(run("restore", &saved, &on_server).await.0);
        let before = rows_of(&database, "alerts").await;
        let (done, said) = run("restore", &saved, &on_server).await;
        assert!(!done && said.contains("is not empty: table alert_log has rows"), "{said}");
        assert_eq!(rows_of(&database, "alerts").await, before);
    }

    #[tokio::test]
    async fn one_that_can_t_be_put_back_whole_leaves_nothing() {
        let Some(database) = TestDatabase::new().await else { return };
        let (world, running) = world().await;
        let saved = world.folder().join("saved");
        assert!(run("backup", &saved, &running).await.0);
        let folder = tempfile::tempdir().unwrap();
        let on_server = of(&database, folder.path());
        let [key] = names(&saved.join("recordings")).try_into().unwrap();
        let sound = saved.join("recordings").join(key);
        let whole = std::fs::read(&sound).unwrap();
        std::fs::write(&sound, "RIFF").unwrap();
        let (done, said) = run("restore", &saved, &on_server).await;
        assert!(!done && said.contains("is not as it was"), "{said}");
        assert_eq!(rows_of(&database, "alerts").await, 0);

        // A row that the database refuses, when others are written already.
        std::fs::write(&sound, whole).unwrap();
        let stranger = database.stranger().await;
        stranger
            .batch_execute("alter table recordings add constraint none check (seconds < 0)")
            .await
            .unwrap();
        let (done, said) = run("restore", &saved, &on_server).await;
        assert!(!done && said.contains("a database failed"), "{said}");
        assert_eq!((rows_of(&database, "alerts").await, rows_of(&database, "calls").await), (0, 0));

        // Somebody else is at work there.
        stranger.batch_execute("alter table recordings drop constraint none").await.unwrap();
        stranger.batch_execute("begin; insert into probe values (1, '')").await.unwrap();
        let (done, said) = run("restore", &saved, &on_server).await;
        assert!(!done && said.contains("another process holds the database"), "{said}");
        stranger.batch_execute("rollback").await.unwrap();
        assert!(run("restore", &saved, &on_server).await.0, "nobody any more");
    }

    #[tokio::test]
    async fn a_backup_of_postgres_shows_one_moment_and_changes_nothing() {
        let Some(database) = TestDatabase::new().await else { return };
        let folder = tempfile::tempdir().unwrap();
        let on_server = of(&database, folder.path());
        let (done, said) = run("backup", &folder.path().join("saved"), &on_server).await;
        assert!(!done && said.contains("holds nothing of this program"), "{said}");
        assert_eq!(names(folder.path()), ["settings.toml"]);

        let (world, running) = world().await;
        let saved = world.folder().join("saved");
        assert!(run("backup", &saved, &running).await.0);
        assert!(run("restore", &saved, &on_server).await.0);
        let loaded = dutyline::settings::load(&on_server).unwrap();
        let snapshot = start::open_snapshot(&loaded.settings).await.unwrap();
        let stranger = database.stranger().await;
        stranger.batch_execute("delete from alerts; update calls set state = 'x'").await.unwrap();
        let again = world.folder().join("again");
        backup::take(&*snapshot, &*world.app.recordings, &again, world.now()).await.unwrap();
        assert_eq!(content(&again.join("dutyline.db")), content(&saved.join("dutyline.db")));
        let refused = snapshot.query("delete from alerts", vec![]).await;
        assert!(refused.is_err(), "a snapshot writes nothing");

        drop(snapshot);
        stranger
            .batch_execute("update refinery_schema_history set version = 1000 where version = 1")
            .await
            .unwrap();
        let (done, said) = run("backup", &folder.path().join("saved"), &on_server).await;
        assert!(!done && said.contains("the database has schema version 1000"), "{said}");
    }
}

#[tokio::test]
async fn files_of_alerts_are_saved_as_sounds_are() {
    let world = World::start("events").await;
    let files = [("a.txt", "leaks"), ("b.txt", "badly"), ("empty.txt", "")];
    let form = files.iter().fold(Form::new().text("title", "Pump"), |form, (name, text)| {
        form.part(*name, Part::text(*text).file_name(*name))
    });
    let event = world.http.post(world.url("/webhook/plant-secret-of-tests")).multipart(form).send().await;
    assert_eq!(event.unwrap().status(), 201);
    let running = settings(world.folder(), &world.folder().join("settings.toml"));
    let saved = world.folder().join("saved");
    let (done, said) = run("backup", &saved, &running).await;
    assert!(done && said.contains("rows and 2 sounds"), "{said}");
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = settings(&elsewhere.path().join("data"), &elsewhere.path().join("settings.toml"));
    let (done, said) = run("restore", &saved, &restored).await;
    assert!(done, "{said}");
    let folders = [world.folder().join("recordings"), elsewhere.path().join("data/recordings")];
    let [before, after] = folders.map(|folder| {
        names(&folder)
            .into_iter()
            .map(|name| std::fs::read_to_string(folder.join(name)).unwrap())
            .collect::<Vec<_>>()
    });
    assert_eq!((before, after), (vec!["leaks".into(), "badly".into()], vec!["leaks".into(), "badly".into()]));
    let spoiled = names(&saved.join("recordings")).remove(0);
    std::fs::write(saved.join("recordings").join(&spoiled), "altered").unwrap();
    let third = settings(&elsewhere.path().join("third"), &elsewhere.path().join("third.toml"));
    let (done, said) = run("restore", &saved, &third).await;
    assert!(!done && said.contains(&spoiled), "{said}");
}
