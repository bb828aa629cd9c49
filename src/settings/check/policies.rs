//! `[[policy]]`: who is told when, and whether there is anybody.

use super::{Check, Seen, shown};
use crate::domain::alerting::policy::{Policy, PolicyName, Repeats, Step, Target, WebhookName};
use crate::domain::alerting::team::Team;
use crate::domain::directory::Directory;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::reason::Reason;
use crate::domain::directory::resolve::{everyone_in, reachable};
use crate::settings::file::{self, File};
use jiff::SignedDuration;
use std::ops::Range;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn policies(&mut self, entries: &[Spanned<file::Policy>]) -> Vec<Policy> {
        let mut seen = Seen::new();
        let mut policies = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("policy[{}]", index + 1);
            let file = entry.get_ref();
            let steps = self.steps(&file.step, &key);
            let last = file.last_resort.as_ref();
            let hint = "somebody must be told when nobody has answered";
            let last = last.map(|last| self.policy_targets(last, &format!("{key}.last_resort"), hint));
            let repeats = self.repeats(file, &key);
            let minutes = file.last_resort_every_minutes;
            let (Some(name), Some(last_resort)) = (&file.name, last) else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            if self.unique(&mut seen, name.get_ref(), name.span(), &format!("{key}.name"), &shown) {
                policies.push(Policy {
                    name: PolicyName(name.get_ref().clone()),
                    steps,
                    repeats,
                    last_resort,
                    last_resort_every: (minutes > 0).then(|| SignedDuration::from_mins(i64::from(minutes))),
                });
            }
        }
        policies
    }

    fn steps(&mut self, entries: &[Spanned<file::Step>], policy: &str) -> Vec<Step> {
        let mut steps = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{policy}.step[{}].to", index + 1);
            let file::Step { to, wait_seconds } = entry.get_ref();
            let hint = "say who is told, or leave the step out";
            let Some(to) = to else { continue };
            let targets = self.policy_targets(to, &key, hint);
            steps.push(Step { targets, wait: SignedDuration::from_secs(i64::from(*wait_seconds)) });
        }
        steps
    }

    fn repeats(&mut self, file: &file::Policy, key: &str) -> Repeats {
        if !file.forever {
            return Repeats::Times(*file.repeats.get_ref());
        }
        let at = file.repeats.span();
        if !at.is_empty() {
            let found =
                self.findings.warning(&at, format!("{key}.repeats"), "is not used with forever = true");
            found.hint("leave one of the two out");
        }
        Repeats::Forever
    }

    fn policy_targets(&mut self, entries: &file::PolicyTargets, key: &str, hint: &str) -> Vec<Target> {
        if entries.get_ref().is_empty() {
            self.findings.problem(&entries.span(), key, "is empty").hint(hint);
        }
        let mut seen = Seen::new();
        let mut targets = Vec::with_capacity(entries.get_ref().len());
        for (index, entry) in entries.get_ref().iter().enumerate() {
            let key = format!("{key}[{}]", index + 1);
            let Some(target) = self.policy_target(entry, &key) else { continue };
            let shown = in_words(&target);
            if self.unique(&mut seen, target.clone(), entry.span(), &key, &shown) {
                targets.push(target);
            }
        }
        targets
    }

    fn policy_target(&mut self, entry: &Spanned<file::PolicyTarget>, key: &str) -> Option<Target> {
        let file::PolicyTarget { on_duty, everyone, person, group, schedule, webhook } = entry.get_ref();
        for (flag, name) in [(on_duty, "on_duty"), (everyone, "everyone")] {
            if let Some(flag) = flag.as_ref().filter(|flag| !*flag.get_ref()) {
                let found = self.findings.problem(&flag.span(), format!("{key}.{name}"), "is false");
                found.hint("leave it out: who is not named is not told");
                return None;
            }
        }
        let is_named = person.is_some() || group.is_some() || schedule.is_some();
        match (on_duty.is_some(), everyone.is_some(), webhook, is_named) {
            (true, false, None, false) => Some(Target::OnDuty),
            (false, true, None, false) => Some(Target::Everyone),
            (false, false, Some(name), false) => {
                let name = self.outbound(name, &format!("{key}.webhook"))?;
                Some(Target::Webhook(name))
            }
            (false, false, None, true) => self
                .named(&entry.span(), key, [person.as_ref(), group.as_ref(), schedule.as_ref()])
                .map(Target::Recipient),
            (false, false, None, false) => {
                let found = self.findings.absent(&entry.span(), key, "names nobody");
                found.hint(
                    "write { on_duty = true }, { everyone = true }, { person = \"id\" }, { group = \"name\" }, \
                     { schedule = \"name\" } or { webhook = \"name\" }",
                );
                None
            }
            _ => {
                let found = self.findings.problem(&entry.span(), key, "names more than one");
                found.hint("for several, write an entry for each");
                None
            }
        }
    }

    fn outbound(&mut self, name: &file::Text, key: &str) -> Option<WebhookName> {
        let known = self.webhooks.clone();
        self.known(name, key, "webhook", "no [[webhook]] has the name", &known)
            .then(|| WebhookName(name.get_ref().clone()))
    }

    /// Warns of policies that nobody follows, and of what in the others reaches nobody. `can`: the kinds of device that
    /// the settings have a way to.
    pub(super) fn can_policies_reach(
        &mut self,
        file: &File,
        (teams, policies): (&[Team], &[Policy]),
        directory: &Directory,
        can: &[DeviceKind],
    ) {
        let followed = file.team.iter().map(Spanned::get_ref).flat_map(|team| {
            let of_categories =
                team.category.iter().filter_map(|category| category.get_ref().policy.as_ref());
            of_categories.chain(&team.policy).map(|name| name.get_ref().as_str())
        });
        let followed: Vec<_> = followed.collect();
        // Where a name was not known, it may have been meant to be any of these.
        let is_known = !self.findings.any(|key| key.starts_with("team[") && key.ends_with(".policy"));
        for (index, entry) in file.policy.iter().enumerate() {
            let key = format!("policy[{}]", index + 1);
            let written = entry.get_ref();
            let Some(name) = &written.name else { continue };
            if !followed.contains(&name.get_ref().as_str()) {
                if is_known {
                    let message = "is followed by nobody";
                    let found = self.findings.warning(&name.span(), format!("{key}.name"), message);
                    found.hint("name it as policy of a [[team]] or of a category, or leave it out");
                }
                continue;
            }
            // Of two of one name the second was reported, and is none.
            let Some(policy) = policies.iter().find(|one| one.name.0 == *name.get_ref()) else { continue };
            let teams: Vec<_> = teams.iter().filter(|team| follows(team, &policy.name)).collect();
            let places = written.step.iter().map(|step| step.get_ref().to.as_ref().map(Spanned::span));
            // A step that was left out is a problem; then the others can't be found by their number.
            let places: Vec<Range<usize>> = places.flatten().collect();
            if places.len() == policy.steps.len() {
                for (index, (step, at)) in policy.steps.iter().zip(&places).enumerate() {
                    let key = format!("{key}.step[{}].to", index + 1);
                    let hint = "the step is left out then: give them a device, or name somebody else";
                    self.reaches(&teams, &step.targets, directory, can, (at, &key, hint));
                }
            }
            if let Some(last) = &written.last_resort {
                let (at, key) = (last.span(), format!("{key}.last_resort"));
                let hint = "an alert that nobody answers would be lost: name somebody who can be reached";
                self.reaches(&teams, &policy.last_resort, directory, can, (&at, &key, hint));
            }
        }
    }

    /// Warns of the first team for which those targets reach nobody.
    fn reaches(
        &mut self,
        teams: &[&Team],
        targets: &[Target],
        directory: &Directory,
        can: &[DeviceKind],
        (at, key, hint): (&Range<usize>, &str, &str),
    ) {
        if targets.is_empty() {
            return;
        }
        let unreached =
            |team: &&&Team| !targets.iter().any(|target| is_reached(team, target, directory, can));
        let Some(team) = teams.iter().find(unreached) else { return };
        let depends = targets.iter().any(|target| matches!(target, Target::OnDuty | Target::Everyone));
        let message = if depends {
            format!("nobody of these can be told of an alert of \"{}\"", team.name)
        } else {
            "nobody of these can be told".to_owned()
        };
        self.findings.warning(at, key, message).hint(hint);
    }
}

fn follows(team: &Team, policy: &PolicyName) -> bool {
    let of_category = |category: &crate::domain::alerting::category::Category| {
        category.policy.as_ref().is_some_and(|own| own == policy)
    };
    team.policy == *policy || team.categories.iter().any(of_category)
}

/// Whether anybody there could ever be told, on duty or not. Who belongs to a group that another system knows is asked
/// there: they may have a device.
fn is_reached(team: &Team, target: &Target, directory: &Directory, can: &[DeviceKind]) -> bool {
    let recipients = match target {
        Target::OnDuty => team.on_call.as_slice(),
        Target::Everyone => team.members.as_slice(),
        Target::Recipient(recipient) => std::slice::from_ref(recipient),
        Target::Webhook(_) => return true,
    };
    recipients.iter().any(|recipient| {
        let everyone = everyone_in(directory, recipient);
        let is_unknown = everyone.skipped.iter().any(|skipped| skipped.reason == Reason::Unknown);
        is_unknown || !reachable(directory, &everyone.responders, can).0.is_empty()
    })
}

fn in_words(target: &Target) -> String {
    match target {
        Target::OnDuty => "on_duty".to_owned(),
        Target::Everyone => "everyone".to_owned(),
        Target::Recipient(recipient) => shown(recipient),
        Target::Webhook(name) => format!("\"{name}\""),
    }
}
