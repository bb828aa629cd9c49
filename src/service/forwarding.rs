//! Alerts, passed on to systems of others.

use super::effects::error::EffectError;
use super::links::{self, Shortened};
use crate::app::App;
use crate::domain::alerting::forward::ForwardName;
use crate::domain::alerting::forwarding::{self, ForwardState};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::ids::AlertId;
use crate::ports::alert_target::ForwardedAlert;
use crate::ports::error::VendorError;
use crate::ports::store::Consequence;
use jiff::Timestamp;

/// Passes an alert on, where that is still to be done.
pub(super) async fn forward(
    app: &App,
    id: AlertId,
    name: &ForwardName,
) -> Result<Vec<Consequence>, EffectError> {
    let Some(mut story) = app.alerts.alert(id).await? else { return Ok(vec![]) };
    match forwarding::standing(&story, name) {
        ForwardState::Due => {}
        ForwardState::Told => return Ok(vec![]),
        ForwardState::Resolved => {
            let why = "the alert was resolved before";
            tracing::info!(alert = %id, target = %name, why, "alert not forwarded");
            return Ok(vec![not_forwarded(id, name, why, app.clock.now())]);
        }
    }
    // Another process, with newer settings, may have it.
    let missing = || VendorError::temporary(format!("the settings have no [[forward]] \"{name}\""));
    let target = app.forwards.get(name).ok_or_else(missing)?;
    let shortened = match links::shorten(app, &story).await {
        Some(Shortened::Done(code, short)) => {
            if let Some(message) = &mut story.alert.message {
                message.link.short_url = Some(short.clone());
            }
            Some(Consequence::Shortened(code, short))
        }
        Some(Shortened::Failed(entry)) => Some(Consequence::Logged(id, entry)),
        None => None,
    };
    let call = match story.alert.origin.call() {
        Some(from) => app.calls.call(from.call).await?,
        None => None,
    };
    let link = story.alert.message.as_ref().map(|message| &message.link);
    let alert = ForwardedAlert {
        story: &story,
        link: &link.map(|link| links::link_url(app, link)).unwrap_or_default(),
        page: &link.map(|link| links::page_url(app, link)).unwrap_or_default(),
        carrier_call: call.as_ref().map(|call| call.carrier_call.as_str()),
    };
    let reference = target.raise(alert).await.map_err(|error| error.of(&name.0))?;
    tracing::info!(alert = %id, target = %name, ?reference, has_text = story.text().is_some(), "alert forwarded");
    let what = Happened::Forwarded { to: name.0.clone(), reference };
    let logged = Consequence::Logged(id, LogEntry { at: app.clock.now(), what });
    Ok(shortened.into_iter().chain([logged]).collect())
}

/// The alert will not be passed on to that target.
pub(super) fn not_forwarded(alert: AlertId, name: &ForwardName, why: &str, now: Timestamp) -> Consequence {
    let what = Happened::NotForwarded { to: name.0.clone(), why: why.to_owned() };
    Consequence::Logged(alert, LogEntry { at: now, what })
}
