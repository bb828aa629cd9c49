//! Absences, overrides and the audit as JSON.

use crate::domain::directory::absence::Absence;
use crate::domain::directory::change::{absence_id, override_id};
use crate::domain::directory::overrides::{Change, Override};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::domain::ids::{AbsenceId, AuditId, OverrideId};
use crate::service::AuditEntry;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// A page of absences.
#[derive(Serialize)]
pub(in crate::http) struct AbsencesView {
    pub(super) absences: Vec<AbsenceView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// Somebody away.
#[derive(Serialize)]
pub(in crate::http) struct AbsenceView {
    id: AbsenceId,
    person: PersonId,
    replacement: Option<PersonId>,
    from: Timestamp,
    /// `null`: until further notice.
    until: Option<Timestamp>,
    in_force: bool,
    defined_in: Place,
}

/// Where something is defined, and so where it is changed.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    Settings,
    Store,
}

/// A page of overrides.
#[derive(Serialize)]
pub(in crate::http) struct OverridesView {
    pub(super) overrides: Vec<OverrideView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    pub(super) next: Option<String>,
}

/// A change of a schedule: `add`, or `remove`, or `replace` and `by`.
#[derive(Serialize)]
pub(in crate::http) struct OverrideView {
    id: OverrideId,
    schedule: ScheduleName,
    #[serde(flatten)]
    change: ChangeView,
    from: Timestamp,
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
#[derive(Serialize)]
pub(in crate::http) struct AuditView {
    /// Newest first.
    entries: Vec<EntryView>,
    /// What to send as `after` for the next page; `null`: this is the last.
    next: Option<AuditId>,
}

#[derive(Serialize)]
struct EntryView {
    id: AuditId,
    at: Timestamp,
    /// The name of the key.
    by: String,
    what: String,
    /// What there was.
    before: Option<Value>,
    /// What there is since.
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
                Change::Add(add) => ChangeView::Add { add },
                Change::Remove(remove) => ChangeView::Remove { remove },
                Change::Replace { out: replace, by } => ChangeView::Replace { replace, by },
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
    pub(super) fn of(entries: Vec<AuditEntry>, next: Option<AuditId>) -> Self {
        let view =
            |AuditEntry { id, at, by, what, before, after }| EntryView { id, at, by, what, before, after };
        Self { entries: entries.into_iter().map(view).collect(), next }
    }
}
