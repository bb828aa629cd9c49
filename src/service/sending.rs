//! A written message to one person, handed to a vendor: the first that takes it.

use super::answering::offer;
use super::effects::error::EffectError;
use super::ledger::{self, Opened, Ready};
use super::message::{Materials, NotWritten, Offer};
use super::{links, message};
use crate::app::App;
use crate::domain::delivery::Notification;
use crate::domain::delivery::ledger::{DeliveryState, OnUnknown};
use crate::domain::directory::device::DeviceKind;
use crate::domain::ids::{AlertId, NotificationId};
use crate::ports::error::{StoreError, Undone, VendorError};
use crate::ports::store::Consequence;
use crate::ports::vendor::{Known, Message, SingleSender, Sought};
use std::sync::Arc;

/// How often it is looked anew whether a message is to be sent when something has happened to it meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// Sends a message, if it is still to be sent.
pub(super) async fn send(app: &App, id: NotificationId) -> Result<Vec<Consequence>, EffectError> {
    for _ in 0..MOST_CONFLICTS {
        let mut ready = match ledger::open(app, id).await? {
            Opened::Nothing(led_to) => return Ok(led_to),
            Opened::Ready(ready) => ready,
        };
        let is_begun = ready.delivery.state == DeliveryState::Sending;
        match transmit(app, &mut ready).await {
            // Another message to its device was first.
            Err(EffectError::Store(StoreError::Conflict))
                if !is_begun && ready.delivery.state != DeliveryState::Sending => {}
            other => return other,
        }
    }
    Err(StoreError::Conflict.into())
}

async fn transmit(app: &App, ready: &mut Ready) -> Result<Vec<Consequence>, EffectError> {
    if ready.delivery.state == DeliveryState::Sending
        && let Some(led_to) = settled(app, ready).await?
    {
        return Ok(led_to);
    }
    let Notification { id, ref device, .. } = ready.delivery.notification;
    let kind = device.kind();
    let vendors = vendors(app, kind);
    let messages = composed(app, ready, &vendors).await?;
    let mut failed: Option<VendorError> = None;
    let mut last: Option<Undone> = None;
    for (vendor, message) in vendors.iter().zip(&messages) {
        if let Some(Undone::Perhaps(_)) = last {
            count_unknown(kind, "next_vendor");
        }
        let before = match &last {
            Some(Undone::Certainly(error)) => Some(error.cause()),
            Some(Undone::Perhaps(_)) | None => None,
        };
        ledger::begin(app, ready, vendor.name(), vendor.trace(message), before).await?;
        match vendor.send(message).await {
            Ok(vendor_ref) => return Ok(ledger::sent(app, ready, vendor_ref)),
            Err(undone) => {
                tracing::warn!(notification = %id, vendor = vendor.name(), error = %undone, "a vendor has not taken a message");
                let error = undone.error().clone();
                failed = Some(match failed {
                    Some(first) => both(first, error),
                    None => error,
                });
                last = Some(undone);
            }
        }
    }
    let failed = failed.unwrap_or_else(|| VendorError::temporary("no vendor is set up for it here"));
    Err(match last {
        // The next attempt begins with asking it.
        Some(Undone::Perhaps(_)) => EffectError::Unasked(failed),
        Some(Undone::Certainly(_)) | None => failed.into(),
    })
}

/// A message of which nobody can tell at once whether a vendor has taken it: what came of that.
pub(super) fn count_unknown(kind: DeviceKind, result: &'static str) {
    metrics::counter!("dutyline_deliveries_unknown_total", "kind" => kind.word(), "result" => result)
        .increment(1);
}

/// What two failures mean together: as long as one of them may pass, it is tried again.
fn both(first: VendorError, second: VendorError) -> VendorError {
    let cause = format!("{}; then {}", first.cause(), second.cause());
    match (first, second) {
        (VendorError::Permanent { .. }, VendorError::Permanent { .. }) => VendorError::Permanent { cause },
        (VendorError::Temporary { retry_after, .. }, VendorError::Permanent { .. })
        | (VendorError::Permanent { .. }, VendorError::Temporary { retry_after, .. }) => {
            VendorError::Temporary { retry_after, cause }
        }
        (
            VendorError::Temporary { retry_after: first, .. },
            VendorError::Temporary { retry_after: second, .. },
        ) => {
            // Whoever lets us come back sooner decides.
            let retry_after = first.zip(second).map(|(first, second)| first.min(second));
            VendorError::Temporary { retry_after, cause }
        }
    }
}

/// Whom to ask, in order.
fn vendors(app: &App, kind: DeviceKind) -> Vec<Arc<dyn SingleSender>> {
    let (first, next) = match kind {
        DeviceKind::Sms => (&app.sms, &app.sms_next),
        DeviceKind::Email => (&app.mail, &app.mail_next),
        DeviceKind::Voice | DeviceKind::Webhook => return vec![],
    };
    first.iter().chain(next).cloned().collect()
}

/// What is sent, by each of those vendors: all the same, but that nobody is asked to write back to where nobody reads it.
/// All of them are there before one is asked, since what fails here was given to nobody.
async fn composed(
    app: &App,
    ready: &Ready,
    vendors: &[Arc<dyn SingleSender>],
) -> Result<Vec<Message>, EffectError> {
    let one = &ready.delivery.notification;
    let live = app.live();
    let materials = Materials::of(&live.settings);
    let is_read = |vendor: &Arc<dyn SingleSender>| vendor.is_answered() && offer::is_read(app, &one.device);
    let others = others(ready);
    let mut bodies = vec![];
    if others.is_empty() {
        let link = ready.story.alert.message.as_ref().map(|message| links::link_url(app, &message.link));
        let link = link.filter(|_| offer::takes_links(&one.device));
        // Nobody is asked to answer news.
        let offer = match one.purpose.news() {
            Some(_) => Offer::default(),
            None => offer::make(app, &ready.story, one, vendors.iter().any(is_read)).await?,
        };
        for vendor in vendors {
            let reply_code = offer.reply_code.filter(|_| is_read(vendor));
            let offer = Offer { reply_code, ..offer.clone() };
            bodies.push(message::body(&ready.story, one, link.as_deref(), materials, &offer));
        }
    } else {
        let mut shown = vec![ready.story.clone()];
        for also in others.iter().take(message::BUNDLE_SHOWS.saturating_sub(1)) {
            shown.extend(app.alerts.alert(*also).await?);
        }
        let count = others.len().saturating_add(1);
        for vendor in vendors {
            bodies.push(message::bundle(&shown, count, one, materials, is_read(vendor)));
        }
    }
    let bodies = bodies.into_iter().collect::<Result<Vec<_>, NotWritten>>();
    let bodies = bodies.map_err(|error| VendorError::permanent(error.to_string()))?;
    Ok(bodies.into_iter().map(|body| Message { id: one.id, body }).collect())
}

/// The alerts that a message is about besides its own, each once: of one there may be several messages.
fn others(ready: &Ready) -> Vec<AlertId> {
    let mut others = vec![];
    for also in &ready.also {
        if also.alert != ready.story.alert.id && !others.contains(&also.alert) {
            others.push(also.alert);
        }
    }
    others
}

/// What became of an attempt at whose end nobody of ours was there; `None`: it is to be sent again.
async fn settled(app: &App, ready: &Ready) -> Result<Option<Vec<Consequence>>, EffectError> {
    let delivery = &ready.delivery;
    let id = delivery.notification.id;
    let kind = delivery.notification.device.kind();
    let asked = delivery.vendor.as_ref().map(|name| name.0.as_str()).unwrap_or_default();
    let vendors = vendors(app, kind);
    let vendor = vendors.iter().find(|vendor| vendor.name() == asked);
    let since = delivery.started_at.unwrap_or(delivery.notification.due);
    let count = |result: &'static str| {
        tracing::warn!(notification = %id, vendor = asked, result, "a message whose fate was unknown");
        count_unknown(kind, result);
    };
    let known = match vendor {
        Some(vendor) => {
            let (to, trace) = (&delivery.notification.device, delivery.trace.as_deref());
            match vendor.knows(&Sought { id, to, trace, since }).await {
                Ok(known) => known,
                // Nobody waits for one who is silent while another could take it.
                Err(_silent) if vendors.len() > 1 => {
                    count("next_vendor");
                    return again(app, ready).await;
                }
                Err(error) => return Err(EffectError::Unasked(error)),
            }
        }
        None => Known::CannotTell,
    };
    match (known, on_unknown(app, kind)) {
        (Known::Taken(vendor_ref), _) => {
            count("taken");
            Ok(Some(ledger::sent(app, ready, vendor_ref)))
        }
        (Known::CannotTell, OnUnknown::Hold) => {
            count("held");
            Err(EffectError::Untold)
        }
        (Known::Never, _) => {
            count("never_taken");
            again(app, ready).await
        }
        (Known::CannotTell, OnUnknown::Resend) => {
            count("sent_again");
            again(app, ready).await
        }
    }
}

/// It is sent again, if it is still needed.
pub(super) async fn again(app: &App, ready: &Ready) -> Result<Option<Vec<Consequence>>, EffectError> {
    let why = ledger::needless(app, ready).await?;
    Ok(why.map(|why| ledger::dropped(&ready.delivery.notification, why, ready.as_of)))
}

fn on_unknown(app: &App, kind: DeviceKind) -> OnUnknown {
    let live = app.live();
    let settings = &live.settings;
    match kind {
        DeviceKind::Sms => settings.sms.as_ref().map(|sms| sms.on_unknown),
        DeviceKind::Email => settings.mail.as_ref().map(|mail| mail.on_unknown),
        DeviceKind::Voice | DeviceKind::Webhook => None,
    }
    .unwrap_or(OnUnknown::Hold)
}
