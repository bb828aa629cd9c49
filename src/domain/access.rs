//! API keys: what a bearer may do, and until when.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// One thing that a key may be allowed. None includes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// See alerts, calls and who is on call.
    Read,
    /// Act on alerts: acknowledge, resolve, escalate, snooze, note, take back.
    Respond,
    /// Say who is away, and who takes whose place on call.
    Schedule,
    /// Send dispatches: opens nothing yet.
    Dispatch,
    /// Fetch reports: opens nothing yet.
    Reports,
    /// Reload the settings, see and manage the outbox, and see who did what.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Respond, Self::Schedule, Self::Dispatch, Self::Reports, Self::Admin];

    /// The word used in settings, API and store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Respond => "respond",
            Self::Schedule => "schedule",
            Self::Dispatch => "dispatch",
            Self::Reports => "reports",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scopes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// Whether that scope is among them.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl std::fmt::Debug for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The SHA-256 of a bearer token: what is kept of it. Tokens are long and random, so that no slow hash is
/// needed. Its `Debug` shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl TokenHash {
    /// The hash of that token, as the bearer sends it.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// The hash written as `sha256:` and 64 hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        hex::decode_to_slice(text.strip_prefix("sha256:")?, &mut hash).ok()?;
        Some(Self(hash))
    }
}

/// The form that [`TokenHash::parse`] reads.
impl std::fmt::Display for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A key to the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose it is, as logs and lists show it; unique.
    pub name: String,
    /// What is kept of its token.
    pub hash: TokenHash,
    /// What its bearer may do.
    pub scopes: Scopes,
    /// First moment at which it no longer counts; `None`: it always does.
    pub expires: Option<Timestamp>,
}

/// Why a known key is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// Its time is over: as good as no key.
    #[error("the key has expired")]
    Expired,
    /// It is a good key for other things.
    #[error("the key lacks the scope {}", .0.word())]
    OutOfScope(Scope),
}

/// Whether that key lets its bearer do what `scope` names.
pub fn admits(key: &ApiKey, scope: Scope, now: Timestamp) -> Result<(), NotAdmitted> {
    if key.expires.is_some_and(|expires| expires <= now) {
        Err(NotAdmitted::Expired)
    } else if key.scopes.contains(scope) {
        Ok(())
    } else {
        Err(NotAdmitted::OutOfScope(scope))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scopes: &[Scope], expires: Option<&str>) -> ApiKey {
        ApiKey {
            name: "board".to_owned(),
            hash: TokenHash::of("token"),
            scopes: scopes.iter().copied().collect(),
            expires: expires.map(|text| text.parse().unwrap()),
        }
    }

    fn now() -> Timestamp {
        "2026-01-05T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_scope_opens_its_own_door_only() {
        for held in Scope::ALL {
            for asked in Scope::ALL {
                assert_eq!(admits(&key(&[held], None), asked, now()).is_ok(), held == asked);
            }
        }
    }

    #[test]
    fn a_key_counts_until_the_moment_it_expires() {
        let read = |expires| admits(&key(&[Scope::Read], Some(expires)), Scope::Read, now());
        assert_eq!(read("2026-01-05T09:00:00.000001Z"), Ok(()));
        assert_eq!(read("2026-01-05T09:00:00Z"), Err(NotAdmitted::Expired));
    }

    #[test]
    fn an_expired_key_is_told_nothing_about_its_scopes() {
        let none = key(&[], Some("2026-01-01T00:00:00Z"));
        assert_eq!(admits(&none, Scope::Admin, now()), Err(NotAdmitted::Expired));
    }

    #[test]
    fn a_hash_reads_what_it_writes() {
        let hash = TokenHash::of("token");
        assert_eq!(TokenHash::parse(&hash.to_string()), Some(hash));
        assert_eq!(format!("{hash:?}"), "TokenHash(…)");
        for bad in
            ["", "sha256:", "sha256:00", "md5:00", &"0".repeat(64), &format!("sha256:{}", "g".repeat(64))]
        {
            assert_eq!(TokenHash::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn words_and_sets_go_both_ways() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.word()), Some(scope));
        }
        let two: Scopes = [Scope::Admin, Scope::Read].into_iter().collect();
        assert_eq!(two.iter().collect::<Vec<_>>(), [Scope::Read, Scope::Admin]);
        assert_eq!(format!("{two:?}"), "{Read, Admin}");
    }
}
