//! How people, and other programs, are told of alerts.

use super::secret::{SecretUrl, SigningSecret};
use crate::domain::alerting::hook::Hook;

/// How people are told of alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alerting {
    /// Whether the webhooks of people may be on this machine, or in a private network.
    pub private_devices: bool,
}

/// Another program that is told what happens to alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its name, and what it is told.
    pub rule: Hook,
    /// The shape of what it is told.
    pub kind: WebhookKind,
    /// Where it is.
    pub url: SecretUrl,
    /// What messages are signed with, the one that is being replaced first; empty: they are not.
    pub keys: Vec<SigningSecret>,
    /// Whether it may be on this machine, or in a private network.
    pub allow_private: bool,
}

/// The shape of what another program is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WebhookKind {
    /// Our own, by the Standard Webhooks.
    Standard,
    /// That of SIGNL4's outbound webhooks.
    Signl4,
}
