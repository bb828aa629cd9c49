//! Absences, overrides and the audit as JSON.

use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::{absence_id, override_id};
use crate::domain::directory::overrides::{Override, OverrideChange};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::domain::ids::{AbsenceId, AuditId, OverrideId};
use crate::http::extract::page::write_cursor;
use crate::http::schema;
use crate::service::{AuditCursor, AuditEntry};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A page of absences.
#[derive(Serialize, ToSchema)]
#[schema(as = AbsenceList)]
pub(in crate::http) struct AbsencesView {
    pub(super) absences: Vec<AbsenceView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// Somebody away.
#[derive(Serialize, ToSchema)]
#[schema(as = Absence)]
pub(in crate::http) struct AbsenceView {
    #[schema(value_type = Uuid)]
    id: AbsenceId,
    #[schema(value_type = String)]
    person: PersonId,
    #[schema(value_type = Option<String>)]
    replacement: Option<PersonId>,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// `null`: until further notice.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    in_force: bool,
    defined_in: Place,
}

/// Where something is defined, and so where it is changed.
#[derive(Serialize, ToSchema)]
#[schema(as = DefinedIn)]
#[serde(rename_all = "lowercase")]
enum Place {
    Settings,
    Store,
}

/// A page of overrides.
#[derive(Serialize, ToSchema)]
#[schema(as = OverrideList)]
pub(in crate::http) struct OverridesView {
    pub(super) overrides: Vec<OverrideView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// A change of a schedule: `add`, or `remove`, or `replace` and `by`.
#[derive(Serialize, ToSchema)]
#[schema(as = Override)]
pub(in crate::http) struct OverrideView {
    #[schema(value_type = Uuid)]
    id: OverrideId,
    #[schema(value_type = String)]
    schedule: ScheduleName,
    #[serde(flatten)]
    #[schema(value_type = schema::OverrideChangeForm)]
    change: ChangeView,
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    in_force: bool,
    defined_in: Place,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ChangeView {
    Add { add: PersonId },
    Remove { remove: PersonId },
    Replace { replace: PersonId, by: PersonId },
}

/// A page of the audit.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditList)]
pub(in crate::http) struct AuditView {
    /// Newest first.
    entries: Vec<EntryView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryView {
    #[schema(value_type = Uuid)]
    id: AuditId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The name of the key, or the id of the person.
    by: String,
    what: String,
    /// What there was.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// What there is since.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

impl AbsenceView {
    /// That absence, at that moment.
    pub(super) fn of(absence: Absence, now: Timestamp) -> Self {
        Self {
            id: absence_id(&absence),
            in_force: absence.covers(now),
            defined_in: Place::of(absence.id),
            person: absence.person,
            replacement: absence.replacement,
            from: absence.from,
            until: absence.until,
        }
    }
}

impl OverrideView {
    /// That override, at that moment.
    pub(super) fn of(one: Override, now: Timestamp) -> Self {
        Self {
            id: override_id(&one),
            in_force: one.covers(now),
            defined_in: Place::of(one.id),
            schedule: one.schedule,
            change: match one.change {
                OverrideChange::Add(add) => ChangeView::Add { add },
                OverrideChange::Remove(remove) => ChangeView::Remove { remove },
                OverrideChange::Replace { out: replace, by } => ChangeView::Replace { replace, by },
            },
            from: one.from,
            until: one.until,
        }
    }
}

impl Place {
    /// Only what is in the store has an id of its own.
    fn of<T>(id: Option<T>) -> Self {
        id.map_or(Self::Settings, |_id| Self::Store)
    }
}

impl AuditView {
    /// That page.
    pub(super) fn of(entries: Vec<AuditEntry>, next: Option<AuditCursor>) -> Self {
        let view =
            |AuditEntry { id, at, by, what, before, after }| EntryView { id, at, by, what, before, after };
        let next = next.map(|next| write_cursor(next.at, next.id.0));
        Self { entries: entries.into_iter().map(view).collect(), next }
    }
}
