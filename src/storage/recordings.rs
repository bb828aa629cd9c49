//! Recordings, as they stand in their rows.

use super::write::{Row, Write, args};
use crate::domain::ids::{AlertId, RecordingId};
use crate::domain::voice::recording::{Audio, DraftStatus, Recording, Source, Transcribed, Transcript};
use crate::ports::error::StoreError;

/// Columns of a recording `r`, as [`recording`] reads them.
macro_rules! recording_columns {
    () => {
        "r.id, r.call_id, r.source_url, r.source_sid, r.seconds, r.status, r.alert_id, r.transcript, \
         r.transcript_text, r.audio_key, r.audio_media_type, r.audio_bytes, r.audio_sha256, r.made_at, r.erased_at"
    };
}
pub(super) use recording_columns;

/// How many columns those are.
pub(super) const COLUMNS: usize = 15;

/// A new recording.
pub(super) fn draft(recording: &Recording) -> Write {
    let (word, text, words) = transcript_columns(&recording.transcript);
    Write::new().one(
        "insert into recordings (id, call_id, source_url, source_sid, seconds, status, transcript, \
         transcript_text, transcript_words, made_at) values ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $9)",
        args![
            recording.id.0,
            recording.call.0,
            recording.source.url.as_str(),
            recording.source.sid.clone(),
            recording.seconds,
            word,
            text,
            words,
            recording.made_at,
        ],
    )
}

/// The sound of a recording is in our own store.
pub(super) fn audio_stored(id: RecordingId, audio: &Audio) -> Write {
    Write::new().one(
        "update recordings set audio_key = $2, audio_media_type = $3, audio_bytes = $4, audio_sha256 = $5 \
         where id = $1",
        args![
            id.0,
            audio.key.as_str(),
            audio.media_type.as_str(),
            i64::try_from(audio.bytes).unwrap_or(i64::MAX),
            audio.sha256.as_slice(),
        ],
    )
}

/// The word of its state, its text, and what it is found by: the same in small letters. Databases differ in which letters
/// they know the small ones of, so that they are not asked.
fn transcript_columns(transcript: &Transcript) -> (&'static str, Option<String>, Option<String>) {
    match transcript {
        Transcript::Unwanted => ("unwanted", None, None),
        Transcript::Pending => ("pending", None, None),
        Transcript::Text(text) => ("text", Some(text.clone()), Some(text.to_lowercase())),
        Transcript::Failed => ("failed", None, None),
    }
}

/// A draft counts no longer.
pub(super) fn discard(id: RecordingId) -> Write {
    Write::new()
        .one("update recordings set status = 'discarded' where id = $1 and status = 'draft'", args![id.0])
}

/// A draft became the message of an alert.
pub(super) fn release(recording: RecordingId, alert: AlertId) -> Write {
    Write::new().one(
        "update recordings set status = 'released', alert_id = $2 where id = $1 and status = 'draft'",
        args![recording.0, alert.0],
    )
}

/// The text of a recording has come, or never will.
pub(super) fn transcribed(text: &Transcribed) -> Write {
    let (word, transcript, words) = transcript_columns(&text.transcript);
    Write::new().one(
        "update recordings set transcript = $2, transcript_text = $3, transcript_words = $4 where id = $1",
        args![text.recording.0, word, transcript, words],
    )
}

/// A recording from [`COLUMNS`] columns of a row that may have none.
pub(super) fn opt_recording(row: &Row, from: usize) -> Result<Option<Recording>, StoreError> {
    match row.opt_text(from)? {
        Some(_) => recording(row, from).map(Some),
        None => Ok(None),
    }
}

/// A recording from [`COLUMNS`] columns.
pub(super) fn recording(row: &Row, from: usize) -> Result<Recording, StoreError> {
    let status = match row.text(from + 5)? {
        "draft" => DraftStatus::Draft,
        "released" => DraftStatus::Released(row.parsed(from + 6)?),
        "discarded" => DraftStatus::Discarded,
        _ => return Err(row.fault(from + 5, "is no status")),
    };
    let transcript = match row.text(from + 7)? {
        "unwanted" => Transcript::Unwanted,
        "pending" => Transcript::Pending,
        "text" => Transcript::Text(row.text(from + 8)?.to_owned()),
        "failed" => Transcript::Failed,
        _ => return Err(row.fault(from + 7, "is no state of a transcript")),
    };
    let audio = match row.opt_text(from + 9)? {
        Some(key) => Some(Audio {
            key: key.to_owned(),
            media_type: row.text(from + 10)?.to_owned(),
            bytes: row.count(from + 11)?,
            sha256: match row.blob(from + 12)?.try_into() {
                Ok(hash) => hash,
                Err(_) => return Err(row.fault(from + 12, "is no hash")),
            },
        }),
        None => None,
    };
    Ok(Recording {
        id: row.parsed(from)?,
        call: row.parsed(from + 1)?,
        source: Source {
            url: row.text(from + 2)?.to_owned(),
            sid: row.opt_text(from + 3)?.map(str::to_owned),
        },
        seconds: row.count(from + 4)?,
        status,
        transcript,
        audio,
        erased_at: row.opt_time(from + 14)?,
        made_at: row.time(from + 13)?,
    })
}
