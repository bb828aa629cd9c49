//! Events that are only tried out.

use super::*;
use rusqlite::Connection;

async fn tried(world: &World, event: &Value) -> Value {
    said(posted(world, "?simulate=1").json(event).send().await.unwrap(), StatusCode::OK).await
}

/// How many rows there are in all tables.
fn rows(world: &World) -> i64 {
    let database = Connection::open(world.folder().join("dutyline.db")).unwrap();
    let sql = "select name from sqlite_master where type = 'table'";
    let mut tables = database.prepare(sql).unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name| {
        database.query_one(&format!("select count(*) from \"{name}\""), [], |row| row.get::<_, i64>(0))
    };
    names.iter().map(|name| count(name).unwrap()).sum::<i64>()
}

#[tokio::test]
async fn what_would_happen_is_shown_with_every_reason_and_nothing_is_stored() {
    let world = world().await;
    let before = rows(&world);
    let request = posted(&world, "?simulate=1").header("idempotency-key", "k1");
    let tried =
        request.json(&json!({ "title": "postgres is slow", "X-S4-ExternalID": "a1", "severity": "low" }));
    let tried = said(tried.send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(tried["simulated"], true);
    assert_eq!((&tried["outcome"], &tried["category"]), (&json!("opened"), &json!("Database")));
    assert_eq!(
        (&tried["decidedBy"], &tried["eventId"], &tried["alertId"]),
        (&json!("postgres"), &Value::Null, &Value::Null)
    );
    let told: Vec<_> =
        tried["wouldTell"].as_array().unwrap().iter().map(|one| (&one["person"], &one["by"])).collect();
    assert!(told.contains(&(&json!("ada"), &json!("email"))), "{told:?}");
    assert!(told.contains(&(&json!("ben"), &json!("sms"))), "{told:?}");
    assert!(!tried.to_string().contains("test.example") && !tried.to_string().contains("+1555"), "{tried}");
    let steps = tried["steps"].to_string();
    for decision in ["postgres", "severity", "acknowledge", "one is opened"] {
        assert!(steps.contains(decision), "{decision}: {steps}");
    }
    assert_eq!(tried["wouldLog"][0]["what"], "opened_by_event", "{tried}");
    assert_eq!(rows(&world), before);
    world.settle().await;
    assert!(world.exchange.arrived(0).is_empty());
}

#[tokio::test]
async fn the_alerts_that_there_are_count() {
    let world = world().await;
    let opened = event(&world, critical()).await;
    let repeated = tried(&world, &critical()).await;
    assert_eq!((&repeated["outcome"], &repeated["alertId"]), (&json!("repeated"), &opened["alertId"]));
    assert_eq!(tried(&world, &status("a1", "Resolved")).await["outcome"], "resolved");
    assert_eq!(tried(&world, &status("a2", "Resolved")).await["outcome"], "unmatched");
    assert_eq!(tried(&world, &status("a1", "Odd")).await["discarded"], true);
    assert_eq!(states(&world).await, ["open"]);
    assert_eq!(alerts(&world).await[0]["repeats"], 0);
}
