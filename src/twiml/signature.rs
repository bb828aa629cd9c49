//! The signature on a carrier's webhook: checked by the gateway, made by the built-in exchange.
//!
//! Source: Twilio, "Webhooks security". The signed text is the URL without its fragment. A form adds, for
//! each name in byte order, each of its distinct values in byte order, as name and value with nothing
//! between; any other body is covered by its SHA-256 in the URL's `bodySHA256`. The signature is the
//! Base64 of an HMAC over that text.
//!
//! Which spelling of the URL the carrier signed is not certain, so [`verify`] tries them all.

mod settings;
#[cfg(test)]
mod tests;
mod urls;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use settings::Algorithm;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::fmt;
use subtle::ConstantTimeEq as _;

/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Twilio-Signature";

/// The header that names a shared key and its algorithm; absent on what an account token signed.
pub const SETTINGS_HEADER: &str = "X-Twilio-Webhooks-Signature-Settings";

/// A secret that signs webhooks. Its `Debug` output shows nothing of it.
#[derive(Clone)]
pub struct Key {
    /// The carrier's id of a shared key; `None`: the token of the account.
    id: Option<String>,
    secret: String,
}

impl Key {
    /// The token of the account, which signs with SHA-1. Two are live while one replaces the other.
    pub fn account_token(token: impl Into<String>) -> Self {
        Self { id: None, secret: token.into() }
    }

    /// A key that requests name by its id in [`SETTINGS_HEADER`]; it signs with SHA-256.
    pub fn shared(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: Some(id.into()), secret: secret.into() }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A field of a form: its name and its value, decoded.
pub type Field<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The part of a request after its URL.
#[derive(Clone, Copy)]
pub enum SignedBody<'a> {
    /// None, as on a GET.
    Nothing,
    /// The fields of a form, decoded, in any order.
    Form(&'a [(String, String)]),
    /// The same as they came in: borrowed from the request where nothing had to be decoded.
    Fields(&'a [Field<'a>]),
    /// Any other content, as received.
    Raw(&'a [u8]),
}

/// What [`verify`] finds.
pub type Verdict = Result<(), Refusal>;

/// A request that the carrier can't be shown to have made. Safe to log: it holds no secret, no value of a
/// query and nothing of the body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}; the signature was checked for: {}", urls.join(" "))]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The spellings of the URL that a signature would have been accepted for. Where none is the address
    /// that the carrier was given, the configured public URL is wrong.
    pub urls: Vec<String>,
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No signature, or an empty one.
    #[error("the request is not signed")]
    NotSigned,
    /// No key is configured for what the request was signed with.
    #[error("no account token is configured")]
    NoKey,
    /// The settings header is not of the form `key=…,algorithm=…`.
    #[error("the signature settings can't be read")]
    BadSettings,
    /// The settings header names an algorithm that we don't have.
    #[error("the signature's algorithm is unknown")]
    UnknownAlgorithm,
    /// The settings header names a shared key that is not configured.
    #[error("the signature's key is unknown")]
    UnknownKey,
    /// A body that is no form, and no `bodySHA256` in the URL.
    #[error("the URL has no bodySHA256 to cover the body")]
    NoBodyHash,
    /// The body is not the one that was signed.
    #[error("the body doesn't match the URL's bodySHA256")]
    WrongBodyHash,
    /// Another key, another URL or other fields.
    #[error("the signature is wrong")]
    WrongSignature,
}

/// The signature of a request to `url`, exactly as spelled (a fragment is not signed). For a
/// [`SignedBody::Raw`] the URL already carries `bodySHA256`.
pub fn sign(url: &str, body: &SignedBody<'_>, key: &Key) -> String {
    let algorithm = if key.id.is_none() { Algorithm::Sha1 } else { Algorithm::Sha256 };
    mac(algorithm, key, &[urls::without_fragment(url), &form_text(body)])
}

/// The value of [`SETTINGS_HEADER`] that goes with a signature by that key; `None`: it goes without.
pub fn settings_of(key: &Key) -> Option<String> {
    key.id.as_ref().map(|id| format!("key={id},algorithm=HMAC_SHA256"))
}

/// Checks that the carrier made the request. `url` is the full public URL: the configured public base with
/// path and query of the request, never built from what the request says of its host. `signature` and
/// `settings` are the values of [`SIGNATURE_HEADER`] (empty if absent) and [`SETTINGS_HEADER`].
///
/// Takes the same time wherever a signature differs. Whatever is not understood is refused. The URL as it was
/// received is tried first, which is all that most requests need.
pub fn verify(
    url: &str,
    body: &SignedBody<'_>,
    signature: &str,
    settings: Option<&str>,
    keys: &[Key],
) -> Verdict {
    let refuse = |reason| Refusal { reason, urls: urls::masked(&urls::spellings(url)) };
    if signature.is_empty() {
        return Err(refuse(Reason::NotSigned));
    }
    let (algorithm, keys) = settings::select(settings, keys).map_err(refuse)?;
    check_body_hash(url, body).map_err(refuse)?;

    let form = form_text(body);
    let is_signed = |url: &String| {
        keys.iter()
            .any(|key| mac(algorithm, key, &[url, &form]).as_bytes().ct_eq(signature.as_bytes()).into())
    };
    if urls::as_received(url).iter().any(is_signed) || urls::spellings(url).iter().any(is_signed) {
        Ok(())
    } else {
        Err(refuse(Reason::WrongSignature))
    }
}

fn check_body_hash(url: &str, body: &SignedBody<'_>) -> Result<(), Reason> {
    let SignedBody::Raw(content) = body else {
        return Ok(());
    };
    let claimed = urls::query_value(url, "bodySHA256").ok_or(Reason::NoBodyHash)?;
    let actual = hex::encode(Sha256::digest(content));
    let same = actual.as_bytes().ct_eq(claimed.as_bytes());
    if same.into() { Ok(()) } else { Err(Reason::WrongBodyHash) }
}

/// What a body adds to the signed text.
fn form_text(body: &SignedBody<'_>) -> String {
    let mut fields: Vec<(&str, &str)> = match body {
        SignedBody::Nothing | SignedBody::Raw(_) => return String::new(),
        SignedBody::Form(fields) => {
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
        }
        SignedBody::Fields(fields) => fields.iter().map(|(name, value)| (&**name, &**value)).collect(),
    };
    fields.sort_unstable();
    fields.dedup();
    let length = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    let mut text = String::with_capacity(length);
    text.extend(fields.into_iter().flat_map(|(name, value)| [name, value]));
    text
}

fn mac(algorithm: Algorithm, key: &Key, text: &[&str]) -> String {
    match algorithm {
        Algorithm::Sha1 => hmac::<Hmac<Sha1>>(key, text),
        Algorithm::Sha256 => hmac::<Hmac<Sha256>>(key, text),
    }
}

#[expect(clippy::expect_used, reason = "an HMAC takes keys of every length")]
fn hmac<M: Mac + KeyInit>(key: &Key, text: &[&str]) -> String {
    let mut mac = <M as Mac>::new_from_slice(key.secret.as_bytes()).expect("a key of any length");
    for part in text {
        mac.update(part.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}
