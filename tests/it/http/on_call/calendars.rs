//! Calendars to subscribe to.

use super::*;
use std::collections::BTreeMap;

/// An event's properties by name.
type Event = BTreeMap<String, String>;

/// Reads a calendar as strictly as the format is written down: lines end with CR LF, none is longer than 75 bytes, and
/// every property has a name and a value.
fn read(text: &str) -> Vec<Event> {
    assert!(text.ends_with("\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<_> = unfolded.lines().map(|line| line.split_once(':').unwrap()).collect();
    assert_eq!((lines[0], *lines.last().unwrap()), (("BEGIN", "VCALENDAR"), ("END", "VCALENDAR")));
    let (mut events, mut event) = (vec![], None);
    for (name, value) in lines {
        match (name, value) {
            ("BEGIN", "VEVENT") => event = Some(Event::new()),
            ("END", "VEVENT") => events.extend(event.take()),
            _ => {
                if let Some(event) = &mut event {
                    assert_eq!(event.insert(name.to_owned(), unescaped(value)), None, "{name} twice");
                }
            }
        }
    }
    for event in &events {
        for name in ["UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"] {
            assert!(event.contains_key(name), "{name} in {event:?}");
        }
    }
    events
}

fn unescaped(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next().unwrap() {
                'n' => text.push('\n'),
                other => text.push(other),
            },
            ';' | ',' => panic!("{value} is not escaped"),
            other => text.push(other),
        }
    }
    text
}

async fn calendar(world: &World, path: &str) -> String {
    let answer = get(world, path).basic_auth("calendar", Some(&world.key)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    assert_eq!(header(&answer, "content-type"), "text/calendar; charset=utf-8");
    answer.text().await.unwrap()
}

fn summaries(events: &[Event]) -> Vec<String> {
    events.iter().map(|event| format!("{} {}", event["DTSTART"], event["SUMMARY"])).collect()
}

#[tokio::test]
async fn a_person_sees_their_shifts_and_who_is_away() {
    let world = world().await;
    let absence = json!({
        "person": "ben", "from": "2026-01-06T12:00Z", "until": "2026-01-06T18:00Z", "replacement": "ada",
    });
    let absence = added(&world, "/api/absences", absence).await;
    let events = read(&calendar(&world, "/api/people/ada/calendar.ics").await);
    assert_eq!(
        summaries(&events)[..4],
        [
            "20260105T090000Z Ada Admin (Primary)",
            "20260106T120000Z Ada Admin for Ben Brook (Primary)",
            "20260106T120000Z Ben Brook is away, Ada Admin stands in",
            "20260107T090000Z Ada Admin (Primary)",
        ]
    );
    assert_eq!((&*events[0]["DTEND"], &*events[1]["DTEND"]), ("20260106T090000Z", "20260106T180000Z"));
    assert_eq!(events[2]["UID"], absence["id"].as_str().unwrap());
    assert_eq!((&*events[0]["TRANSP"], &*events[2]["TRANSP"]), ("OPAQUE", "TRANSPARENT"));
    let ids = |events: &[Event]| events.iter().map(|event| event["UID"].clone()).collect::<Vec<_>>();
    let before = ids(&events);
    let mut distinct = before.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), before.len());
    world.clock.set("2026-01-20T00:00:00Z".parse().unwrap());
    let later = read(&calendar(&world, "/api/people/ada/calendar.ics").await);
    assert_eq!(ids(&later), before, "an event keeps its id");
    assert_eq!(later[0]["DTSTAMP"], "20260120T000000Z");
}

#[tokio::test]
async fn groups_and_schedules_have_calendars() {
    let world = world().await;
    added(&world, "/api/absences", json!({ "person": "cleo", "from": "2026-01-05T12:00Z" })).await;
    let path = format!("/api/groups/{}/calendar.ics", encoded(ODD));
    let text = calendar(&world, &path).await;
    assert!(text.replace("\r\n ", "").contains("NAME:On call: R&D #1\\; 50%/Łódź?\\, a+b\r\n"), "{text}");
    assert_eq!(
        summaries(&read(&text))[..3],
        [
            "20260105T090000Z Ada Admin (Primary)",
            "20260105T120000Z Cleo Castell is away",
            "20260106T090000Z Ben Brook (Primary)",
        ]
    );
    let schedule = read(&calendar(&world, "/api/schedules/Primary/calendar.ics").await);
    assert_eq!(schedule[1]["SUMMARY"], "Ben Brook (Primary)");
    assert_eq!(schedule.len(), 116, "one a day from 5 January until May begins");
    // People who are in a group by name have no shifts.
    assert_eq!(read(&calendar(&world, "/api/groups/Database/calendar.ics").await), [] as [Event; 0]);
}

/// P35, P37: what is in groups inside a group is in its calendar, and a group that contains itself ends.
#[tokio::test]
async fn a_calendar_has_what_is_in_groups_inside() {
    let world = World::start_with("one-group", |settings| {
        with_schedule(settings);
        let group = |name: &str, members: &[&str]| Group {
            name: GroupName(name.to_owned()),
            members: members.iter().map(|name| Member::Group(GroupName((*name).to_owned()))).collect(),
            is_elsewhere: false,
        };
        let groups = &mut settings.directory.groups;
        groups.extend([group("Outer", &["Inner", ODD]), group("Inner", &["Outer", ODD])]);
    })
    .await;
    added(&world, "/api/absences", json!({ "person": "cleo" })).await;
    let inside = read(&calendar(&world, &format!("/api/groups/{}/calendar.ics", encoded(ODD))).await);
    assert_eq!(inside.len(), 117, "a shift a day, and an absence");
    let away = inside.iter().find(|event| event["SUMMARY"] == "Cleo Castell is away").unwrap();
    assert_eq!(away["DTEND"], "20260501T000000Z", "until further notice is until the calendar ends");
    for name in ["Outer", "Inner"] {
        assert_eq!(
            read(&calendar(&world, &format!("/api/groups/{name}/calendar.ics")).await),
            inside,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_calendar_is_for_those_with_a_key() {
    let world = world().await;
    let path = "/api/people/ada/calendar.ics";
    let with = |key: &str| get(&world, path).basic_auth("ada", Some(key));
    let respond = key(&world, Scope::Respond).await;
    let read = key(&world, Scope::Read).await;
    for (request, status, code) in [
        (get(&world, path), StatusCode::UNAUTHORIZED, "key_missing"),
        (with("dl_guessed"), StatusCode::UNAUTHORIZED, "key_unknown"),
        (with(&respond), StatusCode::FORBIDDEN, "scope_missing"),
    ] {
        let answer = request.send().await.unwrap();
        if status == StatusCode::UNAUTHORIZED {
            assert!(header(&answer, "www-authenticate").starts_with("Basic realm="), "programs ask for it");
        }
        assert_eq!(error(answer, status).await.0, code);
    }
    for request in [with(&read), get(&world, path).bearer_auth(&read)] {
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    // Elsewhere a key is a bearer's.
    let elsewhere = get(&world, "/api/absences").basic_auth("ada", Some(&read)).send().await.unwrap();
    assert_eq!(error(elsewhere, StatusCode::UNAUTHORIZED).await.0, "key_missing");
    for path in
        ["/api/people/zoe/calendar.ics", "/api/groups/X/calendar.ics", "/api/schedules/X/calendar.ics"]
    {
        let answer = get(&world, path).bearer_auth(&read).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
    }
}
