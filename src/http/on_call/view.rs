//! Who is on call, as JSON.

use crate::domain::directory::Directory;
use crate::domain::directory::Recipient;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::reason::Skipped;
use crate::domain::directory::resolve::{OnCall, Responder};
use crate::domain::directory::schedule::ScheduleName;
use crate::domain::directory::schedule::gaps::Gap;
use crate::http::schema;
use crate::service::on_call::{Answer, Gaps};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Who is on call.
#[derive(Serialize, ToSchema)]
#[schema(as = OnCall)]
pub(in crate::http) struct OnCallView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `group`, `person` or `schedule`, as it was asked for.
    #[serde(flatten)]
    #[schema(value_type = schema::RecipientForm)]
    of: Recipient,
    /// In the order in which they are tried.
    responders: Vec<ResponderView>,
}

/// Who is on call, and who is not.
#[derive(Serialize, ToSchema)]
#[schema(as = Explained)]
pub(in crate::http) struct ExplainedView {
    #[serde(flatten)]
    on_call: OnCallView,
    /// In the order in which they were met.
    left_out: Vec<SkippedView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Responder)]
struct ResponderView {
    #[schema(value_type = String)]
    person: PersonId,
    name: String,
    /// `null`: they are there in their own place.
    #[schema(value_type = Option<String>)]
    stands_in_for: Option<PersonId>,
    /// Those of one level are tried together where a group is called so.
    level: u32,
    /// How they are reached, in order: kinds only.
    devices: Vec<&'static str>,
    /// What their own clock shows at that moment; `null`: where they live is not known.
    local_time: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Skipped)]
struct SkippedView {
    /// `group`, `person` or `schedule`.
    #[serde(flatten)]
    #[schema(value_type = schema::RecipientForm)]
    who: Recipient,
    code: &'static str,
    /// A sentence whose subject is who it is about.
    message: String,
}

impl OnCallView {
    /// That answer, and whom it leaves out.
    pub(super) fn of(answer: Answer, of: Recipient, at: Timestamp) -> (Self, Vec<Skipped>) {
        let Answer { directory, on_call: OnCall { responders, skipped } } = answer;
        let responders = responders.into_iter().map(|one| ResponderView::of(one, &directory, at)).collect();
        (Self { at, of, responders }, skipped)
    }
}

impl ExplainedView {
    pub(super) fn of(on_call: OnCallView, skipped: Vec<Skipped>) -> Self {
        let view = |Skipped { recipient: who, reason }| {
            let message = match &who {
                Recipient::Group(name) => format!("the group {name} {reason}"),
                Recipient::Person(id) => format!("{id} {reason}"),
                Recipient::Schedule(name) => format!("the schedule {name} {reason}"),
            };
            SkippedView { who, code: reason.code(), message }
        };
        Self { on_call, left_out: skipped.into_iter().map(view).collect() }
    }
}

impl ResponderView {
    fn of(responder: Responder, directory: &Directory, at: Timestamp) -> Self {
        let Responder { person: id, stands_in_for, only, level } = responder;
        let person = directory.person(&id);
        let all = match &only {
            Some(device) => std::slice::from_ref(device),
            None => person.map_or(&[][..], |person| &person.devices),
        };
        Self {
            name: person.map_or_else(|| id.0.clone(), |person| person.name.clone()),
            person: id,
            stands_in_for,
            level,
            devices: all.iter().map(Device::kind).map(DeviceKind::word).collect(),
            local_time: person
                .and_then(|person| person.zone.clone())
                .map(|zone| at.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
        }
    }
}

/// When nobody is on call.
#[derive(Serialize, ToSchema)]
#[schema(as = Gaps)]
pub(in crate::http) struct GapsView {
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Schedule by schedule, the earliest first.
    gaps: Vec<GapView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Gap)]
struct GapView {
    #[schema(value_type = String)]
    schedule: ScheduleName,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl GapsView {
    pub(super) fn of(gaps: Gaps) -> Self {
        let Gaps { from, until, gaps } = gaps;
        let view = |Gap { schedule, from, until }| GapView { schedule, from, until };
        Self { from, until, gaps: gaps.into_iter().map(view).collect() }
    }
}
