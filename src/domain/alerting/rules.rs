//! By which devices a person is told, and when: their own rules, and their quiet hours.

use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::{PersonId, Rule};
use crate::domain::severity::Severity;
use jiff::{SignedDuration, Timestamp};

/// One message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// To whom.
    pub person: PersonId,
    /// By which device.
    pub device: Device,
    /// Not before.
    pub due: Timestamp,
}

/// After how long the phone of somebody without rules of their own rings, where they have not answered what was written
/// to them.
const PHONE_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// How a person is told, by those of their devices that can be used now. `rules`: how they want it; empty: as the product
/// does by itself. `is_pursued`: the alert follows a policy, and phones are rung for it. `quiet_until`: they are not to be
/// told before.
pub fn plan(
    person: &PersonId,
    rules: &[Rule],
    devices: &[&Device],
    severity: Severity,
    is_pursued: bool,
    quiet_until: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Planned> {
    let at = |wait: SignedDuration| {
        let due = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        quiet_until.map_or(due, |until| until.max(due))
    };
    let planned =
        |device: &Device, wait| Planned { person: person.clone(), device: device.clone(), due: at(wait) };
    let mut all: Vec<Planned> = vec![];
    if rules.is_empty() {
        for device in devices {
            match device.kind() {
                DeviceKind::Sms | DeviceKind::Email | DeviceKind::Webhook => {
                    all.push(planned(device, SignedDuration::ZERO));
                }
                DeviceKind::Voice if is_pursued => all.push(planned(device, PHONE_AFTER)),
                DeviceKind::Voice => {}
            }
        }
        // Who has nothing but phones is called at once, and by the others after that.
        if let Some(first) = all.first_mut()
            && devices.iter().all(|device| device.kind() == DeviceKind::Voice)
        {
            first.due = at(SignedDuration::ZERO);
        }
    }
    for rule in rules.iter().filter(|rule| rule.is_for(severity)) {
        for device in rule.devices.iter().filter(|device| devices.contains(device)) {
            let one = planned(device, rule.after);
            match all.iter_mut().find(|known| known.device == one.device && known.due == one.due) {
                Some(_) => {}
                None => all.push(one),
            }
        }
    }
    all
}
