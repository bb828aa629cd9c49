//! Identifiers: one newtype a thing, all UUIDv7 (so that they sort by age).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Where new ids and secrets come from. Decisions mint ids, so the trait sits beside them; tests count.
pub trait Ids: Send + Sync {
    /// A fresh UUIDv7.
    fn next(&self) -> Uuid;
    /// Bytes that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh one.
            pub fn next(ids: &dyn Ids) -> Self {
                Self(ids.next())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

impl EffectId {
    /// When it was made, to the millisecond; `None` for ids that don't tell.
    pub fn made_at(self) -> Option<Timestamp> {
        let (seconds, nanoseconds) = self.0.get_timestamp()?.to_unix();
        Timestamp::new(seconds.try_into().ok()?, nanoseconds.try_into().ok()?).ok()
    }
}

impl LogId {
    /// Smaller than all that were made later than so long before it.
    #[must_use]
    pub const fn earlier(self, by: Duration) -> Self {
        // The first 48 bits of an id are the millisecond in which it was made (RFC 9562 §5.7).
        let (first, _) = self.0.as_u64_pair();
        let milliseconds = (first >> 16).saturating_sub(by.as_secs().saturating_mul(1_000));
        Self(Uuid::from_u64_pair(milliseconds << 16, 0))
    }
}

/// The smallest one.
impl Default for LogId {
    fn default() -> Self {
        Self(Uuid::nil())
    }
}

ids! {
    /// One conversation.
    CallId
    /// One phone in a conversation.
    LegId
    /// One call of ours to somebody about an alert.
    RingId
    /// One recorded message.
    RecordingId
    /// One open or closed matter that someone must take.
    AlertId
    /// One entry of the log of an alert.
    LogId
    /// One event of another system.
    EventId
    /// One message to one person about an alert.
    NotificationId
    /// One thing that one other program is told about an alert.
    HookMessageId
    /// One row of the outbox.
    EffectId
    /// One API key.
    KeyId
    /// One absence that was entered while the program runs.
    AbsenceId
    /// One change of a schedule, likewise.
    OverrideId
    /// One entry of the audit.
    AuditId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_in_the_last_while_is_greater_than_the_earlier_id() {
        // The example of RFC 9562, appendix A.6, was made at 19:22:22.000.
        let id: LogId = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().unwrap();
        let earlier = id.earlier(Duration::from_secs(5));
        assert_eq!(earlier.to_string(), "017f22e2-6628-0000-0000-000000000000");
        assert_eq!(LogId::default().earlier(Duration::from_secs(5)), LogId::default());
    }

    #[test]
    fn an_id_tells_when_it_was_made_where_it_holds_that() {
        let made = |text: &str| text.parse::<EffectId>().unwrap().made_at().map(|at| at.to_string());
        // The example of RFC 9562, appendix A.6.
        let example = made("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(example.as_deref(), Some("2022-02-22T19:22:22Z"));
        assert_eq!(made("919108f7-52d1-4320-9bac-f847db4148a8"), None, "random");
    }
}
