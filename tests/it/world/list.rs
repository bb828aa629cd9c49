//! The list of alerts, as the store has it.

use dutyline::domain::alerting::alert::AlertStory;
use dutyline::domain::alerting::filter::AlertFilter;
use dutyline::domain::alerting::state::AlertState;
use dutyline::ports::error::StoreError;
use dutyline::ports::store::{AlertCursor, AlertStore};

/// A store whose alerts are listed.
pub(crate) trait ListedAlerts {
    /// The alerts in that state (`None`: in any), newest first, after that place.
    async fn alerts(
        &self,
        state: Option<AlertState>,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError>;
}

impl<S: AlertStore + ?Sized> ListedAlerts for S {
    async fn alerts(
        &self,
        state: Option<AlertState>,
        after: Option<AlertCursor>,
        limit: u32,
    ) -> Result<Vec<AlertStory>, StoreError> {
        let filter = AlertFilter { states: state.into_iter().collect(), ..AlertFilter::default() };
        Ok(self.found(&filter, after, limit).await?.stories)
    }
}
