//! A whole call leaves nothing of anybody in the log.

use crate::world::{Logs, World};
use dutyline::exchange::script;

const CALL: &str = r#"
caller ada
dial
press 1
records "Walrus in the pump room" for 14 seconds
press 1
call ends
sms to ben containing "Walrus"
mail to ada containing "Walrus"
caller +15550199
dial
call ends
"#;

#[tokio::test]
async fn no_number_address_token_code_query_or_message_is_logged() {
    let logs = Logs::caught();
    let world = World::start("one-group").await;
    let script = script::parse("logs", &format!("settings one-group\n{CALL}")).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(5).await;
    let alerts = world.api("/api/alerts?limit=7").await;
    let link = alerts["alerts"][0]["link"].as_str().unwrap().to_owned();
    let code = link.rsplit('/').next().unwrap();
    for path in [format!("/l/{code}"), format!("/l/{code}/audio"), format!("/nowhere/{code}?x=secret-query")]
    {
        world.http.get(world.url(&path)).send().await.unwrap();
    }
    // Without the times: they have digits of their own.
    let log = logs.text();
    let log: Vec<_> = log.lines().map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest)).collect();
    let log = log.join("\n");
    assert!(log.contains("alert opened") && log.contains("caller refused"), "{log}");
    assert!(log.contains("route=\"/l/{code}/audio\""), "{log}");
    let token = world.app.live().settings.carrier.auth_token.as_ref().unwrap().expose().to_owned();
    let never = [
        "1555",
        "ada@",
        "ben@",
        "dutyline@",
        "Walrus",
        "limit=7",
        "secret-query",
        "Ada",
        "Ben",
        code,
        &token,
        &world.key,
    ];
    for never in never {
        assert!(!log.contains(never), "{never} in\n{log}");
    }
}

const LIVE: &str = r#"
caller ada
dmitri declines after 3 seconds
eva answers after 4 seconds
dial
press 3
press 3
eva hears "Ada Admin"
eva hears "Taste"
eva presses 1379
connected
says "Walrus in the pump room"
eva hears "Walrus"
wait 5 seconds
hangs up
eva is cut off
alert for "Database Infrastructure" state acknowledged by eva
"#;

#[tokio::test]
async fn no_number_name_or_key_of_a_live_call_is_logged() {
    let logs = Logs::caught();
    let world = World::start("demo").await;
    world.play(&script::parse("logs", LIVE).unwrap()).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(30).await;
    let log = logs.text();
    for step in ["phone called", "phone over", "alert acknowledged on the phone"] {
        assert!(log.contains(step), "{step} in\n{log}");
    }
    let numbers = ["15550101", "15550104", "4930123125", "4930123126"];
    let names = ["Ada", "Dmitri", "Eva", "Felix", "eva", "dmitri", "Walrus", "1379", "+1555", "+49"];
    for never in numbers.iter().chain(&names).chain(&[&*world.key]) {
        assert!(!log.contains(never), "{never} in\n{log}");
    }
}
