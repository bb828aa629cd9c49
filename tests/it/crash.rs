//! The gateway is killed at random moments of calls and started again: no alert is lost, none is doubled.
//!
//! Real processes in real time: the exchange keeps running, the gateway dies twenty times. `DUTYLINE_SEED`
//! repeats a run (as far as processes repeat themselves); `DUTYLINE_KILLS` asks for more kills.

mod caller;
mod events;
mod gateway;
mod hunts;

use caller::{Caller, Outcome, SPEED};
use gateway::Pair;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// People on the phone at the same time.
const CALLERS: usize = 4;
/// How long the last alerts may take: a recording whose call was lost sight of is looked for after ten seconds,
/// and again after thirty more.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_at_random_moments_loses_and_doubles_no_alert() {
    kill(Pair::start(SPEED, &callers(CALLERS, 300)).await, 1, number("DUTYLINE_KILLS").unwrap_or(20)).await;
}

/// One of three gateways on one database is killed, while the others go on.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_among_three_on_one_database_lose_and_double_no_alert() {
    let Some(database) = crate::database::TestDatabase::new().await else { return };
    let pair = Pair::start_on(Some(&database.url()), 3, SPEED, &callers(CALLERS, 300)).await;
    kill(pair, 3, number("DUTYLINE_KILLS").map_or(6, |kills| kills / 4)).await;
}

/// Kills any of so many gateways, again and again, while people call.
async fn kill(mut pair: Pair, gateways: usize, kills: u64) {
    let seed = number("DUTYLINE_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("DUTYLINE_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (done, is_done) = tokio::sync::watch::channel(false);
    let callers: Vec<_> = (0..CALLERS)
        .map(|who| {
            let caller = Caller::new(who, pair.phone(), seed.wrapping_add(who as u64));
            tokio::spawn(caller.call_until(is_done.clone()))
        })
        .collect();
    for _ in 0..kills {
        pair.pause(Duration::from_millis(dice.random_range(50..1_200))).await;
        let n = dice.random_range(0..gateways);
        pair.kill_gateway(n);
        pair.start_gateway(n);
    }
    done.send_replace(true);
    let mut outcomes = vec![];
    for caller in callers {
        outcomes.extend(caller.await.unwrap());
    }
    let recorded = outcomes.iter().filter(|outcome| !outcome.takes.is_empty()).count();
    println!("{} calls, {recorded} with a message, {kills} kills", outcomes.len());
    assert!(recorded >= CALLERS, "too few messages to show anything");
    let begun = Instant::now();
    loop {
        let problems = compare(&outcomes, &pair.alerts().await);
        if problems.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "seed {seed}: {problems:#?}");
        pair.pause(Duration::from_secs(1)).await;
    }
}

/// The gateway is away when a caller hangs up, and for so long that the carrier tells it nothing any more. What
/// was said is found at the carrier by the call's deadline.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_while_the_gateway_was_away_becomes_an_alert() {
    let mut pair = Pair::start(SPEED, &callers(1, 15)).await;
    let mut caller = Caller::new(0, pair.phone(), 1);
    let line = caller.begin_to_speak().await;
    pair.kill_gateway(0);
    let outcome = line.hang_up_in_the_middle().await;
    assert_eq!(outcome.takes.len(), 1);
    // The carrier gives a callback fifteen seconds.
    pair.pause(Duration::from_secs(17)).await;
    pair.start_gateway(0);
    let begun = Instant::now();
    while !compare(std::slice::from_ref(&outcome), &pair.alerts().await).is_empty() {
        assert!(begun.elapsed() < PATIENCE, "no alert of {outcome:?}");
        pair.pause(Duration::from_secs(1)).await;
    }
}

/// Settings with so many callers and two groups; `longest`: seconds that a message may take.
fn callers(callers: usize, longest: u32) -> String {
    let mut text = format!("[voice]\nlongest_message_seconds = {longest}\ndraft_deadline_seconds = 10\n");
    for who in 0..callers {
        let (name, number) = (Caller::name(who), Caller::number(who));
        write!(
            text,
            "[[person]]\nid = \"caller{who}\"\nname = \"{name}\"\n[[person.device]]\nkind = \"voice\"\nnumber = \"{number}\"\n"
        )
        .unwrap();
    }
    for group in ["Database", "Network"] {
        write!(
            text,
            "[[voice.group]]\nname = \"{group}\"\n[[group]]\nname = \"{group}\"\nmembers = [{{ person = \"caller0\" }}]\n"
        )
        .unwrap();
    }
    text
}

/// What is wrong with the alerts, by the length of their messages: each take has a length of its own.
fn compare(outcomes: &[Outcome], alerts: &[Value]) -> Vec<String> {
    let mut found: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for alert in alerts {
        let caller = alert["caller"]["name"].as_str().unwrap_or_default().to_owned();
        *found.entry((caller, alert["message"]["seconds"].as_u64().unwrap_or_default())).or_default() += 1;
    }
    let mut problems = vec![];
    for outcome in outcomes {
        let count: usize = outcome
            .takes
            .iter()
            .map(|seconds| found.remove(&(outcome.name.clone(), *seconds)).unwrap_or_default())
            .sum();
        if !outcome.allowed().contains(&count) {
            problems.push(format!("{count} alerts of {outcome:?}"));
        }
    }
    problems
        .extend(found.into_keys().map(|(name, seconds)| format!("nobody asked for {seconds} s by {name}")));
    problems
}

fn number(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a test's knob, no setting of the program")]
    std::env::var(name).ok()?.parse().ok()
}
