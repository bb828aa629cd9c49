//! Who is on call, by the API of a running gateway, and what changes there while it runs.

mod calendars;
mod changes;
mod command_line;
mod explained;

use super::*;
use dutyline::domain::access::Scope;
use dutyline::domain::directory::Recipient;
use dutyline::domain::directory::group::{Group, GroupName, Member};
use dutyline::domain::directory::person::PersonId;
use dutyline::domain::directory::schedule::{Every, Rotation, Schedule, ScheduleName, Unit};
use dutyline::service::keys;
use dutyline::settings::Settings;
use jiff::tz::TimeZone;
use serde_json::json;

/// A group whose name has everything that a path, a query and a calendar have to carry unharmed.
const ODD: &str = "R&D #1; 50%/Łódź?, a+b";

/// A world with ada, ben and cleo, in which ada and ben take turns in the schedule "Primary" by days from 09:00 UTC,
/// ada beginning on Monday, 5 January 2026; the odd group has that schedule, then cleo.
async fn world() -> World {
    World::start_with("one-group", with_schedule).await
}

fn with_schedule(settings: &mut Settings) {
    let person = |id: &str| PersonId(id.to_owned());
    let rotation = Rotation {
        members: vec![person("ada"), person("ben")],
        every: Every { unit: Unit::Daily, length: 1 },
        starts_at: "2026-01-05T09:00".parse().unwrap(),
        zone: TimeZone::UTC,
        restriction: vec![],
    };
    let name = ScheduleName("Primary".to_owned());
    settings.directory.schedules.push(Schedule {
        name: name.clone(),
        zone: TimeZone::UTC,
        rotations: vec![rotation],
    });
    settings.directory.groups.push(Group {
        name: GroupName(ODD.to_owned()),
        members: vec![Member::Schedule(name), Member::Person(person("cleo"))],
        is_elsewhere: false,
    });
}

/// A key with that scope alone.
async fn key(world: &World, scope: Scope) -> String {
    let scopes = [scope].into_iter().collect();
    keys::add(&world.store, &*world.app.ids, world.now(), scope.word(), scopes, None).await.unwrap()
}

/// A name as a part of a path.
fn encoded(name: &str) -> String {
    name.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

async fn post(world: &World, path: &str, body: &Value) -> Response {
    let request = request(world, Method::POST, path).bearer_auth(&world.key);
    request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
}

/// Adds something; answers it.
async fn added(world: &World, path: &str, body: Value) -> Value {
    let answer = post(world, path, &body).await;
    assert_eq!(answer.status(), StatusCode::CREATED, "{body}");
    answer.json().await.unwrap()
}

async fn delete(world: &World, path: &str, id: &Value) -> Response {
    let path = format!("{path}/{}", id.as_str().unwrap());
    request(world, Method::DELETE, &path).bearer_auth(&world.key).send().await.unwrap()
}

/// Who is on call, and in whose place: `ben for ada`.
fn names(on_call: &Value) -> Vec<String> {
    let name = |one: &Value| match one["stands_in_for"].as_str() {
        Some(other) => format!("{} for {other}", one["person"].as_str().unwrap()),
        None => one["person"].as_str().unwrap().to_owned(),
    };
    on_call["responders"].as_array().unwrap().iter().map(name).collect()
}

async fn on_call(world: &World, query: &[(&str, &str)]) -> Vec<String> {
    let answer = get(world, "/api/on-call").query(query).bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{query:?}");
    names(&answer.json().await.unwrap())
}

/// The wrong fields of a refusal, as `body.from no_time`.
async fn wrong(answer: Response) -> Vec<String> {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    let is_query = body["error"]["fields"][0]["loc"][0] == "query";
    assert_eq!(status, if is_query { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY });
    let field = |one: &Value| {
        let loc: Vec<_> = one["loc"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        format!("{} {}", loc.join("."), one["code"].as_str().unwrap_or("-"))
    };
    body["error"]["fields"].as_array().unwrap().iter().map(field).collect()
}
