//! Policies of open alerts, edited while the program runs.

use super::reload::Own;
use super::*;

/// Two policies, of which the team follows that one: who is told first, and after ten minutes.
fn settings(policy: &str) -> String {
    let one = |name: &str, first: &str, then: &str| {
        format!(
            "[[policy]]\nname = \"{name}\"\nlast_resort = [{{ person = \"{then}\" }}]\n\
             [[policy.step]]\nto = [{{ person = \"{first}\" }}]\nwait_seconds = 600\n\
             [[policy.step]]\nto = [{{ person = \"{then}\" }}]\nwait_seconds = 600\n"
        )
    };
    format!(
        "[voice]\nteam = \"Plant\"\n{}{}\
         [[team]]\nname = \"Plant\"\non_call = [{{ group = \"Database\" }}]\npolicy = \"{policy}\"\n\
         [[team.category]]\nname = \"Other\"\npolicy = \"{}\"\n",
        one("day", "ben", "ada"),
        one("night", "cleo", "ada"),
        // Each is followed by something.
        if policy == "day" { "night" } else { "day" },
    )
}

/// How many messages that say that the alert is open have reached that person's mailbox.
fn mails(world: &World, person: &str) -> usize {
    let address = format!("{person}@test.example");
    world.exchange.arrived(0).iter().filter(|message| message.to == address).count()
}

#[tokio::test]
async fn g07_another_policy_begins_at_once_and_so_does_the_old_one_when_it_is_back() {
    let own = Own::start().await;
    own.write(&settings("day"));
    assert_eq!(own.reload().await.status(), StatusCode::OK);
    let world = &own.world;
    leave_message(world, "transcription never comes").await;
    let told = |people: [usize; 3]| assert_eq!(["ben", "cleo", "ada"].map(|one| mails(world, one)), people);
    told([1, 0, 0]);

    world.wait(120).await;
    told([1, 0, 0]);
    own.write(&settings("night"));
    assert_eq!(own.reload().await.status(), StatusCode::OK);
    world.settle().await;
    told([1, 1, 0]);

    // The step of the policy before would be due now.
    world.wait(500).await;
    told([1, 1, 0]);
    world.wait(200).await;
    told([1, 1, 1]);

    own.write(&settings("day"));
    assert_eq!(own.reload().await.status(), StatusCode::OK);
    world.settle().await;
    told([2, 1, 1]);

    let id = only_alert(world).await["id"].as_str().unwrap().to_owned();
    let story = world.api(&format!("/api/alerts/{id}")).await.to_string();
    for change in [("day", "night"), ("night", "day")] {
        let entry = format!("\"from\":\"{}\",\"to\":\"{}\"", change.0, change.1);
        assert!(story.contains(&entry), "{entry} is not in {story}");
    }
}

/// Reading the same file again tells nobody anything.
#[tokio::test]
async fn g07_the_same_policy_goes_on_where_it_was() {
    let own = Own::start().await;
    own.write(&settings("day"));
    own.reload().await;
    leave_message(&own.world, "transcription never comes").await;
    let before = own.world.exchange.arrived(0).len();
    for _ in 0..3 {
        assert_eq!(own.reload().await.status(), StatusCode::OK);
        own.world.settle().await;
    }
    assert_eq!(own.world.exchange.arrived(0).len(), before);
    own.world.wait(610).await;
    assert_eq!(mails(&own.world, "ada"), 1);
}
