//! What becomes of a message: written before a vendor is asked, and again when the vendor has answered.

use super::{Notification, Purpose, latest};
use crate::domain::alerting::state::AlertState;
use crate::domain::directory::device::DeviceKind;
use crate::domain::ids::NotificationId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Who transmits messages, by the name that logs, metrics and the API have for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VendorName(pub String);

impl std::fmt::Display for VendorName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is to be sent: at its time, when its device may be sent more, or at the next attempt.
    Waiting,
    /// A vendor is being asked to transmit it, or was when the program ended.
    Sending,
    /// A vendor has taken it.
    Sent,
    /// It has reached its device.
    Delivered,
    /// It could not be sent, or did not reach its device.
    Failed,
    /// Nobody needs it any more.
    Dropped,
    /// Nobody can tell whether a vendor has taken it, and it is not sent again.
    Unknown,
    /// Another message says it too.
    Bundled,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Failed,
        Self::Dropped,
        Self::Unknown,
        Self::Bundled,
    ];

    /// The word for the store, the API and metrics.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
            Self::Unknown => "unknown",
            Self::Bundled => "bundled",
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A message and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message.
    pub notification: Notification,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts that were begun.
    pub attempts: u32,
    /// Of one that waits: when it is tried next.
    pub next_at: Option<Timestamp>,
    /// Of one that waits: whether its device has been sent as much as it may for now.
    pub is_throttled: bool,
    /// When the last attempt began.
    pub started_at: Option<Timestamp>,
    /// When a vendor took it.
    pub sent_at: Option<Timestamp>,
    /// When it reached its device, failed for good, was dropped or joined to another.
    pub ended_at: Option<Timestamp>,
    /// Who was asked last to transmit it.
    pub vendor: Option<VendorName>,
    /// What that vendor calls it.
    pub vendor_ref: Option<String>,
    /// What that vendor can find it by, where it keeps no id of ours.
    pub trace: Option<String>,
    /// Why it failed, waits or was dropped, in words that name nobody's address.
    pub cause: Option<String>,
    /// The message that says it too.
    pub bundle: Option<NotificationId>,
}

/// That a vendor is about to be asked: durable before it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Which message.
    pub id: NotificationId,
    /// Which attempt at it, from 1: whoever begins the same one later has lost it to another.
    pub attempt: u32,
    /// Who is asked.
    pub vendor: VendorName,
    /// When.
    pub at: Timestamp,
    /// When what it says was read: what came later is not in it.
    pub as_of: Timestamp,
    /// What the vendor can find it by, where it keeps no id of ours: no words of the message.
    pub trace: Option<String>,
    /// Why the attempt before has failed, where it is still under way for the ledger.
    pub before: Option<String>,
    /// Messages that this one says too.
    pub bundled: Vec<NotificationId>,
    /// How many messages the device may have been sent by now; `None`: any number.
    pub limit: Option<Limit>,
}

/// How much a device may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Messages.
    pub most: u32,
    /// Begun after that moment.
    pub since: Timestamp,
    /// And not later than that one.
    pub until: Timestamp,
}

/// What is written of a message when something is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A vendor has taken it, and calls it by that name.
    Sent {
        /// When.
        at: Timestamp,
        /// The vendor's name of it, where it gives one.
        vendor_ref: Option<String>,
    },
    /// No vendor has taken it for now.
    Later {
        /// When that was known.
        at: Timestamp,
        /// Why, in words that name nobody's address.
        cause: String,
        /// When it is tried again.
        next: Timestamp,
    },
    /// It is not tried again.
    Failed {
        /// When that was known.
        at: Timestamp,
        /// Why, likewise.
        cause: String,
    },
    /// Nobody can tell whether it was taken, and it is not sent again.
    Unknown {
        /// When that was known.
        at: Timestamp,
        /// Why, likewise.
        cause: String,
    },
    /// Nobody needs it any more.
    Dropped {
        /// When that was known.
        at: Timestamp,
        /// Why.
        why: Dropped,
    },
    /// Its device has been sent as much as it may for now.
    Throttled {
        /// When it is looked at again.
        until: Timestamp,
    },
    /// It has reached its device.
    Delivered {
        /// When.
        at: Timestamp,
    },
}

/// Why a message was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// The matter has been dealt with.
    Resolved,
    /// Somebody takes care of it.
    Acknowledged,
    /// Its person has answered already.
    Answered,
    /// Its person knows of it, and has asked for others to be told.
    PassedOn,
    /// Nobody is to be told of it for a while.
    Snoozed,
    /// Somebody is being called about it just now.
    Held,
    /// Another message of the same matter went to the same device when this one was due, or is about to.
    Repeated,
    /// What it is about has been forgotten.
    Forgotten,
    /// It tells how the alert stood, and it stands otherwise by now.
    Changed,
    /// It tells how the alert stands, and that is no news any more.
    Old,
    /// It takes back what its device was never told.
    Untold,
    /// Its person wants no more of them, since then.
    Stopped(Timestamp),
}

impl Dropped {
    /// In words, for the log and the API.
    pub fn words(self) -> String {
        let words = match self {
            Self::Resolved => "resolved meanwhile",
            Self::Acknowledged => "acknowledged meanwhile",
            Self::Answered => "answered meanwhile",
            Self::PassedOn => "they have escalated it",
            Self::Snoozed => "snoozed meanwhile",
            Self::Held => "a call about it was under way",
            Self::Repeated => "the same device was told at the same time",
            Self::Forgotten => "forgotten meanwhile",
            Self::Changed => "changed again meanwhile",
            Self::Old => "no news any more",
            Self::Untold => "the same device was never told what it takes back",
            Self::Stopped(since) => {
                return format!("they sent STOP on {}", since.strftime("%Y-%m-%d %H:%M UTC"));
            }
        };
        words.to_owned()
    }
}

/// From when on a message that has reached its device counts as late.
pub const LATE: SignedDuration = SignedDuration::from_mins(1);

/// How much later than it was due a message has reached its device; `None`: in time.
pub fn lateness(due: Timestamp, reached: Timestamp) -> Option<SignedDuration> {
    let after = reached.duration_since(due);
    (after >= LATE).then_some(after)
}

/// What to do about a message of which nobody can tell whether a vendor has taken it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// Send it again: it may arrive twice.
    Resend,
    /// Leave it: it may never have been sent.
    Hold,
}

/// What an earlier message of a matter to a device means for a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sibling {
    /// Which message.
    pub id: NotificationId,
    /// What it is for.
    pub purpose: Purpose,
    /// How far it is.
    pub state: DeliveryState,
    /// When it was to be tried next, where it waits.
    pub next_at: Option<Timestamp>,
    /// When its last attempt began.
    pub started_at: Option<Timestamp>,
}

impl Sibling {
    /// Whether it says what a message for that purpose would.
    fn says(&self, purpose: Purpose) -> bool {
        match (self.purpose, purpose) {
            (Purpose::News(told), Purpose::News(wanted)) => told == wanted,
            // Its first message says less than the text that came after it.
            (Purpose::News(_), _) | (_, Purpose::News(_)) | (Purpose::Text, Purpose::Alert) => false,
            (Purpose::Alert | Purpose::Text, Purpose::Text) | (Purpose::Alert, Purpose::Alert) => true,
        }
    }
}

/// Whether a message takes back what its device was not told: that somebody has the matter, or that it is over.
pub fn is_untold(one: &Notification, siblings: &[Sibling]) -> bool {
    let is_told = |other: &Sibling| {
        let is_out = matches!(
            other.state,
            DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Unknown
        );
        is_out && other.purpose.news().is_some_and(|told| told != AlertState::Open)
    };
    one.purpose == Purpose::News(AlertState::Open) && !siblings.iter().any(is_told)
}

/// Whether another message of the same matter to the same device says at this moment what this one would: one that went
/// out since this one was due, or that is older and about to. So an outage that is longer than the waits between them
/// comes to one message. A phone that has rung has told of it, whether anybody has picked up or not.
pub fn is_repeated(one: &Notification, siblings: &[Sibling], now: Timestamp) -> bool {
    let is_phone = one.device.kind() == DeviceKind::Voice;
    let until = latest(now);
    let has_begun = |other: &Sibling| other.started_at.is_some_and(|at| at > one.due && at <= until);
    siblings.iter().filter(|other| other.id != one.id).any(|other| {
        if !other.says(one.purpose) {
            return false;
        }
        match other.state {
            DeliveryState::Waiting => other.id < one.id && other.next_at.is_none_or(|at| at <= now),
            DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Delivered => has_begun(other),
            DeliveryState::Failed => is_phone && has_begun(other),
            DeliveryState::Dropped | DeliveryState::Unknown | DeliveryState::Bundled => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::PhoneNumber;
    use crate::domain::directory::device::Device;
    use crate::domain::directory::person::PersonId;
    use crate::domain::ids::AlertId;
    use uuid::Uuid;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn id(n: u128) -> NotificationId {
        NotificationId(Uuid::from_u128(n))
    }

    fn message(n: u128, due: i64, purpose: Purpose) -> Notification {
        Notification {
            id: id(n),
            alert: AlertId(Uuid::nil()),
            person: PersonId("ada".to_owned()),
            device: Device::Sms(PhoneNumber::parse("+4930123456").unwrap()),
            purpose,
            due: at(due),
        }
    }

    const fn sibling(n: u128, state: DeliveryState, started_at: Option<Timestamp>) -> Sibling {
        let id = NotificationId(Uuid::from_u128(n));
        Sibling { id, purpose: Purpose::Alert, state, next_at: None, started_at }
    }

    #[test]
    fn g11_an_outage_longer_than_the_delays_comes_to_one_message() {
        let first = sibling(1, DeliveryState::Waiting, None);
        let second = sibling(2, DeliveryState::Waiting, None);
        assert!(!is_repeated(&message(1, 0, Purpose::Alert), &[first, second], at(600)));
        assert!(is_repeated(&message(2, 60, Purpose::Alert), &[first, second], at(600)));
        let sent = sibling(1, DeliveryState::Sent, Some(at(600)));
        assert!(is_repeated(&message(2, 60, Purpose::Alert), &[sent, second], at(600)));
    }

    #[test]
    fn a_message_that_went_out_before_the_next_was_due_does_not_replace_it() {
        let sent = sibling(1, DeliveryState::Delivered, Some(at(0)));
        assert!(!is_repeated(&message(2, 60, Purpose::Alert), &[sent], at(60)));
        let failed = sibling(1, DeliveryState::Failed, Some(at(600)));
        assert!(!is_repeated(&message(2, 60, Purpose::Alert), &[failed], at(600)));
        let later = Sibling { next_at: Some(at(900)), ..sibling(1, DeliveryState::Waiting, None) };
        assert!(
            !is_repeated(&message(2, 60, Purpose::Alert), &[later], at(600)),
            "a retry that may fail again"
        );
    }

    #[test]
    fn g11_a_phone_that_has_rung_has_told_of_it_though_nobody_picked_up() {
        let phone = Device::Voice(PhoneNumber::parse("+4930123456").unwrap());
        let second = Notification { device: phone, ..message(2, 60, Purpose::Alert) };
        let rung = |started_at| sibling(1, DeliveryState::Failed, started_at);
        assert!(is_repeated(&second, &[rung(Some(at(600)))], at(620)));
        assert!(!is_repeated(&second, &[rung(Some(at(0)))], at(60)), "it rang before the second was due");
        assert!(!is_repeated(&second, &[rung(None)], at(620)), "it has never rung");
    }

    #[test]
    fn g89_what_went_out_before_the_clock_was_put_back_is_no_message_of_this_moment() {
        let sent = sibling(1, DeliveryState::Sent, Some(at(7_200)));
        assert!(!is_repeated(&message(2, 60, Purpose::Alert), &[sent], at(60)), "two hours back");
        let ahead = sibling(1, DeliveryState::Sent, Some(at(90)));
        assert!(
            is_repeated(&message(2, 60, Purpose::Alert), &[ahead], at(60)),
            "another gateway's clock is ahead"
        );
    }

    #[test]
    fn a_text_is_brought_unless_a_later_message_has_it() {
        let first = sibling(1, DeliveryState::Sent, Some(at(60)));
        assert!(
            !is_repeated(&message(2, 60, Purpose::Text), &[first], at(60)),
            "it may have gone before the text came"
        );
        let waiting = sibling(1, DeliveryState::Waiting, None);
        assert!(is_repeated(&message(2, 60, Purpose::Text), &[waiting], at(60)), "it will have the text");
        let update = Sibling { purpose: Purpose::Text, ..sibling(1, DeliveryState::Sent, Some(at(70))) };
        assert!(!is_repeated(&message(2, 60, Purpose::Alert), &[update], at(80)));
    }

    #[test]
    fn g34_news_are_repeated_by_the_same_news_only() {
        let news = |n, state| message(n, 60, Purpose::News(state));
        let alert = sibling(1, DeliveryState::Sent, Some(at(70)));
        assert!(!is_repeated(&news(3, AlertState::Resolved), &[alert], at(80)));
        let told = Sibling { purpose: Purpose::News(AlertState::Resolved), ..alert };
        assert!(is_repeated(&news(3, AlertState::Resolved), &[told], at(80)));
        assert!(!is_repeated(&news(3, AlertState::Acknowledged), &[told], at(80)));
        assert!(!is_repeated(&message(3, 60, Purpose::Alert), &[told], at(80)), "news are no alert");
    }

    #[test]
    fn g34_what_was_never_told_is_not_taken_back() {
        let back = message(3, 60, Purpose::News(AlertState::Open));
        let told =
            |state| Sibling { purpose: Purpose::News(AlertState::Acknowledged), ..sibling(1, state, None) };
        assert!(is_untold(&back, &[sibling(1, DeliveryState::Sent, None)]), "the alert itself");
        assert!(is_untold(&back, &[told(DeliveryState::Dropped)]));
        assert!(!is_untold(&back, &[told(DeliveryState::Delivered)]));
        assert!(!is_untold(&message(3, 60, Purpose::News(AlertState::Resolved)), &[]));
    }

    #[test]
    fn g27_late_is_what_takes_a_minute() {
        assert_eq!(lateness(at(0), at(59)), None);
        assert_eq!(lateness(at(0), at(300)), Some(SignedDuration::from_mins(5)));
    }

    #[test]
    fn a_state_is_known_by_its_word() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_word(state.word()), Some(state));
        }
        assert_eq!(DeliveryState::from_word("lost"), None);
    }
}
