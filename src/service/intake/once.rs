//! Events that must not be taken in twice: a key that their sender has given the request.

use crate::app::App;
use crate::ports::error::StoreError;
use crate::ports::store::Answer;
use sha2::{Digest, Sha256};

/// A request that may come again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    key_hash: String,
    request_hash: String,
}

/// Why a request is not answered as one that came before it with the same key was.
#[derive(Debug, thiserror::Error)]
pub enum NotOnce {
    /// That one was another request.
    #[error("the key has been used for another request")]
    Reused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Once {
    /// A request with that key. `whose`: keys of one sender are nothing to another; `request`: all that makes it what
    /// it is.
    pub fn of(whose: &str, key: &str, request: &[&[u8]]) -> Self {
        Self { key_hash: hash(&[whose.as_bytes(), key.as_bytes()]), request_hash: hash(request) }
    }

    /// The part of that number of the request.
    #[must_use]
    pub fn part(&self, number: usize) -> Self {
        let key_hash = hash(&[self.key_hash.as_bytes(), number.to_string().as_bytes()]);
        Self { key_hash, request_hash: self.request_hash.clone() }
    }

    /// What is kept of its answer.
    pub fn answer(&self, status: u16, body: String) -> Answer {
        Answer { key_hash: self.key_hash.clone(), request_hash: self.request_hash.clone(), status, body }
    }

    /// What was answered to it before; `None`: it is new.
    pub async fn answered(&self, app: &App) -> Result<Option<Answer>, NotOnce> {
        match app.events.answer(&self.key_hash).await? {
            Some(answer) if answer.request_hash == self.request_hash => Ok(Some(answer)),
            Some(_another) => Err(NotOnce::Reused),
            None => Ok(None),
        }
    }
}

/// The hash of several texts, which tells where each of them ends.
fn hash(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_sender_its_key_and_all_that_it_says() {
        let once = |whose, key, body: &[u8]| Once::of(whose, key, &[b"query", body]);
        let first = once("plant", "k", b"body");
        assert_eq!(first, once("plant", "k", b"body"));
        let other = once("plant", "k", b"other");
        assert!(first.key_hash == other.key_hash && first.request_hash != other.request_hash);
        assert_ne!(first.key_hash, once("office", "k", b"body").key_hash);
        assert_ne!(once("plant", "k", b"").key_hash, once("plan", "tk", b"").key_hash, "each has its end");
        let parts = [first.part(0), first.part(1)];
        assert!(parts[0].key_hash != parts[1].key_hash && parts[0].key_hash != first.key_hash);
    }
}
