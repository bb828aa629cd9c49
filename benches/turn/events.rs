//! Durable events beside the group commit of the same rows: each event opens an alert, and alert, log, and first message
//! are on disk before it is answered.
//!
//! The baseline is this database alone, in this process, without a server: the very rows that the gateway has written,
//! with the same schema and the same durability (`synchronous=FULL`), those of 64 events a transaction.

use super::load::{Connection, Sent, open, send_over};
use super::server::{Server, free_address};
use super::settings::{Gateway, WEBHOOK};
use super::upstream::{self, Upstream};
use super::{Failed, median, say};
use clap::Args;
use rusqlite::types::Value;
use rusqlite::{Connection as Database, params_from_iter};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;
use tokio::net::TcpStream;

/// Events of one transaction of the baseline.
const TOGETHER: usize = 64;

/// What every answer begins with.
const TAKEN: &[u8] = br#"{"eventId":"#;

/// The tables that an event writes to.
const TABLES: [&str; 5] = ["events", "alerts", "alert_log", "notifications", "outbox"];

/// Measures events.
#[derive(Debug, Args)]
pub(super) struct Events {
    /// Connections that stay open, each with one request at a time.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Events on each connection, in a round: enough for seconds, since half a second shows how a fresh program starts.
    #[arg(long = "events", default_value_t = 300)]
    each: usize,
    /// Rounds; the middle one counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Prints only what a script needs: events a second, rate of the raw commits, ratio, p50, p99, ratio of events that
    /// say the same again.
    #[arg(long)]
    figures: bool,
}

impl Events {
    /// Shows in a moment that everything still works together.
    pub(super) const fn short() -> Self {
        Self { connections: 4, each: 4, rounds: 1, figures: false }
    }

    /// Measures, and prints.
    pub(super) fn run(self) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.compare())
    }

    async fn compare(self) -> Result<(), Failed> {
        let (mut news, mut again, mut raws) = (vec![], vec![], vec![]);
        let (mut ratios, mut repeats) = (vec![], vec![]);
        for round in 0..self.rounds {
            // A new database each time, so that none of them is larger than the baseline's.
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
            let (address, path, carrier) = (free_address()?, folder.path(), Upstream::start().await?);
            let settings =
                Gateway { listen: address, folder: path, postgres: None, carrier: carrier.address }
                    .write()?;
            let gateway = Server::gateway(&settings, path, address).await?;
            let mut connections = open(address, self.connections).await?;
            let lists = self.requests(round)?;
            let (new, lists) = send_over(&mut connections, lists, TAKEN).await?;
            let count = new.latencies.len();
            let written = Rows::of(path, count)?;
            upstream::quiet(address).await?;
            let (repeated, _) = send_over(&mut connections, lists, TAKEN).await?;
            upstream::quiet(address).await?;
            gateway.stop()?;
            let raw = written.commit(&path.join("raw.db"))?;
            ratios.push(new.rate() / raw);
            repeats.push(repeated.rate() / new.rate());
            raws.push(raw);
            news.push(new);
            again.push(repeated);
        }
        self.print(news, &again, raws, (median(ratios), median(repeats)));
        Ok(())
    }

    /// Events with an id of their own each, a kilobyte long.
    fn requests(&self, round: usize) -> Result<Vec<Vec<Vec<u8>>>, Failed> {
        let mut lists = Vec::with_capacity(self.connections);
        for connection in 0..self.connections {
            let list = (0..self.each).map(|event| request(&format!("{round}-{connection}-{event}")));
            lists.push(list.collect::<Result<_, _>>()?);
        }
        Ok(lists)
    }

    fn print(&self, mut news: Vec<Sent>, again: &[Sent], raws: Vec<f64>, (ratio, repeats): (f64, f64)) {
        let rate = median(news.iter().map(Sent::rate).collect());
        let repeated = median(again.iter().map(Sent::rate).collect());
        let p50 = median(news.iter_mut().map(|sent| sent.percentile(50)).collect());
        let p99 = median(news.iter_mut().map(|sent| sent.percentile(99)).collect());
        let raw = median(raws);
        if self.figures {
            return say(&format!("{rate:.0} {raw:.0} {ratio:.3} {p50:.2} {p99:.2} {repeats:.2}"));
        }
        say(&format!("{:>12}: {rate:>7.0} events/s, p50 {p50:.2} ms, p99 {p99:.2} ms", "new"));
        say(&format!("{:>12}: {repeated:>7.0} events/s, {repeats:.2} times as many", "repeated"));
        say(&format!("{:>12}: {raw:>7.0} events/s as rows, {TOGETHER} a commit", "raw"));
        say(&format!("{:>12}: {ratio:.3} of the raw commits", "beside it"));
    }
}

/// An event of that id, as it is sent.
pub(super) fn request(id: &str) -> Result<Vec<u8>, Failed> {
    let mut body = format!(
        r#"{{"Title": "Pump {id} has stopped", "Message": "Pressure is below two bar in the north hall", "X-S4-ExternalID": "{id}", "Readings": {{"#
    );
    let mut reading = 0;
    while body.len() < 960 {
        let comma = if reading == 0 { "" } else { ", " };
        write!(body, r#"{comma}"sensor {reading}": "{:.3} bar""#, f64::from(reading) / 7.0)?;
        reading += 1;
    }
    body.push_str("}}");
    let head = format!(
        "POST {WEBHOOK} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Ok([head.into_bytes(), body.into_bytes()].concat())
}

/// The rows that events have written, by table.
struct Rows {
    schema: Vec<String>,
    tables: Vec<(&'static str, Vec<Vec<Value>>)>,
    events: usize,
}

impl Rows {
    /// Those of the gateway whose data is in that folder. What it has carried out since is not in the outbox any more:
    /// a row stands for each message there.
    fn of(folder: &Path, events: usize) -> Result<Self, Failed> {
        let database = Database::open(folder.join("dutyline.db"))?;
        let mut schema =
            database.prepare("select sql from sqlite_master where sql is not null and tbl_name = ?1")?;
        let mut statements = vec![];
        let mut tables = vec![];
        for table in TABLES {
            let texts = schema.query_map([table], |row| row.get::<_, String>(0))?;
            statements.extend(texts.collect::<Result<Vec<_>, _>>()?);
            let sql = match table {
                "outbox" => {
                    "select lower(hex(randomblob(18))), '{\"kind\":\"send_sms.v1\",\"of\":\"' || id || '\"}', 0, 0, 'waiting', \
                     null, 'sms', null, null from notifications"
                }
                .to_owned(),
                table => format!("select * from {table}"),
            };
            let mut query = database.prepare(&sql)?;
            let columns = query.column_count();
            let rows = query.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
            tables.push((table, rows.collect::<Result<Vec<Vec<Value>>, _>>()?));
        }
        let short = |name: &str| tables.iter().any(|(table, rows)| *table == name && rows.len() < events);
        if TABLES.iter().any(|table| short(table)) {
            return Err("not every event has written all its rows".into());
        }
        Ok(Self { schema: statements, tables, events })
    }

    /// Writes them to a new database, those of some events a transaction; answers how many events a second that is.
    fn commit(self, to: &Path) -> Result<f64, Failed> {
        let database = Database::open(to)?;
        database.pragma_update(None, "journal_mode", "wal")?;
        database.pragma_update(None, "synchronous", "full")?;
        for statement in &self.schema {
            database.execute_batch(statement)?;
        }
        let started = Instant::now();
        let transactions = self.events.div_ceil(TOGETHER);
        for transaction in 0..transactions {
            database.execute_batch("begin immediate")?;
            for (table, rows) in &self.tables {
                let share = |n: usize| rows.len() * n / transactions;
                for row in rows.get(share(transaction)..share(transaction + 1)).unwrap_or_default() {
                    let marks = vec!["?"; row.len()].join(", ");
                    let sql = format!("insert into {table} values ({marks})");
                    database.prepare_cached(&sql)?.execute(params_from_iter(row))?;
                }
            }
            database.execute_batch("commit")?;
        }
        let events = f64::from(u32::try_from(self.events)?);
        Ok(events / started.elapsed().as_secs_f64())
    }
}

/// How long it takes until an event's first message is at whoever sends it, while nothing else is to be done.
pub(super) async fn first_message(
    connection: &mut Connection<TcpStream>,
    carrier: &Upstream,
    id: &str,
) -> Result<f64, Failed> {
    let before = carrier.taken();
    let started = Instant::now();
    connection.ask(&request(id)?).await?;
    while carrier.taken() == before {
        if started.elapsed().as_secs() > 10 {
            return Err("no message within ten seconds".into());
        }
        super::server::rest(std::time::Duration::from_micros(200)).await;
    }
    Ok(started.elapsed().as_secs_f64() * 1_000.0)
}
