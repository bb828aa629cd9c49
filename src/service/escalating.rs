//! Alerts that are to be looked at: whoever is to be told next is told, until somebody answers.

use super::effects::error::EffectError;
use super::links::{self, Shortened};
use super::{alerting, on_call, subscribing};
use crate::app::App;
use crate::domain::alerting::alert::Alert;
use crate::domain::alerting::content::Content;
use crate::domain::alerting::escalation::{self, Facts, Look};
use crate::domain::alerting::policy::{Policy, Target};
use crate::domain::alerting::team::Team;
use crate::domain::delivery::TOLD_BY;
use crate::domain::directory::Recipient;
use crate::domain::directory::device::DeviceKind;
use crate::domain::ids::AlertId;
use crate::ports::error::{StoreError, VendorError};
use crate::settings::Settings;
use jiff::{SignedDuration, Timestamp};

/// How long an alert that we have taken to look at is ours, in seconds.
const LEASE: i64 = 45;

/// How many alerts are looked at at the same time. One whose people another directory knows may take a while.
pub const AT_ONCE: usize = 100;

/// Takes alerts whose time has come, so many at most; each is looked at with [`run`].
pub async fn claim(app: &App, most: u32) -> Result<Vec<AlertId>, StoreError> {
    let now = app.clock.now();
    let until = now.checked_add(SignedDuration::from_secs(LEASE)).unwrap_or(Timestamp::MAX);
    app.alerts.claim_due_alerts(now, until, most).await
}

/// Looks at an alert whose time has come.
pub async fn run(app: &App, id: AlertId) {
    match look(app, id).await {
        // Who could not be found out now is asked for again when the lease ends.
        Ok(()) | Err(EffectError::Store(StoreError::Conflict)) => {}
        Err(error) => tracing::error!(alert = %id, %error, "an alert could not be looked at"),
    }
}

/// Has every open alert of a team looked at: the settings may say something else of it than when it was looked at last.
pub async fn look_at_open(app: &App) -> Result<(), StoreError> {
    app.alerts.look_at_open(app.clock.now()).await?;
    app.alert_wake.notify_one();
    Ok(())
}

/// Looks at one alert, and tells whoever is to be told of it now.
pub(super) async fn look(app: &App, id: AlertId) -> Result<(), EffectError> {
    let Some(mut story) = app.alerts.alert(id).await? else { return Ok(()) };
    let mut shortened = None;
    for _ in 0..MOST_CONFLICTS {
        let live = app.live();
        let now = app.clock.now();
        let settings = &live.settings;
        let (team, policy) = followed(settings, &story.alert);
        let asked = asked(&story.alert.recipients, team, policy);
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
        // Whoever is told now gets the short link.
        if !change.notifications.is_empty() && shortened.is_none() {
            shortened = links::shorten(app, &story).await;
        }
        match &shortened {
            Some(Shortened::Done(code, short)) => change.short_link = Some((code.clone(), short.clone())),
            Some(Shortened::Failed(entry)) => change.log.push(entry.clone()),
            None => {}
        }
        subscribing::tell(app, &story, &mut change, team, &can).await?;
        alerting::prepare(app, &mut change).await?;
        match app.alerts.change(&change).await {
            Ok(()) => {
                app.outbox_wake.notify_one();
                app.feed.wake();
                if !change.notifications.is_empty() {
                    tracing::info!(alert = %id, messages = change.notifications.len(), "people told of an alert");
                }
                return Ok(());
            }
            Err(StoreError::Conflict) => match app.alerts.alert(id).await? {
                Some(again) => story = again,
                None => return Ok(()),
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
    (Some(team), policy_of(settings, team, &alert.content))
}

/// The policy that an alert of that team follows: its category's, else the team's.
pub(super) fn policy_of<'a>(settings: &'a Settings, team: &Team, content: &Content) -> Option<&'a Policy> {
    let category = content.category.as_ref().and_then(|name| team.category(&name.0));
    settings.policy(category.and_then(|category| category.policy.as_ref()).unwrap_or(&team.policy))
}

/// Whose people may be asked for, of an alert that is for these.
pub(super) fn asked(to: &[Recipient], team: Option<&Team>, policy: Option<&Policy>) -> Vec<Recipient> {
    let steps = policy
        .into_iter()
        .flat_map(|policy| policy.steps.iter().flat_map(|step| &step.targets).chain(&policy.last_resort));
    let named = steps.filter_map(|target| match target {
        Target::Recipient(to) => Some(to),
        Target::OnDuty | Target::Everyone | Target::Webhook(_) => None,
    });
    let members = team.into_iter().flat_map(|team| &team.members);
    let mut all: Vec<Recipient> = vec![];
    for one in to.iter().chain(named).chain(members) {
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
