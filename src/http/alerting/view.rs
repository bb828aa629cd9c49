//! An alert as JSON.

use crate::app::App;
use crate::domain::alerting::actor::Channel;
use crate::domain::alerting::alert::{Acknowledged, AlertStory, Closed};
use crate::domain::alerting::content::Content;
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::alerting::origin::{FromEvent, Origin};
use crate::domain::alerting::scenario::Scenario;
use crate::domain::alerting::team::TeamName;
use crate::domain::directory::Recipient;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, CallId};
use crate::domain::severity::Severity;
use crate::domain::voice::action::Action;
use crate::domain::voice::call::Caller;
use crate::domain::voice::recording::{Recording, Transcript};
use crate::http::notifications::NotificationView;
use crate::http::schema;
use crate::service::{StoreError, ledger, links};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of alerts.
#[derive(Serialize, ToSchema)]
#[schema(as = AlertList)]
pub(in crate::http) struct ListView {
    /// Newest first.
    pub(super) alerts: Vec<AlertView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// An alert.
#[derive(Serialize, ToSchema)]
#[schema(as = Alert)]
pub(in crate::http) struct AlertView {
    #[schema(value_type = Uuid)]
    id: AlertId,
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// `open`, `acknowledged` or `resolved`.
    #[schema(value_type = schema::StateWord)]
    state: &'static str,
    /// Whether nobody is told of it for the moment, since its call is still going on.
    held: bool,
    acknowledged: Option<AcknowledgedView>,
    resolved: Option<ResolvedView>,
    /// What people call it by.
    number: u32,
    /// `null`: it was raised by an event.
    #[schema(value_type = Option<schema::ActionWord>)]
    action: Option<Action>,
    #[schema(value_type = schema::SeverityWord)]
    severity: Severity,
    /// `null`: it was raised by an event.
    caller: Option<CallerView>,
    /// `null`: it was raised by a call.
    #[schema(value_type = Option<schema::EventForm>)]
    event: Option<FromEvent>,
    #[schema(value_type = Option<String>)]
    team: Option<TeamName>,
    #[schema(value_type = schema::ScenarioWord)]
    scenario: Scenario,
    #[serde(flatten)]
    #[schema(value_type = schema::ContentForm)]
    content: Content,
    /// Who was on duty when its people were told first.
    #[schema(value_type = Vec<String>)]
    on_duty: Vec<PersonId>,
    /// Who has acknowledged so far, where several must.
    acknowledgements: Vec<AcknowledgedView>,
    #[schema(value_type = Option<String>, format = DateTime)]
    snoozed_until: Option<Timestamp>,
    /// Events that said the same again.
    repeats: u32,
    #[schema(value_type = Vec<schema::RecipientForm>)]
    recipients: Vec<Recipient>,
    /// `null`: nothing was recorded.
    message: Option<MessageView>,
    /// The page where people hear the message; `null`: there is none.
    link: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    link_expires_at: Option<Timestamp>,
    #[schema(value_type = Option<Uuid>)]
    call: Option<CallId>,
}

/// An alert and what happened to it, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = FullAlert)]
pub(in crate::http) struct FullAlert {
    #[serde(flatten)]
    alert: AlertView,
    log: Vec<LogView>,
    /// The messages to its people, oldest first.
    notifications: Vec<NotificationView>,
}

/// Who called; everything is `null` where the line is open and the number withheld.
#[derive(Serialize, ToSchema)]
#[schema(as = Caller)]
pub(in crate::http) struct CallerView {
    person: Option<String>,
    name: Option<String>,
    number: Option<String>,
}

/// Who takes care of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Acknowledged)]
struct AcknowledgedView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The id of a person, or the name of an API key or an integration.
    by: String,
    /// `phone`, `sms`, `link`, `api` or `webhook`.
    #[schema(value_type = schema::ChannelWord)]
    from: Channel,
}

/// How it ended.
#[derive(Serialize, ToSchema)]
#[schema(as = Resolved)]
struct ResolvedView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Likewise; the key of the settings (`close_hours`, `close_acknowledged_hours`) where it was closed by itself.
    by: String,
    /// Likewise; `settings` where it was closed by itself.
    #[schema(value_type = schema::ChannelWord)]
    from: Channel,
}

/// What was said.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
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
    #[schema(value_type = Option<String>, format = DateTime)]
    audio_deleted_at: Option<Timestamp>,
}

/// An entry of a log: when, and what with its own fields.
#[derive(Serialize, ToSchema)]
#[schema(as = LogEntry)]
pub(in crate::http) struct LogView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    #[schema(value_type = schema::HappenedForm)]
    what: Happened,
}

/// What happened to an alert.
#[derive(Serialize, ToSchema)]
#[schema(as = Log)]
pub(in crate::http) struct LogsView {
    /// Oldest first.
    log: Vec<LogView>,
}

/// What people have written about an alert.
#[derive(Serialize, ToSchema)]
#[schema(as = Notes)]
pub(in crate::http) struct NotesView {
    /// Oldest first.
    notes: Vec<NoteView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Note)]
struct NoteView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The id of a person, or the name of an API key.
    by: String,
    /// `phone`, `sms`, `link`, `api` or `webhook`.
    from: String,
    text: String,
}

impl AlertView {
    /// That alert, for programs that reach us at the public address.
    pub(super) fn of(app: &App, story: AlertStory) -> Self {
        let AlertStory { alert, number, recording, log: _ } = story;
        let state = alert.state().word();
        let link = alert.message.as_ref().map(|message| &message.link);
        let (link, link_expires_at) =
            (link.map(|link| links::link_url(app, link)), link.map(|link| link.expires_at));
        let (call, event) = match alert.origin {
            Origin::Call(call) => (Some(call), None),
            Origin::Event(event) => (None, Some(event)),
        };
        let (id, action) = (call.as_ref().map(|call| call.call), call.as_ref().map(|call| call.action));
        Self {
            id: alert.id,
            opened_at: alert.opened_at,
            number,
            state,
            held: alert.is_held,
            resolved: alert.closed.map(|Closed { at, by, from }| ResolvedView {
                at,
                by: by.name().to_owned(),
                from,
            }),
            acknowledged: alert.acknowledged.map(AcknowledgedView::of),
            action,
            severity: alert.severity,
            caller: call.map(|call| CallerView::of(call.caller)),
            event,
            team: alert.team,
            scenario: alert.scenario,
            content: alert.content,
            on_duty: alert.progress.on_duty,
            acknowledgements: alert.progress.acks.into_iter().map(AcknowledgedView::of).collect(),
            snoozed_until: alert.progress.snoozed_until,
            repeats: alert.progress.repeats,
            recipients: alert.recipients,
            message: recording.map(|recording| {
                let recording_url = format!("{}api/alerts/{}/recording", app.public_url, alert.id);
                MessageView::of(recording, recording_url)
            }),
            link,
            link_expires_at,
            call: id,
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

impl AcknowledgedView {
    fn of(Acknowledged { at, by, from }: Acknowledged) -> Self {
        Self { at, by: by.name().to_owned(), from }
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
    /// That alert with its log and the messages to its people.
    pub(in crate::http) async fn of(app: &App, mut story: AlertStory) -> Result<Self, StoreError> {
        let messages = ledger::of_alert(app, story.alert.id).await?;
        let notifications = messages.into_iter().map(NotificationView::of).collect();
        let log = std::mem::take(&mut story.log).into_iter().map(LogView::of).collect();
        Ok(Self { alert: AlertView::of(app, story), log, notifications })
    }
}

impl LogView {
    /// That entry.
    pub(in crate::http) fn of(LogEntry { at, what }: LogEntry) -> Self {
        Self { at, what }
    }
}

impl LogsView {
    /// That log.
    pub(super) fn of(log: Vec<LogEntry>) -> Self {
        Self { log: log.into_iter().map(LogView::of).collect() }
    }
}

impl NotesView {
    /// The notes of that log.
    pub(super) fn of(log: Vec<LogEntry>) -> Self {
        let note = |LogEntry { at, what }| {
            let Happened::Noted { by, from, text } = what else { return None };
            Some(NoteView { at, by, from, text })
        };
        Self { notes: log.into_iter().filter_map(note).collect() }
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
