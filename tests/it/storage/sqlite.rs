//! What is `SQLite`'s own: the file, its lock, its size, its schema, and what a crash leaves.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dutyline::domain::ids::Ids;
use dutyline::ports::error::{Outage, StoreError};
use dutyline::storage::SqlStore;
use dutyline::storage::driver::Driver;
use dutyline::storage::migrate::MigrateError;
use dutyline::storage::sqlite::{OpenError, SqliteDriver, SqliteOptions};
use dutyline::storage::write::Write;
use dutyline::storage::write::args;
use futures_util::future::join_all;
use rusqlite::Connection;
use tempfile::TempDir;

const TABLE: &str = "create table if not exists thing (id text primary key, raw blob)";
const INSERT: &str = "insert into thing (id, raw) values ($1, $2)";
const IDS: &str = "select id from thing order by id";

struct Bed {
    folder: TempDir,
}

impl Bed {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn options(&self) -> SqliteOptions {
        SqliteOptions::file(self.folder.path().join("test.db"))
    }

    /// Another program's connection to the same file.
    fn stranger(&self) -> Connection {
        Connection::open(self.folder.path().join("test.db")).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

async fn open(options: &SqliteOptions) -> Arc<SqliteDriver> {
    let driver = Arc::new(SqliteDriver::open(options).unwrap());
    driver.apply(Write::new().any(TABLE, args![])).await.unwrap();
    driver
}

fn insert(id: &str, bytes: usize) -> Write {
    Write::new().one(INSERT, args![id, vec![7_u8; bytes]])
}

async fn ids(driver: &SqliteDriver) -> Vec<String> {
    let rows = driver.query(IDS, args![]).await.unwrap();
    rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
}

fn outage(answer: Result<(), StoreError>) -> Outage {
    match answer {
        Err(StoreError::Unavailable { outage, source }) => {
            assert_eq!(source.is_some(), outage != Outage::Closed, "the log must tell the cause");
            outage
        }
        other => panic!("expected an outage, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_writers_wrote_is_there_after_reopening() {
    let bed = Bed::new();
    // With so short a queue most of them wait to get in.
    let driver = open(&SqliteOptions { queue: 2, ..bed.options() }).await;
    let writers = (0..64).map(|writer| {
        let driver = Arc::clone(&driver);
        tokio::spawn(async move {
            for turn in 0..10 {
                driver.apply(insert(&format!("{writer}-{turn}"), 10)).await.unwrap();
            }
        })
    });
    for done in join_all(writers).await {
        done.unwrap();
    }
    driver.close().await;
    drop(driver);
    assert_eq!(bed.files(), ["test.db"], "a clean close puts the log into the database");
    assert_eq!(ids(&*open(&bed.options()).await).await.len(), 640);
}

#[tokio::test]
async fn dropping_finishes_what_is_queued() {
    let bed = Bed::new();
    let driver = open(&bed.options()).await;
    {
        // One poll queues the write; nobody waits for the answer.
        let mut write = driver.apply(insert("queued", 10));
        assert!(futures_util::poll!(&mut write).is_pending());
    }
    drop(driver);
    assert_eq!(ids(&*open(&bed.options()).await).await, ["queued"]);
}

/// Names the database that a child of the next test writes to until it is killed.
const VICTIM: &str = "DUTYLINE_TEST_VICTIM";

/// Writes without end, and says what was acknowledged.
async fn write_until_killed(path: &Path) {
    let driver = open(&SqliteOptions::file(path)).await;
    let writers = (0..8).map(|writer| {
        let driver = Arc::clone(&driver);
        tokio::spawn(async move {
            for turn in 0_u32.. {
                let id = format!("{writer}-{turn}");
                driver.apply(insert(&id, 100)).await.unwrap();
                println!("acknowledged {id}");
            }
        })
    });
    join_all(writers).await;
}

/// It starts itself once more as the process that is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_a_kill() {
    if let Some(path) = std::env::var_os(VICTIM) {
        return write_until_killed(Path::new(&path)).await;
    }
    let bed = Bed::new();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "storage::sqlite::what_was_acknowledged_outlives_a_kill", "--nocapture"])
        .env(VICTIM, bed.folder.path().join("test.db"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(victim.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    for line in said.lines().map(Result::unwrap) {
        if let Some(id) = line.strip_prefix("acknowledged ") {
            acknowledged.push(id.to_owned());
        }
        if acknowledged.len() == 500 {
            victim.kill().unwrap();
        }
    }
    victim.wait().unwrap();
    assert!(acknowledged.len() >= 500);
    let kept = ids(&*open(&bed.options()).await).await;
    for id in &acknowledged {
        assert!(kept.contains(id), "{id} was acknowledged and has gone");
    }
}

#[tokio::test]
async fn a_new_file_is_for_its_owner_only() {
    let bed = Bed::new();
    let _driver = open(&bed.options()).await;
    assert!(bed.files().len() > 1, "the log is there");
    for name in bed.files() {
        let mode = bed.folder.path().join(&name).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_full_database_refuses_writes_and_recovers() {
    let bed = Bed::new();
    let driver = open(&SqliteOptions { max_bytes: Some(700_000), ..bed.options() }).await;
    let mut kept = Vec::new();
    let refused = loop {
        let id = format!("{:03}", kept.len());
        match driver.apply(insert(&id, 20_000)).await {
            Ok(()) => kept.push(id),
            Err(error) => break error,
        }
    };
    assert!(kept.len() > 5);
    assert_eq!(refused.to_string(), "the store is unavailable: the disk or the database is full");
    assert_eq!(outage(Err(refused)), Outage::Full);
    assert_eq!(ids(&driver).await, kept, "reading goes on, and nothing of the refused write is there");

    driver.apply(Write::new().one("delete from thing where id = $1", args!["000"])).await.unwrap();
    driver.apply(insert("after", 10_000)).await.unwrap();
    driver.ready().await.unwrap();
}

#[tokio::test]
async fn a_write_waits_for_another_process() {
    let bed = Bed::new();
    let driver = open(&bed.options()).await;
    let stranger = bed.stranger();
    stranger.execute_batch("begin immediate; insert into thing (id) values ('theirs')").unwrap();
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(150));
        stranger.execute_batch("commit").unwrap();
    });
    driver.apply(insert("ours", 10)).await.unwrap();
    release.join().unwrap();
    assert_eq!(ids(&driver).await, ["ours", "theirs"]);
}

#[tokio::test]
async fn a_write_does_not_wait_for_ever() {
    let bed = Bed::new();
    let patience = Duration::from_millis(200);
    let driver = open(&SqliteOptions { patience, ..bed.options() }).await;
    let stranger = bed.stranger();
    stranger.execute_batch("begin immediate").unwrap();
    let start = Instant::now();
    assert_eq!(outage(driver.apply(insert("early", 10)).await), Outage::Locked);
    assert!(start.elapsed() >= patience);
    assert_eq!(outage(driver.ready().await), Outage::Locked);
    assert!(ids(&driver).await.is_empty(), "reading goes on");
    stranger.execute_batch("rollback").unwrap();
    driver.apply(insert("late", 10)).await.unwrap();
    assert_eq!(ids(&driver).await, ["late"]);
}

/// Applies writes so that they share one commit: they queue while a stranger holds the writer up.
async fn apply_as_one_group(
    bed: &Bed,
    driver: &SqliteDriver,
    writes: Vec<Write>,
) -> Vec<Result<(), StoreError>> {
    let stranger = bed.stranger();
    stranger.execute_batch("begin immediate").unwrap();
    let mut held_up = driver.apply(insert("held up", 10));
    assert!(futures_util::poll!(&mut held_up).is_pending());
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stranger.execute_batch("rollback").unwrap();
    });
    // By now the writer has taken the first write and waits for the stranger.
    std::thread::sleep(Duration::from_millis(100));
    let answers = join_all(writes.into_iter().map(|write| driver.apply(write))).await;
    held_up.await.unwrap();
    release.join().unwrap();
    answers
}

#[tokio::test]
async fn a_commit_that_fails_fails_everybody_and_nothing_remains() {
    let bed = Bed::new();
    let driver = open(&bed.options()).await;
    // The one way to make a commit fail that needs no broken disk: a reference that is checked only then.
    let child = "create table child (parent text references thing (id) deferrable initially deferred)";
    driver.apply(Write::new().any(child, args![])).await.unwrap();
    let orphan = Write::new().one("insert into child (parent) values ($1)", args!["nobody"]);
    let group = vec![insert("before", 10), orphan, insert("after", 10)];
    for answer in apply_as_one_group(&bed, &driver, group).await {
        assert_eq!(outage(answer), Outage::Failing);
    }
    driver.apply(insert("next", 10)).await.unwrap();
    assert_eq!(ids(&driver).await, ["held up", "next"]);
}

#[tokio::test]
async fn a_write_that_finds_the_database_full_takes_its_group_with_it() {
    let bed = Bed::new();
    let driver = open(&SqliteOptions { max_bytes: Some(700_000), ..bed.options() }).await;
    let group = vec![insert("before", 10), insert("too large", 500_000), insert("after", 10)];
    for answer in apply_as_one_group(&bed, &driver, group).await {
        assert_eq!(outage(answer), Outage::Full);
    }
    driver.apply(insert("next", 10)).await.unwrap();
    assert_eq!(ids(&driver).await, ["held up", "next"]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_both_versions() {
    let bed = Bed::new();
    SqlStore::open_sqlite(&bed.options(), new_ids()).unwrap().close().await;
    bed.stranger()
        .execute(
            "insert into refinery_schema_history (version, name, applied_on, checksum)
             values (4711, 'later', '2031-01-01T00:00:00Z', '1')",
            [],
        )
        .unwrap();
    let Err(OpenError::Migrate(refused)) = SqlStore::open_sqlite(&bed.options(), new_ids()) else {
        panic!("a newer schema must be refused");
    };
    let MigrateError::Newer { database: 4711, program } = refused else { panic!("{refused:?}") };
    let said = refused.to_string();
    assert!(
        said.starts_with(&format!(
            "the database has schema version 4711, but this program knows versions up to {program} only"
        )),
        "{said}"
    );
}

#[tokio::test]
async fn processes_that_start_together_all_find_the_schema() {
    let bed = Bed::new();
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let options = bed.options();
            std::thread::spawn(move || SqlStore::open_sqlite(&options, new_ids()).map(drop))
        })
        .collect();
    for start in starts {
        start.join().unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_a_database_is_named() {
    let refusal = |path: &Path| match SqlStore::open_sqlite(&SqliteOptions::file(path), new_ids()) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    };
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "Dear database, ".repeat(100)).unwrap();
    for path in [text, folder.path().join("no/such/folder/test.db"), folder.path().to_owned()] {
        let error = refusal(&path);
        assert_eq!(error.to_string(), format!("cannot open the database {}", path.display()));
        assert!(std::error::Error::source(&error).is_some());
    }
}

fn new_ids() -> Arc<dyn Ids> {
    Arc::new(crate::world::TestIds::from(1))
}
