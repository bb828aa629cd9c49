//! `[exchange]`.

use super::Check;
use super::values::is_loopback;
use crate::settings::{Exchange, Server, file};
use std::net::SocketAddr;
use std::time::Duration;
use toml::Spanned;
use url::Url;

impl Check<'_, '_> {
    pub(super) fn exchange(
        &mut self,
        file: &file::Exchange,
        server: Option<&Server>,
        carrier: &Spanned<file::Carrier>,
    ) -> Option<Exchange> {
        let listen = self.loopback(&file.listen, "exchange.listen");
        let smtp_listen = self.loopback(&file.smtp_listen, "exchange.smtp_listen");
        let server = server.map(|server| server.listen);
        self.apart(&file.listen, "exchange.listen", listen, server, "server.listen");
        self.apart(&file.smtp_listen, "exchange.smtp_listen", smtp_listen, server, "server.listen");
        self.apart(&file.smtp_listen, "exchange.smtp_listen", smtp_listen, listen, "exchange.listen");
        let api_url = &carrier.get_ref().api_url;
        if Url::parse(api_url.get_ref()).is_ok_and(|url| !is_loopback(&url)) {
            let at = if api_url.span().is_empty() { carrier.span() } else { api_url.span() };
            let message = "is not that of the built-in carrier";
            let found = self.findings.warning(&at, "carrier.api_url", message);
            found.hint(format!("write it as http://{}, or leave [exchange] out", file.listen.get_ref()));
        }
        let file::Carrier { auth_token, auth_token_file, api_key, shared_keys, .. } = carrier.get_ref();
        let is_told = api_key.is_none() || shared_keys.is_empty();
        if auth_token.is_none() && auth_token_file.is_none() && !is_told {
            let found = self.findings.absent(&carrier.span(), "carrier.auth_token", "is missing");
            found.hint(
                "the built-in carrier signs with it; leave [exchange] out where the carrier is a real one",
            );
        }
        Some(Exchange {
            listen: listen?,
            smtp_listen: smtp_listen?,
            speed: file.speed,
            transcription: Duration::from_secs(file.transcription_seconds.into()),
            voice: file.voice,
        })
    }

    /// The built-in carrier lets anybody call from any number, so it never leaves this machine.
    fn loopback(&mut self, text: &file::Text, key: &str) -> Option<SocketAddr> {
        let address = self.listen_address(text, key)?;
        if !address.ip().is_loopback() {
            let message = format!("\"{}\" is not a loopback address", text.get_ref());
            let hint = "anybody could call from any number; write it as 127.0.0.1:8090";
            self.findings.problem(&text.span(), key, message).hint(hint);
            return None;
        }
        Some(address)
    }

    /// Port 0 is any free port: two of them don't meet.
    fn apart(
        &mut self,
        text: &file::Text,
        key: &str,
        own: Option<SocketAddr>,
        other: Option<SocketAddr>,
        other_key: &str,
    ) {
        if own.is_some() && own == other && own.is_some_and(|own| own.port() != 0) {
            self.findings.problem(&text.span(), key, format!("is the same as {other_key}"));
        }
    }
}
