//! Alerts that are to be looked at: whoever is to be told next is told, until somebody answers.

use super::effects::EffectError;
use super::{alerting, links, on_call};
use crate::app::App;
use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::escalation::{self, Facts, Look};
use crate::domain::alerting::policy::{Policy, Target};
use crate::domain::alerting::team::Team;
use crate::domain::delivery::TOLD_BY;
use crate::domain::directory::Recipient;
use crate::domain::directory::device::DeviceKind;
use crate::domain::ids::AlertId;
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::Consequence;
use crate::settings::Settings;
use jiff::{SignedDuration, Timestamp};

/// How long an alert that we have taken to look at is ours, in seconds.
const LEASE: i64 = 45;

/// How many alerts are taken at a time.
const BATCH: u32 = 100;

/// Looks at the alerts whose time has come; answers how many there were.
pub async fn due(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let until = now.checked_add(SignedDuration::from_secs(LEASE)).unwrap_or(Timestamp::MAX);
    let claimed = app.alerts.claim_due_alerts(now, until, BATCH).await?;
    let count = claimed.len();
    let looks = claimed.into_iter().map(|id| async move {
        match look(app, id).await {
            // Who could not be found out now is asked for again when the lease ends.
            Ok(_) | Err(EffectError::Store(StoreError::Conflict)) => {}
            Err(error) => tracing::error!(alert = %id, %error, "an alert could not be looked at"),
        }
    });
    futures_util::future::join_all(looks).await;
    Ok(count)
}

/// Has every open alert of a team looked at: the settings may say something else of it than when it was looked at last.
pub async fn look_at_open(app: &App) -> Result<(), StoreError> {
    app.alerts.look_at_open(app.clock.now()).await?;
    app.alert_wake.notify_one();
    Ok(())
}

/// Looks at one alert, and tells whoever is to be told of it now. What was found out on the way is the caller's to write.
pub(super) async fn look(app: &App, id: AlertId) -> Result<Vec<Consequence>, EffectError> {
    let Some(mut story) = app.alerts.alert(id).await? else { return Ok(vec![]) };
    let mut found = vec![];
    for _ in 0..MOST_CONFLICTS {
        let live = app.live();
        let now = app.clock.now();
        let settings = &live.settings;
        let (team, policy) = followed(settings, &story.alert);
        let asked = asked(&story.alert, team, policy);
        let directory = on_call::directory_for(app, &asked, now).await?;
        let can = can(app);
        let facts = Facts { directory: &directory, team, policy, can: &can };
        let mut change = match escalation::look(&story, &facts, now, &*app.ids) {
            Look::Do(change) => *change,
            Look::NotYet => {
                let why = "it is not known for whom it is: another directory can't be asked";
                return Err(VendorError::temporary(why).into());
            }
        };
        if !change.notifications.is_empty() && found.is_empty() {
            found.extend(links::shorten(app, &story).await);
        }
        alerting::prepare(app, &mut change);
        match app.alerts.change(&change).await {
            Ok(()) => {
                if !change.hooks.is_empty() {
                    app.outbox_wake.notify_one();
                }
                if !change.effects.is_empty() {
                    app.outbox_wake.notify_one();
                    tracing::info!(alert = %id, messages = change.notifications.len(), "people told of an alert");
                }
                return Ok(found);
            }
            Err(StoreError::Conflict) => match app.alerts.alert(id).await? {
                Some(again) => story = again,
                None => return Ok(found),
            },
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// How often a decision is made anew when somebody else has changed the alert meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// The team of an alert, and the policy that it is to follow now.
pub(super) fn followed<'a>(settings: &'a Settings, alert: &Alert) -> (Option<&'a Team>, Option<&'a Policy>) {
    let Some(team) = alert.team.as_ref().and_then(|name| settings.team(name)) else { return (None, None) };
    let category = alert.content.category.as_ref().and_then(|name| team.category(&name.0));
    let name = category.and_then(|category| category.policy.as_ref()).unwrap_or(&team.policy);
    (Some(team), settings.policy(name))
}

/// Whose people may be asked for.
pub(super) fn asked(alert: &Alert, team: Option<&Team>, policy: Option<&Policy>) -> Vec<Recipient> {
    let steps = policy
        .into_iter()
        .flat_map(|policy| policy.steps.iter().flat_map(|step| &step.targets).chain(&policy.last_resort));
    let named = steps.filter_map(|target| match target {
        Target::Recipient(to) => Some(to),
        Target::OnDuty | Target::Everyone | Target::Webhook(_) => None,
    });
    let members = team.into_iter().flat_map(|team| &team.members);
    let mut all: Vec<Recipient> = vec![];
    for one in alert.recipients.iter().chain(named).chain(members) {
        if !all.contains(one) {
            all.push(one.clone());
        }
    }
    all
}

/// The kinds of device that messages can be sent to.
pub(super) fn can(app: &App) -> Vec<DeviceKind> {
    let can = |kind: &DeviceKind| match kind {
        DeviceKind::Voice => app.telephony.capabilities().conferences,
        DeviceKind::Webhook => true,
        DeviceKind::Sms => app.sms.is_some(),
        DeviceKind::Email => app.mail.is_some(),
    };
    TOLD_BY.into_iter().filter(can).collect()
}
