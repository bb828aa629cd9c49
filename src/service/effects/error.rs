//! Why an effect is not done.

use crate::ports::error::{StoreError, VendorError};
use crate::service::voice::error::VoiceError;
use jiff::Timestamp;

/// Why an effect is not done.
#[derive(Debug, thiserror::Error)]
pub enum EffectError {
    /// The outside did not do it.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A vendor may have taken a message, and could not be asked whether it has.
    #[error("it is not known whether it was taken: {0}")]
    Unasked(VendorError),
    /// A vendor may have taken a message, and nobody can be asked.
    #[error("it is not known whether it was taken, and nobody can be asked")]
    Untold,
    /// It ended badly.
    #[error("it ended badly: a fault of this program")]
    Fault,
    /// Something else must be done before it, which is tried next, or counts as lost, at that moment.
    #[error("it waits for another one until {0}")]
    Waits(Timestamp),
    /// The call could not take the news.
    #[error(transparent)]
    Voice(#[from] VoiceError),
}
