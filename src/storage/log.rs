//! What happens to alerts, added to their logs.

use super::columns::json;
use super::write::Write;
use crate::domain::alerting::actor::Who;
use crate::domain::alerting::log::LogEntry;
use crate::domain::ids::{AlertId, Ids};
use crate::ports::error::StoreError;
use crate::storage::write::args;

/// Something that happened to an alert.
pub(super) fn entry(alert: AlertId, entry: &LogEntry, ids: &dyn Ids) -> Result<Write, StoreError> {
    Ok(Write::new().one(
        "insert into alert_log (id, alert_id, at, entry) values ($1, $2, $3, $4)",
        args![ids.next(), alert.0, entry.at, json(&entry.what)?],
    ))
}

/// Something that has just happened to an alert if it was open; where it had ended before, nothing has.
pub(super) fn entry_of_open(alert: AlertId, entry: &LogEntry, ids: &dyn Ids) -> Result<Write, StoreError> {
    Ok(Write::new().any(
        "insert into alert_log (id, alert_id, at, entry) select $1, $2, cast($3 as bigint), $4 where exists \
         (select 1 from alerts a where a.id = $2 and a.closed_at is null)",
        args![ids.next(), alert.0, entry.at, json(&entry.what)?],
    ))
}

/// An alert's end just now by that person; where it had ended before, there is none.
pub(super) fn entry_of_end(
    alert: AlertId,
    entry: &LogEntry,
    by: &Who,
    ids: &dyn Ids,
) -> Result<Write, StoreError> {
    Ok(Write::new().any(
        "insert into alert_log (id, alert_id, at, entry) select $1, $2, cast($3 as bigint), $4 where exists \
         (select 1 from alerts a where a.id = $2 and a.closed_at = $3 and a.closed_by = $5)",
        args![ids.next(), alert.0, entry.at, json(&entry.what)?, by.tagged()],
    ))
}
