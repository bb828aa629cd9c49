//! What the carrier signs its requests with.

use crate::settings::{Carrier, Secret};
use crate::twiml::signature::Key;

/// Every key that may sign, the one in use first.
pub fn keys(carrier: &Carrier) -> Vec<Key> {
    let tokens = [carrier.auth_token.as_ref(), carrier.previous_auth_token.as_ref()];
    let token = |token: &Secret| Key::account_token(token.expose());
    let shared = carrier.shared_keys.iter().map(|key| Key::shared(key.id.as_str(), key.secret.expose()));
    tokens.into_iter().flatten().map(token).chain(shared).collect()
}
