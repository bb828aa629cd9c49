//! The phones that we call, turn by turn: what the carrier asks and tells of them.

use super::{Document, Happening, VoiceError, again, turn};
use crate::app::App;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::call::Call;
use crate::domain::voice::facts::Facts;
use crate::domain::voice::input::LegInput;

/// The document of a phone that is wanted no longer, beside those that follow one another.
const DISMISSED: u32 = u32::MAX;

/// A phone is wanted no longer, and whoever has picked up hears why.
pub async fn dismiss(
    app: &App,
    call: CallId,
    leg: LegId,
    carrier_call: &str,
) -> Result<Document, VoiceError> {
    let answer = again(|| found(app, call, leg, LegInput::Dismissed, Some(DISMISSED), carrier_call)).await?;
    Ok(answer.unwrap_or_default())
}

/// The carrier tells how a phone that we called is getting on. `carrier_call` is what it calls that phone's call.
pub async fn news(
    app: &App,
    call: CallId,
    leg: LegId,
    input: LegInput,
    carrier_call: &str,
) -> Result<(), VoiceError> {
    again(|| found(app, call, leg, input.clone(), None, carrier_call)).await.map(drop)
}

async fn found(
    app: &App,
    call: CallId,
    leg: LegId,
    input: LegInput,
    document: Option<u32>,
    carrier_call: &str,
) -> Result<Option<Document>, VoiceError> {
    let call = app.calls.call(call).await?.ok_or(VoiceError::Unknown)?;
    answered(app, &call, leg, input, document, carrier_call).await
}

/// What a phone of a call does next, where it has performed a document. One that was replied to before gets the same
/// answer again.
pub(super) async fn answered(
    app: &App,
    call: &Call,
    leg: LegId,
    input: LegInput,
    document: Option<u32>,
    carrier_call: &str,
) -> Result<Option<Document>, VoiceError> {
    if let Some(document) = document
        && let Some(reply) = app.calls.reply(leg, document).await?
    {
        return Ok(Some(reply));
    }
    let known = app.legs.leg(leg).await?.filter(|leg| leg.call == call.id).ok_or(VoiceError::Unknown)?;
    let carrier_call = Some(carrier_call.to_owned()).filter(|id| !id.is_empty());
    let facts = Facts { leg: Some(known), carrier_call, ..Facts::default() };
    let happening = Happening::Leg(leg, input, document);
    turn(app, &app.live(), call, happening, app.clock.now(), facts).await
}
