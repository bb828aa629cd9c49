//! What happens to a call beside the line: it ends, its recordings and texts get ready, its deadline comes.

use super::{Happening, VoiceError, again, turn};
use crate::app::App;
use crate::domain::ids::CallId;
use crate::domain::voice::facts::Facts;
use crate::domain::voice::input::{CallInput, Found, Take};
use crate::domain::voice::recording::Transcript;
use crate::domain::voice::step::{self, Setting, Step};
use crate::ports::store::RecordedTurn;
use crate::service::hooks;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

/// How long a call whose deadline has come is ours to deal with, in seconds.
const LEASE: i64 = 60;
/// Calls that are dealt with at once when their deadlines have come.
const BATCH: u32 = 100;

/// The carrier says that a call is over.
pub async fn call_ended(app: &App, carrier_call: &str) -> Result<(), VoiceError> {
    let call = app.calls.by_carrier(carrier_call).await?.ok_or(VoiceError::Unknown)?;
    beside(app, call.id, CallInput::HungUp).await
}

/// The carrier says that a recording is finished. It matters only where the caller is gone, and we have not heard of
/// the recording otherwise.
pub async fn recording_ready(app: &App, call: CallId, take: Take) -> Result<(), VoiceError> {
    found(app, call, vec![take]).await
}

/// The carrier says that nothing was recorded.
pub async fn recording_absent(app: &App, call: CallId) -> Result<(), VoiceError> {
    beside(app, call, CallInput::Found(Found::Nothing)).await
}

/// What the carrier has of a call whose caller is gone, newest first: the first that is new to us counts.
pub async fn found(app: &App, call: CallId, takes: Vec<Take>) -> Result<(), VoiceError> {
    let known = app.calls.recordings(call).await?;
    let new = |take: &Take| known.iter().all(|recording| recording.source.id() != take.source.id());
    let found = takes.into_iter().find(new).map_or(Found::NotYet, Found::Take);
    beside(app, call, CallInput::Found(found)).await
}

/// The text of a recording is there; `None`: it can't be had. Which recording is told by the carrier's id of it.
/// One that we have not heard of yet is asked for its text once we have.
pub async fn transcription_ready(
    app: &App,
    call: CallId,
    source: &str,
    text: Option<&str>,
) -> Result<(), VoiceError> {
    again(|| transcribed(app, call, source, text)).await
}

async fn transcribed(app: &App, id: CallId, source: &str, text: Option<&str>) -> Result<(), VoiceError> {
    // The call first: a release between the two reads is then a conflict, and not a text that nobody is told of.
    let call = app.calls.call(id).await?.ok_or(VoiceError::Unknown)?;
    let recordings = app.calls.recordings(id).await?;
    let recording =
        recordings.iter().find(|recording| recording.source.id() == source).ok_or(VoiceError::Unknown)?;
    let now = app.clock.now();
    let Some(decision) = recording.transcribed(text, now) else { return Ok(()) };
    let has_text = matches!(decision.transcript, Transcript::Text(_));
    let input = CallInput::Transcribed { recording: recording.id, has_text };
    let live = app.live();
    let setting = Setting { menu: &live.settings.menu, now, ids: &*app.ids, facts: &Facts::default() };
    let turn = match step::step(setting, &call, input) {
        Step::Turn(turn) => Some(turn),
        Step::Need(_) => None,
    };
    let hooks = match &turn {
        Some(turn) => hooks::of_turn(app, turn).await?,
        None => vec![],
    };
    let recorded = turn.as_ref().map(|turn| RecordedTurn { call: &call, turn, reply: None, hooks: &hooks });
    app.calls.record_text(&decision, recorded).await?;
    app.outbox_wake.notify_one();
    tracing::info!(call = %id, recording = %recording.id, has_text, "text of a recording arrived");
    Ok(())
}

/// Feeds the deadline to every call whose deadline has come. Answers how many there were.
pub async fn deadlines(app: &App) -> Result<usize, VoiceError> {
    let now = app.clock.now();
    let until = now.checked_add(SignedDuration::from_secs(LEASE)).unwrap_or(Timestamp::MAX);
    let due = app.calls.claim_due(now, until, BATCH).await?;
    // All at once: one may have to ask another system who is on call, and the others can't wait for that.
    let dealt_with = due.iter().map(|call| async move {
        if let Err(error) = again(|| deadline(app, *call, until)).await {
            tracing::error!(%call, error = &error as &dyn std::error::Error, "deadline of a call not dealt with");
        }
    });
    join_all(dealt_with).await;
    Ok(due.len())
}

/// Feeds the deadline to a call, unless it has moved on since that was seen to have come.
async fn deadline(app: &App, id: CallId, claimed: Timestamp) -> Result<(), VoiceError> {
    let Some(call) = app.calls.call(id).await?.filter(|call| call.due_at == Some(claimed)) else {
        return Ok(());
    };
    let due = Happening::Call(CallInput::Due);
    turn(app, &app.live(), &call, due, app.clock.now(), Facts::default()).await.map(drop)
}

/// Something happened beside the line.
async fn beside(app: &App, call: CallId, input: CallInput) -> Result<(), VoiceError> {
    again(|| note(app, call, input.clone())).await
}

async fn note(app: &App, call: CallId, input: CallInput) -> Result<(), VoiceError> {
    let stored = app.calls.call(call).await?.ok_or(VoiceError::Unknown)?;
    let input = Happening::Call(input);
    turn(app, &app.live(), &stored, input, app.clock.now(), Facts::default()).await.map(drop)
}
