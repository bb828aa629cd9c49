//! The HTTP client of the carrier and of its phones.

use std::time::Duration;

use reqwest::{Client, redirect};

/// A client that connects within `connect`, directly and without following redirects.
#[expect(
    clippy::disallowed_methods,
    reason = "the exchange is the carrier, not the gateway: it has its own client"
)]
pub(super) fn client(connect: Duration) -> reqwest::Result<Client> {
    // Another part of the program may have installed the provider before; it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .user_agent("TwilioProxy/1.1 (Dutyline exchange)")
        .redirect(redirect::Policy::none())
        .connect_timeout(connect)
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
}
