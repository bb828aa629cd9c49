//! Other programs that are told what happens to alerts, and people's own programs.

use super::effects::error::EffectError;
use super::ledger::{self, Opened};
use super::links;
use super::sending;
use crate::app::App;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::hook::{self, HookMessage};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::alerting::news::{self, News, StateAt};
use crate::domain::delivery::ledger::DeliveryState;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::ids::{HookMessageId, NotificationId};
use crate::domain::voice::step::{Turn, VoiceChange};
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::Consequence;
use crate::ports::webhook::{Personal, Told, ToldAlert, Webhook};
use jiff::{SignedDuration, Timestamp};

/// How long a message waits at least for one before it, in seconds, and at most until it looks again: what is before it may
/// be over sooner than its lease says.
const SOON: i64 = 1;
const AT_MOST: i64 = 10;

/// What a change means to other programs is added to it.
pub(super) fn add(app: &App, change: &mut Change) {
    let live = app.live();
    let about = (change.alert.id, change.alert.team.as_ref());
    let more = hook::tell(&live.settings.hooks(), about, &change.log, &change.hooks, &*app.ids);
    change.hooks.extend(more);
}

/// What other programs are told of a turn of a call.
pub(super) async fn of_turn(app: &App, turn: &Turn) -> Result<Vec<HookMessage>, StoreError> {
    let live = app.live();
    let hooks = live.settings.hooks();
    let mut messages = vec![];
    if hooks.is_empty() {
        return Ok(messages);
    }
    for change in &turn.changes {
        let Some((alert, entry)) = change.logged(turn.at) else { continue };
        if News::of(&entry.what).is_none() {
            continue;
        }
        let team = if let VoiceChange::Opened(alert, _) = change {
            alert.team.clone()
        } else {
            let alert = app.alerts.alert(alert).await?.map(|story| story.alert);
            if change.is_of_open() && alert.as_ref().is_some_and(|alert| alert.closed.is_some()) {
                continue;
            }
            alert.and_then(|alert| alert.team)
        };
        messages.extend(hook::tell(&hooks, (alert, team.as_ref()), &[entry], &[], &*app.ids));
    }
    Ok(messages)
}

/// Sends one message, when all before it about the same alert are out of the way.
pub(super) async fn tell(app: &App, id: HookMessageId) -> Result<Vec<Consequence>, EffectError> {
    let Some(stored) = app.hooks.hook_message(id).await? else { return Ok(vec![]) };
    if let Some(earlier) = app.hooks.earlier_hook_message(id).await? {
        let now = app.clock.now();
        let after = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        return Err(EffectError::Waits(earlier.clamp(after(SOON), after(AT_MOST))));
    }
    let HookMessage { alert, webhook: name, .. } = &stored.message;
    // Another process, with newer settings, may have it.
    let missing = || VendorError::temporary(format!("the settings have no [[webhook]] \"{name}\""));
    let webhook = app.webhooks.get(name).ok_or_else(missing)?;
    let body = if let Some(body) = stored.body {
        body
    } else {
        let Some(body) = composed(app, webhook.as_ref(), &stored.message).await? else { return Ok(vec![]) };
        app.hooks.keep_hook_body(id, &body).await?;
        body
    };
    let now = app.clock.now();
    webhook.post(id.0, now, &body).await.map_err(|error| error.of(&name.0))?;
    tracing::info!(%alert, webhook = %name, message = %id, "webhook told of an alert");
    Ok(vec![Consequence::HookTaken(id, app.clock.now())])
}

/// What a message says; `None`: its alert has been forgotten.
async fn composed(
    app: &App,
    webhook: &dyn Webhook,
    message: &HookMessage,
) -> Result<Option<String>, StoreError> {
    let HookMessage { id, alert, entry, .. } = message;
    let (Some(story), Some(news)) = (app.alerts.alert(*alert).await?, News::told(&entry.what)) else {
        return Ok(None);
    };
    let link = story.alert.message.as_ref().map(|message| links::link_url(app, &message.link));
    let live = app.live();
    let about = ToldAlert {
        story: &story,
        state: &StateAt::after(&story, entry),
        recording_url: link.as_deref(),
        directory: &live.settings.directory,
    };
    let note = if let Happened::Noted { text, .. } = &entry.what { Some(text.as_str()) } else { None };
    let by = news::who(&entry.what);
    Ok(Some(webhook.body(&Told { id: *id, news, at: entry.at, by, note, about })))
}

/// What it means that a message will never be sent: the log of the alert says so, and the next may follow.
pub(super) async fn not_told(
    app: &App,
    id: HookMessageId,
    why: &str,
    now: Timestamp,
) -> Result<Vec<Consequence>, StoreError> {
    let Some(stored) = app.hooks.hook_message(id).await? else { return Ok(vec![]) };
    let HookMessage { alert, webhook, entry, .. } = stored.message;
    let news = News::told(&entry.what).map_or("", News::word).to_owned();
    let what = Happened::WebhookNotTold { to: webhook.0, news, why: why.to_owned() };
    Ok(vec![Consequence::Logged(alert, LogEntry { at: now, what }), Consequence::HookGivenUp(id, now)])
}

/// Sends one message to somebody's own program.
pub(super) async fn post_to_device(app: &App, id: NotificationId) -> Result<Vec<Consequence>, EffectError> {
    let mut ready = match ledger::open(app, id).await? {
        Opened::Nothing(led_to) => return Ok(led_to),
        Opened::Ready(ready) => ready,
    };
    let Device::Webhook(to) = ready.delivery.notification.device.clone() else {
        return Err(VendorError::permanent("the device is no program").into());
    };
    // Its own program knows our id of the message: one that comes again does no harm there.
    if ready.delivery.state == DeliveryState::Sending {
        sending::count_unknown(DeviceKind::Webhook, "sent_again");
        if let Some(led_to) = sending::again(app, &ready).await? {
            return Ok(led_to);
        }
    }
    ledger::begin(app, &mut ready, OWN_PROGRAM, None, None).await?;
    let (one, story) = (&ready.delivery.notification, &ready.story);
    let state = StateAt::now(story);
    let link = story.alert.message.as_ref().map(|message| links::link_url(app, &message.link));
    let live = app.live();
    let about = ToldAlert {
        story,
        state: &state,
        recording_url: link.as_deref(),
        directory: &live.settings.directory,
    };
    app.devices.post(&to, app.clock.now(), &Personal { notification: one, about }).await?;
    Ok(ledger::sent(app, &ready, None))
}

/// What the ledger calls whoever is behind a device that is a program.
const OWN_PROGRAM: &str = "own program";
