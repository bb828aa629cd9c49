//! `on-call`, `absences`, `overrides`: who is on call by a running gateway, and who is not for a time.

use super::api::{ask, ask_with, list, text};
use super::client::ClientFile;
use super::{Failed, block_on, say};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::Serializer;

/// Options of `on-call`.
#[derive(Debug, Args)]
pub(crate) struct OnCall {
    /// Whose people: the name of a group.
    #[arg(value_name = "GROUP")]
    group: String,
    /// At which moment, e.g. 2026-01-05T09:00Z. Left out: now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

/// Options of `absences`.
#[derive(Debug, Args)]
pub(crate) struct Absences {
    #[command(subcommand)]
    what: OnAbsences,
}

/// Options of `overrides`.
#[derive(Debug, Args)]
pub(crate) struct Overrides {
    #[command(subcommand)]
    what: OnOverrides,
}

/// What is done with absences.
#[derive(Debug, Subcommand)]
enum OnAbsences {
    /// Show who is away now, or will be.
    List(List),
    /// Say that somebody is away.
    Add(AddAbsence),
    /// Say that they are not: forget an absence.
    Remove(One),
}

/// What is done with overrides.
#[derive(Debug, Subcommand)]
enum OnOverrides {
    /// Show by what schedules are overridden now, or will be.
    List(List),
    /// Put somebody on call besides a schedule, or in another's place, or take somebody off it.
    Add(AddOverride),
    /// Forget an override.
    Remove(One),
}

/// Options of a list.
#[derive(Debug, Args)]
struct List {
    /// How many to show, 1 to 100.
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Go on after this place, which the page before has named.
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
    /// Print the gateway's JSON as it comes.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    client: ClientFile,
}

/// Options of `absences add`.
#[derive(Debug, Args)]
struct AddAbsence {
    /// Who is away.
    person: String,
    /// From when on. Left out: now.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when. Left out: until further notice.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Who stands in. Left out: nobody.
    #[arg(long, value_name = "PERSON")]
    replacement: Option<String>,
    #[command(flatten)]
    client: ClientFile,
}

/// Options of `overrides add`.
#[derive(Debug, Args)]
struct AddOverride {
    /// Which schedule.
    schedule: String,
    /// Who is on call besides.
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["remove", "replace", "by"], required_unless_present_any = ["remove", "replace"])]
    add: Option<String>,
    /// Who is not on call.
    #[arg(long, value_name = "PERSON", conflicts_with_all = ["replace", "by"])]
    remove: Option<String>,
    /// Who is replaced.
    #[arg(long, value_name = "PERSON", requires = "by")]
    replace: Option<String>,
    /// Who takes their place.
    #[arg(long, value_name = "PERSON", requires = "replace")]
    by: Option<String>,
    /// From when on. Left out: now.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when.
    #[arg(long, value_name = "TIME")]
    until: String,
    #[command(flatten)]
    client: ClientFile,
}

/// One of them.
#[derive(Debug, Args)]
struct One {
    /// Its id, as the list shows it.
    id: String,
    #[command(flatten)]
    client: ClientFile,
}

impl OnCall {
    pub(super) fn run(self) -> Result<(), Failed> {
        let client = self.client.read()?;
        let path = format!("/api/on-call/{}/explain{}", segment(&self.group)?, query(&[("at", &self.at)]));
        let answer = block_on(ask(&client, Method::GET, &path))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
            return Ok(());
        }
        say(&format!("{} at {}", self.group, answer.get("at").map(text).unwrap_or_default()));
        let responders = list(&answer, "responders");
        if responders.is_empty() {
            say("  nobody is on call");
        }
        for (number, responder) in (1_u64..).zip(responders) {
            say(&format!("  {number}. {}", responder_line(responder)));
        }
        let left_out = list(&answer, "left_out");
        if !left_out.is_empty() {
            say("left out");
        }
        for one in left_out {
            say(&format!("  {}", text(&one["message"])));
        }
        Ok(())
    }
}

/// Somebody on call for people.
fn responder_line(responder: &Value) -> String {
    let devices: Vec<_> = list(responder, "devices").iter().map(text).collect();
    let devices = if devices.is_empty() { "no device".to_owned() } else { devices.join(", ") };
    let instead = match responder["stands_in_for"].as_str() {
        Some(other) => format!(", stands in for {other}"),
        None => String::new(),
    };
    let (name, person) = (text(&responder["name"]), text(&responder["person"]));
    format!("{name} ({person}), level {}{instead}: {devices}", responder["level"])
}

impl Absences {
    pub(super) fn run(self) -> Result<(), Failed> {
        match self.what {
            OnAbsences::List(list) => list.show("/api/absences", "absences", "nobody is away", absence_line),
            OnAbsences::Add(add) => {
                let fields = [
                    ("person", Some(add.person)),
                    ("from", add.from),
                    ("until", add.until),
                    ("replacement", add.replacement),
                ];
                let added = block_on(ask_with(&add.client.read()?, "/api/absences", &body(fields)))?;
                say(&absence_line(&added));
                Ok(())
            }
            OnAbsences::Remove(one) => one.forget("/api/absences"),
        }
    }
}

impl Overrides {
    pub(super) fn run(self) -> Result<(), Failed> {
        match self.what {
            OnOverrides::List(list) => {
                list.show("/api/overrides", "overrides", "no schedule is overridden", override_line)
            }
            OnOverrides::Add(add) => {
                let fields = [
                    ("schedule", Some(add.schedule)),
                    ("add", add.add),
                    ("remove", add.remove),
                    ("replace", add.replace),
                    ("by", add.by),
                    ("from", add.from),
                    ("until", Some(add.until)),
                ];
                let added = block_on(ask_with(&add.client.read()?, "/api/overrides", &body(fields)))?;
                say(&override_line(&added));
                Ok(())
            }
            OnOverrides::Remove(one) => one.forget("/api/overrides"),
        }
    }
}

impl List {
    fn show(
        &self,
        path: &str,
        name: &str,
        nothing: &str,
        line: impl Fn(&Value) -> String,
    ) -> Result<(), Failed> {
        let query = query(&[("limit", &Some(self.limit.to_string())), ("after", &self.after)]);
        let answer = block_on(ask(&self.client.read()?, Method::GET, &format!("{path}{query}")))?;
        if self.json {
            say(&serde_json::to_string_pretty(&answer)?);
            return Ok(());
        }
        let shown = list(&answer, name);
        if shown.is_empty() {
            say(nothing);
        }
        for one in shown {
            say(&line(one));
        }
        if let Some(next) = answer.get("next").and_then(Value::as_str) {
            say(&format!("there are more: --after {next}"));
        }
        Ok(())
    }
}

impl One {
    fn forget(&self, path: &str) -> Result<(), Failed> {
        let path = format!("{path}/{}", segment(&self.id)?);
        block_on(ask(&self.client.read()?, Method::DELETE, &path))?;
        say(&format!("{} is forgotten", self.id));
        Ok(())
    }
}

/// An absence for people.
fn absence_line(absence: &Value) -> String {
    let until = absence["until"].as_str().unwrap_or("further notice");
    let stands_in = match absence["replacement"].as_str() {
        Some(other) => format!("{other} stands in"),
        None => "nobody stands in".to_owned(),
    };
    let (id, person) = (text(&absence["id"]), text(&absence["person"]));
    format!(
        "{id}  {person} away from {} until {until}, {stands_in}{}",
        text(&absence["from"]),
        place(absence)
    )
}

/// An override for people.
fn override_line(one: &Value) -> String {
    let word = |name: &str| one[name].as_str();
    let change = match (word("add"), word("remove"), word("replace"), word("by")) {
        (Some(person), ..) => format!("{person} besides"),
        (None, Some(person), ..) => format!("without {person}"),
        (None, None, Some(out), by) => format!("{} for {out}", by.unwrap_or_default()),
        (None, None, None, _) => String::new(),
    };
    let (id, schedule) = (text(&one["id"]), text(&one["schedule"]));
    let (from, until) = (text(&one["from"]), text(&one["until"]));
    format!("{id}  {schedule}: {change} from {from} until {until}{}", place(one))
}

fn place(one: &Value) -> &'static str {
    if one["defined_in"] == "settings" { " (defined in settings)" } else { "" }
}

/// A name as one part of a path, whatever characters it has.
pub(super) fn segment(name: &str) -> Result<String, Failed> {
    let mut url = Url::parse("http://gateway/")?;
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(name);
    }
    Ok(url.path().trim_start_matches('/').to_owned())
}

/// The query of those parameters that are given.
pub(super) fn query(parameters: &[(&str, &Option<String>)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    }
}

/// The JSON of those fields that are given.
fn body<const N: usize>(fields: [(&str, Option<String>); N]) -> Value {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
    Value::Object(given.collect::<Map<_, _>>())
}
