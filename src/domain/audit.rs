//! Who did what, and when: kept for whoever asks later.

use super::directory::absence::Absence;
use super::directory::change::Changed;
use super::directory::overrides::{Override, OverrideChange};
use super::directory::person::PersonId;
use super::directory::schedule::ScheduleName;
use super::ids::{AbsenceId, AuditId, OverrideId};
use jiff::Timestamp;
use serde::Serialize;

/// One thing that somebody did, together with what it changes: both are written at once, or neither is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The entry's own id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who: the name of the key that they came with.
    pub by: String,
    /// What.
    pub changed: Changed,
}

/// A thing as the audit shows it, whatever becomes of our own types: its kind, and its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject<'a> {
    /// Somebody away.
    Absence {
        /// Which.
        id: Option<AbsenceId>,
        /// Who is away.
        person: &'a PersonId,
        /// Who stands in.
        replacement: Option<&'a PersonId>,
        /// First moment of it.
        from: Timestamp,
        /// First moment after it; none: until further notice.
        until: Option<Timestamp>,
    },
    /// A change of who is on call in a schedule.
    Override {
        /// Which.
        id: Option<OverrideId>,
        /// Of which schedule.
        schedule: &'a ScheduleName,
        /// Who is on call besides.
        #[serde(skip_serializing_if = "Option::is_none")]
        add: Option<&'a PersonId>,
        /// Who is not on call.
        #[serde(skip_serializing_if = "Option::is_none")]
        remove: Option<&'a PersonId>,
        /// Who is replaced.
        #[serde(skip_serializing_if = "Option::is_none")]
        replace: Option<&'a PersonId>,
        /// Who takes their place.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<&'a PersonId>,
        /// First moment of it.
        from: Timestamp,
        /// First moment after it.
        until: Timestamp,
    },
}

impl Audited {
    /// The word for what was done.
    pub const fn word(&self) -> &'static str {
        match self.changed {
            Changed::AbsenceAdded(_) => "absence_added",
            Changed::AbsenceRemoved(_) => "absence_removed",
            Changed::OverrideAdded(_) => "override_added",
            Changed::OverrideRemoved(_) => "override_removed",
        }
    }

    /// What there was.
    pub fn before(&self) -> Option<Subject<'_>> {
        match &self.changed {
            Changed::AbsenceRemoved(absence) => Some(Subject::absence(absence)),
            Changed::OverrideRemoved(one) => Some(Subject::overridden(one)),
            Changed::AbsenceAdded(_) | Changed::OverrideAdded(_) => None,
        }
    }

    /// What there is since.
    pub fn after(&self) -> Option<Subject<'_>> {
        match &self.changed {
            Changed::AbsenceAdded(absence) => Some(Subject::absence(absence)),
            Changed::OverrideAdded(one) => Some(Subject::overridden(one)),
            Changed::AbsenceRemoved(_) | Changed::OverrideRemoved(_) => None,
        }
    }
}

impl<'a> Subject<'a> {
    fn absence(absence: &'a Absence) -> Self {
        let Absence { id, person, from, until, replacement } = absence;
        Self::Absence { id: *id, person, replacement: replacement.as_ref(), from: *from, until: *until }
    }

    fn overridden(one: &'a Override) -> Self {
        let (add, remove, replace, by) = match &one.change {
            OverrideChange::Add(person) => (Some(person), None, None, None),
            OverrideChange::Remove(person) => (None, Some(person), None, None),
            OverrideChange::Replace { out, by } => (None, None, Some(out), Some(by)),
        };
        let (id, schedule, from, until) = (one.id, &one.schedule, one.from, one.until);
        Self::Override { id, schedule, add, remove, replace, by, from, until }
    }
}
