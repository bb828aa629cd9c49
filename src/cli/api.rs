//! Commands that ask a running gateway, over HTTP, with a key.

use super::client::{Client, ClientFile};
use super::{Failed, block_on, say};
use clap::{Args, Subcommand};
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

/// Options of `alerts`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Alerts {
    #[command(subcommand)]
    what: Option<OnAlert>,
    /// One alert, with its story; left out: the newest ones.
    id: Option<String>,
    /// Only those that are open, that somebody takes care of, or that are resolved.
    #[arg(long, value_parser = ["open", "acknowledged", "resolved"], conflicts_with = "id")]
    state: Option<String>,
    /// How many to show, 1 to 200.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

/// What is done with an alert.
#[derive(Debug, Subcommand)]
enum OnAlert {
    /// Say that an alert has been dealt with.
    Resolve {
        /// Which alert.
        id: String,
        #[command(flatten)]
        client: ClientFile,
    },
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

impl Alerts {
    pub(super) fn run(self) -> Result<(), Failed> {
        if let Some(OnAlert::Resolve { id, client }) = &self.what {
            let path = format!("/api/alerts/{id}/resolve");
            show(&block_on(ask(&client.read()?, Method::POST, &path))?);
            return Ok(());
        }
        let client = self.client.read()?;
        let path = match &self.id {
            Some(id) => format!("/api/alerts/{id}"),
            None => {
                format!(
                    "/api/alerts?limit={}&state={}",
                    self.limit,
                    self.state.as_deref().unwrap_or_default()
                )
            }
        };
        let answer = block_on(ask(&client, Method::GET, &path))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
        } else if self.id.is_some() {
            show(&answer);
            for entry in list(&answer, "log") {
                say(&format!("  {}  {}", text(&entry["at"]), story(entry, &[])));
            }
        } else {
            let alerts = list(&answer, "alerts");
            if alerts.is_empty() {
                say("no alerts yet");
            }
            alerts.iter().for_each(show);
        }
        Ok(())
    }
}

/// One alert for people.
fn show(alert: &Value) {
    let recipients: Vec<_> = list(alert, "recipients")
        .iter()
        .filter_map(|one| one.as_object()?.values().next().map(text))
        .collect();
    let caller = &alert["caller"];
    let who = [&caller["name"], &caller["number"]].map(text).into_iter().filter(|part| !part.is_empty());
    say(&format!(
        "{}  {} {} for {}, {}",
        text(&alert["id"]),
        text(&alert["severity"]),
        text(&alert["action"]),
        recipients.join(", "),
        text(&alert["state"]),
    ));
    if let Some(taken) = alert.get("acknowledged").filter(|taken| taken.is_object()) {
        say(&format!("  acknowledged {} by {}", text(&taken["at"]), text(&taken["by"])));
    }
    if let Some(end) = alert.get("resolved").filter(|end| end.is_object()) {
        say(&format!("  resolved {} by {}", text(&end["at"]), text(&end["by"])));
    }
    say(&format!("  opened {} by {}", text(&alert["opened_at"]), who.collect::<Vec<_>>().join(", ")));
    let Some(message) = alert.get("message").filter(|message| message.is_object()) else {
        say("  no message");
        return;
    };
    let words = match text(&message["transcript"]).as_str() {
        "text" => format!("\u{201c}{}\u{201d}", text(&message["text"])),
        "pending" => "its text is being made".to_owned(),
        "failed" => "no text could be made of it".to_owned(),
        _ => "no text is made of it".to_owned(),
    };
    say(&format!("  message of {} s: {words}", message["seconds"]));
    say(&format!("  listen: {}", text(&alert["link"])));
}

/// Something that happened, for people: its fields as they are, but for those of these names.
pub(super) fn story(entry: &Value, without: &[&str]) -> String {
    let is_told = |name: &str| !["at", "what"].contains(&name) && !without.contains(&name);
    let fields = entry.as_object().into_iter().flatten().filter(|(name, _)| is_told(name));
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
