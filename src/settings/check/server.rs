//! `[server]`.

use super::Check;
use super::values::is_loopback;
use crate::settings::{Server, file};
use std::time::Duration;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn server(&mut self, entry: &Spanned<file::Server>, has_exchange: bool) -> Option<Server> {
        let file = entry.get_ref();
        let listen = self.listen_address(&file.listen, "server.listen");
        let key = "server.public_url";
        let public_url = match &file.public_url {
            Some(text) => {
                let url = self.base_url(text, key)?;
                if url.scheme() == "http" && !is_loopback(&url) {
                    let found = self.findings.warning(&text.span(), key, "is not https");
                    found.hint("callers' numbers and recordings would travel for everybody to read");
                }
                Some(url)
            }
            None if has_exchange => None,
            None => {
                let found = self.findings.absent(&entry.span(), key, "is missing");
                found.hint(
                    "the address at which the carrier reaches Dutyline, as https://dutyline.example.com",
                );
                return None;
            }
        };
        let shutdown_grace = Duration::from_secs(file.shutdown_grace_seconds.into());
        let source_header = file.source_header.as_ref().and_then(|text| {
            let is_name = |name: &str| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            if is_name(text.get_ref()) {
                return Some(text.get_ref().clone());
            }
            let found = self.findings.problem(&text.span(), "server.source_header", "is no name of a header");
            found.hint("write it as X-Forwarded-For");
            None
        });
        Some(Server { listen: listen?, public_url, source_header, shutdown_grace })
    }
}
