//! A call about an alert, turn by turn: what the carrier asks and tells of it.

use super::address;
use crate::app::{App, Live};
use crate::domain::ids::RingId;
use crate::domain::voice::input::LegInput;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::plan::{Plan, Then};
use crate::domain::voice::reading::Reading;
use crate::domain::voice::ring::step::{RingTurn, Setting, step};
use crate::domain::voice::ring::{Ring, RingEnd, RingState};
use crate::ports::store::RecordedRing;
use crate::service::alerting;
use crate::service::voice::{Document, VoiceError, again};
use crate::twiml::render::{Destinations, render};
use std::error::Error;

/// How often whoever is on the line is asked to wait a moment before a turn that can't be stored is given up.
const MOST_MOMENTS: u32 = 3;

/// Seconds of such a moment.
const MOMENT: u32 = 2;

/// What the carrier says when it asks for a document.
#[derive(Debug, Clone)]
pub struct Answered<'a> {
    /// What happened.
    pub input: LegInput,
    /// What the carrier calls it.
    pub carrier_call: &'a str,
    /// How often whoever is on the line has been asked to wait a moment for this very answer.
    pub moments: u32,
}

/// The reply to a document of a call about an alert. One that was replied to before gets the same answer again. Where the
/// store fails, whoever is on the line waits a moment, and the key that they have pressed is tried again.
pub async fn document(
    app: &App,
    id: RingId,
    document: u32,
    answered: &Answered<'_>,
) -> Result<Document, VoiceError> {
    match again(|| reply(app, id, document, answered)).await {
        Err(VoiceError::Store(error)) if answered.moments < MOST_MOMENTS => {
            tracing::warn!(ring = %id, error = &error as &dyn Error, "a turn could not be stored; it is tried again");
            Ok(one_moment(app, id, document, answered))
        }
        other => other,
    }
}

async fn reply(
    app: &App,
    id: RingId,
    document: u32,
    answered: &Answered<'_>,
) -> Result<Document, VoiceError> {
    let ring = app.rings.ring(id).await?.ok_or(VoiceError::Unknown)?;
    if document < ring.document {
        return app.rings.ring_reply(id, document).await?.ok_or(VoiceError::Unknown);
    }
    if document > ring.document {
        return Err(VoiceError::Unknown);
    }
    Ok(turn(app, &ring, &answered.input, answered.carrier_call).await?.unwrap_or_default())
}

/// The carrier tells how a call about an alert is getting on. `carrier_call` is what it calls it; empty: it did not say.
pub async fn news(app: &App, id: RingId, input: LegInput, carrier_call: &str) -> Result<(), VoiceError> {
    let note = async || {
        let ring = app.rings.ring(id).await?.ok_or(VoiceError::Unknown)?;
        turn(app, &ring, &input, carrier_call).await.map(drop)
    };
    again(note).await
}

/// One turn: decided, rendered, written.
async fn turn(
    app: &App,
    ring: &Ring,
    input: &LegInput,
    carrier_call: &str,
) -> Result<Option<Document>, VoiceError> {
    let live = app.live();
    let now = app.clock.now();
    let story = app.alerts.alert(ring.alert).await?.ok_or(VoiceError::Unknown)?;
    let reading = Reading::of(story, &live.settings.directory, Some(&ring.person), now);
    let setting = Setting { menu: &live.settings.menu, now, reading: &reading, ids: &*app.ids };
    let mut turn = step(setting, ring, input);
    let is_new = ring.carrier_call.is_none();
    let carrier_call = Some(carrier_call).filter(|id| is_new && !id.is_empty());
    if turn.changes_nothing(ring) && carrier_call.is_none() {
        return Ok(None);
    }
    if let Some(change) = &mut turn.change {
        alerting::prepare(app, change).await?;
    }
    let next = format!("{}/documents/{}", address(app, ring.id), ring.document.saturating_add(1));
    let reply = turn.plan.as_ref().map(|plan| rendered(app, &live, plan, next));
    app.rings.record_ring(RecordedRing { ring, turn: &turn, carrier_call, reply: reply.as_deref() }).await?;
    if turn.change.is_some() {
        alerting::wake(app);
    } else if !turn.effects.is_empty() {
        app.outbox_wake.notify_one();
    }
    report(ring, &turn);
    Ok(reply)
}

/// What a turn means to the operator.
fn report(ring: &Ring, turn: &RingTurn) {
    tracing::info!(ring = %ring.id, from = ring.state.word(), to = turn.next.word(), "turn about an alert");
    if ring.state.is_over() {
        return;
    }
    if let RingState::Ended { end } = &turn.next {
        let end = match end {
            RingEnd::Answered => "answered",
            RingEnd::Needless => "needless",
            RingEnd::Unreached(why) => why.word(),
        };
        tracing::info!(ring = %ring.id, alert = %ring.alert, person = %ring.person, end, "phone rung about an alert: over");
        metrics::counter!("dutyline_rings_total", "end" => end).increment(1);
    }
}

/// "One moment, please": the same document is asked for again, and the key that was pressed with it.
fn one_moment(app: &App, id: RingId, document: u32, answered: &Answered<'_>) -> Document {
    let live = app.live();
    let language = live.settings.menu.language.clone();
    let plan = Plan { language, say: vec![Phrase::OneMoment], then: Then::Rest { length: MOMENT } };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("moments", &answered.moments.saturating_add(1).to_string());
    if let LegInput::Pressed(keys) = &answered.input {
        query.append_pair("keys", keys);
    }
    let next = format!("{}/documents/{document}?{}", address(app, id), query.finish());
    rendered(app, &live, &plan, next)
}

fn rendered(app: &App, live: &Live, plan: &Plan, reply: String) -> Document {
    let to = Destinations { reply, sounds: format!("{}l/", app.public_url), ..Destinations::default() };
    render(plan, &live.phrases, &to, app.telephony.capabilities()).to_xml()
}
