//! What an event says, whatever its shape: what it asks for, what it is about, how bad it is, and why we think so.

#[cfg(test)]
mod tests;

use super::category::Category;
use super::content::{Attached, Content, Detail};
use super::control::{self, ControlParameters};
use super::event::{Attachment, Discarded, Event, Transition};
use super::file::File;
use super::grade;
use super::matching;
pub use super::matching::CategoryReason;
use super::payload::{Node, Payload, is_same};
use super::reasons::Reasons;
use super::status_map::StatusMap;
use super::team::{Integration, Team};
use crate::domain::ids::{EventId, Ids};
use sha2::{Digest, Sha256};

/// Names of the parameter that is the title.
const TITLES: [&str; 2] = ["subject", "title"];

/// Names of the parameter that is the text.
const TEXTS: [&str; 2] = ["message", "body"];

/// What people read where there is nothing at all.
const NOTHING: &str = "No summary provided";

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 1024;

/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 32 * 1024;

/// The longest value of a detail, in characters.
pub const LONGEST_DETAIL: usize = 4096;

/// How many details of an event are kept. What its category adds comes on top.
pub const MOST_DETAILS: usize = 200;

/// The longest id of a matter that is kept as it is, in characters.
pub const LONGEST_ID: usize = 512;

/// The longest name of a program that an event comes from, in characters.
const LONGEST_SOURCE: usize = 256;

/// An event, and how it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// What it is.
    pub event: Event,
    /// Why it has its category, or none.
    pub category: CategoryReason,
    /// The reason of every decision, in words and in the order in which they were made.
    pub steps: Vec<String>,
}

/// What was posted to that team by that way in. There is nothing that can't be understood: what is wrong with it is noted.
pub fn understand(
    team: &Team,
    integration: &Integration,
    mut payload: Payload,
    status_map: &StatusMap,
    ids: &dyn Ids,
) -> Understood {
    let id = EventId::next(ids);
    let reasons = &mut Reasons::default();
    named(&mut payload.root);
    let control = control::take(&mut payload, reasons);
    let root = &payload.root;
    let external_id = status_map.external_id(&control, root, reasons).map(short_id);
    let mut transition = status_map.transition(&control, root, external_id.is_some(), reasons);
    let is_strict = match control.is_strict {
        Some(is_strict) => is_strict,
        None => integration.is_strict,
    };
    // Only what would be an alert is dropped for its words: an end needs none.
    let is_strict = is_strict && transition == Transition::Open;
    let (category, reason) = matching::choose(team, &control, root, is_strict, reasons);
    if reason == CategoryReason::Filtered {
        transition = Transition::Discard(Discarded::NoCategory);
    }
    let severity = grade::of_event(root, category, reasons);
    let attachments = attachments(id, payload.files);
    let mut content = content(payload.root, &control, category, reasons);
    content.attachments = attachments.iter().map(|one| one.attached.clone()).collect();
    if transition == Transition::Open && content.title.is_none() && content.text.is_none() {
        let is_empty = content.details.is_empty() && content.attachments.is_empty();
        let by = control.source.as_deref().unwrap_or(&integration.name.0);
        let (title, note) = if is_empty {
            (NOTHING.to_owned(), "it has neither title nor text, and nothing else")
        } else {
            (format!("Event of {by}"), "it has neither title nor text: it is called by where it comes from")
        };
        content.title = Some(title);
        reasons.note(note);
    }
    augment(&mut content.details, category);
    let scenario = control.scenario.or_else(|| category?.scenario).unwrap_or_default();
    reasons.step(format!("how many must acknowledge: {}", scenario.word()));
    let event = Event {
        id,
        team: team.name.clone(),
        integration: integration.name.clone(),
        source: control.source.map(|source| source.chars().take(LONGEST_SOURCE).collect()),
        external_id,
        transition,
        content,
        severity,
        scenario,
        notes: std::mem::take(&mut reasons.notes),
        attachments,
    };
    Understood { event, category: reason, steps: std::mem::take(&mut reasons.steps) }
}

/// A value without a name is the text. Zeros are no characters to databases.
fn named(root: &mut Node) {
    root.without_zeros();
    match root {
        Node::Text(_) | Node::Number(_) | Node::Flag(_) => {
            let text = std::mem::take(root);
            *root = Node::Map(vec![("message".to_owned(), text)]);
        }
        Node::Null | Node::Map(_) | Node::List(_) => {}
    }
}

/// A long id by its sum: the same one is still the same, and no other one is.
fn short_id(id: String) -> String {
    if id.chars().nth(LONGEST_ID).is_none() {
        id
    } else {
        format!("sha256:{}", hex::encode(Sha256::digest(id)))
    }
}

/// What people read.
fn content(
    mut root: Node,
    control: &ControlParameters,
    category: Option<&Category>,
    reasons: &mut Reasons,
) -> Content {
    let title = outermost(&mut root, &TITLES).map(|title| {
        let line = title.split(char::is_control).collect::<Vec<_>>().join(" ");
        cut(line.trim().to_owned(), LONGEST_TITLE, "its title", reasons)
    });
    let text = outermost(&mut root, &TEXTS)
        .map(|text| cut(text.trim().to_owned(), LONGEST_TEXT, "its text", reasons));
    let (mut details, more) = root.details("value", MOST_DETAILS);
    for detail in &mut details {
        let value = std::mem::take(&mut detail.value);
        detail.value = cut(value, LONGEST_DETAIL, "a value", reasons);
    }
    if more > 0 {
        reasons.note(format!("it has {more} values more than the {MOST_DETAILS} that are kept"));
    }
    let category = category.map(|category| category.name.clone());
    Content { title, text, details, location: control.location, category, attachments: vec![] }
}

/// Takes the first parameter out of the outermost ones that has one of the names, and is not empty.
fn outermost(root: &mut Node, names: &[&str]) -> Option<String> {
    let Node::Map(fields) = root else { return None };
    let is_it = |(name, value): &(String, Node)| {
        names.iter().any(|one| is_same(one, name)) && value.text().is_some_and(|text| !text.trim().is_empty())
    };
    let place = fields.iter().position(is_it)?;
    let text = fields.get(place)?.1.text()?.to_owned();
    // What else is with it stays to be seen.
    if !matches!(fields.get(place), Some((_, Node::Map(_)))) {
        fields.remove(place);
    }
    Some(text)
}

fn cut(mut text: String, longest: usize, what: &str, reasons: &mut Reasons) -> String {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        reasons.note(format!("{what} is cut: it has more than {longest} characters"));
    }
    text
}

/// Adds what the category knows, where the event does not say it itself.
fn augment(details: &mut Vec<Detail>, category: Option<&Category>) {
    let Some(category) = category else { return };
    let own = details.len();
    for added in &category.augment {
        let is_said = details.iter().take(own).any(|detail| is_same(&detail.name, &added.name));
        if !is_said {
            details.push(added.clone());
        }
    }
}

/// Files, and under which name each of them is stored.
fn attachments(id: EventId, files: Vec<File>) -> Vec<Attachment> {
    let attachment = |(index, file): (usize, File)| Attachment {
        attached: Attached {
            name: file.name().to_owned(),
            media_type: file.media_type().to_owned(),
            bytes: file.bytes().len() as u64,
            key: format!("file-{id}-{}", index + 1),
            sha256: hex::encode(Sha256::digest(file.bytes())),
        },
        bytes: file.into_bytes(),
    };
    files.into_iter().enumerate().map(attachment).collect()
}
