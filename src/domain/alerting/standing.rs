//! Whether a message about an alert is still needed when it is to be sent.

use super::actor::Who;
use super::alert::Alert;
use super::state::AlertState;
use crate::domain::delivery::Purpose;
use crate::domain::delivery::ledger::Dropped;
use crate::domain::directory::person::PersonId;
use jiff::Timestamp;

/// How an alert stands, as far as messages about it go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it has been dealt with.
    pub is_resolved: bool,
    /// Whether somebody takes care of it; of several who must, all of them.
    pub is_acknowledged: bool,
    /// Who has acknowledged so far.
    pub answered: Vec<Who>,
    /// Until when nobody is told of it.
    pub snoozed_until: Option<Timestamp>,
}

impl Standing {
    /// How that alert stands.
    pub fn of(alert: &Alert) -> Self {
        Self {
            is_resolved: alert.closed.is_some(),
            is_acknowledged: alert.acknowledged.is_some(),
            answered: alert.progress.acks.iter().map(|ack| ack.by.clone()).collect(),
            snoozed_until: alert.progress.snoozed_until,
        }
    }

    /// Why a message to that person is not needed; `None`: it is. A text that came later is needed by whoever takes care
    /// of the matter too; news are, as long as they are true.
    pub fn drops(&self, person: &PersonId, purpose: Purpose, now: Timestamp) -> Option<Dropped> {
        if let Purpose::News(told) = purpose {
            return (told != self.state()).then_some(Dropped::Changed);
        }
        if self.is_resolved {
            return Some(Dropped::Resolved);
        }
        if self.snoozed_until.is_some_and(|until| now < until) {
            return Some(Dropped::Snoozed);
        }
        if purpose.is_text() {
            return None;
        }
        if self.answered.iter().any(|who| who.person() == Some(person)) {
            return Some(Dropped::Answered);
        }
        self.is_acknowledged.then_some(Dropped::Acknowledged)
    }

    const fn state(&self) -> AlertState {
        match (self.is_resolved, self.is_acknowledged) {
            (true, _) => AlertState::Resolved,
            (false, true) => AlertState::Acknowledged,
            (false, false) => AlertState::Open,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing() -> Standing {
        Standing { is_resolved: false, is_acknowledged: false, answered: vec![], snoozed_until: None }
    }

    #[test]
    fn g04_nobody_is_told_of_what_has_been_answered() {
        let (ada, bob) = (PersonId("ada".to_owned()), PersonId("bob".to_owned()));
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(standing().drops(&ada, Purpose::Alert, now), None);
        let part = Standing { answered: vec![Who::Person(ada.clone())], ..standing() };
        assert_eq!(part.drops(&ada, Purpose::Alert, now), Some(Dropped::Answered));
        assert_eq!(part.drops(&bob, Purpose::Alert, now), None, "of several who must, one is missing");
        let all = Standing { is_acknowledged: true, ..part };
        assert_eq!(all.drops(&bob, Purpose::Alert, now), Some(Dropped::Acknowledged));
        assert_eq!(all.drops(&ada, Purpose::Text, now), None, "who takes care of it wants its text");
        let over = Standing { is_resolved: true, ..all };
        assert_eq!(over.drops(&ada, Purpose::Text, now), Some(Dropped::Resolved));
    }

    #[test]
    fn g34_news_are_needed_as_long_as_they_are_true() {
        let (ada, now) = (PersonId("ada".to_owned()), Timestamp::UNIX_EPOCH);
        let drops = |standing: &Standing, told| standing.drops(&ada, Purpose::News(told), now);
        let taken =
            Standing { is_acknowledged: true, answered: vec![Who::Key("api".to_owned())], ..standing() };
        assert_eq!(drops(&taken, AlertState::Acknowledged), None);
        assert_eq!(drops(&taken, AlertState::Resolved), Some(Dropped::Changed), "it was taken back");
        assert_eq!(drops(&standing(), AlertState::Acknowledged), Some(Dropped::Changed));
        let over = Standing { is_resolved: true, snoozed_until: Some(Timestamp::MAX), ..taken };
        assert_eq!(drops(&over, AlertState::Resolved), None);
        assert_eq!(drops(&over, AlertState::Acknowledged), Some(Dropped::Changed));
    }

    #[test]
    fn nobody_is_told_of_what_rests() {
        let now = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(60).unwrap();
        let rests = Standing { snoozed_until: Some(later), ..standing() };
        let ada = PersonId("ada".to_owned());
        assert_eq!(rests.drops(&ada, Purpose::Alert, now), Some(Dropped::Snoozed));
        assert_eq!(rests.drops(&ada, Purpose::Alert, later), None);
    }
}
