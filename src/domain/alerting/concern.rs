//! Whose matter an alert is: everybody's of its groups, whosever turn it is.

use super::alert::Alert;
use super::team::Team;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::resolve;
use crate::domain::directory::{Directory, Recipient};
use jiff::Timestamp;
use std::collections::HashMap;

/// Which alerts are the matter of one person, at one moment. What was found out for one alert serves the next.
#[derive(Debug)]
pub struct Concern<'a> {
    person: &'a PersonId,
    directory: &'a Directory,
    teams: &'a [Team],
    now: Timestamp,
    known: HashMap<Recipient, bool>,
}

impl<'a> Concern<'a> {
    /// Of that person, by that directory and those teams.
    pub fn of(person: &'a PersonId, directory: &'a Directory, teams: &'a [Team], now: Timestamp) -> Self {
        Self { person, directory, teams, now, known: HashMap::new() }
    }

    /// Whether that alert is: they were on duty when it was made, belong to its groups, directly or not, stand in there
    /// for somebody, or are of its team.
    pub fn is(&mut self, alert: &Alert) -> bool {
        let team = alert.team.as_ref().and_then(|name| self.teams.iter().find(|team| team.name == *name));
        let of_team = team.into_iter().flat_map(|team| team.on_call.iter().chain(&team.members));
        alert.progress.on_duty.contains(self.person)
            || alert.recipients.iter().chain(of_team).any(|recipient| self.belongs_to(recipient))
    }

    fn belongs_to(&mut self, recipient: &Recipient) -> bool {
        if let Some(known) = self.known.get(recipient) {
            return *known;
        }
        let is_in = |found: &resolve::OnCall| found.responders.iter().any(|one| one.person == *self.person);
        let belongs = is_in(&resolve::everyone_in(self.directory, recipient))
            || is_in(&resolve::on_call(self.directory, recipient, self.now));
        self.known.insert(recipient.clone(), belongs);
        belongs
    }
}
