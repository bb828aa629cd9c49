//! Connection overrides: what a webhook's URL says in its fragment about timeouts and retries.
//!
//! Twilio, "Webhooks: connection overrides": the fragment is neither sent nor signed; values outside their
//! range count as left out; no override lifts the 15 seconds of a request about a call.

use std::time::Duration;

/// How one webhook is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Overrides {
    /// `ct`, for the connection.
    pub(super) connect: Duration,
    /// `rt`, for the answer to one try.
    pub(super) read: Duration,
    /// `tt`, for all tries together.
    pub(super) total: Duration,
    /// `rc`: how many tries follow the first.
    pub(super) retries: u32,
    /// `rp`: after which troubles there is another try.
    pub(super) policy: Vec<Trouble>,
}

/// Why a try counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No connection (`ct`).
    Connection,
    /// No answer, or not all of it (`rt`).
    Reading,
    /// An answer from 400 to 499 (`4xx`).
    ClientError,
    /// An answer from 500 (`5xx`).
    ServerError,
}

impl Overrides {
    /// Takes a URL apart into what is sent and how.
    pub(super) fn split(url: &str) -> (&str, Self) {
        let (sent, fragment) = url.split_once('#').unwrap_or((url, ""));
        let mut overrides = Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(15),
            total: Duration::from_secs(15),
            retries: 1,
            policy: vec![Trouble::Connection],
        };
        for (key, value) in fragment.split('&').filter_map(|part| part.split_once('=')) {
            match key {
                "ct" => set(&mut overrides.connect, value, 10_000),
                "rt" => set(&mut overrides.read, value, 15_000),
                "tt" => set(&mut overrides.total, value, 15_000),
                "rc" => overrides.retries = number(value, 0, 5).unwrap_or(overrides.retries),
                "rp" => overrides.policy = value.split(',').flat_map(troubles).copied().collect(),
                _ => {}
            }
        }
        (sent, overrides)
    }
}

fn set(span: &mut Duration, value: &str, most: u32) {
    if let Some(milliseconds) = number(value, 100, most) {
        *span = Duration::from_millis(u64::from(milliseconds));
    }
}

fn number(value: &str, least: u32, most: u32) -> Option<u32> {
    value.parse().ok().filter(|number| (least..=most).contains(number))
}

fn troubles(word: &str) -> &'static [Trouble] {
    use Trouble::{ClientError, Connection, Reading, ServerError};
    match word {
        "ct" => &[Connection],
        "rt" => &[Reading],
        "4xx" => &[ClientError],
        "5xx" => &[ServerError],
        "all" => &[Connection, Reading, ClientError, ServerError],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_url_is_tried_twice_when_there_is_no_connection() {
        let (sent, overrides) = Overrides::split("http://gateway/voice?a=b");
        assert_eq!(sent, "http://gateway/voice?a=b");
        assert_eq!(overrides.retries, 1);
        assert_eq!(overrides.policy, [Trouble::Connection]);
        assert_eq!(overrides.total, Duration::from_secs(15));
    }

    #[test]
    fn the_fragment_is_read_and_left_out() {
        let (sent, overrides) =
            Overrides::split("http://gateway/voice#rc=2&rp=ct,5xx&rt=4000&ct=300&tt=9000");
        assert_eq!(sent, "http://gateway/voice");
        assert_eq!(overrides.retries, 2);
        assert_eq!(overrides.policy, [Trouble::Connection, Trouble::ServerError]);
        assert_eq!(overrides.read, Duration::from_secs(4));
        assert_eq!(overrides.connect, Duration::from_millis(300));
        assert_eq!(overrides.total, Duration::from_secs(9));
    }

    #[test]
    fn values_out_of_range_count_as_left_out() {
        let (_, overrides) = Overrides::split("http://gateway/#rc=9&rt=20000&ct=10&tt=word&e=dublin");
        assert_eq!((overrides.retries, overrides.read), (1, Duration::from_secs(15)));
        assert_eq!(overrides.connect, Duration::from_secs(5));
        assert_eq!(overrides.total, Duration::from_secs(15));
    }
}
