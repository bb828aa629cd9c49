//! How often a source may ask. A source is a key where one is sent, else the address that the request comes from.

use super::error::ApiError;
use super::extract::auth::bearer;
use crate::app::App;
use crate::domain::access::TokenHash;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Bounds what programs ask. A key that opens nothing counts for its sender's address as well, so that nobody
/// can try key after key.
pub(super) async fn by_key_or_peer(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let peer = peer(&app, request.headers(), request.extensions());
    let Some(key) = bearer(request.headers()).map(|token| TokenHash::of(token).to_string()) else {
        within(&app, &peer)?;
        return Ok(next.run(request).await);
    };
    within(&app, &key)?;
    let response = next.run(request).await;
    if response.status() == StatusCode::UNAUTHORIZED {
        within(&app, &peer)?;
    }
    Ok(response)
}

/// Bounds what people ask.
pub(super) async fn by_peer(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    within(&app, &peer(&app, request.headers(), request.extensions()))?;
    Ok(next.run(request).await)
}

/// Bounds what operators ask that costs something: apart from what people ask, because they may all come by way
/// of one proxy.
pub(super) async fn of_operators(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let peer = peer(&app, request.headers(), request.extensions());
    within(&app, &format!("operator {peer}"))?;
    Ok(next.run(request).await)
}

/// Counts one of that source.
pub(super) fn within(app: &App, key: &str) -> Result<(), ApiError> {
    app.request_limit.check(key).map_err(|pause| {
        let message = "too many requests; `Retry-After` says when the next is welcome";
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message).retry_after(pause)
    })
}

/// The source of a request that brings no key: what the proxy in front says, where the settings name its header,
/// else the address of the connection.
pub(super) fn peer(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let live = app.live();
    let told = live.settings.server.source_header.as_deref().and_then(|name| last_address(headers, name));
    let connected = || extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    told.or_else(connected).map_or_else(|| "unknown".to_owned(), |address| network(address).to_string())
}

/// The last address of a list of them: the one that the proxy next to us has added. Those before it are what the
/// sender says.
fn last_address(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let last = headers.get_all(name).into_iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

/// One subscriber: an IPv4 address, or the 64 bits of an IPv6 address that stand for a network, all of whose
/// addresses are theirs to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_list_of_addresses_the_proxys_own_word_counts() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_address(&headers, "X-Forwarded-For"), None);
        headers.append("X-Forwarded-For", "10.0.0.1, 192.0.2.7".parse().unwrap());
        assert_eq!(last_address(&headers, "x-forwarded-for"), Some([192, 0, 2, 7].into()));
        headers.append("X-Forwarded-For", "198.51.100.9".parse().unwrap());
        assert_eq!(last_address(&headers, "X-Forwarded-For"), Some([198, 51, 100, 9].into()));
        headers.append("X-Forwarded-For", "nobody".parse().unwrap());
        assert_eq!(last_address(&headers, "X-Forwarded-For"), None);
    }

    #[test]
    fn one_subscriber_is_one_source() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::1"), "2001:db8:1:2::");
        assert_ne!(network("2001:db8:1:3::1"), network("2001:db8:1:2::1"));
    }
}
