//! What people and programs do to an alert: acknowledge, resolve, take either back, escalate, snooze, note.

use super::actor::Actor;
use super::alert::{Acknowledged, Alert, Closed};
use super::change::Change;
use super::log::Happened;
use super::scenario::Scenario;
use crate::domain::directory::person::PersonId;
use jiff::{SignedDuration, Timestamp};

/// Why nothing is done to an alert.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has ended before.
    #[error("resolved at {} by {}", .0.at, .0.by)]
    AlreadyResolved(Closed),
    /// It has been acknowledged before; of several who must, by the same one.
    #[error("acknowledged at {} by {}", .0.at, .0.by)]
    AlreadyAcknowledged(Acknowledged),
    /// Its acknowledgement is to be taken back, or it is to be closed with others, and it has none.
    #[error("not acknowledged")]
    NotAcknowledged,
    /// Its end is to be taken back, and it has none.
    #[error("not resolved")]
    NotResolved,
    /// Its end is to be taken back, and a newer alert of the same matter is open.
    #[error("followed by a newer alert of the same matter")]
    Followed,
    /// It is to rest until a moment that has passed.
    #[error("to be snoozed until a moment that has passed")]
    Past,
    /// It is to rest for longer than [`LONGEST_SNOOZE`].
    #[error("to be snoozed for more than 31 days")]
    TooLong,
}

/// For how long nobody is told of an alert at most, where somebody asks for that: a month. What rests for longer is
/// forgotten.
pub const LONGEST_SNOOZE: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Somebody takes care of it. Where several must, it is settled with the last of those who were on duty when it was made;
/// a program speaks for all of them.
pub fn acknowledge(mut alert: Alert, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    if let Some(before) = &alert.acknowledged {
        return Err(Refused::AlreadyAcknowledged(before.clone()));
    }
    if let Some(before) = alert.progress.acks.iter().find(|ack| ack.by == by.who) {
        return Err(Refused::AlreadyAcknowledged(before.clone()));
    }
    let ack = Acknowledged { at: now, by: by.who.clone(), from: by.from };
    alert.progress.acks.push(ack.clone());
    let missing = missing(&alert);
    let (who, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    let what = if missing == 0 {
        alert.acknowledged = Some(ack);
        alert.progress.snoozed_until = None;
        Happened::Acknowledged { by: who, from }
    } else {
        Happened::AcknowledgedInPart { by: who, from, waiting_for: missing }
    };
    Ok(changed(alert, what, now))
}

/// How many more must acknowledge.
fn missing(alert: &Alert) -> usize {
    let acks = &alert.progress.acks;
    match alert.scenario {
        Scenario::SingleAck | Scenario::Emergency => usize::from(acks.is_empty()),
        Scenario::MultiAck if acks.iter().any(|ack| ack.by.person().is_none()) => 0,
        // Nobody was on duty: whoever answers is enough.
        Scenario::MultiAck if alert.progress.on_duty.is_empty() => usize::from(acks.is_empty()),
        Scenario::MultiAck => {
            let has = |who: &PersonId| acks.iter().any(|ack| ack.by.person() == Some(who));
            alert.progress.on_duty.iter().filter(|who| !has(who)).count()
        }
    }
}

/// It has been dealt with.
pub fn resolve(mut alert: Alert, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    alert.closed = Some(Closed { at: now, by: by.who.clone(), from: by.from });
    alert.is_held = false;
    let what = Happened::Resolved { by: by.who.name().to_owned(), from: by.from.word().to_owned() };
    Ok(changed(alert, what, now))
}

/// It has been dealt with, where somebody has taken care of it. Whoever ends many at once ends none that nobody has seen.
pub fn close(alert: Alert, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    if alert.acknowledged.is_none() {
        return Err(Refused::NotAcknowledged);
    }
    resolve(alert, by, now)
}

/// Nobody takes care of it after all: the search goes on with the next step, at once.
pub fn undo_acknowledge(mut alert: Alert, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    if alert.progress.acks.is_empty() && alert.acknowledged.is_none() {
        return Err(Refused::NotAcknowledged);
    }
    unanswered(&mut alert, now);
    let (by, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    Ok(changed(alert, Happened::AcknowledgementUndone { by, from }, now))
}

/// It has not been dealt with after all. Whoever had acknowledged it has it still; else the search goes on at once.
/// `is_followed`: a newer alert of the same matter is open.
pub fn undo_resolve(
    mut alert: Alert,
    is_followed: bool,
    by: &Actor,
    now: Timestamp,
) -> Result<Change, Refused> {
    if alert.closed.is_none() {
        return Err(Refused::NotResolved);
    }
    if is_followed {
        return Err(Refused::Followed);
    }
    alert.closed = None;
    // Who has it still has the time to resolve it once more.
    alert.progress.anew_since = Some(now);
    if alert.acknowledged.is_none() {
        alert.progress.escalation.go_on(now);
    }
    let (by, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    Ok(changed(alert, Happened::ResolutionUndone { by, from }, now))
}

/// The next step of its policy is made now, acknowledged or not. Who asks for that knows of it: what still waits to be sent
/// to them is not sent, until a later step names them.
pub fn escalate(mut alert: Alert, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    unanswered(&mut alert, now);
    alert.progress.snoozed_until = None;
    alert.is_held = false;
    let person = by.who.person().cloned();
    let (by, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    alert.progress.escalation.asked_by = Some(by.clone());
    if let Some(person) = &person {
        alert.progress.escalation.put_off.remove(person);
    }
    // That it was asked for is said here: there may be no policy, or nobody whom the next step reaches.
    Ok(Change { passed_on_by: person, ..changed(alert, Happened::EscalationAsked { by, from }, now) })
}

/// Nobody is told of it until then, [`LONGEST_SNOOZE`] at most.
pub fn snooze(mut alert: Alert, until: Timestamp, by: &Actor, now: Timestamp) -> Result<Change, Refused> {
    is_open(&alert)?;
    if until <= now {
        return Err(Refused::Past);
    }
    if until.duration_since(now) > LONGEST_SNOOZE {
        return Err(Refused::TooLong);
    }
    alert.progress.snoozed_until = Some(until);
    let (by, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    Ok(changed(alert, Happened::Snoozed { by, from, until }, now))
}

/// Something that somebody writes about it, over or not.
pub fn note(alert: Alert, text: &str, by: &Actor, now: Timestamp) -> Change {
    let mut change = Change::of(alert);
    let (by, from) = (by.who.name().to_owned(), by.from.word().to_owned());
    change.note(now, Happened::Noted { by, from, text: text.to_owned() });
    change
}

/// Nobody has answered it: the next step is due now, and its times begin anew.
pub(super) fn unanswered(alert: &mut Alert, now: Timestamp) {
    alert.acknowledged = None;
    alert.progress.acks.clear();
    alert.progress.anew_since = Some(now);
    alert.progress.escalation.go_on(now);
}

fn is_open(alert: &Alert) -> Result<(), Refused> {
    match &alert.closed {
        Some(closed) => Err(Refused::AlreadyResolved(closed.clone())),
        None => Ok(()),
    }
}

/// It has changed, which may mean something for whoever is told next.
fn changed(mut alert: Alert, what: Happened, now: Timestamp) -> Change {
    alert.due_at = Some(now);
    let mut change = Change::of(alert);
    change.note(now, what);
    change
}
