//! What an operator feels: a storm of events while somebody looks at the list, the first message of a quiet night, and
//! the list with a million alerts behind it.

use super::events::{first_message, request};
use super::load::{Connection, open, send_over};
use super::server::{Server, free_address, rest};
use super::settings::{API_TOKEN, Gateway};
use super::upstream::{self, Upstream};
use super::{Failed, median, say};
use clap::Args;
use rusqlite::Connection as Database;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Connections that a storm comes over.
const CONNECTIONS: usize = 256;

/// Measures a storm, a first message, and a long list.
#[derive(Debug, Args)]
pub(super) struct Burst {
    /// Alerts of the storm.
    #[arg(long, default_value_t = 6_000)]
    alerts: usize,
    /// Alerts that are stored before the list is read.
    #[arg(long, default_value_t = 1_000_000)]
    stored: usize,
    /// Prints only what a script needs: seconds until every alert of the storm has its first message decided, the
    /// slowest answer of the API meanwhile, the first message when idle, the first page of the list, that of the open
    /// ones, one far behind, and that of a word that few alerts have, all but the first in milliseconds.
    #[arg(long)]
    figures: bool,
}

impl Burst {
    /// Shows in a moment that everything still works together.
    pub(super) const fn short() -> Self {
        Self { alerts: 20, stored: 1_000, figures: false }
    }

    /// Measures, and prints.
    pub(super) fn run(self) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(self.measure())
    }

    async fn measure(self) -> Result<(), Failed> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let (address, path, carrier) = (free_address()?, folder.path(), Upstream::start().await?);
        let settings =
            Gateway { listen: address, folder: path, postgres: None, carrier: carrier.address }.write()?;
        let gateway = Server::gateway(&settings, path, address).await?;
        let mut firsts = vec![];
        let mut connection = Connection::open(address).await?;
        // As many as one number gets in a quarter of an hour.
        for n in 0..7 {
            firsts.push(first_message(&mut connection, &carrier, &format!("quiet-{n}")).await?);
            upstream::quiet(address).await?;
        }
        let first = median(firsts);
        let (storm, slowest) = self.storm(address).await?;
        upstream::quiet(address).await?;
        gateway.stop()?;
        fill(&path.join("dutyline.db"), self.stored)?;
        let gateway = Server::gateway(&settings, path, address).await?;
        let top = page(address, "").await?;
        let open = page(address, "&state=open").await?;
        let deep = deep(address).await?;
        let rare = page(address, "&q=nowhere").await?;
        gateway.stop()?;
        if self.figures {
            say(&format!("{storm:.2} {slowest:.0} {first:.1} {top:.1} {open:.1} {deep:.1} {rare:.1}"));
            return Ok(());
        }
        say(&format!(
            "{} events at once: all decided after {storm:.2} s; the slowest answer of the API {slowest:.0} ms",
            self.alerts
        ));
        say(&format!("first message when idle: {first:.1} ms"));
        say(&format!(
            "{} stored alerts: first page {top:.1} ms, open ones {open:.1} ms, far behind {deep:.1} ms, by a rare word {rare:.1} ms",
            self.stored
        ));
        Ok(())
    }

    /// Sends everything at once, and looks at the list meanwhile; answers seconds, and milliseconds.
    async fn storm(&self, address: SocketAddr) -> Result<(f64, f64), Failed> {
        let mut connections = open(address, CONNECTIONS).await?;
        let mut lists = vec![vec![]; CONNECTIONS];
        for (n, list) in (0..self.alerts).zip((0..CONNECTIONS).cycle()) {
            let list = lists.get_mut(list).ok_or("no such connection")?;
            list.push(request(&format!("storm-{n}"))?);
        }
        let mut connection = Connection::open(address).await?;
        let mut slowest = Duration::ZERO;
        let looking = async {
            loop {
                let started = Instant::now();
                if let Err(error) = connection.ask(&list_request("")).await {
                    return error;
                }
                slowest = slowest.max(started.elapsed());
                rest(Duration::from_millis(20)).await;
            }
        };
        let (sent, _) = tokio::select! {
            sent = send_over(&mut connections, lists, b"{\"eventId\":") => sent?,
            error = looking => return Err(error),
        };
        Ok((sent.took.as_secs_f64(), slowest.as_secs_f64() * 1_000.0))
    }
}

/// Adds alerts that are over, and some that are open, to what is stored: copies of the newest one, a second apart.
fn fill(database: &Path, count: usize) -> Result<(), Failed> {
    let mut database = Database::open(database)?;
    let mut columns = database.prepare("select name from pragma_table_info('alerts')")?;
    let names = columns.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    drop(columns);
    let value = |name: &str| {
        match name {
        "id" => "substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' || substr(h, 13, 3) || '-8' || substr(h, 16, 3) || '-' || substr(h, 19, 12)"
            .to_owned(),
        "number" => "1000000 + n".to_owned(),
        "opened_at" => "opened_at - n * 1000000".to_owned(),
        // One of a thousand is open.
        "closed_at" => "case when n % 1000 = 0 then null else opened_at - n * 1000000 + 60000000 end".to_owned(),
        "closed_by" => "case when n % 1000 = 0 then null else 'key:bench' end".to_owned(),
        "closed_from" => "case when n % 1000 = 0 then null else 'api' end".to_owned(),
        "matter" | "acknowledged_at" | "acknowledged_by" | "acknowledged_from" | "due_at" => "null".to_owned(),
        other => other.to_owned(),
    }
    };
    let values = names.iter().map(|name| value(name)).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {count}), \
         newest as (select * from alerts order by opened_at desc limit 1), \
         rows as (select n, lower(hex(randomblob(15))) as h from numbers) \
         insert into alerts ({}) select {values} from rows cross join newest",
        names.join(", ")
    );
    let transaction = database.transaction()?;
    transaction.execute(&sql, [])?;
    transaction.commit()?;
    database.execute_batch("analyze")?;
    Ok(())
}

fn list_request(query: &str) -> Vec<u8> {
    format!(
        "GET /api/alerts?limit=50{query} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {API_TOKEN}\r\n\r\n"
    )
    .into_bytes()
}

/// The middle one of some readings of a page, in milliseconds.
async fn page(address: SocketAddr, query: &str) -> Result<f64, Failed> {
    let mut connection = Connection::open(address).await?;
    let mut times = vec![];
    for _ in 0..9 {
        let started = Instant::now();
        connection.ask(&list_request(query)).await?;
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(median(times))
}

/// The same after some hundred pages, by their cursors.
async fn deep(address: SocketAddr) -> Result<f64, Failed> {
    let mut connection = Connection::open(address).await?;
    let mut query = String::new();
    for _ in 0..300 {
        let body = connection.ask(&list_request(&query)).await?;
        let body: serde_json::Value = serde_json::from_slice(body)?;
        let Some(next) = body.get("next").and_then(serde_json::Value::as_str) else { break };
        query = format!("&after={next}");
    }
    page(address, &query).await
}
