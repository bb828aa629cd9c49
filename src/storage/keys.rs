//! API keys that were made at run time.

use super::SqlStore;
use super::write::{Row, Write};
use crate::domain::access::{ApiKey, Scope, Scopes, TokenHash};
use crate::ports::error::StoreError;
use crate::ports::store::{KeyStore, StoredKey};
use crate::storage::write::args;
use async_trait::async_trait;

/// Bytes that a store must have room for to count as ready: some turns of calls, with their documents.
const ROOM: usize = 64 * 1024;

#[async_trait]
impl KeyStore for SqlStore {
    async fn key(&self, hash: &TokenHash) -> Result<Option<StoredKey>, StoreError> {
        let sql = "select id, name, hash, scopes, expires_at, created_at from api_keys where hash = $1";
        self.first(sql, args![hash.0.as_slice()], key).await
    }

    async fn keys(&self) -> Result<Vec<StoredKey>, StoreError> {
        let sql =
            "select id, name, hash, scopes, expires_at, created_at from api_keys order by created_at, id";
        self.driver.query(sql, args![]).await?.iter().map(key).collect()
    }

    async fn add_key(&self, stored: &StoredKey) -> Result<(), StoreError> {
        let scopes: Vec<_> = stored.key.scopes.iter().map(Scope::word).collect();
        let write = Write::new().one(
            "insert into api_keys (id, name, hash, scopes, expires_at, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
            args![
                stored.id.0,
                stored.key.name.as_str(),
                stored.key.hash.0.as_slice(),
                scopes.join(" "),
                stored.key.expires,
                stored.created_at,
            ],
        );
        self.driver.apply(write).await
    }

    async fn revoke_key(&self, name: &str) -> Result<bool, StoreError> {
        let write = Write::new().one("delete from api_keys where name = $1", args![name]);
        match self.driver.apply(write).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.driver.ready().await?;
        // The second step can't be right, so that the whole is undone; what matters is whether the first had room.
        let room = Write::new()
            .one("insert into probe (id, filler) values ($1, $2)", args![0i64, vec![0u8; ROOM]])
            .rows(2, "delete from probe where id = $1", args![0i64]);
        match self.driver.apply(room).await {
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn key(row: &Row) -> Result<StoredKey, StoreError> {
    let Ok(hash) = row.blob(2)?.try_into() else { return Err(row.fault(2, "is no hash")) };
    let words: Option<Vec<_>> = row.text(3)?.split(' ').map(Scope::from_word).collect();
    let Some(scopes) = words else { return Err(row.fault(3, "names a scope that there is not")) };
    Ok(StoredKey {
        id: row.parsed(0)?,
        key: ApiKey {
            name: row.text(1)?.to_owned(),
            hash: TokenHash(hash),
            scopes: scopes.into_iter().collect::<Scopes>(),
            expires: row.opt_time(4)?,
        },
        created_at: row.time(5)?,
    })
}
