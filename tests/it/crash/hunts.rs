//! The gateway is killed in the middle of live calls and started again: no phone rings on, nobody waits for ever, and
//! every alert is somebody's or is told to its people.

use super::caller::OnLine;
use super::gateway::Pair;
use super::{PATIENCE, number};
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::line::Kind;
use dutyline::exchange::phone_client::PhoneClient;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::Value;
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How fast is spoken here: slow enough to be killed in the middle of a sentence.
const SPEED: f64 = 8.0;
/// Teams of two, each with a caller of their own.
const TEAMS: usize = 5;

fn caller(team: usize) -> String {
    format!("+1555040{team}")
}

fn member(team: usize, n: usize) -> String {
    format!("+155503{team}{n}")
}

/// The teams; `rings`: seconds for which a phone rings.
fn teams(rings: u32) -> String {
    let mut text = format!(
        // Nobody tells of a caller who hangs up while no gateway runs.
        "[voice]\ncall_deadline_seconds = 60\n\
         [voice.hunt]\nring_seconds = {rings}\naccept_seconds = 60\ncaller_seconds = 120\n\
         [mail]\nhost = \"127.0.0.1\"\nport = 1\ntls = \"none\"\nfrom = \"dutyline@test.example\"\n"
    );
    let person = |text: &mut String, id: &str, number: &str| {
        write!(
            text,
            "[[person]]\nid = \"{id}\"\nname = \"Person {id}\"\n\
             [[person.device]]\nkind = \"voice\"\nnumber = \"{number}\"\n\
             [[person.device]]\nkind = \"sms\"\nnumber = \"{number}\"\n"
        )
        .unwrap();
    };
    for team in 0..TEAMS {
        person(&mut text, &format!("caller{team}"), &caller(team));
        for n in 0..2 {
            person(&mut text, &format!("member{team}{n}"), &member(team, n));
        }
        write!(
            text,
            "[[voice.group]]\nname = \"Team {team}\"\n[[group]]\nname = \"Team {team}\"\n\
             members = [{{ person = \"member{team}0\" }}, {{ person = \"member{team}1\" }}]\n"
        )
        .unwrap();
    }
    text
}

/// A caller who has asked to talk to their team.
async fn asks(pair: &Pair, team: usize) -> OnLine {
    let mut line = OnLine::dial(&pair.phone(), &caller(team)).await;
    line.hears("Press 3 to talk").await;
    line.press("3").await;
    line.hears(&format!("Press {} for", team + 1)).await;
    line.press(&(team + 1).to_string()).await;
    line
}

/// The next call to the phone of a team's member that is not over; `after` so many others.
async fn rung(pair: &Pair, team: usize, n: usize, after: usize) -> OnLine {
    let phone = pair.phone();
    let calls = phone.calls_to(&member(team, n), after, Duration::from_mins(1)).await.unwrap();
    OnLine::of(phone, calls.first().expect("the phone rings").sid.clone())
}

/// How often a member's phone has rung.
async fn rang(pair: &Pair, team: usize, n: usize) -> usize {
    pair.phone().calls_to(&member(team, n), 0, Duration::ZERO).await.unwrap().len()
}

/// Waits until everything is over, and nothing rings.
async fn is_settled(pair: &Pair) {
    let begun = Instant::now();
    loop {
        let mut open: Vec<String> = pair.calls().await.iter().flat_map(unsettled).collect();
        let ringing = pair.phone().ringing().await.unwrap();
        if ringing > 0 {
            open.push(format!("{ringing} phones ring"));
        }
        if open.is_empty() {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{open:#?}");
        pair.pause(Duration::from_millis(200)).await;
    }
}

/// What of a call is not over.
fn unsettled(call: &Value) -> Vec<String> {
    let mut open = vec![];
    if call["ended_at"].is_null() {
        open.push(format!("a call is {}", call["state"]));
    }
    let legs = call["legs"].as_array().unwrap();
    open.extend(legs.iter().filter(|leg| leg["ended_at"].is_null()).map(|leg| format!("under way: {leg}")));
    let alerts = call["alerts"].as_array().unwrap();
    if alerts.len() > 1 {
        open.push(format!("{} alerts of one live call", alerts.len()));
    }
    for alert in alerts {
        let is_told = alert["log"].as_array().unwrap().iter().any(|entry| entry["what"] == "announced");
        if alert["held"] == true || (alert["state"] == "open" && !is_told) {
            open.push(format!("nobody knows of it: {alert}"));
        }
    }
    open
}

/// The only live call of a team.
async fn story(pair: &Pair, team: usize) -> Value {
    let name = format!("Person caller{team}");
    let mut calls = pair.calls().await;
    calls.retain(|call| call["caller"]["name"] == name.as_str());
    assert_eq!(calls.len(), 1, "{calls:#?}");
    calls.remove(0)
}

fn ends(call: &Value) -> Vec<(&str, &str)> {
    let legs = call["legs"].as_array().unwrap().iter();
    legs.map(|leg| (leg["person"].as_str().unwrap(), leg["end"].as_str().unwrap_or("open"))).collect()
}

/// Five calls at once, each somewhere else: a phone rings; the callee hears who calls; has just said yes; they talk;
/// and the caller hangs up at that moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_is_back_soon_goes_on_with_every_hunt() {
    let mut pair = Pair::start(SPEED, &teams(60)).await;
    let mut callers = vec![];
    let mut phones = vec![];
    for team in 0..TEAMS {
        callers.push(asks(&pair, team).await);
        phones.push(rung(&pair, team, 0, 0).await);
    }
    // Who says yes says it last of all.
    for team in [1, 3, 2] {
        assert!(phones[team].pick_up().await);
        phones[team].hears("is calling Team").await;
    }
    phones[3].press("5").await;
    callers[3].comes_to(Kind::Connected).await;
    let (others, last) = callers.split_at_mut(4);
    tokio::join!(phones[2].press("5"), last[0].puts_down());
    pair.kill_gateway(0);
    pair.pause(Duration::from_secs(2)).await;
    pair.start_gateway(0);

    assert!(phones[0].pick_up().await, "it rings on, for a caller who waits");
    for team in [0, 1] {
        phones[team].hears("Press any key").await;
        phones[team].press("5").await;
    }
    for team in [0, 1, 2] {
        others[team].comes_to(Kind::Connected).await;
        assert!(!others[team].is_over, "team {team} talks");
    }
    assert!(!others[3].is_over, "they talk on");
    pair.pause(Duration::from_secs(4)).await;
    for line in others {
        line.hang_up().await;
    }
    is_settled(&pair).await;
    for team in 0..4 {
        let call = story(&pair, team).await;
        assert_eq!(ends(&call), [(format!("member{team}0").as_str(), "talked")], "{call:#}");
        assert_eq!(call["alerts"][0]["state"], "acknowledged");
    }
    let call = story(&pair, 4).await;
    assert_eq!(ends(&call), [("member40", "caller_gone")], "{call:#}");
}

/// The gateway is away for so long that the carrier tells it nothing of what happens meanwhile: a caller hangs up while
/// a phone rings for a minute, a callee hangs up, one declines, two have talked; and one phone rings for somebody who
/// waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_was_away_for_long_finds_out_what_happened() {
    let mut pair = Pair::start(SPEED, &teams(60)).await;
    let mut callers = vec![];
    let mut phones = vec![];
    for team in 0..TEAMS {
        callers.push(asks(&pair, team).await);
        phones.push(rung(&pair, team, 0, 0).await);
    }
    for team in [1, 3] {
        assert!(phones[team].pick_up().await);
        phones[team].hears("is calling Team").await;
    }
    phones[3].press("5").await;
    callers[3].comes_to(Kind::Connected).await;
    pair.kill_gateway(0);
    callers[0].hang_up().await;
    phones[1].hang_up().await;
    phones[2].decline().await;
    phones[3].hang_up().await;
    // The carrier gives a callback fifteen seconds, and who gets no document is cut off after as many.
    for caller in &mut callers {
        caller.is_cut_off().await;
    }
    assert_eq!(pair.phone().ringing().await.unwrap(), 2, "for nobody any more, and nobody knows");
    pair.pause(Duration::from_secs(3)).await;
    pair.start_gateway(0);
    let begun = Instant::now();
    is_settled(&pair).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "at the start, and not by a deadline");
    for team in 0..TEAMS {
        assert_eq!(rang(&pair, team, 1).await, 0, "nobody else is called for a caller who is gone");
    }
}

/// The carrier has been asked to ring a phone, and the gateway is gone before the answer: the phone is not rung twice,
/// and whoever picks it up is put through.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_the_gateway_did_not_live_to_hear_of_is_adopted() {
    let mut pair = Pair::start(SPEED, &teams(60)).await;
    let faults = [Fault::PlacingAnswersLost, Fault::StatusCallbackLost].into();
    pair.phone().behave(&Behaviour { faults, ..Behaviour::default() }).await.unwrap();
    let mut line = asks(&pair, 0).await;
    let mut phone = rung(&pair, 0, 0, 0).await;
    pair.kill_gateway(0);
    pair.pause(Duration::from_secs(1)).await;
    pair.start_gateway(0);
    pair.alerts().await;
    assert!(phone.pick_up().await);
    phone.hears("Press any key").await;
    phone.press("5").await;
    line.comes_to(Kind::Connected).await;
    assert!(!line.is_over);
    pair.pause(Duration::from_secs(4)).await;
    // Not even the end is told.
    line.hang_up().await;
    phone.is_cut_off().await;
    is_settled(&pair).await;
    let call = story(&pair, 0).await;
    assert_eq!(ends(&call), [("member00", "talked")], "{call:#}");
    assert_eq!(rang(&pair, 0, 0).await, 1);
}

/// The same with a carrier that takes its time: the request is on its way when the gateway is killed, and the caller
/// hangs up before it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_begins_to_ring_when_nobody_wants_it_any_more_is_stopped() {
    let mut pair = Pair::start(SPEED, &teams(60)).await;
    let mut line = asks(&pair, 0).await;
    let phone = rung(&pair, 0, 0, 0).await;
    // The next is called as soon as this one declines; the carrier comes to a halt meanwhile.
    phone.decline().await;
    let begun = Instant::now();
    while story(&pair, 0).await["legs"].as_array().unwrap().len() < 2 {
        assert!(begun.elapsed() < PATIENCE);
    }
    pair.halt_exchange();
    pair.kill_gateway(0);
    pair.resume_exchange();
    line.hang_up().await;
    pair.start_gateway(0);
    is_settled(&pair).await;
    let call = story(&pair, 0).await;
    assert_eq!(call["legs"].as_array().unwrap().len(), 2, "{call:#}");
}

/// People call and are called, everybody does what they like, and the gateway is killed again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_random_moments_of_live_calls_leave_nothing_behind() {
    let pair = Pair::start(SPEED, &teams(5)).await;
    kill(pair, 1, number("DUTYLINE_KILLS").map_or(6, |kills| kills / 4)).await;
}

/// One of three gateways on one database is killed, while the others go on.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_among_three_in_live_calls_leave_nothing_behind() {
    let Some(database) = crate::database::TestDatabase::new().await else { return };
    let pair = Pair::start_on(Some(&database.url()), 3, SPEED, &teams(5)).await;
    kill(pair, 3, number("DUTYLINE_KILLS").map_or(4, |kills| kills / 8)).await;
}

async fn kill(mut pair: Pair, gateways: usize, kills: u64) {
    let seed = number("DUTYLINE_SEED").unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    println!("DUTYLINE_SEED={seed}");
    let mut dice = StdRng::seed_from_u64(seed);
    let (done, is_done) = watch::channel(false);
    let mut people = vec![];
    for team in 0..TEAMS {
        let dice = |n: u64| StdRng::seed_from_u64(seed.wrapping_add(10 * team as u64 + n));
        people.push(tokio::spawn(calls_again(pair.phone(), team, dice(0), is_done.clone())));
        for n in 0..2 {
            let (number, dice) = (member(team, n), dice(1 + n as u64));
            people.push(tokio::spawn(is_called(pair.phone(), number, dice, is_done.clone())));
        }
    }
    for _ in 0..kills {
        pair.pause(Duration::from_millis(dice.random_range(200..2_000))).await;
        let n = dice.random_range(0..gateways);
        pair.kill_gateway(n);
        pair.pause(Duration::from_millis(dice.random_range(0..800))).await;
        pair.start_gateway(n);
    }
    done.send_replace(true);
    let mut talked = 0;
    for one in people {
        talked += one.await.unwrap();
    }
    is_settled(&pair).await;
    let calls = pair.calls().await;
    println!("{} calls, {talked} people talked, {kills} kills", calls.len());
    assert!(talked > 0, "nobody talked: that shows nothing");
}

/// Somebody who asks to talk to their team again and again. Answers how often they did.
async fn calls_again(
    phone: PhoneClient,
    team: usize,
    mut dice: StdRng,
    done: watch::Receiver<bool>,
) -> usize {
    let mut talked = 0;
    while !*done.borrow() {
        let mut line = OnLine::dial(&phone, &caller(team)).await;
        line.hears("Press 3 to talk").await;
        line.press("3").await;
        line.hears(&format!("Press {} for", team + 1)).await;
        line.press(&(team + 1).to_string()).await;
        if dice.random_bool(0.3) {
            line.listens(Duration::from_millis(dice.random_range(0..3_000))).await;
        } else {
            line.connected_or_offered().await;
            talked += usize::from(!line.is_over && line.is_connected);
            line.listens(Duration::from_millis(dice.random_range(0..4_000))).await;
        }
        line.hang_up().await;
    }
    talked
}

/// Somebody whose phone rings now and again. Answers how often they talked.
async fn is_called(
    phone: PhoneClient,
    number: String,
    mut dice: StdRng,
    done: watch::Receiver<bool>,
) -> usize {
    let (mut seen, mut talked) = (0, 0);
    while !*done.borrow() {
        let calls = phone.calls_to(&number, seen, Duration::from_millis(500)).await.unwrap();
        let Some(call) = calls.into_iter().next() else { continue };
        seen = call.n;
        let mut line = OnLine::of(phone.clone(), call.sid);
        line.listens(Duration::from_millis(dice.random_range(0..1_500))).await;
        match dice.random_range(0..10) {
            0 => {}
            1 => line.decline().await,
            what => {
                if !line.pick_up().await {
                    continue;
                }
                if what > 2 {
                    line.hears("Press any key").await;
                    line.press(if what > 3 { "5" } else { "*" }).await;
                    line.listens(Duration::from_millis(dice.random_range(0..5_000))).await;
                    talked += usize::from(line.is_connected);
                }
                line.hang_up().await;
            }
        }
    }
    talked
}
