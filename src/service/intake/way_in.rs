//! Who may send events, and to whom they belong: the secret in a path, and the signature of a body.

use crate::domain::access::TokenHash;
use crate::domain::alerting::team::{Integration, Team};
use crate::domain::ids::Ids;
use crate::settings::{IntegrationAccess, Secret, Settings};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// What the value of a signature's header begins with.
const ALGORITHM: &str = "sha256=";

/// A way in for events that a sender has the secret of.
#[derive(Debug, Clone, Copy)]
pub struct WayIn<'a> {
    /// Whose it is.
    pub team: &'a Team,
    /// Which of theirs.
    pub integration: &'a Integration,
    /// What opens it.
    access: &'a IntegrationAccess,
}

impl<'a> WayIn<'a> {
    /// The one that a secret opens; `None`: it opens none. How long that takes says nothing of how near a wrong one
    /// comes.
    pub fn of(settings: &'a Settings, secret: &str) -> Option<Self> {
        let hash = TokenHash::of(secret);
        let opens = |access: &IntegrationAccess| {
            // Each is looked at, so that it takes as long for the first as for the last.
            let met = access.secrets.iter().fold(0, |met, one| met | one.0.ct_eq(&hash.0).unwrap_u8());
            met == 1
        };
        let found = settings
            .integrations
            .iter()
            .fold(None, |found, access| if opens(access) { Some(access) } else { found })?;
        let team = settings.team(&found.team)?;
        let integration = team.integrations.iter().find(|one| one.name == found.name)?;
        Some(Self { team, integration, access: found })
    }

    /// Whether a body comes from whom it says: `signature` is what its sender has made of it, as `sha256=` and the
    /// HMAC in hexadecimal digits. A way in that asks for no signature takes every body.
    pub fn takes(self, body: &[u8], signature: Option<&str>) -> bool {
        let Some(key) = &self.access.hmac else { return true };
        signature.is_some_and(|signature| is_signature(key, body, signature))
    }

    /// What its events are counted by: the same for each of its secrets.
    pub fn limit_key(self) -> String {
        format!("{}\0{}", self.team.name, self.integration.name)
    }
}

/// A new secret, and what the settings keep of it.
pub fn new_secret(ids: &dyn Ids) -> (String, TokenHash) {
    let secret = format!("dle_{}", hex::encode(ids.secret()));
    let hash = TokenHash::of(&secret);
    (secret, hash)
}

fn is_signature(key: &Secret, body: &[u8], signature: &str) -> bool {
    let Some(digits) = signature.trim().strip_prefix(ALGORITHM) else { return false };
    let (Ok(sent), Ok(mut mac)) =
        (hex::decode(digits), Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()))
    else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(&sent).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `openssl dgst -sha256 -hmac key`.
    #[test]
    fn a_signature_is_the_hmac_of_the_very_body() {
        let signed = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let body = b"The quick brown fox jumps over the lazy dog";
        let key = Secret::new("key".to_owned());
        assert!(is_signature(&key, body, signed));
        assert!(is_signature(&key, body, &signed.to_uppercase().replace("SHA256", "sha256")));
        assert!(!is_signature(&key, b"The quick brown fox", signed));
        assert!(!is_signature(&Secret::new("kez".to_owned()), body, signed));
        for none in ["", "sha256=", "sha256=zz", &signed[..70], &signed[7..], "sha1=de7c9b85b8b7"] {
            assert!(!is_signature(&key, body, none), "{none}");
        }
    }
}
