//! What another system's directory has said of people, and of who is on call.

use super::SqlStore;
use super::columns::json;
use super::write::{Row, Write};
use crate::domain::directory::elsewhere::on_call::KeptOnCall;
use crate::domain::directory::elsewhere::{Entry, Kept};
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::ports::error::StoreError;
use crate::ports::store::DirectoryStore;
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl DirectoryStore for SqlStore {
    async fn answers(&self, place: &str) -> Result<Vec<Kept>, StoreError> {
        let sql = "select person, name, numbers, answered_at from directory_answers where place = $1 \
                   order by person";
        self.driver.query(sql, args![place]).await?.iter().map(kept).collect()
    }

    async fn keep_answer(&self, place: &str, kept: &Kept) -> Result<(), StoreError> {
        // Several processes may ask the same: the answer that was given last stays.
        let write = Write::new().any(
            "insert into directory_answers (place, person, name, numbers, answered_at) \
             values ($1, $2, $3, $4, $5) on conflict (place, person) do update set \
             name = excluded.name, numbers = excluded.numbers, answered_at = excluded.answered_at \
             where excluded.answered_at >= directory_answers.answered_at",
            args![place, kept.person.0.as_str(), kept.entry.name.clone(), json(&kept.entry.voice)?, kept.at],
        );
        self.driver.apply(write).await
    }

    async fn on_call_answers(&self, place: &str) -> Result<Vec<KeptOnCall>, StoreError> {
        let sql = "select group_name, answer, answered_at from on_call_answers where place = $1 \
                   order by group_name";
        self.driver.query(sql, args![place]).await?.iter().map(kept_on_call).collect()
    }

    async fn keep_on_call_answer(&self, place: &str, kept: &KeptOnCall) -> Result<(), StoreError> {
        let write = Write::new().any(
            "insert into on_call_answers (place, group_name, answer, answered_at) values ($1, $2, $3, $4) \
             on conflict (place, group_name) do update set \
             answer = excluded.answer, answered_at = excluded.answered_at \
             where excluded.answered_at >= on_call_answers.answered_at",
            args![place, kept.group.0.as_str(), json(&kept.answer)?, kept.at],
        );
        self.driver.apply(write).await
    }

    async fn forget_answers(&self, before: Timestamp) -> Result<(), StoreError> {
        let write = Write::new()
            .any("delete from directory_answers where answered_at <= $1", args![before])
            .any("delete from on_call_answers where answered_at <= $1", args![before]);
        self.driver.apply(write).await
    }
}

fn kept_on_call(row: &Row) -> Result<KeptOnCall, StoreError> {
    Ok(KeptOnCall { group: GroupName(row.text(0)?.to_owned()), answer: row.json(1)?, at: row.time(2)? })
}

fn kept(row: &Row) -> Result<Kept, StoreError> {
    Ok(Kept {
        person: PersonId(row.text(0)?.to_owned()),
        entry: Entry { name: row.opt_text(1)?.map(str::to_owned), voice: row.json(2)? },
        at: row.time(3)?,
    })
}
