//! Calls, told afterwards, or while they go on.

use crate::app::App;
use crate::domain::ids::CallId;
use crate::domain::voice::story::{CallPhase, CallRecord, CallStory};
use crate::ports::error::StoreError;
use crate::ports::store::CallCursor;

/// One call with everything that came of it. `None`: there is none of that id.
pub async fn find(app: &App, id: CallId) -> Result<Option<CallStory>, StoreError> {
    app.history.story(id).await
}

/// Calls, all or those of a phase, newest first, and where the list goes on; `None`: it ends here.
pub async fn list(
    app: &App,
    phase: Option<CallPhase>,
    after: Option<CallCursor>,
    limit: u32,
) -> Result<(Vec<CallRecord>, Option<CallCursor>), StoreError> {
    let mut calls = app.history.calls(phase, after, limit.saturating_add(1)).await?;
    let is_more = calls.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        calls.pop();
    }
    let last = calls.last().filter(|_| is_more);
    let next = last.map(|last| CallCursor { started_at: last.call.started_at, id: last.call.id });
    Ok((calls, next))
}
