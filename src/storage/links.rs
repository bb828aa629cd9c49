//! Links to recordings.

use super::SqlStore;
use super::recordings::{COLUMNS, recording, recording_columns};
use crate::domain::links::{Link, LinkCode};
use crate::domain::voice::recording::Recording;
use crate::ports::error::StoreError;
use crate::ports::store::LinkStore;
use crate::storage::write::args;
use async_trait::async_trait;

#[async_trait]
impl LinkStore for SqlStore {
    async fn link(&self, code: &LinkCode) -> Result<Option<(Link, Recording)>, StoreError> {
        let sql = concat!(
            "select ",
            recording_columns!(),
            ", l.expires_at from links l join recordings r on r.id = l.recording_id where l.code = $1"
        );
        self.first(sql, args![code.as_str()], |row| {
            let expires_at = row.time(COLUMNS)?;
            Ok((Link { code: code.clone(), expires_at }, recording(row, 0)?))
        })
        .await
    }
}
