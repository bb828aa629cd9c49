//! An alert as JSON.

use crate::app::App;
use crate::domain::alerting::alert::{Acknowledged, AlertStory, Closed};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::directory::Recipient;
use crate::domain::ids::{AlertId, CallId};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::recording::{Recording, Transcript};
use crate::service::alerting;
use jiff::Timestamp;
use serde::Serialize;

/// A page of alerts.
#[derive(Serialize)]
pub(in crate::http) struct ListView {
    /// Newest first.
    pub(super) alerts: Vec<AlertView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// An alert.
#[derive(Serialize)]
pub(in crate::http) struct AlertView {
    id: AlertId,
    opened_at: Timestamp,
    /// `open`, `acknowledged` or `resolved`.
    state: &'static str,
    /// Whether nobody is told of it for the moment, since its call is still going on.
    held: bool,
    acknowledged: Option<AcknowledgedView>,
    resolved: Option<ResolvedView>,
    action: Action,
    severity: Severity,
    caller: CallerView,
    recipients: Vec<Recipient>,
    /// `null`: nothing was recorded.
    message: Option<MessageView>,
    /// The page where people hear the message; `null`: there is none.
    link: Option<String>,
    link_expires_at: Option<Timestamp>,
    call: CallId,
}

/// An alert and what happened to it, oldest first.
#[derive(Serialize)]
pub(in crate::http) struct FullAlert {
    #[serde(flatten)]
    alert: AlertView,
    log: Vec<LogView>,
}

/// Who called; everything is `null` where the line is open and the number withheld.
#[derive(Serialize)]
pub(in crate::http) struct CallerView {
    person: Option<String>,
    name: Option<String>,
    number: Option<String>,
}

/// Who takes care of it.
#[derive(Serialize)]
struct AcknowledgedView {
    at: Timestamp,
    /// The id of a person.
    by: String,
}

/// How it ended.
#[derive(Serialize)]
struct ResolvedView {
    at: Timestamp,
    /// The name of an API key, or the id of a person.
    by: String,
}

/// What was said.
#[derive(Serialize)]
struct MessageView {
    text: Option<String>,
    /// `unwanted`, `pending`, `text` or `failed`.
    transcript: &'static str,
    seconds: u32,
    /// Where programs get the sound.
    recording_url: String,
    /// Whether the sound is there.
    audio: bool,
    /// When it was deleted, since its time was over.
    audio_deleted_at: Option<Timestamp>,
}

#[derive(Serialize)]
struct LogView {
    at: Timestamp,
    #[serde(flatten)]
    what: Happened,
}

impl AlertView {
    /// That alert, for programs that reach us at the public address.
    pub(super) fn of(app: &App, story: AlertStory) -> Self {
        let AlertStory { alert, recording, log: _ } = story;
        let link = alert.message.as_ref().map(|message| &message.link);
        Self {
            id: alert.id,
            opened_at: alert.opened_at,
            state: alert.state().word(),
            held: alert.is_held,
            resolved: alert.closed.map(|Closed { at, by }| ResolvedView { at, by }),
            acknowledged: alert.acknowledged.map(|Acknowledged { at, by }| AcknowledgedView { at, by: by.0 }),
            action: alert.action,
            severity: alert.severity,
            caller: CallerView::of(alert.caller),
            recipients: alert.recipients,
            message: recording.map(|recording| {
                let recording_url = format!("{}api/alerts/{}/recording", app.public_url, alert.id);
                MessageView::of(recording, recording_url)
            }),
            link: link.map(|link| alerting::link_url(app, link)),
            link_expires_at: link.map(|link| link.expires_at),
            call: alert.call,
        }
    }
}

/// The word for a transcript, and its text.
pub(in crate::http) fn transcript(transcript: Transcript) -> (&'static str, Option<String>) {
    match transcript {
        Transcript::Unwanted => ("unwanted", None),
        Transcript::Pending => ("pending", None),
        Transcript::Text(text) => ("text", Some(text)),
        Transcript::Failed => ("failed", None),
    }
}

impl MessageView {
    fn of(recording: Recording, recording_url: String) -> Self {
        let (transcript, text) = transcript(recording.transcript);
        Self {
            text,
            transcript,
            seconds: recording.seconds,
            recording_url,
            audio: recording.audio.is_some(),
            audio_deleted_at: recording.erased_at,
        }
    }
}

impl FullAlert {
    /// That alert with its log.
    pub(in crate::http) fn of(app: &App, mut story: AlertStory) -> Self {
        let view = |LogEntry { at, what }| LogView { at, what };
        let log = std::mem::take(&mut story.log).into_iter().map(view).collect();
        Self { alert: AlertView::of(app, story), log }
    }
}

impl CallerView {
    /// That caller.
    pub(in crate::http) fn of(caller: Caller) -> Self {
        Self {
            person: caller.person.map(|person| person.0),
            name: caller.name,
            number: caller.number.map(|number| number.as_str().to_owned()),
        }
    }
}
