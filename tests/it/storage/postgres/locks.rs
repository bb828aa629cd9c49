//! Somebody else is in the way.

use super::{Bed, insert, number, outage, raise};
use dutyline::ports::error::Outage;
use dutyline::storage::driver::{Claim, Driver};
use dutyline::storage::write::{Write, args};
use futures_util::future::join_all;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_a_lock_that_is_let_go() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    driver.apply(insert("held", 1)).await.unwrap();
    bed.stranger.batch_execute("begin; update thing set number = 7 where id = 'held'").await.unwrap();
    let release = async {
        bed.until_waiting(1).await;
        bed.stranger.batch_execute("commit").await.unwrap();
    };
    let (answer, ()) = tokio::join!(driver.apply(raise("held")), release);
    answer.unwrap();
    assert_eq!(number(&driver, "held").await, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_does_not_wait_for_ever_and_holds_up_no_other() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    driver.apply(insert("held", 1)).await.unwrap();
    bed.stranger.batch_execute("begin; update thing set number = 7 where id = 'held'").await.unwrap();
    let begun = Instant::now();
    let others = async {
        // One behind the other: each meets the one that waits, in its group or in its lane.
        for n in 0..50 {
            driver.apply(insert(&n.to_string(), n)).await.unwrap();
        }
        begun.elapsed()
    };
    let (answer, others) = tokio::join!(driver.apply(raise("held")), others);
    assert_eq!(outage(answer), Outage::Locked);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert!(others < Duration::from_millis(900), "{others:?}");
    assert_eq!(number(&driver, "held").await, 1, "reading goes on");
    bed.stranger.batch_execute("rollback").await.unwrap();
    driver.apply(raise("held")).await.unwrap();
    assert_eq!(number(&driver, "held").await, 2);
}

/// Two processes write the same rows in the opposite order, many writes a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlocks_are_sorted_out() {
    let Some(bed) = Bed::new().await else { return };
    let (one, other) = (bed.open().await, bed.open().await);
    let rows: Vec<_> = (0..6).map(|n| n.to_string()).collect();
    for row in &rows {
        one.apply(insert(row, 0)).await.unwrap();
    }
    let forth = |row: &String| raise(row);
    for _ in 0..10 {
        let up = rows.iter().map(forth).map(|write| one.apply(write));
        let down = rows.iter().rev().map(forth).map(|write| other.apply(write));
        let (up, down) = tokio::join!(join_all(up), join_all(down));
        for answer in up.into_iter().chain(down) {
            answer.unwrap();
        }
    }
    for row in &rows {
        assert_eq!(number(&one, row).await, 20, "each was written once by each, ten times");
    }
}

/// A write of two rows each is what really deadlocks: neither can be moved out of the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_within_two_writes_is_tried_again() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    for row in ["a", "b"] {
        driver.apply(insert(row, 0)).await.unwrap();
    }
    bed.stranger.batch_execute("begin; update thing set number = 10 where id = 'b'").await.unwrap();
    let cross = async {
        bed.until_waiting(1).await;
        // Ours holds a and waits for b; now the stranger waits for a. One of the two is ended.
        let ended = bed.stranger.batch_execute("update thing set number = 10 where id = 'a'").await;
        bed.stranger.batch_execute(if ended.is_ok() { "commit" } else { "rollback" }).await.unwrap();
    };
    let (answer, ()) = tokio::join!(driver.apply(raise("a").then(raise("b"))), cross);
    answer.unwrap();
    assert_eq!(number(&driver, "a").await - number(&driver, "b").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_passes_by_what_another_holds() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    for (row, n) in [("held", 1), ("free", 2), ("later", 3)] {
        driver.apply(insert(row, n)).await.unwrap();
    }
    bed.stranger.batch_execute("begin; select id from thing where id = 'held' for update").await.unwrap();
    let sql = "with due as materialized (select id from thing order by number limit $1 {skip locked}) \
               update thing set number = 0 where id in (select id from due) returning id";
    let rows = driver.claim(Claim { sql, args: args![1_i64] }).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["free"]);
    bed.stranger.batch_execute("rollback").await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_for_somebody_elses_sake_is_tried_again() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    // A sequence goes on also when its transaction is undone: the third try gets through.
    let troubled = "create sequence tries;
        create function trouble() returns trigger language plpgsql as $$ begin
            if nextval('tries') < 3 then raise exception 'not now' using errcode = '40001'; end if;
            return new;
        end $$;
        create trigger trouble before insert on thing for each row execute function trouble()";
    bed.stranger.batch_execute(troubled).await.unwrap();
    let neighbour = Write::new().any("delete from thing where id = $1", args!["nobody"]);
    let (first, second) = tokio::join!(driver.apply(insert("a", 1)), driver.apply(neighbour));
    first.unwrap();
    second.unwrap();
    assert_eq!(number(&driver, "a").await, 1);
}
