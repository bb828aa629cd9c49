//! Files that are sent along with an event: kept beside the sounds, under names of their own.

use crate::app::App;
use crate::domain::alerting::content::Attached;
use crate::domain::alerting::event::Event;
use crate::domain::ids::AlertId;
use crate::domain::voice::recording::Audio;
use crate::ports::error::{StoreError, VendorError};
use crate::ports::telephony::{Sound, SoundStream};
use bytes::Bytes;
use futures_util::{StreamExt, stream};

/// Why there is no file to read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no such alert, or it has no such file.
    #[error("no such file")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be read.
    #[error(transparent)]
    Unreadable(#[from] VendorError),
}

/// Keeps the files of an event; when one can't be kept, none is.
pub(super) async fn keep(app: &App, event: &Event) -> Result<(), VendorError> {
    // Nothing is kept of an empty one, and nothing of it is read.
    for file in event.attachments.iter().filter(|file| !file.bytes.is_empty()) {
        let bytes = stream::iter([Ok(Bytes::from(file.bytes.clone()))]).boxed();
        let sound = Sound { media_type: file.attached.media_type.clone(), bytes };
        if let Err(error) = app.recordings.put(&file.attached.key, sound).await {
            forget(app, event).await;
            return Err(error);
        }
    }
    Ok(())
}

/// Deletes them again: they belong to no alert.
pub(super) async fn forget(app: &App, event: &Event) {
    for file in &event.attachments {
        if let Err(error) = app.recordings.delete(&file.attached.key).await {
            tracing::warn!(event = %event.id, cause = error.cause(), "a file that no alert has is left over");
        }
    }
}

/// The file of that number of an alert, counted from 1.
pub async fn open(app: &App, alert: AlertId, number: usize) -> Result<(Attached, SoundStream), FileError> {
    let story = app.alerts.alert(alert).await?.ok_or(FileError::Unknown)?;
    let index = number.checked_sub(1).ok_or(FileError::Unknown)?;
    let file = story.alert.content.attachments.into_iter().nth(index).ok_or(FileError::Unknown)?;
    // The hash serves as a tag of sounds alone.
    let stored = Audio {
        key: file.key.clone(),
        media_type: file.media_type.clone(),
        bytes: file.bytes,
        sha256: [0; 32],
    };
    let bytes = app.recordings.open(&stored, 0..file.bytes).await?;
    Ok((file, bytes))
}
