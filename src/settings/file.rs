//! The settings file as written: what `walk` has left of it, with its defaults filled in.
//!
//! A required key that was missing or wrong is `None` here: it has been reported already.

mod teams;

pub(super) use teams::{
    Augment, Category, Integration, Maintenance, Policy, PolicyTarget, PolicyTargets, Step, Team,
};

use super::secret::Secret;
use super::{
    Access, CarrierKind, ExchangeVoice, ForwardKind, LinksKind, LogFormat, LogLevel, MailTls, OnCallSource,
    SmsVendorKind, TranscriberKind, WebhookKind,
};
use crate::domain::alerting::news::Topic;
use crate::domain::delivery::ledger::OnUnknown;
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::schedule::Unit;
use crate::domain::severity::Severity;
use crate::domain::voice::hunt::HuntOrder;
use crate::domain::voice::menu::Offer;
use serde::Deserialize;
use toml::Spanned;

pub(super) type Text = Spanned<String>;
pub(super) type Count = Spanned<u32>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) server: Spanned<Server>,
    pub(super) store: Store,
    pub(super) log: Log,
    pub(super) carrier: Spanned<Carrier>,
    pub(super) voice: Spanned<Voice>,
    pub(super) xmatters: Option<Spanned<Xmatters>>,
    pub(super) transcriber: Spanned<Transcriber>,
    pub(super) links: Spanned<Links>,
    pub(super) mail: Option<Spanned<Mail>>,
    pub(super) forward: Vec<Spanned<Forward>>,
    pub(super) alerting: Alerting,
    pub(super) webhook: Vec<Spanned<Webhook>>,
    pub(super) sms: Sms,
    pub(super) limits: Limits,
    pub(super) auditor: Auditor,
    pub(super) retention: Spanned<Retention>,
    pub(super) api: Api,
    pub(super) exchange: Option<Exchange>,
    pub(super) person: Vec<Spanned<Person>>,
    pub(super) group: Vec<Spanned<Group>>,
    pub(super) schedule: Vec<Spanned<Schedule>>,
    pub(super) r#override: Vec<Spanned<Override>>,
    pub(super) absence: Vec<Spanned<Absence>>,
    pub(super) policy: Vec<Spanned<Policy>>,
    pub(super) team: Vec<Spanned<Team>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) listen: Text,
    pub(super) public_url: Option<Text>,
    pub(super) shutdown_grace_seconds: u32,
    pub(super) data_dir: String,
    pub(super) source_header: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub(super) database: Text,
    pub(super) recordings: String,
    pub(super) max_megabytes: Option<Count>,
    pub(super) postgres_url: Option<Spanned<Secret>>,
    pub(super) postgres_url_file: Option<Text>,
    pub(super) postgres_ca_file: Option<Text>,
    pub(super) s3: Option<Spanned<S3>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct S3 {
    pub(super) bucket: Option<String>,
    pub(super) prefix: Option<Text>,
    pub(super) region: String,
    pub(super) endpoint: Option<Text>,
    pub(super) path_style: bool,
    pub(super) access_key_id: Option<String>,
    pub(super) secret_access_key: Option<Spanned<Secret>>,
    pub(super) secret_access_key_file: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: LogFormat,
    pub(super) level: LogLevel,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Carrier {
    pub(super) kind: CarrierKind,
    pub(super) account_sid: Option<String>,
    pub(super) auth_token: Option<Spanned<Secret>>,
    pub(super) auth_token_file: Option<Text>,
    pub(super) api_key: Option<Text>,
    pub(super) api_secret: Option<Spanned<Secret>>,
    pub(super) api_secret_file: Option<Text>,
    pub(super) previous_auth_token: Option<Spanned<Secret>>,
    pub(super) previous_auth_token_file: Option<Text>,
    pub(super) shared_keys: Vec<Spanned<SharedKey>>,
    pub(super) api_url: Text,
    pub(super) number: Option<Text>,
    pub(super) conferences: bool,
    pub(super) caller_id: Option<Text>,
    pub(super) calls_per_number: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SharedKey {
    pub(super) id: Option<Text>,
    pub(super) secret: Option<Spanned<Secret>>,
    pub(super) secret_file: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voice {
    pub(super) language: Text,
    pub(super) prompts: Option<Text>,
    pub(super) access: Spanned<Access>,
    pub(super) authorised: Option<Spanned<Vec<Spanned<Recipient>>>>,
    pub(super) action: Spanned<Vec<ActionEntry>>,
    pub(super) hunt: Spanned<Hunt>,
    pub(super) conference: Spanned<Conference>,
    pub(super) group: Vec<Spanned<Target>>,
    pub(super) default_recipients: Spanned<Vec<Spanned<Recipient>>>,
    pub(super) team: Option<Text>,
    pub(super) ask_times: Count,
    pub(super) key_timeout_seconds: Count,
    pub(super) severity_question: bool,
    pub(super) default_severity: Severity,
    pub(super) longest_message_seconds: Count,
    pub(super) transcribe: bool,
    pub(super) shortest_transcribed_seconds: Count,
    pub(super) longest_transcribed_seconds: Count,
    pub(super) transcription_wait_seconds: Count,
    pub(super) wait_step_seconds: Count,
    pub(super) draft_deadline_seconds: Count,
    pub(super) call_deadline_seconds: Count,
    pub(super) link_days: u32,
    pub(super) fallback_contact: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hunt {
    pub(super) ring: Spanned<HuntRing>,
    pub(super) order: HuntOrder,
    pub(super) ring_seconds: Count,
    pub(super) rounds: u32,
    pub(super) caller_seconds: Count,
    pub(super) accept_key: Option<char>,
    pub(super) accept_seconds: u32,
    pub(super) show_caller: bool,
    pub(super) detect_machines: Spanned<bool>,
    pub(super) wait_sound: Text,
    pub(super) resolve_at_end: bool,
}

/// Who is called at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum HuntRing {
    One,
    Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conference {
    pub(super) number: Option<Text>,
    pub(super) code: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionEntry {
    pub(super) kind: Option<Spanned<Offer>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub(super) name: Option<Text>,
    pub(super) person: Option<Text>,
    pub(super) schedule: Option<Text>,
    pub(super) spoken: Option<Text>,
    pub(super) team: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recipient {
    pub(super) person: Option<Text>,
    pub(super) group: Option<Text>,
    pub(super) schedule: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) person: Option<Text>,
    pub(super) device: Option<Spanned<usize>>,
    pub(super) group: Option<Text>,
    pub(super) schedule: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Xmatters {
    pub(super) url: Option<Text>,
    pub(super) user: Option<Spanned<Secret>>,
    pub(super) password: Option<Spanned<Secret>>,
    pub(super) password_file: Option<Text>,
    pub(super) authorised: Spanned<Vec<String>>,
    pub(super) fresh_minutes: Count,
    pub(super) stale_hours: u32,
    pub(super) patience_milliseconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transcriber {
    pub(super) kind: Spanned<TranscriberKind>,
    pub(super) url: Option<Text>,
    pub(super) api_key: Option<Spanned<Secret>>,
    pub(super) api_key_file: Option<Text>,
    pub(super) model: String,
    pub(super) send_language: bool,
    pub(super) command: Option<Spanned<Vec<String>>>,
    pub(super) timeout_seconds: u32,
    pub(super) at_once: u32,
    pub(super) queue: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Links {
    pub(super) kind: LinksKind,
    pub(super) token: Option<Spanned<Secret>>,
    pub(super) token_file: Option<Text>,
    pub(super) api_url: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) tls: Spanned<MailTls>,
    pub(super) user: Option<Spanned<Secret>>,
    pub(super) password: Option<Spanned<Secret>>,
    pub(super) password_file: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) on_unknown: OnUnknown,
    pub(super) next: Vec<Spanned<MailServer>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailServer {
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) tls: Spanned<MailTls>,
    pub(super) user: Option<Spanned<Secret>>,
    pub(super) password: Option<Spanned<Secret>>,
    pub(super) password_file: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Forward {
    pub(super) name: Option<Text>,
    pub(super) kind: ForwardKind,
    pub(super) alert_url: Option<Spanned<Secret>>,
    pub(super) alert_url_file: Option<Text>,
    pub(super) conference_url: Option<Spanned<Secret>>,
    pub(super) conference_url_file: Option<Text>,
    pub(super) user: Option<Text>,
    pub(super) password: Option<Spanned<Secret>>,
    pub(super) password_file: Option<Text>,
    pub(super) text_wait_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alerting {
    pub(super) templates: Option<Text>,
    pub(super) private_devices: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Webhook {
    pub(super) name: Option<Text>,
    pub(super) kind: WebhookKind,
    pub(super) url: Option<Spanned<Secret>>,
    pub(super) url_file: Option<Text>,
    pub(super) secret: Option<Spanned<Secret>>,
    pub(super) secret_file: Option<Text>,
    pub(super) next_secret: Option<Spanned<Secret>>,
    pub(super) next_secret_file: Option<Text>,
    pub(super) teams: Option<Spanned<Vec<Text>>>,
    pub(super) on: Spanned<Vec<Topic>>,
    pub(super) allow_private: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sms {
    pub(super) enabled: bool,
    pub(super) from: Option<Text>,
    pub(super) replies: bool,
    pub(super) vendor: Vec<Spanned<SmsVendor>>,
    pub(super) per_number: u32,
    pub(super) bundle_above: u32,
    pub(super) on_unknown: OnUnknown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SmsVendor {
    pub(super) kind: Option<Spanned<SmsVendorKind>>,
    pub(super) access_key: Option<Spanned<Secret>>,
    pub(super) access_key_file: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) api_url: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are called as the keys are")]
pub(super) struct Limits {
    pub(super) calls_per_number_per_minute: u32,
    pub(super) requests_per_source_per_minute: u32,
    pub(super) events_per_integration_per_minute: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Auditor {
    pub(super) ping_url: Option<Spanned<Secret>>,
    pub(super) ping_url_file: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Retention {
    pub(super) calls_days: Option<Count>,
    pub(super) recordings_days: Option<Count>,
    pub(super) recordings_at_carrier_hours: Option<Count>,
    pub(super) closed_alerts_days: Option<Count>,
    pub(super) log_days: Option<Count>,
    pub(super) absences_days: Option<Count>,
    pub(super) audit_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Api {
    pub(super) key: Vec<ApiKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiKey {
    pub(super) name: Option<Text>,
    pub(super) hash: Option<Spanned<Secret>>,
    pub(super) scopes: Option<Spanned<Vec<String>>>,
    pub(super) expires: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    pub(super) listen: Text,
    pub(super) smtp_listen: Text,
    pub(super) speed: f64,
    pub(super) transcription_seconds: u32,
    pub(super) voice: ExchangeVoice,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) id: Option<Text>,
    pub(super) name: Option<String>,
    pub(super) language: Option<Text>,
    pub(super) zone: Option<Text>,
    pub(super) device: Vec<Spanned<Device>>,
    pub(super) rule: Vec<Spanned<Rule>>,
    pub(super) quiet: Option<Spanned<Quiet>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) severities: Vec<Severity>,
    pub(super) devices: Option<Spanned<Vec<Spanned<usize>>>>,
    pub(super) after_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quiet {
    pub(super) from: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) unless: Vec<Severity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) kind: Option<DeviceKind>,
    pub(super) number: Option<Text>,
    pub(super) address: Option<Text>,
    pub(super) url: Option<Spanned<Secret>>,
    pub(super) url_file: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: Option<Text>,
    pub(super) members: Option<Spanned<Vec<Spanned<Member>>>>,
    pub(super) elsewhere: Spanned<bool>,
    pub(super) on_call: Option<Spanned<OnCallSource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Schedule {
    pub(super) name: Option<Text>,
    pub(super) zone: Option<Text>,
    pub(super) rotation: Vec<Spanned<Rotation>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rotation {
    pub(super) members: Option<Spanned<Vec<Text>>>,
    pub(super) every: Option<Unit>,
    pub(super) length: u32,
    pub(super) starts_at: Option<Text>,
    pub(super) zone: Option<Text>,
    pub(super) hours: Vec<Spanned<Hours>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hours {
    pub(super) days: Spanned<Vec<String>>,
    pub(super) from: Option<Text>,
    pub(super) until: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Override {
    pub(super) schedule: Option<Text>,
    pub(super) add: Option<Text>,
    pub(super) remove: Option<Text>,
    pub(super) replace: Option<Text>,
    pub(super) by: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) until: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Absence {
    pub(super) person: Option<Text>,
    pub(super) from: Option<Text>,
    pub(super) until: Option<Text>,
    pub(super) replacement: Option<Text>,
}
