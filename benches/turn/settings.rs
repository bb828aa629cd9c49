//! The settings of a gateway that is measured: as in production, with limits that count and refuse nobody.

use super::Failed;
use dutyline::domain::access::TokenHash;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where the carrier reaches the gateway. It need not be where the gateway listens: a proxy stands between.
pub(super) const PUBLIC_URL: &str = "https://dutyline.example.com/";
/// The account's token: it signs.
pub(super) const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// The account.
pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// Our number.
pub(super) const NUMBER: &str = "+15550100";
/// Known callers.
pub(super) const CALLERS: usize = 64;

/// The number of a known caller.
pub(super) fn caller(index: usize) -> String {
    format!("+1555{:07}", 2_000_000 + index % CALLERS)
}

/// Where events come in.
pub(super) const WEBHOOK: &str = "/webhook/the-integration-of-the-bench";
/// The token of an API key that may read.
pub(super) const API_TOKEN: &str = "dl_the-key-of-the-bench";

/// What differs between measurements.
#[derive(Debug)]
pub(super) struct Gateway<'a> {
    /// Where it listens.
    pub(super) listen: SocketAddr,
    /// Where its data is.
    pub(super) folder: &'a Path,
    /// A PostgreSQL database; `None`: SQLite in the folder.
    pub(super) postgres: Option<&'a str>,
    /// The carrier's API.
    pub(super) carrier: SocketAddr,
}

impl Gateway<'_> {
    /// Writes the settings file.
    pub(super) fn write(&self) -> Result<PathBuf, Failed> {
        let path = self.folder.join("dutyline.toml");
        std::fs::write(&path, self.text()?)?;
        Ok(path)
    }

    fn text(&self) -> Result<String, Failed> {
        let Self { listen, folder, postgres, carrier } = self;
        let secret = TokenHash::of(WEBHOOK.rsplit('/').next().unwrap_or_default());
        let key = TokenHash::of(API_TOKEN);
        let folder = toml::Value::from(folder.to_string_lossy().as_ref());
        let mut text = format!(
            r#"
[server]
listen = "{listen}"
public_url = "{PUBLIC_URL}"
data_dir = {folder}

[log]
level = "info"

[carrier]
account_sid = "{ACCOUNT}"
auth_token = "{TOKEN}"
api_url = "http://{carrier}/"
number = "{NUMBER}"

[limits]
events_per_integration_per_minute = 1000000
calls_per_number_per_minute = 10000
requests_per_source_per_minute = 1000000

[voice]
authorised = [{{ group = "Technicians" }}]
transcribe = false

[[voice.group]]
name = "Cloud DevOps"
spoken = "Cloud Dev Ops"

[[voice.group]]
name = "Database Infrastructure"

[[voice.group]]
name = "Major Incident"

[[group]]
name = "Cloud DevOps"
members = [{{ person = "technician-1" }}, {{ person = "technician-2" }}]

[[group]]
name = "Database Infrastructure"
members = [{{ person = "technician-3" }}, {{ person = "technician-4" }}]

[[group]]
name = "Major Incident"
members = [
    {{ group = "Cloud DevOps" }},
    {{ group = "Database Infrastructure" }},
    {{ person = "technician-5" }},
    {{ person = "technician-6" }},
    {{ person = "technician-7" }},
    {{ person = "technician-8" }},
]

[sms]

[[policy]]
name = "standard"
last_resort = [{{ person = "technician-8" }}]
[[policy.step]]
to = [{{ on_duty = true }}]

[[team]]
name = "Plant"
on_call = [{{ person = "technician-1" }}]
policy = "standard"
[[team.integration]]
name = "bench"
secret_hash = "{secret}"

[[api.key]]
name = "bench"
hash = "{key}"
scopes = ["read"]

[voice.hunt]
ring_seconds = 60
caller_seconds = 900
"#
        );
        if let Some(url) = postgres {
            writeln!(text, "\n[store]\npostgres_url = {}", toml::Value::from(*url))?;
        }
        let members: Vec<_> =
            (0..CALLERS).map(|index| format!("{{ person = \"technician-{index}\" }}")).collect();
        writeln!(text, "\n[[group]]\nname = \"Technicians\"\nmembers = [{}]", members.join(", "))?;
        for index in 0..CALLERS {
            let number = caller(index);
            writeln!(
                text,
                "\n[[person]]\nid = \"technician-{index}\"\nname = \"Technician {index}\"\n\
                 [[person.device]]\nkind = \"voice\"\nnumber = \"{number}\"\n\
                 [[person.device]]\nkind = \"sms\"\nnumber = \"{number}\"\n[[person.rule]]\ndevices = [2]"
            )?;
        }
        Ok(text)
    }
}
