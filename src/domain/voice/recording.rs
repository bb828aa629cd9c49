//! A recorded message, from draft to text.

use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::effect::{DueEffect, Effect};
use crate::domain::ids::{AlertId, CallId, RecordingId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the caller said, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Unique.
    pub id: RecordingId,
    /// The call in which it was made.
    pub call: CallId,
    /// Where the carrier keeps it.
    pub source: Source,
    /// Its length in seconds.
    pub seconds: u32,
    /// Whether it counts.
    pub status: DraftStatus,
    /// Its text.
    pub transcript: Transcript,
    /// The sound in our own store, once fetched.
    pub audio: Option<Audio>,
    /// When that sound was deleted because its time was over.
    pub erased_at: Option<Timestamp>,
    /// When we learned of it.
    pub made_at: Timestamp,
}

/// A recording at the carrier. Its id is an opaque string, and `None` where the carrier gives only a URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Without a file ending.
    pub url: String,
    /// The carrier's id.
    pub sid: Option<String>,
}

impl Source {
    /// The carrier's id; where it gave none, the last part of the URL.
    pub fn id(&self) -> &str {
        match &self.sid {
            Some(sid) => sid,
            None => self.url.rsplit('/').next().unwrap_or(&self.url),
        }
    }
}

/// Whether a recording counts as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftStatus {
    /// The caller has not decided; nobody is told of it.
    Draft,
    /// It became an alert.
    Released(AlertId),
    /// The caller made another, or went back to the menu.
    Discarded,
}

/// The text of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transcript {
    /// None is made: switched off, or the message too short or too long for it.
    Unwanted,
    /// It is being made.
    Pending,
    /// Here it is.
    Text(String),
    /// None could be made.
    Failed,
}

/// Sound in our own store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// Its name in the store.
    pub key: String,
    /// Its media type, e.g. `audio/wav`.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
}

/// What becomes of a recording, and of its alert, when its text arrives or can't be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcribed {
    /// Which recording.
    pub recording: RecordingId,
    /// Its text from now on.
    pub transcript: Transcript,
    /// What is added to the log of its alert.
    pub log: Option<(AlertId, LogEntry)>,
    /// What is done outside.
    pub effects: Vec<DueEffect>,
    /// The alert whose held effects are due now, and the present moment: there is nothing left to wait for.
    pub let_go: Option<(AlertId, Timestamp)>,
}

impl Recording {
    /// Takes the news of a transcriber; `None` as text: it could make none. Answers `None` when the news
    /// changes nothing: it has been told before, or the recording counts no longer.
    pub fn transcribed(&self, text: Option<&str>, now: Timestamp) -> Option<Transcribed> {
        // Not every database can hold a NUL, and nobody can read one.
        let text = text.map(|text| text.replace('\0', ""));
        let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let news = match (&self.transcript, text) {
            (Transcript::Text(_), _) | (Transcript::Failed, None) => return None,
            (Transcript::Unwanted | Transcript::Pending | Transcript::Failed, Some(text)) => {
                Transcript::Text(text.to_owned())
            }
            (Transcript::Unwanted | Transcript::Pending, None) => Transcript::Failed,
        };
        let (log, effects) = match self.status {
            DraftStatus::Discarded => return None,
            DraftStatus::Draft => (None, vec![]),
            DraftStatus::Released(alert) => match &news {
                Transcript::Text(_) => {
                    let entry = LogEntry { at: now, what: Happened::TextArrived };
                    (Some((alert, entry)), vec![Effect::AnnounceText(alert).at(now)])
                }
                Transcript::Unwanted | Transcript::Pending | Transcript::Failed => {
                    (Some((alert, LogEntry { at: now, what: Happened::TextFailed })), vec![])
                }
            },
        };
        let let_go = log.as_ref().map(|(alert, _)| (*alert, now));
        Some(Transcribed { recording: self.id, transcript: news, log, effects, let_go })
    }
}
