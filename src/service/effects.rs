//! What is to be done outside, done: one `match`, one line an effect.

pub(super) mod error;

pub use error::EffectError;

use super::{calling, escalating, forwarding, hooks, ledger, ringing, sending, transcribing, voice};
use crate::app::{App, Place};
use crate::domain::alerting::announce::{self, Decision};
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::delivery::{next_attempt, next_sending};
use crate::domain::effect::{Effect, Lane};
use crate::domain::ids::{AlertId, CallId, RecordingId};
use crate::domain::voice::input::{Take, TakeEnd};
use crate::domain::voice::recording::{DraftStatus, Recording, Transcript};
use crate::ports::error::{StoreError, VendorError};
use crate::ports::store::{ClaimedEffect, Consequence};
use crate::ports::telephony::{KeptRecording, TextOf};
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

/// How long an effect that we have taken is ours. Whoever does it says now and again that it still does; when a process
/// has died, another need not wait longer than this.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(45);

/// How often whoever does an effect says that it still does: a few times a lease, so that a slow disk costs it none.
pub const RENEWAL: Duration = Duration::from_secs(10);

/// Effects of a lane that are under way at the same time. A vendor who answers nothing holds each of his for half a
/// minute; the others' go on beside them.
const AT_ONCE: u32 = 32;

/// An effect that is ours to do now.
#[derive(Debug)]
pub struct TakenEffect {
    /// The effect.
    pub claimed: ClaimedEffect,
    /// Counts among those under way until it is done.
    _place: Place,
}

/// Takes effects that are due, in each lane as many as may be under way besides those that are. Whoever takes them does
/// them at once, each with [`run`]: the lease covers the doing, and no time in a queue.
pub async fn claim(app: &App) -> Result<Vec<TakenEffect>, StoreError> {
    let now = app.clock.now();
    let mut taken = vec![];
    for lane in app.outbox.due_lanes(now).await? {
        let free = at_once(app, &lane).saturating_sub(app.under_way.of(&lane));
        if free == 0 {
            continue;
        }
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        match app.outbox.claim(&lane, now, until, free).await {
            Ok(claimed) => taken.extend(
                claimed
                    .into_iter()
                    .map(|claimed| TakenEffect { claimed, _place: app.under_way.enter(lane.clone()) }),
            ),
            Err(error) if taken.is_empty() => return Err(error),
            // What has been taken must be done; the next who asks meets the error, if it lasts.
            Err(_) => break,
        }
    }
    Ok(taken)
}

fn at_once(app: &App, lane: &Lane) -> u32 {
    match (lane, &app.transcribing) {
        (Lane::Transcriber, Some(transcribing)) => transcribing.at_once,
        _ => AT_ONCE,
    }
}

/// Does one effect, and writes what became of it. Each time that `pause` ends meanwhile, its lease begins anew: that is
/// every [`RENEWAL`].
pub async fn run(app: &App, taken: TakenEffect, pause: impl AsyncFn()) {
    let TakenEffect { mut claimed, _place } = taken;
    let kind = claimed.effect.word();
    let effect = claimed.effect.clone();
    let mut doing = pin!(AssertUnwindSafe(perform(app, &effect)).catch_unwind());
    let performed = loop {
        tokio::select! {
            performed = &mut doing => break performed,
            () = pause() => keep(app, &mut claimed).await,
        }
    };
    // One that panics is tried again like one that fails: what it said is left out, since it may quote what it was
    // working on.
    let performed = performed.unwrap_or(Err(EffectError::Fault));
    let written = match performed {
        Ok(consequences) => {
            metrics::counter!("dutyline_effects_total", "kind" => kind, "result" => "done").increment(1);
            let completed = app.outbox.complete(&claimed, &consequences).await;
            app.feed.wake();
            completed
        }
        Err(EffectError::Waits(until)) => app.outbox.put_off(&claimed, until).await,
        Err(error) => failed(app, &claimed, &error).await,
    };
    match written {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            tracing::warn!(effect = %claimed.id, kind, "effect was taken by another after its lease");
        }
        Err(error) => {
            tracing::error!(
                effect = %claimed.id, kind, error = &error as &dyn std::error::Error,
                "what became of an effect could not be written; it will be done again"
            );
        }
    }
}

/// The effect stays ours for another while. Where that can't be written it is ours until its lease ends, and whoever takes
/// it then is told apart when we write what became of it.
async fn keep(app: &App, claimed: &mut ClaimedEffect) {
    let until = app.clock.now().checked_add(LEASE).unwrap_or(Timestamp::MAX);
    match app.outbox.keep(claimed, until).await {
        Ok(()) => claimed.until = until,
        Err(error) => tracing::warn!(
            effect = %claimed.id, kind = claimed.effect.word(), error = &error as &dyn std::error::Error,
            "the lease of an effect could not be renewed"
        ),
    }
}

async fn failed(app: &App, claimed: &ClaimedEffect, error: &EffectError) -> Result<(), StoreError> {
    let now = app.clock.now();
    let attempt = claimed.failed.saturating_add(1);
    let is_last = claimed.effect.most_attempts().is_some_and(|most| attempt >= most);
    let notification = claimed.effect.notification();
    let again = if notification.is_some() { next_sending } else { next_attempt };
    let next = match error {
        EffectError::Vendor(VendorError::Permanent { .. })
        | EffectError::Unasked(VendorError::Permanent { .. })
        | EffectError::Untold => None,
        EffectError::Vendor(VendorError::Temporary { .. })
        | EffectError::Unasked(VendorError::Temporary { .. })
        | EffectError::Fault
            if is_last =>
        {
            None
        }
        EffectError::Vendor(VendorError::Temporary { retry_after, .. })
        | EffectError::Unasked(VendorError::Temporary { retry_after, .. }) => {
            again(attempt, *retry_after, now)
        }
        EffectError::Store(_) | EffectError::Voice(_) | EffectError::Waits(_) | EffectError::Fault => {
            again(attempt, None, now)
        }
    };
    let kind = claimed.effect.word();
    let cause = error.to_string();
    let result = if next.is_some() { "again" } else { "failed" };
    metrics::counter!("dutyline_effects_total", "kind" => kind, "result" => result).increment(1);
    let consequences = if let Some(next) = next {
        tracing::warn!(effect = %claimed.id, kind, attempt, cause, "effect failed for now");
        match (notification, error) {
            (Some(id), EffectError::Vendor(error)) => {
                ledger::put_off(app, id, error.cause(), claimed.failed == 0, next).await?
            }
            // What is not known of a message is found out by the next attempt.
            (Some(id), EffectError::Unasked(_)) if claimed.failed == 0 => {
                ledger::unclear(app, id, &cause).await?
            }
            _ => vec![],
        }
    } else {
        tracing::error!(effect = %claimed.id, kind, attempt, cause, "effect given up");
        match (notification, error) {
            (Some(id), EffectError::Unasked(error)) => ledger::given_up(app, id, error.cause(), true).await?,
            (Some(id), EffectError::Untold) => ledger::given_up(app, id, &cause, true).await?,
            (Some(id), EffectError::Vendor(error)) => ledger::given_up(app, id, error.cause(), false).await?,
            (Some(id), _) => ledger::given_up(app, id, &cause, false).await?,
            (None, _) => given_up(app, &claimed.effect, &cause, now).await?,
        }
    };
    app.outbox.fail(claimed, next, &cause, &consequences).await?;
    app.feed.wake();
    Ok(())
}

/// Carries out an effect. Doing it twice does no harm: each looks first at what has been done already.
async fn perform(app: &App, effect: &Effect) -> Result<Vec<Consequence>, EffectError> {
    match effect {
        Effect::FetchRecording(id) => fetch_recording(app, *id).await,
        Effect::DeleteAtCarrier(id) => delete_at_carrier(app, *id).await,
        Effect::FindRecording(call) => find_recording(app, *call).await,
        Effect::AskForText(id) => ask_for_text(app, *id).await,
        Effect::AnnounceAlert(id) => escalating::look(app, *id).await.map(|()| vec![]),
        Effect::AnnounceText(id) => announce_text(app, *id).await,
        Effect::SendSms(id) | Effect::SendMail(id) => sending::send(app, *id).await,
        Effect::RingPerson(id) => ringing::ring(app, *id).await,
        Effect::ReleaseRing(id) => ringing::release(app, *id).await,
        Effect::PostToDevice(id) => hooks::post_to_device(app, *id).await,
        Effect::TellWebhook { message, .. } => hooks::tell(app, *message).await,
        Effect::Transcribe(id) => transcribing::transcribe(app, *id).await,
        Effect::DeleteSound(key) => {
            app.recordings.delete(key).await?;
            Ok(vec![])
        }
        Effect::PlaceLeg(id) => calling::place(app, *id).await,
        Effect::ReleaseLeg(id) => calling::release(app, *id).await,
        Effect::RecallCaller { call, document } => calling::recall(app, *call, *document).await,
        Effect::ForwardAlert { alert, target } => forwarding::forward(app, *alert, target).await,
    }
}

async fn fetch_recording(app: &App, id: RecordingId) -> Result<Vec<Consequence>, EffectError> {
    let is_missing = |one: &Recording| one.audio.is_none() && one.erased_at.is_none();
    let Some(recording) = app.calls.recording(id).await?.filter(is_missing) else {
        return Ok(vec![]);
    };
    let sound = app.telephony.open_recording(&recording.source).await?;
    let audio = app.recordings.put(&id.to_string(), sound).await?;
    let mut consequences = vec![Consequence::AudioStored(id, audio)];
    consequences.extend(logged(&recording, Happened::AudioStored, app.clock.now()));
    consequences.extend(transcribing::ask(app, &recording).await?);
    if let Some(hours) = app.live().settings.menu.carrier_keeps_hours {
        let after = SignedDuration::from_hours(hours.into());
        let due = app.clock.now().checked_add(after).unwrap_or(Timestamp::MAX);
        consequences.push(Consequence::Next(Effect::DeleteAtCarrier(id).at(due)));
    }
    Ok(consequences)
}

async fn delete_at_carrier(app: &App, id: RecordingId) -> Result<Vec<Consequence>, EffectError> {
    if let Some(recording) = app.calls.recording(id).await? {
        app.telephony.delete_recording(&recording.source).await?;
        tracing::info!(recording = %id, "recording deleted at the carrier");
    }
    Ok(vec![])
}

async fn find_recording(app: &App, id: CallId) -> Result<Vec<Consequence>, EffectError> {
    let Some(call) = app.calls.call(id).await? else { return Ok(vec![]) };
    let kept = app.telephony.recordings_of(&call.carrier_call).await?;
    let take =
        |kept: KeptRecording| Take { source: kept.source, seconds: kept.seconds, end: TakeEnd::HungUp };
    voice::found(app, id, kept.into_iter().map(take).collect()).await?;
    Ok(vec![])
}

async fn ask_for_text(app: &App, id: RecordingId) -> Result<Vec<Consequence>, EffectError> {
    let pending = |one: &Recording| one.transcript == Transcript::Pending;
    let Some(recording) = app.calls.recording(id).await?.filter(pending) else { return Ok(vec![]) };
    let text = match app.telephony.text_of(&recording.source).await? {
        TextOf::NotYet => return Err(VendorError::temporary("the carrier has no text of it yet").into()),
        TextOf::Ready(text) => Some(text),
        TextOf::Failed => None,
    };
    voice::transcription_ready(app, recording.call, recording.source.id(), text.as_deref()).await?;
    Ok(vec![])
}

async fn announce_text(app: &App, id: AlertId) -> Result<Vec<Consequence>, EffectError> {
    let Some(story) = app.alerts.alert(id).await? else { return Ok(vec![]) };
    let told = app.alerts.told(id).await?;
    Ok(announced(app, announce::text(&story, &told, app.clock.now(), &*app.ids))?)
}

/// What becomes of a decision about an announcement.
fn announced(app: &App, decision: Decision) -> Result<Vec<Consequence>, VendorError> {
    let decided = match decision {
        Decision::Announce(decided) => decided,
        Decision::Done => return Ok(vec![]),
        Decision::NotYet => {
            return Err(VendorError::temporary(
                "the alert itself is not announced yet, or it is not known for whom it is",
            ));
        }
    };
    app.outbox_wake.notify_one();
    let queued = decided.notifications.into_iter().map(Consequence::Queued);
    let next = decided.effects.into_iter().map(Consequence::Next);
    Ok(queued.chain([Consequence::Logged(decided.alert, decided.log)]).chain(next).collect())
}

/// What it means that an effect will never be done.
async fn given_up(
    app: &App,
    effect: &Effect,
    why: &str,
    now: Timestamp,
) -> Result<Vec<Consequence>, StoreError> {
    Ok(match effect {
        Effect::FetchRecording(id) => match app.calls.recording(*id).await? {
            Some(recording) => {
                if app.transcribing.is_some() {
                    no_text(app, &recording).await;
                }
                logged(&recording, Happened::AudioLost, now).into_iter().collect()
            }
            None => vec![],
        },
        Effect::AskForText(id) | Effect::Transcribe(id) => {
            if let Some(recording) = app.calls.recording(*id).await? {
                no_text(app, &recording).await;
            }
            vec![]
        }
        // The carrier does not know the call any more: there will be nothing newer than what we have.
        Effect::FindRecording(call) => {
            if let Err(error) = voice::recording_absent(app, *call).await {
                tracing::error!(%call, error = &error as &dyn std::error::Error, "a lost recording not given up");
            }
            vec![]
        }
        Effect::ForwardAlert { alert, target } => vec![forwarding::not_forwarded(*alert, target, why, now)],
        Effect::TellWebhook { message, .. } => hooks::not_told(app, *message, why, now).await?,
        Effect::DeleteAtCarrier(_)
        // What becomes of a message is in the ledger.
        | Effect::SendSms(_)
        | Effect::SendMail(_)
        | Effect::RingPerson(_)
        | Effect::PostToDevice(_)
        | Effect::AnnounceAlert(_)
        | Effect::AnnounceText(_)
        // The deadline of a phone goes on with the next, and a caller asks for the next document within seconds.
        | Effect::PlaceLeg(_)
        | Effect::ReleaseLeg(_)
        | Effect::ReleaseRing(_)
        | Effect::RecallCaller { .. }
        | Effect::DeleteSound(_) => vec![],
    })
}

/// No text will come any more: whoever waits for it, or looks at the alert, is told so.
async fn no_text(app: &App, recording: &Recording) {
    let told = voice::transcription_ready(app, recording.call, recording.source.id(), None).await;
    if let Err(error) = told {
        let error = &error as &dyn std::error::Error;
        tracing::error!(recording = %recording.id, error, "text not given up");
    }
}

/// An entry for the log of a recording's alert, where it has one.
fn logged(recording: &Recording, what: Happened, at: Timestamp) -> Option<Consequence> {
    match recording.status {
        DraftStatus::Released(alert) => Some(Consequence::Logged(alert, LogEntry { at, what })),
        DraftStatus::Draft | DraftStatus::Discarded => None,
    }
}
