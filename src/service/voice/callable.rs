//! Who can be called for a live call, or into a conference.

use crate::app::{App, Live};
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::Recipient;
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::reason::{Reason, Skipped};
use crate::domain::directory::resolve;
use crate::domain::voice::call::Caller;
use crate::domain::voice::facts::Callable;
use crate::domain::voice::hunt::{Candidate, HuntOrder};
use crate::ports::error::StoreError;
use crate::service::on_call;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// For how long it counts when somebody was called last, in hours.
const REMEMBERED: i64 = 30 * 24;

/// Everyone who is on call for those recipients at that moment and has a phone that rings, but for the caller.
pub(super) async fn callable(
    app: &App,
    live: &Live,
    caller: Option<&Caller>,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<Callable, StoreError> {
    let directory = on_call::directory_for(app, recipients, now).await?;
    let mut callable = Callable::default();
    let mut first_level: u32 = 0;
    for recipient in recipients {
        let found = resolve::on_call(&directory, recipient, now);
        let (reached, without) = resolve::reachable(&directory, &found.responders, &[DeviceKind::Voice]);
        for one in &found.skipped {
            callable.is_unknown |= one.reason == Reason::Unknown;
        }
        callable.skipped.extend(found.skipped.iter().chain(&without).map(in_words));
        let mut last_level = first_level;
        for one in reached {
            if callable.candidates.iter().any(|known| known.person == one.person.id) {
                continue;
            }
            // Whoever calls is not rung on the phone that they call from, whoever else it belongs to.
            let is_caller = caller.is_some_and(|caller| caller.person.as_ref() == Some(&one.person.id));
            let is_in_use =
                |number: &&PhoneNumber| caller.is_some_and(|caller| caller.number.as_ref() == Some(*number));
            let numbers: Vec<_> = one
                .devices
                .iter()
                .filter_map(|device| match device {
                    Device::Voice(number) => Some(number),
                    Device::Sms(_) | Device::Email(_) | Device::Webhook(_) => None,
                })
                .filter(|number| !is_in_use(number))
                .cloned()
                .collect();
            if is_caller || numbers.is_empty() {
                callable.skipped.push(format!("{} is calling", one.person.id));
                continue;
            }
            let level = first_level.saturating_add(one.responder.level);
            last_level = last_level.max(level.saturating_add(1));
            callable.candidates.push(Candidate {
                person: one.person.id.clone(),
                name: one.person.name.clone(),
                language: one.person.language.clone().unwrap_or_else(|| live.settings.menu.language.clone()),
                numbers,
                level,
            });
        }
        first_level = last_level;
    }
    callable.called = match live.settings.menu.hunt.order {
        HuntOrder::RoundRobin => {
            let since = now.checked_sub(SignedDuration::from_hours(REMEMBERED)).unwrap_or(Timestamp::MIN);
            app.legs.called_since(since).await?
        }
        HuntOrder::Listed | HuntOrder::Random => BTreeMap::new(),
    };
    Ok(callable)
}

/// Who was left out and why, for the alert's log.
fn in_words(Skipped { recipient, reason }: &Skipped) -> String {
    let reason = if *reason == Reason::NoDevice { "has no phone".to_owned() } else { reason.to_string() };
    match recipient {
        Recipient::Group(name) => format!("group {name} {reason}"),
        Recipient::Person(id) => format!("{id} {reason}"),
        Recipient::Schedule(name) => format!("schedule {name} {reason}"),
    }
}
