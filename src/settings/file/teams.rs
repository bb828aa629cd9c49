//! Teams and policies as written.

use super::{Recipient, Text};
use crate::domain::alerting::category::Matching;
use crate::domain::alerting::scenario::Scenario;
use crate::domain::severity::Severity;
use crate::settings::secret::Secret;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Policy {
    pub(in crate::settings) name: Option<Text>,
    pub(in crate::settings) step: Vec<Spanned<Step>>,
    pub(in crate::settings) repeats: Spanned<u32>,
    pub(in crate::settings) forever: bool,
    pub(in crate::settings) last_resort: Option<PolicyTargets>,
    pub(in crate::settings) last_resort_every_minutes: u32,
}

/// Whom a step or the last resort tells.
pub(in crate::settings) type PolicyTargets = Spanned<Vec<Spanned<PolicyTarget>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Step {
    pub(in crate::settings) to: Option<PolicyTargets>,
    pub(in crate::settings) wait_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct PolicyTarget {
    pub(in crate::settings) on_duty: Option<Spanned<bool>>,
    pub(in crate::settings) everyone: Option<Spanned<bool>>,
    pub(in crate::settings) person: Option<Text>,
    pub(in crate::settings) group: Option<Text>,
    pub(in crate::settings) schedule: Option<Text>,
    pub(in crate::settings) webhook: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Team {
    pub(in crate::settings) name: Option<Text>,
    pub(in crate::settings) on_call: Option<Spanned<Vec<Spanned<Recipient>>>>,
    pub(in crate::settings) members: Option<Spanned<Vec<Spanned<Recipient>>>>,
    pub(in crate::settings) policy: Option<Text>,
    pub(in crate::settings) subscribers: Vec<Spanned<Recipient>>,
    pub(in crate::settings) subscribe_told: bool,
    pub(in crate::settings) acknowledge_minutes: Option<u32>,
    pub(in crate::settings) close_hours: Option<u32>,
    pub(in crate::settings) close_acknowledged_hours: Option<u32>,
    pub(in crate::settings) category: Vec<Spanned<Category>>,
    pub(in crate::settings) integration: Vec<Spanned<Integration>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Category {
    pub(in crate::settings) name: Option<Text>,
    pub(in crate::settings) include: Vec<Text>,
    pub(in crate::settings) exclude: Vec<Text>,
    pub(in crate::settings) r#match: Matching,
    pub(in crate::settings) parameter: Option<Text>,
    pub(in crate::settings) default: Spanned<bool>,
    pub(in crate::settings) emergency: Spanned<bool>,
    pub(in crate::settings) colour: Option<Text>,
    pub(in crate::settings) icon: Option<String>,
    pub(in crate::settings) severity: Option<Severity>,
    pub(in crate::settings) severity_parameter: Option<String>,
    pub(in crate::settings) severities: Spanned<Vec<SeverityWord>>,
    pub(in crate::settings) scenario: Option<Scenario>,
    pub(in crate::settings) policy: Option<Text>,
    pub(in crate::settings) augment: Vec<Augment>,
    pub(in crate::settings) maintenance: Vec<Maintenance>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct SeverityWord {
    pub(in crate::settings) word: Option<Text>,
    pub(in crate::settings) severity: Option<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Augment {
    pub(in crate::settings) name: Option<Text>,
    pub(in crate::settings) value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Maintenance {
    pub(in crate::settings) from: Option<Text>,
    pub(in crate::settings) until: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::settings) struct Integration {
    pub(in crate::settings) name: Option<Text>,
    pub(in crate::settings) secret_hash: Option<Spanned<Secret>>,
    pub(in crate::settings) secret: Option<Spanned<Secret>>,
    pub(in crate::settings) secret_file: Option<Text>,
    pub(in crate::settings) next_secret_hash: Option<Spanned<Secret>>,
    pub(in crate::settings) next_secret: Option<Spanned<Secret>>,
    pub(in crate::settings) next_secret_file: Option<Text>,
    pub(in crate::settings) hmac_secret: Option<Spanned<Secret>>,
    pub(in crate::settings) hmac_secret_file: Option<Text>,
    pub(in crate::settings) filtering: bool,
}
