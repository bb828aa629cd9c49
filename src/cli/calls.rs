//! `calls`: the calls of a running gateway, and what came of them.

use super::api::{ask, list, story, text};
use super::client::ClientFile;
use super::on_call::{query, segment};
use super::{Failed, block_on, say};
use clap::Args;
use reqwest::Method;
use serde_json::Value;

/// Options of `calls`.
#[derive(Debug, Args)]
pub(crate) struct Calls {
    /// One call, with its story; left out: the newest ones.
    id: Option<String>,
    /// Only those that go on, or only those that are over.
    #[arg(long, value_parser = ["under_way", "ended"], conflicts_with = "id")]
    state: Option<String>,
    /// How many to show, 1 to 100.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Go on after this place, which the page before has named.
    #[arg(long, value_name = "PLACE", conflicts_with = "id")]
    after: Option<String>,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

impl Calls {
    pub(super) fn run(self) -> Result<(), Failed> {
        let path = if let Some(id) = &self.id {
            format!("/api/calls/{}", segment(id)?)
        } else {
            let limit = Some(self.limit.to_string());
            format!(
                "/api/calls{}",
                query(&[("limit", &limit), ("state", &self.state), ("after", &self.after)])
            )
        };
        let answer = block_on(ask(&self.client.read()?, Method::GET, &path))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
        } else if self.id.is_some() {
            show(&answer);
        } else {
            let calls = list(&answer, "calls");
            if calls.is_empty() {
                say("no calls");
            }
            for call in calls {
                say(&line(call));
            }
            if let Some(next) = answer.get("next").and_then(Value::as_str) {
                say(&format!("there are more: --after {next}"));
            }
        }
        Ok(())
    }
}

/// A call on one line.
fn line(call: &Value) -> String {
    let ending = call.get("ending").and_then(Value::as_str);
    let stands = ending.map_or_else(|| text(&call["state"]), |ending| format!("ended: {ending}"));
    let caller = &call["caller"];
    let known = [&caller["name"], &caller["number"]].map(text).into_iter().filter(|part| !part.is_empty());
    let known = known.collect::<Vec<_>>().join(", ");
    let who = if known.is_empty() { "nobody that is known" } else { &known };
    format!("{}  {}  {stands}, by {who}", text(&call["id"]), text(&call["started_at"]))
}

/// One call with its story.
fn show(call: &Value) {
    say(&line(call));
    for leg in list(call, "legs") {
        say(&format!("  phone of {}: {}", text(&leg["name"]), phone(leg)));
    }
    for alert in list(call, "alerts") {
        say(&format!("  alert {}: {}", text(&alert["id"]), text(&alert["state"])));
    }
    for event in list(call, "events") {
        say(&format!("  {}  {}", text(&event["at"]), story(event, &["leg", "recording", "alert"])));
    }
}

/// A phone that was called for people.
fn phone(leg: &Value) -> String {
    let keys = leg.get("keys").and_then(Value::as_str);
    let keys = keys.map_or_else(String::new, |keys| format!(", keys {keys}"));
    let why = leg.get("why").and_then(Value::as_str).unwrap_or("it goes on");
    format!("{}, {why}{keys}", text(&leg["number"]))
}
