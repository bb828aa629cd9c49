//! The phones that we call, turn by turn: what the carrier asks and tells of them.

use super::{AGAIN, Document, Happening, VoiceError, moved_on, turn};
use crate::app::App;
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::facts::Facts;
use crate::domain::voice::input::LegInput;

/// The document of a phone that is wanted no longer, beside those that follow one another.
pub const DISMISSED: u32 = u32::MAX;

/// A document of a phone that we called has been performed, or its first one is wanted (that is number 0 then). One that
/// was replied to before gets the same answer again. `carrier_call` is what the carrier calls that phone's call.
pub async fn take_turn(
    app: &App,
    call: CallId,
    leg: LegId,
    document: u32,
    input: LegInput,
    carrier_call: &str,
) -> Result<Document, VoiceError> {
    let happening = Happening::Leg(leg, input, Some(document));
    let mut result = answered(app, call, happening.clone(), carrier_call).await;
    for _ in 0..AGAIN {
        if moved_on(&result) {
            result = answered(app, call, happening.clone(), carrier_call).await;
        }
    }
    Ok(result?.unwrap_or_default())
}

/// The carrier tells how a phone that we called is getting on.
pub async fn news(
    app: &App,
    call: CallId,
    leg: LegId,
    input: LegInput,
    carrier_call: &str,
) -> Result<(), VoiceError> {
    let happening = Happening::Leg(leg, input, None);
    let mut result = answered(app, call, happening.clone(), carrier_call).await;
    for _ in 0..AGAIN {
        if moved_on(&result) {
            result = answered(app, call, happening.clone(), carrier_call).await;
        }
    }
    result.map(drop)
}

async fn answered(
    app: &App,
    id: CallId,
    happening: Happening,
    carrier_call: &str,
) -> Result<Option<Document>, VoiceError> {
    let Happening::Leg(leg, _, document) = happening else { return Err(VoiceError::Unknown) };
    if let Some(document) = document
        && let Some(reply) = app.calls.reply(leg, document).await?
    {
        return Ok(Some(reply));
    }
    let call = app.calls.call(id).await?.ok_or(VoiceError::Unknown)?;
    let known = app.legs.leg(leg).await?.filter(|leg| leg.call == id).ok_or(VoiceError::Unknown)?;
    let carrier_call = Some(carrier_call.to_owned()).filter(|id| !id.is_empty());
    let facts = Facts { leg: Some(known), carrier_call, ..Facts::default() };
    turn(app, &app.live(), &call, happening, app.clock.now(), facts).await
}
