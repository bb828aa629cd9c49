//! Links to recordings, made short and followed.

use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::links::{Link, LinkCode};
use crate::domain::voice::recording::{Audio, Recording};
use crate::ports::error::{StoreError, VendorError};
use crate::ports::shortener::Shortener;
use crate::ports::telephony::SoundStream;
use std::ops::Range;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How long people who are to be told of an alert wait for its short link.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a link leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such link, or its time is over; which of the two is nobody's business.
    #[error("no such link")]
    Unknown,
    /// The sound is not here yet.
    #[error("the recording is still on its way")]
    NotYet,
    /// The sound was here, and its time is over.
    #[error("the recording was deleted after its time")]
    Erased,
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

/// The sound that there is of a recording.
pub fn sound(recording: &Recording) -> Result<&Audio, LinkError> {
    let missing = if recording.erased_at.is_some() { LinkError::Erased } else { LinkError::NotYet };
    recording.audio.as_ref().ok_or(missing)
}

/// The sound of a recording, or a part of it; `range` says which, given the whole length.
pub async fn listen(
    app: &App,
    recording: &Recording,
    range: impl FnOnce(&Audio) -> Range<u64>,
) -> Result<(Audio, Range<u64>, SoundStream), LinkError> {
    let audio = sound(recording)?.clone();
    let range = range(&audio);
    let sound = app.recordings.open(&audio, range.clone()).await?;
    Ok((audio, range, sound))
}

/// The link that people get to a recording: the short one where there is one.
pub fn link_url(app: &App, link: &Link) -> String {
    match &link.short_url {
        Some(short) => short.clone(),
        None => page_url(app, link),
    }
}

/// Where a link leads people: its page.
pub(super) fn page_url(app: &App, link: &Link) -> String {
    format!("{}l/{}", app.public_url, link.code.as_str())
}

/// What became of making a link short.
pub(super) enum Shortened {
    /// The link of that code has this short form.
    Done(LinkCode, String),
    /// It has none, and the long one goes out. It is not tried again.
    Failed(LogEntry),
}

/// Has the link of an alert made short, where somebody does that and has not done it yet. What fails is noted, and the
/// long link goes out at once.
pub(super) async fn shorten(app: &App, story: &AlertStory) -> Option<Shortened> {
    let alert = &story.alert;
    let has_failed = story.log.iter().any(|entry| entry.what == Happened::LinkNotShortened);
    let link = &alert.message.as_ref()?.link;
    let is_long = link.short_url.is_none() && !has_failed;
    let shortener = app.shortener.as_ref().filter(|_| is_long)?;
    let (result, outcome) = match short_url(&**shortener, &page_url(app, link)).await {
        Ok(short) => ("done", Shortened::Done(link.code.clone(), short.into())),
        Err(error) => {
            tracing::warn!(alert = %alert.id, cause = %error, "a link was not made short; the long one goes out");
            ("failed", Shortened::Failed(LogEntry { at: app.clock.now(), what: Happened::LinkNotShortened }))
        }
    };
    metrics::counter!("dutyline_links_shortened_total", "result" => result).increment(1);
    Some(outcome)
}

async fn short_url(shortener: &dyn Shortener, long: &str) -> Result<Url, VendorError> {
    let long = Url::parse(long).map_err(|_error| VendorError::permanent("the long link is no URL"))?;
    let silent = || VendorError::temporary(format!("no answer within {} seconds", PATIENCE.as_secs()));
    timeout(PATIENCE, shortener.shorten(&long)).await.unwrap_or_else(|_elapsed| Err(silent()))
}
