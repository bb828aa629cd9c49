//! Identifiers: one newtype a thing, all UUIDv7 (so that they sort by age).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
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

ids! {
    /// One conversation.
    CallId
    /// One phone in a conversation.
    LegId
    /// One recorded message.
    RecordingId
    /// One open or closed matter that someone must take.
    AlertId
    /// One message to one person about an alert.
    NotificationId
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
    fn an_id_tells_when_it_was_made_where_it_holds_that() {
        let made = |text: &str| text.parse::<EffectId>().unwrap().made_at().map(|at| at.to_string());
        // The example of RFC 9562, appendix A.6.
        let example = made("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(example.as_deref(), Some("2022-02-22T19:22:22Z"));
        assert_eq!(made("919108f7-52d1-4320-9bac-f847db4148a8"), None, "random");
    }
}
