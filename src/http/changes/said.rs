//! An absence, or an override, as a program says it. The words are those of the settings file.

use crate::domain::directory::absence::Absence;
use crate::domain::directory::overrides::{Override, OverrideChange};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::http::error::ApiError;
use crate::http::extract::body::Fields;
use jiff::Timestamp;

/// `{ "person": …, "from": …, "until": …, "replacement": … }`. Without `from` it begins now; without `until` it lasts
/// until further notice.
pub(super) fn absence(mut said: Fields, now: Timestamp) -> Result<Absence, ApiError> {
    let person = said.text("person").map(PersonId);
    let from = said.opt_time("from").unwrap_or(now);
    let until = said.opt_time("until");
    let replacement = said.opt_text("replacement").map(PersonId);
    let person = said.finish(person)?;
    Ok(Absence { id: None, person, from, until, replacement })
}

/// `{ "schedule": …, "from": …, "until": …, "add": … }`, or `"remove"`, or `"replace"` and `"by"`. Without `from` it
/// begins now.
pub(super) fn one_override(mut said: Fields, now: Timestamp) -> Result<Override, ApiError> {
    let schedule = said.text("schedule").map(ScheduleName);
    let [add, remove, replace, by] =
        ["add", "remove", "replace", "by"].map(|name| said.opt_text(name).map(PersonId));
    let from = said.opt_time("from").unwrap_or(now);
    let until = said.time("until");
    let change = match (add, remove, replace, by) {
        (Some(person), None, None, None) => Some(OverrideChange::Add(person)),
        (None, Some(person), None, None) => Some(OverrideChange::Remove(person)),
        (None, None, Some(out), Some(by)) => Some(OverrideChange::Replace { out, by }),
        (None, None, Some(_), None) => {
            said.wrong("by", "missing", "is missing: who takes the place");
            None
        }
        (None, None, None, Some(_)) => {
            said.wrong("replace", "missing", "is missing: whose place is taken");
            None
        }
        _ => {
            said.wrong("add", "one_of", "say one of `add`, `remove`, and `replace` with `by`");
            None
        }
    };
    let ((schedule, change), until) = said.finish(schedule.zip(change).zip(until))?;
    Ok(Override { id: None, schedule, change, from, until })
}
