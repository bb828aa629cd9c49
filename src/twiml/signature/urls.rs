//! The spellings of one URL that a carrier may have signed.
//!
//! Source: the `twilio` package for Node, 6.2.0, `validateRequest`, which tries these six because the
//! carrier's own back ends differ.

use std::fmt::Write as _;
use url::{Url, form_urlencoded};

/// As received, without and with the port.
pub(super) fn as_received(url: &str) -> [String; 2] {
    let received = without_fragment(url);
    [without_port(received), with_port(received)]
}

/// As received without and with the port, the same two after WHATWG normalisation (`'` in the query
/// becomes `%27`), and those again with the query as Node's old `querystring` module spells it (`+`
/// becomes `%20`). Equal ones are listed once.
pub(super) fn spellings(url: &str) -> Vec<String> {
    let mut all = Vec::from(as_received(url));
    if let Ok(normalised) = Url::parse(without_fragment(url)) {
        let normalised = [without_port(normalised.as_str()), with_port(normalised.as_str())];
        let legacy = normalised.each_ref().map(|url| with_legacy_query(url));
        all.extend(normalised);
        all.extend(legacy);
    }
    distinct(all)
}

/// The spellings with user, password and query hidden: whoever need not sign can write anything there.
pub(super) fn masked(spellings: &[String]) -> Vec<String> {
    distinct(spellings.iter().map(|url| mask(url)).collect())
}

/// The first value of a name in the query.
pub(super) fn query_value(url: &str, name: &str) -> Option<String> {
    let (_, query) = without_fragment(url).split_once('?')?;
    let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

pub(super) fn without_fragment(url: &str) -> &str {
    url.split_once('#').map_or(url, |(before, _)| before)
}

/// A URL cut into pieces that put together are the URL again, letter for letter.
struct Pieces<'a> {
    /// With `://`.
    scheme: &'a str,
    /// With `@`, or empty.
    user: &'a str,
    host: &'a str,
    /// With `:`, or empty.
    port: &'a str,
    /// Path and query.
    rest: &'a str,
}

impl<'a> Pieces<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, after) = url.split_at(url.find("://")? + "://".len());
        let (authority, rest) = after.split_at(after.find(['/', '?']).unwrap_or(after.len()));
        let (user, address) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
        // The colons inside the brackets of an IPv6 address start no port.
        let bracket = address.rfind(']').unwrap_or(0);
        let port = address.get(bracket..).and_then(|tail| tail.find(':'));
        let (host, port) = address.split_at(port.map_or(address.len(), |at| bracket + at));
        Some(Self { scheme, user, host, port, rest })
    }
}

fn without_port(url: &str) -> String {
    match Pieces::of(url) {
        Some(Pieces { scheme, user, host, port: _, rest }) => [scheme, user, host, rest].concat(),
        None => url.to_owned(),
    }
}

fn with_port(url: &str) -> String {
    match Pieces::of(url) {
        Some(Pieces { scheme, user, host, port: "", rest }) => {
            let port = if scheme.eq_ignore_ascii_case("https://") { ":443" } else { ":80" };
            [scheme, user, host, port, rest].concat()
        }
        Some(_) | None => url.to_owned(),
    }
}

/// The URL with its query parsed and written again as `querystring` of Node does: at most a thousand
/// pairs, the values of one name together where it first stands.
fn with_legacy_query(url: &str) -> String {
    let Some((address, query)) = url.split_once('?').filter(|(_, query)| !query.is_empty()) else {
        return url.to_owned();
    };
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).take(1000) {
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(legacy_escape(&value)),
            None => names.push((name.into_owned(), vec![legacy_escape(&value)])),
        }
    }
    let pairs: Vec<_> = names
        .iter()
        .flat_map(|(name, values)| values.iter().map(|value| format!("{}={value}", legacy_escape(name))))
        .collect();
    format!("{address}?{}", pairs.join("&"))
}

fn legacy_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a `String` can't fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

fn mask(url: &str) -> String {
    let (address, has_query) = url.split_once('?').map_or((url, false), |(address, _)| (address, true));
    let mut masked = match Pieces::of(address) {
        Some(Pieces { scheme, user, host, port, rest }) => {
            let user = if user.is_empty() { "" } else { "*@" };
            [scheme, user, host, port, rest].concat()
        }
        None => address.to_owned(),
    };
    if has_query {
        masked.push_str("?*");
    }
    masked
}

fn distinct(urls: Vec<String>) -> Vec<String> {
    let mut distinct = Vec::with_capacity(urls.len());
    for url in urls {
        if !distinct.contains(&url) {
            distinct.push(url);
        }
    }
    distinct
}
