//! API keys: who may ask what, and keys made at run time.

use crate::app::App;
use crate::domain::access::{ApiKey, NotAdmitted, Scope, Scopes, TokenHash, admits};
use crate::domain::ids::{Ids, KeyId};
use crate::ports::error::StoreError;
use crate::ports::store::{KeyStore, StoredKey};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

/// Why a request is turned away.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is not known.
    #[error("the API key is not known")]
    Unknown,
    /// It is known, and not good for this.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets the bearer of a token do what `scope` names; answers the key's name.
pub async fn admit(app: &App, token: &str, scope: Scope) -> Result<String, KeyError> {
    let hash = TokenHash::of(token);
    let live = app.live();
    let in_settings = live.settings.api_keys.iter().find(|key| bool::from(key.hash.0.ct_eq(&hash.0)));
    let key = match in_settings {
        Some(key) => key.clone(),
        None => app.keys.key(&hash).await?.ok_or(KeyError::Unknown)?.key,
    };
    admits(&key, scope, app.clock.now())?;
    Ok(key.name)
}

/// Makes a key and stores its hash; answers the token, which is not kept. [`StoreError::Conflict`]: there is
/// a key of that name.
pub async fn add(
    keys: &dyn KeyStore,
    ids: &dyn Ids,
    now: Timestamp,
    name: &str,
    scopes: Scopes,
    expires: Option<Timestamp>,
) -> Result<String, StoreError> {
    let token = format!("dl_{}", hex::encode(ids.secret()));
    let key = ApiKey { name: name.to_owned(), hash: TokenHash::of(&token), scopes, expires };
    keys.add_key(&StoredKey { id: KeyId::next(ids), key, created_at: now }).await?;
    Ok(token)
}
