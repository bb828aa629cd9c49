//! A call, turn by turn: what the carrier asks on the line.

mod admission;
mod beside;
mod callable;
pub(super) mod error;
pub mod legs;
mod open_alerts;

pub use error::{Document, VoiceError};

pub use beside::{call_ended, deadlines, found, recording_absent, recording_ready, transcription_ready};

use admission::{admission, of_number};

use crate::app::{App, Live};
use crate::domain::ids::{CallId, LegId};
use crate::domain::voice::call::{Call, CallState};
use crate::domain::voice::facts::{Facts, Need};
use crate::domain::voice::input::{CallInput, LegInput, Take, TakeEnd};
use crate::domain::voice::leg::LegNote;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Plan, Then};
use crate::domain::voice::step::{self, Setting, Step, Turn, VoiceChange};
use crate::ports::error::StoreError;
use crate::ports::store::{RecordedTurn, Reply};
use crate::service::{alerting, hooks};
use crate::twiml::render::{Destinations, render};
use jiff::Timestamp;

/// The carrier announces a call and asks for the first document. Asking again gets the same answer.
pub async fn answer(app: &App, carrier_call: &str, from: Option<&str>) -> Result<Document, VoiceError> {
    let live = app.live();
    let now = app.clock.now();
    if let Some(call) = app.calls.by_carrier(carrier_call).await? {
        return app.calls.reply(call.leg, 0).await?.ok_or(VoiceError::Unknown);
    }
    let (id, leg) = (CallId::next(&*app.ids), LegId::next(&*app.ids));
    let call = Call::announced(id, leg, carrier_call.to_owned(), now);
    let admission = admission(app, &live, from).await;
    // Finding out who calls may have taken a while.
    let now = app.clock.now();
    let facts = Facts { admission: Some(admission), ..Facts::default() };
    match turn(app, &live, &call, Happening::Call(CallInput::Arrived), now, facts).await {
        // The same announcement came twice at once, and the other was first.
        Err(VoiceError::Store(StoreError::Conflict)) => {
            let call = app.calls.by_carrier(carrier_call).await?.ok_or(VoiceError::Unknown)?;
            app.calls.reply(call.leg, 0).await?.ok_or(VoiceError::Unknown)
        }
        other => Ok(other?.unwrap_or_default()),
    }
}

/// What a request that replies to a document means: it depends on whose phone it comes from.
#[derive(Debug, Clone)]
pub struct Replied<'a> {
    /// Where it is the caller's.
    pub by_caller: CallInput,
    /// Where it is one that we called.
    pub by_called: LegInput,
    /// What the carrier calls the call of that phone.
    pub carrier_call: &'a str,
}

/// The reply to a document of a phone in a call. One that was replied to before gets the same answer again.
pub async fn take_turn(
    app: &App,
    call: CallId,
    leg: LegId,
    document: u32,
    replied: Replied<'_>,
) -> Result<Document, VoiceError> {
    match again(|| reply(app, call, leg, document, replied.clone())).await {
        // Not even the call could be read: what the carrier has just told is all that is known.
        Err(VoiceError::Store(source)) => {
            let is_lost = matches!(
                replied.by_caller,
                CallInput::Recorded(Take { end: TakeEnd::Key('1') | TakeEnd::Open | TakeEnd::HungUp, .. })
            );
            Err(VoiceError::NotWritten { last_words: last_words(app, is_lost), source })
        }
        other => other,
    }
}

async fn reply(
    app: &App,
    id: CallId,
    leg: LegId,
    document: u32,
    replied: Replied<'_>,
) -> Result<Document, VoiceError> {
    let call = app.calls.call(id).await?.ok_or(VoiceError::Unknown)?;
    if call.leg != leg {
        let Replied { by_called, carrier_call, .. } = replied;
        let answer = legs::answered(app, &call, leg, by_called, Some(document), carrier_call).await?;
        return Ok(answer.unwrap_or_default());
    }
    if document < call.document {
        return app.calls.reply(leg, document).await?.ok_or(VoiceError::Unknown);
    }
    if document > call.document {
        return Err(VoiceError::Unknown);
    }
    let live = app.live();
    let admission = if let CallState::Holding { number, .. } = &call.state {
        Some(of_number(app, &live, number.clone()).await)
    } else {
        None
    };
    let facts = Facts { admission, ..Facts::default() };
    let happening = Happening::Call(replied.by_caller);
    let answer = turn(app, &live, &call, happening, app.clock.now(), facts).await?;
    Ok(answer.unwrap_or_default())
}

/// How often one and the same news is decided anew. The line, callbacks and deadlines meet in a call, and where everybody
/// of a level is called at once, the news of all their phones: each time that one of them is too late another was in
/// time, so that this many can come at the same moment.
const AGAIN: usize = 50;

/// Does something to a call, and does it anew while the state has moved on between the read and the write.
pub(super) async fn again<T, F>(attempt: impl Fn() -> F) -> Result<T, VoiceError>
where
    F: Future<Output = Result<T, VoiceError>>,
{
    let mut result = attempt().await;
    for _ in 0..AGAIN {
        if !matches!(result, Err(VoiceError::Store(StoreError::Conflict))) {
            break;
        }
        result = attempt().await;
    }
    result
}

/// What has happened to a call, and where.
#[derive(Debug, Clone)]
enum Happening {
    /// On the caller's line, or beside it.
    Call(CallInput),
    /// On a phone that we called; with the number of the document that it has performed, where it wants another.
    Leg(LegId, LegInput, Option<u32>),
}

/// Questions that one step asks, at most.
const QUESTIONS: usize = 3;

/// One step, with what it asks for found out.
async fn decided(
    app: &App,
    live: &Live,
    call: &Call,
    happening: &Happening,
    now: Timestamp,
    mut facts: Facts,
) -> Result<Turn, VoiceError> {
    for _ in 0..=QUESTIONS {
        let setting = Setting { menu: &live.settings.menu, now, ids: &*app.ids, facts: &facts };
        let step = match happening {
            Happening::Call(input) => step::step(setting, call, input.clone()),
            Happening::Leg(leg, input, _) => step::step_leg(setting, call, *leg, input),
        };
        match step {
            Step::Turn(turn) => return Ok(turn),
            Step::Need(Need::OnCall(recipients)) => {
                let caller = call.caller.as_ref();
                facts.on_call = Some(callable::callable(app, live, caller, &recipients, now).await?);
            }
            Step::Need(Need::Busy) => facts.busy = Some(app.legs.busy(call.id).await?),
            Step::Need(Need::OpenAlerts) => {
                let caller = call.caller.as_ref();
                facts.open_alerts = Some(open_alerts::open_alerts(app, live, caller, now).await?);
            }
            Step::Need(Need::Alert(id)) => {
                let caller = call.caller.as_ref();
                facts.alerts.insert(id, open_alerts::reading(app, live, id, caller, now).await?);
            }
            Step::Need(Need::Admission) => return Err(VoiceError::Unknown),
        }
    }
    Err(VoiceError::Unknown)
}

/// One turn: decided, rendered, written.
async fn turn(
    app: &App,
    live: &Live,
    call: &Call,
    happening: Happening,
    now: Timestamp,
    facts: Facts,
) -> Result<Option<Document>, VoiceError> {
    let mut turn = decided(app, live, call, &happening, now, facts).await?;
    if turn.changes_nothing(call) {
        return Ok(None);
    }
    let mut has_answered = false;
    for change in &mut turn.changes {
        if let VoiceChange::Answered(change) = change {
            alerting::prepare(app, change).await?;
            has_answered = true;
        }
    }
    let (leg, performed) = match happening {
        Happening::Call(_) => (call.leg, call.document),
        Happening::Leg(leg, _, performed) => (leg, performed.unwrap_or_default()),
    };
    let reply = turn.plan.as_ref().map(|plan| {
        let to = destinations(app, call.id, leg, performed.saturating_add(1));
        render(plan, &live.phrases, &to, app.telephony.capabilities()).to_xml()
    });
    let hooks = hooks::of_turn(app, &turn).await?;
    let recorded = RecordedTurn {
        call,
        turn: &turn,
        hooks: &hooks,
        reply: reply.as_deref().map(|text| Reply { leg, document: performed, text }),
    };
    match app.calls.record(recorded).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => return Err(StoreError::Conflict.into()),
        Err(source) => {
            let last_words = document(app, live, &step::unwritten(&live.settings.menu, call, &turn));
            return Err(VoiceError::NotWritten { last_words, source });
        }
    }
    if has_answered {
        alerting::wake(app);
    } else if !turn.effects.is_empty() || !hooks.is_empty() {
        app.outbox_wake.notify_one();
    }
    if !turn.changes.is_empty() {
        app.feed.wake();
    }
    report(call, &turn);
    Ok(reply)
}

/// What a turn means to the operator.
fn report(call: &Call, turn: &Turn) {
    tracing::info!(call = %call.id, from = call.state.word(), to = turn.next.word(), "turn");
    metrics::counter!("dutyline_turns_total", "to" => turn.next.word()).increment(1);
    for change in &turn.changes {
        match change {
            VoiceChange::Refused(refusal) => {
                tracing::warn!(call = %call.id, reason = refusal.word(), "caller refused");
                metrics::counter!("dutyline_calls_refused_total", "reason" => refusal.word()).increment(1);
            }
            VoiceChange::Opened(alert, release) => {
                let action = alert.origin.call().map_or("", |call| call.action.word());
                tracing::info!(call = %call.id, alert = %alert.id, action, ?release, "alert opened");
                metrics::counter!("dutyline_alerts_opened_total", "action" => action).increment(1);
            }
            VoiceChange::Drafted(recording) => {
                tracing::info!(call = %call.id, recording = %recording.id, seconds = recording.seconds, "message recorded");
            }
            VoiceChange::Discarded(recording) => {
                tracing::info!(call = %call.id, %recording, "message discarded by its caller");
            }
            VoiceChange::MessageLeft(alert, ..) => {
                tracing::info!(call = %call.id, %alert, "message left for a live call");
            }
            VoiceChange::Missed(alert) => {
                tracing::info!(call = %call.id, %alert, "live call missed");
                metrics::counter!("dutyline_live_calls_total", "result" => "missed").increment(1);
            }
            VoiceChange::Acknowledged(alert, _) => {
                tracing::info!(call = %call.id, %alert, "alert acknowledged on the phone");
                // Who joins a conference has taken no live call.
                if !matches!(call.state, CallState::Conferring { .. }) {
                    metrics::counter!("dutyline_live_calls_total", "result" => "answered").increment(1);
                }
            }
            VoiceChange::Unacknowledged(alert, _) => {
                tracing::info!(call = %call.id, %alert, "whoever had said yes was gone; the hunt goes on");
            }
            VoiceChange::Resolved(alert, _) => {
                tracing::info!(call = %call.id, %alert, "alert resolved at the end of its call");
            }
            VoiceChange::Called(leg) => {
                tracing::info!(call = %call.id, leg = %leg.id, number = %leg.number.hash(), "phone called");
            }
            VoiceChange::Heard(leg, LegNote::Ended(end)) => {
                tracing::info!(call = %call.id, %leg, end = end.word(), "phone over");
                metrics::counter!("dutyline_legs_total", "end" => end.word()).increment(1);
            }
            VoiceChange::Answered(change) => {
                tracing::info!(call = %call.id, alert = %change.alert.id, "alert answered by calling in");
            }
            VoiceChange::Heard(..) | VoiceChange::Logged(..) => {}
        }
    }
}

/// Where the carrier goes from a document of a phone.
fn destinations(app: &App, call: CallId, leg: LegId, document: u32) -> Destinations {
    let call = format!("{}voice/calls/{call}", app.public_url);
    let base = format!("{call}/legs/{leg}");
    Destinations {
        reply: format!("{base}/documents/{document}"),
        recording: format!("{base}/recording"),
        transcription: format!("{base}/transcription"),
        ringing_sound: format!("{}sounds/ringing.wav", app.public_url),
        sounds: format!("{}l/", app.public_url),
        call,
    }
}

/// Where the carrier gets the document that follows the one which a caller hears now.
pub(super) fn next_document(app: &App, call: &Call) -> String {
    destinations(app, call.id, call.leg, call.document).reply
}

/// What a caller hears when nothing is known of their call, in the line's language: the call ends with it.
/// `is_lost`: their message was to be stored just now.
pub fn last_words(app: &App, is_lost: bool) -> Document {
    let live = app.live();
    let menu = &live.settings.menu;
    let contact = menu.fallback_contact.clone();
    let phrase = if is_lost { Phrase::NotStored(contact) } else { Phrase::Apology(contact) };
    let plan = Plan { language: menu.language.clone(), say: vec![phrase], then: Then::End };
    document(app, &live, &plan)
}

/// The document of a plan that ends a call: nothing is asked after it.
fn document(app: &App, live: &Live, plan: &Plan) -> Document {
    render(plan, &live.phrases, &Destinations::default(), app.telephony.capabilities()).to_xml()
}
