//! Who is told next, until somebody answers.

use super::*;
use crate::world::load;
use dutyline::app::Live;
use dutyline::domain::alerting::act::Act;
use dutyline::domain::alerting::category::Window;
use dutyline::domain::alerting::change::Change;
use dutyline::domain::alerting::policy::{PolicyName, Repeats};
use dutyline::domain::directory::group::Member;
use dutyline::domain::directory::person::{Person, Quiet, Rule};
use dutyline::domain::severity::Severity;
use dutyline::service::{alerting, escalating};
use dutyline::settings::Settings;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::sync::Arc;

const ADA: [&str; 2] = ["+15550101", "ada@demo.example"];
const BEN: &str = "+15550102";
/// Stands in for Cleo.
const DMITRI: &str = "+15550104";
const CLEO: [&str; 2] = ["+15550103", "cleo@demo.example"];
const EVA: [&str; 2] = ["+4930123125", "eva@demo.example"];
const FELIX: &str = "felix@demo.example";
const GRACE: &str = "grace@demo.example";

/// Other settings are in force from now on.
fn change(world: &World, change: impl FnOnce(&mut Settings)) {
    let live = world.app.live();
    let mut settings = live.settings.clone();
    change(&mut settings);
    world.app.live.store(Arc::new(Live { settings, phrases: load("demo").phrases }));
}

/// The alert is to be looked at now.
async fn look_again(world: &World, id: AlertId) {
    let alert = world.app.alerts.alert(id).await.unwrap().unwrap().alert;
    let mut change = Change::of(alert);
    change.alert.due_at = Some(world.now());
    world.app.alerts.change(&change).await.unwrap();
}

fn sorted(addresses: &[&str]) -> Vec<String> {
    let mut all: Vec<_> = addresses.iter().map(|one| (*one).to_owned()).collect();
    all.sort();
    all
}

#[tokio::test]
async fn g42_what_nobody_wants_any_more_is_closed_by_itself_acknowledged_or_not() {
    let world = World::start_with("demo", |settings| {
        for team in &mut settings.teams {
            team.acknowledge_timeout = None;
            team.close_after = Some(SignedDuration::from_hours(2));
            team.close_acknowledged_after = Some(SignedDuration::from_hours(3));
        }
    })
    .await;
    let unseen = opened(&world).await;
    let taken = event(&world, json!({ "title": "Fans", "X-S4-ExternalID": "fans" })).await;
    world.wait(30 * 60).await;
    crate::world::acts::acknowledge(&world.app, taken, &person("ben")).await.unwrap();
    let found = async |id: AlertId| world.api(&format!("/api/alerts/{id}")).await;
    world.wait(90 * 60 - 30).await;
    assert_eq!(
        (&found(unseen).await["state"], &found(taken).await["state"]),
        (&json!("open"), &json!("acknowledged"))
    );
    world.wait(60).await;
    let closed = found(unseen).await;
    assert_eq!((&closed["state"], &closed["resolved"]["by"]), (&json!("resolved"), &json!("close_hours")));
    assert_eq!(found(taken).await["state"], "acknowledged", "three hours from its acknowledgement");
    world.wait(90 * 60 - 60).await;
    assert_eq!(found(taken).await["state"], "acknowledged");
    world.wait(60).await;
    let closed = found(taken).await;
    assert_eq!(
        (&closed["state"], &closed["resolved"]["by"], &closed["resolved"]["from"]),
        (&json!("resolved"), &json!("close_acknowledged_hours"), &json!("settings"))
    );
    let mut messages = Messages(world.exchange.arrived(0).len());
    world.wait(3 * 3_600).await;
    assert_eq!(messages.more(&world).await.len(), 0);
}

#[tokio::test]
async fn g04_whoever_has_not_answered_is_followed_by_the_next_step() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    assert_eq!(messages.more(&world).await, sorted(&[ADA[0], ADA[1], BEN]));
    world.wait(59).await;
    assert_eq!(messages.more(&world).await, sorted(&[]));
    world.wait(6).await;
    let everyone = [ADA[0], ADA[1], BEN, CLEO[0], CLEO[1], EVA[0], EVA[1], FELIX];
    assert_eq!(messages.more(&world).await, sorted(&everyone), "everyone, on duty or not");
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.wait(1_000).await;
    assert_eq!(messages.more(&world).await, sorted(&[]));
    assert_eq!(
        log(&world, id).await.iter().filter(|what| *what == "escalated").count(),
        2,
        "who has answered ends the search"
    );
}

#[tokio::test]
async fn what_nobody_answers_comes_to_the_last_resort() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    world.wait(60 + 120 + 60 + 120 + 10).await;
    let told = messages.more(&world).await;
    assert_eq!(told.iter().filter(|to| *to == GRACE).count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|to| *to == BEN).count(), 4, "two rounds of two steps");
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let steps: Vec<_> =
        alert["log"].as_array().unwrap().iter().filter(|one| one["what"] == "escalated").collect();
    let steps: Vec<_> = steps.iter().map(|one| (one["step"].as_u64(), one["round"].as_u64())).collect();
    let expected = [(1, 0), (2, 0), (1, 1), (2, 1)].map(|(step, round)| (Some(step), Some(round)));
    assert_eq!(steps[..4], expected);
    assert_eq!(steps[4], (None, Some(1)));
}

#[tokio::test]
async fn g07_another_policy_begins_at_once() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    messages.more(&world).await;
    change(&world, |settings| settings.teams[0].policy = PolicyName("database".to_owned()));
    look_again(&world, id).await;
    assert_eq!(messages.more(&world).await, sorted(&[DMITRI, EVA[0], EVA[1], FELIX]));
    assert!(log(&world, id).await.contains(&"policy_changed".to_owned()));
}

#[tokio::test]
async fn g08_somebody_escalates_what_is_acknowledged() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    messages.more(&world).await;
    crate::world::acts::escalate(&world.app, id, &person("ben")).await.unwrap();
    assert_eq!(messages.more(&world).await.len(), 8, "everyone");
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await["state"], "open");
}

#[tokio::test]
async fn g08_that_somebody_asked_for_more_people_is_said_where_there_are_none() {
    let world = World::start("demo").await;
    let id = opened(&world).await;
    change(&world, |settings| settings.directory.people.clear());
    crate::world::acts::escalate(&world.app, id, &person("ben")).await.unwrap();
    world.settle().await;
    let log = log(&world, id).await;
    let since: Vec<_> = log.iter().skip_while(|what| *what != "escalation_asked").collect();
    let since: Vec<_> = since.into_iter().filter(|what| *what != "dropped").collect();
    assert_eq!(since, ["escalation_asked", "step_skipped", "step_skipped", "step_skipped"], "{log:?}");
}

/// What a reload leaves out for a moment is pursued again as soon as it is back.
#[tokio::test]
async fn g07_a_team_that_was_gone_for_a_while_begins_again() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    let teams = world.app.live().settings.teams.clone();
    change(&world, |settings| settings.teams.clear());
    escalating::look_at_open(&world.app).await.unwrap();
    world.wait(600).await;
    messages.more(&world).await;
    change(&world, |settings| settings.teams = teams);
    escalating::look_at_open(&world.app).await.unwrap();
    assert_eq!(messages.more(&world).await, sorted(&[ADA[0], ADA[1], BEN]), "the first step");
    world.wait(66).await;
    assert_eq!(messages.more(&world).await.len(), 8, "the second");
    assert_eq!(log(&world, id).await.iter().filter(|what| *what == "policy_changed").count(), 2);
}

#[tokio::test]
async fn an_acknowledgement_that_leads_to_nothing_expires() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.wait(29 * 60).await;
    messages.more(&world).await;
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await["state"], "acknowledged");
    world.wait(66).await;
    assert_eq!(messages.more(&world).await.len(), 8, "everyone");
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    assert_eq!((alert["state"].as_str(), &alert["acknowledged"]), (Some("open"), &Value::Null));
}

#[tokio::test]
async fn s21_multi_ack_is_settled_by_the_last_who_was_on_duty() {
    let world = World::start("demo").await;
    let id = event(&world, json!({ "title": "Leak", "X-S4-AlertingScenario": "multi_ack" })).await;
    let state = async || world.api(&format!("/api/alerts/{id}")).await["state"].as_str().unwrap().to_owned();
    crate::world::acts::acknowledge(&world.app, id, &person("ada")).await.unwrap();
    assert_eq!(state().await, "open");
    crate::world::acts::acknowledge(&world.app, id, &person("eva")).await.unwrap();
    assert_eq!(state().await, "open", "she was not on duty");
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    assert_eq!(state().await, "acknowledged");
}

/// Who is on duty in the team of the demo from now on.
fn duty(world: &World, people: &[&str]) {
    change(world, |settings| {
        let group =
            settings.directory.groups.iter_mut().find(|group| group.name.0 == "Cloud DevOps").unwrap();
        group.members = people.iter().map(|id| Member::Person(PersonId((*id).to_owned()))).collect();
    });
}

/// Which of them settles an alert that each of them acknowledges; all before leave it open.
async fn settled_by<'a>(world: &World, id: AlertId, people: &[&'a str]) -> Option<&'a str> {
    for one in people {
        crate::world::acts::acknowledge(&world.app, id, &person(one)).await.unwrap();
        if world.api(&format!("/api/alerts/{id}")).await["state"] == "acknowledged" {
            return Some(one);
        }
    }
    None
}

fn for_several() -> Value {
    json!({ "title": "Leak", "X-S4-AlertingScenario": "multi_ack" })
}

#[tokio::test]
async fn s21_with_three_on_duty_it_is_settled_only_after_three_and_a_fourth_changes_nothing() {
    let world = World::start("demo").await;
    duty(&world, &["ada", "ben", "eva"]);
    let id = event(&world, for_several()).await;
    duty(&world, &["ada", "ben", "eva", "felix"]);
    world.wait(200).await;
    assert_eq!(settled_by(&world, id, &["ben", "felix", "ada", "eva"]).await, Some("eva"));
}

/// Who was on duty counts as it was when the alert was made, though nobody is told before the maintenance is over.
#[tokio::test]
async fn s21_whoever_was_on_duty_when_it_was_made_in_maintenance_must_answer() {
    let world = World::start("demo").await;
    let (from, until) = (world.now(), world.now() + SignedDuration::from_mins(30));
    let window = Window { from, until };
    change(&world, |settings| settings.teams[0].categories[1].maintenance = vec![window]);
    let id = event(&world, for_several()).await;
    duty(&world, &["eva", "felix"]);
    let mut messages = Messages(0);
    world.wait(31 * 60).await;
    let told = messages.more(&world).await;
    assert!(told.contains(&FELIX.to_owned()), "who is on duty now is told: {told:?}");
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await["on_duty"], json!(["ada", "ben"]));
    assert_eq!(settled_by(&world, id, &["eva", "ada", "ben"]).await, Some("ben"));
}

#[tokio::test]
async fn s22_an_emergency_reaches_everyone() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = event(&world, json!({ "title": "Fire", "X-S4-AlertingScenario": "emergency" })).await;
    assert_eq!(messages.more(&world).await.len(), 8);
    assert_eq!(world.api(&format!("/api/alerts/{id}")).await["category"], "Default");
}

#[tokio::test]
async fn s22_an_emergency_reaches_those_too_who_want_to_be_left_alone() {
    let quiet = |settings: &mut Settings| {
        let person = |settings: &mut Settings, id: &str| {
            settings.directory.people.iter().position(|one| one.id.0 == id).unwrap()
        };
        let (eva, felix) = (person(settings, "eva"), person(settings, "felix"));
        rests(&mut settings.directory.people[eva], "08:00:00", "10:00:00");
        let felix = &mut settings.directory.people[felix];
        felix.rules = vec![Rule {
            severities: vec![Severity::Low],
            devices: felix.devices.clone(),
            after: SignedDuration::ZERO,
        }];
    };
    for (scenario, told) in [("single_ack", 5), ("emergency", 8)] {
        let world = World::start_with("demo", quiet).await;
        let mut messages = Messages(0);
        event(&world, json!({ "title": "Fire", "X-S4-AlertingScenario": scenario })).await;
        world.wait(if scenario == "emergency" { 0 } else { 65 }).await;
        let all: BTreeSet<_> = messages.more(&world).await.into_iter().collect();
        assert_eq!(all.len(), told, "{scenario}: {all:?}");
    }
}

/// They want to be left alone between those times of the day.
fn rests(person: &mut Person, from: &str, until: &str) {
    person.zone = Some(TimeZone::UTC);
    person.quiet = Some(Quiet { from: from.parse().unwrap(), until: until.parse().unwrap(), unless: vec![] });
}

/// The end of somebody's quiet hours is a moment like that, whoever else was told meanwhile.
#[tokio::test]
async fn g64_quiet_hours_end_at_their_moment_even_across_a_restart() {
    let mut world = World::start_with("demo", |settings| {
        rests(&mut settings.directory.people[0], "08:00:00", "09:03:00");
        settings.policies[0].repeats = Repeats::Times(0);
    })
    .await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    assert_eq!(messages.more(&world).await, [BEN], "Ada rests");
    world.wait(100).await;
    assert!(!messages.more(&world).await.contains(&ADA[0].to_owned()), "in the second step too");
    world.restart().await;
    world.wait(75).await;
    assert_eq!(messages.more(&world).await.len(), 0);
    world.wait(10).await;
    assert_eq!(messages.more(&world).await, sorted(&[ADA[0], ADA[1], GRACE]), "once, at the end");
    let log = world.api(&format!("/api/alerts/{id}")).await["log"].to_string();
    assert!(log.contains("ada: not to be told before 2026-01-05T09:03:00Z"), "{log}");
}

#[tokio::test]
async fn g64_who_rests_is_not_told_at_the_end_of_what_somebody_has_answered() {
    let world = World::start_with("demo", |settings| {
        rests(&mut settings.directory.people[0], "08:00:00", "09:03:00");
    })
    .await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    crate::world::acts::acknowledge(&world.app, id, &person("ben")).await.unwrap();
    world.wait(300).await;
    assert_eq!(messages.more(&world).await, [BEN]);
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let all = alert["notifications"].as_array().unwrap().iter();
    let of_ada: Vec<_> = all.filter(|one| one["person"] == "ada").map(|one| one["state"].clone()).collect();
    assert_eq!(of_ada, ["dropped", "dropped", "dropped"]);
}

#[tokio::test]
async fn g89_who_asks_for_more_people_after_the_clock_was_put_back_reaches_them() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    assert_eq!(messages.more(&world).await.len(), 3);
    world.clock.put_back(SignedDuration::from_hours(5));
    crate::world::acts::escalate(&world.app, id, &person("cleo")).await.unwrap();
    assert_eq!(messages.more(&world).await.len(), 8, "everyone, and those too who were told before");
}

#[tokio::test]
async fn g68_who_is_gone_from_the_settings_is_passed_over() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    messages.more(&world).await;
    change(&world, |settings| settings.directory.people.retain(|one| one.id.0 == "grace"));
    world.wait(66).await;
    assert_eq!(messages.more(&world).await, [GRACE], "nobody but the last resort is left");
    assert!(log(&world, id).await.contains(&"step_skipped".to_owned()));
}

#[tokio::test]
async fn g89_a_clock_that_jumps_makes_nothing_twice() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    opened(&world).await;
    assert_eq!(messages.more(&world).await.len(), 3);
    let now = world.now();
    world.clock.put_back(SignedDuration::from_hours(5));
    world.settle().await;
    assert_eq!(messages.more(&world).await.len(), 0, "back");
    world.clock.set(now + SignedDuration::from_hours(5));
    world.settle().await;
    assert_eq!(messages.more(&world).await.len(), 8, "forward: one step");
}

#[tokio::test]
async fn escalation_goes_on_after_a_restart() {
    let mut world = World::start("demo").await;
    let mut messages = Messages(0);
    opened(&world).await;
    assert_eq!(messages.more(&world).await.len(), 3);
    world.wait(30).await;
    world.restart().await;
    assert_eq!(messages.more(&world).await.len(), 0);
    world.wait(36).await;
    assert_eq!(messages.more(&world).await.len(), 8);
}

/// The end of a maintenance is a moment like that: nobody is told before it, and everybody after it.
#[tokio::test]
async fn g64_maintenance_ends_at_its_moment_even_across_a_restart() {
    let mut world = World::start_with("demo", |settings| {
        let (from, until) =
            ("2026-01-05T09:00:00Z".parse().unwrap(), "2026-01-05T09:30:00Z".parse().unwrap());
        settings.teams[0].categories[1].maintenance = vec![Window { from, until }];
    })
    .await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    world.wait(20 * 60).await;
    world.restart().await;
    world.wait(9 * 60).await;
    assert_eq!(messages.more(&world).await.len(), 0);
    world.wait(66).await;
    assert_eq!(messages.more(&world).await, sorted(&[ADA[0], ADA[1], BEN]));
    assert_eq!(log(&world, id).await.iter().filter(|what| *what == "in_maintenance").count(), 1);
}

/// What rests until a moment goes on then, even where nobody was there in between.
#[tokio::test]
async fn g64_a_pause_ends_at_its_moment_even_across_a_restart() {
    let mut world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = opened(&world).await;
    let until = world.now() + SignedDuration::from_mins(30);
    alerting::act(&world.app, id, &Act::Snooze(until), &person("ada"), None).await.unwrap();
    messages.more(&world).await;
    world.wait(20 * 60).await;
    world.restart().await;
    world.wait(9 * 60).await;
    assert_eq!(messages.more(&world).await.len(), 0);
    world.wait(66).await;
    assert_eq!(messages.more(&world).await.len(), 8, "everyone");
}

#[tokio::test]
async fn worse_than_before_is_told_anew_from_the_first_step_although_nobody_has_answered() {
    let world = World::start("demo").await;
    let mut messages = Messages(0);
    let id = event(&world, json!({ "title": "Load", "severity": "low", "X-S4-ExternalID": "m9" })).await;
    let first = messages.more(&world).await;
    assert!(!first.is_empty());
    world.wait(10).await;
    assert_eq!(messages.more(&world).await.len(), 0, "the next step is not due yet");
    event(&world, json!({ "title": "Load", "severity": "critical", "X-S4-ExternalID": "m9" })).await;
    assert_eq!(messages.more(&world).await, first, "the same people, at once");
    assert!(log(&world, id).await.contains(&"severity_changed".to_owned()));
    event(&world, json!({ "title": "Load", "severity": "low", "X-S4-ExternalID": "m9" })).await;
    assert_eq!(messages.more(&world).await.len(), 0, "better is no reason");
}
