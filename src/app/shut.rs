//! The devices that have been sent as much as they may, as far as this process has found out. Whoever decides in a flood
//! that somebody is told knows then at once that the message has to wait, and nothing is looked up for it in vain.

use crate::domain::delivery::throttle::{Rules, WINDOW};
use crate::domain::directory::device::Device;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many are known at most; further ones are found out anew.
const MOST: usize = 10_000;

/// By device and topic: until when nothing that is not urgent is sent.
#[derive(Debug, Clone, Default)]
pub struct Shut(Arc<Mutex<HashMap<(Device, String), Known>>>);

/// What is known of one.
#[derive(Debug, Clone, Copy)]
struct Known {
    rules: Rules,
    since: Timestamp,
    until: Timestamp,
}

impl Known {
    /// It holds while the rules and the clock go on as they were.
    fn holds(&self, rules: Rules, now: Timestamp) -> bool {
        self.rules == rules && self.since <= now && now < self.until && self.until <= self.latest()
    }

    fn latest(&self) -> Timestamp {
        self.since.checked_add(WINDOW).unwrap_or(Timestamp::MAX)
    }
}

impl Shut {
    /// There is no place for what that device is sent about that topic until then.
    pub fn learn(&self, device: &Device, topic: &str, rules: Rules, now: Timestamp, until: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, known| now < known.until);
        }
        if all.len() < MOST {
            all.insert((device.clone(), topic.to_owned()), Known { rules, since: now, until });
        }
    }

    /// Until when there is no place, by these rules; `None`: nobody has found that out.
    pub fn until(&self, device: &Device, topic: &str, rules: Rules, now: Timestamp) -> Option<Timestamp> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&(device.clone(), topic.to_owned()))?;
        known.holds(rules, now).then_some(known.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::PhoneNumber;
    use jiff::SignedDuration;

    #[test]
    fn g32_what_is_known_of_a_number_holds_for_its_topic_and_rules_and_as_long_as_the_clock_goes_on() {
        let device = Device::Sms(PhoneNumber::parse("+15550001").unwrap());
        let rules = Rules { most: 10, bundle_above: 3 };
        let at =
            |minutes: i64| Timestamp::from_second(1_000_000).unwrap() + SignedDuration::from_mins(minutes);
        let shut = Shut::default();
        shut.learn(&device, "Plant", rules, at(5), at(12));
        let known = |topic, rules, now| shut.until(&device, topic, rules, now);
        assert_eq!(known("Plant", rules, at(5)), Some(at(12)));
        assert_eq!(known("Plant", rules, at(11)), Some(at(12)));
        assert_eq!(known("Plant", rules, at(12)), None, "there is place again");
        assert_eq!(known("Plant", rules, at(4)), None, "the clock was put back");
        assert_eq!(known("Office", rules, at(6)), None, "another topic may overtake");
        assert_eq!(
            known("Plant", Rules { most: 11, ..rules }, at(6)),
            None,
            "the settings say something else"
        );
        shut.learn(&device, "Plant", rules, at(5), at(21));
        assert_eq!(known("Plant", rules, at(6)), None, "nothing waits for longer than the window");
    }
}
