//! What is forgotten after its time.
//!
//! Nothing here is one large statement: a page of what may go is read, and each of it goes in a small write of its
//! own, between those of the calls. Each write looks once more at what makes its thing forgettable, so that
//! processes beside each other do no harm.

use super::SqlStore;
use super::driver::Claim;
use super::queue;
use super::write::{Row, Write};
use crate::domain::alerting::content::Content;
use crate::domain::effect::Effect;
use crate::domain::retention::Forgettable;
use crate::ports::error::StoreError;
use crate::ports::store::RetentionStore;
use crate::storage::write::args;
use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use uuid::Uuid;

/// How many things are taken at a time.
const PAGE: u32 = 100;
/// How many writes of them wait for the same commit.
const TOGETHER: usize = 8;

#[async_trait]
impl RetentionStore for SqlStore {
    async fn forget(
        &self,
        kind: Forgettable,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        match kind {
            Forgettable::LogEntry => {
                let sql = "delete from alert_log where id in (select l.id from alert_log l where l.at <= $1 \
                           and not exists (select 1 from alerts a where a.id = l.alert_id and a.closed_at is null) \
                           order by l.at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::GivenUpEffect => {
                let sql = "delete from outbox where id in (select id from outbox where state = 'failed' \
                           and due_at <= $1 order by due_at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::Absence => {
                let sql = "delete from absences where id in (select id from absences where until_at <= $1 \
                           order by until_at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::Override => {
                let sql = "delete from overrides where id in (select id from overrides where until_at <= $1 \
                           order by until_at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::AuditEntry => {
                let sql = "delete from audit where id in (select id from audit where at <= $1 \
                           order by at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::TextIn => {
                let sql = "delete from texts_in where id in (select id from texts_in where at <= $1 \
                           order by at limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::Texter => {
                // Which number it was is told to no log.
                let sql = "delete from texters where phone in (select phone from texters \
                           where stopped_at is null and texted_at <= $1 order by texted_at limit $2 {skip locked}) \
                           and stopped_at is null returning cast('a phone' as text)";
                self.delete(sql, before).await
            }
            Forgettable::Answer => {
                let sql = "delete from answers where key_hash in (select key_hash from answers where at <= $1 \
                           order by at limit $2 {skip locked}) returning key_hash";
                self.delete(sql, before).await
            }
            Forgettable::EarlyEnd => {
                let sql = "delete from early_ends where matter in (select matter from early_ends where at <= $1 \
                           order by at limit $2 {skip locked}) returning matter";
                self.delete(sql, before).await
            }
            Forgettable::Event => {
                let sql = "delete from events where id in (select id from events where at <= $1 \
                           order by at, id limit $2 {skip locked}) returning id";
                self.delete(sql, before).await
            }
            Forgettable::ClosedAlert => {
                let sql = "select id, recording_id, link_code, content from alerts where closed_at <= $1 \
                           order by closed_at limit $2";
                self.each(sql, before, |row| self.alert(row, before, now)).await
            }
            Forgettable::Sound => {
                let sql = "select r.id, r.audio_key from recordings r where r.audio_key is not null \
                           and r.made_at <= $1 and not exists (select 1 from alerts a \
                           where a.recording_id = r.id and a.closed_at is null) and not exists \
                           (select 1 from calls c where c.id = r.call_id and c.due_at is not null) \
                           order by r.made_at limit $2";
                self.each(sql, before, |row| self.sound(row, now)).await
            }
            Forgettable::Call => self.forget_calls(before, now).await,
        }
    }
}

impl SqlStore {
    /// Deletes a page of rows that nothing hangs on.
    async fn delete(&self, sql: &'static str, before: Timestamp) -> Result<Vec<String>, StoreError> {
        let rows = self.driver.claim(Claim { sql, args: args![before, PAGE] }).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Reads a page and carries out one write for each row; answers the ids of those that were still as they had
    /// been read.
    async fn each(
        &self,
        sql: &'static str,
        before: Timestamp,
        write: impl Fn(&Row) -> Result<Write, StoreError> + Sync,
    ) -> Result<Vec<String>, StoreError> {
        let rows = self.driver.query(sql, args![before, PAGE]).await?;
        let writes = rows.iter().map(|row| Ok((row.parsed(0)?, write(row)?)));
        self.forgotten(writes.collect::<Result<_, StoreError>>()?).await
    }

    async fn forgotten(&self, writes: Vec<(Uuid, Write)>) -> Result<Vec<String>, StoreError> {
        let answers = stream::iter(writes)
            .map(|(id, write)| async move {
                match self.driver.apply(write).await {
                    Ok(()) => Ok(Some(id.to_string())),
                    // Another process was first, or it is needed again.
                    Err(StoreError::Conflict) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .buffer_unordered(TOGETHER);
        let answers: Vec<Result<Option<String>, StoreError>> = answers.collect().await;
        answers.into_iter().filter_map(Result::transpose).collect()
    }

    async fn forget_calls(&self, before: Timestamp, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let sql = "select c.id, c.leg_id from calls c where c.due_at is null and c.started_at <= $1 \
                   and not exists (select 1 from alerts a where a.call_id = c.id and a.closed_at is null) \
                   order by c.started_at limit $2";
        let calls = self.driver.query(sql, args![before, PAGE]).await?;
        let mut writes = Vec::with_capacity(calls.len());
        for call in &calls {
            writes.push((call.parsed(0)?, self.call_gone(call, now).await?));
        }
        self.forgotten(writes).await
    }

    /// A call goes, with its documents, and with those of its recordings that were never sent.
    async fn call_gone(&self, call: &Row, now: Timestamp) -> Result<Write, StoreError> {
        let id: Uuid = call.parsed(0)?;
        let mut write = Write::new()
            .one(
                "delete from calls where id = $1 and due_at is null and not exists \
                 (select 1 from alerts a where a.call_id = calls.id and a.closed_at is null)",
                args![id],
            )
            .any(
                "delete from documents where leg_id in (select l.id from legs l where l.call_id = $1)",
                args![id],
            )
            .any("delete from legs where call_id = $1", args![id])
            .any("delete from documents where leg_id = $1", args![call.text(1)?]);
        let sql = "select id, audio_key, status from recordings where call_id = $1";
        for recording in self.driver.query(sql, args![id]).await? {
            let was_sent = recording.text(2)? == "released";
            write = match recording.opt_text(1)? {
                Some(_) if !was_sent => write.then(self.sound(&recording, now)?),
                Some(_) | None => write.then(recording_unheld(recording.parsed(0)?)),
            };
        }
        Ok(write)
    }

    /// A sound goes: its row says so, and an effect deletes the file.
    fn sound(&self, row: &Row, now: Timestamp) -> Result<Write, StoreError> {
        let (id, key): (Uuid, _) = (row.parsed(0)?, row.text(1)?);
        let erase = Write::new().one(
            "update recordings set audio_key = null, audio_media_type = null, audio_bytes = null, \
             audio_sha256 = null, erased_at = $3 where id = $1 and audio_key = $2",
            args![id, key, now],
        );
        let delete = Effect::DeleteSound(key.to_owned()).at(now);
        Ok(erase.then(queue::queue(&delete, &*self.ids)?).then(recording_unheld(id)))
    }

    /// An alert goes, with all that belongs to it alone; effects delete its files.
    fn alert(&self, row: &Row, before: Timestamp, now: Timestamp) -> Result<Write, StoreError> {
        let id: Uuid = row.parsed(0)?;
        let mut write = Write::new()
            .one("delete from alerts where id = $1 and closed_at <= $2", args![id, before])
            .any("delete from alert_log where alert_id = $1", args![id])
            .any(
                "delete from attempts where notification_id in \
                 (select n.id from notifications n where n.alert_id = $1)",
                args![id],
            )
            .any("delete from notifications where alert_id = $1", args![id])
            .any("delete from webhook_messages where alert_id = $1", args![id])
            .any("delete from reply_codes where alert_id = $1", args![id])
            .any("delete from answer_links where alert_id = $1", args![id])
            .any(
                "delete from documents where leg_id in (select g.id from rings g where g.alert_id = $1)",
                args![id],
            )
            .any("delete from rings where alert_id = $1", args![id]);
        let content: Content = row.json(3)?;
        for file in content.attachments {
            write = write.then(queue::queue(&Effect::DeleteSound(file.key).at(now), &*self.ids)?);
        }
        Ok(match row.opt_text(2)? {
            Some(code) => {
                let write = write.any("delete from links where code = $1", args![code]);
                write.then(recording_unheld(row.parsed(1)?))
            }
            None => write,
        })
    }
}

/// A recording goes as soon as nothing holds it any more: no alert, no call, and no sound of ours.
fn recording_unheld(id: Uuid) -> Write {
    Write::new().any(
        "delete from recordings where id = $1 and audio_key is null \
         and not exists (select 1 from alerts a where a.recording_id = recordings.id) \
         and not exists (select 1 from calls c where c.id = recordings.call_id)",
        args![id],
    )
}
