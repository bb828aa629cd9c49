//! Subscribers of teams: they are told how an alert stands as soon as it is looked at after that has changed.

use super::on_call;
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::subscribers::{self, Audience};
use crate::domain::alerting::team::Team;
use crate::domain::directory::device::DeviceKind;
use crate::ports::error::StoreError;

/// What subscribers of the alert's team have not been told yet is added to what is written of the alert. `can`: the kinds
/// of device that messages can be sent to.
pub(super) async fn tell(
    app: &App,
    story: &AlertStory,
    change: &mut Change,
    team: Option<&Team>,
    can: &[DeviceKind],
) -> Result<(), StoreError> {
    let Some(team) = team.filter(|team| team.has_subscribers()) else { return Ok(()) };
    let now = app.clock.now();
    let Some(status) = subscribers::untold(story, change, now) else { return Ok(()) };
    let directory = on_call::directory_for(app, &team.subscribers, now).await?;
    let audience = Audience { team, directory: &directory, can };
    subscribers::tell(change, story, status, audience, now, &*app.ids);
    Ok(())
}
