//! Texts of our own recordings, made by a transcriber that is not the carrier.

use super::effects::error::EffectError;
use super::voice;
use crate::app::App;
use crate::domain::effect::{Effect, Lane};
use crate::domain::ids::RecordingId;
use crate::domain::voice::recording::{Recording, Transcript};
use crate::ports::error::VendorError;
use crate::ports::store::Consequence;
use crate::ports::telephony::Sound;
use crate::ports::transcriber::Speech;

/// What asks for the text of a recording whose sound is in our store from now on. `None`: none is wanted of us, or so
/// many wait already that this one stays sound only.
pub(super) async fn ask(app: &App, recording: &Recording) -> Result<Option<Consequence>, EffectError> {
    let Some(transcribing) = app.transcribing.as_ref().filter(|_| is_pending(recording)) else {
        return Ok(None);
    };
    let lanes = app.outbox.count().await?.lanes;
    // Those under way are among those who wait.
    let waiting = lanes.get(&Lane::Transcriber).map_or(0, |lane| lane.waiting);
    let most = u64::from(transcribing.queue).saturating_add(transcribing.at_once.into());
    if waiting < most {
        return Ok(Some(Consequence::Next(Effect::Transcribe(recording.id).at(app.clock.now()))));
    }
    metrics::counter!("dutyline_texts_refused_total").increment(1);
    tracing::warn!(recording = %recording.id, waiting, "too many recordings wait for their text; this one gets none");
    voice::transcription_ready(app, recording.call, recording.source.id(), None).await?;
    Ok(None)
}

/// Has the text made.
pub(super) async fn transcribe(app: &App, id: RecordingId) -> Result<Vec<Consequence>, EffectError> {
    let Some(recording) = app.calls.recording(id).await?.filter(is_pending) else { return Ok(vec![]) };
    let transcribing = app.transcribing.as_ref();
    let transcribing = transcribing.ok_or_else(|| VendorError::temporary("no transcriber is set up here"))?;
    let audio = recording.audio.as_ref();
    let audio = audio.ok_or_else(|| VendorError::temporary("the recording's sound is not here yet"))?;
    let speech = Speech {
        sound: Sound {
            media_type: audio.media_type.clone(),
            bytes: app.recordings.open(audio, 0..audio.bytes).await?,
        },
        bytes: audio.bytes,
        language: language(app, &recording).await?,
    };
    let text = transcribing.transcriber.text_of(speech).await?;
    voice::transcription_ready(app, recording.call, recording.source.id(), Some(&text)).await?;
    Ok(vec![])
}

fn is_pending(recording: &Recording) -> bool {
    recording.transcript == Transcript::Pending
}

/// The language in which the caller was spoken to.
async fn language(app: &App, recording: &Recording) -> Result<Option<String>, EffectError> {
    let call = app.calls.call(recording.call).await?;
    let live = app.live();
    let own = call.and_then(|call| call.caller).map(|caller| caller.language);
    let language = own.as_deref().unwrap_or(&live.settings.menu.language);
    Ok(live.phrases.language(language).and_then(|language| language.iso_639_1()).map(str::to_owned))
}
