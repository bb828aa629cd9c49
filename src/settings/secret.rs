//! Values that are never shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

/// A password, token or key. `Debug` shows nothing of it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides that value.
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself: for the one who signs, checks or logs in with it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// An address with a key in it. `Debug` shows nothing of it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(Url);

impl SecretUrl {
    /// Hides that address.
    pub const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The address itself: for the one who asks there.
    pub const fn expose(&self) -> &Url {
        &self.0
    }
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretUrl(…)")
    }
}

/// What messages to another program are signed with. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(Vec<u8>);

/// What such a secret begins with as text.
const SIGNING: &str = "whsec_";

impl SigningSecret {
    /// The secret that a text is: `whsec_` and the base64 of 24 to 64 bytes (Standard Webhooks, "Signature scheme"). `None`:
    /// it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim().strip_prefix(SIGNING)?).ok()?;
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The secret itself: for the one who signs with it.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}
