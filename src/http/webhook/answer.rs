//! What the sender of an event is answered. The names are those that programs know which were written for the webhook
//! of SIGNL4: `eventId` is all that these look at.

use crate::domain::alerting::event::{Discarded, Outcome, Transition};
use crate::domain::alerting::ingest::Ingested;
use crate::domain::alerting::log::Happened;
use crate::domain::alerting::understand::Understood;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, EventId};
use crate::domain::severity::Severity;
use serde::Serialize;
use std::borrow::Cow;

/// What became of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerView<'a> {
    /// `null`: the event was only tried out.
    event_id: Option<EventId>,
    /// How many open alerts were of its matter before: none, or one.
    matched: u8,
    /// Whether it does nothing by what it says itself.
    discarded: bool,
    /// In a word: `opened`, `repeated`, `acknowledged`, `resolved`, `opened_resolved`, `unchanged`, `unmatched` or
    /// `discarded`.
    outcome: &'static str,
    /// The same in a sentence.
    reason: Cow<'static, str>,
    /// Why it was discarded: `status`, `no_category` or `no_external_id`. `null`: it was not.
    discarded_by: Option<&'static str>,
    category: Option<&'a str>,
    /// Why it has that category, or none: `named`, `emergency`, `words`, `not_excluded`, `default`, `none`, `filtered`.
    category_reason: &'static str,
    /// The words in it that decided on the category, where words did.
    decided_by: Option<String>,
    /// `null`: neither it nor its category says.
    severity: Option<Severity>,
    /// The alert that it opened or concerns.
    alert_id: Option<AlertId>,
    /// What its sender should know of how it was understood.
    notes: Vec<&'a str>,
}

/// The same of an event that was only tried out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SimulatedView<'a> {
    simulated: bool,
    #[serde(flatten)]
    answer: AnswerView<'a>,
    /// Why it would all be so, one decision after the other.
    steps: Vec<Cow<'a, str>>,
    /// Who would be told at once, or soon, and how.
    would_tell: Vec<ToldView<'a>>,
    /// What would stand in the log of the alert.
    would_log: Vec<&'a Happened>,
}

#[derive(Serialize)]
struct ToldView<'a> {
    person: &'a PersonId,
    by: DeviceKind,
}

/// Said of files that came with an event that opened nothing.
const NOT_KEPT: &str = "its files were not kept: only an event that opens an alert can bring some";

impl<'a> AnswerView<'a> {
    /// What became of that event.
    pub(super) fn of(understood: &'a Understood, ingested: &Ingested) -> Self {
        let event = &understood.event;
        let discarded = match &event.transition {
            Transition::Discard(discarded) => Some(discarded),
            Transition::Open | Transition::Acknowledge | Transition::Resolve => None,
        };
        let mut notes: Vec<_> = event.notes.iter().map(String::as_str).collect();
        if !event.attachments.is_empty() && !ingested.keeps_files() {
            notes.push(NOT_KEPT);
        }
        Self {
            event_id: Some(event.id),
            matched: u8::from(is_matched(ingested.outcome)),
            discarded: discarded.is_some(),
            outcome: ingested.outcome.word(),
            reason: discarded.map_or_else(|| reason(ingested.outcome).into(), why),
            discarded_by: discarded.map(Discarded::code),
            category: event.content.category.as_ref().map(|category| category.0.as_str()),
            category_reason: understood.category.code(),
            decided_by: understood.category.decided_by(),
            severity: ingested.change.as_ref().map(|change| change.alert.severity).or(event.severity),
            alert_id: ingested.alert,
            notes,
        }
    }
}

/// What is answered to an event that is only tried out.
pub(super) fn simulated(understood: &Understood, ingested: &Ingested) -> String {
    let answer = AnswerView::of(understood, ingested);
    // What was never made has no id.
    let alert_id = answer.alert_id.filter(|_| is_matched(ingested.outcome));
    let mut steps: Vec<Cow<'_, str>> = understood.steps.iter().map(|step| step.as_str().into()).collect();
    steps.push(answer.reason.clone());
    if ingested.is_untold {
        steps.push(
            "who is on duty can't be found out at the moment: its people would be told a little later".into(),
        );
    }
    let change = ingested.change.as_ref();
    let told = change.into_iter().flat_map(|change| &change.notifications);
    json(&SimulatedView {
        simulated: true,
        would_tell: told.map(|one| ToldView { person: &one.person, by: one.device.kind() }).collect(),
        would_log: change.into_iter().flat_map(|change| &change.log).map(|entry| &entry.what).collect(),
        steps,
        answer: AnswerView { event_id: None, alert_id, ..answer },
    })
}

/// As JSON. There is nothing in an answer that JSON can't say.
pub(super) fn json(view: &impl Serialize) -> String {
    serde_json::to_string(view).unwrap_or_default()
}

const fn is_matched(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Repeated | Outcome::Acknowledged | Outcome::Resolved | Outcome::Unchanged => true,
        Outcome::Opened | Outcome::OpenedResolved | Outcome::Unmatched | Outcome::Discarded => false,
    }
}

const fn reason(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Opened => "no open alert is of this matter: one is opened",
        Outcome::Repeated => "an open alert is of this matter: it is told the same once more",
        Outcome::Acknowledged => "the open alert of this matter is acknowledged",
        Outcome::Resolved => "the open alert of this matter is resolved",
        Outcome::OpenedResolved => {
            "the end of this matter came before it: an alert is opened, and is resolved"
        }
        Outcome::Unchanged => "the open alert of this matter is in that state already",
        Outcome::Unmatched => "no open alert is of this matter: nothing changes",
        Outcome::Discarded => "it does nothing",
    }
}

fn why(discarded: &Discarded) -> Cow<'static, str> {
    match discarded {
        Discarded::Status(status) => {
            format!("the status `{status}` asks for nothing: the event is dropped").into()
        }
        Discarded::NoCategory => "it fits no category, and such events are not wanted: it is dropped".into(),
        Discarded::NoExternalId => "it changes a status, and does not say of what: it is dropped".into(),
    }
}
