//! What an error says, and what it keeps to itself.

use super::{Bed, chain, insert};
use dutyline::ports::error::{Outage, StoreError};
use dutyline::storage::driver::Driver;
use dutyline::storage::write::{Write, args};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_error_repeats_a_value() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    let table = "create table strict (id text primary key check (length(id) < 5), number bigint not null)";
    bed.stranger.batch_execute(table).await.unwrap();
    let strict = "insert into strict (id, number) values ($1, $2)";
    let bad = [
        Write::new().one(strict, args!["+15550101", 1_i64]),
        Write::new().one(
            "insert into strict (id, number) values ('a', cast(cast($1 as text) as bigint))",
            args!["tel15550101"],
        ),
        Write::new().one("insert into strict (id) values ($1)", args!["+15550101"]),
        Write::new().one(strict, args!["+15550101"]),
        Write::new().one(strict, args!["a", "+15550101"]),
    ];
    for write in bad {
        let error = driver.apply(write).await.unwrap_err();
        assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
        assert!(!format!("{error:?} {}", chain(&error)).contains("15550101"), "{error:?}");
    }
    driver.apply(insert("+15550101", 1)).await.unwrap();
    let twice = driver.apply(insert("+15550101", 1)).await.unwrap_err();
    assert!(matches!(twice, StoreError::Conflict), "{twice:?}");
}

/// The server's trouble is told apart, so that an operator knows where to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_the_server_has_its_word() {
    let Some(bed) = Bed::new().await else { return };
    let driver = bed.open().await;
    // The server raises what the row's id says.
    let troubled = "create function trouble() returns trigger language plpgsql as $$ begin
            if length(new.id) = 5 then raise exception 'in trouble' using errcode = new.id; end if;
            return new;
        end $$;
        create trigger trouble before insert on thing for each row execute function trouble()";
    bed.stranger.batch_execute(troubled).await.unwrap();
    for (code, expected) in [
        ("53100", Outage::Full),
        ("53200", Outage::Failing),
        ("55P03", Outage::Locked),
        ("57P01", Outage::Failing),
        ("58030", Outage::Failing),
        ("25006", Outage::Failing),
        ("42501", Outage::Failing),
        ("XX001", Outage::Failing),
    ] {
        let neighbours =
            [insert(&format!("before {code}"), 1), insert(code, 1), insert(&format!("after {code}"), 1)];
        let [before, trouble, after] = neighbours.map(|write| driver.apply(write));
        let (before, trouble, after) = tokio::join!(before, trouble, after);
        let words = chain(trouble.as_ref().unwrap_err());
        assert!(words.contains("in trouble") && words.contains(code), "{words}");
        match trouble {
            Err(StoreError::Unavailable { outage, .. }) => assert_eq!(outage, expected, "{code}"),
            other => panic!("{code}: {other:?}"),
        }
        if expected != Outage::Failing {
            before.unwrap();
            after.unwrap();
        }
    }
    driver.apply(insert("next", 1)).await.unwrap();
}
