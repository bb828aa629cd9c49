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
