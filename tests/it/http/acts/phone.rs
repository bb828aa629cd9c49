//! What people do with the keys of a phone: the audit keeps it, as it keeps what programs do.

use super::*;
use dutyline::exchange::script;

/// Plays a call; answers what the audit has after it: what, by whom, from where, and the states before and after.
async fn audited(steps: &str) -> Vec<Value> {
    let world = World::start("rings").await;
    let script = script::parse("audited", steps).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    let audit = world.api("/api/audit").await;
    let shown = audit["entries"].as_array().unwrap().iter().map(|entry| {
        let state = |when: &str| entry[when]["alert"]["state"].clone();
        json!([entry["what"], entry["by"], entry["after"]["from"], state("before"), state("after")])
    });
    shown.collect()
}

#[tokio::test]
async fn a_key_of_the_phone_that_rings_is_in_the_audit() {
    let resolved = audited(
        "caller ada\nben answers\ndial\npress 1\npress 1\nrecords \"Pumps\" for 5 seconds\npress 1\ncall ends\n\
         ben hears \"Press 4 to acknowledge\"\nben presses 6\nben is cut off\n",
    );
    assert_eq!(resolved.await, [json!(["alert_resolved", "ben", "phone", "open", "resolved"])]);
}

#[tokio::test]
async fn a_key_of_who_calls_in_is_in_the_audit() {
    let answered = audited(
        "caller ada\ndial\npress 1\npress 1\nrecords \"Pumps\" for 5 seconds\npress 1\ncall ends\nwait 200 seconds\n\
         caller ben\ndial\npress 3\npress 4\nhears \"The alert is acknowledged\"\nhangs up\n",
    );
    assert_eq!(answered.await, [json!(["alert_acknowledged", "ben", "phone", "open", "acknowledged"])]);
}
