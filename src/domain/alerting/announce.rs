//! Whom an alert's people are, at this moment, and what each of them is sent.

use super::alert::AlertStory;
use super::log::{Happened, LogEntry};
use crate::domain::delivery::Notification;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::reason::{Reason, Skipped};
use crate::domain::directory::resolve;
use crate::domain::directory::{Directory, Recipient};
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, Ids, NotificationId};
use jiff::Timestamp;

/// What is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    /// The alert is open.
    Alert,
    /// The text of its message has come.
    Text,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This.
    Announce(Announcement),
    /// Nothing: they have been told.
    Done,
    /// Nothing for the moment: the alert itself has to be announced first, or nobody can be asked whom it is for.
    NotYet,
}

/// Messages to the people of an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Of which alert.
    pub alert: AlertId,
    /// One a person and device.
    pub notifications: Vec<Notification>,
    /// What is added to the alert's log.
    pub log: LogEntry,
    /// What is done outside.
    pub effects: Vec<DueEffect>,
}

/// Tells the people on call, by the wanted kinds of device, that an alert is open.
pub fn opened(
    directory: &Directory,
    story: &AlertStory,
    wanted: &[DeviceKind],
    now: Timestamp,
    ids: &dyn Ids,
) -> Decision {
    if announced(story).next().is_some() || story.alert.closed.is_some() {
        return Decision::Done;
    }
    let mut responders = vec![];
    let mut skipped = vec![];
    for recipient in &story.alert.recipients {
        let on_call = resolve::on_call(directory, recipient, now);
        skipped.extend(on_call.skipped);
        for responder in on_call.responders {
            if !responders.iter().any(|known: &resolve::Responder| known.person == responder.person) {
                responders.push(responder);
            }
        }
    }
    let (reached, without) = resolve::reachable(directory, &responders, wanted);
    // Nobody is told because nobody could be asked who it is: it is asked again.
    if reached.is_empty() && skipped.iter().any(|one| one.reason == Reason::Unknown) {
        return Decision::NotYet;
    }
    skipped.extend(without);
    let to =
        reached.iter().flat_map(|reached| reached.devices.iter().map(|device| (&reached.person.id, *device)));
    Decision::Announce(announcement(story, Subject::Alert, to, &skipped, now, ids))
}

/// Brings the text to those who were told that the alert is open, and to nobody else. A text that was there by
/// then is not announced again.
pub fn text(story: &AlertStory, told: &[Notification], now: Timestamp, ids: &dyn Ids) -> Decision {
    match announced(story).last() {
        None => Decision::NotYet,
        Some(true) => Decision::Done,
        Some(false) => {
            let to = told.iter().map(|one| (&one.person, &one.device));
            Decision::Announce(announcement(story, Subject::Text, to, &[], now, ids))
        }
    }
}

/// The announcements so far: whether each carried the text.
fn announced(story: &AlertStory) -> impl Iterator<Item = bool> {
    story.log.iter().filter_map(|entry| match &entry.what {
        Happened::Announced { with_text, .. } => Some(*with_text),
        Happened::Opened { .. }
        | Happened::TextArrived
        | Happened::TextFailed
        | Happened::LinkNotShortened
        | Happened::AudioStored
        | Happened::AudioLost
        | Happened::Notified { .. }
        | Happened::NotNotified { .. }
        | Happened::Forwarded { .. }
        | Happened::NotForwarded { .. }
        | Happened::Called { .. }
        | Happened::NotReached { .. }
        | Happened::Joined { .. }
        | Happened::Left { .. }
        | Happened::Hunt { .. }
        | Happened::Missed
        | Happened::MessageLeft { .. }
        | Happened::Acknowledged { .. }
        | Happened::Unacknowledged { .. }
        | Happened::Resolved { .. } => None,
    })
}

fn announcement<'a>(
    story: &AlertStory,
    subject: Subject,
    to: impl Iterator<Item = (&'a PersonId, &'a Device)>,
    skipped: &[Skipped],
    now: Timestamp,
    ids: &dyn Ids,
) -> Announcement {
    let notification = |(person, device): (&PersonId, &Device)| Notification {
        id: NotificationId::next(ids),
        alert: story.alert.id,
        person: person.clone(),
        device: device.clone(),
        is_update: subject == Subject::Text,
    };
    let notifications: Vec<_> = to.map(notification).collect();
    let what = Happened::Announced {
        messages: notifications.len(),
        with_text: story.text().is_some(),
        skipped: skipped.iter().map(in_words).collect(),
    };
    let effects = notifications.iter().filter_map(sending).map(|effect| effect.at(now)).collect();
    Announcement { alert: story.alert.id, notifications, log: LogEntry { at: now, what }, effects }
}

/// What sends a notification; `None`: its device takes no message.
fn sending(one: &Notification) -> Option<Effect> {
    match one.device.kind() {
        DeviceKind::Voice | DeviceKind::Webhook => None,
        DeviceKind::Sms => Some(Effect::SendSms(one.id)),
        DeviceKind::Email => Some(Effect::SendMail(one.id)),
    }
}

/// Who was left out and why, for the alert's log.
fn in_words(skipped: &Skipped) -> String {
    let who = match &skipped.recipient {
        Recipient::Group(name) => format!("group {name}"),
        Recipient::Person(id) => id.to_string(),
        Recipient::Schedule(name) => format!("schedule {name}"),
    };
    match &skipped.reason {
        Reason::Away => format!("{who}: away, and nobody stands in"),
        Reason::AwayReplacedBy(other) => format!("{who}: away, {other} stands in"),
        Reason::Removed => format!("{who}: taken off the schedule"),
        Reason::ReplacedBy(other) => format!("{who}: {other} has taken the shift"),
        Reason::NotOnCall => format!("{who}: nobody is on call"),
        Reason::NoSuchPerson | Reason::NoSuchGroup | Reason::NoSuchSchedule => {
            format!("{who}: not in the directory any more")
        }
        Reason::Cycle => format!("{who}: contains itself"),
        Reason::Duplicate => format!("{who}: already told"),
        Reason::Elsewhere => format!("{who}: its members are known only where the alert is forwarded to"),
        Reason::DynamicTeam(team) => {
            format!("{who}: the people of its dynamic team {team} are not known here")
        }
        Reason::Strange(name) => format!("{who}: it is not known here what its member {name} is"),
        Reason::Inactive => format!("{who}: switched off in the directory that knows"),
        Reason::Unknown => format!("{who}: the directory that knows could not be asked"),
        Reason::NoDevice => format!("{who}: has no device for messages"),
    }
}
