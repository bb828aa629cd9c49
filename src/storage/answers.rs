//! Answers by text and by link.

use super::SqlStore;
use super::write::{Row, Write};
use crate::domain::access::TokenHash;
use crate::domain::alerting::reply::Deed;
use crate::domain::contact::PhoneNumber;
use crate::domain::directory::person::PersonId;
use crate::domain::ids::AlertId;
use crate::ports::answers::{AnswerLink, AnswerStore, AnsweredText, ReplyCode, Texter, TexterChange, ToldOf};
use crate::ports::error::StoreError;
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

/// The open alerts come first, of which there are few; what each phone was told is looked up alert by alert. A bundle that
/// was forgotten with its own alert has gone out.
macro_rules! select_told {
    ($which:literal) => {
        concat!(
            "select t.id, t.person from (select a.id, a.opened_at, (select n.person from notifications n ",
            "left join notifications b on b.id = n.bundle ",
            "where n.alert_id = a.id and n.device_kind = 'sms' and n.address = $1 and n.purpose = 'alert' ",
            "and (n.state in ('sent', 'delivered') ",
            "or (n.state = 'bundled' and coalesce(b.state, 'sent') in ('sent', 'delivered'))) ",
            "order by n.id desc limit 1) as person from alerts a where a.closed_at is null ",
            $which,
            ") t where t.person is not null order by t.opened_at desc, t.id desc limit $2"
        )
    };
}

#[async_trait]
impl AnswerStore for SqlStore {
    async fn reply_codes(&self, phone: &PhoneNumber) -> Result<Vec<ReplyCode>, StoreError> {
        let sql = "select c.code, c.alert_id, c.told_at, c.steps, \
                   cast(case when a.id is not null and a.closed_at is null then 1 else 0 end as bigint) \
                   from reply_codes c left join alerts a on a.id = c.alert_id where c.phone = $1 order by c.code";
        self.driver.query(sql, args![phone.as_str()]).await?.iter().map(reply_code).collect()
    }

    async fn give_reply_code(
        &self,
        phone: &PhoneNumber,
        given: &ReplyCode,
        before: Option<AlertId>,
    ) -> Result<(), StoreError> {
        let ReplyCode { code, alert, told_at, steps, is_open: _ } = *given;
        let phone = phone.as_str();
        let write = match before {
            Some(before) => Write::new().one(
                "update reply_codes set alert_id = $3, told_at = $4, steps = $5 \
                 where phone = $1 and code = $2 and alert_id = $6",
                args![phone, code, alert.0, told_at, steps, before.0],
            ),
            None => Write::new().one(
                "insert into reply_codes (phone, code, alert_id, told_at, steps) values ($1, $2, $3, $4, $5) \
                 on conflict (phone, code) do update set told_at = excluded.told_at, steps = excluded.steps \
                 where reply_codes.alert_id = excluded.alert_id",
                args![phone, code, alert.0, told_at, steps],
            ),
        };
        self.driver.apply(write).await
    }

    async fn told_on(&self, phone: &PhoneNumber, deed: Deed, limit: u32) -> Result<Vec<ToldOf>, StoreError> {
        let sql = match deed {
            Deed::Acknowledge => select_told!("and a.acknowledged_at is null"),
            Deed::Resolve | Deed::Escalate => select_told!(""),
        };
        let told =
            |row: &Row| Ok(ToldOf { alert: row.parsed(0)?, person: PersonId(row.text(1)?.to_owned()) });
        self.driver.query(sql, args![phone.as_str(), limit]).await?.iter().map(told).collect()
    }

    async fn was_last_told_of_several(&self, phone: &PhoneNumber) -> Result<bool, StoreError> {
        // Of two that went out in the same moment, the one about several counts: who asks too often does no harm.
        let sql = "select cast(case when exists (select 1 from notifications o \
                   where o.bundle = n.id and o.alert_id <> n.alert_id) then 1 else 0 end as bigint) as is_bundle \
                   from notifications n where n.device_kind = 'sms' and n.address = $1 \
                   and n.purpose in ('alert', 'text') and n.started_at is not null and n.state in ('sending', 'sent', 'delivered', 'unknown') \
                   order by n.started_at desc, is_bundle desc limit 1";
        Ok(self.first(sql, args![phone.as_str()], |row| row.flag(0)).await?.unwrap_or_default())
    }

    async fn texter(&self, phone: &PhoneNumber) -> Result<Texter, StoreError> {
        let sql = "select stopped_at, errors from texters where phone = $1";
        let texter = |row: &Row| Ok(Texter { stopped_at: row.opt_time(0)?, errors: row.count(1)? });
        Ok(self.first(sql, args![phone.as_str()], texter).await?.unwrap_or_default())
    }

    async fn answer_to(&self, carrier_id: &str) -> Result<Option<Option<String>>, StoreError> {
        let sql = "select answer from texts_in where carrier_id = $1";
        self.first(sql, args![carrier_id], |row| Ok(row.opt_text(0)?.map(str::to_owned))).await
    }

    async fn record_text(&self, text: AnsweredText<'_>) -> Result<(), StoreError> {
        let write = Write::new().one(
            "insert into texts_in (id, carrier_id, at, answer) values ($1, $2, $3, $4)",
            args![self.ids.next(), text.carrier_id, text.at, text.answer],
        );
        self.driver.apply(write.then(texter(text.from, text.change, text.at))).await
    }

    async fn answer_link(&self, hash: &TokenHash) -> Result<Option<AnswerLink>, StoreError> {
        let sql = "select alert_id, person, steps, expires_at, acknowledged_at, resolved_at, escalated_at \
                   from answer_links where hash = $1";
        self.first(sql, args![hash.to_string()], |row| answer_link(row, *hash)).await
    }

    async fn add_answer_link(&self, link: &AnswerLink) -> Result<(), StoreError> {
        let write = Write::new().one(
            "insert into answer_links (hash, alert_id, person, steps, expires_at) values ($1, $2, $3, $4, $5)",
            args![
                link.hash.to_string(),
                link.alert.0,
                link.person.0.as_str(),
                link.steps,
                link.expires_at
            ],
        );
        self.driver.apply(write).await
    }

    async fn use_answer_link(&self, hash: &TokenHash, deed: Deed, at: Timestamp) -> Result<(), StoreError> {
        let sql = match deed {
            Deed::Acknowledge => "update answer_links set acknowledged_at = $2 where hash = $1",
            Deed::Resolve => "update answer_links set resolved_at = $2 where hash = $1",
            Deed::Escalate => "update answer_links set escalated_at = $2 where hash = $1",
        };
        // With a link that is gone meanwhile nothing can be done any more.
        self.driver.apply(Write::new().any(sql, args![hash.to_string(), at])).await
    }
}

/// What a text means for the phone that sent it.
fn texter(phone: &PhoneNumber, change: TexterChange, at: Timestamp) -> Write {
    let phone = phone.as_str();
    match change {
        TexterChange::Stopped => Write::new().any(
            "insert into texters (phone, stopped_at, errors, texted_at) values ($1, $2, 0, $2) \
             on conflict (phone) do update set stopped_at = coalesce(texters.stopped_at, excluded.stopped_at)",
            args![phone, at],
        ),
        // Of a phone that takes texts, and whose last one was understood, there is nothing to remember.
        TexterChange::Started => Write::new().any("delete from texters where phone = $1", args![phone]),
        TexterChange::Did => {
            Write::new().any("delete from texters where phone = $1 and stopped_at is null", args![phone])
        }
        TexterChange::Erred => Write::new().any(
            "insert into texters (phone, errors, texted_at) values ($1, 1, $2) \
             on conflict (phone) do update set errors = texters.errors + 1, texted_at = excluded.texted_at",
            args![phone, at],
        ),
        TexterChange::None => Write::new(),
    }
}

fn reply_code(row: &Row) -> Result<ReplyCode, StoreError> {
    Ok(ReplyCode {
        code: row.count(0)?,
        alert: row.parsed(1)?,
        told_at: row.time(2)?,
        steps: row.count(3)?,
        is_open: row.flag(4)?,
    })
}

fn answer_link(row: &Row, hash: TokenHash) -> Result<AnswerLink, StoreError> {
    let mut used = vec![];
    for (column, deed) in (4..).zip([Deed::Acknowledge, Deed::Resolve, Deed::Escalate]) {
        if row.opt_time(column)?.is_some() {
            used.push(deed);
        }
    }
    Ok(AnswerLink {
        hash,
        alert: row.parsed(0)?,
        person: PersonId(row.text(1)?.to_owned()),
        steps: row.count(2)?,
        expires_at: row.time(3)?,
        used,
    })
}
