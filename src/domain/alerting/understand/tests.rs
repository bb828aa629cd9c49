//! Cases of the webhook whose events these are, in JSON: how a body becomes a payload is the edge's matter.

mod categories;
mod shown;
mod status;

use super::*;
use crate::domain::alerting::category::Matching;
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::{IntegrationName, TeamName};
use serde_json::{Value, json};
use uuid::Uuid;

/// The same id again and again: these tests look at one event at a time.
struct OneId;

impl Ids for OneId {
    fn next(&self) -> Uuid {
        Uuid::from_u128(7)
    }

    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }
}

fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(flag) => Node::Flag(*flag),
        Value::Number(number) => Node::Number(number.to_string()),
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => Node::List(items.iter().map(node).collect()),
        Value::Object(fields) => {
            Node::Map(fields.iter().map(|(name, value)| (name.clone(), node(value))).collect())
        }
    }
}

fn category(name: &str) -> Category {
    Category {
        name: CategoryName(name.to_owned()),
        include: vec![],
        exclude: vec![],
        matching: Matching::Any,
        parameter: None,
        is_default: false,
        is_emergency: false,
        colour: None,
        icon: None,
        augment: vec![],
        severity: None,
        severity_parameter: None,
        severities: vec![],
        scenario: None,
        policy: None,
        maintenance: vec![],
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A team with a category a word: lines, databases without tests, alarms of fire and smoke, and the usual two.
fn team() -> Team {
    Team {
        name: TeamName("Plant".to_owned()),
        on_call: vec![],
        members: vec![],
        policy: PolicyName("Standard".to_owned()),
        subscribers: vec![],
        tells_the_told: false,
        acknowledge_timeout: None,
        close_after: None,
        close_acknowledged_after: None,
        categories: vec![
            Category { is_default: true, ..category("General") },
            Category { include: words(&["machine", "conveyor"]), ..category("Lines") },
            Category { include: words(&["sql"]), exclude: words(&["test"]), ..category("Database") },
            Category { include: words(&["fire", "smoke"]), matching: Matching::All, ..category("Fire") },
            Category { is_emergency: true, ..category("Red") },
        ],
        integrations: vec![],
    }
}

fn integration() -> Integration {
    Integration { name: IntegrationName("prtg".to_owned()), is_strict: false }
}

fn payload(body: &Value) -> Payload {
    Payload { root: node(body), files: vec![] }
}

/// What is understood of a body that is posted with those parameters in the URL.
fn mapped(query: &[(&str, &str)], body: &Value) -> Understood {
    let map = StatusMap::of_query(query.iter().copied());
    understand(&team(), &integration(), payload(body), &map, &OneId)
}

fn posted(body: &Value) -> Understood {
    mapped(&[], body)
}

fn posted_to(team: &Team, body: &Value) -> Understood {
    understand(team, &integration(), payload(body), &StatusMap::default(), &OneId)
}

/// The event by which the webhook's documentation explains itself.
fn example(status: Option<&str>) -> Value {
    let mut body = json!({
        "Title": "Critical production failure",
        "Message": "Check line machine C immediately",
        "Severity": "High",
        "Business Details": {"Impact": "Major", "Scope": "Unlimited"},
        "X-S4-ExternalID": "e3b0c44",
    });
    if let Some(status) = status {
        body["X-S4-Status"] = status.into();
    }
    body
}

impl Understood {
    fn detail(&self, name: &str) -> Option<&str> {
        let details = &self.event.content.details;
        details.iter().find(|detail| detail.name == name).map(|detail| detail.value.as_str())
    }

    fn category(&self) -> &str {
        self.event.content.category.as_ref().map_or("", |name| &name.0)
    }

    #[track_caller]
    fn notes_say(&self, what: &[&str]) {
        let notes = &self.event.notes;
        assert_eq!(notes.len(), what.len(), "{notes:?}");
        for (note, what) in notes.iter().zip(what) {
            assert!(note.contains(what), "{note} does not say {what}");
            assert!(self.steps.contains(note), "{note} is no step");
        }
    }
}
