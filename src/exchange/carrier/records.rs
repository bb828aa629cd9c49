//! What the carrier keeps besides calls: recordings, transcriptions, text messages.

use bytes::Bytes;
use jiff::Timestamp;

/// The sound of one recording.
#[derive(Clone)]
pub(in crate::exchange) struct Recording {
    pub(in crate::exchange) sid: String,
    pub(in crate::exchange) call_sid: String,
    pub(in crate::exchange) started: Timestamp,
    pub(in crate::exchange) created: Timestamp,
    pub(in crate::exchange) seconds: u32,
    pub(in crate::exchange) text: String,
    pub(in crate::exchange) status: RecordingStatus,
    /// Told when the file is there, or that there is none.
    pub(in crate::exchange) callback: Option<String>,
    /// Made when it is first asked for.
    pub(in crate::exchange) audio: Option<Bytes>,
}

/// Where a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum RecordingStatus {
    Processing,
    Completed,
    Absent,
}

impl RecordingStatus {
    pub(in crate::exchange) fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Absent => "absent",
        }
    }
}

/// The text of one recording.
#[derive(Clone)]
pub(in crate::exchange) struct Transcription {
    pub(in crate::exchange) sid: String,
    pub(in crate::exchange) recording_sid: String,
    pub(in crate::exchange) created: Timestamp,
    pub(in crate::exchange) updated: Timestamp,
    pub(in crate::exchange) seconds: u32,
    pub(in crate::exchange) status: TranscriptionStatus,
    /// Empty until it is completed.
    pub(in crate::exchange) text: String,
    /// Told when it is completed or has failed.
    pub(in crate::exchange) callback: String,
}

/// Where a transcription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exchange) enum TranscriptionStatus {
    InProgress,
    Completed,
    Failed,
}

impl TranscriptionStatus {
    pub(in crate::exchange) fn word(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// One text message that the gateway sent.
#[derive(Clone)]
pub(in crate::exchange) struct Message {
    pub(in crate::exchange) sid: String,
    pub(in crate::exchange) created: Timestamp,
    pub(in crate::exchange) to: String,
    pub(in crate::exchange) from: String,
    pub(in crate::exchange) body: String,
}
