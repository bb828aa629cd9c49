//! Why an effect is not done.

use crate::ports::error::{StoreError, VendorError};
use crate::service::voice;

/// Why an effect is not done.
#[derive(Debug, thiserror::Error)]
pub enum EffectError {
    /// The outside did not do it.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The call could not take the news.
    #[error(transparent)]
    Voice(#[from] voice::VoiceError),
}
