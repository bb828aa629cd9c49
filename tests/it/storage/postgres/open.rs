//! Opening: the schema, and who is on the other end.

use super::{Bed, chain};
use crate::database::{TestDatabase, variable};
use dutyline::storage::driver::Driver;
use dutyline::storage::migrate::MigrateError;
use dutyline::storage::postgres::{OpenError, PostgresDriver, PostgresOptions};
use dutyline::storage::write::args;
use futures_util::future::join_all;

async fn refusal(options: PostgresOptions) -> OpenError {
    match PostgresDriver::open(&options).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_all_find_the_schema() {
    let Some(database) = TestDatabase::new().await else { return };
    let options = PostgresOptions::new(database.url());
    for opened in join_all((0..8).map(|_| PostgresDriver::open(&options))).await {
        opened.unwrap().ready().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_with_both_versions() {
    let Some(database) = TestDatabase::new().await else { return };
    let options = PostgresOptions::new(database.url());
    PostgresDriver::open(&options).await.unwrap().close().await;
    let later = "insert into refinery_schema_history (version, name, applied_on, checksum)
                 values (4711, 'later', '2031-01-01T00:00:00Z', '1')";
    database.stranger().await.batch_execute(later).await.unwrap();
    let OpenError::Migrate(MigrateError::Newer { database: 4711, program }) = refusal(options).await else {
        panic!("a newer schema must be refused");
    };
    assert!(program < 4711);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    // Nobody listens on port 1 of this machine.
    let error =
        refusal(PostgresOptions::new("postgresql://me:hunter2@127.0.0.1:1/calls?sslmode=disable")).await;
    assert_eq!(error.to_string(), "no connection to PostgreSQL at 127.0.0.1:1, database calls");
    let words = chain(&error);
    assert!(words.contains("refused") && !words.contains("hunter2"), "{words}");
}

#[tokio::test]
async fn what_is_no_url_is_not_shown() {
    for url in ["hunter2", "postgresql://me:hunter2@[/x", "postgresql://me:hun@ter2@127.0.0.1:1/calls"] {
        let error = refusal(PostgresOptions::new(url)).await;
        assert!(matches!(error, OpenError::Url), "{error:?}");
        assert!(!chain(&error).contains("ter2"), "{error}");
    }
}

/// Encrypted or refused, by what the URL asks for and whom the settings trust.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_as_the_url_says() {
    let Some(bed) = Bed::new().await else { return };
    let Some(authority) = variable("TEST_POSTGRES_CA") else {
        println!("SKIPPED: TEST_POSTGRES_CA names no certificate, so TLS was not tested");
        return;
    };
    let with = |mode: &str, known: bool| PostgresOptions {
        ca_file: known.then(|| authority.clone().into()),
        ..PostgresOptions::new(bed.database.url().replace("sslmode=disable", &format!("sslmode={mode}")))
    };
    let is_encrypted = async |options| {
        let driver = PostgresDriver::open(&options).await.unwrap();
        let sql = "select cast(ssl as text) from pg_stat_ssl where pid = pg_backend_pid()";
        let rows = driver.query(sql, args![]).await.unwrap();
        rows[0].text(0).unwrap() == "true"
    };
    assert!(is_encrypted(with("require", true)).await);
    assert!(is_encrypted(with("prefer", false)).await);
    assert!(!is_encrypted(with("disable", false)).await);
    let words = chain(&refusal(with("require", false)).await);
    assert!(words.contains("UnknownIssuer"), "{words}");
    // The certificate is for the address, not for this name of it.
    let elsewhere = with("require", true);
    let url = elsewhere.url.replacen("127.0.0.1", "localhost", 1);
    let words = chain(&refusal(PostgresOptions { url, ..elsewhere }).await);
    assert!(words.contains("not valid for name") || words.contains("NotValidForName"), "{words}");
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "none\n").unwrap();
    for path in [empty, folder.path().join("none.pem")] {
        let url = "postgresql://me@127.0.0.1:1/calls?sslmode=require";
        let error =
            refusal(PostgresOptions { ca_file: Some(path.clone()), ..PostgresOptions::new(url) }).await;
        assert_eq!(error.to_string(), format!("the certificates in {} can't be used", path.display()));
    }
}
