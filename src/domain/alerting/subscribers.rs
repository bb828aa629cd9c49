//! Who is told how an alert stands, besides those who are to answer it: the subscribers of its team, by text and mail.

#[cfg(test)]
mod tests;

use super::actor::Who;
use super::alert::{Alert, AlertStory};
use super::announce::{in_words, sending};
use super::change::Change;
use super::log::{Happened, LogEntry};
use super::news::{self, News, Topic};
use super::rules;
use super::state::AlertState;
use super::team::Team;
use crate::domain::delivery::ledger::Dropped;
use crate::domain::delivery::{Notification, Purpose, WRITTEN};
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::resolve::{self, Responder};
use crate::domain::directory::{Directory, Recipient};
use crate::domain::ids::{Ids, NotificationId};
use jiff::{SignedDuration, Timestamp};

/// Nobody is told of what follows so long a time in which nothing has happened to an alert.
const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// For how long it is news how an alert stands.
const NEWS_LIVES: SignedDuration = SignedDuration::from_hours(1);

/// How an alert came to stand as it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How it stands.
    pub state: AlertState,
    /// Who brought it there: the id of a person, or the name of an API key or a way in. `None`: nobody, it was time.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Who can be told, and how.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The alert's team.
    pub team: &'a Team,
    /// Who is who, and who is there at this moment.
    pub directory: &'a Directory,
    /// The kinds of device that messages can be sent to.
    pub can: &'a [DeviceKind],
}

/// How an alert came to stand as it does; `None`: nobody has answered it yet.
pub fn status<'a>(alert: &Alert, log: impl DoubleEndedIterator<Item = &'a LogEntry>) -> Option<Status> {
    let last = log.rev().find(|entry| is_status(&entry.what))?;
    let name = |who: &Who| match who {
        Who::Person(_) | Who::Key(_) | Who::Integration(_) => Some(who.name().to_owned()),
        Who::Rule(_) => None,
    };
    let by = match (&alert.closed, &alert.acknowledged) {
        (Some(closed), _) => name(&closed.by),
        (None, Some(ack)) => name(&ack.by),
        (None, None) => news::who(&last.what).map(str::to_owned),
    };
    Some(Status { state: alert.state(), by, at: last.at })
}

fn is_status(what: &Happened) -> bool {
    News::of(what).is_some_and(|news| news.topic() == Topic::Status) || news::is_taken_back(what)
}

/// What subscribers have not been told yet; `None`: nothing, or it is no news any more.
pub fn untold(story: &AlertStory, change: &Change, now: Timestamp) -> Option<Status> {
    let log = || story.log.iter().chain(&change.log);
    let status = status(&change.alert, log())?;
    if now.duration_since(status.at) > NEWS_LIVES {
        return None;
    }
    let before = log().rev().skip_while(|entry| !is_status(&entry.what)).nth(1);
    let before = before.map_or(change.alert.opened_at, |entry| entry.at);
    if status.at.duration_since(before) >= IDLE {
        return None;
    }
    let told = log().rev().find_map(|entry| {
        let Happened::SubscribersTold { state, by, .. } = &entry.what else { return None };
        Some((*state, by))
    });
    let is_told = match told {
        None | Some((AlertState::Open, _)) => status.state == AlertState::Open,
        Some((state, by)) => status.state == state && status.by == *by,
    };
    (!is_told).then_some(status)
}

/// Subscribers are told how the alert stands: all that are there, but whoever has brought it there, those in their quiet
/// hours, and those whose own rules are not for such an alert.
pub fn tell(
    change: &mut Change,
    story: &AlertStory,
    status: Status,
    audience: Audience<'_>,
    now: Timestamp,
    ids: &dyn Ids,
) {
    let (responders, mut skipped) = responders(story, audience, now);
    let caused = story.log.iter().chain(&change.log).rev().find(|entry| is_status(&entry.what));
    let caused = caused.and_then(|entry| news::who(&entry.what));
    let others: Vec<Responder> =
        responders.into_iter().filter(|one| Some(one.person.0.as_str()) != caused).collect();
    let can: Vec<_> = audience.can.iter().copied().filter(|kind| WRITTEN.contains(kind)).collect();
    let (reached, without) = resolve::reachable(audience.directory, &others, &can);
    skipped.extend(without.iter().map(in_words));
    let severity = change.alert.severity;
    let mut messages = 0;
    for one in reached {
        let person = one.person;
        if person.quiet_until(severity, now).is_some() {
            skipped.push(format!("{}: in their quiet hours", person.id));
            continue;
        }
        let planned = rules::plan(&person.id, &person.rules, &one.devices, severity, false, None, now);
        if planned.is_empty() {
            skipped.push(format!("{}: no rule of theirs is for this", person.id));
        }
        let mut devices = vec![];
        for device in planned.into_iter().map(|one| one.device) {
            // Told later by the same device means told by it.
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        for device in devices {
            let one = Notification {
                id: NotificationId::next(ids),
                alert: change.alert.id,
                person: person.id.clone(),
                device,
                purpose: Purpose::News(status.state),
                due: now,
            };
            change.effects.push(sending(&one).at(now));
            change.notifications.push(one);
            messages += 1;
        }
    }
    let Status { state, by, .. } = status;
    change.note(now, Happened::SubscribersTold { state, by, messages, skipped });
}

/// Who is to hear of it, and who is left out, in words.
fn responders(story: &AlertStory, audience: Audience<'_>, now: Timestamp) -> (Vec<Responder>, Vec<String>) {
    let told = story.log.iter().filter(|_| audience.team.tells_the_told).filter_map(|entry| {
        let Happened::Notified { person, .. } = &entry.what else { return None };
        Some(Recipient::Person(PersonId(person.clone())))
    });
    let (mut responders, mut skipped): (Vec<Responder>, Vec<String>) = (vec![], vec![]);
    let mut asked: Vec<Recipient> = vec![];
    for recipient in audience.team.subscribers.iter().cloned().chain(told) {
        if asked.contains(&recipient) {
            continue;
        }
        let found = resolve::on_call(audience.directory, &recipient, now);
        asked.push(recipient);
        skipped.extend(found.skipped.iter().map(in_words));
        for one in found.responders {
            if !responders.iter().any(|known| known.person == one.person) {
                responders.push(one);
            }
        }
    }
    (responders, skipped)
}

/// Why news are not needed any more, besides that they are not true; `None`: they are needed.
pub fn drops(one: &Notification, story: &AlertStory, now: Timestamp) -> Option<Dropped> {
    one.purpose.news()?;
    if now.duration_since(one.due) > NEWS_LIVES {
        return Some(Dropped::Old);
    }
    let by = status(&story.alert, story.log.iter()).and_then(|status| status.by);
    (by.as_ref() == Some(&one.person.0)).then_some(Dropped::Answered)
}
