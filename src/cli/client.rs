//! How the other commands find a running gateway: a small file that `demo` writes and people can write.

use super::Failed;
use dutyline::exchange::script::remote::Contacts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where a gateway is and how we are let in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    /// The gateway, e.g. `http://127.0.0.1:8080`.
    pub(super) url: String,
    /// A key to its API.
    pub(super) api_key: String,
    /// The built-in carrier, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) exchange: Option<Exchange>,
}

/// The built-in carrier and its phones.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exchange {
    /// Where it is.
    pub(super) url: String,
    /// Its account's token.
    pub(super) token: String,
    /// The name of the settings file that it runs with, without folder and ending.
    #[serde(default)]
    pub(super) settings: String,
    /// The number to call.
    pub(super) number: String,
    /// How many times faster than in real life is spoken there.
    pub(super) speed: f64,
    /// How people are reached, by their ids.
    #[serde(default)]
    pub(super) people: BTreeMap<String, Contacts>,
}

/// The option that names the file.
#[derive(Debug, clap::Args)]
pub(super) struct ClientFile {
    /// Says where the gateway is: a TOML file with `url` and `api_key`. The demo writes one.
    #[arg(long, value_name = "FILE", default_value = "dutyline-demo/client.toml")]
    client: PathBuf,
}

impl ClientFile {
    /// Reads it.
    pub(super) fn read(&self) -> Result<Client, Failed> {
        let path = self.client.display();
        let text = std::fs::read_to_string(&self.client).map_err(|error| {
            format!("{path} can't be read ({error}); is `dutyline demo` running in this folder? else name a file with --client")
        })?;
        Ok(toml::from_str(&text).map_err(|error| format!("{path}: {error}"))?)
    }
}

impl Client {
    /// Writes it for this user alone: it holds a key.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failed> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(toml::to_string(self)?.as_bytes())?;
        Ok(())
    }
}
