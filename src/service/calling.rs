//! Phones rung, let go and found again at the carrier.

use super::effects::error::EffectError;
use super::voice;
use crate::app::App;
use crate::domain::contact::PhoneNumber;
use crate::domain::effect::Effect;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::call::Call;
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use crate::ports::error::{StoreError, Undone, VendorError};
use crate::ports::store::Consequence;
use crate::ports::telephony::{CallAtCarrier, CallProgress, NewCall};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// How far the carrier's clock may be behind ours, in seconds, when it is asked for a call that we lost sight of.
const MARGIN: i64 = 60;

/// Seconds that a phone may have been waiting to be called when the carrier was asked for it.
const QUEUED: i64 = 300;

/// Seconds after its ringing time in which a phone that the carrier was asked for may still ring there.
const RINGS_ON: u32 = 60;

/// Whether the carrier calls phones for us, rather than from a caller's line.
fn calls_apart(app: &App) -> bool {
    app.telephony.capabilities().conferences
}

/// Has the carrier call a phone. It is asked once: whoever finds that it was asked before looks for the call there.
pub(super) async fn place(app: &App, id: LegId) -> Result<Vec<Consequence>, EffectError> {
    let Some(leg) = app.legs.leg(id).await?.filter(|leg| !leg.is_over()) else { return Ok(vec![]) };
    if !calls_apart(app) || leg.carrier_call.is_some() {
        return Ok(vec![]);
    }
    if let Some(asked_at) = leg.asked_at {
        return find(app, &leg, asked_at).await;
    }
    let Some(call) = app.calls.call(leg.call).await? else { return Ok(vec![]) };
    match app.legs.ask_for_leg(id, app.clock.now()).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Ok(vec![]),
        Err(error) => return Err(error.into()),
    }
    let mut new = new_call(app, &call, &leg);
    let mut answer = app.telephony.place_call(&new).await;
    let ours = Some(app.live().settings.menu.caller_id.clone());
    // Not every carrier shows a number that is not ours: better a call from ours than none.
    if new.from != ours && matches!(answer, Err(Undone::Certainly(VendorError::Permanent { .. }))) {
        tracing::warn!(leg = %id, "the carrier would not show the caller's number; ours is shown");
        new.from = ours;
        answer = app.telephony.place_call(&new).await;
    }
    match answer {
        Ok(carrier_call) => Ok(placed(app, id, carrier_call).await),
        Err(Undone::Certainly(error)) => {
            tracing::error!(leg = %id, number = %leg.number.hash(), cause = %error, "a phone could not be called");
            over(app, &leg, LegEnd::Failed).await?;
            Ok(vec![])
        }
        Err(Undone::Perhaps(error)) => Err(error.into()),
    }
}

fn new_call(app: &App, call: &Call, leg: &Leg) -> NewCall {
    let live = app.live();
    let rules = &live.settings.menu.hunt;
    let base = format!("{}voice/calls/{}/legs/{}", app.public_url, leg.call, leg.id);
    let caller = call.caller.as_ref().and_then(|caller| caller.number.clone());
    NewCall {
        to: leg.number.clone(),
        from: Some(
            caller.filter(|_| rules.shows_caller).unwrap_or_else(|| live.settings.menu.caller_id.clone()),
        ),
        url: format!("{base}/documents/0"),
        status_url: format!("{base}/status"),
        machine_url: rules.detects_machines.then(|| format!("{base}/machine")),
        ring_seconds: rules.ring_seconds,
    }
}

/// The carrier calls a phone, and calls it that. Where the phone was let go meanwhile, whoever did so may have found
/// nothing at the carrier yet: it is let go now.
async fn placed(app: &App, id: LegId, carrier_call: String) -> Vec<Consequence> {
    let now = app.clock.now();
    let mut consequences = vec![Consequence::Heard(id, LegNote::Placed(carrier_call), now)];
    // What can't be read counts as wanted: the carrier's first word of it tells.
    if app.legs.leg(id).await.is_ok_and(|leg| leg.is_none_or(|leg| leg.is_over())) {
        consequences.push(Consequence::Next(Effect::ReleaseLeg(id).at(now)));
    }
    consequences
}

/// A call to a phone that may or may not have been placed: the carrier is asked which. One that it has is adopted.
async fn find(app: &App, leg: &Leg, asked_at: Timestamp) -> Result<Vec<Consequence>, EffectError> {
    let Some(found) = lost(app, &leg.number, asked_at).await?.into_iter().next() else {
        over(app, leg, LegEnd::Failed).await?;
        return Ok(vec![]);
    };
    tracing::warn!(leg = %leg.id, "a call that was lost sight of is adopted");
    Ok(placed(app, leg.id, found.carrier_call).await)
}

/// Calls to a phone, under way at the carrier, that belong to no phone whose call we know.
pub(super) async fn lost(
    app: &App,
    number: &PhoneNumber,
    asked_at: Timestamp,
) -> Result<Vec<CallAtCarrier>, EffectError> {
    let before = |seconds| asked_at.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(asked_at);
    let there = app.telephony.calls_to(number, before(MARGIN)).await?;
    if there.is_empty() {
        return Ok(there);
    }
    // Those that are over count as well: somebody may still be hearing why.
    let others = app.legs.legs_since(before(MARGIN + QUEUED)).await?;
    let rings = app.rings.rings_since(before(MARGIN + QUEUED)).await?;
    let is_known = |call: &CallAtCarrier| {
        let of_legs = others.iter().filter_map(|leg| leg.carrier_call.as_ref());
        of_legs.chain(&rings).any(|known| *known == call.carrier_call)
    };
    Ok(there.into_iter().filter(|call| !is_known(call)).collect())
}

/// Whether a phone that the carrier was asked for then may still ring. Whoever has picked it up hears a document of
/// ours, with which the call ends.
fn may_ring(app: &App, asked_at: Timestamp) -> bool {
    app.clock.now().duration_since(asked_at) <= longest_ringing(app)
}

fn longest_ringing(app: &App) -> SignedDuration {
    let seconds = app.live().settings.menu.hunt.ring_seconds.saturating_add(RINGS_ON);
    SignedDuration::from_secs(seconds.into())
}

/// A phone is wanted no longer. One that rings stops; whoever has picked up hears why, and then it ends.
pub(super) async fn release(app: &App, id: LegId) -> Result<Vec<Consequence>, EffectError> {
    let Some(leg) = app.legs.leg(id).await? else { return Ok(vec![]) };
    let Some(asked_at) = leg.asked_at.filter(|_| calls_apart(app)) else {
        // One that was never asked for does not ring, unless it is rung from the caller's line: it ends with that, or now.
        return match leg.carrier_call {
            Some(carrier_call) => end(app, &carrier_call).await,
            None => Ok(vec![]),
        };
    };
    let Some(carrier_call) = leg.carrier_call.clone() else {
        // Later, a call to that phone is somebody else's; and while another of ours to it has no id yet, it may be that one.
        let since = app.legs.legs_since(asked_at).await?;
        let is_shared = since.iter().any(|other| {
            other.id != leg.id
                && other.number == leg.number
                && other.asked_at.is_some()
                && other.carrier_call.is_none()
                && !other.is_over()
        });
        if may_ring(app, asked_at) && !is_shared {
            for found in lost(app, &leg.number, asked_at).await? {
                app.telephony.hang_up(&found.carrier_call).await?;
            }
        }
        return Ok(vec![]);
    };
    // A machine is told nothing.
    if leg.answered_at.is_some() && leg.end != Some(LegEnd::Machine) {
        let url = format!("{}voice/calls/{}/legs/{}/dismissed", app.public_url, leg.call, leg.id);
        if app.telephony.redirect_call(&carrier_call, &url).await.is_ok() {
            return Ok(vec![]);
        }
    }
    end(app, &carrier_call).await
}

async fn end(app: &App, carrier_call: &str) -> Result<Vec<Consequence>, EffectError> {
    app.telephony.hang_up(carrier_call).await?;
    Ok(vec![])
}

/// The caller has something new to hear: the carrier breaks off that document and asks for the next. Who has asked for
/// it of their own accord is left alone: they talk, or record, by now.
pub(super) async fn recall(app: &App, id: CallId, document: u32) -> Result<Vec<Consequence>, EffectError> {
    let Some(call) = app.calls.call(id).await? else { return Ok(vec![]) };
    if !calls_apart(app) || call.document != document || call.state.is_line_over() {
        return Ok(vec![]);
    }
    let url = voice::next_document(app, &call);
    match app.telephony.redirect_call(&call.carrier_call, &url).await {
        Ok(()) => Ok(vec![]),
        // The caller may be gone, and nobody has told us.
        Err(error @ VendorError::Permanent { .. }) => {
            if is_caller_gone(app, &call).await? {
                Ok(vec![])
            } else {
                Err(error.into())
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the caller of a call that goes on here is gone at the carrier. The call is told so.
async fn is_caller_gone(app: &App, call: &Call) -> Result<bool, EffectError> {
    match app.telephony.call_status(&call.carrier_call).await? {
        Some(CallProgress::Over(_)) | None => {
            voice::call_ended(app, &call.carrier_call).await?;
            Ok(true)
        }
        Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => Ok(false),
    }
}

/// Looks at the callers of live calls, and at every phone that is not over: a process that stopped may have missed what
/// became of them. What the carrier says is taken as its callback would have been. A phone that was let go and rings
/// still, since that process came no further, is made to stop. Answers how many phones were not over.
pub async fn reconcile(app: &App) -> Result<usize, StoreError> {
    if !calls_apart(app) {
        return Ok(0);
    }
    for call in app.calls.calls_under_way().await?.iter().filter(|call| call.state.is_among_others()) {
        match is_caller_gone(app, call).await {
            Ok(true) => tracing::warn!(call = %call.id, "a caller was gone before anybody told us"),
            Ok(false) => {}
            Err(error) => {
                tracing::error!(call = %call.id, error = &error as &dyn Error, "a caller could not be looked after");
            }
        }
    }
    let legs = app.legs.legs_under_way().await?;
    for leg in &legs {
        if let Err(error) = look_at(app, leg).await {
            tracing::error!(leg = %leg.id, error = &error as &dyn Error, "a phone could not be looked after");
        }
    }
    let now = app.clock.now();
    let since = now.checked_sub(longest_ringing(app)).unwrap_or(now);
    for leg in app.legs.legs_since(since).await? {
        if leg.answered_at.is_none()
            && leg.end.is_some_and(LegEnd::is_ours)
            && let Some(asked_at) = leg.asked_at
            && let Err(error) = silence(app, &leg, asked_at).await
        {
            tracing::error!(leg = %leg.id, error = &error as &dyn Error, "a phone may ring in vain");
        }
    }
    Ok(legs.len())
}

async fn look_at(app: &App, leg: &Leg) -> Result<(), EffectError> {
    let (carrier_call, input) = match (&leg.carrier_call, leg.asked_at) {
        // Its effect is in the outbox, and calls it.
        (None, None) => return Ok(()),
        // It may have been called by a process that did not live to hear so. If it was not, it counts as lost soon.
        (None, Some(asked_at)) => match lost(app, &leg.number, asked_at).await?.into_iter().find(rings) {
            Some(found) => (found.carrier_call, LegInput::Ringing),
            None => return Ok(()),
        },
        (Some(carrier_call), _) => {
            let end = match app.telephony.call_status(carrier_call).await? {
                Some(CallProgress::Over(why)) => why.into(),
                None => LegEnd::Lost,
                Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => {
                    return Ok(());
                }
            };
            (carrier_call.clone(), LegInput::Ended(end))
        }
    };
    tracing::warn!(leg = %leg.id, is_over = matches!(input, LegInput::Ended(_)), "nobody has told us of a phone");
    Ok(voice::legs::news(app, leg.call, leg.id, input, &carrier_call).await?)
}

/// A phone that we have let go may ring still: then it stops now.
async fn silence(app: &App, leg: &Leg, asked_at: Timestamp) -> Result<(), EffectError> {
    let there = match &leg.carrier_call {
        Some(carrier_call) => {
            let progress = app.telephony.call_status(carrier_call).await?;
            let call = |progress| CallAtCarrier { carrier_call: carrier_call.clone(), progress };
            progress.map(call).into_iter().collect()
        }
        None => lost(app, &leg.number, asked_at).await?,
    };
    for call in there.iter().filter(|call| rings(call)) {
        tracing::warn!(leg = %leg.id, "a phone rang that was wanted no longer");
        app.telephony.hang_up(&call.carrier_call).await?;
    }
    Ok(())
}

const fn rings(call: &CallAtCarrier) -> bool {
    matches!(call.progress, CallProgress::Queued | CallProgress::Ringing)
}

async fn over(app: &App, leg: &Leg, end: LegEnd) -> Result<(), EffectError> {
    Ok(voice::legs::news(app, leg.call, leg.id, LegInput::Ended(end), "").await?)
}
