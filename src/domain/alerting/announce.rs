//! The text of a message brought to those who were told of its alert before, and what the log says of those left out.

use super::alert::AlertStory;
use super::log::{Happened, LogEntry};
use crate::domain::delivery::{Notification, Purpose, WRITTEN};
use crate::domain::directory::Recipient;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::PersonId;
use crate::domain::directory::reason::{Reason, Skipped};
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, Ids, NotificationId};
use jiff::Timestamp;

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

/// Brings the text to those who were told that the alert is open, and to nobody else. A text that was there by
/// then is not announced again. Who is to be told later only, by their rules or after their quiet hours, gets it with that.
pub fn text(story: &AlertStory, told: &[Notification], now: Timestamp, ids: &dyn Ids) -> Decision {
    match announced(story).last() {
        None => Decision::NotYet,
        Some(true) => Decision::Done,
        Some(false) => {
            let mut to: Vec<(&PersonId, &Device)> = vec![];
            let written = |one: &&Notification| WRITTEN.contains(&one.device.kind()) && one.due <= now;
            for one in told.iter().filter(written) {
                let addressee = (&one.person, &one.device);
                // Who was told by two steps is brought the text once.
                if !to.contains(&addressee) {
                    to.push(addressee);
                }
            }
            Decision::Announce(announcement(story, to.into_iter(), now, ids))
        }
    }
}

/// The announcements so far: whether each carried the text.
fn announced(story: &AlertStory) -> impl Iterator<Item = bool> {
    story.log.iter().filter_map(|entry| {
        if let Happened::Announced { with_text, .. } = &entry.what { Some(*with_text) } else { None }
    })
}

fn announcement<'a>(
    story: &AlertStory,
    to: impl Iterator<Item = (&'a PersonId, &'a Device)>,
    now: Timestamp,
    ids: &dyn Ids,
) -> Announcement {
    let notification = |(person, device): (&PersonId, &Device)| Notification {
        id: NotificationId::next(ids),
        alert: story.alert.id,
        person: person.clone(),
        device: device.clone(),
        purpose: Purpose::Text,
        due: now,
    };
    let notifications: Vec<_> = to.map(notification).collect();
    let what = Happened::Announced {
        messages: notifications.len(),
        with_text: story.text().is_some(),
        skipped: vec![],
    };
    let effects = notifications.iter().map(|one| sending(one).at(now)).collect();
    Announcement { alert: story.alert.id, notifications, log: LogEntry { at: now, what }, effects }
}

/// What sends a notification.
pub const fn sending(one: &Notification) -> Effect {
    match one.device.kind() {
        DeviceKind::Voice => Effect::RingPerson(one.id),
        DeviceKind::Webhook => Effect::PostToDevice(one.id),
        DeviceKind::Sms => Effect::SendSms(one.id),
        DeviceKind::Email => Effect::SendMail(one.id),
    }
}

/// Who was left out and why, for the alert's log.
pub(super) fn in_words(skipped: &Skipped) -> String {
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
