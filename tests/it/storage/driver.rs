//! The conformance suite: what every driver must do alike.

use super::subject::{Subject, on_every_driver};
use std::collections::BTreeSet;
use std::sync::Arc;

use dutyline::ports::error::{Outage, StoreError};
use dutyline::storage::driver::{Claim, Driver};
use dutyline::storage::write::Write;
use dutyline::storage::write::args;
use futures_util::future::join_all;
use jiff::{Timestamp, ToSpan};

const TABLE: &str = "create table thing (
    id text primary key, number bigint not null, part double precision, note text, raw {blob},
    lease_until bigint not null default 0)";

/// The table that the cases work on.
async fn with_table(subject: &Subject) -> Arc<dyn Driver> {
    let table: &'static str = TABLE.replace("{blob}", subject.blob).leak();
    subject.driver.apply(Write::new().any(table, args![])).await.unwrap();
    Arc::clone(&subject.driver)
}

on_every_driver! {
    with_table;
    every_kind_of_value_comes_back
    placeholders_go_by_number
    many_writers_are_all_acknowledged_and_seen
    one_conflict_leaves_its_neighbours_alone
    another_number_of_rows_is_a_conflict_that_leaves_nothing
    a_bad_statement_fails_alone
    many_conflicts_leave_the_others_alone
    text_with_a_nul_is_refused
    a_value_of_another_kind_is_never_stored
    a_read_must_not_write
    no_row_is_claimed_twice
    a_claim_ends_with_its_lease
    an_empty_write_is_done
    it_is_ready_until_it_is_closed
    closing_finishes_what_is_queued
}

const INSERT: &str = "insert into thing (id, number) values ($1, $2)";
const NUMBER: &str = "select number from thing where id = $1";
const COUNT: &str = "select count(*) from thing";

fn insert(id: &str, number: i64) -> Write {
    Write::new().one(INSERT, args![id, number])
}

async fn count(driver: &Arc<dyn Driver>) -> i64 {
    driver.query(COUNT, args![]).await.unwrap()[0].int(0).unwrap()
}

/// Applies writes that are all queued at once; the answers, in their order.
async fn apply_together(
    driver: &Arc<dyn Driver>,
    writes: impl IntoIterator<Item = Write>,
) -> Vec<Result<(), StoreError>> {
    join_all(writes.into_iter().map(|write| driver.apply(write))).await
}

async fn every_kind_of_value_comes_back(driver: &Arc<dyn Driver>) {
    let now: Timestamp = "2026-01-05T09:00:00.123456Z".parse().unwrap();
    let write = Write::new()
        .one(
            "insert into thing (id, number, part, note, raw) values ($1, $2, $3, $4, $5)",
            args!["full", now, 0.25, "Grüße 'und' $1", vec![0_u8, 255, 39]],
        )
        .one(INSERT, args!["bare", i64::MIN]);
    driver.apply(write).await.unwrap();
    let rows =
        driver.query("select id, number, part, note, raw from thing order by id", args![]).await.unwrap();
    assert_eq!(rows.len(), 2);
    let (bare, full) = (&rows[0], &rows[1]);
    assert_eq!(full.text(0).unwrap(), "full");
    assert_eq!(full.time(1).unwrap(), now);
    assert!((full.real(2).unwrap() - 0.25).abs() < f64::EPSILON);
    assert_eq!(full.text(3).unwrap(), "Grüße 'und' $1");
    assert_eq!(full.blob(4).unwrap(), [0, 255, 39]);
    assert_eq!(bare.int(1).unwrap(), i64::MIN);
    assert_eq!((bare.opt_text(3).unwrap(), bare.opt_blob(4).unwrap()), (None, None));
    let refused = bare.text(3).unwrap_err();
    assert!(refused.to_string().starts_with("column note is null"), "{refused}");
}

async fn placeholders_go_by_number(driver: &Arc<dyn Driver>) {
    let backwards = "insert into thing (number, id, note) values ($2, $1, $1)";
    driver.apply(Write::new().one(backwards, args!["a", 7_i64])).await.unwrap();
    let rows = driver.query("select note, number from thing where id = $1", args!["a"]).await.unwrap();
    assert_eq!((rows[0].text(0).unwrap(), rows[0].int(1).unwrap()), ("a", 7));
}

async fn many_writers_are_all_acknowledged_and_seen(driver: &Arc<dyn Driver>) {
    let writers = (0..32).map(|writer| {
        let driver = Arc::clone(driver);
        tokio::spawn(async move {
            for turn in 0..20 {
                let id = format!("{writer}-{turn}");
                driver.apply(insert(&id, turn)).await.unwrap();
                let rows = driver.query(NUMBER, args![id]).await.unwrap();
                assert_eq!(rows[0].int(0).unwrap(), turn);
            }
        })
    });
    for done in join_all(writers).await {
        done.unwrap();
    }
    assert_eq!(count(driver).await, 640);
}

async fn one_conflict_leaves_its_neighbours_alone(driver: &Arc<dyn Driver>) {
    driver.apply(insert("taken", 0)).await.unwrap();
    let writes = (0..100).map(|n| {
        if n == 50 { insert("before", n).then(insert("taken", n)) } else { insert(&n.to_string(), n) }
    });
    for (n, answer) in apply_together(driver, writes).await.into_iter().enumerate() {
        if n == 50 {
            assert!(matches!(answer, Err(StoreError::Conflict)), "{answer:?}");
        } else {
            answer.unwrap();
        }
    }
    assert_eq!(count(driver).await, 100, "99 neighbours and the row that was there before");
    assert_eq!(driver.query(NUMBER, args!["taken"]).await.unwrap()[0].int(0).unwrap(), 0);
}

async fn another_number_of_rows_is_a_conflict_that_leaves_nothing(driver: &Arc<dyn Driver>) {
    let raise = "update thing set number = $3 where id = $1 and number = $2";
    driver.apply(insert("call", 1)).await.unwrap();
    let race = ["first", "second"]
        .map(|id| Write::new().one(INSERT, args![id, 0_i64]).one(raise, args!["call", 1_i64, 2_i64]));
    let answers = apply_together(driver, race).await;
    let won = answers.iter().filter(|answer| answer.is_ok()).count();
    let lost = answers.iter().filter(|answer| matches!(answer, Err(StoreError::Conflict))).count();
    assert_eq!((won, lost), (1, 1), "{answers:?}");
    assert_eq!(count(driver).await, 2, "the loser's row has gone with it");
    let too_many = Write::new().rows(3, "update thing set number = $1", args![9_i64]);
    assert!(matches!(driver.apply(too_many).await, Err(StoreError::Conflict)));
    assert_eq!(driver.query(NUMBER, args!["call"]).await.unwrap()[0].int(0).unwrap(), 2);
}

async fn a_bad_statement_fails_alone(driver: &Arc<dyn Driver>) {
    let bad = [
        Write::new().any("insert into nowhere (id) values ($1)", args!["x"]),
        Write::new().any("this is no sql", args![]),
        Write::new().any(INSERT, args!["too few"]),
        Write::new().any(INSERT, args!["null where none may be", None::<i64>]),
        Write::new().any(COUNT, args![]),
    ];
    let writes = bad
        .into_iter()
        .flat_map(|bad| [insert("x", 0), bad])
        .enumerate()
        .map(|(n, write)| if n % 2 == 0 { insert(&n.to_string(), 0) } else { write });
    for (n, answer) in apply_together(driver, writes).await.into_iter().enumerate() {
        if n % 2 == 0 {
            answer.unwrap();
        } else {
            assert!(matches!(answer, Err(StoreError::Inconsistent(_))), "{n}: {answer:?}");
        }
    }
    assert_eq!(count(driver).await, 5);
}

async fn many_conflicts_leave_the_others_alone(driver: &Arc<dyn Driver>) {
    driver.apply(insert("taken", 0)).await.unwrap();
    let writes = (0..300).map(|n| if n % 3 == 0 { insert("taken", n) } else { insert(&n.to_string(), n) });
    for (n, answer) in apply_together(driver, writes).await.into_iter().enumerate() {
        assert_eq!(answer.is_ok(), n % 3 != 0, "{n}: {answer:?}");
    }
    assert_eq!(count(driver).await, 201);
}

async fn text_with_a_nul_is_refused(driver: &Arc<dyn Driver>) {
    let note = "insert into thing (id, number, note) values ($1, $2, $3)";
    let refused = [
        driver.apply(Write::new().one(note, args!["a", 1_i64, "half\0half"])).await,
        driver.query(NUMBER, args!["\0"]).await.map(drop),
    ];
    for answer in refused {
        let error = answer.unwrap_err();
        assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
        assert!(!error.to_string().contains("half"), "{error}");
    }
    assert_eq!(count(driver).await, 0);
}

/// One database refuses it, another takes it and returns it as it was: none stores something else.
async fn a_value_of_another_kind_is_never_stored(driver: &Arc<dyn Driver>) {
    let note = "insert into thing (id, number, note, raw) values ($1, $2, $3, $4)";
    let write = Write::new().one(note, args!["a", 1_i64, vec![1_u8, 2], "text"]);
    match driver.apply(write).await {
        Ok(()) => {
            let rows = driver.query("select note, raw from thing", args![]).await.unwrap();
            assert_eq!((rows[0].blob(0).unwrap(), rows[0].text(1).unwrap()), (&[1_u8, 2][..], "text"));
        }
        Err(error) => {
            assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
            assert_eq!(count(driver).await, 0);
        }
    }
}

async fn a_read_must_not_write(driver: &Arc<dyn Driver>) {
    let answer =
        driver.query("insert into thing (id, number) values ($1, $2) returning id", args!["x", 1_i64]);
    assert!(matches!(answer.await, Err(StoreError::Inconsistent(_))));
    assert_eq!(count(driver).await, 0);
}

const CLAIM: &str = "with due as materialized (
        select id from thing where number = 1 and lease_until < $1 order by id limit $3 {skip locked})
    update thing set lease_until = $2 where id in (select id from due) returning id";

fn claim(now: Timestamp, limit: i64) -> Claim {
    Claim { sql: CLAIM, args: args![now, now + 30.seconds(), limit] }
}

async fn no_row_is_claimed_twice(driver: &Arc<dyn Driver>) {
    let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    let rows = (0..200).fold(Write::new(), |write, n| write.then(insert(&n.to_string(), 1)));
    driver.apply(rows).await.unwrap();
    let claimers = (0..16).map(|_| {
        let driver = Arc::clone(driver);
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let rows = driver.claim(claim(now, 7)).await.unwrap();
                assert!(rows.len() <= 7);
                if rows.is_empty() {
                    return mine;
                }
                mine.extend(rows.iter().map(|row| row.text(0).unwrap().to_owned()));
            }
        })
    });
    let claimed: Vec<String> = join_all(claimers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(claimed.len(), 200);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 200);
}

async fn a_claim_ends_with_its_lease(driver: &Arc<dyn Driver>) {
    let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    driver.apply(insert("a", 1)).await.unwrap();
    let ids = async |at| driver.claim(claim(at, 10)).await.unwrap().len();
    assert_eq!(ids(now).await, 1);
    assert_eq!(ids(now + 30.seconds()).await, 0);
    assert_eq!(ids(now + 31.seconds()).await, 1);
}

async fn an_empty_write_is_done(driver: &Arc<dyn Driver>) {
    driver.apply(Write::new()).await.unwrap();
}

async fn it_is_ready_until_it_is_closed(driver: &Arc<dyn Driver>) {
    driver.ready().await.unwrap();
    driver.close().await;
    driver.close().await;
    let refused = [
        driver.ready().await,
        driver.apply(insert("late", 1)).await,
        driver.query(COUNT, args![]).await.map(drop),
        driver.claim(claim(Timestamp::UNIX_EPOCH, 1)).await.map(drop),
    ];
    for answer in refused {
        let error = answer.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { outage: Outage::Closed, .. }), "{error:?}");
        assert_eq!(error.to_string(), "the store is unavailable: it has been closed");
    }
}

async fn closing_finishes_what_is_queued(driver: &Arc<dyn Driver>) {
    let writes = (0..300).map(|n| driver.apply(insert(&n.to_string(), n)));
    // Polled in this order, all writes are queued before the store is told to close.
    let (answers, ()) = tokio::join!(biased; join_all(writes), driver.close());
    for answer in answers {
        answer.unwrap();
    }
}
