//! Pages for people who have a link: they need no script and nothing from elsewhere, tell nobody where they were linked
//! from, and stay out of search engines.

use super::error::ApiError;
use askama::Template;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What no search engine is to list.
pub(super) const ROBOTS: (HeaderName, &str) = (HeaderName::from_static("x-robots-tag"), "noindex, nofollow");

/// What a page with that style, known by its hash, may load: nothing else but what `besides` allows.
pub(super) fn policy(style: &str, besides: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; {besides}; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A page under that policy.
pub(super) fn shown(page: &impl Template, policy: &str) -> Response {
    match page.render() {
        Ok(page) => {
            let headers = [
                ROBOTS,
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::REFERRER_POLICY, "no-referrer"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, Html(page)).into_response()
        }
        Err(error) => ApiError::internal(error).into_response(),
    }
}
