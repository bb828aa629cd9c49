//! The id of a request: in its answer, and in every log line that it causes.

use crate::domain::ids::Ids;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::sync::Arc;

/// Where the id comes in and goes out.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken from a client.
const LONGEST: usize = 64;

/// The id of a request. Every request has it among its extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The id that the client has chosen, when it is short and plain; else a new one.
    pub fn of(headers: &HeaderMap, ids: &dyn Ids) -> Self {
        let sent = headers.get(HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_plain(id));
        Self(sent.map_or_else(|| ids.next().to_string().into(), Arc::from))
    }

    /// The id itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as it is sent back. Every id has this form; none is sent should that ever change.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters, digits and `-_.`: nothing that could forge a line of a log.
fn is_plain(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    struct One;

    impl Ids for One {
        fn next(&self) -> Uuid {
            Uuid::from_u128(1)
        }
        fn secret(&self) -> [u8; 32] {
            [0; 32]
        }
    }

    fn id(sent: &str) -> String {
        let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_str(sent).unwrap())]);
        RequestId::of(&headers, &One).as_str().to_owned()
    }

    #[test]
    fn a_short_plain_id_is_kept() {
        for sent in ["a", "req_01.J-7", &"x".repeat(64)] {
            assert_eq!(id(sent), sent);
        }
    }

    #[test]
    fn any_other_id_is_replaced() {
        for sent in ["", "a b", "a\tb", "{\"a\":1}", "a%0Ab", &"x".repeat(65)] {
            assert_eq!(id(sent), Uuid::from_u128(1).to_string(), "{sent}");
        }
        assert_eq!(RequestId::of(&HeaderMap::new(), &One).as_str(), Uuid::from_u128(1).to_string());
    }
}
