//! Parameters by which an event says what is to be done with it. They are not shown to people.

use super::content::Location;
use super::location;
use super::payload::{Node, Payload, is_same};
use super::reasons::{Reasons, quoted};
use super::scenario::Scenario;

/// What an event says of itself. `None`: nothing, or nothing that can be understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControlParameters {
    /// The name of a category.
    pub service: Option<String>,
    /// Where it is.
    pub location: Option<Location>,
    /// How many must acknowledge.
    pub scenario: Option<Scenario>,
    /// Whether it is dropped where it fits no category.
    pub is_strict: Option<bool>,
    /// The sender's id of the matter.
    pub external_id: Option<String>,
    /// What has become of it, in the sender's word.
    pub status: Option<String>,
    /// The program that it comes from.
    pub source: Option<String>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Service,
    Location,
    Scenario,
    Filtering,
    ExternalId,
    Status,
    SourceSystem,
}

impl Name {
    const ALL: [Self; 7] = [
        Self::Service,
        Self::Location,
        Self::Scenario,
        Self::Filtering,
        Self::ExternalId,
        Self::Status,
        Self::SourceSystem,
    ];

    /// As events write it, in any case of letters (source: the SIGNL4 webhook).
    const fn word(self) -> &'static str {
        match self {
            Self::Service => "X-S4-Service",
            Self::Location => "X-S4-Location",
            Self::Scenario => "X-S4-AlertingScenario",
            Self::Filtering => "X-S4-Filtering",
            Self::ExternalId => "X-S4-ExternalID",
            Self::Status => "X-S4-Status",
            Self::SourceSystem => "X-S4-SourceSystem",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| is_same(name.word(), word))
    }
}

/// Takes them out of a payload, wherever they are. Of two of one name the outer one counts, and the first of these.
pub fn take(payload: &mut Payload, reasons: &mut Reasons) -> ControlParameters {
    let mut control = ControlParameters::default();
    let mut known: Vec<(Name, String)> = vec![];
    for (name, value) in payload.root.take(|name| Name::of(name).is_some()) {
        let Some(name) = Name::of(&name) else { continue };
        let word = name.word();
        let Some(text) = value.text().map(str::trim) else {
            if value != Node::Null {
                reasons.note(format!("{word} is ignored: it is more than one value"));
            }
            continue;
        };
        match known.iter().find(|(one, _)| *one == name) {
            _ if text.is_empty() => {}
            Some((_, before)) if before == text => {}
            Some(_) => reasons.note(format!("{word} is there more than once: the first one counts")),
            None => {
                known.push((name, text.to_owned()));
                if let Err(wanted) = control.set(name, text) {
                    reasons.note(format!("{word} is ignored: {} is not {wanted}", quoted(text)));
                }
            }
        }
    }
    control
}

impl ControlParameters {
    /// The error says what is wanted instead.
    fn set(&mut self, name: Name, text: &str) -> Result<(), &'static str> {
        match name {
            Name::Service => self.service = Some(text.to_owned()),
            Name::ExternalId => self.external_id = Some(text.to_owned()),
            Name::Status => self.status = Some(text.to_owned()),
            Name::SourceSystem => self.source = Some(text.to_owned()),
            Name::Location => {
                let location = location::parse(text);
                let wanted = "latitude and longitude in degrees, as 52.4354955,13.0540154";
                self.location = Some(location.ok_or(wanted)?);
            }
            Name::Scenario => {
                let scenario = Scenario::from_word(text);
                self.scenario = Some(scenario.ok_or("single_ack, multi_ack or emergency")?);
            }
            Name::Filtering => self.is_strict = Some(flag(text).ok_or("true or false")?),
        }
        Ok(())
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
