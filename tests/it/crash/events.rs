//! The gateway is killed while events come in and people are told of them: no event that was answered is lost, none opens
//! two alerts, everybody is told, and nobody twice but where that is counted.

use super::gateway::Pair;
use super::number;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Programs that post events at the same time.
const SENDERS: usize = 4;
const SECRET: &str = "tests-only-plant";
/// How long the last messages may take: what was being sent when a gateway was killed is another's when its lease has ended.
const PATIENCE: Duration = Duration::from_secs(120);
/// How fast is spoken: nobody is on the phone for long.
const SPEED: f64 = 20.0;

/// A team of one, who is told by every road that there is.
fn team() -> String {
    format!(
        r#"
[mail]
host = "127.0.0.1"
port = {{mail}}
tls = "none"
from = "dutyline@test.example"
[[voice.group]]
name = "Duty"
[[group]]
name = "Duty"
members = [{{ person = "ada" }}]
[[person]]
id = "ada"
name = "Ada Admin"
[[person.device]]
kind = "sms"
number = "+15550101"
[[person.device]]
kind = "email"
address = "ada@test.example"
[[policy]]
name = "standard"
last_resort = [{{ person = "ada" }}]
[[policy.step]]
to = [{{ on_duty = true }}]
wait_seconds = 3600
[[team]]
name = "Plant"
on_call = [{{ group = "Duty" }}]
policy = "standard"
[[team.integration]]
name = "tests"
secret = "{SECRET}"
"#
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_while_events_come_in_lose_none_and_double_none() {
    let pair = Pair::start(SPEED, &team()).await;
    kill(pair, 1, number("DUTYLINE_KILLS").unwrap_or(30)).await;
}

/// One of three gateways on one database is killed, while the others go on.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_among_three_while_events_come_in_lose_none_and_double_none() {
    let Some(database) = crate::database::TestDatabase::new().await else { return };
    let pair = Pair::start_on(Some(&database.url()), 3, SPEED, &team()).await;
    kill(pair, 3, number("DUTYLINE_KILLS").map_or(9, |kills| kills / 4)).await;
}

/// Kills any of so many gateways, again and again, while events come in.
async fn kill(mut pair: Pair, gateways: usize, kills: u64) {
    let seed = number("DUTYLINE_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("DUTYLINE_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (done, is_done) = watch::channel(false);
    let senders: Vec<_> = (0..SENDERS)
        .map(|n| tokio::spawn(send_until(n, pair.url(&format!("/webhook/{SECRET}")), is_done.clone())))
        .collect();
    for _ in 0..kills {
        pair.pause(Duration::from_millis(dice.random_range(20..400))).await;
        let n = dice.random_range(0..gateways);
        pair.kill_gateway(n);
        pair.start_gateway(n);
    }
    done.send_replace(true);
    let mut sent = vec![];
    for sender in senders {
        sent.extend(sender.await.unwrap());
    }
    assert!(sent.len() >= SENDERS * 3, "too few events to show anything: {}", sent.len());
    let begun = Instant::now();
    loop {
        let found = Found::of(&pair, &sent).await;
        if found.problems.is_empty() {
            println!("{} events, {kills} kills, {} messages came twice", sent.len(), found.doubled);
            assert!(found.doubled <= found.unknown, "seed {seed}: twice, and not counted as unknown");
            return;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "seed {seed}: {:#?} {:#?}",
            &found.problems[..found.problems.len().min(20)],
            states(&pair).await
        );
        pair.pause(Duration::from_secs(1)).await;
    }
}

/// Posts events one after another, each until it is answered; answers their ids.
async fn send_until(n: usize, url: String, is_done: watch::Receiver<bool>) -> Vec<String> {
    let http = dutyline::adapters::http_client::build(Duration::from_secs(5)).unwrap();
    let mut ids = vec![];
    while !*is_done.borrow() {
        let id = format!("e{n}x{}x", ids.len());
        let event = json!({ "title": format!("Event {id}"), "X-S4-ExternalID": id });
        loop {
            let request = http.post(&url).header("idempotency-key", &id).json(&event);
            match request.send().await {
                Ok(answer) if answer.status().as_u16() == 201 => break,
                Ok(answer) => assert!(answer.status().is_server_error(), "{}", answer.status()),
                Err(_gone) => {}
            }
            #[expect(clippy::disallowed_methods, reason = "processes are killed in real time")]
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        ids.push(id);
        #[expect(clippy::disallowed_methods, reason = "processes are killed in real time")]
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ids
}

/// What has become of the events.
struct Found {
    problems: Vec<String>,
    /// Messages that came more than once, less one each.
    doubled: usize,
    /// Messages of which the gateway knows that they may have.
    unknown: usize,
}

impl Found {
    async fn of(pair: &Pair, sent: &[String]) -> Self {
        let mut alerts: BTreeMap<String, usize> = BTreeMap::new();
        for alert in pair.alerts().await {
            let id = alert["event"]["external_id"].as_str().unwrap_or_default().to_owned();
            *alerts.entry(id).or_default() += 1;
        }
        let mut told: BTreeMap<(String, String), usize> = BTreeMap::new();
        for one in pair.phone().messages(0, Duration::ZERO).await.unwrap() {
            let text = serde_json::to_string(&one).unwrap();
            if let Some(id) = text.split("Event ").nth(1).and_then(|rest| {
                rest.split('x').nth(1).map(|n| format!("{}x{n}x", rest.split('x').next().unwrap_or_default()))
            }) {
                *told.entry((id, one.to.clone())).or_default() += 1;
            }
        }
        let mut problems = vec![];
        for id in sent {
            match alerts.get(id) {
                Some(1) => {}
                other => problems.push(format!("{id}: {} alerts", other.copied().unwrap_or_default())),
            }
            for to in ["+15550101", "ada@test.example"] {
                if !told.contains_key(&(id.clone(), to.to_owned())) {
                    problems.push(format!("{id}: nothing has gone to {to}"));
                }
            }
        }
        let doubled = told.values().map(|count| count - 1).sum();
        Self { problems, doubled, unknown: unknown(pair).await }
    }
}

/// Messages of which nobody can know whether they went out before a kill.
async fn unknown(pair: &Pair) -> usize {
    let is_unknown = |one: &&Value| {
        one["attempts"].as_array().is_some_and(|all| all.iter().any(|a| a["outcome"] == "unknown"))
    };
    let messages = pair.pages("notifications").await;
    messages.iter().filter(is_unknown).count()
}

/// How many messages are in which state, by which road, and why.
async fn states(pair: &Pair) -> BTreeMap<String, usize> {
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for one in pair.pages("notifications").await {
        let state = format!("{} {} {}", one["by"], one["state"], one["cause"]);
        *states.entry(state).or_default() += 1;
    }
    states
}
