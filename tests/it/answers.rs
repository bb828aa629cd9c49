//! Answers of people: by text, and on the page behind a link.

mod links;
mod phones;
mod texts;

use crate::world::World;
use dutyline::exchange::line::Road;
use dutyline::twiml::read;
use dutyline::twiml::signature::{Key, SIGNATURE_HEADER, SignedBody, sign};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

const ADA: &str = "+15550101";
const BEN: &str = "+15550102";
const CLEO: &str = "+15550103";

async fn world() -> World {
    World::start("answers").await
}

/// An event of the team Plant is taken in; Ada is told of it first, five minutes later Ben, then Cleo.
async fn event(world: &World, title: &str) -> Value {
    event_of(world, "plant", json!({ "Title": title })).await
}

/// An event of that team is taken in; answers the alert that it opens.
async fn event_of(world: &World, team: &str, event: Value) -> Value {
    let url = world.url(&format!("/webhook/{team}-secret-of-tests"));
    let answer = world.http.post(url).json(&event).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let said: Value = answer.json().await.unwrap();
    world.settle().await;
    world.api(&format!("/api/alerts/{}", said["alertId"].as_str().unwrap())).await
}

/// An alert as it is now.
async fn again(world: &World, alert: &Value) -> Value {
    world.api(&format!("/api/alerts/{}", alert["id"].as_str().unwrap())).await
}

async fn state(world: &World, alert: &Value) -> String {
    again(world, alert).await["state"].as_str().unwrap().to_owned()
}

/// What has happened to an alert, in words.
async fn story(world: &World, alert: &Value) -> Vec<String> {
    let alert = again(world, alert).await;
    let entries = alert["log"].as_array().unwrap().iter();
    entries.map(|entry| entry["what"].as_str().unwrap().to_owned()).collect()
}

/// Somebody writes: the carrier brings the text, under an id of its own, and is answered.
async fn write_as(world: &World, id: &str, from: &str, text: &str) -> Option<String> {
    let answer =
        post(world, &[("MessageSid", id), ("From", from), ("To", "+15550100"), ("Body", text)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let mut texts = read::message(&answer.text().await.unwrap()).unwrap();
    assert!(texts.len() < 2, "{texts:?}");
    world.settle().await;
    texts.pop()
}

/// The same, by an id that no other text has.
async fn write(world: &World, from: &str, text: &str) -> Option<String> {
    let id = format!("SM{}", world.app.ids.next());
    write_as(world, &id, from, text).await
}

/// The same; there is an answer.
async fn answer(world: &World, from: &str, text: &str) -> String {
    write(world, from, text).await.unwrap_or_else(|| panic!("`{text}` is not answered"))
}

async fn post(world: &World, fields: &[(&str, &str)]) -> Response {
    let token = world.app.live().settings.carrier.auth_token.clone().unwrap();
    let owned: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let url = world.url("/sms");
    let signature = sign(&url, &SignedBody::Form(&owned), &Key::account_token(token.expose()));
    world.http.post(url).form(&owned).header(SIGNATURE_HEADER, signature).send().await.unwrap()
}

/// The texts that have come to a phone, oldest first.
fn texts_to(world: &World, phone: &str) -> Vec<String> {
    let arrived = world.exchange.arrived(0).into_iter();
    arrived.filter(|one| one.kind == Road::Sms && one.to == phone).map(|one| one.text).collect()
}

/// The path of the link to answer by in the newest text to a phone.
fn link(world: &World, phone: &str) -> String {
    let texts = texts_to(world, phone);
    path_in(world, texts.last().unwrap())
}

/// The path of the link to answer by in a message.
fn path_in(world: &World, message: &str) -> String {
    let at = message.find(&world.url("/a/")).unwrap_or_else(|| panic!("no link in: {message}"));
    let token: String =
        message[at + world.url("/a/").len()..].chars().take_while(char::is_ascii_alphanumeric).collect();
    format!("/a/{token}")
}
