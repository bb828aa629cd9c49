//! Commands that ask a running gateway, over HTTP, with a key.

use super::client::{Client, ClientFile};
use super::{Failed, block_on, say};
use clap::Args;
use dutyline::adapters::http_client;
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::Value;
use std::time::Duration;

/// Options of `reload`.
#[derive(Debug, Args)]
pub(crate) struct Reload {
    #[command(flatten)]
    client: ClientFile,
}

impl Reload {
    pub(super) fn run(self) -> Result<(), Failed> {
        let client = self.client.read()?;
        let answer = block_on(ask(&client, Method::POST, "/api/reload"))?;
        let restart: Vec<_> =
            answer.get("needs_restart").and_then(Value::as_array).into_iter().flatten().map(text).collect();
        say("the new settings are in force");
        if !restart.is_empty() {
            say(&format!("only a restart brings these into force: {}", restart.join(", ")));
        }
        Ok(())
    }
}

/// Something that happened, for people: its fields as they are, but for those of these names.
pub(super) fn story(entry: &Value, without: &[&str]) -> String {
    let is_told = |name: &str| !["at", "what"].contains(&name) && !without.contains(&name);
    let fields = entry.as_object().into_iter().flatten();
    let fields = fields.filter(|(name, value)| is_told(name) && !value.is_null());
    let details: Vec<_> = fields.map(|(name, value)| format!("{name} {value}")).collect();
    format!("{} {}", text(&entry["what"]), details.join(", ")).trim_end().to_owned()
}

pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Where in a request a wrong field is: its last name.
fn place(field: &Value) -> String {
    field.get("loc").and_then(Value::as_array).and_then(|loc| loc.last()).map(text).unwrap_or_default()
}

fn text_at(value: &Value, name: &str) -> String {
    value.get(name).map(text).unwrap_or_default()
}

/// Asks the gateway; its refusal is our error.
pub(super) async fn ask(client: &Client, method: Method, path: &str) -> Result<Value, Failed> {
    send(client, request(client, method, path)?).await
}

/// Posts that to the gateway; its refusal is our error.
pub(super) async fn ask_with(client: &Client, path: &str, body: &Value) -> Result<Value, Failed> {
    let request = request(client, Method::POST, path)?;
    let json = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
    send(client, json).await
}

fn request(client: &Client, method: Method, path: &str) -> Result<RequestBuilder, Failed> {
    let url = format!("{}{path}", client.url.trim_end_matches('/'));
    Ok(http_client::build(Duration::from_secs(30))?.request(method, url))
}

async fn send(client: &Client, request: RequestBuilder) -> Result<Value, Failed> {
    let answer = request.bearer_auth(&client.api_key).send().await.map_err(|error| {
        format!("the gateway at {} does not answer: {}", client.url, super::chain(&error.without_url()))
    })?;
    let status = answer.status();
    if status == StatusCode::NO_CONTENT {
        return Ok(Value::Null);
    }
    let body: Value =
        answer.json().await.map_err(|error| format!("the gateway's answer is no JSON: {error}"))?;
    if status.is_success() {
        return Ok(body);
    }
    let message = body.pointer("/error/message").map_or_else(|| status.to_string(), text);
    let fields = body.pointer("/error/fields").and_then(Value::as_array).into_iter().flatten();
    let fields = fields.map(|field| format!("  {}: {}", place(field), text_at(field, "msg")));
    let lines: Vec<_> = [format!("the gateway refused: {message}")].into_iter().chain(fields).collect();
    Err(lines.join("\n").into())
}
