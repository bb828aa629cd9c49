//! The carrier's ids: two letters and 32 hexadecimal digits (Twilio, "SIDs").

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Where ids come from. A seed makes them the same in every run.
pub(super) struct Sids(StdRng);

impl Sids {
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self(seed.map_or_else(rand::make_rng, StdRng::seed_from_u64))
    }

    /// A fresh id with the two letters of its kind.
    pub(super) fn next(&mut self, kind: &str) -> String {
        format!("{kind}{:032x}", self.0.random::<u128>())
    }

    /// The token that is the same on every delivery of one webhook.
    pub(super) fn delivery(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.0.random()).into_uuid().to_string()
    }
}
