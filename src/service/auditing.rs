//! The auditor: once a minute every open alert is checked, what was missed is put right and counted, and a sign of life
//! goes out to whoever watches over us.

use super::{alerting, escalating, on_call};
use crate::app::App;
use crate::app::engine::GoodPass;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::auditing::{self, Fault, GRACE};
use crate::domain::alerting::change::Change;
use crate::domain::alerting::escalation::Facts;
use crate::domain::alerting::log::Happened;
use crate::domain::directory::Recipient;
use crate::domain::effect::Lane;
use crate::ports::error::StoreError;
use crate::ports::store::AlertCursor;
use crate::settings::SecretUrl;
use jiff::{SignedDuration, Timestamp};
use std::error::Error;

/// How many alerts are read at a time.
const PAGE: u32 = 500;

/// How long an effect may be due before sending counts as stuck.
const STUCK: SignedDuration = SignedDuration::from_mins(3);

/// For how long a good pass is a proof that all is well.
pub const FRESH: SignedDuration = SignedDuration::from_mins(3);

/// What a pass has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pass {
    /// Open alerts that were checked.
    pub open: u32,
    /// Those of them that had to be put right, and were.
    pub repaired: u32,
    /// Those that could not be.
    pub left: u32,
    /// Whether something that people are told by is due, and has been for long.
    pub is_stuck: bool,
}

impl Pass {
    /// Whether every open alert is where it should be now.
    pub const fn is_good(&self) -> bool {
        self.left == 0 && !self.is_stuck
    }
}

/// Checks every open alert, and sends the sign of life where all is well.
pub async fn pass(app: &App) -> Result<Pass, StoreError> {
    let mut pass = Pass::default();
    let mut after = None;
    loop {
        let page = app.alerts.open(after, PAGE).await?;
        check(app, &page, &mut pass).await?;
        let full = usize::try_from(PAGE).is_ok_and(|size| page.len() >= size);
        let Some(last) = page.last().filter(|_| full) else { break };
        after = Some(AlertCursor { opened_at: last.alert.opened_at, id: last.alert.id });
    }
    let now = app.clock.now();
    for lane in Lane::TO_PEOPLE {
        let next = app.outbox.next_due(Some(&lane)).await?;
        pass.is_stuck |= next.is_some_and(|next| now.duration_since(next) > STUCK);
    }
    metrics::gauge!("dutyline_alerts_open").set(pass.open);
    // They are there before there is one, so that whoever watches them sees the first.
    for fault in Fault::ALL {
        metrics::counter!("dutyline_audit_faults_total", "fault" => fault.word()).increment(0);
    }
    let result = if pass.is_good() { "good" } else { "bad" };
    metrics::counter!("dutyline_audit_passes_total", "result" => result).increment(1);
    if pass.is_good() {
        app.engine.note(GoodPass { at: now, open: pass.open, repaired: pass.repaired });
        if let Some(url) = &app.live().settings.auditor.ping_url {
            ping(app, url).await;
        }
    } else {
        tracing::error!(
            left = pass.left,
            is_stuck = pass.is_stuck,
            "not every open alert is where it should be"
        );
    }
    Ok(pass)
}

async fn check(app: &App, page: &[AlertStory], pass: &mut Pass) -> Result<(), StoreError> {
    let now = app.clock.now();
    let live = app.live();
    let can = escalating::can(app);
    let mut asked: Vec<Recipient> = vec![];
    for story in page {
        let (team, policy) = escalating::followed(&live.settings, &story.alert);
        for one in escalating::asked(&story.alert.recipients, team, policy) {
            if !asked.contains(&one) {
                asked.push(one);
            }
        }
    }
    let directory = on_call::directory_for(app, &asked, now).await?;
    for story in page {
        pass.open = pass.open.saturating_add(1);
        let (team, policy) = escalating::followed(&live.settings, &story.alert);
        let facts = Facts { directory: &directory, team, policy, can: &can };
        let is_call_over = is_call_over(app, story, now).await?;
        if auditing::check(story, is_call_over, &facts, now, &*app.ids).is_none() {
            continue;
        }
        let id = story.alert.id;
        // A page comes without the logs, and what has been said already is no fault.
        let Some(story) = &app.alerts.alert(id).await? else { continue };
        let Some(fault) = auditing::check(story, is_call_over, &facts, now, &*app.ids) else { continue };
        metrics::counter!("dutyline_audit_faults_total", "fault" => fault.word()).increment(1);
        match repair(app, story, fault, now).await {
            Ok(()) => {
                pass.repaired = pass.repaired.saturating_add(1);
                tracing::warn!(alert = %id, fault = fault.word(), "an open alert was put right");
            }
            Err(error) => {
                pass.left = pass.left.saturating_add(1);
                tracing::error!(alert = %id, fault = fault.word(), %error, "an open alert could not be put right");
            }
        }
    }
    Ok(())
}

/// Whether the call that raised a held alert is over, and has been for a while.
async fn is_call_over(app: &App, story: &AlertStory, now: Timestamp) -> Result<bool, StoreError> {
    let Some(from) = story.alert.origin.call().filter(|_| story.alert.is_held) else { return Ok(false) };
    let call = app.history.story(from.call).await?;
    let ended_at = match call {
        Some(call) => call.record.ended_at,
        None => return Ok(true),
    };
    Ok(ended_at.is_some_and(|ended| now.duration_since(ended) > GRACE))
}

async fn repair(
    app: &App,
    story: &AlertStory,
    fault: Fault,
    now: Timestamp,
) -> Result<(), super::EffectError> {
    if fault == Fault::Forgotten {
        let mut change = Change::of(story.alert.clone());
        change.alert.is_held = false;
        change.alert.due_at = Some(now);
        change.note(now, Happened::Missed);
        alerting::prepare(app, &mut change).await?;
        match app.alerts.change(&change).await {
            // It has moved on by itself.
            Ok(()) | Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    escalating::look(app, story.alert.id).await
}

/// Tells whoever watches over us that all is well. Who hears nothing for some minutes raises the alarm.
async fn ping(app: &App, url: &SecretUrl) {
    match app.visitor.get(url.expose()).await {
        Ok(seen) if (200..300).contains(&seen.status) => {}
        Ok(seen) => tracing::warn!(status = seen.status, "the sign of life was not taken"),
        Err(error) => tracing::warn!(error = &error as &dyn Error, "the sign of life did not get through"),
    }
}

/// The last good pass, where it is recent enough to prove anything.
pub fn proof(app: &App) -> Option<GoodPass> {
    let now = app.clock.now();
    app.engine.last().filter(|pass| now.duration_since(pass.at) <= FRESH)
}
