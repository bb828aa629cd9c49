//! `outbox`: what a running gateway has still to do outside, and what it has given up.

use super::api::{ask, list, text};
use super::client::ClientFile;
use super::{Failed, block_on, say};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;

/// Options of `outbox`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    what: Option<What>,
    /// Only what was given up.
    #[arg(long)]
    failed: bool,
    /// How many to show, 1 to 100.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Go on after this one.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

/// What is done with one of them.
#[derive(Debug, Subcommand)]
enum What {
    /// Try one now that waits, or that was given up: that one begins anew.
    Retry(One),
    /// Forget one that was given up.
    Drop(One),
}

/// One of them.
#[derive(Debug, Args)]
struct One {
    /// Its id, as the list shows it.
    id: String,
    #[command(flatten)]
    client: ClientFile,
}

impl Outbox {
    pub(super) fn run(self) -> Result<(), Failed> {
        match &self.what {
            None => self.list(),
            Some(What::Retry(one)) => {
                block_on(ask(&one.client.read()?, Method::POST, &format!("/api/outbox/{}/retry", one.id)))?;
                say(&format!("{} is due now", one.id));
                Ok(())
            }
            Some(What::Drop(one)) => {
                block_on(ask(&one.client.read()?, Method::DELETE, &format!("/api/outbox/{}", one.id)))?;
                say(&format!("{} is forgotten", one.id));
                Ok(())
            }
        }
    }

    fn list(&self) -> Result<(), Failed> {
        let state = if self.failed { "failed" } else { "" };
        let after = self.after.as_deref().unwrap_or_default();
        let path = format!("/api/outbox?state={state}&limit={}&after={after}", self.limit);
        let answer = block_on(ask(&self.client.read()?, Method::GET, &path))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
            return Ok(());
        }
        let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
        say(&format!("{} waiting, {} given up", count("waiting"), count("failed")));
        list(&answer, "effects").iter().for_each(show);
        if let Some(next) = answer.get("next").and_then(Value::as_str) {
            say(&format!("there are more: --after {next}"));
        }
        Ok(())
    }
}

/// One of them for people.
fn show(effect: &Value) {
    let attempts = match effect["attempts"].as_u64() {
        Some(0) | None => "not tried yet".to_owned(),
        Some(1) => "tried once".to_owned(),
        Some(count) => format!("tried {count} times"),
    };
    let next =
        effect["due_at"].as_str().map_or_else(|| "given up".to_owned(), |due| format!("next at {due}"));
    say(&format!("{}  {}  {attempts}, {next}", text(&effect["id"]), text(&effect["kind"])));
    if let Some(asked) = effect["asked_at"].as_str() {
        say(&format!("  asked for at {asked}"));
    }
    if let Some(cause) = effect["cause"].as_str() {
        say(&format!("  {cause}"));
    }
}
