//! `[[team]]`: who takes alerts together.

use super::{Check, Seen};
use crate::domain::alerting::policy::PolicyName;
use crate::domain::alerting::team::{Team, TeamName};
use crate::domain::directory::Recipient;
use crate::settings::IntegrationAccess;
use crate::settings::file;
use jiff::SignedDuration;
use toml::Spanned;

impl Check<'_, '_> {
    /// The teams, and what opens their ways in.
    pub(super) fn all_teams(
        &mut self,
        entries: &[Spanned<file::Team>],
    ) -> (Vec<Team>, Vec<IntegrationAccess>) {
        let mut seen = Seen::new();
        let mut secrets = Seen::new();
        let mut teams = Vec::with_capacity(entries.len());
        let mut access = vec![];
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("team[{}]", index + 1);
            let file = entry.get_ref();
            let on_call = file.on_call.as_ref();
            let on_call = on_call.map(|on_call| {
                let hint = "nobody is ever on duty, and a step that tells on_duty is left out";
                self.people_of(on_call, &format!("{key}.on_call"), hint)
            });
            let members = file.members.as_ref().map(|members| {
                let hint = "leave it out for those of on_call";
                self.people_of(members, &format!("{key}.members"), hint)
            });
            let subscribers = self.recipients(&file.subscribers, &format!("{key}.subscribers"));
            let policy = file.policy.as_ref().and_then(|name| self.policy(name, &format!("{key}.policy")));
            let categories = self.categories(&file.category, &key);
            let name = file.name.as_ref().map(|name| TeamName(name.get_ref().clone()));
            let integrations =
                self.integrations(&file.integration, &key, (&mut secrets, &mut access), name.as_ref());
            let (Some(written), Some(name), Some(on_call)) = (&file.name, name, on_call) else { continue };
            let shown = format!("\"{name}\"");
            if self.unique(&mut seen, name.0.clone(), written.span(), &format!("{key}.name"), &shown)
                && let Some(policy) = policy
            {
                let hours = |hours: Option<u32>| hours.map(|hours| SignedDuration::from_hours(hours.into()));
                let timeout =
                    file.acknowledge_minutes.map(|minutes| SignedDuration::from_mins(i64::from(minutes)));
                teams.push(Team {
                    name,
                    members: members.unwrap_or_else(|| on_call.clone()),
                    on_call,
                    policy,
                    subscribers,
                    tells_the_told: file.subscribe_told,
                    acknowledge_timeout: timeout,
                    close_after: hours(file.close_hours),
                    close_acknowledged_after: hours(file.close_acknowledged_hours),
                    categories,
                    integrations,
                });
            }
        }
        (teams, access)
    }

    fn people_of(
        &mut self,
        entries: &Spanned<Vec<Spanned<file::Recipient>>>,
        key: &str,
        hint: &str,
    ) -> Vec<Recipient> {
        if entries.get_ref().is_empty() {
            self.findings.warning(&entries.span(), key, "is empty").hint(hint);
        }
        self.recipients(entries.get_ref(), key)
    }

    pub(super) fn team(&mut self, name: &file::Text, key: &str) -> Option<TeamName> {
        let known = self.teams.clone();
        self.known(name, key, "team", "no [[team]] has the name", &known)
            .then(|| TeamName(name.get_ref().clone()))
    }

    pub(super) fn policy(&mut self, name: &file::Text, key: &str) -> Option<PolicyName> {
        let known = self.policies.clone();
        self.known(name, key, "policy", "no [[policy]] has the name", &known)
            .then(|| PolicyName(name.get_ref().clone()))
    }
}
