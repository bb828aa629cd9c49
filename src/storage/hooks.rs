//! What other programs are told of alerts.

use super::SqlStore;
use super::columns::json;
use super::queue;
use super::write::{Row, Write};
use crate::domain::alerting::hook::HookMessage;
use crate::domain::alerting::log::LogEntry;
use crate::domain::alerting::policy::WebhookName;
use crate::domain::effect::Effect;
use crate::domain::ids::{HookMessageId, Ids};
use crate::ports::error::StoreError;
use crate::ports::store::{HookStore, StoredHook};
use crate::storage::write::args;
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl HookStore for SqlStore {
    async fn hook_message(&self, id: HookMessageId) -> Result<Option<StoredHook>, StoreError> {
        let sql = "select id, alert_id, webhook, at, entry, body from webhook_messages where id = $1";
        self.first(sql, args![id.0], stored).await
    }

    async fn earlier_hook_message(&self, id: HookMessageId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select o.due_at from webhook_messages mine join webhook_messages earlier \
                   on earlier.alert_id = mine.alert_id and earlier.webhook = mine.webhook \
                   and earlier.seq < mine.seq join outbox o on o.id = earlier.id and o.state = 'waiting' \
                   where mine.id = $1 order by earlier.seq limit 1";
        self.first(sql, args![id.0], |row| row.time(0)).await
    }

    async fn keep_hook_body(&self, id: HookMessageId, body: &str) -> Result<(), StoreError> {
        let sql = "update webhook_messages set body = $2 where id = $1 and body is null";
        self.driver.apply(Write::new().any(sql, args![id.0, body])).await
    }
}

fn stored(row: &Row) -> Result<StoredHook, StoreError> {
    Ok(StoredHook {
        message: HookMessage {
            id: row.parsed(0)?,
            alert: row.parsed(1)?,
            webhook: WebhookName(row.text(2)?.to_owned()),
            entry: LogEntry { at: row.time(3)?, what: row.json(4)? },
        },
        body: row.opt_text(5)?.map(str::to_owned),
    })
}

/// A message that is to be sent, after those about the same alert that there are. Its number is safe: whoever changes an
/// alert at the same time waits for our commit, or conflicts.
pub(super) fn queue(one: &HookMessage, ids: &dyn Ids) -> Result<Write, StoreError> {
    let HookMessage { id, alert, webhook, entry } = one;
    let effect = Effect::TellWebhook { alert: *alert, webhook: webhook.clone(), message: *id };
    let write = Write::new().one(
        "insert into webhook_messages (id, alert_id, webhook, seq, at, entry) values ($1, $2, $3, \
         (select coalesce(max(m.seq), 0) + 1 from webhook_messages m where m.alert_id = $2 and m.webhook = $3), \
         $4, $5)",
        args![id.0, alert.0, webhook.0.as_str(), entry.at, json(&entry.what)?],
    );
    Ok(write.then(queue::queue(&effect.at(entry.at), ids)?))
}

/// A message that its program has taken. What waited for it is due.
pub(super) fn taken(id: HookMessageId, now: Timestamp) -> Write {
    passed(id, now).any("delete from webhook_messages where id = $1", args![id.0])
}

/// A message is out of the way of those that were put off until it would be.
pub(super) fn passed(id: HookMessageId, now: Timestamp) -> Write {
    Write::new().any(
        "update outbox set due_at = $2, held_until = null \
         where held_until is not null and due_at = held_until and state = 'waiting' and id in \
         (select later.id from webhook_messages later join webhook_messages mine \
         on later.alert_id = mine.alert_id and later.webhook = mine.webhook and later.seq > mine.seq \
         where mine.id = $1)",
        args![id.0, now],
    )
}
