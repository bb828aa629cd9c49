//! The one place where an HTTP client is built.

use super::webhook::guard::{Guarded, Reach};
use reqwest::{Client, ClientBuilder, redirect};
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for a connection. Whoever is up answers within a round trip; this leaves room for two
/// lost packets.
const CONNECT: Duration = Duration::from_secs(5);

/// A client for the vendors' APIs. `total` bounds a request from its first byte to the last byte of the answer.
///
/// It follows no redirect, because credentials would travel along, and asks no proxy that the settings file
/// doesn't name. On a machine without any CA certificate it still speaks plain HTTP, and refuses every HTTPS
/// server.
pub fn build(total: Duration) -> Result<Client, reqwest::Error> {
    finished(total, |builder| builder)
}

/// The same, for addresses that others choose: a name leads nowhere but within that reach. What a URL gives as a number is
/// the caller's to look at.
pub fn within(reach: Reach, total: Duration) -> Result<Client, reqwest::Error> {
    finished(total, |builder| match reach {
        Reach::Anywhere => builder,
        Reach::Public => builder.dns_resolver(Arc::new(Guarded(reach))),
    })
}

fn finished(
    total: Duration,
    with: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<Client, reqwest::Error> {
    // An error means that a provider is installed already, which serves as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    with(builder(total)).build().or_else(|error| {
        tracing::warn!(
            cause = &error as &dyn std::error::Error,
            "no CA certificates of this machine could be read; HTTPS servers will be refused"
        );
        with(builder(total)).tls_certs_only([]).build()
    })
}

#[expect(clippy::disallowed_methods, reason = "everybody else's clients come from here")]
fn builder(total: Duration) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("dutyline/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(total)
        .redirect(redirect::Policy::none())
        .no_proxy()
}
