//! Alerts, passed on to systems of others.

use super::effects::error::EffectError;
use super::{alerting, links};
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::forward::ForwardName;
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::ids::AlertId;
use crate::ports::alert_target::ForwardedAlert;
use crate::ports::error::VendorError;
use crate::ports::store::Consequence;
use jiff::Timestamp;

/// Passes an alert on, unless that is done.
pub(super) async fn forward(
    app: &App,
    id: AlertId,
    name: &ForwardName,
) -> Result<Vec<Consequence>, EffectError> {
    let Some(mut story) = app.alerts.alert(id).await?.filter(|story| !is_done(story, name)) else {
        return Ok(vec![]);
    };
    let target = app.forwards.get(name);
    // Another process, with newer settings, may have it.
    let target = target
        .ok_or_else(|| VendorError::temporary(format!("the settings have no [[forward]] \"{name}\"")))?;
    if story.alert.closed.is_some() {
        let why = "the alert was resolved before";
        tracing::info!(alert = %id, target = %name, why, "alert not forwarded");
        return Ok(vec![given_up(id, name, why, app.clock.now())]);
    }
    let short = links::shorten(app, &story).await;
    if let Some(Consequence::Shortened(_, short)) = &short {
        story.alert.link.short_url = Some(short.clone());
    }
    let call = app.calls.call(story.alert.call).await?;
    let alert = ForwardedAlert {
        story: &story,
        link: &alerting::link_url(app, &story.alert.link),
        page: &alerting::page_url(app, &story.alert.link),
        carrier_call: call.as_ref().map(|call| call.carrier_call.as_str()),
    };
    let reference = target.raise(alert).await.map_err(|error| of_target(error, name))?;
    tracing::info!(alert = %id, target = %name, ?reference, has_text = story.text().is_some(), "alert forwarded");
    let what = Happened::Forwarded { to: name.0.clone(), reference };
    let logged = Consequence::Logged(id, LogEntry { at: app.clock.now(), what });
    Ok(short.into_iter().chain([logged]).collect())
}

/// The error with the target's name: there may be several.
fn of_target(error: VendorError, name: &ForwardName) -> VendorError {
    let named = |cause| format!("\"{name}\": {cause}");
    match error {
        VendorError::Temporary { retry_after, cause } => {
            VendorError::Temporary { retry_after, cause: named(cause) }
        }
        VendorError::Permanent { cause } => VendorError::Permanent { cause: named(cause) },
    }
}

/// What it means that an alert will never be passed on.
pub(super) fn given_up(alert: AlertId, name: &ForwardName, why: &str, now: Timestamp) -> Consequence {
    let what = Happened::NotForwarded { to: name.0.clone(), why: why.to_owned() };
    Consequence::Logged(alert, LogEntry { at: now, what })
}

/// Whether the alert has been passed on to that target.
fn is_done(story: &AlertStory, name: &ForwardName) -> bool {
    let to_it = |entry: &LogEntry| matches!(&entry.what, Happened::Forwarded { to, .. } if *to == name.0);
    story.log.iter().any(to_it)
}
