//! What a database names that is kept outside of it, page by page: sounds, and the files of alerts.

use crate::domain::alerting::content::{Attached, Content};
use crate::domain::voice::recording::Audio;
use crate::ports::error::StoreError;
use crate::storage::snapshot::Snapshot;
use crate::storage::write::{Row, args};

/// A sound as its recording's row has it, or a file as its alert's row does.
pub(super) struct StoredSound {
    /// The id of the recording; the key of a file.
    pub(super) recording: String,
    pub(super) audio: Audio,
}

/// The first page, and the one after an id.
const FIRST_SOUNDS: &str = "select id, audio_key, audio_media_type, audio_bytes, audio_sha256 from recordings \
                            where audio_key is not null order by id limit 500";
const NEXT_SOUNDS: &str = "select id, audio_key, audio_media_type, audio_bytes, audio_sha256 from recordings \
                           where audio_key is not null and id > $1 order by id limit 500";
/// The same of alerts that have files. What an event says can't look like the list of them: its quotes are escaped.
const FIRST_FILES: &str = "select id, content from alerts where content like '%\"attachments\":[{%' \
                           order by id limit 500";
const NEXT_FILES: &str = "select id, content from alerts where content like '%\"attachments\":[{%' and id > $1 \
                          order by id limit 500";

/// All of them, one page after the other.
pub(super) struct Pages {
    of: Of,
    after: Option<String>,
}

enum Of {
    Sounds,
    Files,
    Nothing,
}

impl Pages {
    /// From the first one on.
    pub(super) const fn new() -> Self {
        Self { of: Of::Sounds, after: None }
    }

    /// The next page; one that is empty comes after the last.
    pub(super) async fn next(&mut self, snapshot: &dyn Snapshot) -> Result<Vec<StoredSound>, StoreError> {
        loop {
            let (first, next) = match self.of {
                Of::Sounds => (FIRST_SOUNDS, NEXT_SOUNDS),
                Of::Files => (FIRST_FILES, NEXT_FILES),
                Of::Nothing => return Ok(vec![]),
            };
            let rows = match &self.after {
                None => snapshot.query(first, vec![]).await?,
                Some(id) => snapshot.query(next, args![id.as_str()]).await?,
            };
            let Some(last) = rows.last() else {
                self.after = None;
                self.of = match self.of {
                    Of::Sounds => Of::Files,
                    Of::Files | Of::Nothing => Of::Nothing,
                };
                continue;
            };
            self.after = Some(last.text(0)?.to_owned());
            let mut page = Vec::with_capacity(rows.len());
            for row in &rows {
                match self.of {
                    Of::Sounds => page.push(sound(row)?),
                    Of::Files | Of::Nothing => page.extend(files(row)?),
                }
            }
            if !page.is_empty() {
                return Ok(page);
            }
        }
    }
}

fn sound(row: &Row) -> Result<StoredSound, StoreError> {
    let Ok(sha256) = row.blob(4)?.try_into() else { return Err(row.fault(4, "is no hash")) };
    let key = row.text(1)?.to_owned();
    if !is_name(&key) {
        return Err(row.fault(1, "is no name of a sound"));
    }
    Ok(StoredSound {
        recording: row.text(0)?.to_owned(),
        audio: Audio { key, media_type: row.text(2)?.to_owned(), bytes: row.count(3)?, sha256 },
    })
}

/// Nothing is kept of those that are empty.
fn files(row: &Row) -> Result<Vec<StoredSound>, StoreError> {
    let content: Content = row.json(1)?;
    let kept = content.attachments.into_iter().filter(|file| file.bytes > 0);
    kept.map(|Attached { name: _, media_type, bytes, key, sha256: hex }| {
        let mut sha256 = [0; 32];
        if !is_name(&key) || hex::decode_to_slice(&hex, &mut sha256).is_err() {
            return Err(row.fault(1, "names a file wrongly"));
        }
        Ok(StoredSound { recording: key.clone(), audio: Audio { key, media_type, bytes, sha256 } })
    })
    .collect()
}

/// Whether it can be the name of a file in a folder.
fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
