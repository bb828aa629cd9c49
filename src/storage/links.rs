//! Links to recordings.

use super::SqlStore;
use super::recordings::{COLUMNS, recording, recording_columns};
use crate::domain::links::{Link, LinkCode};
use crate::domain::voice::recording::Recording;
use crate::ports::error::StoreError;
use crate::ports::store::LinkStore;
use crate::storage::write::{Write, args};
use async_trait::async_trait;

#[async_trait]
impl LinkStore for SqlStore {
    async fn link(&self, code: &LinkCode) -> Result<Option<(Link, Recording)>, StoreError> {
        let sql = concat!(
            "select ",
            recording_columns!(),
            ", l.expires_at, l.short_url from links l join recordings r on r.id = l.recording_id where l.code = $1"
        );
        self.first(sql, args![code.as_str()], |row| {
            let expires_at = row.time(COLUMNS)?;
            let short_url = row.opt_text(COLUMNS + 1)?.map(str::to_owned);
            Ok((Link { code: code.clone(), expires_at, short_url }, recording(row, 0)?))
        })
        .await
    }
}

/// A link has a short form.
pub(super) fn shortened(code: &LinkCode, short_url: &str) -> Write {
    Write::new().one("update links set short_url = $2 where code = $1", args![code.as_str(), short_url])
}
