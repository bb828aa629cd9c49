//! Who is told of an alert next, until somebody answers: decided from the alert, the facts and the time.

#[cfg(test)]
mod tests;

use super::actor::{Actor, Channel, Who};
use super::alert::{Alert, AlertStory};
use super::announce::in_words;
use super::change::Change;
use super::hook::HookMessage;
use super::life;
use super::log::Happened;
use super::place::Escalation;
use super::policy::{Policy, Repeats, Target, WebhookName};
use super::rules;
use super::scenario::Scenario;
use super::team::Team;
use crate::domain::delivery::{Notification, Purpose};
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::person::{PersonId, Rule};
use crate::domain::directory::reason::{Reason, Skipped};
use crate::domain::directory::resolve::{self, OnCall, Responder};
use crate::domain::directory::{Directory, Recipient};
use crate::domain::ids::{HookMessageId, Ids, NotificationId};
use jiff::{SignedDuration, Timestamp};

/// What a decision must know besides the alert.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who is who, and who is on call at this moment.
    pub directory: &'a Directory,
    /// The alert's team, where it has one.
    pub team: Option<&'a Team>,
    /// The policy that it is to follow; `None`: its people are told once.
    pub policy: Option<&'a Policy>,
    /// The kinds of device that messages can be sent to.
    pub can: &'a [DeviceKind],
}

/// What is to be done about an alert now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// This. It may be nothing but the moment of the next look.
    Do(Box<Change>),
    /// Nothing for the moment: nobody can be asked whom it is for. It is to be looked at again soon.
    NotYet,
}

/// How many steps that reach nobody are passed over within one look; the others are left to the next one.
const MOST_STEPS: u32 = 100;

/// What is to be done about an alert now.
pub fn look(story: &AlertStory, facts: &Facts<'_>, now: Timestamp, ids: &dyn Ids) -> Look {
    if let Some((by, _)) = closing(&story.alert, facts).filter(|(_, at)| *at <= now) {
        // It is open, or there would be no closing.
        if let Ok(change) = life::resolve(story.alert.clone(), &by, now) {
            return rest(change, None);
        }
    }
    match pursue(story, facts, now, ids) {
        Look::Do(mut change) => {
            if let Some((_, at)) = closing(&change.alert, facts) {
                change.alert.due_at = Some(change.alert.due_at.map_or(at, |due| due.min(at)));
            }
            Look::Do(change)
        }
        Look::NotYet => Look::NotYet,
    }
}

/// When an alert is closed by itself, and by which rule; `None`: never.
fn closing(alert: &Alert, facts: &Facts<'_>) -> Option<(Actor, Timestamp)> {
    if alert.closed.is_some() || alert.is_held {
        return None;
    }
    let team = facts.team?;
    let (rule, since, after) = match &alert.acknowledged {
        Some(ack) => ("close_acknowledged_hours", ack.at, team.close_acknowledged_after?),
        None => ("close_hours", alert.opened_at, team.close_after?),
    };
    let by = Actor { who: Who::Rule(rule.to_owned()), from: Channel::Settings };
    Some((by, later(alert.counts_from(since), after)))
}

/// The search for somebody who answers.
fn pursue(story: &AlertStory, facts: &Facts<'_>, now: Timestamp, ids: &dyn Ids) -> Look {
    let mut change = Change::of(story.alert.clone());
    let alert = &mut change.alert;
    if alert.closed.is_some() || alert.is_held {
        return rest(change, None);
    }
    if let Some(ack) = alert.acknowledged.clone() {
        let timeout = facts.team.and_then(|team| team.acknowledge_timeout);
        let Some(expires) = timeout.map(|timeout| later(alert.counts_from(ack.at), timeout)) else {
            return rest(change, None);
        };
        if now < expires {
            return rest(change, Some(expires));
        }
        life::unanswered(alert, now);
        change.note(now, Happened::AcknowledgementExpired { by: ack.by.name().to_owned() });
    }
    let alert = &mut change.alert;
    if let Some(until) = alert.progress.snoozed_until {
        if now < until {
            return rest(change, Some(until));
        }
        alert.progress.snoozed_until = None;
        alert.progress.escalation.go_on(now);
    }
    let escalation = &mut alert.progress.escalation;
    if !escalation.has_begun && escalation.asked_by.is_none() {
        let category = facts.team.zip(alert.content.category.as_ref());
        let category = category.and_then(|(team, name)| team.category(&name.0));
        if let Some(until) = category.and_then(|category| category.maintenance_ends(now)) {
            // Said once for each end: a window that is moved in the settings counts as it is then.
            let said = Happened::InMaintenance { until };
            if !story.log.iter().any(|entry| entry.what == said) {
                change.note(now, said);
            }
            return rest(change, Some(until));
        }
    }
    follow(&mut change, facts.policy, now);
    let next_at = change.alert.progress.escalation.next_at;
    let has_begun = change.alert.progress.escalation.has_begun;
    match next_at {
        Some(at) if now < at => return rest(change, Some(at)),
        None if has_begun => return rest(change, None),
        Some(_) | None => {}
    }
    match facts.policy {
        Some(policy) => by_policy(change, story, policy, facts, now, ids),
        None => once(change, story, facts, now, ids),
    }
}

/// The alert follows that policy from now on. One that is not the one before begins with its first step, at once; so does
/// one that the settings have again.
fn follow(change: &mut Change, policy: Option<&Policy>, now: Timestamp) {
    let escalation = &mut change.alert.progress.escalation;
    let name = policy.map(|policy| policy.name.clone());
    if escalation.policy == name {
        return;
    }
    let before = std::mem::replace(&mut escalation.policy, name.clone());
    if before.is_none() && !escalation.has_begun {
        return;
    }
    if name.is_some() {
        escalation.begin_anew(now);
    }
    change.note(now, Happened::PolicyChanged { from: before.map(|one| one.0), to: name.map(|one| one.0) });
}

/// Its people are told, and nobody after them.
fn once(mut change: Change, story: &AlertStory, facts: &Facts<'_>, now: Timestamp, ids: &dyn Ids) -> Look {
    let targets = first_targets(&change.alert, &[Target::OnDuty]);
    let told = Told::find(&change.alert, &targets, facts, now, (None, false));
    if told.is_nobody() && told.is_unknown {
        return Look::NotYet;
    }
    begun(&mut change, facts, now);
    change.alert.progress.escalation.next_at = None;
    change.alert.progress.escalation.asked_by = None;
    told.announce(&mut change, story, now, ids);
    rest(change, None)
}

/// The step that is due, or the first after it that reaches anybody.
fn by_policy(
    mut change: Change,
    story: &AlertStory,
    policy: &Policy,
    facts: &Facts<'_>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Look {
    let asked_by = change.alert.progress.escalation.asked_by.take();
    let mut passed = PassedOver::default();
    for _ in 0..MOST_STEPS {
        let escalation = &mut change.alert.progress.escalation;
        let (step, wait) = next(escalation, policy, &passed);
        if step.is_none() && asked_by.is_none() && is_told_enough(escalation, policy) {
            let next_at = after_last_resort(escalation, policy, &passed, false, now);
            return rest_until(change, now, next_at);
        }
        let round = escalation.round;
        let targets = match step {
            Some(index) => policy.steps.get(index).map_or(&[][..], |step| &step.targets),
            None => &policy.last_resort,
        };
        let targets = if change.alert.progress.escalation.has_begun {
            targets.to_vec()
        } else {
            first_targets(&change.alert, targets)
        };
        let told = Told::find(&change.alert, &targets, facts, now, (wait, step.is_none()));
        let is_told = !told.is_nobody();
        let number = step.and_then(|index| u32::try_from(index + 1).ok());
        let policy_name = policy.name.0.clone();
        if is_told {
            begun(&mut change, facts, now);
            change.note(now, Happened::Escalated { policy: policy_name, step: number, round, asked_by });
            told.announce(&mut change, story, now, ids);
            let escalation = &mut change.alert.progress.escalation;
            let next_at = if step.is_some() {
                escalation.step += 1;
                escalation.unreached_since = None;
                escalation.is_last_resort_told = false;
                wait.map(|wait| later(now, wait))
            } else {
                after_last_resort(escalation, policy, &passed, true, now)
            };
            return rest_until(change, now, next_at);
        }
        // Nobody is told because nobody could be asked who it is: it is asked again, and the next step is not kept waiting
        // for that.
        if told.is_unknown && step.is_none() {
            return Look::NotYet;
        }
        told.leave_for_later(&mut change, now, ids);
        let skipped = told.skipped.iter().map(in_words).chain(told.quiet.iter().cloned()).collect();
        let what = Happened::StepSkipped { policy: policy_name, step: number, skipped };
        if !is_said(story, &what) {
            change.note(now, what);
        }
        let escalation = &mut change.alert.progress.escalation;
        if step.is_some() {
            escalation.step += 1;
            passed.steps += 1;
            passed.is_unknown |= told.is_unknown;
            continue;
        }
        // Not even the last resort can be reached: it is tried again, as long as the alert is open.
        let next_at = after_last_resort(escalation, policy, &passed, false, now);
        begun(&mut change, facts, now);
        return rest_until(change, now, next_at);
    }
    rest_until(change, now, Some(later(now, UNREACHABLE)))
}

/// The steps that reach nobody, of one look: one after another.
#[derive(Debug, Default)]
struct PassedOver {
    steps: usize,
    /// Whether one of them might reach somebody who could not be found out just then.
    is_unknown: bool,
}

impl PassedOver {
    /// Whether those are all steps that there are.
    const fn is_whole_round(&self, policy: &Policy) -> bool {
        !policy.steps.is_empty() && self.steps >= policy.steps.len()
    }
}

/// After how long it is tried again, at first, where nobody at all could be reached.
const UNREACHABLE: SignedDuration = SignedDuration::from_mins(1);

/// After how long it is tried again, at most, where nobody has been reachable for some time.
const STILL_UNREACHABLE: SignedDuration = SignedDuration::from_mins(15);

/// The least time between two steps.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);

/// The step that comes next, and how long it waits for an answer; `None`: the last resort.
fn next(
    escalation: &mut Escalation,
    policy: &Policy,
    passed: &PassedOver,
) -> (Option<usize>, Option<SignedDuration>) {
    let last_resort = (None, policy.last_resort_every);
    if escalation.is_exhausted || passed.is_whole_round(policy) {
        return last_resort;
    }
    let index = usize::try_from(escalation.step).unwrap_or(usize::MAX);
    if let Some(step) = policy.steps.get(index) {
        return (Some(index), Some(step.wait));
    }
    match policy.steps.first() {
        Some(step) if has_round_left(escalation, policy) => {
            escalation.step = 0;
            escalation.round = escalation.round.saturating_add(1);
            (Some(0), Some(step.wait))
        }
        Some(_) | None => last_resort,
    }
}

/// Whether the steps are to be made once more after this round.
const fn has_round_left(escalation: &Escalation, policy: &Policy) -> bool {
    match policy.repeats {
        Repeats::Forever => true,
        Repeats::Times(times) => escalation.round < times,
    }
}

/// Whether nobody is left to tell for now: not one step reaches anybody, and the last resort knows, and is to be told once.
const fn is_told_enough(escalation: &Escalation, policy: &Policy) -> bool {
    escalation.is_last_resort_told && !escalation.is_exhausted && policy.last_resort_every.is_none()
}

/// When the search goes on after the last resort, and with what. `is_told`: the last resort was reached. Where that was its
/// turn only because not one step reached anybody just then, the steps are tried again: such a round counts as made, as long
/// as somebody has heard of it, and nobody is known to be missed.
fn after_last_resort(
    escalation: &mut Escalation,
    policy: &Policy,
    passed: &PassedOver,
    is_told: bool,
    now: Timestamp,
) -> Option<Timestamp> {
    let is_gap = !escalation.is_exhausted && passed.is_whole_round(policy);
    if is_gap && (!is_told || passed.is_unknown) {
        escalation.step = 0;
    } else if is_gap && has_round_left(escalation, policy) {
        escalation.step = u32::try_from(policy.steps.len()).unwrap_or(u32::MAX);
    } else {
        escalation.is_exhausted = true;
    }
    escalation.is_last_resort_told |= is_told;
    let since = *escalation.unreached_since.get_or_insert(now);
    let again = now.duration_since(since).clamp(UNREACHABLE, STILL_UNREACHABLE);
    match policy.last_resort_every {
        Some(every) if is_told => Some(later(now, every)),
        None if is_told && escalation.is_exhausted => None,
        Some(_) | None => Some(later(now, again)),
    }
}

/// Whether the log says that already, since anybody was told: it is not said at every try.
fn is_said(story: &AlertStory, what: &Happened) -> bool {
    let lately = story.log.iter().rev().take_while(|entry| !matches!(entry.what, Happened::Escalated { .. }));
    lately.into_iter().any(|entry| entry.what == *what)
}

/// An emergency's first step reaches everyone, whatever the policy says.
fn first_targets(alert: &Alert, targets: &[Target]) -> Vec<Target> {
    let mut targets = targets.to_vec();
    if alert.scenario == Scenario::Emergency && !targets.contains(&Target::Everyone) {
        targets.insert(0, Target::Everyone);
    }
    targets
}

/// Its people are being told for the first time. Where it was not known who was on duty when it was made, those who are now
/// must answer.
fn begun(change: &mut Change, facts: &Facts<'_>, now: Timestamp) {
    let progress = &mut change.alert.progress;
    if progress.escalation.has_begun {
        return;
    }
    progress.escalation.has_begun = true;
    if progress.on_duty.is_empty() {
        progress.on_duty = on_duty(&change.alert.recipients, facts.directory, now).people;
    }
}

/// Who is on duty at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct OnDuty {
    /// Nobody twice, in the order in which they are tried.
    pub people: Vec<PersonId>,
    /// Whether there may be others, since another directory could not be asked.
    pub is_unknown: bool,
}

/// Who is on duty there at that moment.
pub(super) fn on_duty(recipients: &[Recipient], directory: &Directory, now: Timestamp) -> OnDuty {
    let mut found = OnDuty::default();
    for recipient in recipients {
        let OnCall { responders, skipped } = resolve::on_call(directory, recipient, now);
        found.is_unknown |= skipped.iter().any(|one| one.reason == Reason::Unknown);
        for responder in responders {
            if !found.people.contains(&responder.person) {
                found.people.push(responder.person);
            }
        }
    }
    found
}

/// Who is told by one step.
struct Told {
    /// Who, by which device, from when on.
    people: Vec<rules::Planned>,
    /// The same of those who are left alone until the step is over, and longer.
    put_off: Vec<rules::Planned>,
    /// Programs.
    webhooks: Vec<WebhookName>,
    skipped: Vec<Skipped>,
    /// Who is left alone for now by their own wish, in words.
    quiet: Vec<String>,
    /// Whether somebody could not be found because another directory could not be asked.
    is_unknown: bool,
}

impl Told {
    /// Whom those targets reach. Those who have acknowledged are left alone. `wait`: how long they have to answer.
    /// `is_last`: there is nobody after them, so that their quiet hours don't count, and neither does when their rules want
    /// them to be told, as long as they are. An emergency is no time for quiet hours either, nor for rules that leave
    /// somebody out.
    fn find(
        alert: &Alert,
        targets: &[Target],
        facts: &Facts<'_>,
        now: Timestamp,
        (wait, is_last): (Option<SignedDuration>, bool),
    ) -> Self {
        let mut responders: Vec<Responder> = vec![];
        let mut skipped = vec![];
        let mut webhooks = vec![];
        let mut add = |found: OnCall| {
            skipped.extend(found.skipped);
            for responder in found.responders {
                if !responders.iter().any(|known| known.person == responder.person) {
                    responders.push(responder);
                }
            }
        };
        for target in targets {
            match target {
                Target::OnDuty => {
                    for to in &alert.recipients {
                        add(resolve::on_call(facts.directory, to, now));
                    }
                }
                Target::Everyone => {
                    let members = facts.team.map_or(&alert.recipients, |team| &team.members);
                    for to in members {
                        add(resolve::everyone_in(facts.directory, to));
                    }
                }
                Target::Recipient(to) => add(resolve::on_call(facts.directory, to, now)),
                Target::Webhook(name) => webhooks.push(name.clone()),
            }
        }
        responders.retain(|one| !alert.progress.acks.iter().any(|ack| ack.by.person() == Some(&one.person)));
        let is_unknown = skipped.iter().any(|one| one.reason == Reason::Unknown);
        let (reached, without) = resolve::reachable(facts.directory, &responders, facts.can);
        skipped.extend(without);
        let mut quiet = vec![];
        let (mut people, mut put_off) = (vec![], vec![]);
        let is_pressing = is_last || alert.scenario == Scenario::Emergency;
        for one in &reached {
            let has_policy = facts.policy.is_some();
            let person = one.person;
            let rests = if is_pressing { None } else { person.quiet_until(alert.severity, now) };
            let by = |rules: &[Rule]| {
                rules::plan(&person.id, rules, &one.devices, alert.severity, has_policy, rests, now)
            };
            let mut planned = by(&person.rules);
            if is_pressing && planned.is_empty() {
                // Better told against their rules than not at all.
                planned = by(&[]);
            }
            let in_time =
                |one: &rules::Planned| wait.is_none_or(|wait| one.due <= now || one.due < later(now, wait));
            if planned.iter().any(in_time) || (is_last && !planned.is_empty()) {
                people.extend(planned);
            } else if planned.is_empty() && person.rules.is_empty() {
                // What they have rings, and phones are rung where there is a policy.
                let recipient = Recipient::Person(person.id.clone());
                skipped.push(Skipped { recipient, reason: Reason::NoDevice });
            } else if let Some(first) = planned.iter().map(|one| one.due).min() {
                quiet.push(format!("{}: not to be told before {first}", person.id));
                put_off.extend(planned);
            } else if person.rules.iter().any(|rule| rule.is_for(alert.severity)) {
                quiet.push(format!("{}: no device that their rules name can be used", person.id));
            } else {
                quiet.push(format!("{}: no rule of theirs is for this severity", person.id));
            }
        }
        Self { people, put_off, webhooks, skipped, quiet, is_unknown }
    }

    /// Whether there is nobody to tell before the step is over.
    const fn is_nobody(&self) -> bool {
        self.people.is_empty() && self.webhooks.is_empty()
    }

    /// Who is left alone until the step is over is told after that, where it is still needed then; the search does not wait
    /// for them. Steps that name them meanwhile put that off no further, and tell them no second time.
    fn leave_for_later(&self, change: &mut Change, now: Timestamp, ids: &dyn Ids) {
        change.alert.progress.escalation.put_off.retain(|_person, until| *until > now);
        let known = change.alert.progress.escalation.put_off.clone();
        for planned in self.put_off.iter().filter(|planned| !known.contains_key(&planned.person)) {
            let put_off = &mut change.alert.progress.escalation.put_off;
            let until = put_off.entry(planned.person.clone()).or_insert(planned.due);
            *until = planned.due.max(*until);
            queue(planned, change, ids);
        }
    }

    /// They are told.
    fn announce(self, change: &mut Change, story: &AlertStory, now: Timestamp, ids: &dyn Ids) {
        for planned in &self.people {
            queue(planned, change, ids);
        }
        self.leave_for_later(change, now, ids);
        let step =
            change.log.iter().rev().find(|one| matches!(one.what, Happened::Escalated { .. })).cloned();
        for (webhook, entry) in self.webhooks.into_iter().zip(step.iter().cycle()) {
            change.hooks.push(HookMessage {
                id: HookMessageId::next(ids),
                alert: change.alert.id,
                webhook,
                entry: entry.clone(),
            });
        }
        let skipped = self.skipped.iter().map(in_words).chain(self.quiet).collect();
        let messages = change.notifications.len();
        change.note(now, Happened::Announced { messages, with_text: story.text().is_some(), skipped });
    }
}

/// A message is to be sent at its time.
fn queue(planned: &rules::Planned, change: &mut Change, ids: &dyn Ids) {
    let one = Notification {
        id: NotificationId::next(ids),
        alert: change.alert.id,
        person: planned.person.clone(),
        device: planned.device.clone(),
        purpose: Purpose::Alert,
        due: planned.due,
    };
    change.effects.push(super::announce::sending(&one).at(planned.due));
    change.notifications.push(one);
}

/// The next step is due then, and never in the same moment: whoever reads the settings may have no waits in them.
fn rest_until(mut change: Change, now: Timestamp, next_at: Option<Timestamp>) -> Look {
    let next_at = next_at.map(|at| at.max(later(now, SHORTEST_WAIT)));
    change.alert.progress.escalation.next_at = next_at;
    rest(change, next_at)
}

/// It is looked at again then.
fn rest(mut change: Change, due_at: Option<Timestamp>) -> Look {
    change.alert.due_at = due_at;
    Look::Do(Box::new(change))
}

fn later(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}
