//! Connections that go away, and those that are not to be had.

use super::{Bed, INSERT, insert, number, outage};
use dutyline::ports::error::Outage;
use dutyline::storage::driver::{Claim, Driver};
use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};
use dutyline::storage::write::{Write, args};

/// Ends every connection of that name, and waits until none is left.
async fn cut(bed: &Bed, name: &str) {
    let ends = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = $1";
    while bed.stranger.query_one(ends, &[&name]).await.unwrap().get::<_, i64>(0) > 0 {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_were_cut_are_made_anew_and_nobody_hears_of_it() {
    let Some(bed) = Bed::new().await else { return };
    let name = format!("cut {:x}", rand::random::<u32>());
    let url = format!("{}&application_name={}", bed.database.url(), name.replace(' ', "%20"));
    let driver = PostgresDriver::open(&PostgresOptions::new(url)).await.unwrap();
    let claim = "update thing set number = $1 where id = 'a' returning id";
    for n in 0..3 {
        driver.apply(Write::new().any("delete from thing", args![])).await.unwrap();
        driver.apply(insert("a", n)).await.unwrap();
        assert_eq!(number(&driver, "a").await, n);
        driver.claim(Claim { sql: claim, args: args![n + 1] }).await.unwrap();
        cut(&bed, &name).await;
    }
    driver.ready().await.unwrap();
    assert_eq!(number(&driver, "a").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_go_on_while_connections_are_cut_are_done_or_not_done() {
    let Some(bed) = Bed::new().await else { return };
    let name = format!("cut {:x}", rand::random::<u32>());
    let url = format!("{}&application_name={}", bed.database.url(), name.replace(' ', "%20"));
    let driver = PostgresDriver::open(&PostgresOptions::new(url)).await.unwrap();
    let writers = futures_util::future::join_all((0..8).map(|writer| {
        let driver = &driver;
        async move {
            let mut done = vec![];
            for n in 0..200 {
                let id = format!("{writer}-{n}");
                match driver.apply(insert(&id, n)).await {
                    Ok(()) => done.push(id),
                    Err(error) => assert_eq!(outage::<()>(Err(error)), Outage::Failing),
                }
            }
            done
        }
    }));
    let cuts = async {
        for _ in 0..10 {
            cut(&bed, &name).await;
        }
    };
    let (done, ()) = tokio::join!(writers, cuts);
    for id in done.into_iter().flatten() {
        number(&driver, &id).await;
    }
    driver.ready().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lets_nobody_in_is_unavailable() {
    let Some(bed) = Bed::new().await else { return };
    let role = format!("few_{:x}", rand::random::<u32>());
    let make = format!(
        "create role {role} login password 'few' connection limit 1; do $$ begin \
         execute format('grant all on schema %I to {role}', current_schema()); \
         execute format('grant all on all tables in schema %I to {role}', current_schema()); end $$"
    );
    bed.stranger.batch_execute(&make).await.unwrap();
    let url = bed.database.url();
    let (_, server) = url.split_once('@').unwrap();
    let url = format!("postgresql://{role}:few@{server}");
    let driver =
        PostgresDriver::open(&PostgresOptions { writers: 1, ..PostgresOptions::new(url) }).await.unwrap();
    // The one connection is the writer's.
    driver.apply(Write::new().one(INSERT, args!["a", 1_i64])).await.unwrap();
    let refused = driver.query("select id from thing", args![]).await;
    let words = super::chain(refused.as_ref().unwrap_err());
    assert_eq!(outage(refused), Outage::Failing);
    assert!(words.contains("too many connections"), "{words}");
    assert_eq!(outage(driver.ready().await), Outage::Failing);
    driver.close().await;
    bed.stranger.batch_execute(&format!("drop owned by {role} cascade; drop role {role}")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_is_on_disk_whatever_the_database_is_set_to() {
    let Some(bed) = Bed::new().await else { return };
    let url = format!("{}%20-c%20synchronous_commit%3Doff", bed.database.url());
    let driver = PostgresDriver::open(&PostgresOptions::new(url)).await.unwrap();
    let mode = "insert into thing (id, number) select current_setting('synchronous_commit'), 1";
    driver.apply(Write::new().one(mode, args![])).await.unwrap();
    assert_eq!(number(&driver, "on").await, 1);
}
