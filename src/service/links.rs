//! Links to recordings, followed.

use crate::app::App;
use crate::domain::links::LinkCode;
use crate::domain::voice::recording::{Audio, Recording};
use crate::ports::error::{StoreError, VendorError};
use crate::ports::telephony::SoundStream;
use std::ops::Range;

/// Why a link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such link, or its time is over; which of the two is nobody's business.
    #[error("no such link")]
    Unknown,
    /// The sound is not here yet.
    #[error("the recording is still on its way")]
    NotYet,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sound could not be opened.
    #[error(transparent)]
    Sound(#[from] VendorError),
}

/// The recording behind a link.
pub async fn follow(app: &App, code: &str) -> Result<Recording, LinkError> {
    let code = LinkCode::parse(code).ok_or(LinkError::Unknown)?;
    match app.links.link(&code).await? {
        Some((link, recording)) if link.is_live(app.clock.now()) => Ok(recording),
        Some(_) | None => Err(LinkError::Unknown),
    }
}

/// The sound of a recording, or a part of it; `range` says which, given the whole length.
pub async fn listen(
    app: &App,
    recording: &Recording,
    range: impl FnOnce(&Audio) -> Range<u64>,
) -> Result<(Audio, Range<u64>, SoundStream), LinkError> {
    let audio = recording.audio.clone().ok_or(LinkError::NotYet)?;
    let range = range(&audio);
    let sound = app.recordings.open(&audio, range.clone()).await?;
    Ok((audio, range, sound))
}
