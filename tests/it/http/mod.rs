//! The edge as programs, people and operators see it, over its real port.

mod acts;
mod alerts;
mod calls;
mod description;
mod keys;
mod links;
mod on_call;
mod operators;
mod outbox;
mod policies;
mod reload;
mod requests;
mod resolve;
mod sound;
mod sounds;
mod stream;
mod webhook;

use crate::world::World;
use dutyline::exchange::script;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

/// A world with one group, in which somebody has left a message.
async fn alerted(before: &str) -> World {
    let world = World::start("one-group").await;
    leave_message(&world, before).await;
    world
}

/// Somebody calls and leaves a message; `before`: lines of the script that come first.
async fn leave_message(world: &World, before: &str) {
    let text = format!(
        "settings one-group\n{before}\ncaller ada\ndial\npress 1\n\
         records \"Pumps <b>down</b>\" for 14 seconds\npress 1\nhears \"alert\"\nhangs up\nalerts 1\n"
    );
    let script = script::parse("message", &text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(30).await;
}

/// The one alert that there is.
async fn only_alert(world: &World) -> Value {
    let list = world.api("/api/alerts").await;
    assert_eq!(list["alerts"].as_array().unwrap().len(), 1);
    list["alerts"][0].clone()
}

fn request(world: &World, method: Method, path: &str) -> RequestBuilder {
    world.http.request(method, world.url(path))
}

fn get(world: &World, path: &str) -> RequestBuilder {
    request(world, Method::GET, path)
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// An error's code and message, in the one shape that all of them have.
async fn error(answer: Response, status: StatusCode) -> (String, String) {
    assert_eq!(answer.status(), status);
    assert_eq!(header(&answer, "content-type"), "application/json");
    let id = header(&answer, "x-request-id").to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["request_id"], id.as_str());
    assert!(body["error"]["fields"].is_array(), "{body}");
    let text = |name: &str| body["error"][name].as_str().unwrap().to_owned();
    (text("code"), text("message"))
}
