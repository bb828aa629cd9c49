//! `alerts`: seen, and acted on.

use super::api::{ask, ask_with, list, story, text};
use super::client::{Client, ClientFile};
use super::on_call::{query, segment};
use super::{Failed, block_on, say};
use clap::{ArgGroup, Args, Subcommand};
use dutyline::domain::severity::Severity;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Options of `alerts`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Alerts {
    #[command(subcommand)]
    what: Option<OnAlert>,
    /// One alert, by its number or its id, with its story; left out: the newest ones.
    #[arg(conflicts_with_all = WANTED, conflicts_with = "after")]
    alert: Option<String>,
    #[command(flatten)]
    wanted: Wanted,
    /// How many to show, 1 to 100.
    #[arg(long, default_value_t = 20)]
    limit: u32,
    /// Go on after the page before, which has named this place.
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

/// What [`Wanted`] has, by its names here.
const WANTED: [&str; 9] =
    ["state", "severity", "team", "category", "source", "person", "from", "until", "search"];

/// Which alerts.
#[derive(Debug, Args)]
struct Wanted {
    /// Only those that are open, that somebody takes care of, or that are resolved.
    #[arg(long, value_parser = ["open", "acknowledged", "resolved"])]
    state: Option<String>,
    /// Only those that are so bad.
    #[arg(long, value_parser = Severity::ALL.map(Severity::word))]
    severity: Option<String>,
    /// Only those of that team.
    #[arg(long)]
    team: Option<String>,
    /// Only those of that category.
    #[arg(long)]
    category: Option<String>,
    /// Only those that come from that program.
    #[arg(long, value_name = "PROGRAM")]
    source: Option<String>,
    /// Only those that the person of that id was told of, or has acknowledged or resolved.
    #[arg(long, value_name = "PERSON")]
    person: Option<String>,
    /// Only those opened at that moment or later, e.g. 2026-01-05T18:00+01:00.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only those opened before that moment.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only those with this in the spoken message or the first 2,000 letters of title and text, as it stands there, in any
    /// case of letters.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

impl Wanted {
    /// By the names that the gateway has for them.
    const fn parameters(&self) -> [(&'static str, &Option<String>); 9] {
        [
            ("state", &self.state),
            ("severity", &self.severity),
            ("team", &self.team),
            ("category", &self.category),
            ("source", &self.source),
            ("person", &self.person),
            ("from", &self.from),
            ("until", &self.until),
            ("q", &self.search),
        ]
    }
}

/// What is done with alerts.
#[derive(Debug, Subcommand)]
enum OnAlert {
    /// Say that somebody takes care of an alert.
    Acknowledge(One),
    /// Say that somebody takes care of all alerts of a kind.
    AcknowledgeAll(Several),
    /// Say that nobody takes care of it after all.
    UndoAcknowledge(One),
    /// Say that an alert has been dealt with.
    Resolve(One),
    /// Say that it has not been dealt with after all.
    UndoResolve(One),
    /// Say that all alerts of a kind have been dealt with, but for those that nobody has acknowledged.
    CloseAll(Several),
    /// Have the next people told of an alert, whether or not somebody takes care of it.
    Escalate(One),
    /// Tell nobody of an alert for a while.
    Snooze(Snooze),
    /// Write something about an alert.
    Note(Note),
}

/// Which alert, and for whom something is done to it.
#[derive(Debug, Args)]
struct One {
    /// Which alert: its number or its id.
    alert: String,
    /// The id of the person for whom this is done; left out: for whoever has the key.
    #[arg(long = "as", value_name = "PERSON")]
    acting_as: Option<String>,
    #[command(flatten)]
    client: ClientFile,
}

/// Which alerts, and for whom something is done to them.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").args(WANTED).required(true).multiple(true))]
struct Several {
    #[command(flatten)]
    wanted: Wanted,
    /// The id of the person for whom this is done; left out: for whoever has the key.
    #[arg(long = "as", value_name = "PERSON")]
    acting_as: Option<String>,
    #[command(flatten)]
    client: ClientFile,
}

/// Options of `alerts snooze`.
#[derive(Debug, Args)]
struct Snooze {
    #[command(flatten)]
    one: One,
    /// For so many minutes.
    #[arg(long, required_unless_present = "until", conflicts_with = "until")]
    minutes: Option<u32>,
    /// Until that moment, e.g. 2026-01-05T18:00+01:00.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

/// Options of `alerts note`.
#[derive(Debug, Args)]
struct Note {
    #[command(flatten)]
    one: One,
    /// What is written.
    text: String,
}

impl Alerts {
    pub(super) fn run(self) -> Result<(), Failed> {
        match self.what {
            Some(OnAlert::Acknowledge(one)) => one.act("acknowledge", &[]),
            Some(OnAlert::AcknowledgeAll(several)) => several.act("acknowledge"),
            Some(OnAlert::CloseAll(several)) => several.act("close"),
            Some(OnAlert::UndoAcknowledge(one)) => one.act("undo-acknowledge", &[]),
            Some(OnAlert::UndoResolve(one)) => one.act("undo-resolve", &[]),
            Some(OnAlert::Resolve(one)) => one.act("resolve", &[]),
            Some(OnAlert::Escalate(one)) => one.act("escalate", &[]),
            Some(OnAlert::Snooze(Snooze { one, minutes, until })) => {
                one.act("snooze", &[("minutes", minutes.map(Value::from)), ("until", until.map(Value::from))])
            }
            Some(OnAlert::Note(Note { one, text })) => one.act("notes", &[("text", Some(text.into()))]),
            None => self.show(),
        }
    }

    fn show(self) -> Result<(), Failed> {
        let client = self.client.read()?;
        let is_narrowed =
            self.after.is_some() || self.wanted.parameters().iter().any(|(_, value)| value.is_some());
        let path = if let Some(alert) = &self.alert {
            path_of(alert)?
        } else {
            let limit = Some(self.limit.to_string());
            let page = [("limit", &limit), ("after", &self.after)];
            let asked: Vec<_> = page.into_iter().chain(self.wanted.parameters()).collect();
            format!("/api/alerts{}", query(&asked))
        };
        let answer = block_on(ask(&client, Method::GET, &path))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
        } else if self.alert.is_some() {
            show(&answer);
            show_unsent(&answer);
            for entry in list(&answer, "log") {
                say(&format!("  {}  {}", text(&entry["at"]), story(entry, &[])));
            }
        } else {
            let alerts = list(&answer, "alerts");
            alerts.iter().for_each(show);
            match answer.get("next").and_then(Value::as_str) {
                Some(next) => say(&format!("there are more: --after {next}")),
                None if alerts.is_empty() && is_narrowed => say("no such alerts"),
                None if alerts.is_empty() => say("no alerts yet"),
                None => {}
            }
        }
        Ok(())
    }
}

impl One {
    /// Does something to it, and shows it.
    fn act(self, deed: &str, fields: &[(&str, Option<Value>)]) -> Result<(), Failed> {
        let client = self.client.read()?;
        let said = fields.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
        let acting_as = self.acting_as.map(|person| ("as".to_owned(), Value::from(person)));
        let body: Map<String, Value> = said.chain(acting_as).collect();
        block_on(async {
            let id = id_of(&client, &self.alert).await?;
            let path = format!("/api/alerts/{id}/{deed}");
            show(&ask_with(&client, &path, &Value::Object(body)).await?);
            Ok(())
        })
    }
}

impl Several {
    /// Does something to each of them, and says what became of it.
    fn act(self, deed: &str) -> Result<(), Failed> {
        let client = self.client.read()?;
        let mut filter = Map::new();
        for (name, value) in self.wanted.parameters() {
            let Some(value) = value else { continue };
            // Of states there can be several.
            let value = if name == "state" { json!([value]) } else { json!(value) };
            filter.insert(name.to_owned(), value);
        }
        let mut body = Map::from_iter([("filter".to_owned(), Value::Object(filter))]);
        body.extend(self.acting_as.map(|person| ("as".to_owned(), Value::from(person))));
        let answer = block_on(ask_with(&client, &format!("/api/alerts/{deed}"), &Value::Object(body)))?;
        let results = list(&answer, "results");
        for one in results {
            let how = match one.get("error").filter(|error| error.is_object()) {
                Some(error) => format!("refused: {}", text(&error["message"])),
                None => text(&one["state"]),
            };
            say(&format!("{}  {}  {how}", one["number"], text(&one["id"])));
        }
        if results.is_empty() {
            say("there is no such alert");
        }
        if answer.get("more") == Some(&Value::Bool(true)) {
            say("there are more: ask again");
        }
        Ok(())
    }
}

fn is_number(alert: &str) -> bool {
    !alert.is_empty() && alert.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where an alert is, by its number or its id.
fn path_of(alert: &str) -> Result<String, Failed> {
    let kind = if is_number(alert) { "by-number/" } else { "" };
    Ok(format!("/api/alerts/{kind}{}", segment(alert)?))
}

/// The id of an alert that is named by its number or its id, for a path.
async fn id_of(client: &Client, alert: &str) -> Result<String, Failed> {
    if !is_number(alert) {
        return segment(alert);
    }
    let found = ask(client, Method::GET, &path_of(alert)?).await?;
    segment(&found.get("id").map(text).unwrap_or_default())
}

/// The messages that have not gone out, and why. Of an alert that needs nobody now, those that wait go to nobody.
fn show_unsent(alert: &Value) {
    let is_needed = text(&alert["state"]) == "open" && alert["snoozed_until"].is_null();
    let mut lines: Vec<(String, usize)> = vec![];
    for message in list(alert, "notifications") {
        let state = text(&message["state"]);
        let is_shown = match state.as_str() {
            "waiting" => is_needed || message["news"].is_string(),
            state => ["sending", "failed", "unknown"].contains(&state),
        };
        if !is_shown {
            continue;
        }
        let line = unsent(message, &state);
        match lines.iter_mut().find(|(known, _)| *known == line) {
            Some((_, times)) => *times += 1,
            None => lines.push((line, 1)),
        }
    }
    for (line, times) in lines {
        let times = if times > 1 { format!(" ({times} times)") } else { String::new() };
        say(&format!("  {line}{times}"));
    }
}

/// One of them.
fn unsent(message: &Value, state: &str) -> String {
    let [throttled, next, cause, news] =
        ["throttled_until", "next_at", "cause", "news"].map(|name| text(&message[name]));
    let until = match (throttled.is_empty(), next.is_empty()) {
        (false, _) => format!(" until {throttled}, since that device has been sent enough"),
        (true, false) => format!(" until {next}"),
        (true, true) => String::new(),
    };
    let cause = if cause.is_empty() { cause } else { format!(", {cause}") };
    let news = if news.is_empty() { news } else { format!(" (news: {news})") };
    format!("{}{news} for {}: {state}{until}{cause}", text(&message["by"]), text(&message["person"]))
}

/// One alert for people.
fn show(alert: &Value) {
    let recipients: Vec<_> = list(alert, "recipients")
        .iter()
        .filter_map(|one| one.as_object()?.values().next().map(text))
        .collect();
    let kind = match alert.get("event").filter(|event| event.is_object()) {
        Some(event) => {
            event.get("source").filter(|source| source.is_string()).unwrap_or(&event["integration"])
        }
        None => &alert["action"],
    };
    let team = text(&alert["team"]);
    // Of a call, the caller has chosen whom it is for; of an event, nobody has.
    let is_chosen = alert["event"].is_null() && !recipients.is_empty();
    let whose = if team.is_empty() || is_chosen { recipients.join(", ") } else { team };
    say(&format!(
        "{}  {}  {} {} for {whose}, {}",
        alert["number"],
        text(&alert["id"]),
        text(&alert["severity"]),
        text(kind),
        text(&alert["state"]),
    ));
    for line in [&alert["title"], &alert["text"]].into_iter().filter(|line| line.is_string()) {
        say(&format!("  {}", text(line)));
    }
    for name in ["acknowledged", "resolved"] {
        if let Some(done) = alert.get(name).filter(|done| done.is_object()) {
            say(&format!("  {name} {} by {}", text(&done["at"]), text(&done["by"])));
        }
    }
    if let Some(until) = alert["snoozed_until"].as_str() {
        say(&format!("  nobody is told until {until}"));
    }
    let opened = text(&alert["opened_at"]);
    let Some(caller) = alert.get("caller").filter(|caller| caller.is_object()) else {
        say(&format!("  opened {opened}"));
        return;
    };
    let who = [&caller["name"], &caller["number"]].map(text).into_iter().filter(|part| !part.is_empty());
    say(&format!("  opened {opened} by {}", who.collect::<Vec<_>>().join(", ")));
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
