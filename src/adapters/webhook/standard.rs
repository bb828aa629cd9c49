//! Messages in our own words: `type`, `timestamp` and `data`, as the Standard Webhooks specification recommends.

use super::said::Said;
use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::content::{Detail, Location};
use crate::domain::alerting::news::{Done, News};
use crate::domain::alerting::origin::Origin;
use crate::ports::webhook::{Personal, Told, ToldAlert};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
struct Event<'a, T> {
    r#type: &'a str,
    timestamp: Timestamp,
    data: T,
}

/// What happened, and the alert as it was right after that.
#[derive(Serialize)]
struct AlertNews<'a> {
    #[serde(flatten)]
    alert: AlertView<'a>,
    by: Option<&'a str>,
    note: Option<&'a str>,
}

/// A message for one person.
#[derive(Serialize)]
struct ForPerson<'a> {
    id: String,
    person: &'a str,
    is_update: bool,
    alert: AlertView<'a>,
}

#[derive(Serialize)]
struct AlertView<'a> {
    id: String,
    number: u32,
    state: &'static str,
    severity: &'static str,
    team: Option<&'a str>,
    category: Option<&'a str>,
    title: &'a str,
    text: Option<&'a str>,
    details: &'a [Detail],
    is_truncated: bool,
    latitude: Option<f64>,
    longitude: Option<f64>,
    origin: &'static str,
    caller: Option<&'a str>,
    source: Option<&'a str>,
    external_id: Option<&'a str>,
    recording_url: Option<&'a str>,
    opened_at: Timestamp,
    acknowledged_at: Option<Timestamp>,
    acknowledged_by: Vec<&'a str>,
    resolved_at: Option<Timestamp>,
    resolved_by: Option<&'a str>,
}

impl<'a> AlertView<'a> {
    fn of(about: &'a ToldAlert<'a>, said: &'a Said<'a>) -> Self {
        let ToldAlert { story, state, recording_url, directory: _ } = about;
        let Alert { id, origin, team, content, opened_at, .. } = &story.alert;
        let (word, caller) = match origin {
            Origin::Call(call) => ("call", call.caller.name.as_deref()),
            Origin::Event(_) => ("event", None),
        };
        let event = origin.event();
        Self {
            id: id.to_string(),
            number: story.number,
            state: state.state().word(),
            severity: state.severity.word(),
            team: team.as_ref().map(|team| team.0.as_str()),
            category: content.category.as_ref().map(|category| category.0.as_str()),
            title: &said.title,
            text: said.text.as_deref(),
            details: said.details,
            is_truncated: said.is_cut,
            latitude: content.location.map(Location::latitude),
            longitude: content.location.map(Location::longitude),
            origin: word,
            caller,
            source: event.and_then(|event| event.source.as_deref()),
            external_id: event.and_then(|event| event.external_id.as_deref()),
            recording_url: *recording_url,
            opened_at: *opened_at,
            acknowledged_at: state.acknowledged.last().filter(|_| state.is_settled).map(|done| done.at),
            acknowledged_by: state.acknowledged.iter().map(|done| done.by.as_str()).collect(),
            resolved_at: state.resolved.as_ref().map(|done| done.at),
            resolved_by: state.resolved.as_ref().map(|Done { by, .. }| by.as_str()),
        }
    }
}

/// What a program is told.
pub(super) fn told(told: &Told<'_>) -> String {
    let r#type = match told.news {
        News::Opened => "alert.opened",
        News::Acknowledged => "alert.acknowledged",
        News::Reopened => "alert.reopened",
        News::Resolved => "alert.resolved",
        News::Escalated => "alert.escalated",
        News::Annotated => "alert.annotated",
    };
    Said::fitted(&told.about, told.note, |said| {
        let alert = AlertView::of(&told.about, said);
        let data = AlertNews { alert, by: told.by, note: said.note.as_deref() };
        json(&Event { r#type, timestamp: told.at, data })
    })
}

/// What a program is sent to try it out.
pub(super) fn test(at: Timestamp) -> String {
    json(&Event { r#type: "webhook.test", timestamp: at, data: serde_json::Map::new() })
}

/// What somebody's own program is told.
pub(super) fn personal(what: &Personal<'_>, now: Timestamp) -> String {
    let one = what.notification;
    Said::fitted(&what.about, None, |said| {
        let data = ForPerson {
            id: one.id.to_string(),
            person: &one.person.0,
            is_update: one.purpose.is_text(),
            alert: AlertView::of(&what.about, said),
        };
        json(&Event { r#type: "notification", timestamp: now, data })
    })
}

/// As JSON. What is made of these types always can be.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
