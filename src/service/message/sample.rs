//! Alerts that never were, to show what is said of one.

use super::Offer;
use crate::domain::alerting::actor::{Channel, Who};
use crate::domain::alerting::alert::{Acknowledged, Alert, AlertStory, Message, Progress};
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::content::{Content, Detail, Location};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::alerting::origin::{FromCall, FromEvent, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::{IntegrationName, TeamName};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, CallId, RecordingId};
use crate::domain::links::{Link, LinkCode};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::recording::{DraftStatus, Recording, Source, Transcript};
use jiff::{SignedDuration, Timestamp};
use url::Url;
use uuid::Uuid;

/// A day's worth of a link.
const LINK_LIVES: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Somebody has called for a conference, and left a message.
pub fn call(now: Timestamp) -> AlertStory {
    let (call, recording) = (CallId(Uuid::from_u128(2)), RecordingId(Uuid::from_u128(3)));
    let caller = Caller {
        person: None,
        name: Some("Erika Example".to_owned()),
        number: PhoneNumber::parse("+15550199").ok(),
        language: "en".to_owned(),
    };
    let expires_at = now.checked_add(LINK_LIVES).unwrap_or(Timestamp::MAX);
    let link = Link { code: LinkCode::of([0; 32]), expires_at, short_url: None };
    let origin = Origin::Call(FromCall { call, action: Action::Conference, caller });
    let alert =
        Alert { message: Some(Message { recording, link }), ..alert(origin, Severity::Critical, now) };
    let recording = Recording {
        id: recording,
        call,
        source: Source { url: String::new(), sid: None },
        seconds: 12,
        status: DraftStatus::Released(alert.id),
        transcript: Transcript::Text("The pumps are down & the water is rising".to_owned()),
        audio: None,
        erased_at: None,
        made_at: now,
    };
    AlertStory { alert, number: 7, recording: Some(recording), log: vec![] }
}

/// A program has sent an event.
pub fn event(now: Timestamp) -> AlertStory {
    let origin = Origin::Event(FromEvent {
        integration: IntegrationName("monitoring".to_owned()),
        source: Some("Monitoring".to_owned()),
        external_id: Some("pump-3".to_owned()),
        event: None,
    });
    let detail = |name: &str, value: &str| Detail { name: name.to_owned(), value: value.to_owned() };
    let content = Content {
        title: Some("Pump 3 stands still".to_owned()),
        text: Some("No pressure in line 2.\nThe tank is full in an hour.".to_owned()),
        details: vec![detail("Sensor", "P3 <pressure>"), detail("Limit", "1.5 bar")],
        location: Location::new(52.52, 13.405),
        category: Some(CategoryName("Water".to_owned())),
        attachments: vec![],
    };
    let alert =
        Alert { content, team: Some(TeamName("Plant".to_owned())), ..alert(origin, Severity::High, now) };
    AlertStory { alert, number: 8, recording: None, log: vec![] }
}

/// The same, taken by somebody: what subscribers are told.
pub fn taken(now: Timestamp) -> AlertStory {
    let mut story = event(now);
    let by = "Erika Example".to_owned();
    let who = Who::Person(PersonId(by.clone()));
    story.alert.acknowledged = Some(Acknowledged { at: now, by: who, from: Channel::Sms });
    let what = Happened::Acknowledged { by, from: Channel::Sms.word().to_owned() };
    story.log.push(LogEntry { at: now, what });
    story
}

/// How one can be answered; `public_url`: where we are reached, with a trailing slash.
pub fn offer(public_url: &Url) -> Offer {
    Offer { reply_code: Some(3), answer_link: Some(format!("{public_url}a/{}", code())) }
}

/// Where the message of one is heard.
pub fn recording_link(public_url: &Url) -> String {
    format!("{public_url}l/{}", code())
}

fn code() -> String {
    LinkCode::of([0; 32]).as_str().to_owned()
}

fn alert(origin: Origin, severity: Severity, now: Timestamp) -> Alert {
    Alert {
        id: AlertId(Uuid::from_u128(1)),
        version: 1,
        origin,
        team: None,
        matter: None,
        content: Content::default(),
        recipients: vec![Recipient::Group(GroupName("Operations".to_owned()))],
        severity,
        message: None,
        opened_at: now,
        is_held: false,
        scenario: Scenario::SingleAck,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    }
}
