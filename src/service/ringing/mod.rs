//! People rung about alerts: the calls to them placed, found again, and let go.

mod limit;
mod turns;

pub use turns::{Answered, document, news};

use super::calling;
use super::effects::error::EffectError;
use super::ledger;
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::standing::Standing;
use crate::domain::delivery::ledger::{DeliveryState, Dropped, Entry, is_repeated};
use crate::domain::delivery::{Notification, Purpose};
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::domain::effect::Effect;
use crate::domain::ids::{NotificationId, RingId};
use crate::domain::voice::call::{Call, CallState};
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::LegEnd;
use crate::domain::voice::ring::step::rings_until;
use crate::domain::voice::ring::{Ring, RingEnd, RingState};
use crate::ports::error::{StoreError, Undone, VendorError};
use crate::ports::store::Consequence;
use crate::ports::telephony::{CallProgress, NewCall};
use jiff::{SignedDuration, Timestamp};
use limit::Turn;
use std::error::Error;

/// After how many seconds it is looked again whether somebody is free who is in another call of ours.
const BUSY: i64 = 15;

/// After how many seconds it is looked again whether a phone that is wanted no longer has been placed meanwhile.
const PLACING: i64 = 2;

/// How often somebody is rung for one message: once more where their phone was busy.
const MOST_ATTEMPTS: usize = 2;

/// Rings somebody's phone about an alert. The carrier is asked once: whoever finds that it was asked before looks for the
/// call there, and asks again only where there is none.
pub(super) async fn ring(app: &App, id: NotificationId) -> Result<Vec<Consequence>, EffectError> {
    let now = app.clock.now();
    let Some(delivery) = app.deliveries.delivery(id).await? else { return Ok(vec![]) };
    let one = &delivery.notification;
    let Some(story) = app.alerts.alert(one.alert).await? else { return Ok(vec![]) };
    let before = app.rings.rings(id).await?;
    match before.last() {
        Some(last) if !last.state.is_over() => return ask_again(app, last, &story).await,
        Some(last) if !last.state.was_busy() || before.len() >= MOST_ATTEMPTS => return Ok(vec![]),
        Some(_) | None => {}
    }
    if matches!(delivery.state, DeliveryState::Dropped | DeliveryState::Bundled) {
        return Ok(vec![]);
    }
    if let Some(why) = needless(app, one, &story, now).await? {
        tracing::info!(notification = %id, alert = %one.alert, why = why.words(), "nobody is rung");
        return Ok(ledger::dropped(one, why, now));
    }
    if !app.telephony.capabilities().conferences {
        return Err(VendorError::permanent("the carrier calls nobody for us").into());
    }
    let Some(ring) = planned(app, one, before.len(), now) else {
        return Err(VendorError::permanent("the device is no phone").into());
    };
    if is_in_a_call(app, &one.person).await? {
        return Ok(later(app, id));
    }
    match limit::turn(app, &delivery, &story, &ring.number, now).await? {
        Turn::Now => {}
        Turn::Soon => return Ok(later(app, id)),
        Turn::Wait(until) => return Ok(ledger::kept_waiting(one, until)),
    }
    match app.rings.begin_ring(&ring).await {
        Ok(()) => {}
        // Somebody rings them about another alert, or somebody has answered this one just now.
        Err(StoreError::Conflict) => return Ok(later(app, id)),
        Err(error) => return Err(error.into()),
    }
    let mut led_to = place(app, &ring).await?;
    // Whoever has answered just before it was written that it is rung has not seen that.
    if let Ok(Some(story)) = app.alerts.alert(ring.alert).await
        && Standing::of(&story.alert).drops(&ring.person, one.purpose, app.clock.now()).is_some()
    {
        led_to.push(Consequence::Next(Effect::ReleaseRing(ring.id).at(app.clock.now())));
    }
    Ok(led_to)
}

/// Why a phone is not rung any more; `None`: it is.
async fn needless(
    app: &App,
    one: &Notification,
    story: &AlertStory,
    now: Timestamp,
) -> Result<Option<Dropped>, StoreError> {
    let held = story.alert.is_held.then_some(Dropped::Held);
    if let Some(why) = held.or_else(|| Standing::of(&story.alert).drops(&one.person, one.purpose, now)) {
        return Ok(Some(why));
    }
    let siblings = app.deliveries.siblings(one).await?;
    Ok(is_repeated(one, &siblings, now).then_some(Dropped::Repeated))
}

/// It is tried again as soon as they may be free.
fn later(app: &App, id: NotificationId) -> Vec<Consequence> {
    vec![Consequence::Next(Effect::RingPerson(id).at(after(app, BUSY)))]
}

/// So many seconds from now.
fn after(app: &App, seconds: i64) -> Timestamp {
    app.clock.now().checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Whether somebody talks in a call of ours, is rung for one, or is on the line themselves.
async fn is_in_a_call(app: &App, person: &PersonId) -> Result<bool, StoreError> {
    let calls = app.calls.calls_under_way().await?;
    let is_caller = |call: &Call| {
        let is_on_the_line =
            !call.state.is_line_over() && !matches!(call.state, CallState::Recovering { .. });
        is_on_the_line && call.caller.as_ref().and_then(|caller| caller.person.as_ref()) == Some(person)
    };
    if calls.iter().any(is_caller) {
        return Ok(true);
    }
    let legs = app.legs.legs_under_way().await?;
    Ok(legs.iter().any(|leg| leg.person == *person))
}

/// The call that brings a message; `None`: it is for no phone.
fn planned(app: &App, one: &Notification, before: usize, now: Timestamp) -> Option<Ring> {
    let Device::Voice(number) = &one.device else { return None };
    let live = app.live();
    let person = live.settings.directory.person(&one.person);
    Some(Ring {
        id: RingId::next(&*app.ids),
        notification: one.id,
        alert: one.alert,
        person: one.person.clone(),
        name: person.map_or(&one.person.0, |person| &person.name).clone(),
        language: person
            .and_then(|person| person.language.as_ref())
            .unwrap_or(&live.settings.menu.language)
            .clone(),
        number: number.clone(),
        attempt: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
        carrier_call: None,
        state: RingState::Ringing,
        version: 1,
        document: 0,
        asked_at: now,
        due_at: Some(rings_until(&live.settings.menu, now)),
    })
}

/// Has the carrier call a phone.
async fn place(app: &App, ring: &Ring) -> Result<Vec<Consequence>, EffectError> {
    let (base, live) = (address(app, ring.id), app.live());
    let menu = &live.settings.menu;
    let new = NewCall {
        to: ring.number.clone(),
        from: Some(menu.caller_id.clone()),
        url: format!("{base}/documents/0"),
        status_url: format!("{base}/status"),
        machine_url: menu.hunt.detects_machines.then(|| format!("{base}/machine")),
        ring_seconds: menu.hunt.ring_seconds,
    };
    match app.telephony.place_call(&new).await {
        Ok(carrier_call) => {
            app.rings.ring_placed(ring.id, &carrier_call).await?;
            tracing::info!(ring = %ring.id, alert = %ring.alert, number = %ring.number.hash(), "phone rung about an alert");
            Ok(vec![rung(app, ring, carrier_call)])
        }
        Err(Undone::Certainly(error @ VendorError::Permanent { .. })) => {
            tracing::error!(ring = %ring.id, number = %ring.number.hash(), cause = %error, "a phone could not be rung");
            news(app, ring.id, LegInput::Ended(LegEnd::Failed), "").await?;
            Ok(vec![])
        }
        Err(Undone::Certainly(error @ VendorError::Temporary { .. })) => {
            app.rings.forget_ring(ring.id).await?;
            Err(error.into())
        }
        Err(Undone::Perhaps(error)) => Err(error.into()),
    }
}

/// For the ledger, a message is sent as soon as the carrier rings for it; what comes of the call is in the alert's log.
fn rung(app: &App, ring: &Ring, carrier_call: String) -> Consequence {
    let entry = Entry::Sent { at: app.clock.now(), vendor_ref: Some(carrier_call) };
    Consequence::Delivery(ring.notification, entry)
}

/// What the addresses of such a call begin with.
fn address(app: &App, id: RingId) -> String {
    format!("{}voice/rings/{id}", app.public_url)
}

/// A call that the carrier was asked for: whoever asked may not have lived to hear its answer. One that it has is
/// adopted; else it is asked again, if somebody is still needed.
async fn ask_again(app: &App, ring: &Ring, story: &AlertStory) -> Result<Vec<Consequence>, EffectError> {
    if ring.carrier_call.is_some() {
        return Ok(vec![]);
    }
    if let Some(carrier_call) = adopted(app, ring).await? {
        return Ok(vec![rung(app, ring, carrier_call)]);
    }
    let now = app.clock.now();
    if Standing::of(&story.alert).drops(&ring.person, Purpose::Alert, now).is_some() {
        news(app, ring.id, LegInput::Ended(LegEnd::Lost), "").await?;
        return Ok(vec![]);
    }
    let until = rings_until(&app.live().settings.menu, now);
    match app.rings.ask_for_ring(ring, now, until).await {
        Ok(()) => place(app, ring).await,
        // It was heard of meanwhile.
        Err(StoreError::Conflict) => Ok(vec![]),
        Err(error) => Err(error.into()),
    }
}

/// The call that the carrier places for a ring of which it has told nobody: it is this ring's from now on.
async fn adopted(app: &App, ring: &Ring) -> Result<Option<String>, EffectError> {
    let Some(found) = calling::lost(app, &ring.number, ring.asked_at).await?.into_iter().next() else {
        return Ok(None);
    };
    tracing::warn!(ring = %ring.id, "a call that was lost sight of is adopted");
    app.rings.ring_placed(ring.id, &found.carrier_call).await?;
    Ok(Some(found.carrier_call))
}

/// A phone is wanted no longer: it stops ringing. Whoever has picked up is told how the alert stands, and not cut off; a
/// machine is.
pub(super) async fn release(app: &App, id: RingId) -> Result<Vec<Consequence>, EffectError> {
    let Some(ring) = app.rings.ring(id).await? else { return Ok(vec![]) };
    match (&ring.state, &ring.carrier_call) {
        (RingState::Ringing, Some(carrier_call)) => app.telephony.stop_ringing(carrier_call).await?,
        // The carrier has not said yet what it calls it.
        (RingState::Ringing, None) => return Err(EffectError::Waits(after(app, PLACING))),
        (RingState::Ended { end: RingEnd::Unreached(_) }, Some(carrier_call)) => {
            app.telephony.hang_up(carrier_call).await?;
        }
        (RingState::Asking { .. } | RingState::Ended { .. }, _) => {}
    }
    Ok(vec![])
}

/// Asks the carrier what has become of the calls of which nothing was heard in time: a process that stopped may have missed
/// it. Answers how many there were.
pub async fn reconcile(app: &App) -> Result<usize, StoreError> {
    let now = app.clock.now();
    let mut due = app.rings.rings_under_way().await?;
    due.retain(|ring| ring.due_at.is_some_and(|due| due <= now));
    for ring in &due {
        if let Err(error) = look_at(app, ring).await {
            tracing::error!(ring = %ring.id, error = &error as &dyn Error, "a phone could not be looked after");
        }
    }
    Ok(due.len())
}

async fn look_at(app: &App, ring: &Ring) -> Result<(), EffectError> {
    let carrier_call = match &ring.carrier_call {
        Some(carrier_call) => Some(carrier_call.clone()),
        None => adopted(app, ring).await?,
    };
    let progress = match &carrier_call {
        Some(carrier_call) => app.telephony.call_status(carrier_call).await?,
        None => None,
    };
    let end = match progress {
        Some(CallProgress::Over(why)) => why.into(),
        // Nobody rings for so long: it is let go, and counts as not reached.
        Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => {
            if let Some(carrier_call) = &carrier_call {
                app.telephony.hang_up(carrier_call).await?;
            }
            LegEnd::OutOfTime
        }
        None => LegEnd::Lost,
    };
    tracing::warn!(ring = %ring.id, end = end.word(), "nobody has told us of a phone");
    Ok(news(app, ring.id, LegInput::Ended(end), "").await?)
}
