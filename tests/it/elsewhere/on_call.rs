//! Who is on call in a group that only the other directory knows.

mod kept;

use crate::world::{PeopleServer, World, device, inner, member, shift, voice};
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::device::{Device, DeviceKind};
use dutyline::domain::directory::group::GroupName;
use dutyline::domain::directory::resolve::reachable;
use dutyline::service::on_call::on_call;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Only it knows who belongs to it, and each character of its name is a trap of some URL.
const GROUP: &str = "R&D #1 50%";

async fn world(server: &PeopleServer) -> World {
    World::start_with("on-call", |settings| {
        server.set(settings);
        settings.elsewhere.as_mut().unwrap().patience = Duration::from_millis(300);
    })
    .await
}

fn recipient(group: &str) -> Recipient {
    Recipient::Group(GroupName(group.to_owned()))
}

/// Who is called at a moment, each by which phones, the levels apart, and who is left out.
async fn at(world: &World, group: &str, at: Timestamp) -> String {
    let answer = on_call(&world.app, &recipient(group), at).await.unwrap();
    let (reached, without) = reachable(&answer.directory, &answer.on_call.responders, &[DeviceKind::Voice]);
    let mut shown = String::new();
    let mut level = 0;
    for one in reached {
        if !shown.is_empty() {
            shown += if one.responder.level == level { ", " } else { " / " };
        }
        level = one.responder.level;
        shown += &one.person.id.0;
        if let Some(away) = &one.responder.stands_in_for {
            write!(shown, " for {away}").unwrap();
        }
        for device in one.devices {
            let Device::Voice(number) = device else { panic!("{device:?}") };
            write!(shown, " {}", number.as_str().strip_prefix("+1555").unwrap()).unwrap();
        }
    }
    for skipped in answer.on_call.skipped.iter().chain(&without) {
        let name = match &skipped.recipient {
            Recipient::Group(name) => &name.0,
            Recipient::Person(id) => &id.0,
            Recipient::Schedule(name) => &name.0,
        };
        write!(shown, "; {name} {}", skipped.reason.code()).unwrap();
    }
    shown
}

async fn now(world: &World, group: &str) -> String {
    at(world, group, world.now()).await
}

/// A server that knows people with a phone each: `a` has +15550160, `b` +15550161, ….
async fn server() -> PeopleServer {
    let server = PeopleServer::start().await;
    for (id, last) in ["a", "b", "c", "d"].into_iter().zip(160..) {
        server.knows(id, &[voice(&format!("+15550{last}"))]).await;
    }
    server
}

/// An absence of a member.
fn absent(mut member: Value, kind: &str, from: &str, until: &str, replacement: Option<&str>) -> Value {
    let replacement = replacement.map(|id| json!({"targetName": id, "recipientType": "PERSON"}));
    let absence = json!({"absenceType": kind, "start": from, "end": until, "replacement": replacement});
    member["absences"] = json!({"count": 1, "data": [absence]});
    member
}

const YESTERDAY: &str = "2026-01-04T09:00:00Z";
const TOMORROW: &str = "2026-01-06T09:00:00Z";
const LATER: &str = "2026-01-07T09:00:00Z";

#[tokio::test]
async fn p27_p44_everyone_of_the_shift_is_called_in_its_order() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("b"), member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "b 0161, a 0160");
    assert_eq!(now(&world, "Everybody").await, "ada 0101 / b 0161, a 0160 / ben 0102");
    assert_eq!(server.asked_on_call(GROUP).await, ["2026-01-05T09:00:00Z"]);
    assert_eq!(server.asked("a").await, 1);
}

#[tokio::test]
async fn p32_p34_whoever_is_away_is_replaced_in_place_or_left_out() {
    let server = server().await;
    let shifts = shift(&[
        absent(member("a"), "REPLACEMENT", YESTERDAY, TOMORROW, Some("b")),
        absent(member("x"), "VACANCY", YESTERDAY, TOMORROW, Some("c")),
        absent(member("y"), "REPLACEMENT", YESTERDAY, TOMORROW, None),
        member("d"),
    ]);
    server.on_call(GROUP, &[shifts]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "b for a 0161, d 0163; a away_replaced; x away; y away");
    assert_eq!(server.asked("x").await + server.asked("a").await, 0, "nobody needs their phones");
}

#[tokio::test]
async fn p33_an_absence_counts_only_while_it_lasts() {
    let server = server().await;
    let shifts = shift(&[
        absent(member("a"), "REPLACEMENT", TOMORROW, LATER, Some("c")),
        absent(member("b"), "VACANCY", "2026-01-04T09:00:00Z", "2026-01-05T09:00:00Z", None),
    ]);
    server.on_call(GROUP, &[shifts]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161");
    // The same answer is asked for anew at another moment, and read for that moment.
    assert_eq!(at(&world, GROUP, TOMORROW.parse().unwrap()).await, "c for a 0162, b 0161; a away_replaced");
    assert_eq!(server.asked_on_call(GROUP).await, ["2026-01-05T09:00:00Z", TOMORROW]);
}

#[tokio::test]
async fn an_absence_from_one_group_is_none_from_another() {
    let server = server().await;
    let away = absent(member("a"), "REPLACEMENT", YESTERDAY, TOMORROW, Some("b"));
    server.on_call(GROUP, &[shift(&[away, inner("H")])]).await;
    server.on_call("H", &[shift(&[member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "b for a 0161, a 0160; a away_replaced");
}

#[tokio::test]
async fn p35_groups_inside_are_asked_for_in_turn_and_flattened_in_place() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), inner("G & co"), member("d")])]).await;
    server.on_call("G & co", &[shift(&[member("b"), inner("H")])]).await;
    server.on_call("H", &[shift(&[member("c")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161, c 0162, d 0163");
}

#[tokio::test]
async fn p36_an_empty_group_inside_is_passed_over_in_each_way_to_say_so() {
    for empty in [json!({}), json!({"members": {"data": []}}), json!({"members": {}})] {
        let server = server().await;
        server.on_call(GROUP, &[shift(&[member("a"), inner("G"), member("d")])]).await;
        server.on_call("G", std::slice::from_ref(&empty)).await;
        let world = world(&server).await;
        assert_eq!(now(&world, GROUP).await, "a 0160, d 0163; G nobody_on_call", "{empty}");
    }
}

#[tokio::test]
async fn p37_a_cycle_ends() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a"), inner("H")])]).await;
    server.on_call("H", &[shift(&[member("b"), inner(GROUP), member("c")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, format!("a 0160, b 0161, c 0162; {GROUP} cycle"));
    assert_eq!(server.asked_on_call(GROUP).await.len() + server.asked_on_call("H").await.len(), 2);
}

#[tokio::test]
async fn groups_inside_groups_without_an_end_are_followed_so_far_and_no_further() {
    let server = server().await;
    server.nests_for_ever().await;
    let world = World::start_with("on-call", |settings| {
        server.set(settings);
        settings.elsewhere.as_mut().unwrap().patience = Duration::from_mins(1);
    })
    .await;
    let found = now(&world, GROUP).await;
    assert_eq!(found.split("; ").next(), Some("a 0160"));
    assert!(found.ends_with("; Depth 200 unknown"), "{found}");
    assert_eq!(server.asked_on_call("Depth 199").await.len(), 1);
    assert_eq!(server.asked_on_call("Depth 200").await.len(), 0);
}

#[tokio::test]
async fn p38_a_phone_that_is_a_member_is_called_by_its_own_number() {
    let server = server().await;
    let phone = |owner: &str, number: Option<&str>| {
        let mut phone = device("VOICE", number);
        phone["recipientType"] = "DEVICE".into();
        phone["targetName"] = format!("{owner}|Work").into();
        phone["owner"] = json!({"targetName": owner, "recipientType": "PERSON", "firstName": "Somebody"});
        json!({"member": phone})
    };
    let shifts = shift(&[
        phone("b", Some("+15550199")),
        member("b"),
        phone("ada", Some("+15550198")),
        phone("d", None),
        absent(phone("c", Some("+15550197")), "REPLACEMENT", YESTERDAY, TOMORROW, Some("a")),
    ]);
    server.on_call(GROUP, &[shifts]).await;
    let world = world(&server).await;
    assert_eq!(
        now(&world, GROUP).await,
        "b 0199, ada 0198, a for c 0160; b met_before; d no_device; c away_replaced"
    );
}

#[tokio::test]
async fn p39_whoever_can_not_be_called_is_left_out_and_it_is_said_why() {
    let server = server().await;
    let other = |name: &str, kind: &str| {
        let mut other = member(name);
        other["member"]["recipientType"] = kind.into();
        other["member"]["deviceType"] = "EMAIL".into();
        other
    };
    let off = |mut member: Value| {
        member["member"]["status"] = "INACTIVE".into();
        member
    };
    server.knows("mute", &[device("EMAIL", None)]).await;
    let shifts = shift(&[
        off(member("b")),
        off(inner("H")),
        other("c|Mail", "DEVICE"),
        other("Those of the day", "DYNAMIC_TEAM"),
        other("A service", "SERVICE"),
        member("mute"),
        member("d"),
    ]);
    server.on_call(GROUP, &[shifts]).await;
    let world = world(&server).await;
    assert_eq!(
        now(&world, GROUP).await,
        format!(
            "d 0163; b inactive; H inactive; c no_device; {GROUP} dynamic_team; {GROUP} strange_member; mute no_device"
        )
    );
    assert_eq!(server.asked_on_call("H").await.len() + server.asked("b").await, 0);
}

#[tokio::test]
async fn p40_p41_nobody_is_on_call() {
    for nobody in [vec![], vec![shift(&[])]] {
        let server = server().await;
        server.on_call(GROUP, &nobody).await;
        let world = world(&server).await;
        assert_eq!(now(&world, GROUP).await, format!("; {GROUP} nobody_on_call"));
    }
}

#[tokio::test]
async fn p42_each_shift_is_a_level_in_order() {
    let server = server().await;
    let shifts =
        [shift(&[member("a"), member("b")]), shift(&[]), shift(&[member("a"), inner("H"), member("d")])];
    server.on_call(GROUP, &shifts).await;
    server.on_call("H", &[shift(&[member("c")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160, b 0161 / c 0162, d 0163; a met_before");
}

#[tokio::test]
async fn p43_every_phone_of_a_person_is_tried_in_order() {
    let server = PeopleServer::start().await;
    let mut second = voice("+15550171");
    second["sequence"] = 2.into();
    let mut first = voice("+15550170");
    first["sequence"] = 1.into();
    server.knows("a", &[second, first]).await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0170 0171");
}

#[tokio::test]
async fn our_own_people_and_groups_come_first() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("ben"), inner("Everybody"), member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(
        now(&world, GROUP).await,
        format!("ben 0102, ada 0101, a 0160; {GROUP} cycle; ben met_before")
    );
    assert_eq!(server.asked("ben").await + server.asked_on_call("Everybody").await.len(), 0);
}

#[tokio::test]
async fn names_are_those_of_the_directory_and_the_api_agrees_with_the_phone() {
    let server = server().await;
    let mut nameless = voice("+15550170");
    nameless.as_object_mut().unwrap().remove("owner");
    server.knows("e", &[nameless]).await;
    let team = json!({"member": {"targetName": "Those of the day", "recipientType": "DYNAMIC_TEAM"}});
    server.on_call(GROUP, &[shift(&[member("a"), team]), shift(&[member("e")])]).await;
    let world = world(&server).await;
    let answer = on_call(&world.app, &recipient(GROUP), world.now()).await.unwrap();
    let responders = &answer.on_call.responders;
    let name = |index: usize| answer.directory.person(&responders[index].person).unwrap().name.as_str();
    assert_eq!((name(0), name(1)), ("Uma Underhill", "Somebody e"));

    let said = world.api("/api/on-call?group=R%26D%20%231%2050%25").await;
    let listed: Vec<_> =
        said["responders"].as_array().unwrap().iter().map(|one| (&one["person"], &one["level"])).collect();
    let own: Vec<_> = responders.iter().map(|one| (json!(one.person), json!(one.level))).collect();
    assert_eq!(listed, own.iter().map(|(person, level)| (person, level)).collect::<Vec<_>>());
    let explained = world.api("/api/on-call/R%26D%20%231%2050%25/explain").await;
    assert_eq!(explained["left_out"][0]["code"], "dynamic_team", "{explained}");
    assert!(!explained.to_string().contains("5550160"), "{explained}");
}

#[tokio::test]
async fn nobody_who_is_on_call_there_may_call_for_that() {
    let server = server().await;
    server.on_call(GROUP, &[shift(&[member("a")])]).await;
    let world = world(&server).await;
    assert_eq!(now(&world, GROUP).await, "a 0160");
    let heard = super::says(&world, Some("+15550160")).await;
    assert!(heard.contains("not authorized"), "{heard}");
}
