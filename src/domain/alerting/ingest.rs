//! What an event does: opens an alert, tells an open one once more, acknowledges or resolves it, or nothing.

#[cfg(test)]
mod tests;

use super::actor::{Actor, Channel, Who};
use super::alert::{Alert, AlertStory, Closed, Matter, Progress};
use super::change::Change;
use super::escalation::{self, Facts, Look};
use super::event::{EarlyEnd, Event, Outcome, Transition};
use super::life::{self, Refused};
use super::log::Happened;
use super::origin::{FromEvent, Origin};
use super::team::Team;
use crate::domain::ids::{AlertId, Ids};
use crate::domain::severity::Severity;
use jiff::{SignedDuration, Timestamp};

/// For how long the end of a matter is remembered that nothing is known of yet.
pub const EARLY: SignedDuration = SignedDuration::from_mins(10);

/// How bad an alert is where neither event nor category says so.
pub const DEFAULT_SEVERITY: Severity = Severity::High;

/// How many different texts of one matter are kept in its alert's log.
const MOST_TEXTS: u32 = 50;

/// What an event does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// In a word.
    pub outcome: Outcome,
    /// To which alert.
    pub alert: Option<AlertId>,
    /// What that alert is from now on.
    pub change: Option<Change>,
    /// Whether the end of its matter is remembered (`Some(true)`), or forgotten, since its beginning has come.
    pub early_end: Option<bool>,
    /// Whether its people could not be found out yet, and are told a little later.
    pub is_untold: bool,
}

impl Ingested {
    const fn nothing(outcome: Outcome) -> Self {
        Self { outcome, alert: None, change: None, early_end: None, is_untold: false }
    }

    /// Whether what was sent along with the event belongs to an alert: only what opens one has files.
    pub const fn keeps_files(&self) -> bool {
        match self.outcome {
            Outcome::Opened | Outcome::OpenedResolved => true,
            Outcome::Repeated
            | Outcome::Acknowledged
            | Outcome::Resolved
            | Outcome::Unchanged
            | Outcome::Unmatched
            | Outcome::Discarded => false,
        }
    }

    fn changes(outcome: Outcome, change: Change) -> Self {
        Self {
            outcome,
            alert: Some(change.alert.id),
            change: Some(change),
            early_end: None,
            is_untold: false,
        }
    }
}

/// What an event does. `open`: the open alert of its matter; `early`: the end of it that came before.
pub fn ingest(
    event: &Event,
    open: Option<&AlertStory>,
    early: Option<EarlyEnd>,
    team: &Team,
    facts: &Facts<'_>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Ingested {
    let by = Actor { who: Who::Integration(event.integration.clone()), from: Channel::Webhook };
    match (&event.transition, open) {
        (Transition::Discard(_), _) => Ingested::nothing(Outcome::Discarded),
        (Transition::Open, Some(open)) => repeated(event, open, now),
        (Transition::Open, None) => opened(event, early, team, facts, now, ids),
        (Transition::Acknowledge, Some(open)) => {
            answered(Outcome::Acknowledged, open, life::acknowledge(open.alert.clone(), &by, now))
        }
        (Transition::Resolve, Some(open)) => {
            answered(Outcome::Resolved, open, life::resolve(open.alert.clone(), &by, now))
        }
        (Transition::Acknowledge, None) => Ingested::nothing(Outcome::Unmatched),
        (Transition::Resolve, None) => {
            Ingested { early_end: Some(true), ..Ingested::nothing(Outcome::Unmatched) }
        }
    }
}

fn answered(outcome: Outcome, open: &AlertStory, change: Result<Change, Refused>) -> Ingested {
    match change {
        Ok(change) => Ingested::changes(outcome, change),
        Err(_already) => Ingested { alert: Some(open.alert.id), ..Ingested::nothing(Outcome::Unchanged) },
    }
}

/// The same matter once more: counted. One that is worse than before counts as not answered, and rests no longer.
fn repeated(event: &Event, open: &AlertStory, now: Timestamp) -> Ingested {
    let mut change = Change::of(open.alert.clone());
    let alert = &mut change.alert;
    let number = alert.progress.repeats;
    alert.progress.repeats = number.saturating_add(1);
    alert.progress.repeated_at = Some(now);
    let news = [(&event.content.title, &alert.content.title), (&event.content.text, &alert.content.text)];
    let texts: Vec<&str> =
        news.into_iter().filter(|(new, old)| new != old).filter_map(|(new, _)| new.as_deref()).collect();
    let before = alert.severity;
    let severity = event.severity.unwrap_or(before);
    if severity != before {
        alert.severity = severity;
        // Worse ones come first.
        let is_worse = severity < before;
        let is_answered = alert.acknowledged.is_some() || !alert.progress.acks.is_empty();
        if is_worse && (is_answered || alert.progress.snoozed_until.is_some()) {
            life::unanswered(alert, now);
            alert.progress.snoozed_until = None;
            alert.due_at = Some(now);
        } else if is_worse && alert.progress.escalation.has_begun {
            // Who was not to be told of the lesser one may have to be told of this.
            alert.progress.escalation.begin_anew(now);
            alert.due_at = Some(now);
        }
        if is_worse && is_answered {
            change.note(now, Happened::Reopened { from: before, to: severity });
        } else {
            change.note(now, Happened::SeverityChanged { from: before, to: severity });
        }
    }
    if !texts.is_empty() && number < MOST_TEXTS {
        change.note(now, Happened::Noticed { note: format!("now it says: {}", texts.join(" / ")) });
    }
    noticed(&mut change, event, now);
    Ingested::changes(Outcome::Repeated, change)
}

fn opened(
    event: &Event,
    early: Option<EarlyEnd>,
    team: &Team,
    facts: &Facts<'_>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Ingested {
    let mut change = Change::of(alert(event, team, now, ids));
    let what =
        Happened::OpenedByEvent { integration: event.integration.0.clone(), source: event.source.clone() };
    change.note(now, what);
    noticed(&mut change, event, now);
    if let Some(early) = early {
        let who = Who::Integration(event.integration.clone());
        change.note(
            now,
            Happened::Resolved { by: who.name().to_owned(), from: Channel::Webhook.word().to_owned() },
        );
        change.alert.closed = Some(Closed { at: early.at.max(now), by: who, from: Channel::Webhook });
        let ingested = Ingested::changes(Outcome::OpenedResolved, change);
        return Ingested { early_end: Some(false), ..ingested };
    }
    let on_duty = escalation::on_duty(&change.alert.recipients, facts.directory, now);
    if !on_duty.is_unknown {
        change.alert.progress.on_duty = on_duty.people;
    }
    // Who is told first is decided with the opening, and written with it.
    let story = AlertStory { alert: change.alert.clone(), number: 0, recording: None, log: vec![] };
    let mut is_untold = false;
    match escalation::look(&story, facts, now, ids) {
        Look::Do(first) => {
            let opening = std::mem::take(&mut change.log);
            change = *first;
            change.log.splice(0..0, opening);
        }
        Look::NotYet => {
            change.alert.due_at = Some(now);
            is_untold = true;
        }
    }
    Ingested { is_untold, ..Ingested::changes(Outcome::Opened, change) }
}

fn alert(event: &Event, team: &Team, now: Timestamp, ids: &dyn Ids) -> Alert {
    Alert {
        id: AlertId::next(ids),
        version: 0,
        origin: Origin::Event(FromEvent {
            integration: event.integration.clone(),
            source: event.source.clone(),
            external_id: event.external_id.clone(),
            event: Some(event.id),
        }),
        team: Some(team.name.clone()),
        matter: event.external_id.as_deref().map(|id| Matter::of(&team.name, id)),
        content: event.content.clone(),
        recipients: team.on_call.clone(),
        severity: event.severity.unwrap_or(DEFAULT_SEVERITY),
        message: None,
        opened_at: now,
        is_held: false,
        scenario: event.scenario,
        acknowledged: None,
        closed: None,
        progress: Progress::default(),
        due_at: None,
    }
}

fn noticed(change: &mut Change, event: &Event, now: Timestamp) {
    for note in &event.notes {
        change.note(now, Happened::Noticed { note: note.clone() });
    }
}
