//! Messages in the words of SIGNL4, for what was written to hear its.
//!
//! Sources: SIGNL4's page on outbound webhooks, and the same payload in the documentation of Derdack's Enterprise Alert,
//! whose words it has: numbers of events, codes of states, names of fields. Fields that stand for what Dutyline does not
//! have are left out. Times are UTC, with a `Z`.

use super::said::Said;
use super::standard::json;
use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::content::Detail;
use crate::domain::alerting::news::News;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::state::AlertState;
use crate::domain::contact::EmailAddress;
use crate::domain::directory::Directory;
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::HookMessageId;
use crate::domain::severity::Severity;
use crate::ports::webhook::Told;
use jiff::Timestamp;
use serde::Serialize;

/// Numbers of events.
mod event {
    pub(super) const TEST: u16 = 1;
    pub(super) const NEW_ALERT: u16 = 200;
    pub(super) const STATUS_CHANGED: u16 = 201;
    pub(super) const ESCALATED: u16 = 202;
    pub(super) const ANNOTATED: u16 = 203;
}

/// Codes of states. 0 (not yet defined), 8 (no response), 16 (failed) and 32 (error) stand for nothing that alerts have
/// here.
mod status {
    pub(super) const OPEN: u8 = 1;
    pub(super) const ACKNOWLEDGED: u8 = 2;
    pub(super) const CLOSED: u8 = 4;
}

/// Codes of how bad it is.
mod severity {
    pub(super) const LOW: u8 = 1;
    pub(super) const MAJOR: u8 = 2;
    pub(super) const CRITICAL: u8 = 3;
}

/// How people are told: one after another, or until several have acknowledged.
mod workflow {
    pub(super) const ESCALATION: u8 = 3;
    pub(super) const MULTI_ACKNOWLEDGE: u8 = 4;
}

/// The type of a parameter that is a text.
const TEXT: u8 = 8;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notice<'a> {
    event_type: u16,
    event_raised_utc: Timestamp,
    subscription: Subscription<'a>,
    branch: Option<&'a str>,
    team: Option<Team<'a>>,
    user: Option<User<'a>>,
    alert: Option<AlertView<'a>>,
    annotation: Option<Annotation<'a>>,
    /// Tells repetitions from news.
    id: String,
}

#[derive(Serialize)]
struct Subscription<'a> {
    id: &'a str,
}

#[derive(Clone, Copy, Serialize)]
struct Team<'a> {
    teamname: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct User<'a> {
    username: &'a str,
    displayname: &'a str,
    mailaddress: Option<&'a str>,
    id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AlertView<'a> {
    status_code: u8,
    event_id: String,
    short_id: u32,
    external_event_id: Option<&'a str>,
    acknowledged_user_ids: Vec<&'a str>,
    acknowledged_at: Option<Timestamp>,
    category: Option<&'a str>,
    closed_at: Option<Timestamp>,
    closed_by: Option<&'a str>,
    created_at: Timestamp,
    event_severity: u8,
    last_modified: Timestamp,
    parameters: Vec<Parameter<'a>>,
    title: &'a str,
    text: &'a str,
    workflow: u8,
    id: String,
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    r#type: u8,
    value: &'a str,
}

#[derive(Serialize)]
struct Annotation<'a> {
    message: &'a str,
    id: String,
}

/// What a program is told. `subscription`: its name.
pub(super) fn told(told: &Told<'_>, subscription: &str) -> String {
    let event_type = match told.news {
        News::Opened => event::NEW_ALERT,
        News::Acknowledged | News::Reopened | News::Resolved => event::STATUS_CHANGED,
        News::Escalated => event::ESCALATED,
        News::Annotated => event::ANNOTATED,
    };
    let about = &told.about;
    let team = about.story.alert.team.as_ref().map(|team| Team { teamname: &team.0, id: &team.0 });
    Said::fitted(about, told.note, |said| {
        json(&Notice {
            event_type,
            event_raised_utc: told.at,
            subscription: Subscription { id: subscription },
            branch: None,
            team,
            user: told.by.map(|by| user(by, about.directory)),
            alert: Some(AlertView::of(told, said)),
            annotation: said.note.as_deref().map(|message| Annotation { message, id: told.id.to_string() }),
            id: told.id.to_string(),
        })
    })
}

/// What a program is sent to try it out.
pub(super) fn test(id: HookMessageId, at: Timestamp, subscription: &str) -> String {
    json(&Notice {
        event_type: event::TEST,
        event_raised_utc: at,
        subscription: Subscription { id: subscription },
        branch: None,
        team: None,
        user: None,
        alert: None,
        annotation: None,
        id: id.to_string(),
    })
}

/// Whoever did something. An API key or a way in is a user of its name.
fn user<'a>(by: &'a str, directory: &'a Directory) -> User<'a> {
    let person = directory.person(&PersonId(by.to_owned()));
    let address = |device: &'a Device| if let Device::Email(address) = device { Some(address) } else { None };
    let mail = person.and_then(|person| person.devices.iter().find_map(address));
    User {
        username: by,
        displayname: person.map_or(by, |person| &person.name),
        mailaddress: mail.map(EmailAddress::as_str),
        id: by,
    }
}

impl<'a> AlertView<'a> {
    fn of(told: &'a Told<'a>, said: &'a Said<'a>) -> Self {
        let (story, state) = (told.about.story, told.about.state);
        let Alert { id, origin, content, opened_at, scenario, .. } = &story.alert;
        let event = origin.event();
        Self {
            status_code: match state.state() {
                AlertState::Open => status::OPEN,
                AlertState::Acknowledged => status::ACKNOWLEDGED,
                AlertState::Resolved => status::CLOSED,
            },
            // What the sender of the event was answered.
            event_id: event
                .and_then(|event| event.event)
                .map_or_else(|| id.to_string(), |event| event.to_string()),
            short_id: story.number,
            external_event_id: event.and_then(|event| event.external_id.as_deref()),
            acknowledged_user_ids: state.acknowledged.iter().map(|done| done.by.as_str()).collect(),
            acknowledged_at: state.acknowledged.last().filter(|_| state.is_settled).map(|done| done.at),
            category: content.category.as_ref().map(|category| category.0.as_str()),
            closed_at: state.resolved.as_ref().map(|done| done.at),
            closed_by: state.resolved.as_ref().map(|done| done.by.as_str()),
            created_at: *opened_at,
            event_severity: match state.severity {
                Severity::Critical => severity::CRITICAL,
                Severity::High | Severity::Medium => severity::MAJOR,
                Severity::Low | Severity::Info => severity::LOW,
            },
            last_modified: told.at,
            parameters: said.details.iter().map(parameter).collect(),
            title: &said.title,
            text: said.text.as_deref().unwrap_or_default(),
            workflow: match scenario {
                Scenario::SingleAck | Scenario::Emergency => workflow::ESCALATION,
                Scenario::MultiAck => workflow::MULTI_ACKNOWLEDGE,
            },
            id: id.to_string(),
        }
    }
}

fn parameter(detail: &Detail) -> Parameter<'_> {
    Parameter { name: &detail.name, r#type: TEXT, value: &detail.value }
}
