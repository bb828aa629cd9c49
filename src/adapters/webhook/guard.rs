//! Where messages to other programs may go: not into our own network, unless the settings say so.
//!
//! A name is resolved once, and the connection goes to the very address that was looked at, so that no second answer
//! of a name server can lead elsewhere.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// What the log says of an address that is refused.
pub const REFUSED: &str = "it is at a private address, where nothing is sent: set allow_private of the [[webhook]], or \
     alerting.private_devices for a person's own, if it is meant so";

/// A name leads to nothing but addresses that are not within reach.
#[derive(Debug, thiserror::Error)]
#[error("{REFUSED}")]
struct OutOfReach;

/// Whether nothing was sent because a name leads out of reach.
pub fn is_out_of_reach(error: &reqwest::Error) -> bool {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.into_iter().any(<dyn Error + 'static>::is::<OutOfReach>)
}

/// Where a program may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// On the open internet only.
    Public,
    /// Anywhere.
    Anywhere,
}

impl Reach {
    /// Whether a connection may go to that address.
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }

    /// Whether the host of a URL may be asked, as far as it is an address; a name is seen to when it is resolved.
    pub fn allows_host(self, url: &Url) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into()),
            Some(Host::Ipv6(address)) => self.allows(address.into()),
            Some(Host::Domain(_)) | None => true,
        }
    }
}

/// The machine's own resolver, which leaves out what is not within reach.
#[derive(Debug, Clone, Copy)]
pub struct Guarded(pub Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let allowed: Vec<_> =
                found.iter().copied().filter(|address| reach.allows(address.ip())).collect();
            // A name that has no address at all may have one later.
            if allowed.is_empty() && !found.is_empty() {
                return Err(OutOfReach.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether that is an address of the open internet: none of this machine, of a private network, of a link (where clouds
/// have their metadata), of a group, or kept for something else (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        // Shared by the customers of a carrier (RFC 6598).
        || (first == 100 && (64..128).contains(&second))
        // For protocols (RFC 6890), old relays, and measurements (RFC 2544).
        || (first == 192 && second == 0 && third == 0)
        || (first == 192 && second == 88 && third == 99)
        || (first == 198 && (18..20).contains(&second))
        // Reserved, the broadcast address among them.
        || first >= 240;
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, fourth, fifth, sixth, high, low] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // An address of the older kind in disguise counts as that one.
        (0, 0) if (third, fourth, fifth) == (0, 0, 0) && sixth == 0xffff => inner(high, low),
        (0x64, 0xff9b) if (third, fourth, fifth, sixth) == (0, 0, 0, 0) => inner(high, low),
        (0x2002, _) => inner(second, third),
        // Teredo, benchmarks and documentation.
        (0x2001, 0x0..0x200 | 0xdb8) => false,
        // Only these are given out to the open internet.
        _ => (0x2000..0x4000).contains(&first) && first != 0x3fff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_open_internet_is_within_reach() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "fec0::1",
            "fd00:ec2::254",
        ] {
            assert!(!Reach::Public.allows(address.parse().unwrap()), "{address}");
            assert!(Reach::Anywhere.allows(address.parse().unwrap()), "{address}");
        }
        for address in
            ["93.184.215.14", "172.32.0.1", "100.128.0.1", "8.8.8.8", "2606:2800:21f::1", "64:ff9b::808:808"]
        {
            assert!(Reach::Public.allows(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn however_an_address_is_written_it_is_seen() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:80/",
            "http://0177.0.0.1/",
        ] {
            assert!(!Reach::Public.allows_host(&url.parse().unwrap()), "{url}");
        }
        assert!(Reach::Public.allows_host(&"https://hooks.example.com/".parse().unwrap()));
    }
}
