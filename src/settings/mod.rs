//! The settings file: read once, checked whole, then plain values.
//!
//! Three steps. `walk` goes through the file with the one table of keys (`keys`) and reports every key
//! and type that doesn't fit; `file` is what is left of it, as written; `check` applies the rules between
//! keys and turns it into [`Settings`]. All problems of a file are found in one go, each with its line.

mod check;
mod file;
mod findings;
mod hooks;
pub mod import;
mod keys;
mod load;
mod problem;
mod prompts;
mod reference;
mod schema;
mod secret;
mod templates;
#[cfg(test)]
mod tests;
mod walk;

pub use hooks::{Alerting, Webhook, WebhookKind};
pub use load::{DEFAULT, DEMO, Loaded, load, load_at, parse};
pub use problem::{Level, Position, Problem, Problems};
pub use reference::reference;
pub use secret::{Secret, SecretUrl, SigningSecret};
pub use templates::{Piece, TemplateFailed, Templates};

use crate::domain::access::{ApiKey, TokenHash};
use crate::domain::alerting::forward::ForwardName;
use crate::domain::alerting::hook::Hook;
use crate::domain::alerting::policy::{Policy, PolicyName};
use crate::domain::alerting::team::{IntegrationName, Team, TeamName};
use crate::domain::contact::{EmailAddress, PhoneNumber};
use crate::domain::delivery::ledger::OnUnknown;
use crate::domain::directory::Directory;
use crate::domain::directory::elsewhere::Ages;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::retention::Retention;
use crate::domain::voice::menu::CallMenu;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// What the program needs to run: every value parsed, every default filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where it listens.
    pub server: Server,
    /// Where it keeps its data.
    pub store: Store,
    /// How it logs.
    pub log: Log,
    /// The telephony carrier.
    pub carrier: Carrier,
    /// Manners of a call that are not the menu's.
    pub voice: Voice,
    /// What callers are offered.
    pub menu: CallMenu,
    /// People, groups, absences.
    pub directory: Directory,
    /// A system at xMatters; `None`: there is none.
    pub xmatters: Option<Xmatters>,
    /// Who may call and who is on call besides the people of the directory, by what another one says of them; `None`:
    /// nobody.
    pub elsewhere: Option<Elsewhere>,
    /// Who makes the texts of messages.
    pub transcriber: Transcriber,
    /// The links to recordings.
    pub links: Links,
    /// The mail server; `None`: no mail is sent.
    pub mail: Option<Mail>,
    /// Teams, in the file's order.
    pub teams: Vec<Team>,
    /// Escalation policies. Checked: whatever names one names one of these.
    pub policies: Vec<Policy>,
    /// What opens the ways in for events, a line for each. Checked: no two are opened by the same secret.
    pub integrations: Vec<IntegrationAccess>,
    /// Other systems that every alert of a call is passed on to.
    pub forwards: Vec<ForwardTo>,
    /// How people are told of alerts.
    pub alerting: Alerting,
    /// What people are written.
    pub templates: Templates,
    /// Other programs that are told what happens to alerts.
    pub webhooks: Vec<Webhook>,
    /// Text messages; `None`: none are sent.
    pub sms: Option<Sms>,
    /// What is refused because it comes too fast.
    pub limits: Limits,
    /// Whoever watches over us.
    pub auditor: Auditor,
    /// What is forgotten, and when.
    pub retention: Retention,
    /// The API keys of the file; more come from the store.
    pub api_keys: Vec<ApiKey>,
    /// The built-in carrier; `None`: there is none.
    pub exchange: Option<Exchange>,
}

impl Settings {
    /// The team of that name.
    pub fn team(&self, name: &TeamName) -> Option<&Team> {
        self.teams.iter().find(|team| team.name == *name)
    }

    /// Who is told of what, as decisions need to know it.
    pub fn hooks(&self) -> Vec<&Hook> {
        self.webhooks.iter().map(|webhook| &webhook.rule).collect()
    }

    /// The policy of that name.
    pub fn policy(&self, name: &PolicyName) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.name == *name)
    }
}

/// What opens a way in for events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationAccess {
    /// Whose it is.
    pub team: TeamName,
    /// Its name there.
    pub name: IntegrationName,
    /// The hashes of the secrets that let a sender in; one, or two while senders are moved from one to the other.
    pub secrets: Vec<TokenHash>,
    /// What every request must be signed with besides; `None`: nothing.
    pub hmac: Option<Secret>,
}

/// How many of the details of an event messages show, at most.
pub const MOST_DETAILS: usize = 100;

/// Stands in `transcriber.command` where the path of the sound's file belongs.
pub const WAV: &str = "{wav}";

/// The table of the settings that says where the other directory is, and the word for it in `voice.access`.
pub const ELSEWHERE: &str = "xmatters";

/// Where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The address of the one HTTP port.
    pub listen: SocketAddr,
    /// How the carrier reaches that port, with a trailing slash. `None` only where there is an
    /// [`Exchange`], which reaches it at the address that it listens on.
    pub public_url: Option<Url>,
    /// The header in which a proxy gives the address of a sender; `None`: there is no such proxy.
    pub source_header: Option<String>,
    /// How long a stop waits for requests under way.
    pub shutdown_grace: Duration,
}

/// Where it keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The database file; without meaning where there is a [`Postgres`].
    pub database: PathBuf,
    /// The folder of the recordings.
    pub recordings: PathBuf,
    /// Bytes that the database may grow to, recordings not counted; `None`: as many as there are.
    pub max_bytes: Option<u64>,
    /// The `PostgreSQL` database in place of the file.
    pub postgres: Option<Postgres>,
    /// A bucket that the recordings are in; `None`: they are in the folder.
    pub s3: Option<S3>,
}

/// A `PostgreSQL` database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postgres {
    /// Where it is, and who we are there.
    pub url: Secret,
    /// A file with certificates that its server is known by, besides those of the machine.
    pub ca_file: Option<PathBuf>,
}

/// A bucket at S3, or at a service that speaks its protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// What the keys of all objects begin with; `None`: nothing.
    pub prefix: Option<String>,
    /// Where it is.
    pub region: String,
    /// Another service, with a trailing slash; `None`: Amazon's of the region.
    pub endpoint: Option<Url>,
    /// Whether the bucket's name stands in the path of a URL.
    pub path_style: bool,
    /// The id of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
}

/// How it logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// For people or for machines.
    pub format: LogFormat,
    /// The least severe level that is written.
    pub level: LogLevel,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What went wrong for good.
    Error,
    /// And what may go wrong.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And every step.
    Trace,
}

/// The telephony carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// Whose protocol it speaks.
    pub kind: CarrierKind,
    /// Our account there.
    pub account_sid: String,
    /// Signs its webhooks, and opens its API where there is no `api_key`. `None` only where `shared_keys` do the
    /// one and `api_key` the other.
    pub auth_token: Option<Secret>,
    /// Opens its API in the token's place.
    pub api_key: Option<CarrierKey>,
    /// The token before the last rotation: still signs webhooks.
    pub previous_auth_token: Option<Secret>,
    /// Keys that sign webhooks besides the token, chosen by the id that the carrier sends.
    pub shared_keys: Vec<SharedKey>,
    /// Its API, with a trailing slash.
    pub api_url: Url,
    /// Our number there.
    pub number: PhoneNumber,
    /// Whether it has conferences, and places calls when its API is asked to.
    pub conferences: bool,
    /// The number that people see whom we call.
    pub caller_id: PhoneNumber,
    /// How often one number is rung about alerts within a quarter of an hour, at most.
    pub calls_per_number: u32,
}

/// Whose protocol a carrier speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CarrierKind {
    /// Twilio, and the built-in exchange.
    Twilio,
}

/// A key to the carrier's API, which can be revoked without the account's token being changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierKey {
    /// As the carrier names it.
    pub sid: String,
    /// What proves it.
    pub secret: Secret,
}

/// A key that signs webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedKey {
    /// As the carrier names it.
    pub id: String,
    /// The key.
    pub secret: Secret,
}

/// Manners of a call that are not the menu's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voice {
    /// Who is let in.
    pub access: Access,
}

/// Who is let in by phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Those of the directory who may call, known by their voice number.
    Directory,
    /// Those, and people whom xMatters knows by such a number.
    #[serde(rename = "xmatters")]
    Elsewhere,
    /// Anybody.
    Open,
}

/// Another directory that knows who is on call in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnCallSource {
    /// That of `[xmatters]`.
    Xmatters,
}

/// A system at xMatters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xmatters {
    /// Where it is, with a trailing slash.
    pub url: Url,
    /// As whom we ask there.
    pub login: Login,
}

/// Who may call and who is on call, by what another directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The ids there of those who may call; empty where no callers are looked up there.
    pub authorised: Vec<PersonId>,
    /// The groups whose on-call people only it knows.
    pub groups: Vec<GroupName>,
    /// For how long its answers count.
    pub ages: Ages,
    /// How long one page of a call waits for it.
    pub patience: Duration,
}

/// Who makes the texts of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcriber {
    /// Who, and how.
    pub by: TranscriberBy,
    /// How long one message may take.
    pub timeout: Duration,
    /// How many messages at the same time.
    pub at_once: u32,
    /// How many more may wait.
    pub queue: u32,
}

/// Who makes texts, with what must be known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TranscriberBy {
    /// The carrier.
    Carrier,
    /// A service with `OpenAI`'s interface.
    Http {
        /// Where it is, with a trailing slash.
        url: Url,
        /// What it knows us by; `None`: it asks for nothing.
        api_key: Option<Secret>,
        /// The name of its model.
        model: String,
        /// Whether it is told the caller's language.
        send_language: bool,
    },
    /// A program of this machine.
    Command {
        /// Its path, or its name where the system looks for programs.
        program: PathBuf,
        /// Its arguments, in which `{wav}` stands for the sound's file.
        arguments: Vec<String>,
    },
}

/// The kind of a transcriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranscriberKind {
    /// [`TranscriberBy::Carrier`].
    Carrier,
    /// [`TranscriberBy::Http`].
    Http,
    /// [`TranscriberBy::Command`].
    Command,
}

/// The links to recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// They go out as they are.
    Own,
    /// Bitly makes them short.
    Bitly {
        /// Its API, with a trailing slash.
        api_url: Url,
        /// What it knows us by.
        token: Secret,
    },
}

/// Who makes links short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinksKind {
    /// Nobody.
    Own,
    /// Bitly.
    Bitly,
}

/// The mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: MailTls,
    /// How we log in; `None`: not at all.
    pub login: Option<Login>,
    /// Who our mails are from.
    pub from: EmailAddress,
    /// What becomes of a mail of which nobody knows whether a server has taken it.
    pub on_unknown: OnUnknown,
    /// Who is given a mail that this server does not take, in order.
    pub next: Vec<MailServer>,
}

/// Another mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: MailTls,
    /// How we log in; `None`: not at all.
    pub login: Option<Login>,
}

/// How a connection to a mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// It isn't.
    None,
    /// Plain at first, TLS before anything is said.
    Starttls,
    /// TLS from the first byte.
    Tls,
}

/// A user with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Name.
    pub user: Secret,
    /// Password.
    pub password: Secret,
}

/// Another system that every alert of a call is passed on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardTo {
    /// Unique.
    pub name: ForwardName,
    /// Whose protocol it speaks.
    pub kind: ForwardKind,
    /// Where it takes alerts; `None`: it gets none.
    pub alert_url: Option<SecretUrl>,
    /// Where it takes calls into a conference; `None`: it gets none.
    pub conference_url: Option<SecretUrl>,
    /// How we log in; `None`: not at all.
    pub login: Option<Login>,
    /// How long an alert waits for its text, at most.
    pub text_wait: Duration,
}

/// Whose protocol a forward target speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ForwardKind {
    /// xMatters' inbound integrations.
    Xmatters,
}

/// Text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// The number that they come from.
    pub from: PhoneNumber,
    /// Whether what people write back is acted upon.
    pub replies: bool,
    /// Who transmits them, in order; never empty.
    pub vendors: Vec<SmsVendor>,
    /// How many one number gets within a quarter of an hour, at most.
    pub per_number: u32,
    /// As soon as more than so many are kept waiting, they become one.
    pub bundle_above: u32,
    /// What becomes of one of which nobody knows whether it was taken, where the vendor can't be asked.
    pub on_unknown: OnUnknown,
}

/// Who transmits text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmsVendor {
    /// The carrier.
    Carrier,
    /// Whoever speaks `MessageBird`'s protocol.
    MessageBird {
        /// What opens the API.
        access_key: Secret,
        /// The number or the name that messages come from.
        from: String,
        /// The API, with a trailing slash.
        api_url: Url,
    },
}

/// The same, as the settings file names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsVendorKind {
    /// The carrier.
    Carrier,
    /// `MessageBird`.
    MessageBird,
}

/// What is refused because it comes too fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls a minute from one number.
    pub calls_per_number_per_minute: u32,
    /// API requests a minute from one source.
    pub requests_per_source_per_minute: u32,
    /// Events a minute from one integration; each of a batch counts.
    pub events_per_integration_per_minute: u32,
}

/// Who is told that every open alert is where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auditor {
    /// The address that is asked for after every good check; `None`: nobody watches.
    pub ping_url: Option<SecretUrl>,
}

/// The built-in carrier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exchange {
    /// Where its API and its phones are; always a loopback address.
    pub listen: SocketAddr,
    /// Where it takes mail; always a loopback address.
    pub smtp_listen: SocketAddr,
    /// How many times faster than in real life is spoken.
    pub speed: f64,
    /// How long it takes to make a text of a recording.
    pub transcription: Duration,
    /// What its recordings sound like.
    pub voice: ExchangeVoice,
}

/// What the recordings of the built-in carrier sound like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExchangeVoice {
    /// Spoken by espeak-ng where that is installed, else as [`Self::Tone`].
    Espeak,
    /// A tone as long as the message.
    Tone,
}
