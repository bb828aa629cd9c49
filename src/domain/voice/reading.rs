//! An alert as it is read out on the phone, and what whoever hears it can do about it with a key.

use super::action::Action;
use super::phrases::{MatterKind, Phrase};
use super::recording::Transcript;
use crate::domain::alerting::act::{self, Act};
use crate::domain::alerting::actor::{Actor, Who};
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::change::Change;
use crate::domain::alerting::life::Refused;
use crate::domain::alerting::log::Happened;
use crate::domain::alerting::origin::Origin;
use crate::domain::alerting::reply::Deed;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::ids::{AuditId, Ids};
use crate::domain::links::LinkCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Characters of a title, a text or a message that are read out, at most: about a minute. The rest is written.
const LONGEST: usize = 600;

/// What can be done about an alert with that key; `None`: nothing.
pub const fn deed_at(key: usize) -> Option<Deed> {
    match key {
        4 => Some(Deed::Acknowledge),
        5 => Some(Deed::Escalate),
        6 => Some(Deed::Resolve),
        _ => None,
    }
}

/// What has come of a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What is said of it.
    pub say: Phrase,
    /// What the alert is from now on; `None`: it can't be done, or was done before.
    pub change: Option<Box<Change>>,
}

/// An alert, with the names of those whom it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    story: AlertStory,
    /// Whom it is for, as they are called.
    for_whom: Vec<String>,
    /// The names of those who have done something about it.
    names: BTreeMap<PersonId, String>,
    /// When it was opened, by the listener's clock.
    opened_at: String,
}

impl Reading {
    /// That alert, as it is read to that person at that moment. The directory knows the names, and the listener's zone.
    pub fn of(story: AlertStory, directory: &Directory, listener: Option<&PersonId>, now: Timestamp) -> Self {
        let alert = &story.alert;
        let zone = listener.and_then(|id| directory.person(id)).and_then(|person| person.zone.as_ref());
        let opened_at = opened_at(alert.opened_at, now, zone);
        let name = |id: &PersonId| directory.person(id).map_or(&id.0, |person| &person.name).clone();
        let for_whom = alert.recipients.iter().map(|recipient| match recipient {
            Recipient::Group(group) => group.0.clone(),
            Recipient::Schedule(schedule) => schedule.0.clone(),
            Recipient::Person(id) => name(id),
        });
        let for_whom = for_whom.collect();
        let acks = alert.progress.acks.iter().chain(&alert.acknowledged).map(|ack| &ack.by);
        let people = acks.chain(alert.closed.as_ref().map(|closed| &closed.by)).filter_map(Who::person);
        let names = people.map(|id| (id.clone(), name(id))).collect();
        Self { story, for_whom, names, opened_at }
    }

    /// The alert.
    pub const fn story(&self) -> &AlertStory {
        &self.story
    }

    /// What is read out: the line that says what it is, and the words that belong to it.
    pub fn words(&self) -> Vec<Phrase> {
        let mut say = vec![self.line()];
        let content = &self.story.alert.content;
        say.extend(content.title.iter().chain(&content.text).map(|text| Phrase::Verbatim(spoken(text))));
        match self.story.recording.as_ref().map(|recording| &recording.transcript) {
            Some(Transcript::Text(text)) => say.push(Phrase::MessageText(spoken(text))),
            Some(Transcript::Pending) => say.push(Phrase::MessageTextPending),
            Some(Transcript::Unwanted | Transcript::Failed) | None => {}
        }
        say
    }

    /// What it is, in one sentence.
    pub fn line(&self) -> Phrase {
        let alert = &self.story.alert;
        let (matter, from) = match &alert.origin {
            Origin::Call(call) => {
                let matter = match call.action {
                    Action::Alert => MatterKind::Alert,
                    Action::Conference => MatterKind::Conference,
                    // Who left a message wants that to be heard.
                    Action::Live if alert.message.is_some() => MatterKind::Alert,
                    Action::Live => MatterKind::MissedCall,
                };
                (matter, call.caller.name.clone())
            }
            Origin::Event(event) => {
                let source = event.source.as_ref().unwrap_or(&event.integration.0);
                (MatterKind::Alert, Some(spoken(source)))
            }
        };
        let for_whom = (!self.for_whom.is_empty()).then(|| self.for_whom.join(", "));
        let at = self.opened_at.clone();
        Phrase::AlertLine(self.story.number, alert.severity, matter, for_whom, from, at)
    }

    /// Who has taken or ended it, so that nothing is expected of that person any more; `None`: it is.
    pub fn settled(&self, person: &PersonId) -> Option<Phrase> {
        let alert = &self.story.alert;
        if let Some(closed) = &alert.closed {
            return Some(Phrase::AlreadyResolved(self.name(&closed.by)));
        }
        let own = || alert.progress.acks.iter().find(|ack| ack.by.person() == Some(person));
        let ack = alert.acknowledged.as_ref().or_else(own)?;
        Some(Phrase::AlreadyAcknowledged(self.name(&ack.by)))
    }

    /// Where the sound of its message can be played from; `None`: there is none, or not yet, or no more.
    pub fn sound(&self, now: Timestamp) -> Option<&LinkCode> {
        let recording = self.story.recording.as_ref()?;
        let link = &self.story.alert.message.as_ref()?.link;
        (recording.audio.is_some() && link.is_live(now)).then_some(&link.code)
    }

    /// What can be done about it, as it is offered.
    pub fn offers(&self, now: Timestamp) -> Vec<Phrase> {
        let recording = self.sound(now).map(|_| Phrase::OfferRecording);
        recording.into_iter().chain([Phrase::OfferAnswers]).collect()
    }

    /// Somebody does something about it, which the audit keeps.
    pub fn done(&self, deed: Deed, by: &Actor, now: Timestamp, ids: &dyn Ids) -> Done {
        let act = Act::from(deed);
        // No key of the phone brings an alert back that has ended, so that no newer one can be in its way.
        match act.done_to(&self.story, false, by, now) {
            Ok(mut change) => {
                let id = AuditId::next(ids);
                change.audited = Some(act::audited(id, &act, &self.story, &change, by, None, now));
                Done { say: said(deed, &change), change: Some(Box::new(change)) }
            }
            Err(refused) => Done { say: self.refused(&refused), change: None },
        }
    }

    fn refused(&self, refused: &Refused) -> Phrase {
        match refused {
            Refused::AlreadyResolved(closed) => Phrase::AlreadyResolved(self.name(&closed.by)),
            Refused::AlreadyAcknowledged(ack) => Phrase::AlreadyAcknowledged(self.name(&ack.by)),
            // None of these is the answer to a key.
            Refused::NotAcknowledged
            | Refused::NotResolved
            | Refused::Followed
            | Refused::Past
            | Refused::TooLong => Phrase::StaysOpen,
        }
    }

    fn name(&self, who: &Who) -> String {
        let known = who.person().and_then(|id| self.names.get(id));
        known.cloned().unwrap_or_else(|| who.name().to_owned())
    }
}

/// What is said of a deed.
fn said(deed: Deed, change: &Change) -> Phrase {
    let missing = change.log.iter().find_map(|entry| {
        if let Happened::AcknowledgedInPart { waiting_for, .. } = &entry.what {
            Some(*waiting_for)
        } else {
            None
        }
    });
    match (deed, missing) {
        (Deed::Acknowledge, Some(missing)) => Phrase::AcknowledgedInPart(missing),
        (Deed::Acknowledge, None) => Phrase::AcknowledgedByYou,
        (Deed::Escalate, _) => Phrase::EscalatedByYou,
        (Deed::Resolve, _) => Phrase::ResolvedByYou,
    }
}

/// A moment as it is read out by the listener's clock, or by UTC where that is not known: the time, and before it the day,
/// where that is another one than today's.
fn opened_at(at: Timestamp, now: Timestamp, zone: Option<&TimeZone>) -> String {
    let here = |at: Timestamp| at.to_zoned(zone.cloned().unwrap_or(TimeZone::UTC));
    let (at, is_own) = (here(at), zone.is_some());
    let day = if at.date() == here(now).date() { "" } else { "%Y-%m-%d " };
    let zone = if is_own { "" } else { " UTC" };
    at.strftime(&format!("{day}%H:%M{zone}")).to_string()
}

/// A text as it is read out: one line, and no longer than anybody listens to.
fn spoken(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let cut: String = line.chars().take(LONGEST).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    cut.get(..end).unwrap_or(&cut).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g22_when_it_was_opened_is_read_by_the_clock_of_whoever_hears_it() {
        let at: Timestamp = "2026-01-05T23:30:00Z".parse().unwrap();
        let soon: Timestamp = "2026-01-05T23:31:00Z".parse().unwrap();
        let later: Timestamp = "2026-01-06T00:10:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(opened_at(at, soon, Some(&berlin)), "00:30");
        assert_eq!(opened_at(at, later, Some(&berlin)), "00:30");
        assert_eq!(opened_at(at, soon, None), "23:30 UTC");
        assert_eq!(opened_at(at, later, None), "2026-01-05 23:30 UTC");
    }
}
