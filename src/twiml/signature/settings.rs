//! Which keys and which algorithm can have signed a request.
//!
//! Source: Twilio, "Shared keys" (public beta): `key=webhooks_sharedkey_…,algorithm=HMAC_SHA256`. Without
//! the header the account's token signed, with SHA-1.

use super::{Key, Reason};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha1,
    Sha256,
}

impl Algorithm {
    fn parse(name: &str) -> Result<Self, Reason> {
        match name.to_ascii_uppercase().as_str() {
            "HMAC_SHA1" => Ok(Self::Sha1),
            "HMAC_SHA256" => Ok(Self::Sha256),
            _ => Err(Reason::UnknownAlgorithm),
        }
    }
}

/// The algorithm and the keys that `header` names. Never an empty list, and never a key with an empty
/// secret, which would let everybody sign.
pub(super) fn select<'k>(header: Option<&str>, keys: &'k [Key]) -> Result<(Algorithm, Vec<&'k Key>), Reason> {
    let (id, algorithm) = parse(header.unwrap_or_default())?;
    let algorithm = match (algorithm.map(Algorithm::parse).transpose()?, id) {
        (None | Some(Algorithm::Sha1), None) => Algorithm::Sha1,
        (Some(algorithm), Some(_)) => algorithm,
        (None, Some(_)) | (Some(Algorithm::Sha256), None) => return Err(Reason::BadSettings),
    };
    let usable = |key: &&Key| key.id.as_deref() == id && !key.secret.is_empty();
    let keys: Vec<_> = keys.iter().filter(usable).collect();
    match (keys.is_empty(), id) {
        (false, _) => Ok((algorithm, keys)),
        (true, None) => Err(Reason::NoKey),
        (true, Some(_)) => Err(Reason::UnknownKey),
    }
}

/// The values of `key` and `algorithm`. Other names are left alone: the carrier may add some.
fn parse(header: &str) -> Result<(Option<&str>, Option<&str>), Reason> {
    let (mut key, mut algorithm) = (None, None);
    for part in header.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(Reason::BadSettings)?;
        let slot = match name.trim() {
            "key" => &mut key,
            "algorithm" => &mut algorithm,
            _ => continue,
        };
        let value = value.trim();
        if value.is_empty() || slot.replace(value).is_some() {
            return Err(Reason::BadSettings);
        }
    }
    Ok((key, algorithm))
}
