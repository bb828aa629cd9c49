//! Why a turn is not taken.

use crate::ports::error::StoreError;

/// Why a turn could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// There is no such call, leg or document, or it was never handed out.
    #[error("no such call, leg or document")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The turn was decided and could not be written.
    #[error("a turn could not be written")]
    NotWritten {
        /// What the caller hears then.
        last_words: Document,
        /// Why.
        #[source]
        source: StoreError,
    },
}

/// A `TwiML` document as it goes out, and as it is kept for a carrier that asks twice.
pub type Document = String;
