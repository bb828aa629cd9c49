//! Phones rung, let go and found again at the carrier.

use super::effects::error::EffectError;
use super::voice::{self, VoiceError};
use crate::app::App;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::call::{Call, CallState};
use crate::domain::voice::input::LegInput;
use crate::domain::voice::leg::{Leg, LegEnd, LegNote};
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::Consequence;
use crate::ports::telephony::{CallOver, CallProgress, NewCall, NotPlaced};
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// How far the carrier's clock may be behind ours, in seconds, when it is asked for a call that we lost sight of.
const MARGIN: i64 = 60;

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
    match app.telephony.place_call(&new_call(app, &call, &leg)).await {
        Ok(carrier_call) => Ok(vec![Consequence::Heard(id, LegNote::Placed(carrier_call), app.clock.now())]),
        Err(NotPlaced::Certainly(error)) => {
            tracing::error!(leg = %id, number = %leg.number.hash(), cause = %error, "a phone could not be called");
            over(app, &leg, LegEnd::Failed).await?;
            Ok(vec![])
        }
        Err(NotPlaced::Perhaps(error)) => Err(error.into()),
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

/// A call to a phone that may or may not have been placed: the carrier is asked which. One that it has is adopted.
async fn find(app: &App, leg: &Leg, asked_at: Timestamp) -> Result<Vec<Consequence>, EffectError> {
    match lost(app, leg, asked_at).await?.into_iter().next() {
        Some(found) => {
            tracing::warn!(leg = %leg.id, "a call that was lost sight of is adopted");
            Ok(vec![Consequence::Heard(leg.id, LegNote::Placed(found), app.clock.now())])
        }
        None => {
            over(app, leg, LegEnd::Failed).await?;
            Ok(vec![])
        }
    }
}

/// Calls to a phone, under way at the carrier, that belong to no phone whose call we know.
async fn lost(app: &App, leg: &Leg, asked_at: Timestamp) -> Result<Vec<String>, EffectError> {
    let since = asked_at.checked_sub(SignedDuration::from_secs(MARGIN)).unwrap_or(asked_at);
    let there = app.telephony.calls_to(&leg.number, since).await?;
    let mut known = vec![];
    for other in app.legs.legs_under_way().await? {
        known.extend(other.carrier_call);
    }
    Ok(there.into_iter().map(|call| call.carrier_call).filter(|call| !known.contains(call)).collect())
}

/// A phone is wanted no longer. One that rings stops; whoever has picked up hears why, and then it ends.
pub(super) async fn release(app: &App, id: LegId) -> Result<Vec<Consequence>, EffectError> {
    let Some(leg) = app.legs.leg(id).await? else { return Ok(vec![]) };
    let Some(asked_at) = leg.asked_at.filter(|_| calls_apart(app)) else {
        // A carrier that rings phones from the caller's line ends them with it; and one that was never asked rings none.
        return match leg.carrier_call {
            Some(carrier_call) => end(app, &carrier_call).await,
            None => Ok(vec![]),
        };
    };
    let Some(carrier_call) = leg.carrier_call.clone() else {
        for found in lost(app, &leg, asked_at).await? {
            app.telephony.hang_up(&found).await?;
        }
        return Ok(vec![]);
    };
    // Who talked, or whose phone only rang, hears nothing more.
    let hears_why = leg.answered_at.is_some() && leg.accepted_at.is_none();
    if hears_why {
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

/// The caller has something new to hear: the carrier asks for the next document now.
pub(super) async fn recall(app: &App, id: CallId) -> Result<Vec<Consequence>, EffectError> {
    let Some(call) = app.calls.call(id).await? else { return Ok(vec![]) };
    if !calls_apart(app) || matches!(call.state, CallState::Ended { .. }) {
        return Ok(vec![]);
    }
    let url = voice::next_document(app, &call);
    match app.telephony.redirect_call(&call.carrier_call, &url).await {
        Ok(()) => Ok(vec![]),
        // The caller may be gone, and nobody has told us.
        Err(error @ VendorError::Permanent { .. }) => {
            match app.telephony.call_status(&call.carrier_call).await? {
                Some(CallProgress::Over(_)) | None => {
                    told(voice::call_ended(app, &call.carrier_call).await)?;
                    Ok(vec![])
                }
                Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => {
                    Err(error.into())
                }
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Looks at every phone that is not over: a process that stopped may have missed what became of it. What the carrier
/// says is taken as its callback would have been.
pub async fn reconcile(app: &App) -> Result<usize, StoreError> {
    if !calls_apart(app) {
        return Ok(0);
    }
    let legs = app.legs.legs_under_way().await?;
    let count = legs.len();
    for leg in legs {
        if let Err(error) = look_at(app, &leg).await {
            tracing::error!(leg = %leg.id, error = &error as &dyn Error, "a phone could not be looked after");
        }
    }
    Ok(count)
}

async fn look_at(app: &App, leg: &Leg) -> Result<(), EffectError> {
    let Some(carrier_call) = &leg.carrier_call else {
        // Its effect is in the outbox, and looks for it there.
        return Ok(());
    };
    let input = match app.telephony.call_status(carrier_call).await? {
        Some(CallProgress::Over(why)) => LegInput::Ended(ended(why)),
        None => LegInput::Ended(LegEnd::Lost),
        Some(CallProgress::Queued | CallProgress::Ringing | CallProgress::InProgress) => return Ok(()),
    };
    tracing::warn!(leg = %leg.id, "a phone was over before anybody told us");
    told(voice::legs::news(app, leg.call, leg.id, input, carrier_call).await)
}

/// Our word for the carrier's.
pub const fn ended(why: CallOver) -> LegEnd {
    match why {
        CallOver::Busy => LegEnd::Busy,
        CallOver::NoAnswer | CallOver::Canceled => LegEnd::NoAnswer,
        CallOver::Failed => LegEnd::Failed,
        CallOver::Completed => LegEnd::HungUp,
    }
}

async fn over(app: &App, leg: &Leg, end: LegEnd) -> Result<(), EffectError> {
    told(voice::legs::news(app, leg.call, leg.id, LegInput::Ended(end), "").await)
}

fn told(result: Result<(), VoiceError>) -> Result<(), EffectError> {
    match result {
        Ok(()) => Ok(()),
        Err(VoiceError::Store(error) | VoiceError::NotWritten { source: error, .. }) => Err(error.into()),
        Err(VoiceError::Unknown) => Err(VendorError::permanent("its call is not known any more").into()),
    }
}
