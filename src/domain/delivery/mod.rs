//! One message to one person, what becomes of it, and when a failed attempt at anything outside is made again.

pub mod ledger;
pub mod throttle;

use super::alerting::state::AlertState;
use super::directory::device::{Device, DeviceKind};
use super::directory::person::PersonId;
use super::ids::{AlertId, NotificationId};
use jiff::{SignedDuration, Timestamp};

/// One message to one person about an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Unique; what the vendor is told as the message's own id where it takes one.
    pub id: NotificationId,
    /// About which alert.
    pub alert: AlertId,
    /// To whom.
    pub person: PersonId,
    /// By which of their devices.
    pub device: Device,
    /// What it is for.
    pub purpose: Purpose,
    /// Not before.
    pub due: Timestamp,
}

/// What a message about an alert is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Its person is to answer the alert.
    Alert,
    /// It brings the text of an alert that was announced before.
    Text,
    /// It tells a subscriber how the alert stands now.
    News(AlertState),
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Alert,
        Self::Text,
        Self::News(AlertState::Open),
        Self::News(AlertState::Acknowledged),
        Self::News(AlertState::Resolved),
    ];

    /// The word for the store: that of the state, where it tells of one.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Text => "text",
            Self::News(state) => state.word(),
        }
    }

    /// The purpose of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether it only brings a text that came later.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    /// The state that it tells of; `None`: it is no news.
    pub const fn news(self) -> Option<AlertState> {
        match self {
            Self::News(state) => Some(state),
            Self::Alert | Self::Text => None,
        }
    }
}

/// Seconds to wait after the first, second, … failed attempt; after the last there is none. About a day in all.
pub const RETRIES: [i64; 12] = [2, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 21_600, 43_200];

/// When attempt number `failed` (from 1) has failed for now: the moment of the next one. The vendor's own wish
/// counts where it is later. `None`: give up.
pub fn next_attempt(failed: u32, wish: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
    after(&RETRIES, failed, wish, now)
}

/// Seconds to wait after a message that no vendor has taken for now: soon at first, while somebody is waited for. About a
/// day in all; a message that nobody needs any more is dropped before.
pub const MESSAGE_RETRIES: [i64; 10] = [15, 15, 15, 60, 300, 900, 3_600, 7_200, 21_600, 43_200];

/// The same for a message to a person.
pub fn next_sending(failed: u32, wish: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
    after(&MESSAGE_RETRIES, failed, wish, now)
}

fn after(waits: &[i64], failed: u32, wish: Option<SignedDuration>, now: Timestamp) -> Option<Timestamp> {
    let index = usize::try_from(failed).ok()?.checked_sub(1)?;
    let wait = SignedDuration::from_secs(*waits.get(index)?);
    let wait = wish.map_or(wait, |wish| wait.max(wish));
    now.checked_add(wait).ok()
}

/// How far the clock of another gateway may be ahead of ours. What was begun later than that was begun before a clock was
/// put back, and says nothing of this moment.
pub const AHEAD: SignedDuration = SignedDuration::from_mins(1);

/// The last moment that counts as now.
pub fn latest(now: Timestamp) -> Timestamp {
    now.checked_add(AHEAD).unwrap_or(Timestamp::MAX)
}

/// Kinds of device that take a message.
pub const WRITTEN: [DeviceKind; 2] = [DeviceKind::Sms, DeviceKind::Email];

/// Kinds of device that somebody is told of an alert by.
pub const TOLD_BY: [DeviceKind; 4] =
    [DeviceKind::Voice, DeviceKind::Sms, DeviceKind::Email, DeviceKind::Webhook];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_is_known_by_its_word() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::from_word(purpose.word()), Some(purpose));
        }
        assert_eq!(Purpose::from_word("news"), None);
    }

    #[test]
    fn retries_grow_respect_the_vendor_and_end() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |failed, wish| next_attempt(failed, wish, now).map(|at| at.duration_since(now).as_secs());
        assert_eq!(after(1, None), Some(2));
        assert_eq!(after(1, Some(SignedDuration::from_secs(30))), Some(30));
        assert_eq!(after(12, None), Some(43_200));
        assert_eq!(after(13, None), None);
        assert_eq!(after(0, None), None);
    }

    #[test]
    fn g25_a_message_is_tried_again_three_times_within_a_minute_and_then_at_leisure() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |failed| next_sending(failed, None, now).map(|at| at.duration_since(now).as_secs());
        assert_eq!([1, 2, 3, 4].map(after), [Some(15), Some(15), Some(15), Some(60)]);
        assert_eq!(after(11), None);
    }
}
