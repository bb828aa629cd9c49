//! Other programs that are told what happens to alerts: which of them, of what, and in which order.

use super::log::LogEntry;
use super::news::{News, Topic};
use super::policy::WebhookName;
use super::team::TeamName;
use crate::domain::ids::{AlertId, HookMessageId, Ids};

/// A program that is told of alerts, as far as decisions need to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Unique.
    pub name: WebhookName,
    /// Whose alerts it is told of; `None`: all there are, those of no team too.
    pub teams: Option<Vec<TeamName>>,
    /// What it is told.
    pub topics: Vec<Topic>,
}

impl Hook {
    /// Whether it wants to hear that of an alert of that team.
    pub fn wants(&self, news: News, team: Option<&TeamName>) -> bool {
        let is_its = match (&self.teams, team) {
            (None, _) => true,
            (Some(teams), Some(team)) => teams.contains(team),
            (Some(_), None) => false,
        };
        is_its && self.topics.contains(&news.topic())
    }
}

/// One thing that one program is told. Those about the same alert are told in the order in which they were written: a later
/// one waits until the program has taken the earlier, or that is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookMessage {
    /// The same at every attempt, so that whoever gets it twice can tell.
    pub id: HookMessageId,
    /// About which alert.
    pub alert: AlertId,
    /// Who is told.
    pub webhook: WebhookName,
    /// What: an entry of the alert's log.
    pub entry: LogEntry,
}

/// What new entries of an alert's log mean to those programs. `known`: what they are told in any case, since a step of a
/// policy says so.
pub fn tell(
    hooks: &[&Hook],
    (alert, team): (AlertId, Option<&TeamName>),
    log: &[LogEntry],
    known: &[HookMessage],
    ids: &dyn Ids,
) -> Vec<HookMessage> {
    let mut messages = vec![];
    for entry in log {
        let Some(news) = News::of(&entry.what) else { continue };
        for hook in hooks.iter().filter(|hook| hook.wants(news, team)) {
            if known.iter().any(|one| one.webhook == hook.name && one.entry == *entry) {
                continue;
            }
            messages.push(HookMessage {
                id: HookMessageId::next(ids),
                alert,
                webhook: hook.name.clone(),
                entry: entry.clone(),
            });
        }
    }
    messages
}
