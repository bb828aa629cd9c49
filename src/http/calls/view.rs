//! A call as JSON. Its state holds the numbers of everybody who could be called, and is shown as a word only.

use crate::app::App;
use crate::domain::alerting::log::Happened;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, CallId, LegId, RecordingId};
use crate::domain::voice::call::Ending;
use crate::domain::voice::leg::{Leg, LegEnd};
use crate::domain::voice::recording::{DraftStatus, Recording};
use crate::domain::voice::story::{CallRecord, CallStory, Event, InCall, What};
use crate::http::alerting::{CallerView, FullAlert, transcript};
use crate::http::schema;
use crate::service::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of calls.
#[derive(Serialize, ToSchema)]
#[schema(as = CallList)]
pub(in crate::http) struct ListView {
    /// Newest first.
    pub(super) calls: Vec<CallView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// A call.
#[derive(Serialize, ToSchema)]
#[schema(as = Call)]
pub(in crate::http) struct CallView {
    #[schema(value_type = Uuid)]
    id: CallId,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// `null`: it is not over.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// Where it stands: `hunting`, `connected`, `ended` and others.
    state: &'static str,
    /// How it ended; `null`: it has not.
    #[schema(value_type = Option<String>)]
    ending: Option<Ending>,
    /// `null`: nobody has been let in.
    caller: Option<CallerView>,
}

/// A call and everything that came of it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct FullCall {
    #[serde(flatten)]
    call: CallView,
    /// The phones that were called for it, in that order.
    legs: Vec<LegView>,
    /// What was recorded in it, oldest first.
    recordings: Vec<RecordingView>,
    /// The alerts that it raised, oldest first.
    alerts: Vec<FullAlert>,
    /// All that happened, oldest first.
    events: Vec<EventView>,
}

/// A phone that was called.
#[derive(Serialize, ToSchema)]
#[schema(as = Leg)]
struct LegView {
    #[schema(value_type = Uuid)]
    id: LegId,
    #[schema(value_type = String)]
    person: PersonId,
    name: String,
    number: String,
    /// When it was chosen.
    #[schema(value_type = String, format = DateTime)]
    planned_at: Timestamp,
    /// When the carrier was asked for it; everything from here on is `null` where it did not happen.
    #[schema(value_type = Option<String>, format = DateTime)]
    asked_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ringing_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// The keys that were pressed there.
    keys: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    accepted_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    #[schema(value_type = Option<String>)]
    end: Option<LegEnd>,
    /// The same in words.
    why: Option<&'static str>,
}

/// What was recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = Recording)]
struct RecordingView {
    #[schema(value_type = Uuid)]
    id: RecordingId,
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    seconds: u32,
    /// `draft`, `sent` or `discarded`.
    status: &'static str,
    /// The alert that it belongs to.
    #[schema(value_type = Option<Uuid>)]
    alert: Option<AlertId>,
    /// `unwanted`, `pending`, `text` or `failed`.
    transcript: &'static str,
    text: Option<String>,
    /// Whether the sound is there.
    audio: bool,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = CallEvent)]
struct EventView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The alert that it happened to; left out for what happened in the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    alert: Option<AlertId>,
    #[serde(flatten)]
    #[schema(value_type = schema::HappenedForm)]
    what: WhatView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WhatView {
    InCall(InCall),
    ToAlert(Happened),
}

impl CallView {
    /// That call.
    pub(super) fn of(record: CallRecord) -> Self {
        let ending = record.ending();
        let CallRecord { call, ended_at } = record;
        Self {
            id: call.id,
            started_at: call.started_at,
            ended_at,
            state: call.state.word(),
            ending,
            caller: call.caller.map(CallerView::of),
        }
    }
}

impl FullCall {
    /// That call, for programs that reach us at the public address.
    pub(super) async fn of(app: &App, story: CallStory) -> Result<Self, StoreError> {
        let events = story.events().into_iter().map(EventView::of).collect();
        let CallStory { record, legs, recordings, alerts } = story;
        let mut told = vec![];
        for alert in alerts {
            told.push(FullAlert::of(app, alert).await?);
        }
        Ok(Self {
            call: CallView::of(record),
            legs: legs.into_iter().map(LegView::of).collect(),
            recordings: recordings.into_iter().map(RecordingView::of).collect(),
            alerts: told,
            events,
        })
    }
}

impl LegView {
    fn of(leg: Leg) -> Self {
        Self {
            id: leg.id,
            person: leg.person,
            name: leg.name,
            number: leg.number.as_str().to_owned(),
            planned_at: leg.planned_at,
            asked_at: leg.asked_at,
            ringing_at: leg.ringing_at,
            answered_at: leg.answered_at,
            keys: leg.keys,
            accepted_at: leg.accepted_at,
            ended_at: leg.ended_at,
            end: leg.end,
            why: leg.end.map(LegEnd::in_words),
        }
    }
}

impl RecordingView {
    fn of(recording: Recording) -> Self {
        let (status, alert) = match recording.status {
            DraftStatus::Draft => ("draft", None),
            DraftStatus::Released(alert) => ("sent", Some(alert)),
            DraftStatus::Discarded => ("discarded", None),
        };
        let (transcript, text) = transcript(recording.transcript);
        Self {
            id: recording.id,
            made_at: recording.made_at,
            seconds: recording.seconds,
            status,
            alert,
            transcript,
            text,
            audio: recording.audio.is_some(),
        }
    }
}

impl EventView {
    fn of(event: Event) -> Self {
        let (alert, what) = match event.what {
            What::InCall(what) => (None, WhatView::InCall(what)),
            What::ToAlert(alert, what) => (Some(alert), WhatView::ToAlert(what)),
        };
        Self { at: event.at, alert, what }
    }
}
