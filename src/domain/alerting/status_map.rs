//! Which matter an event is about, and what it asks for.

use super::control::ControlParameters;
use super::event::{Discarded, Transition};
use super::payload::{Node, is_same};
use super::reasons::{Reasons, quoted, repeated};

/// Where an event that was not made for us says so: names of parameters, and what their values mean (source: the URL
/// parameters of the SIGNL4 webhook). Names and values count in any case of letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusMap {
    /// The parameter that holds the sender's id of the matter; a path leads to a nested one.
    pub id: Option<String>,
    /// The parameter that holds the status, likewise.
    pub status: Option<String>,
    /// Values of it that open an alert; empty: all that mean nothing else.
    pub new: Vec<String>,
    /// Values of it that say that somebody takes care of it.
    pub acknowledged: Vec<String>,
    /// Values of it that say that it has ended.
    pub resolved: Vec<String>,
}

impl StatusMap {
    /// What the parameters of a URL say, after decoding. Others mean nothing here. A status may be there more than once.
    pub fn of_query<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut map = Self::default();
        for (name, value) in parameters {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let value = value.to_owned();
            match name.trim().to_ascii_lowercase().as_str() {
                "extidparam" => map.id = Some(value),
                "extstatusparam" => map.status = Some(value),
                "newstatus" => map.new.push(value),
                "ackstatus" => map.acknowledged.push(value),
                "resolvedstatus" => map.resolved.push(value),
                _ => {}
            }
        }
        map
    }

    /// The sender's id of the matter, `None` where there is none. What the event says in our own words counts more than
    /// what the map finds in it.
    pub fn external_id(
        &self,
        control: &ControlParameters,
        root: &Node,
        reasons: &mut Reasons,
    ) -> Option<String> {
        let Some(id) = &control.external_id else {
            return value(root, "ExtIdParam", self.id.as_deref(), reasons);
        };
        reasons.step(format!("X-S4-ExternalID is {}: that is its matter", quoted(id)));
        Some(id.clone())
    }

    /// What an event asks for, likewise. `has_id`: whether it says what matter it is about.
    pub fn transition(
        &self,
        control: &ControlParameters,
        root: &Node,
        has_id: bool,
        reasons: &mut Reasons,
    ) -> Transition {
        let transition = if let Some(word) = &control.status {
            own(word, reasons)
        } else if let Some(word) = value(root, "ExtStatusParam", self.status.as_deref(), reasons) {
            self.mapped(&word, reasons)
        } else {
            reasons.step("it says no status: it is new");
            Transition::Open
        };
        match transition {
            Transition::Acknowledge | Transition::Resolve if !has_id => {
                reasons.note("it does nothing: it changes a status without the id of the matter");
                Transition::Discard(Discarded::NoExternalId)
            }
            Transition::Open | Transition::Acknowledge | Transition::Resolve | Transition::Discard(_) => {
                transition
            }
        }
    }

    /// A status in the sender's words.
    fn mapped(&self, word: &str, reasons: &mut Reasons) -> Transition {
        let is_one = |of: &[String]| of.iter().any(|one| is_same(one, word));
        let (transition, step) = if is_one(&self.resolved) {
            (Transition::Resolve, "that is ResolvedStatus: it is ended")
        } else if is_one(&self.acknowledged) {
            (Transition::Acknowledge, "that is AckStatus: it is taken care of")
        } else if is_one(&self.new) {
            (Transition::Open, "that is NewStatus: it is new")
        } else if self.new.is_empty() {
            (Transition::Open, "that means nothing else, and there is no NewStatus: it is new")
        } else {
            reasons.note(format!(
                "it does nothing: the status {} is neither NewStatus, AckStatus nor ResolvedStatus",
                quoted(word)
            ));
            return Transition::Discard(Discarded::Status(repeated(word)));
        };
        reasons.step(step);
        transition
    }
}

/// The value of the parameter that a parameter of the URL names.
fn value(root: &Node, by: &str, name: Option<&str>, reasons: &mut Reasons) -> Option<String> {
    let name = name?;
    let value = root.named(name).and_then(Node::text).map(str::trim).filter(|value| !value.is_empty());
    match value {
        Some(value) => {
            reasons.step(format!("{by} names {}, which is {}", quoted(name), quoted(value)));
        }
        None => reasons.note(format!("{by} names {}, which the event does not have", quoted(name))),
    }
    value.map(str::to_owned)
}

/// A status in our own words.
fn own(word: &str, reasons: &mut Reasons) -> Transition {
    let (transition, meaning) = match word.trim().to_lowercase().as_str() {
        "new" => (Transition::Open, "new"),
        "acknowledged" => (Transition::Acknowledge, "taken care of"),
        "resolved" | "closed" => (Transition::Resolve, "ended"),
        _ => {
            reasons.note(format!(
                "it does nothing: X-S4-Status is {}, which is neither New, Acknowledged, Resolved nor Closed",
                quoted(word)
            ));
            return Transition::Discard(Discarded::Status(repeated(word)));
        }
    };
    reasons.step(format!("X-S4-Status is {}: it is {meaning}", quoted(word)));
    transition
}
